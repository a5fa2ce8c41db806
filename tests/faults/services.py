"""Every outside service, how it is reached, and how long our client of it takes at most, whatever the network does.

A fault is put between us and a service by giving its settings the address of a proxy. A client or an
address that is in no `Service` is found by tests/faults/test_every_service.py.
"""

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import firebase_admin

from common import db, exports, jobs, ledger, notices, oidc, settings
from common.clients import google_login, mail, push, storage, tasks, voice
from common.comics import embeddings
from common.i18n import Text
from common.payments import circuit, web
from tests.auth.test_google_redirect import CALLBACK, chosen, start
from tests.exports import books
from tests.social import scene
from tests.support import forms, people, stories

RECORDING = Path(__file__).resolve().parents[1] / "recordings" / "timun.m4a"

_numbers = itertools.count()

# Does it, as whoever calls the gateway, and gives what was answered in a word.
Act = Callable[[Any], str]


@dataclass(frozen=True)
class Service:
    """One use of a service: `prepare` gets ready for the request or job that needs it, while all is well.

    `bound` is the client's own, in seconds, from its settings and constants; `settings` say where the
    service is, and `client` is the module that speaks to it. `good` is the word when nothing is wrong, `bad` are those
    that may be answered while it is not to be reached.
    """

    name: str
    client: str
    settings: tuple[str, ...]
    bound: Callable[[], float]
    prepare: Callable[[Any], Act]
    good: str
    bad: tuple[str, ...]


def said(answer: Any) -> str:
    """The status, and of a 503 whether it says when to come back."""
    return f"{answer.status} Retry-After" if answer.status == 503 and answer.headers.get("Retry-After") else str(answer.status)


def worked(job: int) -> Callable[[Any], str]:
    """Have the worker do a job; what became of it."""
    return lambda api: str(api.worker(f"/internal/jobs/{job}").data["outcome"])


def newest(comic: int) -> int:
    """The job of a comic that was written last."""
    return int(scene.rows("select max(id) as id from jobs where comic_id = :comic", comic=comic)[0].id)


def photo(api: Any) -> Act:
    """Store a picture."""
    person, picture = scene.person(api), books.picture(next(_numbers) % 200, (300, 300))
    return lambda _: said(forms.send(person, "/profile/update-photo", picture, field="photo", name="a.jpg", kind="image/jpeg"))


def exporting(api: Any) -> Act:
    """Read a comic's pictures, and store the file that is made of them."""
    comic = books.comic(scene.person(api), panels=1)
    with db.transaction() as starting:
        exports.start(starting, comic, "cbz")
    return worked(newest(comic))


def publishing(api: Any) -> Act:
    """Copy a comic's pictures to where everybody reads them."""
    person = scene.person(api)
    comic = books.comic(person, panels=2)
    give(person, "publish_quota", 1)
    return lambda _: said(person.post(f"/v1/comics/{comic}/publish", {}))


def give(person: Any, unit: Literal["kredit", "publish_quota"], amount: int) -> None:
    """What a person needs for what is to come."""
    with db.transaction() as giving:
        ledger.move(giving, person.user["id_users"], unit, amount, "adjustment", f"faults:{next(_numbers)}")


def hearing_out(api: Any) -> Act:
    """Have a recording transcribed."""
    person = scene.person(api)
    path, sound = "/v1/comics/story-idea/transcribe", RECORDING.read_bytes()
    return lambda _: said(forms.send(person, path, sound, field="audio", name="a.m4a", kind="audio/mp4"))


def speaking(api: Any) -> Act:
    """Have a sentence spoken that nobody had spoken yet."""
    person, text = scene.person(api), f"Kancil nomor {os.getpid()} {next(_numbers)} tertawa."
    return lambda _: said(person.post("/v1/text-to-speech", {"text": text}))


def writing(api: Any) -> Act:
    """Have a script written."""
    return worked(newest(stories.start(scene.person(api))))


def drawing(api: Any) -> Act:
    """Have a panel drawn again, for one kredit."""
    person = scene.person(api)
    comic = books.comic(person, panels=1)
    give(person, "kredit", 1)
    panel = scene.rows("select id from comic_panels where comic_id = :comic", comic=comic)[0].id
    person.post(f"/v1/comics/{comic}/panels/{panel}/regenerate", expect=202)
    return worked(newest(comic))


def embedding(api: Any) -> Act:
    """Have a published comic's vector made."""
    comic = scene.comic(scene.person(api))
    with db.transaction() as starting:
        embeddings.enqueue(starting, comic)
    return worked(newest(comic))


def mailing(api: Any) -> Act:
    """Have a letter mailed."""
    person = scene.person(api)
    user = person.user["id_users"]
    with db.transaction() as starting:
        return worked(jobs.enqueue(starting, "mail", f"faults:{user}", user=user, payload={"letter": "welcome"}))


def pushing(api: Any) -> Act:
    """Have a notice pushed to a phone: what became of the job, and whether the message counts as sent."""
    person = scene.person(api)
    user, number = person.user["id_users"], next(_numbers)
    scene.device(person).post("/user/update-fcm-token", {"fcm_token": f"ponsel:faults-{os.getpid()}-{number}"}, expect=200)
    scene.change("update jobs set status = 'canceled', lease = null where kind = 'push' and status in ('queued', 'running')")
    with db.transaction() as telling:
        text = Text("Ready", "Siap")
        notices.tell(telling, user, "success", text, text, key=f"faults:{number}", data={"comic_id": 5})
    job = int(scene.rows("select max(id) as id from jobs where kind = 'push' and status = 'queued'")[0].id)

    def push(api: Any) -> str:
        outcome = worked(job)(api)
        due = "select p.due_at from pushes p join notifications n on n.id = p.notification_id where n.user_id = :user"
        rows = scene.rows(due, user=user)
        return f"{outcome}, {'waits' if not rows or rows[0].due_at is not None else 'counts as sent'}"

    return push


def google_sign_in(api: Any) -> Act:
    """Sign in with an ID token, for which Google's keys are fetched."""
    oidc._certificates.cache_clear()
    token = api.services.google.id_token(people.address())
    return lambda api: said(api.post("/v1/auth/google/verify-token", {"id_token": token}))


def google_redirect(api: Any) -> Act:
    """Come back from Google's consent page with a code, which is exchanged."""
    browser = start(api)
    query = chosen(browser, people.address())
    oidc._certificates.cache_clear()
    return lambda api: said(api.get(CALLBACK, expect=None, headers={"Cookie": browser.cookie}, **query))


def phone_sign_in(api: Any) -> Act:
    """Prove a phone number, for which Firebase's keys are fetched."""
    oidc._firebase_app.cache_clear()
    for app in list(firebase_admin._apps.values()):
        firebase_admin.delete_app(app)
    number = f"0813{os.getpid() % 10_000:04}{next(_numbers):04}"
    made = api.post("/register", {"full_name": "Budi Santoso", "phone_number": number, "password": people.PASSWORD}, expect=201).data
    token = api.services.google.phone_token(f"+62{number[1:]}")
    return lambda api: said(api.post("/verify", {"firebase_id_token": token, "user_id": made["user_id"]}))


def buying(api: Any) -> Act:
    """Buy a package of DOKU's."""
    circuit.reset()
    person = scene.person(api)
    return lambda _: said(person.post("/v1/subscriptions/purchase", {"package_id": 2}))


def enqueuing(api: Any) -> Act:
    """Do what leaves a job behind: it succeeds though the bell does not ring, and the sweep rings it later."""
    person = scene.person(api)
    story = {"story_idea": stories.KANCIL, "page_count": 1, "genre_ids": [7], "style_id": 2}
    return lambda _: said(person.post("/v1/comics/story-idea", story))


REFUSED = ("503 Retry-After",)
AGAIN = ("retry",)


def _storage() -> float:
    return storage.CONNECT + storage.READ + storage.RETRY


def _model() -> float:
    return float(settings.VERTEX_SECONDS())


def _keys() -> float:
    return 10.0


STORAGE, MODEL = ("STORAGE_EMULATOR_HOST",), ("VERTEX_URL",)

SERVICES = (
    Service("storage: a photo", "storage", STORAGE, _storage, photo, "200", REFUSED),
    Service("storage: publishing", "storage", STORAGE, _storage, publishing, "200", REFUSED),
    Service("storage: an export", "storage", STORAGE, _storage, exporting, "done", AGAIN),
    Service("Speech-to-Text", "hearing", ("SPEECH_ENDPOINT",), lambda: float(settings.SPEECH_SECONDS()), hearing_out, "200", REFUSED),
    Service("Text-to-Speech", "voice", ("SPEECH_ENDPOINT",), lambda: voice.SECONDS, speaking, "200", REFUSED),
    Service("Vertex AI: a script", "vertex", MODEL, _model, writing, "done", AGAIN),
    Service("Vertex AI: a panel", "vertex", MODEL, _model, drawing, "done", AGAIN),
    Service("Vertex AI: a vector", "vertex", MODEL, _model, embedding, "done", AGAIN),
    Service("mail", "mail", ("SMTP_HOST", "SMTP_PORT"), lambda: mail.DEADLINE, mailing, "done", AGAIN),
    Service(
        "push", "push", ("FCM_URL",), lambda: 2.0 * push.TIMEOUT, pushing, "done, counts as sent", ("done, counts as sent", "done, waits")
    ),
    Service("Google's keys", "oidc", ("GOOGLE_CERTS_URL",), _keys, google_sign_in, "200", REFUSED),
    Service(
        "Google's tokens",
        "google_login",
        ("GOOGLE_TOKEN_URL",),
        lambda: google_login.CONNECT + google_login.READ,
        google_redirect,
        "200",
        REFUSED,
    ),
    Service("Firebase's keys", "oidc", ("FIREBASE_CERTS_URL",), _keys, phone_sign_in, "200", REFUSED),
    Service("DOKU", "web", ("DOKU_URL",), lambda: 2 * (web.CONNECT + web.READ) + 1, buying, "201", REFUSED),
    # What is asked for succeeds in any case: the sweep rings again.
    Service("Cloud Tasks", "tasks", ("TASKS_URL",), lambda: tasks.DEADLINE, enqueuing, "201", ("201",)),
)
