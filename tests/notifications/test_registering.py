"""A device's address: registered under its session, gone with it, and never somebody else's."""

import itertools
import random
import string

import pytest

from tests.notifications.test_push import push_all, tell
from tests.social import scene
from tests.support import people

_numbers = itertools.count()

SPELLINGS = ("/user/update-fcm-token", "/api/v1/auth/user/update-fcm-token", "/api/user/update-fcm-token")


@pytest.fixture
def siti(signed_in):
    return signed_in(name="Siti")


def address():
    return f"ponsel:APA91b-daftar-{next(_numbers)}"


def registered(person):
    return [row.fcm_token for row in scene.rows("select * from devices where user_id = :user order by id", user=person.user["id_users"])]


@pytest.mark.parametrize("path", SPELLINGS)
def test_todays_app_registers_its_phone_under_each_spelling(siti, path):
    token = address()
    answer = siti.post(path, {"fcm_token": token}, expect=200)
    assert answer.json["message"] == "FCM token updated successfully" and registered(siti) == [token]


@pytest.mark.parametrize(
    "letters", [string.ascii_letters + string.digits, [chr(each) for each in range(0x4E00, 0x9FA5)]], ids=["ascii", "wide"]
)
def test_an_address_is_taken_as_long_as_its_index_can_hold_it_and_refused_by_name_beyond(siti, letters):
    # PostgreSQL packs what repeats itself, so these do not.
    told = "".join(random.Random(4).choices(letters, k=4096))
    longest = told.encode()[:2048].decode(errors="ignore")
    siti.post(SPELLINGS[0], {"fcm_token": longest}, expect=200)
    for longer in (told, longest + told[-1]):
        refused = siti.post(SPELLINGS[0], {"fcm_token": longer}, expect=422)
        assert [each["loc"] for each in refused.json["errors"]] == [["body", "fcm_token"]]
    assert registered(siti) == [longest]


def test_without_an_address_or_a_caller_nothing_is_registered(siti, api):
    for wrong in ({}, {"fcm_token": ""}, {"fcm_token": None}, {"fcm_token": "x" * 4097}):
        siti.post(SPELLINGS[0], wrong, expect=422)
    api.post(SPELLINGS[0], {"fcm_token": address()}, expect=401)
    assert registered(siti) == []


def test_the_same_address_again_is_the_same_device(siti):
    token = address()
    for version in ("4.1", "4.2"):
        siti.post(SPELLINGS[0], {"fcm_token": token, "platform": "android", "app_version": version}, expect=200)
    (row,) = scene.rows("select * from devices where fcm_token = :token", token=token)
    assert (row.app_version, row.platform) == ("4.2", "android")


def test_a_new_address_of_a_device_takes_the_place_of_the_old_one_and_gets_what_was_waiting(siti, api):
    old, new = "unavailable-1:" + address(), address()
    siti.post(SPELLINGS[0], {"fcm_token": old}, expect=200)
    tell(siti)
    push_all(api)
    siti.post(SPELLINGS[0], {"fcm_token": new}, expect=200)
    assert registered(siti) == [new]
    scene.change("update pushes set due_at = now() where due_at > now()")
    push_all(api)
    assert [each["token"] for each in api.services.fcm.taken if each["token"] in (old, new)] == [new]


def test_an_address_that_moves_to_another_account_leaves_the_first(siti, signed_in):
    budi, token = signed_in(name="Budi"), address()
    siti.post(SPELLINGS[0], {"fcm_token": token}, expect=200)
    budi.post(SPELLINGS[0], {"fcm_token": token}, expect=200)
    assert registered(siti) == [] and registered(budi) == [token]


def test_one_person_on_three_devices_has_three(siti):
    tokens = [address() for _ in range(3)]
    for token, device in zip(tokens, [siti, scene.device(siti), scene.device(siti)], strict=True):
        device.post(SPELLINGS[0], {"fcm_token": token}, expect=200)
    assert registered(siti) == tokens


def test_a_device_that_registers_many_times_at_once_is_one(siti):
    tokens = [address() for _ in range(8)]
    scene.at_once([lambda token=token: siti.post(SPELLINGS[0], {"fcm_token": token}, expect=200) for token in tokens])
    assert len(registered(siti)) == 1


def test_logging_out_takes_the_address_of_that_device_alone(siti):
    here, there, other = address(), address(), scene.device(siti)
    siti.post(SPELLINGS[0], {"fcm_token": here}, expect=200)
    other.post(SPELLINGS[0], {"fcm_token": there}, expect=200)
    siti.post("/logout", expect=200)
    assert registered(siti) == [there]
    other.delete("/v1/auth/sessions")
    assert registered(siti) == [there]


def test_whoever_asks_for_the_end_of_the_account_is_pushed_nothing_more(api):
    siti = people.signed_in(api)
    siti.post(SPELLINGS[0], {"fcm_token": address()}, expect=200)
    siti.delete("/v1/me", {"password": people.PASSWORD})
    assert registered(siti) == []


def test_a_new_password_takes_the_addresses_of_all_other_devices(api):
    siti = people.signed_in(api)
    other, here, there = scene.device(siti), address(), address()
    siti.post(SPELLINGS[0], {"fcm_token": here}, expect=200)
    other.post(SPELLINGS[0], {"fcm_token": there}, expect=200)
    body = {"old_password": people.PASSWORD, "new_password": "rahasia-baru-456"}
    siti.post("/password/change-password", body, expect=200)
    assert registered(siti) == [here]
