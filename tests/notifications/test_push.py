"""Pushes: what a person is told reaches each of the person's devices once, and only when and where it is wanted."""

import itertools
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from common import clock, db, jobs, notices, work
from common.i18n import Text
from functions.worker import pushes
from functions.worker.kinds import KINDS
from tests.social import scene
from tests.social.scene import change, rows

_numbers = itertools.count()

READY = Text("Your comic is ready", "Komikmu selesai")
MORE = Text("'{title}' can be read.", "'{title}' sudah siap dibaca.")


@pytest.fixture(autouse=True)
def nothing_is_being_pushed(database):
    """One push job is live at a time, for all people: what another test left of it would be found instead of a new one."""
    change("update jobs set status = 'canceled', lease = null where subject = 'push' and status in ('queued', 'running')")


@pytest.fixture
def siti(signed_in):
    return signed_in(name="Siti")


@pytest.fixture
def pushed(api):
    """`pushed(token)` are the messages that a device got, after all that is due was pushed."""

    def texts(token):
        push_all(api)
        return [each["notification"]["body"] for each in api.services.fcm.taken if each["token"] == token]

    return texts


def push_all(api):
    api.worker("/internal/pushes/sweep")
    api.work("push")


def device(person, kind="ponsel"):
    """Another phone on which a person is signed in; its address."""
    token = f"{kind}:APA91b-{next(_numbers)}"
    scene.device(person).post("/user/update-fcm-token", {"fcm_token": token}, expect=200)
    return token


def tell(person, title="Kancil", type="success", key=None, **more):
    key = key or f"test:{next(_numbers)}"
    with db.transaction() as telling:
        notices.tell(telling, person.user["id_users"], type, READY, MORE, key=key, data={"comic_id": 5}, title=title, **more)


def due_now(person):
    """Let the pause before the next attempt be over."""
    change(
        "update pushes p set due_at = now() from notifications n where n.id = p.notification_id and n.user_id = :user and p.due_at is not null",
        user=person.user["id_users"],
    )


def left(person):
    return rows(
        "select p.* from pushes p join notifications n on n.id = p.notification_id where n.user_id = :user order by p.id",
        user=person.user["id_users"],
    )


def test_what_one_is_told_reaches_all_of_ones_devices_once_and_nobody_elses(siti, signed_in, pushed, api):
    phone, tablet, others = device(siti), device(siti), device(signed_in())
    tell(siti)
    assert pushed(phone) == pushed(tablet) == ["'Kancil' sudah siap dibaca."]
    assert pushed(others) == []
    data = next(each["data"] for each in api.services.fcm.taken if each["token"] == phone)
    told = scene.inbox(siti.user["id_users"])[0]
    assert data == {"type": "success", "comic_id": "5", "notification_id": str(told.id)}


def test_a_push_is_in_the_language_of_the_person(siti, pushed):
    change("update users set language = 'en' where id_users = :user", user=siti.user["id_users"])
    phone = device(siti)
    tell(siti)
    assert pushed(phone) == ["'Kancil' can be read."]


def test_the_same_event_is_pushed_once_however_often_it_is_told(siti, pushed):
    phone = device(siti)
    for _ in range(3):
        tell(siti, key="job:1")
        assert pushed(phone) == ["'Kancil' sudah siap dibaca."]


def test_telling_rings_once_for_all_that_one_request_tells_and_not_at_all_where_there_is_no_device(siti, monkeypatch):
    rung = []
    monkeypatch.setattr(notices.jobs, "_ring", lambda *job: rung.append(job))
    tell(siti)
    assert rung == []
    device(siti)
    with db.transaction() as telling:
        for number in range(3):
            notices.tell(telling, siti.user["id_users"], "success", READY, MORE, key=f"rung:{number}", data={}, title="x")
        assert rung == []
    assert len(rung) == 1
    tell(siti)  # The job that is waiting to be done will find this one too.
    assert len(rung) == 1


def test_what_is_told_while_the_last_push_job_ends_is_not_forgotten(siti, api, monkeypatch):
    phone = device(siti)
    tell(siti, "Pertama")
    real = pushes._batch

    def batch(job):
        more = real(job)
        if not more:
            tell(siti, "Terakhir", key="at the end")
        return more

    monkeypatch.setattr(pushes, "_batch", batch)
    api.worker(f"/internal/jobs/{jobs_live()}")
    monkeypatch.setattr(pushes, "_batch", real)
    assert jobs_live()
    api.work("push")
    assert [each["notification"]["body"] for each in api.services.fcm.taken if each["token"] == phone] == [
        "'Pertama' sudah siap dibaca.",
        "'Terakhir' sudah siap dibaca.",
    ]


def jobs_live():
    return rows("select id from jobs where subject = 'push' and status = 'queued'")[0].id


def test_a_dead_address_is_forgotten_and_the_others_get_theirs(siti, pushed):
    phone = [device(siti, kind) for kind in ("unregistered", "invalid", "mismatch", "ponsel")][-1]
    tell(siti)
    assert pushed(phone) == ["'Kancil' sudah siap dibaca."]
    assert [row.fcm_token for row in rows("select fcm_token from devices where user_id = :user", user=siti.user["id_users"])] == [phone]


def test_a_device_that_gets_a_new_address_while_the_old_one_is_refused_keeps_the_new_one(siti, pushed, monkeypatch):
    phone, renewed, send = scene.device(siti), f"ponsel:APA91b-{next(_numbers)}", pushes.push.send
    phone.post("/user/update-fcm-token", {"fcm_token": f"unregistered:{next(_numbers)}"}, expect=200)
    tell(siti, "Lama")

    def meanwhile(messages):
        outcomes = send(messages)
        if messages:
            phone.post("/user/update-fcm-token", {"fcm_token": renewed}, expect=200)
        return outcomes

    with monkeypatch.context() as renewing:
        renewing.setattr(pushes.push, "send", meanwhile)
        assert pushed(renewed) == []
    tell(siti, "Baru")
    assert pushed(renewed) == ["'Baru' sudah siap dibaca."]


def test_what_fcm_refuses_for_the_moment_is_sent_once_it_takes_it(siti, pushed):
    phones = [device(siti, kind) for kind in ("quota-1", "unavailable-1", "internal-1")]
    tell(siti)
    assert [pushed(phone) for phone in phones] == [[], [], []]
    waits = [row.due_at - row.tried_at for row in left(siti)]
    assert timedelta(seconds=89) < waits[0] and all(timedelta(seconds=59) < wait < timedelta(seconds=105) for wait in waits[1:])
    due_now(siti)
    assert [len(pushed(phone)) for phone in phones] == [1, 1, 1]
    due_now(siti)
    assert [len(pushed(phone)) for phone in phones] == [1, 1, 1]


def test_the_pauses_between_attempts_grow_and_after_five_no_more_is_tried(siti, pushed, api):
    phone, pauses = device(siti, "unavailable"), []
    tell(siti)
    for _ in range(7):
        pushed(phone)
        (row,) = left(siti)
        pauses.append(row.due_at and round((row.due_at - row.tried_at).total_seconds()))
        due_now(siti)
    assert api.services.fcm._tried[phone] == row.attempts == 5 and row.error.startswith("UnavailableError")
    assert all(earlier < later for earlier, later in itertools.pairwise(pauses[:4])) and pauses[4:] == [None, None, None]


def test_an_answer_that_is_lost_counts_as_sent(siti, pushed):
    phone = device(siti, "lost")
    tell(siti)
    for _ in range(2):
        assert pushed(phone) == ["'Kancil' sudah siap dibaca."]
        due_now(siti)
    assert left(siti)[0].error.startswith("unknown")


def test_fcm_is_left_alone_while_it_refuses_more_than_it_takes(siti, api):
    push_all(api)  # What others left.
    person = siti.user["id_users"]
    with db.transaction() as making:
        making.run(
            "insert into devices (user_id, session_id, fcm_token) select :user, (select id from sessions where user_id = :user), 'unavailable:x' || n"
            " from generate_series(1, 300) n",
            user=person,
        )
    tell(siti)
    push_all(api)
    tried = [row for row in left(siti) if row.attempts]
    assert len(tried) == 100
    change("delete from devices where user_id = :user", user=person)


def test_nothing_is_claimed_while_we_cannot_log_in_to_fcm(siti, api, monkeypatch):
    from common.clients import push
    from common.clients.errors import Unavailable

    def login():
        raise Unavailable("push", "no token")

    phone = device(siti)
    tell(siti)
    with monkeypatch.context() as broken:
        broken.setattr(push, "login", login)
        push_all(api)
    assert left(siti) == [] and rows("select from jobs where subject = 'push' and status = 'queued' and last_error like '%no token%'")
    change("update jobs set run_at = now() where subject = 'push' and status = 'queued'")
    api.work("push")
    assert len([each for each in api.services.fcm.taken if each["token"] == phone]) == 1


def test_a_muted_type_is_in_the_inbox_and_on_no_device(siti, pushed):
    phone = device(siti)
    siti.put("/v1/notifications/preferences", {"muted_types": ["success"]})
    tell(siti, "Bisu")
    tell(siti, "Terdengar", type="milestone")
    assert pushed(phone) == ["'Terdengar' sudah siap dibaca."]
    assert [each.type for each in scene.inbox(siti.user["id_users"])] == ["success", "milestone"]


def test_what_was_read_before_it_could_be_pushed_is_not_pushed(siti, pushed):
    phone = device(siti)
    tell(siti)
    siti.post("/v1/notifications/mark-all-as-read", expect=200)
    assert pushed(phone) == []


# 16:30 UTC is half past eleven at night in Jakarta, half past midnight in Makassar, half past one in Jayapura.
EVENING = datetime.now(UTC).replace(hour=16, minute=30, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture
def at(monkeypatch, api):
    """`at(moment)` pushes all that is due at a moment of yesterday."""

    def push_at(moment):
        with monkeypatch.context() as moved:
            moved.setattr(clock, "now", lambda: moment)
            change("update jobs set run_at = :at where subject = 'push' and status = 'queued'", at=moment)
            if pushes.sweep():
                work.on(jobs_live(), KINDS)

    return push_at


def waiting(person):
    change("update notifications set push_at = :at where user_id = :user and push_at is not null", user=person.user["id_users"], at=EVENING)


@pytest.mark.parametrize(
    ("zone", "quiet", "hours"),
    [
        ("WIB", ("22:00", "06:00"), 6.5),
        ("WITA", ("22:00", "06:00"), 5.5),
        ("WIT", ("22:00", "06:00"), 4.5),
        ("WIB", ("23:30", "23:45"), 0.25),
        ("WIB", ("00:00", "06:00"), None),
        ("WITA", ("00:00", "06:00"), 5.5),
        ("WIB", ("23:00", "23:30"), None),
        ("WIT", ("13:00", "02:00"), 0.5),
    ],
)
def test_a_push_in_quiet_hours_waits_for_their_end_where_the_person_lives(siti, api, at, zone, quiet, hours):
    phone = device(siti)
    siti.put("/v1/notifications/preferences", {"quiet_from": quiet[0], "quiet_until": quiet[1], "time_zone": zone})
    tell(siti)
    waiting(siti)

    def got():
        return len([each for each in api.services.fcm.taken if each["token"] == phone])

    at(EVENING)
    assert got() == (hours is None)
    if hours is not None:
        end = EVENING + timedelta(hours=hours)
        assert [row.due_at for row in left(siti)] == [end]
        at(end - timedelta(seconds=1))
        assert got() == 0
        at(end)
    assert got() == 1


def test_what_was_refused_waits_for_the_end_of_quiet_hours_too(siti, api, at):
    phone = device(siti, "unavailable-1")
    siti.put("/v1/notifications/preferences", {"quiet_from": "23:31", "quiet_until": "05:30"})
    tell(siti)
    waiting(siti)
    at(EVENING)
    at(EVENING + timedelta(minutes=10))
    assert [row.due_at for row in left(siti)] == [EVENING + timedelta(hours=6)]
    at(EVENING + timedelta(hours=6))
    assert len([each for each in api.services.fcm.taken if each["token"] == phone]) == 1


def test_the_likes_of_an_hour_are_one_push_that_says_how_many_they_were(siti, signed_in, pushed):
    phone, comic = device(siti), scene.comic(siti)
    for name in ("Budi", "Ayu", "Rini"):
        signed_in(name=name).post(f"/v1/comics/{comic}/likes", expect=200)
    assert pushed(phone) == []
    change(
        "update notifications set push_at = push_at - interval '1 hour', created_at = created_at - interval '1 hour' where user_id = :user",
        user=siti.user["id_users"],
    )
    assert pushed(phone) == ["Rini dan 2 pembaca lain menyukai 'Kancil dan Buaya'."]
    signed_in(name="Joko").post(f"/v1/comics/{comic}/likes", expect=200)
    assert len(pushed(phone)) == 1
    assert [each.push_at is None for each in scene.inbox(siti.user["id_users"], "engagement")] == [True, False]


def test_a_comment_that_was_deleted_is_not_pushed_any_more(siti, signed_in, pushed):
    phone, comic, budi = device(siti), scene.comic(siti), signed_in(name="Budi")
    comment = budi.post(f"/v1/comics/{comic}/comments", {"content": "Salah kirim"}, expect=201).data["id"]
    budi.delete(f"/v1/comments/{comment}")
    budi.post(f"/v1/comics/{comic}/comments", {"content": "Bagus!"}, expect=201)
    assert pushed(phone) == ["Budi mengomentari: Bagus!"]


def test_whoever_blocks_somebody_is_neither_pushed_nor_shown_what_that_one_had_said(siti, signed_in, pushed):
    phone, comic, budi = device(siti), scene.comic(siti), signed_in(name="Budi")
    budi.post(f"/v1/comics/{comic}/comments", {"content": "Kata kasar"}, expect=201)
    budi.post(f"/v1/comics/{comic}/likes", expect=200)
    budi.post(f"/v1/users/{siti.user['id_users']}/follow", expect=200)
    siti.post(f"/v1/users/{budi.user['id_users']}/block", expect=200)
    change("update notifications set push_at = now() where user_id = :user and push_at > now()", user=siti.user["id_users"])
    assert pushed(phone) == ["Seseorang menyukai komikmu! ❤️"]
    assert [row.message for row in scene.inbox(siti.user["id_users"])] == ["Seseorang menyukai komikmu! ❤️"]


def test_a_device_that_was_signed_out_while_a_push_waited_does_not_get_it(siti, pushed):
    phone = device(siti, "unavailable-1")
    tell(siti)
    assert pushed(phone) == []
    change("update sessions set revoked_at = now() where user_id = :user", user=siti.user["id_users"])
    due_now(siti)
    assert pushed(phone) == [] and [row.error for row in left(siti)] == ["not wanted"]


def test_a_device_that_changes_hands_gets_nothing_that_was_meant_for_the_one_before(siti, signed_in, pushed):
    budi, phone = signed_in(name="Budi"), device(siti)
    tell(siti, "Rahasia Siti")
    budi.post("/user/update-fcm-token", {"fcm_token": phone}, expect=200)
    assert pushed(phone) == []
    tell(siti, "Rahasia Siti lagi")
    tell(budi, "Punya Budi")
    assert pushed(phone) == ["'Punya Budi' sudah siap dibaca."]


def test_a_suspended_person_is_pushed_nothing(siti, pushed):
    phone = device(siti)
    change("update users set suspended_at = now() where id_users = :user", user=siti.user["id_users"])
    tell(siti)
    assert pushed(phone) == []


def test_of_many_pushes_each_arrives_once_and_only_those_refused_for_good_are_missing(api):
    """`python -m tests.bench.pushes` does the same with ten thousand."""
    kinds = ["ponsel"] * 20 + ["unavailable-1", "quota-2", "internal-1", "unregistered", "lost"]
    people = [(person.id, f"{kinds[n % 25]}:banyak-{person.id}") for n, person in enumerate(scene.crowd(400))]
    with db.transaction() as making:
        making.run(
            "with entered as (insert into sessions (user_id, expires_at) select unnest(cast(:ids as bigint[])), now() + interval '1 day' returning id, user_id)"
            " insert into devices (user_id, session_id, fcm_token) select e.user_id, e.id, t.token from entered e"
            " join unnest(cast(:ids as bigint[]), cast(:tokens as text[])) as t (id, token) on t.id = e.user_id",
            ids=[person for person, _ in people],
            tokens=[token for _, token in people],
        )
        for person, _ in people:
            notices.tell(making, person, "success", READY, MORE, key="banyak", data={}, title="Kancil")
    for _ in range(4):
        push_all(api)
        change("update pushes set due_at = now() where due_at > now()")
    got = Counter(each["token"] for each in api.services.fcm.taken if "banyak" in each["token"])
    assert set(got.values()) == {1}
    assert set(got) == {token for _, token in people if "unregistered" not in token}


def test_two_workers_at_once_push_each_message_once(siti, api):
    phones = [device(siti) for _ in range(3)]
    for number in range(60):
        tell(siti, f"Nomor {number}")
    job = jobs.Job(0, "push", None, None, {}, 1, 3, 0, None)
    with pytest.MonkeyPatch.context() as patching:
        # Both believe that they have the lease, as when one was silent for too long.
        patching.setattr(jobs, "heartbeat", lambda *_: None)

        def worker(_):
            while pushes._batch(job):
                continue

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(worker, range(4)))
    got = [(each["token"], each["data"]["notification_id"]) for each in api.services.fcm.taken if each["token"] in phones]
    assert len(got) == len(set(got)) == 180


def test_whatever_writes_into_the_inbox_is_seen_by_push(siti, pushed):
    phone = device(siti)
    change(
        "insert into notifications (user_id, type, title, message) values (:user, 'x', 'Judul', 'Dengan tangan')",
        user=siti.user["id_users"],
    )
    assert pushed(phone) == ["Dengan tangan"]


def test_a_row_that_is_not_as_it_should_be_costs_nobody_else_a_push(siti, signed_in, pushed):
    budi = signed_in(name="Budi")
    phone, other = device(siti), device(budi)
    sql = "insert into notifications (user_id, type, title, message, data) values (:user, 'x', :title, 'Isi', :data)"
    for title, data in (("Bukan JSON", "{"), ("Daftar", "[1]"), ("Kosong", ""), ("Dalam", '{"a": {"b": [1, null]}, "": 2}')):
        change(sql, user=siti.user["id_users"], title=title, data=data)
    tell(budi)
    assert len(pushed(phone)) == 4 and pushed(other) == ["'Kancil' sudah siap dibaca."]


def test_one_module_alone_writes_into_the_inbox():
    root = Path(notices.__file__).parent.parent
    files = [file for folder in ("common", "functions", "infra") for file in (root / folder).rglob("*.py")]
    writing = [str(file.relative_to(root)) for file in files if "into notifications" in " ".join(file.read_text().lower().split())]
    assert writing == ["common/notices.py"]


def test_ones_export_tells_of_devices_and_pushes_and_shows_no_address(siti, pushed):
    phone = device(siti)
    tell(siti)
    pushed(phone)
    exported = siti.get("/v1/me/export")
    assert len(exported.data["tables"]["devices"]) == len(exported.data["tables"]["pushes"]) == 1
    assert phone not in json.dumps(exported.json)
