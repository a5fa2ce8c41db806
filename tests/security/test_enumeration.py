"""Nobody learns from us who has an account: known and unknown people get the same answer after the same work.

The same is not measured but counted: the statements that are sent to the database, word for word, and
the passwords that are hashed. Where the one is a hash of forty milliseconds, time is measured too, with
the hashes of production.
"""

import itertools
import json
import os
import statistics
import time

import pytest

from common import passwords, prepared
from tests.social import scene
from tests.support import people

PASSWORD = "sandi-yang-benar-42"

_numbers = itertools.count(1)

# Routes by which a stranger could ask after somebody, and what is sent about whom.
ASKED = {
    "/register": lambda who: {"full_name": "Orang", "email": who, "password": "sandi-baru-1234"},
    "/login": lambda who: {"identifier": who, "password": "sandi-yang-salah"},
    "/resend-verification": lambda who: {"email": who},
    "/users/send-otp": lambda who: {"email": who},
    "/password/send-reset-token": lambda who: {"email": who},
    "/password/verify-reset-token": lambda who: {"email": who, "reset_token": "000000"},
    "/password/reset-password": lambda who: {"email": who, "reset_token": "000000", "new_password": "sandi-baru-1234"},
    "/verify": lambda who: {"email": who, "verification_code": "000000"},
    "/users/check-verification-code": lambda who: {"email": who, "verification_code": "000000"},
}
PHONES = {
    "/login": lambda who: {"identifier": who, "password": "sandi-yang-salah"},
    "/register": lambda who: {"full_name": "Orang", "phone_number": who, "password": "sandi-baru-1234"},
    "/resend-verification": lambda who: {"phone_number": who},
    "/verify": lambda who: {"phone_number": who, "verification_code": "000000"},
}


@pytest.fixture(scope="module")
def known(world):
    """People as they may stand: verified, suspended, only registered, with Google alone, about to be erased."""
    made = {}
    for number, (name, change) in enumerate(
        {
            "verified": "full_name = full_name",
            "suspended": "suspended_at = now()",
            "registered": "is_verified = false",
            "of Google": "password = null, external_id = id_users::text, login_method = 'google'",
            "leaving": "deletion_requested_at = now()",
        }.items()
    ):
        person = scene.person(world.api, "Orang")
        me, email, phone = person.user["id_users"], people.address(), f"+62812{10_000_000 + person.user['id_users'] * 7 + number}"
        scene.change("update users set email = :email, phone_number = :phone, password = :hash where id_users = :me",
                     me=me, email=email, phone=phone, hash=passwords.hashed(PASSWORD))  # fmt: skip
        scene.change(f"update users set {change} where id_users = :me", me=me)
        made[name] = (email, phone)
    return made


@pytest.fixture
def work(monkeypatch):
    """What is done for an answer: every statement, and how many hashes."""
    done = []
    run, argon2 = prepared.run, passwords._argon2
    hashed = passwords.hashed
    monkeypatch.setattr(prepared, "run", lambda connection, sql, *more, **named: done.append(sql) or run(connection, sql, *more, **named))
    monkeypatch.setattr(passwords, "_argon2", lambda *given: done.append("a hash is compared") or argon2(*given))
    monkeypatch.setattr(passwords, "hashed", lambda given: done.append("a hash is made") or hashed(given))
    return done


def answer(api, path, body, work):
    """Status, body without what names the person asked about, headers, and the work."""
    scene.change("delete from rate_limits")
    work.clear()
    told = api.post(path, body, headers={"X-Request-Id": "sama"})
    said = {**told.json, "data": _blank(told.json.get("data"))}
    return told.status, json.dumps(said), sorted((name, value) for name, value in told.headers if name != "Content-Length"), list(work)


def _blank(data):
    """The new registration's own number and the address that was sent stand in the answer to /register, whoever has it already."""
    return (
        {name: "…" if name in ("user_id", "email", "phone_number") else each for name, each in data.items()}
        if isinstance(data, dict)
        else data
    )


@pytest.mark.parametrize("standing", ["verified", "suspended", "registered", "of Google", "leaving"])
@pytest.mark.parametrize("path", ASKED)
def test_an_address_that_is_known_and_one_that_is_not_get_the_same_answer_after_the_same_work(path, standing, known, world, work):
    passwords._nobodys()  # An instance makes the hash that nothing matches once.
    unknown = answer(world.api, path, ASKED[path](people.address()), work)
    assert answer(world.api, path, ASKED[path](known[standing][0]), work) == unknown
    assert unknown[3], "no work was seen"


@pytest.mark.parametrize("standing", ["verified", "registered"])
@pytest.mark.parametrize("path", PHONES)
def test_the_same_holds_for_numbers_of_phones(path, standing, known, world, work):
    passwords._nobodys()
    unknown = answer(world.api, path, PHONES[path](f"+62813{os.getpid() % 10_000:04}{next(_numbers):04}"), work)
    assert answer(world.api, path, PHONES[path](known[standing][1]), work) == unknown


def test_a_login_of_somebody_unknown_takes_as_long_with_the_hashes_of_production(known, world, monkeypatch):
    """Interleaved, so that a busy machine slows both; a missing hash would be a difference of the whole median."""
    from argon2 import PasswordHasher

    real = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: real)
    nobodys = real.hash("tidak ada")
    monkeypatch.setattr(passwords, "_nobodys", lambda: nobodys)
    scene.change("update users set password = :hash where email = :email", hash=real.hash(PASSWORD), email=known["verified"][0])
    spent = {"known": [], "unknown": []}
    for _ in range(9):
        for kind, who in (("known", known["verified"][0]), ("unknown", people.address())):
            scene.change("delete from rate_limits")
            # The work of this process: what others on the machine do is not in it.
            started = time.thread_time()
            world.api.post("/login", ASKED["/login"](who), expect=401)
            spent[kind].append(time.thread_time() - started)
    one, other = (statistics.median(each) for each in spent.values())
    print(f"median seconds of a refused login: known {one:.4f}, unknown {other:.4f}")
    assert abs(one - other) < 0.35 * max(one, other) and min(one, other) > 0.008


def test_a_change_of_address_does_not_tell_whether_somebody_has_the_new_one(known, world, work):
    """The answer is the same; only the mail to that address says that there is an account already."""
    told = [answer(world.siti, "/profile/update-details", {"email": who}, work) for who in (people.address(), known["verified"][0])]
    first, second = ([status, body.replace("…", ""), headers, done] for status, body, headers, done in told)
    pending = [json.loads(body[1])["data"] for body in told]
    assert (first[0], first[2], first[3]) == (second[0], second[2], second[3]) == (200, second[2], second[3])
    assert {name: each for name, each in pending[0].items() if name != "pending_email"} == {
        name: each for name, each in pending[1].items() if name != "pending_email"
    }


def test_a_referral_code_says_that_it_is_one_and_not_whose(world):
    """Codes are given to others on purpose, and are no address."""
    code = world.tono.get("/profile/referral-code").data["referral_code"]
    assert [world.api.get("/v1/referrals/check-code", code=each).data for each in (code, "TIDAKADA")] == [True, False]


def test_every_open_route_that_takes_an_address_is_asked():
    """A new one has to be added above, or named here with its reason."""
    from common import auth
    from infra.routes import ROUTES
    from tests.security import asking

    taking = {
        route.path
        for route in ROUTES
        if route.caller is auth.public
        and {"email", "identifier", "phone_number"} & {str(place.steps[-1]) for place in asking.places(route)}
    }
    assert taking == set(ASKED)
