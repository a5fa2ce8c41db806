"""Likes: one per reader, counted exactly, and told to the author without a flood."""

import json

import pytest

from functions.social import likes
from tests.social import scene


@pytest.fixture
def author(signed_in):
    return signed_in(name="Siti")


def total(comic):
    return scene.rows("select total_likes from comics where id = :comic", comic=comic)[0].total_likes


def test_a_like_counts_once_and_can_be_taken_back(author, signed_in):
    budi, comic = signed_in(name="Budi"), scene.comic(author)
    path = f"/v1/comics/{comic}/likes"
    assert budi.post(path, expect=200).json["message"] == "Comic liked successfully"
    assert budi.post(path, expect=200).json["message"] == "Already liked"
    assert budi.get(f"{path}/status").data == {"comic_id": comic, "is_liked": True, "total_likes": 1}
    assert budi.delete(path).json["message"] == "Comic unliked successfully"
    assert budi.delete(path).json["message"] == "Not liked"
    assert budi.get(f"{path}/status").data == {"comic_id": comic, "is_liked": False, "total_likes": 0}


def test_32_racing_likes_of_one_reader_leave_one_row_and_count_one(author, signed_in):
    budi, comic = signed_in(), scene.comic(author)
    answers = scene.at_once([lambda: budi.post(f"/v1/comics/{comic}/likes")] * 32)
    assert [answer.status for answer in answers] == [200] * 32
    assert sum(answer.json["message"] == "Comic liked successfully" for answer in answers) == 1
    assert len(scene.rows("select from comic_user where comic_id = :comic", comic=comic)) == total(comic) == 1


def test_32_readers_at_once_are_32_likes_and_one_message(author):
    comic, readers = scene.comic(author), scene.crowd(32)
    assert all(scene.at_once([lambda reader=reader: scene.run(likes.like, reader, comic) for reader in readers]))
    assert len(scene.rows("select from comic_user where comic_id = :comic", comic=comic)) == total(comic) == 32
    told = scene.inbox(author.user["id_users"], "engagement")
    assert len(told) == 1 and json.loads(told[0].data)["likes"] == 32


def test_racing_likes_and_unlikes_leave_as_many_rows_as_are_counted(author):
    comic, readers = scene.comic(author), scene.crowd(8)
    acts = [lambda act=act, reader=reader: scene.run(act, reader, comic) for reader in readers for act in (likes.like, likes.unlike) * 4]
    scene.at_once(acts)
    assert len(scene.rows("select from comic_user where comic_id = :comic", comic=comic)) == total(comic)


def test_a_draft_cannot_be_liked_and_does_not_exist_for_others(author, signed_in):
    budi, draft = signed_in(), scene.comic(author, public=False)
    for caller in (budi, author):
        caller.post(f"/v1/comics/{draft}/likes", expect=404)
        caller.get(f"/v1/comics/{draft}/likes", expect=404)
        caller.get(f"/v1/comics/{draft}/likes/status", expect=404)
    assert budi.post(f"/v1/comics/{draft}/likes", expect=404).json == budi.post("/v1/comics/987654321/likes", expect=404).json


def test_a_like_of_a_comic_that_was_taken_back_can_still_be_taken_back(author, signed_in):
    budi, comic = signed_in(), scene.comic(author)
    budi.post(f"/v1/comics/{comic}/likes", expect=200)
    scene.change("update comics set published_at = null where id = :comic", comic=comic)
    assert budi.delete(f"/v1/comics/{comic}/likes").json["message"] == "Comic unliked successfully"
    assert total(comic) == 0


def test_everybody_sees_who_likes_a_comic_latest_first_and_no_address(author, api):
    comic, readers = scene.comic(author), scene.crowd(5)
    for reader in readers:
        scene.run(likes.like, reader, comic)
    answer = api.get(f"/v1/comics/{comic}/likes", per_page=2)
    assert [like["user_id"] for like in answer.data] == [readers[4].id, readers[3].id]
    assert answer.data[0]["user"]["full_name"] == "Pembaca 5" and b"contoh.id" not in answer.body
    assert (answer.json["meta"]["total"], answer.json["meta"]["total_pages"]) == (5, 3)
    assert [like["user_id"] for like in scene.scrolled(api, f"/v1/comics/{comic}/likes", per_page=2)] == [r.id for r in reversed(readers)]
    assert [like["user_id"] for like in api.get(f"/v1/comics/{comic}/likes", per_page=2, page=3).data] == [readers[0].id]


def test_likes_within_an_hour_become_one_message_with_the_number_of_readers(author, signed_in):
    comic, readers = scene.comic(author, "Timun Mas"), scene.crowd(3)
    for reader in readers:
        scene.run(likes.like, reader, comic)
    (told,) = scene.inbox(author.user["id_users"])
    assert (told.type, told.title) == ("engagement", "Seseorang menyukai komikmu! ❤️")
    assert told.message == "Pembaca 3 dan 2 pembaca lain menyukai 'Timun Mas'."
    assert json.loads(told.data) == {"comic_id": comic, "user_id": readers[2].id, "likes": 3}


def test_a_like_that_comes_after_the_message_was_read_begins_a_new_one(author):
    comic, (ani, budi, cici) = scene.comic(author), scene.crowd(3)
    scene.run(likes.like, ani, comic)
    author.post("/v1/notifications/mark-all-as-read", expect=200)
    for reader in (budi, cici):
        scene.run(likes.like, reader, comic)
    first, second = scene.inbox(author.user["id_users"])
    assert (first.message, second.message) == (
        "Pembaca 1 menyukai 'Kancil dan Buaya'.",
        "Pembaca 3 dan 1 pembaca lain menyukai 'Kancil dan Buaya'.",
    )
    assert (first.read_at is None, second.read_at) == (False, None)


def test_after_an_hour_a_new_message_begins(author):
    comic, (ani, budi) = scene.comic(author), scene.crowd(2)
    scene.run(likes.like, ani, comic)
    scene.change(
        "update notifications set created_at = created_at - interval '61 minutes' where user_id = :user", user=author.user["id_users"]
    )
    scene.run(likes.like, budi, comic)
    first, second = scene.inbox(author.user["id_users"])
    assert ("Pembaca 1 menyukai" in first.message, "Pembaca 2 menyukai" in second.message) == (True, True)


def test_who_takes_a_like_back_and_likes_again_is_not_told_twice(author):
    comic, (ani,) = scene.comic(author), scene.crowd(1)
    for act in (likes.like, likes.unlike, likes.like):
        scene.run(act, ani, comic)
    scene.change(
        "update notifications set created_at = created_at - interval '61 minutes' where user_id = :user", user=author.user["id_users"]
    )
    for act in (likes.unlike, likes.like):
        scene.run(act, ani, comic)
    (told,) = scene.inbox(author.user["id_users"])
    assert json.loads(told.data)["likes"] == 1


def test_nobody_is_told_of_their_own_like(author):
    comic = scene.comic(author)
    author.post(f"/v1/comics/{comic}/likes", expect=200)
    assert total(comic) == 1 and scene.inbox(author.user["id_users"]) == []


@pytest.mark.parametrize("milestone", [10, 50, 100, 500, 1000])
def test_a_milestone_is_told_once_however_often_it_is_passed(author, milestone):
    comic, (ani, budi) = scene.comic(author, "Timun Mas"), scene.crowd(2)
    scene.change("update comics set total_likes = :before where id = :comic", comic=comic, before=milestone - 2)
    for act, reader in ((likes.like, ani), (likes.like, budi), (likes.unlike, budi), (likes.like, budi)):
        scene.run(act, reader, comic)
    (told,) = scene.inbox(author.user["id_users"], "milestone")
    assert (told.title, told.message) == ("Milestone Tercapai! 🏆", f"'Timun Mas' sudah disukai {milestone} pembaca.")
    assert json.loads(told.data) == {"comic_id": comic, "likes": milestone}


def test_an_author_who_reads_english_is_told_in_english(author):
    scene.change("update users set language = 'en' where id_users = :user", user=author.user["id_users"])
    comic, (ani,) = scene.comic(author, "The {Deer}"), scene.crowd(1)
    scene.run(likes.like, ani, comic)
    assert scene.inbox(author.user["id_users"])[0].message == "Pembaca 1 likes 'The {Deer}'."
