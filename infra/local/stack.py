"""The outside services' stand-ins, started together in one process, and the settings that point at them.

The local stack and the tests use the same ones, and the functions talk to them with the same client
libraries as to Google.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.clients import tasks as tasks_client
from infra.local import doku, fcm, google, httpd, keys, mail, speech, storage, tasks

PROJECT, REGION = "mamastoria-local", "asia-southeast2"
PRIVATE, PUBLIC = "mamastoria-private", "mamastoria-public"
QUEUES = [f"projects/{PROJECT}/locations/{REGION}/queues/{name}" for name in tasks_client.QUEUES]
WORKER_ACCOUNT = f"worker@{PROJECT}.iam.gserviceaccount.com"

ROOT = Path(__file__).resolve().parent.parent.parent


def read(file: Path) -> dict[str, str]:
    """The settings that a file in the form of `.env.example` holds; none when there is no such file."""
    lines = file.read_text().splitlines() if file.exists() else []
    parts = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name.strip(): value.strip() for name, given, value in parts if given}


@dataclass
class Stack:
    """The running stand-ins; `settings` are the environment of whatever is to use them."""

    keys: keys.Keys
    outbox: mail.Outbox
    google: google.Google
    doku: doku.Doku
    fcm: fcm.Fcm
    speech: speech.Speech
    settings: dict[str, str]
    stops: list[Callable[[], None]]

    def stop(self) -> None:
        """Stop every stand-in."""
        for stop in self.stops:
            stop()

    def worker_token(self) -> str:
        """The ID token with which Cloud Tasks and Scheduler call the worker."""
        return keys.id_token(self.keys, self.settings["WORKER_URL"], WORKER_ACCOUNT)


def start(folder: Path, worker_url: str, video_url: str) -> Stack:
    """Start storage (kept in `folder`), mail, queues and Google's keys; tasks are delivered to the two internal functions."""
    made = keys.load(folder / "keys", PROJECT)
    outbox = mail.Outbox()
    stored = storage.serve(folder / "storage", made, private=PRIVATE, public=PUBLIC)
    queue = tasks.serve(made, QUEUES)
    certificates = keys.serve(made)
    sign_in = google.Google(made, keys.load(folder / "firebase-keys", PROJECT), PROJECT)
    consent = google.serve(sign_in)
    post = mail.serve(outbox)
    chosen = read(ROOT / ".env.example")
    payments = doku.Doku(chosen["DOKU_CLIENT_ID"], chosen["DOKU_SECRET_KEY"])
    checkout = doku.serve(payments)
    messaging = fcm.Fcm(made, PROJECT, outbox)
    pushing = fcm.serve(messaging)
    heard = speech.serve(stored.url)
    servers: list[Any] = [stored, queue, certificates, consent, checkout, pushing, post]
    for server in servers:
        httpd.start(server)
    heard.start()
    settings = {
        "PROJECT_ID": PROJECT,
        "REGION": REGION,
        "STORAGE_EMULATOR_HOST": stored.url,
        "STORAGE_BUCKET": PRIVATE,
        "PUBLIC_BUCKET": PUBLIC,
        "PUBLIC_MEDIA_URL": f"{stored.url}/{PUBLIC}",
        "STORAGE_SIGNING_KEY_FILE": str(made.account_file),
        "TASKS_URL": queue.url,
        "WORKER_URL": worker_url,
        "VIDEO_URL": video_url,
        "TASKS_SERVICE_ACCOUNT": WORKER_ACCOUNT,
        "GOOGLE_CERTS_URL": f"{certificates.url}{keys.CERTS_PATH}",
        "GOOGLE_CLIENT_IDS": f"{google.WEB_CLIENT},{google.ANDROID_CLIENT}",
        "GOOGLE_CLIENT_SECRET": google.CLIENT_SECRET,
        "GOOGLE_AUTH_URL": f"{consent.url}{google.CONSENT}",
        "GOOGLE_TOKEN_URL": f"{consent.url}{google.TOKEN}",
        "FIREBASE_CERTS_URL": f"{consent.url}{google.FIREBASE_CERTS}",
        "DOKU_URL": checkout.url,
        "FCM_URL": pushing.url,
        "FCM_KEY_FILE": str(fcm.key_file(folder / "keys", made, pushing.url)),
        "SPEECH_ENDPOINT": heard.endpoint,
        # gRPC's own library notes every server that goes away.
        "GRPC_VERBOSITY": "NONE",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(post.port),
        **chosen,
    }
    return Stack(made, outbox, sign_in, payments, messaging, heard.speech, settings, _stops([*servers, heard]))


def _stops(servers: Iterable[Any]) -> list[Callable[[], None]]:
    return [server.stop for server in servers]
