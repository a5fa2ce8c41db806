"""Phones are proven by Firebase: registering, verifying and signing in with a number."""

import itertools
import os
import time

import jwt
import pytest

from common import db
from tests.auth.test_google import by_another_key, unsigned
from tests.support import people

_numbers = itertools.count(1)


@pytest.fixture
def google(services):
    return services.google


@pytest.fixture
def number():
    """A number that nobody else in this test run has, as people write it."""
    return f"0812{os.getpid() % 10_000:04}{next(_numbers):04}"


def e164(number):
    return f"+62{number[1:]}"


def registered(api, number, password=people.PASSWORD, **more):
    return api.post("/register", {"full_name": "Budi Santoso", "phone_number": number, "password": password, **more}, expect=201).data


def proven(api, google, number, expect=200, **more):
    return api.post("/verify", {"firebase_id_token": google.phone_token(e164(number)), **more}, expect=expect)


def test_a_person_registers_with_a_phone_alone_proves_it_and_signs_in(api, google, number):
    made = registered(api, number)
    assert (made["phone_number"], made["email"], made["verification_code_sent"]) == (e164(number), None, False)
    assert api.post("/login", {"identifier": number, "password": people.PASSWORD}, expect=403).error == "NotVerified"
    user = proven(api, google, number, user_id=made["user_id"]).data["user"]
    assert (user["id_users"], user["is_verified"], user["kredit"], user["publish_quota"]) == (made["user_id"], True, 1, 3)


@pytest.mark.parametrize("spelling", ["0812{}", "62812{}", "+62812{}", "+62 812-{}", "0062812{}", " 0812 {} ", "+62 (812) {}"])
def test_any_spelling_of_the_number_signs_in(spelling, api, google, number):
    proven(api, google, number, user_id=registered(api, number)["user_id"])
    for field in ("identifier", "phone_number"):
        api.post("/login", {field: spelling.format(number[4:]), "password": people.PASSWORD}, expect=200)


def test_whoever_registers_with_a_phone_is_not_sent_to_a_mailbox(api, number):
    said = api.post("/register", {"full_name": "Budi", "phone_number": number, "password": people.PASSWORD}, expect=201).json["message"]
    assert "phone" in said and "mail" not in said


def test_the_proof_signs_in_an_account_whose_number_was_proven_before(api, google, number):
    made = registered(api, number)
    proven(api, google, number)
    assert proven(api, google, number).data["user"]["id_users"] == made["user_id"]


def test_a_proven_number_that_nobody_registered_makes_no_account(api, google, number):
    assert proven(api, google, number, expect=404).error == "NotRegistered"


def test_a_suspended_account_is_not_opened_by_its_phone(api, google, number):
    made = registered(api, number)
    proven(api, google, number)
    with db.transaction() as suspending:
        suspending.run("update users set suspended_at = now() where id_users = :user", user=made["user_id"])
    assert proven(api, google, number, expect=403).error == "Suspended"


def test_one_proof_verifies_an_account_with_both_addresses_and_both_sign_in(api, google, number, mailbox):
    email = people.address()
    registered(api, number, email=email)
    api.work("mail_code")
    api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    for address in (email, number):
        api.post("/login", {"identifier": address, "password": people.PASSWORD}, expect=200)


def test_a_number_that_an_account_only_claims_opens_it_for_nobody(api, google, number, mailbox):
    email = people.address()
    registered(api, number, email=email)
    api.work("mail_code")
    api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    assert proven(api, google, number, expect=404).error == "NotRegistered"


def test_the_owner_of_a_number_gets_it_from_an_account_that_only_claimed_it(api, google, number, mailbox):
    email = people.address()
    claimed = registered(api, number, email=email, password="kata-sandi-penipu")
    api.work("mail_code")
    api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    own = registered(api, number)
    assert proven(api, google, number, user_id=own["user_id"]).data["user"]["id_users"] == own["user_id"]
    api.post("/login", {"identifier": number, "password": "kata-sandi-penipu"}, expect=401)
    left = api.post("/login", {"identifier": email, "password": "kata-sandi-penipu"}, expect=200).data["user"]
    assert (left["id_users"], left["phone_number"]) == (claimed["user_id"], None)


def test_a_number_that_somebody_else_proved_does_not_keep_an_email_from_being_verified(api, google, number, mailbox):
    registered(api, number)
    proven(api, google, number)
    email = people.address()
    registered(api, number, email=email)
    api.work("mail_code")
    user = api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200).data["user"]
    assert (user["email"], user["phone_number"]) == (email, None)


def test_a_strangers_later_registration_cannot_slip_its_password_under_the_proof(api, google, number):
    own = registered(api, number)
    registered(api, number, password="kata-sandi-penipu", email=people.address())
    user = proven(api, google, number, user_id=own["user_id"]).data["user"]
    assert user["id_users"] == own["user_id"]
    api.post("/login", {"identifier": number, "password": "kata-sandi-penipu"}, expect=401)
    api.post("/login", {"identifier": number, "password": people.PASSWORD}, expect=200)


def test_an_app_that_does_not_say_which_registration_gets_one_without_a_password(api, google, number):
    registered(api, number)
    registered(api, number, password="kata-sandi-penipu", email=people.address())
    user = proven(api, google, number).data["user"]
    assert user["email"] is None
    api.post("/login", {"identifier": number, "password": "kata-sandi-penipu"}, expect=401)
    assert proven(api, google, number).data["user"]["id_users"] == user["id_users"]


def test_a_number_with_one_registration_that_is_not_named_gets_no_password_from_it(api, google, number):
    registered(api, number, password="kata-sandi-penipu")
    user = proven(api, google, number).data["user"]
    api.post("/login", {"identifier": number, "password": "kata-sandi-penipu"}, expect=401)
    assert proven(api, google, number).data["user"]["id_users"] == user["id_users"]


def test_the_proof_of_a_number_whose_only_registration_is_a_strangers_opens_it_for_nobody_but_its_owner(api, google, number, mailbox):
    email, theirs = people.address(), people.address()
    registered(api, number, email=email)
    api.work("mail_code")
    api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    trap = registered(api, number, password="kata-sandi-penipu", email=theirs)
    api.work("mail_code")
    assert proven(api, google, number).data["user"]["email"] is None
    api.post("/login", {"identifier": number, "password": "kata-sandi-penipu"}, expect=401)
    late = {"email": theirs, "verification_code": mailbox.code(theirs), "user_id": trap["user_id"]}
    assert api.post("/verify", late, expect=400).error == "InvalidCode"
    assert api.post("/users/check-verification-code", late, expect=400).error == "InvalidCode"


def test_the_proof_of_one_number_verifies_no_registration_of_another(api, google, number):
    other = f"0857{number[4:]}"
    made = registered(api, other)
    registered(api, number)
    assert proven(api, google, number, expect=404, user_id=made["user_id"]).error == "NotRegistered"
    assert proven(api, google, number, expect=400, phone_number=other).error == "InvalidPhoneProof"


FORGERIES = {
    "of another project": lambda g, n: g.phone_token(n, aud="another", iss="https://securetoken.google.com/another"),
    "for another project": lambda g, n: g.phone_token(n, aud="another"),
    "from another issuer": lambda g, n: g.phone_token(n, iss="https://securetoken.google.com/another"),
    "expired": lambda g, n: g.phone_token(n, iat=int(time.time()) - 4000, exp=int(time.time()) - 100),
    "from the future": lambda g, n: g.phone_token(n, iat=int(time.time()) + 600),
    "without a subject": lambda g, n: g.phone_token(n, sub=""),
    "of somebody who signed in by mail": lambda g, n: g.phone_token(n, firebase={"sign_in_provider": "password", "identities": {}}),
    "without a number": lambda g, n: g.phone_token(n, phone_number=None),
    "of a sign-in an hour ago, renewed since": lambda g, n: g.phone_token(n, auth_time=int(time.time()) - 3600),
    "without the time of the sign-in": lambda g, n: g.phone_token(n, auth_time=None),
    "unsigned": lambda g, n: unsigned(g.phone_token(n)),
    "signed by another key": lambda g, n: by_another_key(g.phone_token(n)),
    "signed with a secret": lambda g, n: jwt.encode(
        jwt.decode(g.phone_token(n), options={"verify_signature": False}),
        "x" * 40,
        algorithm="HS256",
        headers={"kid": g.firebase_keys.token_key_id},
    ),
    "a Google ID token": lambda g, n: g.id_token(people.address(), phone_number=n),
    "a Google ID token with Firebase's claims": lambda g, n: g.id_token(
        people.address(), **jwt.decode(g.phone_token(n), options={"verify_signature": False})
    ),
    "no token": lambda g, n: "nonsense",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_proof_is_refused_that_is(forgery, api, google, number):
    registered(api, number)
    token = FORGERIES[forgery](google, e164(number))
    assert api.post("/verify", {"firebase_id_token": token}, expect=400).error == "InvalidPhoneProof"
    api.post("/login", {"identifier": number, "password": people.PASSWORD}, expect=403)


def test_our_own_token_proves_no_phone(signed_in, api):
    siti = signed_in()
    assert api.post("/verify", {"firebase_id_token": siti.token}, expect=400).error == "InvalidPhoneProof"


def test_the_emulators_unsigned_tokens_are_never_taken(api, google, number, monkeypatch):
    registered(api, number)
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:9099")
    api.post("/verify", {"firebase_id_token": unsigned(google.phone_token(e164(number)))}, expect=500)


def test_while_firebases_keys_cannot_be_had_the_answer_is_a_503(api, google, number, monkeypatch):
    monkeypatch.setenv("FIREBASE_CERTS_URL", "http://127.0.0.1:9/certs")
    proven(api, google, number, expect=503)


def test_a_code_or_a_token_but_not_both_and_not_neither(api, google, number):
    token = google.phone_token(e164(number))
    for body in ({}, {"email": people.address()}, {"firebase_id_token": token, "verification_code": "123456"}):
        api.post("/verify", body, expect=422)
