"""Blocks: what two people between whom one stands still have to do with each other."""

import pytest

from functions.social import blocks, follows
from tests.social import scene


@pytest.fixture
def siti(signed_in):
    return signed_in(name="Siti")


@pytest.fixture
def budi(signed_in):
    return signed_in(name="Budi")


def path(of):
    return f"/v1/users/{of.user['id_users']}"


def block(caller, other, expect=200):
    return caller.post(f"{path(other)}/block", expect=expect)


def counts(api, of):
    data = api.get(f"{path(of)}/follow-counts").data
    return data["followers_count"], data["following_count"]


def say(caller, comic, content="Hai", expect=201):
    return caller.post(f"/v1/comics/{comic}/comments", {"content": content}, expect=expect)


def said(caller, comic):
    return [comment["content"] for comment in caller.get(f"/v1/comics/{comic}/comments").data]


def test_a_block_ends_the_follows_of_both_and_the_counters_stay_right(siti, budi, signed_in, api):
    ani = signed_in()
    for one, other in ((siti, budi), (budi, siti), (siti, ani), (ani, budi)):
        one.post(f"{path(other)}/follow", expect=200)
    block(siti, budi)
    assert (counts(api, siti), counts(api, budi), counts(api, ani)) == ((0, 1), (1, 0), (1, 1))
    assert not siti.get(f"{path(budi)}/is-following").data["is_following"]
    assert not budi.get(f"{path(siti)}/is-following").data["is_following"]


@pytest.mark.parametrize("who", ["the one who blocks", "the one who is blocked"])
def test_neither_follows_likes_or_comments_on_the_other(siti, budi, who):
    comics = {siti.token: scene.comic(siti), budi.token: scene.comic(budi)}
    block(siti, budi)
    one, other = (siti, budi) if who == "the one who blocks" else (budi, siti)
    refused = [
        one.post(f"{path(other)}/follow", expect=403),
        one.post(f"/v1/comics/{comics[other.token]}/likes", expect=403),
        say(one, comics[other.token], expect=403),
    ]
    assert {answer.error for answer in refused} == {"Blocked"}
    (row,) = scene.rows("select total_likes, total_comments from comics where id = :comic", comic=comics[other.token])
    assert tuple(row) == (0, 0) and scene.inbox(other.user["id_users"]) == []


@pytest.mark.parametrize("who", ["the one who blocks", "the one who is blocked"])
def test_a_block_takes_the_others_words_out_of_either_inbox_and_leaves_what_everybody_else_said(siti, budi, signed_in, who):
    one, other = (siti, budi) if who == "the one who blocks" else (budi, siti)
    ani = signed_in(name="Ani")
    comics = scene.comics(one, 2)
    for comic, likers in zip(comics, ([ani, other], [other, ani]), strict=True):
        for liker in likers:
            liker.post(f"/v1/comics/{comic}/likes", expect=200)
            say(liker, comic, f"kata {liker.user['full_name']}")
    for follower in (other, ani):
        follower.post(f"{path(one)}/follow", expect=200)
    block(siti, budi)
    assert [row.message for row in scene.inbox(one.user["id_users"])] == [
        "Seseorang menyukai komikmu! ❤️",
        "Ani mengomentari: kata Ani",
        "Ani dan 1 pembaca lain menyukai 'Kancil dan Buaya'.",
        "Ani mengomentari: kata Ani",
        "Ani sekarang mengikutimu.",
    ]
    signed_in(name="Joko").post(f"/v1/comics/{comics[0]}/likes", expect=200)
    assert scene.inbox(one.user["id_users"])[0].message == "Joko dan 2 pembaca lain menyukai 'Kancil dan Buaya'."


def test_a_block_leaves_what_the_other_said_to_somebody_else(siti, budi, signed_in):
    ani = signed_in()
    say(budi, scene.comic(ani), "kata Budi")
    block(siti, budi)
    assert [row.message for row in scene.inbox(ani.user["id_users"])] == ["Budi mengomentari: kata Budi"]


def test_the_comments_of_either_are_not_shown_to_the_other_and_are_to_everybody_else(siti, budi, signed_in, api):
    comic, ani = scene.comic(signed_in()), signed_in()
    for caller, words in ((siti, "kata Siti"), (budi, "kata Budi"), (ani, "kata Ani")):
        say(caller, comic, words)
    block(siti, budi)
    assert said(siti, comic) == ["kata Ani", "kata Siti"]
    assert said(budi, comic) == ["kata Ani", "kata Budi"]
    assert said(ani, comic) == said(api, comic) == ["kata Ani", "kata Budi", "kata Siti"]


def test_a_page_of_comments_is_full_although_some_are_left_out(siti, budi, signed_in):
    comic, ani = scene.comic(signed_in()), signed_in()
    for n in range(6):
        say(budi if n % 2 else ani, comic, str(n))
    block(siti, budi)
    assert [c["content"] for c in scene.scrolled(siti, f"/v1/comics/{comic}/comments", per_page=2)] == ["4", "2", "0"]


def test_comics_of_somebody_blocked_stay_readable(siti, budi):
    comic = scene.comic(budi)
    block(siti, budi)
    siti.get(f"/v1/comics/show/{comic}")
    assert siti.get(f"/v1/comics/{comic}/likes/status").data["is_liked"] is False


def test_blocking_and_unblocking_again_change_nothing(siti, budi):
    for _ in range(2):
        assert block(siti, budi).json["message"] == "This person is blocked"
    assert len(siti.get("/v1/blocks").data) == 1
    for _ in range(2):
        siti.delete(f"{path(budi)}/block")
    assert siti.get("/v1/blocks").data == []
    budi.post(f"{path(siti)}/follow", expect=200)


def test_one_sees_whom_one_blocks_latest_first_and_not_by_whom_one_is(siti, budi, signed_in):
    ani = signed_in(name="Ani")
    block(siti, budi)
    block(siti, ani)
    block(budi, ani)
    shown = scene.scrolled(siti, "/v1/blocks", per_page=1)
    assert [person["full_name"] for person in shown] == ["Ani", "Budi"] and "email" not in shown[0]
    assert ani.get("/v1/blocks").data == []


def test_unblocking_leaves_the_others_block(siti, budi):
    block(siti, budi)
    block(budi, siti)
    siti.delete(f"{path(budi)}/block")
    assert siti.post(f"{path(budi)}/follow", expect=403).error == "Blocked"


def test_nobody_blocks_themselves_or_somebody_who_is_not_there(siti):
    assert block(siti, siti, expect=409).error == "NotYourself"
    siti.post("/v1/users/987654321/block", expect=404)


def test_blocks_and_follows_that_race_leave_a_block_and_no_follow(siti, budi, api):
    (ani, tono) = scene.crowd(2)

    def follow():
        try:
            return scene.run(follows.follow, ani, tono.id)
        except blocks.follows.Blocked:
            return None

    acts = [lambda: scene.run(blocks.block, tono, ani.id), lambda: scene.run(blocks.block, ani, tono.id), *[follow] * 10]
    scene.at_once(acts)
    left = scene.rows("select count(*) as n from follows where follower_id in (:a, :b)", a=ani.id, b=tono.id)[0].n
    counters = scene.rows("select total_followers, total_following from users where id_users in (:a, :b)", a=ani.id, b=tono.id)
    assert left == 0 and [tuple(row) for row in counters] == [(0, 0), (0, 0)]


def test_lists_with_blocks_take_no_more_statements_than_without(siti, budi, signed_in, monkeypatch):
    comic = scene.comic(signed_in())
    say(budi, comic)
    block(siti, budi)
    for path_ in (f"/v1/comics/{comic}/comments", "/v1/blocks"):
        with scene.counted(monkeypatch) as seen:
            siti.get(path_)
        assert len(seen) == 2  # The caller, and the list.
