"""What one wants to be pushed, and when."""

import pytest

from tests.social import scene

PATH = "/v1/notifications/preferences"


@pytest.fixture
def siti(signed_in):
    return signed_in(name="Siti")


def test_who_never_said_anything_is_pushed_everything_at_any_hour(siti):
    assert siti.get(PATH).data == {"muted_types": [], "quiet_from": None, "quiet_until": None, "time_zone": "Asia/Jakarta"}


def test_what_one_sets_is_what_one_gets_and_nobody_else(siti, signed_in):
    wanted = {"muted_types": ["engagement", "new_follower"], "quiet_from": "22:00", "quiet_until": "06:30", "time_zone": "Asia/Makassar"}
    budi = signed_in()
    assert siti.put(PATH, wanted).data == siti.get(PATH).data == wanted
    assert budi.get(PATH).data["muted_types"] == []


def test_a_time_zone_has_two_names_and_stays_when_none_is_given(siti):
    assert siti.put(PATH, {"time_zone": "WIT"}).data["time_zone"] == "Asia/Jayapura"
    assert siti.put(PATH, {"quiet_from": "21:00", "quiet_until": "05:00"}).data == {
        "muted_types": [],
        "quiet_from": "21:00",
        "quiet_until": "05:00",
        "time_zone": "Asia/Jayapura",
    }


def test_setting_them_anew_replaces_what_was_set(siti):
    siti.put(PATH, {"muted_types": ["payment", "payment"], "quiet_from": "22:00", "quiet_until": "06:00"})
    assert siti.put(PATH, {"muted_types": ["milestone"]}).data == {
        "muted_types": ["milestone"],
        "quiet_from": None,
        "quiet_until": None,
        "time_zone": "Asia/Jakarta",
    }
    assert len(scene.rows("select * from notification_preferences where user_id = :user", user=siti.user["id_users"])) == 1


def test_whoever_lives_in_another_zone_is_shown_the_one_that_counts(siti):
    scene.change("update users set timezone = 'Asia/Pontianak' where id_users = :user", user=siti.user["id_users"])
    assert siti.get(PATH).data["time_zone"] == "Asia/Jakarta"


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": "22:00"},
        {"quiet_until": "06:00"},
        {"quiet_from": "22:00", "quiet_until": "22:00"},
        {"quiet_from": "24:00", "quiet_until": "06:00"},
        {"quiet_from": "9:00", "quiet_until": "10:00"},
        {"quiet_from": "0٣:0٠", "quiet_until": "06:00"},
        {"quiet_from": "22:00", "quiet_until": "06:3०"},
        {"time_zone": "Europe/Berlin"},
        {"time_zone": 7},
        {"muted_types": ["Robert'); drop table"]},
        {"muted_types": ["x"] * 101},
        {"muted_types": "engagement"},
        {"loud": True},
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(siti, wrong):
    siti.put(PATH, {"muted_types": ["payment"]})
    siti.put(PATH, wrong, expect=422)
    assert siti.get(PATH).data["muted_types"] == ["payment"]
