"""What readers keep: bookmarks and the reading history; and what every list of this function costs."""

import pytest

from functions.social import comments, follows, likes
from functions.social.schemas import NewComment
from tests.social import scene


@pytest.fixture
def author(signed_in):
    return signed_in(name="Siti")


def ids(answer):
    return [comic["id"] for comic in answer.data]


def read(reader, comic):
    reader.post(f"/v1/comics/{comic}/track-read", expect=200)


def test_bookmarks_are_saved_in_bulk_and_what_cannot_be_seen_is_named(author, signed_in):
    budi, first, second, draft = signed_in(), scene.comic(author), scene.comic(author), scene.comic(author, public=False)
    saved = budi.post("/v1/bookmarks", {"comic_ids": [second, draft, first, second, 987654321]}, expect=200).data
    assert saved == {"comic_ids": [second, first], "not_found": [draft, 987654321]}
    again = budi.post("/v1/bookmarks", {"comic_ids": [first]}, expect=200).data
    assert again == {"comic_ids": [first], "not_found": []}
    answer = budi.get("/v1/bookmarks")
    assert sorted(ids(answer)) == sorted([first, second]) and answer.json["meta"]["total"] == 2
    assert answer.data[0]["user"]["full_name"] == "Siti" and answer.data[0]["bookmarked_at"]


def test_bookmarks_are_removed_in_bulk_by_body_or_query(author, signed_in):
    budi, mine = signed_in(), scene.comics(author, 3)
    budi.post("/v1/bookmarks", {"comic_ids": mine}, expect=200)
    assert budi.call("DELETE", "/v1/bookmarks", {"comic_ids": [mine[0], 987654321]}, expect=200).data == {
        "comic_ids": [mine[0]],
        "not_found": [987654321],
    }
    assert budi.delete("/v1/bookmarks", comic_ids=mine[1:]).data["comic_ids"] == mine[1:]
    assert budi.get("/v1/bookmarks").data == []


@pytest.mark.parametrize("wanted", [[], list(range(1, 102)), [0], ["1"]])
def test_a_request_names_1_to_100_comics(signed_in, wanted):
    budi = signed_in()
    for method in ("POST", "DELETE"):
        budi.call(method, "/v1/bookmarks", {"comic_ids": wanted}, expect=422)


def test_bookmarks_are_ones_own_and_leave_out_what_was_taken_back(author, signed_in):
    budi, ani, comic = signed_in(), signed_in(), scene.comic(author)
    budi.post("/v1/bookmarks", {"comic_ids": [comic]}, expect=200)
    assert ani.get("/v1/bookmarks").data == []
    scene.change("update comics set published_at = null where id = :comic", comic=comic)
    assert budi.get("/v1/bookmarks").data == []
    assert budi.delete("/v1/bookmarks", comic_ids=[comic]).data["comic_ids"] == [comic]


def test_bookmarks_are_scrolled_latest_first(author, signed_in):
    budi, saved = signed_in(), scene.comics(author, 7)
    for comic in saved:
        budi.post("/v1/bookmarks", {"comic_ids": [comic]}, expect=200)
    assert [comic["id"] for comic in scene.scrolled(budi, "/v1/bookmarks", per_page=3)] == saved[::-1]


def test_racing_requests_with_the_same_comics_in_another_order_both_succeed(author, signed_in):
    budi, saved = signed_in(), scene.comics(author, 40)
    bodies = [{"comic_ids": order} for order in (saved, saved[::-1]) * 6]
    answers = scene.at_once([lambda body=body: budi.post("/v1/bookmarks", body) for body in bodies])
    assert [answer.status for answer in answers] == [200] * 12 and budi.get("/v1/bookmarks").json["meta"]["total"] == 40


def test_the_history_shows_what_was_read_latest_first_and_is_cleared(author, signed_in):
    budi, (first, second, third) = signed_in(), scene.comics(author, 3)
    for comic in (first, second, third, first):
        read(budi, comic)
    answer = budi.get("/v1/history")
    assert ids(answer) == [first, third, second] and answer.data[0]["read_at"]
    assert budi.delete("/v1/history", comic_ids=[third, 987654321]).data == {"removed": 1}
    assert ids(budi.get("/v1/history")) == [first, second]
    assert budi.delete("/v1/history").data == {"removed": 2}
    assert budi.get("/v1/history").data == [] and budi.delete("/v1/history").data == {"removed": 0}
    assert scene.rows("select total_views from comics where id = :comic", comic=first)[0].total_views == 1


def test_clearing_leaves_other_peoples_history_alone(author, signed_in):
    budi, ani, comic = signed_in(), signed_in(), scene.comic(author)
    read(budi, comic)
    read(ani, comic)
    ani.delete("/v1/history")
    assert ids(budi.get("/v1/history")) == [comic]


def test_the_history_leaves_out_what_was_taken_back_and_is_scrolled_without_gaps(author, signed_in):
    budi, comics = signed_in(), scene.comics(author, 7)
    for comic in comics:
        read(budi, comic)
    scene.change("update read_history set read_at = '2026-01-01' where user_id = :user", user=budi.user["id_users"])
    scene.change("update comics set published_at = null where id = :comic", comic=comics[3])
    wanted = sorted({*comics} - {comics[3]}, reverse=True)
    assert [comic["id"] for comic in scene.scrolled(budi, "/v1/history", per_page=2)] == wanted


def test_every_list_and_status_takes_at_most_two_statements_beside_the_callers(author, signed_in, monkeypatch):
    budi, comic = signed_in(), scene.comic(author)
    user = author.user["id_users"]
    for reader in scene.crowd(3):
        scene.run(likes.like, reader, comic)
        scene.run(comments.write, reader, comic, NewComment(content="Hai", rating=4))
        scene.run(follows.follow, reader, user)
    own = ("/v1/feed", "/v1/bookmarks", "/v1/history", "/v1/notifications", "/v1/notifications/unread-count")
    of_comic = [f"/v1/comics/{comic}/{what}" for what in ("comments", "likes", "likes/status")]
    of_user = [f"/v1/users/{user}/{what}" for what in ("followers", "following", "follow-counts", "is-following")]
    for path in (*own, *of_comic, *of_user):
        with scene.counted(monkeypatch) as statements:
            budi.get(path)
        assert 1 <= len(statements) <= 3, path


def test_a_reply_names_nobodys_address(author, signed_in, api):
    budi, comic = signed_in(name="Budi"), scene.comic(author)
    scene.change("update users set phone_number = '+6281234567890' where id_users = :user", user=budi.user["id_users"])
    budi.post(f"/v1/comics/{comic}/comments", {"content": "Hai", "rating": 4}, expect=201)
    budi.post(f"/v1/comics/{comic}/likes", expect=200)
    budi.post(f"/v1/users/{author.user['id_users']}/follow", expect=200)
    budi.post("/v1/bookmarks", {"comic_ids": [comic]}, expect=200)
    read(budi, comic)
    paths = [f"/v1/comics/{comic}/comments", f"/v1/comics/{comic}/likes", f"/v1/users/{author.user['id_users']}/followers"]
    paths += [f"/v1/users/{budi.user['id_users']}/following", "/v1/feed", "/v1/bookmarks", "/v1/history"]
    for path in paths:
        answer = budi.get(path)
        assert answer.data, path
        for address in (author.user["email"], budi.user["email"], "6281234567890"):
            assert address.encode() not in answer.body, path
