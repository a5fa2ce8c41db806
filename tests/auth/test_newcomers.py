"""What a proof makes of registrations: several of one mailbox, strangers' passwords under one's address, and second addresses."""

import itertools
import os

import pytest

from common import db, ledger
from tests.support import people

_numbers = itertools.count(1)

THEIRS = "kata-sandi-penipu"
ASK = {"/verify": "/resend-verification", "/users/check-verification-code": "/users/send-otp"}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Codes may follow each other at once; the pause between them is tested elsewhere."""
    monkeypatch.setenv("CODE_COOLDOWN_SECONDS", "0")


@pytest.fixture
def number():
    """A number that nobody else in this test run has."""
    return f"+62856{os.getpid() % 10_000:04}{next(_numbers):04}"


@pytest.fixture
def prove(api, services):
    """Prove a number by Firebase."""
    return lambda number, expect=200, **more: api.post(
        "/verify", {"firebase_id_token": services.google.phone_token(number), **more}, expect=expect
    )


def registered(api, password=people.PASSWORD, **addresses):
    made = api.post("/register", {"full_name": "Siti Rahma", "password": password, **addresses}, expect=201).data["user_id"]
    api.work("mail_code")
    return made


def stored(user):
    with db.reading() as reading:
        return reading.maybe("select * from users where id_users = :user", user=user)


def welcomed(user):
    with db.reading() as reading:
        return reading.value(
            "select count(*) from jobs where user_id = :user and kind = 'mail' and payload ->> 'letter' = 'welcome'", user=user
        )


def test_the_second_code_of_a_mailbox_that_another_registration_proved_verifies_nothing_and_its_number_stays_free(
    api, mailbox, number, prove
):
    email = people.address()
    registered(api, email=email)
    first = mailbox.code(email)
    trap = registered(api, THEIRS, email=email, phone_number=number)
    second = {"email": email, "verification_code": mailbox.code(email)}
    api.post("/verify", {"email": email, "verification_code": first}, expect=200)
    for more in ({}, {"user_id": trap}):
        assert api.post("/verify", {**second, **more}, expect=400).error == "InvalidCode"
        assert api.post("/users/check-verification-code", {**second, **more}, expect=400).error == "InvalidCode"
    assert stored(trap).is_verified is False
    owner = registered(api, phone_number=number)
    assert prove(number, user_id=owner).data["user"]["id_users"] == owner


def test_a_number_that_such_a_registration_claims_can_be_moved_to_by_its_owner(signed_in, api, mailbox, number, services):
    email, siti = people.address(), signed_in()
    registered(api, email=email)
    first = mailbox.code(email)
    registered(api, THEIRS, email=email, phone_number=number)
    second = mailbox.code(email)
    for code in (first, second):
        api.post("/verify", {"email": email, "verification_code": code})
    proof = {"firebase_id_token": services.google.phone_token(number)}
    assert siti.post("/profile/update-details", proof, expect=200).data["phone_number"] == number


@pytest.mark.parametrize("path", ASK)
def test_whoever_proves_the_phone_first_and_the_mail_after_has_both_addresses_and_one_gift(path, api, mailbox, number, prove):
    email = people.address()
    user = registered(api, email=email, phone_number=number)
    code = {"email": email, "verification_code": mailbox.code(email), "user_id": user}
    prove(number, user_id=user)
    api.post(path, code, expect=200)
    for address in (email, number):
        shown = api.post("/login", {"identifier": address, "password": people.PASSWORD}, expect=200).data["user"]
        assert (shown["id_users"], shown["kredit"], shown["publish_quota"]) == (user, 1, 3)
    assert (stored(user).unproven, welcomed(user)) == (None, 1)
    assert prove(number).data["user"]["id_users"] == user
    api.post(path, code, expect=400)


def test_a_code_that_does_not_name_its_registration_leads_to_no_account_that_a_stranger_has_verified(api, mailbox, number, prove):
    email = people.address()
    trap = registered(api, THEIRS, email=email, phone_number=number)
    prove(number, user_id=trap)
    for path in ASK:
        api.post(path, {"email": email, "verification_code": mailbox.code(email)}, expect=400)
    assert stored(trap).unproven == "email"


def test_an_email_that_an_account_only_claims_is_proven_in_its_profile(signed_in, api, mailbox, number, prove, services):
    email = people.address()
    user = registered(api, email=email, phone_number=number)
    siti = api.signed(prove(number, user_id=user).data["tokens"]["access_token"])
    assert siti.post("/profile/update-details", {"email": email}, expect=200).data["pending_email"] == email
    api.work("mail_code")
    code = {"email": email, "verification_code": mailbox.code(email), "purpose": "change_email"}
    assert api.post("/users/check-verification-code", code, expect=200).data["user_id"] == user
    assert stored(user).unproven is None
    api.work("mail")
    assert not any("diubah" in entry["subject"] for entry in api.services.outbox.entries() if entry["to"] == email)
    assert siti.post("/profile/update-details", {"email": email}, expect=200).data["pending_email"] is None
    linked = api.post("/v1/auth/google/verify-token", {"id_token": services.google.id_token(email)}, expect=200).data
    assert linked["user"]["id_users"] == user


def test_an_email_that_a_stranger_only_claims_is_proven_by_whoever_owns_it(api, mailbox, number, prove):
    email = people.address()
    claiming = registered(api, THEIRS, email=email, phone_number=number)
    prove(number, user_id=claiming)
    own = registered(api, email=email)
    user = api.post("/verify", {"email": email, "verification_code": mailbox.code(email), "user_id": own}, expect=200).data["user"]
    assert (user["id_users"], stored(claiming).email) == (own, None)
    api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=200)


def test_an_email_that_a_stranger_only_claims_can_be_moved_to_by_whoever_owns_it(signed_in, api, mailbox, number, prove):
    email, siti = people.address(), signed_in()
    claiming = registered(api, THEIRS, email=email, phone_number=number)
    waiting = registered(api, THEIRS, email=email)
    prove(number, user_id=claiming)
    siti.post("/profile/update-details", {"email": email}, expect=200)
    api.work("mail_code")
    api.post("/users/check-verification-code", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    assert siti.get("/profile").data["email"] == email
    assert (stored(claiming).email, stored(claiming).phone_number, stored(waiting)) == (None, number, None)


@pytest.mark.parametrize("more", [{}, {"phone_number": "+6285612345678"}], ids=["by mail alone", "with a phone"])
@pytest.mark.parametrize("path", ASK)
def test_a_resent_code_that_verifies_a_strangers_later_registration_leaves_the_strangers_password_worthless(
    path, more, api, mailbox, number
):
    email = people.address()
    registered(api, email=email, **more)
    registered(api, THEIRS, email=email, phone_number=number)
    api.post(ASK[path], {"email": email}, expect=200)
    api.work("mail_code")
    api.post(path, {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    for address in (email, number):
        api.post("/login", {"identifier": address, "password": THEIRS}, expect=401)
    api.post("/password/send-reset-token", {"email": email}, expect=200)
    api.work("mail_code")
    new = {"email": email, "reset_token": mailbox.code(email), "new_password": "sandi-siti-yang-baru"}
    api.post("/password/reset-password", new, expect=200)
    user = api.post("/login", {"identifier": email, "password": "sandi-siti-yang-baru"}, expect=200).data["user"]
    assert user["phone_number"] is None


@pytest.mark.parametrize("path", ASK)
def test_whoever_names_the_registration_keeps_its_password_whatever_strangers_register_after(path, api, mailbox):
    email = people.address()
    own = registered(api, email=email)
    trap = registered(api, THEIRS, email=email)
    api.post(ASK[path], {"email": email, "user_id": own}, expect=200)
    api.work("mail_code")
    api.post(path, {"email": email, "verification_code": mailbox.code(email), "user_id": own}, expect=200)
    assert stored(trap) is None
    api.post("/login", {"identifier": email, "password": THEIRS}, expect=401)
    assert api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=200).data["user"]["id_users"] == own


@pytest.mark.parametrize("path", ASK)
def test_a_code_verifies_no_other_registration_than_the_one_that_is_named(path, api, mailbox):
    email = people.address()
    own = registered(api, email=email)
    trap = registered(api, THEIRS, email=email)
    code = {"email": email, "verification_code": mailbox.code(email)}
    assert api.post(path, {**code, "user_id": own}, expect=400).error == "InvalidCode"
    assert not stored(own).is_verified and not stored(trap).is_verified


@pytest.mark.parametrize("path", ASK)
def test_an_earlier_code_of_a_registration_opens_nothing_once_another_has_verified_it(path, api, mailbox):
    email = people.address()
    own = registered(api, email=email)
    earlier = {"email": email, "verification_code": mailbox.code(email), "user_id": own}
    api.post(ASK[path], {"email": email}, expect=200)
    api.work("mail_code")
    api.post(path, {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    assert api.post(path, earlier, expect=400).error == "InvalidCode"


@pytest.mark.parametrize("path", ASK.values())
def test_no_code_is_sent_for_a_registration_that_waits_with_another_address(path, api, mailbox):
    email, other = people.address(), people.address()
    registered(api, email=email)
    named = registered(api, email=other)
    before = mailbox.count(email), mailbox.count(other)
    api.post(path, {"email": email, "user_id": named}, expect=200)
    api.work("mail_code")
    assert (mailbox.count(email), mailbox.count(other)) == before


def test_a_strangers_registration_of_an_email_that_an_account_claims_leaves_the_stranger_nothing(api, mailbox, number, prove):
    email = people.address()
    own = registered(api, email=email, phone_number=number)
    prove(number, user_id=own)
    registered(api, THEIRS, email=email)
    api.post("/users/send-otp", {"email": email}, expect=200)
    api.work("mail_code")
    api.post("/users/check-verification-code", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    api.post("/login", {"identifier": email, "password": THEIRS}, expect=401)
    api.post("/login", {"identifier": number, "password": people.PASSWORD}, expect=200)


def test_an_unverified_account_of_an_adopted_database_outlives_the_proof_of_its_address_by_somebody_else(api, mailbox):
    email = people.address()
    old = registered(api, email=email)
    with db.transaction() as making:
        ledger.grant(making, old, kredit=5, publish_quota=0, reason="opening", reference=f"user:{old}")
        making.run("insert into cache (key, value, expires_at) values ('adopted', to_jsonb(cast(:user as bigint)), 'infinity')", user=old)
    try:
        own = registered(api, email=email)
        passing, code = registered(api, THEIRS, email=email), {"email": email, "user_id": own}
        api.post("/resend-verification", code, expect=200)
        api.work("mail_code")
        user = api.post("/verify", {**code, "verification_code": mailbox.code(email)}, expect=200).data["user"]
    finally:
        with db.transaction() as cleaning:
            cleaning.run("delete from cache where key = 'adopted'")
    assert (user["id_users"], stored(old).email, stored(old).is_verified, stored(passing)) == (own, email, False, None)
    assert api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=200).data["user"]["id_users"] == own


def test_whoever_registered_both_addresses_verifies_with_the_number_and_the_mailed_code_as_todays_app_does(api, mailbox, number):
    email = people.address()
    made = registered(api, email=email, phone_number=number)
    local = "0" + number.removeprefix("+62")
    api.post("/verify", {"phone_number": number, "verification_code": "000000"}, expect=400)
    siti = api.post("/verify", {"phone_number": local, "verification_code": mailbox.code(email)}, expect=200).data["user"]
    assert (siti["id_users"], siti["email"], siti["phone_number"]) == (made, email, number)
    assert stored(made).unproven == "phone"
    api.post("/login", {"phone_number": local, "password": people.PASSWORD}, expect=200)


def test_a_code_that_is_asked_for_by_the_number_goes_to_the_mailbox_registered_beside_it(api, mailbox, number):
    email = people.address()
    registered(api, email=email, phone_number=number)
    first = mailbox.code(email)
    api.post("/resend-verification", {"phone_number": number}, expect=200)
    api.work("mail_code")
    assert mailbox.count(email) == 2
    for code in (mailbox.code(email), first):
        api.post("/verify", {"phone_number": number, "verification_code": code}, expect=200 if code != first else 400)


def test_asking_by_the_number_does_not_get_round_the_limits_of_the_mailbox_and_does_not_tell_of_them(api, mailbox, number, monkeypatch):
    monkeypatch.setenv("CODES_PER_HOUR", "2")
    email = people.address()
    registered(api, email=email, phone_number=number)
    api.post("/resend-verification", {"email": email}, expect=200)
    told = api.post("/resend-verification", {"phone_number": number}, expect=200)
    assert told.json == api.post("/resend-verification", {"phone_number": number[:-4] + "9999"}, expect=200).json
    api.post("/resend-verification", {"phone_number": number}, expect=200)
    api.post("/resend-verification", {"phone_number": number}, expect=429)
    api.work("mail_code")
    assert mailbox.count(email) == 2


def test_a_strangers_later_registration_of_the_number_does_not_keep_its_owner_from_verifying(api, mailbox, number):
    email, theirs = people.address(), people.address()
    own = registered(api, email=email, phone_number=number)
    registered(api, email=theirs, phone_number=number, password=THEIRS)
    siti = api.post("/verify", {"phone_number": number, "verification_code": mailbox.code(email)}, expect=200).data["user"]
    assert siti["id_users"] == own
    api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=200)
    # The stranger proves a mailbox of their own, and the number stays with whoever was first.
    budi = api.post("/verify", {"phone_number": number, "verification_code": mailbox.code(theirs)}, expect=200).data["user"]
    assert (budi["email"], budi["phone_number"]) == (theirs, None)


def test_a_wrong_code_by_the_number_is_a_try_of_the_mailbox(api, mailbox, number):
    email = people.address()
    registered(api, email=email, phone_number=number)
    right = mailbox.code(email)
    for wrong in range(5):
        api.post("/verify", {"phone_number": number, "verification_code": f"{(int(right) + wrong + 1) % 10**6:06}"}, expect=400)
    api.post("/verify", {"email": email, "verification_code": right}, expect=400)


def test_an_adopted_account_whose_referral_came_with_it_is_verified_and_welcomed(signed_in, api, mailbox):
    siti, email = signed_in(), people.address()
    old = registered(api, email=email, referral_code=siti.user["referral_code_id"])
    with db.transaction() as making:
        making.run("insert into referrals (referrer_id, referred_user_id) values (:siti, :old)", siti=siti.user["id_users"], old=old)
    api.work("mail_code")
    user = api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200).data["user"]
    with db.reading() as reading:
        assert reading.value("select count(*) from referrals where referred_user_id = :old", old=old) == 1
    assert (user["id_users"], user["kredit"]) == (old, 1)
