"""Guessing passwords is slow, wherever the guesses come from, and the owner's own phone gets in all the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from common import clock, db, passwords
from tests.support import people

PHONE = "pemasangan-0f8fad5b-d9cb"


@pytest.fixture
def place(monkeypatch):
    """Headers of a request from an address; the tests stand behind one proxy."""
    monkeypatch.setenv("TRUSTED_PROXIES", "1")
    return lambda address: {"X-Forwarded-For": address}


@pytest.fixture
def hashes(monkeypatch):
    """Every password that was hashed to be compared."""
    compared = []
    real = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda password, stored: compared.append(password) or (password != "salah" and real(password, stored))
    )
    return compared


@pytest.fixture
def later(monkeypatch):
    """`later(60)` moves the clock."""
    real, moved = clock.now, [timedelta(0)]

    def move(seconds):
        moved[0] += timedelta(seconds=seconds)

    monkeypatch.setattr(clock, "now", lambda: real() + moved[0])
    return move


def attempt(api, address, password="salah", **more):
    headers = more.pop("headers", None)
    return api.post("/login", {"identifier": address, "password": password, **more}, headers=headers)


def test_a_thousand_guesses_a_minute_get_at_most_twenty_hashes_in_an_hour(signed_in, api, place, hashes, later):
    siti = signed_in()
    for minute in range(60):
        for guess in range(20):
            attempt(api, siti.user["email"], headers=place(f"203.0.{minute}.{guess}"))
        later(60)
    first_hour = len(hashes)
    for minute in range(120):
        attempt(api, siti.user["email"], headers=place(f"198.51.{minute}.1"))
        later(60)
    assert 10 <= first_hour <= 20
    assert len(hashes) - first_hour <= 4


def test_guesses_at_once_get_no_more_hashes_than_one_by_one(signed_in, api, place, hashes):
    siti = signed_in()
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda n: attempt(api, siti.user["email"], headers=place(f"203.0.113.{n}")).status, range(40)))
    assert len(hashes) == 10
    assert sorted(set(answers)) == [401, 429] and answers.count(401) == 10


def test_guessing_by_mail_and_by_phone_is_guessing_at_one_account(signed_in, api, place, hashes, services):
    siti = signed_in()
    with db.transaction() as giving:
        giving.run("update users set phone_number = '+6281399990001' where id_users = :user", user=siti.user["id_users"])
    for guess in range(10):
        attempt(api, siti.user["email"], headers=place(f"203.0.113.{guess}"))
        attempt(api, "081399990001", headers=place(f"203.0.113.{guess}"))
    assert len(hashes) == 10


def test_the_pause_doubles_and_the_answer_says_how_long_it_is(signed_in, api, place, later):
    siti = signed_in()
    for _ in range(10):
        assert attempt(api, siti.user["email"], headers=place("203.0.113.1")).status == 401
    pauses = []
    for _ in range(8):
        refused = attempt(api, siti.user["email"], headers=place("203.0.113.1"))
        assert refused.status == 429
        pauses.append(int(refused.headers["Retry-After"]))
        later(pauses[-1])
        assert attempt(api, siti.user["email"], headers=place("203.0.113.1")).status == 401
    assert [round(pause / 60) for pause in pauses] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_day_later_all_is_forgotten(signed_in, api, place, later):
    siti = signed_in()
    for _ in range(11):
        attempt(api, siti.user["email"], headers=place("203.0.113.1"))
    later(86400 + 61)
    assert [attempt(api, siti.user["email"], headers=place("203.0.113.1")).status for _ in range(10)] == [401] * 10


def test_the_owner_gets_in_on_a_known_phone_while_a_stranger_is_guessing(signed_in, api, place):
    siti = signed_in()
    home, away = place("198.51.100.7"), place("203.0.113.99")
    email = siti.user["email"]
    api.post("/login", {"identifier": email, "password": people.PASSWORD, "device_id": PHONE}, headers=home, expect=200)
    for guess in range(15):
        attempt(api, email, headers=place(f"192.0.2.{guess}"), device_id=f"tebakan-tebakan-{guess}")
    assert attempt(api, email, people.PASSWORD, headers=place("192.0.2.200")).status == 429
    # From anywhere, because it is the phone that is known, and again and again.
    for _ in range(3):
        assert attempt(api, email, people.PASSWORD, headers=away, device_id=PHONE).status == 200
    assert attempt(api, email, people.PASSWORD, headers=place("192.0.2.201")).status == 429


def test_todays_app_without_an_id_is_known_where_it_was_before(signed_in, api, place):
    siti = signed_in()
    home = {**place("198.51.100.8"), "User-Agent": "MamaStoria/4.2 (Android 14)"}
    api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD}, headers=home, expect=200)
    for guess in range(12):
        attempt(api, siti.user["email"], headers=place(f"192.0.2.{guess}"))
    assert attempt(api, siti.user["email"], people.PASSWORD, headers=home).status == 200


def test_a_known_phone_has_no_endless_tries_either(signed_in, api, place, hashes):
    siti = signed_in()
    api.post(
        "/login",
        {"identifier": siti.user["email"], "password": people.PASSWORD, "device_id": PHONE},
        headers=place("198.51.100.9"),
        expect=200,
    )
    hashes.clear()
    for guess in range(30):
        attempt(api, siti.user["email"], headers=place(f"203.0.113.{guess}"), device_id=PHONE)
    assert len(hashes) == 10


def test_thirty_guesses_from_a_place_where_the_owner_was_before_each_with_another_device_id_get_ten_hashes(signed_in, api, place, hashes):
    siti = signed_in()
    here = {**place("198.51.100.20"), "User-Agent": "MamaStoria/4.2 (Android 14)"}
    assert attempt(api, siti.user["email"], people.PASSWORD, headers=here, device_id=PHONE).status == 200
    hashes.clear()
    for guess in range(30):
        attempt(api, siti.user["email"], headers=here, device_id=f"tebakan-tebakan-{guess}")
    assert len(hashes) == 10
    assert attempt(api, siti.user["email"], people.PASSWORD, headers=here, device_id=PHONE).status == 200


def test_the_id_of_one_persons_phone_is_not_known_for_another(signed_in, api, place):
    siti, budi = signed_in(), signed_in()
    api.post(
        "/login",
        {"identifier": budi.user["email"], "password": people.PASSWORD, "device_id": PHONE},
        headers=place("198.51.100.10"),
        expect=200,
    )
    for guess in range(11):
        attempt(api, siti.user["email"], headers=place(f"192.0.2.{guess}"))
    assert attempt(api, siti.user["email"], people.PASSWORD, headers=place("192.0.2.77"), device_id=PHONE).status == 429


def test_a_phone_that_lost_its_session_to_a_thief_is_not_known_any_more(signed_in, api, place):
    siti = signed_in()
    login = {"identifier": siti.user["email"], "password": people.PASSWORD, "device_id": PHONE}
    old = api.post("/login", login, headers=place("198.51.100.11"), expect=200).data["tokens"]["refresh_token"]
    new = api.post("/refresh", {"refresh_token": old}, expect=200).data
    api.signed(new["access_token"]).get("/v1/auth/sessions")
    api.post("/refresh", {"refresh_token": old}, expect=401)
    for guess in range(11):
        attempt(api, siti.user["email"], headers=place(f"192.0.2.{guess}"))
    assert attempt(api, siti.user["email"], people.PASSWORD, headers=place("198.51.100.12"), device_id=PHONE).status == 429


def test_the_right_password_is_no_failed_try(signed_in, api, place):
    siti = signed_in()
    for _ in range(25):
        assert attempt(api, siti.user["email"], people.PASSWORD, headers=place("203.0.113.50")).status == 200


def test_one_address_may_fail_a_hundred_times_whatever_the_account(api, place, hashes):
    here = place("203.0.113.60")
    answers = [attempt(api, f"orang-{n}@contoh.id", headers=here).status for n in range(105)]
    assert answers == [401] * 100 + [429] * 5
    assert len(hashes) == 100
    assert attempt(api, "orang-1@contoh.id", headers=place("203.0.113.61")).status == 401


def test_an_unknown_address_waits_as_a_known_one_does(signed_in, api, place):
    siti, nobody = signed_in(), people.address()
    known = [attempt(api, siti.user["email"], headers=place(f"192.0.2.{n}")) for n in range(12)]
    unknown = [attempt(api, nobody, headers=place(f"192.0.2.{100 + n}")) for n in range(12)]
    assert [(each.status, each.json) for each in known] == [(each.status, each.json) for each in unknown]


def test_no_address_of_a_person_or_a_phone_is_in_the_counters(signed_in, api, place):
    siti = signed_in()
    attempt(api, siti.user["email"], headers=place("203.0.113.70"))
    attempt(api, "tidak-ada@contoh.id", headers=place("203.0.113.70"))
    with db.reading() as reading:
        keys = [row.key for row in reading.all("select key from rate_limits")]
    assert keys and not any("contoh.id" in key or "203.0.113" in key for key in keys)


def test_a_login_that_races_a_change_of_password_is_refused(signed_in, api, monkeypatch):
    siti = signed_in()
    real = passwords.matches

    def changed_meanwhile(password, stored):
        with db.transaction() as changing:
            new = passwords.hashed("kata-sandi-baru")
            changing.run("update users set password = :new where id_users = :user", new=new, user=siti.user["id_users"])
        return real(password, stored)

    monkeypatch.setattr(passwords, "matches", changed_meanwhile)
    assert attempt(api, siti.user["email"], people.PASSWORD).status == 401


def test_two_logins_at_once_with_an_old_hash_both_succeed(signed_in, api):
    import bcrypt

    siti = signed_in()
    old = bcrypt.hashpw(b"kata-sandi-lama", bcrypt.gensalt(4)).decode()
    with db.transaction() as changing:
        changing.run("update users set password = :old where id_users = :user", old=old, user=siti.user["id_users"])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: attempt(api, siti.user["email"], "kata-sandi-lama").status, range(4)))
    assert answers == [200] * 4
