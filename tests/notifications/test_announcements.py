"""What administrators tell one, some or all: in every inbox once, in the reader's language, on their devices."""

import itertools

import pytest

from common import jobs, work
from functions.worker import announcements
from functions.worker.kinds import KINDS
from tests.notifications.test_push import device, push_all
from tests.social import scene
from tests.support import killing

_numbers = itertools.count()

PATH = "/v1/admin/notifications"


@pytest.fixture
def admin(signed_in):
    person = signed_in(name="Administrator")
    scene.change("update users set role = 'admin' where id_users = :user", user=person.user["id_users"])
    return person


@pytest.fixture
def siti(signed_in):
    return signed_in(name="Siti")


def announced(admin, api, **said):
    body = {"title": "Kabar", "message": f"Isi {next(_numbers)}", **said}
    answer = admin.post(PATH, body, expect=202)
    api.work("announce")
    return answer.data["announcement_id"]


def told(person):
    return [(row.type, row.title, row.message) for row in scene.inbox(person.user["id_users"])]


def row(announcement):
    return scene.rows("select * from announcements where id = :id", id=announcement)[0]


def test_one_person_is_told_in_the_fields_of_today(admin, siti, signed_in, api):
    budi, phone = signed_in(), device(siti)
    sent = {"user_id": siti.user["id_users"], "type": "promo", "title": "Diskon!", "message": "Hari ini saja", "data": '{"package_id": 2}'}
    answer = admin.post(PATH, sent, expect=202)
    assert answer.json["message"] == "Notification created successfully"
    api.work("announce")
    assert told(siti) == [("promo", "Diskon!", "Hari ini saja")] and told(budi) == []
    assert siti.get("/v1/notifications").data[0]["data"] == '{"package_id": 2}'
    push_all(api)
    (pushed,) = [each for each in api.services.fcm.taken if each["token"] == phone]
    assert pushed["notification"] == {"title": "Diskon!", "body": "Hari ini saja"} and pushed["data"]["package_id"] == "2"


def test_some_are_told_each_in_their_language_and_unknown_ids_are_passed_over(admin, siti, signed_in, api):
    budi, ayu = signed_in(name="Budi"), signed_in(name="Ayu")
    scene.change("update users set language = 'en' where id_users = :user", user=budi.user["id_users"])
    ids = [siti.user["id_users"], budi.user["id_users"], 987654321, siti.user["id_users"]]
    done = announced(admin, api, user_ids=ids, message="Versi baru", title_en="News", message_en="A new version", data={"url": "x"})
    assert told(siti) == [("announcement", "Kabar", "Versi baru")]
    assert told(budi) == [("announcement", "News", "A new version")]
    assert told(ayu) == [] and row(done).written == 2 and row(done).finished_at


def test_where_no_english_is_given_everybody_reads_the_same(admin, siti, api):
    scene.change("update users set language = 'en' where id_users = :user", user=siti.user["id_users"])
    announced(admin, api, user_id=siti.user["id_users"], message="Libur {besok}", data="")
    assert told(siti) == [("announcement", "Kabar", "Libur {besok}")]


def test_all_are_told_once_but_for_those_who_cannot_read_it(admin, siti, signed_in, api, monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 7)
    suspended, gone, unproven = signed_in(), signed_in(), signed_in()
    scene.change("update users set suspended_at = now() where id_users = :user", user=suspended.user["id_users"])
    scene.change("update users set erased_at = now() where id_users = :user", user=gone.user["id_users"])
    scene.change("update users set is_verified = false where id_users = :user", user=unproven.user["id_users"])
    crowd = scene.crowd(40)
    done = announced(admin, api, all=True, message="Untuk semua")
    (counts,) = scene.rows(
        "select count(*) as told, count(distinct user_id) as people from notifications where dedupe_key = :key", key=f"announcement:{done}"
    )
    (people,) = scene.rows("select count(*) as n from users where is_verified and suspended_at is null and erased_at is null")
    assert counts.told == counts.people == people.n == row(done).written
    assert told(siti)[-1][2] == "Untuk semua" and scene.inbox(crowd[-1].id)[-1].message == "Untuk semua"
    assert told(suspended) == told(gone) == told(unproven) == []


def test_the_pushes_of_an_announcement_are_spread_so_that_others_get_through(admin, api, monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 10)
    monkeypatch.setattr(announcements, "PUSHES_PER_SECOND", 1)
    crowd = scene.crowd(30)
    done = announced(admin, api, user_ids=[person.id for person in crowd])
    sql = "select push_at, created_at from notifications where dedupe_key = :key order by push_at"
    waits = [round((each.push_at - row(done).created_at).total_seconds()) for each in scene.rows(sql, key=f"announcement:{done}")]
    assert sorted({round(wait, -1) for wait in waits}) == [0, 10, 20] and len(waits) == 30


def test_a_worker_killed_at_any_point_tells_everybody_once(admin, api, monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 4)
    crowd = [person.id for person in scene.crowd(10)]

    def start():
        data = admin.post(PATH, {"user_ids": crowd, "title": "Kabar", "message": "Sekali"}, expect=202).data
        return data["announcement_id"], scene.rows("select max(id) as id from jobs where kind = 'announce'")[0].id

    _, job = start()
    passed = killing.points(lambda: work.on(job, KINDS))
    for point in range(0, len(passed), 2):
        announcement, job = start()
        killing.at(point, lambda job=job: work.on(job, KINDS))
        scene.change("update jobs set lease_until = now() - interval '1 second' where id = :job and status = 'running'", job=job)
        work.on(job, KINDS)
        got = scene.rows("select user_id from notifications where dedupe_key = :key", key=f"announcement:{announcement}")
        assert sorted(each.user_id for each in got) == crowd, passed[point]
        assert row(announcement).written == 10 and row(announcement).finished_at


def test_an_announcement_that_runs_again_tells_nobody_twice(admin, siti, api):
    done = announced(admin, api, user_id=siti.user["id_users"])
    scene.change("update announcements set last_user_id = 0, finished_at = null where id = :id", id=done)
    with scene.db.transaction() as writing:
        jobs.enqueue(writing, "announce", f"again:{done}", payload={"announcement": done})
    api.work("announce")
    assert len(told(siti)) == 1


def test_the_same_request_with_one_key_is_announced_once(admin, siti, api):
    body = {"user_id": siti.user["id_users"], "title": "Kabar", "message": "Sekali saja"}
    answers = [admin.post(PATH, body, expect=202, headers={"Idempotency-Key": f"kabar-{siti.user['id_users']}"}).data for _ in range(2)]
    api.work("announce")
    assert answers[0] == answers[1] and len(told(siti)) == 1
    other = {**body, "message": "Lain"}
    admin.post(PATH, other, expect=422, headers={"Idempotency-Key": f"kabar-{siti.user['id_users']}"})


def test_it_is_in_the_audit_log_who_announced_what_to_whom(admin, siti, api):
    done = announced(admin, api, user_id=siti.user["id_users"], message="Tercatat")
    (entry,) = scene.rows("select * from audit_log where action = 'notification.announce' and subject_id = :id", id=str(done))
    assert entry.actor_id == admin.user["id_users"] and entry.after["message"] == "Tercatat"
    assert entry.after["user_ids"] == [siti.user["id_users"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"all": False},
        {"all": True, "user_id": 1},
        {"user_ids": []},
        {"user_ids": list(range(1, 1002))},
        {"user_id": 0},
        {"all": True, "title": ""},
        {"all": True, "title_en": "Only the title"},
        {"all": True, "data": "[1]"},
        {"all": True, "data": "not json"},
        {"all": True, "data": "[" * 100_000},
        {"all": True, "data": {"x": "y" * 3000}},
        {"all": True, "type": "Not A Type"},
    ],
)
def test_what_makes_no_sense_is_refused(admin, wrong):
    before = scene.rows("select count(*) as n from announcements")[0].n
    admin.post(PATH, {"title": "Kabar", "message": "Isi", **wrong}, expect=422)
    assert scene.rows("select count(*) as n from announcements")[0].n == before


@pytest.mark.parametrize("data", ['{"a": 1e999}', '{"a": [-1e999]}', r'"{\"a\": NaN}"', r'"{\"a\": Infinity}"', r'"{\"a\": 1e999}"'])
def test_an_announcements_data_is_json_that_every_app_reads(data, admin):
    body = f'{{"all": true, "title": "Kabar", "message": "Isi", "data": {data}}}'.encode()
    refused = admin.post(PATH, body, headers={"Content-Type": "application/json"}, expect=422)
    assert [error["loc"] for error in refused.json["errors"]] == [["body", "data"]]


def test_one_person_who_is_not_there_is_said_so(admin):
    admin.post(PATH, {"user_id": 987654321, "title": "Kabar", "message": "Isi"}, expect=404)


def test_nobody_but_administrators_announces(siti, api):
    siti.post(PATH, {"all": True, "title": "Kabar", "message": "Isi"}, expect=403)
    api.post(PATH, {"all": True, "title": "Kabar", "message": "Isi"}, expect=401)
    assert told(siti) == []
