"""Follows: counted exactly, never oneself; and the feed that comes of them."""

import pytest

from functions.social import follows
from tests.social import scene


@pytest.fixture
def creator(signed_in):
    return signed_in(name="Siti")


def id_of(caller):
    return caller.user["id_users"]


def counts(caller, user):
    shown = caller.get(f"/v1/users/{user}/follow-counts").data
    return shown["followers_count"], shown["following_count"]


def test_following_counts_once_and_can_be_undone(creator, signed_in, api):
    budi, path = signed_in(), f"/v1/users/{id_of(creator)}"
    assert budi.get(f"{path}/is-following").data == {"user_id": id_of(creator), "is_following": False}
    assert budi.post(f"{path}/follow", expect=200).json["message"] == "You follow this creator now"
    assert budi.post(f"{path}/follow", expect=200).json["message"] == "Already following"
    assert budi.get(f"{path}/is-following").data["is_following"] is True
    assert (counts(api, id_of(creator)), counts(api, id_of(budi))) == ((1, 0), (0, 1))
    assert budi.delete(f"{path}/follow").json["message"] == "You no longer follow this creator"
    assert budi.delete(f"{path}/follow").json["message"] == "Not following"
    assert (counts(api, id_of(creator)), counts(api, id_of(budi))) == ((0, 0), (0, 0))


def test_nobody_follows_themselves_or_somebody_who_is_not_there(creator):
    assert creator.post(f"/v1/users/{id_of(creator)}/follow", expect=409).error == "NotOneself"
    for path in ("follow", "is-following", "followers", "following", "follow-counts"):
        creator.call("POST" if path == "follow" else "GET", f"/v1/users/987654321/{path}", expect=404)


def test_an_unproven_or_erased_account_is_not_there(creator):
    (nobody,) = scene.crowd(1)
    for state in ("is_verified = false", "is_verified = true, erased_at = now()"):
        scene.change(f"update users set {state} where id_users = :user", user=nobody.id)
        creator.post(f"/v1/users/{nobody.id}/follow", expect=404)
        creator.get(f"/v1/users/{nobody.id}/follow-counts", expect=404)


def test_32_racing_follows_of_one_person_count_one(creator, signed_in, api):
    budi = signed_in()
    answers = scene.at_once([lambda: budi.post(f"/v1/users/{id_of(creator)}/follow")] * 32)
    assert [answer.status for answer in answers] == [200] * 32
    assert (counts(api, id_of(creator)), counts(api, id_of(budi))) == ((1, 0), (0, 1))
    assert len(scene.inbox(id_of(creator), "new_follower")) == 1


def test_people_who_follow_each_other_at_once_never_wait_for_one_another(api):
    people = scene.crowd(5)
    pairs = [(one, other) for one in people for other in people if one != other]
    assert all(scene.at_once([lambda one=one, other=other: scene.run(follows.follow, one, other.id) for one, other in pairs]))
    assert {counts(api, person.id) for person in people} == {(4, 4)}
    scene.at_once([lambda one=one, other=other: scene.run(follows.unfollow, one, other.id) for one, other in pairs])
    assert {counts(api, person.id) for person in people} == {(0, 0)}


def test_followers_and_followed_people_are_listed_latest_first_without_addresses(creator, api):
    people = scene.crowd(5)
    for person in people:
        scene.run(follows.follow, person, id_of(creator))
        scene.run(follows.follow, people[0], person.id) if person is not people[0] else None
    listed = scene.scrolled(api, f"/v1/users/{id_of(creator)}/followers", per_page=2)
    assert [each["id_users"] for each in listed] == [person.id for person in reversed(people)]
    assert {"followed_at", "full_name", "profile_photo_path"} <= set(listed[0]) and not {"email", "phone_number"} & set(listed[0])
    followed = scene.scrolled(api, f"/v1/users/{people[0].id}/following", per_page=2)
    assert [each["id_users"] for each in followed] == [*(person.id for person in reversed(people[1:])), id_of(creator)]
    assert api.get(f"/v1/users/{id_of(creator)}/followers").json["meta"]["total"] == 5


def test_a_follower_who_leaves_and_returns_is_told_once(creator):
    (ani,) = scene.crowd(1)
    for act in (follows.follow, follows.unfollow, follows.follow):
        scene.run(act, ani, id_of(creator))
    (told,) = scene.inbox(id_of(creator))
    assert (told.type, told.message) == ("new_follower", "Pembaca 1 sekarang mengikutimu.")


def test_the_feed_has_what_followed_creators_published_newest_first_and_nothing_else(creator, signed_in):
    other, stranger, budi = signed_in(), signed_in(), signed_in()
    old, new = scene.comic(creator, minutes_ago=20), scene.comic(creator, minutes_ago=5)
    between = scene.comic(other, minutes_ago=10)
    scene.comic(stranger)
    scene.comic(creator, public=False)
    assert budi.get("/v1/feed").data == []
    for followed in (creator, other):
        budi.post(f"/v1/users/{id_of(followed)}/follow", expect=200)
    answer = budi.get("/v1/feed")
    assert [comic["id"] for comic in answer.data] == [new, between, old] and answer.json["meta"]["total"] == 3
    budi.delete(f"/v1/users/{id_of(other)}/follow")
    assert [comic["id"] for comic in budi.get("/v1/feed").data] == [new, old]


def test_the_feed_is_scrolled_without_gaps_or_repetitions_while_comics_appear(creator, signed_in):
    other, budi = signed_in(), signed_in()
    for followed in (creator, other):
        budi.post(f"/v1/users/{id_of(followed)}/follow", expect=200)
    first, second = scene.comics(creator, 8, minutes_ago=10), scene.comics(other, 8, minutes_ago=10)
    # Equal moments: ties are broken by the id.
    scene.change("update comics set published_at = date_trunc('minute', published_at) where id = any(cast(:ids as bigint[]))", ids=second)
    wanted = [
        row.id
        for row in scene.rows(
            "select id from comics where id = any(cast(:ids as bigint[])) order by published_at desc, id desc", ids=first + second
        )
    ]
    assert [comic["id"] for comic in scene.scrolled(budi, "/v1/feed", per_page=3)] == wanted
    assert [comic["id"] for page in (1, 2, 3, 4, 5, 6) for comic in budi.get("/v1/feed", per_page=3, page=page).data] == wanted
    top = budi.get("/v1/feed", per_page=3)
    scene.comic(creator)
    assert [comic["id"] for comic in budi.get("/v1/feed", per_page=3, cursor=top.json["meta"]["next_cursor"]).data] == wanted[3:6]
