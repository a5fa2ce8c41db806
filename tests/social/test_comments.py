"""Comments: what people write, the one rating each reader gives, and who may delete what."""

import json

import pytest

from common.problems import NotFound
from functions.social import comments
from functions.social.schemas import NewComment
from tests.social import scene


@pytest.fixture
def author(signed_in):
    return signed_in(name="Siti")


def counters(comic):
    return tuple(scene.rows("select total_comments, rating_count, rating_sum from comics where id = :comic", comic=comic)[0])


def true_counters(comic):
    return tuple(
        scene.rows(
            "select count(*), count(rating), coalesce(sum(rating), 0)::bigint as stars from comments where comic_id = :comic", comic=comic
        )[0]
    )


def say(caller, comic, content="Bagus sekali!", *, expect=201, **more):
    return caller.post(f"/v1/comics/{comic}/comments", {"content": content, **more}, expect=expect)


def write(reader, comic, content="Hai", rating=None):
    """The id of a comment written without a token."""
    return json.loads(scene.run(comments.write, reader, comic, NewComment(content=content, rating=rating)).text)["id"]


def rating(caller, comic):
    return caller.get(f"/v1/comics/{comic}/comments").json["rating"]


def test_a_comment_is_shown_to_everybody_with_its_writer_and_no_address(author, signed_in, api):
    budi, comic = signed_in(name="Budi"), scene.comic(author)
    written = say(budi, comic, "  Seru!  ", rating=5)
    assert written.json["message"] == "Comment added successfully"
    assert (written.data["content"], written.data["rating"], written.data["user"]["full_name"]) == ("Seru!", 5, "Budi")
    answer = api.get(f"/v1/comics/{comic}/comments")
    assert answer.data == [written.data] and answer.json["meta"]["total"] == 1
    assert budi.user["email"].encode() not in answer.body
    assert api.get(f"/api/v1/comics/{comic}/review_comments").json == answer.json


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": ""}, "content"),
        ({"content": " \n "}, "content"),
        ({"content": "x" * 1001}, "content"),
        ({"content": "x", "rating": 0}, "rating"),
        ({"content": "x", "rating": 6}, "rating"),
        ({"content": "x", "rating": "5"}, "rating"),
    ],
)
def test_a_comment_has_1_to_1000_letters_and_1_to_5_stars(author, body, field):
    refused = author.post(f"/v1/comics/{scene.comic(author)}/comments", body, expect=422)
    assert refused.json["errors"][0]["loc"] == ["body", field]


def test_a_comment_of_1000_letters_is_taken(author):
    assert len(say(author, scene.comic(author), "x" * 1000).data["content"]) == 1000


def test_a_draft_takes_no_comments_and_shows_none(author, signed_in):
    budi, draft = signed_in(), scene.comic(author, public=False)
    for caller in (budi, author):
        say(caller, draft, expect=404)
        caller.get(f"/v1/comics/{draft}/comments", expect=404)


def test_a_reader_has_one_rating_of_a_comic_and_a_later_comment_moves_it(author, signed_in):
    budi, comic = signed_in(), scene.comic(author)
    say(budi, comic, "Biasa saja", rating=2)
    say(budi, comic, "Tanpa nilai")
    say(budi, comic, "Ternyata bagus", rating=5)
    shown = {comment["content"]: comment["rating"] for comment in budi.get(f"/v1/comics/{comic}/comments").data}
    assert shown == {"Ternyata bagus": 5, "Tanpa nilai": None, "Biasa saja": None}
    assert counters(comic) == true_counters(comic) == (3, 1, 5)


def test_average_and_histogram_are_of_readers_not_of_comments(author, signed_in, api):
    comic = scene.comic(author)
    assert rating(api, comic) == {"average": None, "count": 0, "histogram": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0}}
    budi = signed_in()
    for reader, stars in ((budi, 1), (budi, 4), (signed_in(), 5), (signed_in(), 5)):
        say(reader, comic, rating=stars)
    assert rating(api, comic) == {"average": 4.67, "count": 3, "histogram": {"1": 0, "2": 0, "3": 0, "4": 1, "5": 2}}


def test_32_racing_ratings_of_one_reader_leave_one_rating(author, signed_in, api):
    budi, comic = signed_in(), scene.comic(author)
    answers = scene.at_once([lambda stars=n % 5 + 1: say(budi, comic, rating=stars, expect=None) for n in range(32)])
    assert [answer.status for answer in answers] == [201] * 32
    assert counters(comic) == true_counters(comic) and counters(comic)[:2] == (32, 1)
    assert rating(api, comic)["count"] == 1


def test_racing_comments_and_deletions_leave_as_many_rows_as_are_counted(author, api):
    comic, readers = scene.comic(author), scene.crowd(6)
    first = [write(reader, comic, rating=3) for reader in readers]

    def delete(reader, comment):
        try:
            return scene.run(comments.delete, reader, comment)
        except NotFound:
            return "gone"

    acts = []
    for reader, comment in zip(readers, first, strict=True):
        acts += [lambda r=reader: write(r, comic, rating=4), lambda r=reader, c=comment: delete(r, c)] * 2
    assert scene.at_once(acts).count("gone") == len(readers)
    assert counters(comic) == true_counters(comic) == (12, 6, 24)
    assert rating(api, comic)["count"] == 6


def test_comments_are_listed_newest_first_and_a_cursor_stays_valid_while_new_ones_arrive(author, api):
    comic, (ani,) = scene.comic(author), scene.crowd(1)
    written = [write(ani, comic, str(n)) for n in range(7)]
    # Equal times: the order is total all the same.
    scene.change("update comments set created_at = '2026-01-01' where comic_id = :comic", comic=comic)
    path = f"/v1/comics/{comic}/comments"
    first = api.get(path, per_page=3)
    write(ani, comic, "baru")
    second = api.get(path, per_page=3, cursor=first.json["meta"]["next_cursor"])
    assert [c["id"] for c in first.data + second.data] == written[:0:-1]
    assert [c["id"] for c in scene.scrolled(api, path, per_page=3)][1:] == written[::-1]
    api.get(path, cursor="bukan-kursor", expect=422)


def test_a_writer_deletes_the_own_comment_and_its_rating_goes_with_it(author, signed_in, api):
    budi, comic = signed_in(), scene.comic(author)
    comment = say(budi, comic, rating=5).data["id"]
    assert budi.delete(f"/v1/comments/{comment}").json["message"] == "Comment deleted successfully"
    assert counters(comic) == (0, 0, 0) and rating(api, comic)["count"] == 0
    budi.delete(f"/v1/comments/{comment}", expect=404)


def test_nobody_else_deletes_a_comment_but_moderators_and_administrators(author, signed_in):
    budi, comic = signed_in(), scene.comic(author)
    for role in ("moderator", "admin"):
        comment, officer = say(budi, comic).data["id"], signed_in()
        for other in (officer, author):
            refused = other.delete(f"/v1/comments/{comment}", expect=403)
            assert (refused.error, refused.json["detail"]) == ("NotYours", "You can only delete your own comments")
        scene.change("update users set role = :role where id_users = :user", role=role, user=officer.user["id_users"])
        officer.delete(f"/v1/comments/{comment}")
        (entry,) = scene.rows("select * from audit_log where action = 'comment.delete' and subject_id = :id", id=str(comment))
        assert (entry.actor_id, entry.before["user_id"]) == (officer.user["id_users"], budi.user["id_users"])


def test_a_comment_on_a_comic_that_was_taken_back_exists_for_its_writer_alone(author, signed_in):
    budi, ani, comic = signed_in(), signed_in(), scene.comic(author)
    comment = say(budi, comic).data["id"]
    scene.change("update comics set published_at = null where id = :comic", comic=comic)
    ani.delete(f"/v1/comments/{comment}", expect=404)
    budi.delete(f"/v1/comments/{comment}")


def test_a_hidden_comment_is_not_listed_and_does_not_exist_for_others(author, signed_in, api):
    budi, comic = signed_in(), scene.comic(author)
    comment = say(budi, comic).data["id"]
    scene.change("update comments set hidden_at = now() where id = :comment", comment=comment)
    assert api.get(f"/v1/comics/{comic}/comments").data == []
    signed_in().delete(f"/v1/comments/{comment}", expect=404)


def test_the_author_is_told_of_a_comment_in_its_first_words(author, signed_in):
    budi, comic = signed_in(name="Budi"), scene.comic(author)
    comment = say(budi, comic, "Ceritanya seru sekali dan gambarnya bagus, lanjutkan ya Kak Siti!").data["id"]
    (told,) = scene.inbox(author.user["id_users"])
    assert (told.type, told.title) == ("new_comment", "Komentar baru di komikmu! 💬")
    assert told.message.endswith(" mengomentari: Ceritanya seru sekali dan gambarnya bagus, lanjutk…")
    assert json.loads(told.data) == {"comic_id": comic, "comment_id": comment, "user_id": budi.user["id_users"]}


def test_a_deleted_comment_is_not_quoted_in_the_authors_inbox_any_more(author, signed_in):
    budi, comic = signed_in(), scene.comic(author)
    budi.delete(f"/v1/comments/{say(budi, comic).data['id']}")
    assert scene.inbox(author.user["id_users"]) == []


def test_nobody_is_told_of_their_own_comment(author):
    say(author, scene.comic(author))
    assert scene.inbox(author.user["id_users"]) == []


@pytest.mark.parametrize("milestone", [10, 50, 100, 500, 1000])
def test_a_milestone_of_comments_is_told_once(author, milestone):
    comic, (ani,) = scene.comic(author, "Timun Mas"), scene.crowd(1)
    scene.change("update comics set total_comments = :before where id = :comic", comic=comic, before=milestone - 2)
    for _ in range(3):
        write(ani, comic)
    (told,) = scene.inbox(author.user["id_users"], "milestone")
    assert told.title == "Komikmu Ramai Dibicarakan! 🗣️" and json.loads(told.data) == {"comic_id": comic, "comments": milestone}


def test_a_comment_whose_answer_was_lost_is_not_written_twice(author, signed_in):
    budi, comic = signed_in(), scene.comic(author)
    first, again = (
        budi.post(f"/v1/comics/{comic}/comments", {"content": "Hai"}, expect=201, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    )
    assert first.json == again.json and counters(comic)[0] == 1


def test_erasing_an_account_or_a_comic_leaves_the_ratings_right(author, signed_in, api):
    from common import erasure

    budi, comic, other = signed_in(), scene.comic(author), scene.comic(author)
    for each in (comic, other):
        say(budi, each, rating=1)
    say(signed_in(), comic, rating=4)
    scene.run(erasure.erase, budi.user["id_users"])
    assert rating(api, comic) == {"average": 4.0, "count": 1, "histogram": {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0}}
    scene.change("delete from comics where id = :comic", comic=comic)
    assert scene.rows("select from comic_ratings where comic_id = :comic", comic=comic) == []
