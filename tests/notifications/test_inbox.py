"""The inbox: what one was told, what one has read, and only one's own."""

import json

import pytest

from tests.social import scene


@pytest.fixture
def siti(signed_in):
    return signed_in(name="Siti")


def told(person, count=1):
    sql = """insert into notifications (user_id, type, title, message, data) select :user, 'success', 'Komik Selesai! 🎉', 'Nomor ' || n, :data
             from generate_series(1, cast(:count as int)) n returning id"""
    with scene.db.transaction() as writing:
        return [row.id for row in writing.all(sql, user=person.user["id_users"], data=json.dumps({"comic_id": 1}), count=count)]


def unread(person):
    return person.get("/v1/notifications/unread-count").data["unread_count"]


def test_what_one_was_told_is_listed_newest_first_with_its_data_as_text(siti):
    ids = told(siti, 3)
    answer = siti.get("/v1/notifications")
    assert [each["id"] for each in answer.data] == ids[::-1]
    newest = answer.data[0]
    assert (newest["type"], newest["title"], newest["message"], newest["read_at"]) == ("success", "Komik Selesai! 🎉", "Nomor 3", None)
    assert newest["data"] == '{"comic_id": 1}'
    assert answer.json["meta"]["total"] == 3 and answer.headers["Cache-Control"] == "private, no-store"


def test_the_inbox_is_scrolled_by_page_or_cursor_while_news_arrive(siti):
    ids = told(siti, 7)
    assert [each["id"] for page in (1, 2, 3) for each in siti.get("/v1/notifications", page=page, per_page=3).data] == ids[::-1]
    first = siti.get("/v1/notifications", per_page=3)
    told(siti)
    assert [each["id"] for each in siti.get("/v1/notifications", per_page=3, cursor=first.json["meta"]["next_cursor"]).data] == ids[3:0:-1]


def test_the_unread_are_listed_and_counted_alone(siti):
    ids = told(siti, 4)
    siti.post(f"/v1/notifications/{ids[1]}/mark-as-read", expect=200)
    answer = siti.get("/v1/notifications", unread_only="true")
    assert [each["id"] for each in answer.data] == [ids[3], ids[2], ids[0]] and answer.json["meta"]["total"] == 3
    assert unread(siti) == 3
    assert [each["id"] for each in scene.scrolled(siti, "/v1/notifications", unread_only="true", per_page=2)] == [ids[3], ids[2], ids[0]]


def test_a_cursor_of_one_list_is_none_of_the_other(siti):
    told(siti, 2)
    cursor = siti.get("/v1/notifications", per_page=1).json["meta"]["next_cursor"]
    siti.get("/v1/notifications", unread_only="true", cursor=cursor, expect=422)


def test_one_is_marked_as_read_once(siti):
    (id,) = told(siti)
    assert siti.post(f"/v1/notifications/{id}/mark-as-read", expect=200).json["message"] == "Notification marked as read"
    first = siti.get("/v1/notifications").data[0]["read_at"]
    assert siti.post(f"/v1/notifications/{id}/mark-as-read", expect=200).json["message"] == "Notification already marked as read"
    assert first and siti.get("/v1/notifications").data[0]["read_at"] == first and unread(siti) == 0


def test_some_are_marked_by_ids_in_the_body_or_repeated_in_the_query(siti):
    ids = told(siti, 5)
    in_body = siti.post("/v1/notifications/mark-as-read", {"notification_ids": ids[:2]}, expect=200)
    assert (in_body.json["message"], in_body.data) == ("2 notification(s) marked as read", {"marked": 2})
    in_query = siti.post("/v1/notifications/mark-as-read", expect=200, notification_ids=ids[1:4])
    assert in_query.json["message"] == "2 notification(s) marked as read"
    again = siti.post("/v1/notifications/mark-as-read", expect=200, notification_ids=ids[:4])
    assert (again.json["message"], again.data) == ("No unread notifications found to mark as read", {"marked": 0})
    assert unread(siti) == 1


def test_marking_none_is_refused_by_name(siti):
    refused = siti.post("/v1/notifications/mark-as-read", expect=422)
    assert refused.json["errors"][0]["loc"] == ["body", "notification_ids"]
    siti.post("/v1/notifications/mark-as-read", expect=422, notification_ids="x")


def test_all_are_marked_at_once(siti):
    told(siti, 3)
    answer = siti.post("/v1/notifications/mark-all-as-read", expect=200, headers={"Accept-Language": "id"})
    assert (answer.json["message"], answer.data) == ("Semua 3 notifikasi ditandai sudah dibaca", {"marked": 3})
    assert siti.post("/v1/notifications/mark-all-as-read", expect=200).json["message"] == "No unread notifications"
    assert unread(siti) == 0


def test_one_is_deleted(siti):
    ids = told(siti, 2)
    assert siti.delete(f"/v1/notifications/{ids[0]}").json["message"] == "Notification deleted successfully"
    siti.delete(f"/v1/notifications/{ids[0]}", expect=404)
    assert [each["id"] for each in siti.get("/v1/notifications").data] == [ids[1]]


def test_nobody_reads_marks_or_deletes_what_somebody_else_was_told(siti, signed_in):
    budi, (id,) = signed_in(), told(siti)
    assert budi.get("/v1/notifications").data == [] and unread(budi) == 0
    budi.post(f"/v1/notifications/{id}/mark-as-read", expect=404)
    budi.delete(f"/v1/notifications/{id}", expect=404)
    assert budi.post("/v1/notifications/mark-as-read", {"notification_ids": [id]}, expect=200).data == {"marked": 0}
    assert budi.post("/v1/notifications/mark-all-as-read", expect=200).data == {"marked": 0}
    assert unread(siti) == 1
