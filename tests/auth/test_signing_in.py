"""Registering, verifying, signing in and out, and what a lost answer or a stolen token does."""

import jwt
import pytest

from common import db, settings
from functions.auth import logins
from tests.support import people


def test_a_person_registers_with_the_code_from_the_mail_and_is_signed_in(api, mailbox):
    email = people.address()
    registered = api.post("/register", {"full_name": "Budi Santoso", "email": email, "password": people.PASSWORD}, expect=201)
    assert registered.data["verification_code_sent"] is True
    api.work("mail_code")
    answer = api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    assert answer.data["user"]["email"] == email
    assert (answer.data["user"]["kredit"], answer.data["user"]["publish_quota"]) == (1, 3)
    api.signed(answer.data["tokens"]["access_token"]).get("/v1/auth/sessions")


@pytest.mark.parametrize(("kredit", "quota"), [(0, 0), (0, 3), (2, 0)])
def test_a_new_account_is_given_what_the_settings_say_and_that_may_be_nothing(api, monkeypatch, kredit, quota):
    monkeypatch.setenv("WELCOME_KREDIT", str(kredit))
    monkeypatch.setenv("WELCOME_PUBLISH_QUOTA", str(quota))
    siti = people.signed_in(api)
    assert (siti.user["kredit"], siti.user["publish_quota"]) == (kredit, quota)
    with db.reading() as reading:
        rows = reading.all("select unit, amount, reason from transactions where user_id = :user", user=siti.user["id_users"])
    given = [("kredit", kredit, "welcome"), ("publish_quota", quota, "welcome")]
    assert sorted(tuple(row) for row in rows) == [row for row in given if row[1]]


def test_the_code_works_only_once(api, mailbox):
    email = people.address()
    api.post("/register", {"full_name": "Budi", "email": email, "password": people.PASSWORD}, expect=201)
    api.work("mail_code")
    verify = {"email": email, "verification_code": mailbox.code(email)}
    api.post("/verify", verify, expect=200)
    assert api.post("/verify", verify, expect=400).error == "InvalidCode"


def test_a_code_survives_five_wrong_tries_and_no_sixth(api, mailbox):
    email = people.address()
    api.post("/register", {"full_name": "Budi", "email": email, "password": people.PASSWORD}, expect=201)
    api.work("mail_code")
    right = mailbox.code(email)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        api.post("/verify", {"email": email, "verification_code": wrong}, expect=400)
    api.post("/verify", {"email": email, "verification_code": right}, expect=400)


def test_the_code_is_nowhere_in_the_database(api, mailbox):
    from common import db

    email = people.address()
    api.post("/register", {"full_name": "Budi", "email": email, "password": people.PASSWORD}, expect=201)
    api.work("mail_code")
    with db.reading() as reading:
        rows = reading.all("select o::text as row from otp_requests o where destination = :email", email=email)
        jobs = reading.all("select j::text as row from jobs j where subject like 'code:%'")
    code = mailbox.code(email)
    assert rows and not any(code in row.row for row in rows)
    assert jobs and not any(f'"{code}"' in row.row for row in jobs)


def test_nobody_signs_in_before_the_address_is_proven(api):
    email = people.address()
    api.post("/register", {"full_name": "Budi", "email": email, "password": people.PASSWORD}, expect=201)
    assert api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=403).error == "NotVerified"


def test_an_address_and_its_password_sign_in_whatever_the_case_of_the_address(signed_in, api):
    siti = signed_in()
    answer = api.post("/login", {"identifier": siti.user["email"].upper(), "password": people.PASSWORD}, expect=200)
    assert answer.data["user"]["id_users"] == siti.user["id_users"]
    assert answer.data["tokens"]["expires_in"] in range(1790, 1801)


@pytest.mark.parametrize("account", [logins.BY_EMAIL, logins.BY_PHONE], ids=["e-mail", "phone number"])
def test_an_account_is_found_by_an_index_however_many_there_are(signed_in, account):
    siti = signed_in()
    with db.transaction() as asking:
        asking.run("set local enable_seqscan = off")
        plan = "\n".join(row[0] for row in asking.all(f"explain {account}", address=siti.user["email"]))
    assert "uq_users_verified_" in plan and "ix_users_unverified_" in plan and "Seq Scan" not in plan


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(signed_in, api):
    siti = signed_in()
    wrong = api.post("/login", {"identifier": siti.user["email"], "password": "bukan-ini"}, expect=401)
    unknown = api.post("/login", {"identifier": people.address(), "password": "bukan-ini"}, expect=401)
    assert wrong.json == unknown.json
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_registering_a_known_address_answers_the_same_and_tells_only_its_owner(signed_in, api, mailbox):
    siti = signed_in()
    with_pause(settings.CODE_COOLDOWN_SECONDS())
    known = api.post("/register", {"full_name": "Penipu", "email": siti.user["email"], "password": "kata-sandi-lain"}, expect=201)
    new = api.post("/register", {"full_name": "Penipu", "email": people.address(), "password": "kata-sandi-lain"}, expect=201)
    assert set(known.data) == set(new.data) and known.json["message"] == new.json["message"]
    api.work("mail_code")
    assert "already" in mailbox.newest(siti.user["email"])["subject"].lower() or "sudah" in mailbox.newest(siti.user["email"])["subject"]
    api.post("/login", {"identifier": siti.user["email"], "password": "kata-sandi-lain"}, expect=401)


def with_pause(seconds):
    """Let the pause between two codes pass."""
    from common import db

    with db.transaction() as moving:
        moving.run("update otp_requests set created_at = created_at - :seconds * interval '1 second'", seconds=seconds + 1)


def test_a_second_registration_cannot_slip_its_password_under_the_first_ones_code(api, mailbox):
    email = people.address()
    own = api.post("/register", {"full_name": "Siti", "email": email, "password": "kata-sandi-siti"}, expect=201).data["user_id"]
    api.work("mail_code")
    proof = {"email": email, "verification_code": mailbox.code(email), "user_id": own}
    with_pause(settings.CODE_COOLDOWN_SECONDS())
    api.post("/register", {"full_name": "Penipu", "email": email, "password": "kata-sandi-penipu"}, expect=201)
    assert api.post("/verify", proof, expect=200).data["user"]["full_name"] == "Siti"
    api.post("/login", {"identifier": email, "password": "kata-sandi-penipu"}, expect=401)
    api.post("/login", {"identifier": email, "password": "kata-sandi-siti"}, expect=200)


def test_codes_to_one_address_have_a_minute_between_them(api):
    email = people.address()
    api.post("/register", {"full_name": "Budi", "email": email, "password": people.PASSWORD}, expect=201)
    refused = api.post("/resend-verification", {"email": email}, expect=429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_a_resent_code_goes_to_the_address_that_waits_and_an_unknown_one_answers_the_same(api, mailbox):
    email = people.address()
    api.post("/register", {"full_name": "Budi", "email": email, "password": people.PASSWORD}, expect=201)
    api.work("mail_code")
    with_pause(settings.CODE_COOLDOWN_SECONDS())
    waiting = api.post("/resend-verification", {"phone_number": email}, expect=200)
    unknown = api.post("/resend-verification", {"email": people.address()}, expect=200)
    api.work("mail_code")
    assert waiting.json == unknown.json
    assert mailbox.count(email) == 2
    api.post("/verify", {"identifier": email, "verification_code": mailbox.code(email)}, expect=200)


def test_logging_out_ends_the_token_at_once(signed_in):
    siti = signed_in()
    siti.get("/v1/auth/sessions")
    siti.post("/logout", expect=200)
    siti.get("/v1/auth/sessions", expect=401)
    siti.post("/refresh", {"refresh_token": siti.refresh_token}, expect=401)


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(signed_in, api):
    siti = signed_in()
    api.signed(siti.refresh_token).get("/v1/auth/sessions", expect=401)
    api.post("/refresh", {"refresh_token": siti.token}, expect=401)


def test_a_lost_answer_to_a_refresh_gets_the_same_pair_again(signed_in, api):
    siti = signed_in()
    first = api.post("/refresh", {"refresh_token": siti.refresh_token}, expect=200).data
    again = api.post("/refresh", {"refreshToken": siti.refresh_token}, expect=200).data
    assert (first["access_token"], first["refresh_token"]) == (again["access_token"], again["refresh_token"])


def test_a_refresh_token_used_after_its_child_was_seen_ends_the_session_for_both(signed_in, api):
    siti = signed_in()
    child = api.post("/refresh", {"refresh_token": siti.refresh_token}, expect=200).data
    api.signed(child["access_token"]).get("/v1/auth/sessions")
    api.post("/refresh", {"refresh_token": siti.refresh_token}, expect=401)
    api.post("/refresh", {"refresh_token": child["refresh_token"]}, expect=401)
    api.signed(child["access_token"]).get("/v1/auth/sessions", expect=401)


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda claims: jwt.encode(claims, "", algorithm="none"), id="unsigned"),
        pytest.param(lambda claims: jwt.encode(claims, "another-key-of-more-than-32-bytes-length", algorithm="HS256"), id="other key"),
        pytest.param(
            lambda claims: jwt.encode({**claims, "aud": "elsewhere"}, settings.JWT_SECRET(), algorithm="HS256"), id="other audience"
        ),
        pytest.param(
            lambda claims: jwt.encode({**claims, "iss": "elsewhere"}, settings.JWT_SECRET(), algorithm="HS256"), id="other issuer"
        ),
        pytest.param(
            lambda claims: jwt.encode({**claims, "exp": claims["iat"] - 1}, settings.JWT_SECRET(), algorithm="HS256"), id="expired"
        ),
        pytest.param(lambda claims: jwt.encode({**claims, "sub": "1"}, settings.JWT_SECRET(), algorithm="HS256"), id="other user"),
        pytest.param(lambda claims: jwt.encode({**claims, "sid": "x"}, settings.JWT_SECRET(), algorithm="HS256"), id="no session"),
    ],
)
def test_a_token_that_we_did_not_issue_is_refused(signed_in, api, forge):
    siti = signed_in()
    claims = jwt.decode(siti.token, options={"verify_signature": False})
    api.signed(forge(claims)).get("/v1/auth/sessions", expect=401)


def test_the_gateways_own_token_does_not_stand_in_for_the_callers(signed_in, api):
    siti = signed_in()
    api.get("/v1/auth/sessions", headers={"X-Forwarded-Authorization": "Bearer nonsense", "Authorization": f"Bearer {siti.token}"})
    api.get("/v1/auth/sessions", headers={"Authorization": "Bearer nonsense"}, expect=401)


def test_one_device_signs_another_out_but_not_somebody_elses(signed_in, api):
    siti, budi = signed_in(), signed_in()
    phone = api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD, "device_name": "Ponsel"}, expect=200).data
    other = next(session for session in siti.get("/v1/auth/sessions").data if session["device_name"] == "Ponsel")
    budi.delete(f"/v1/auth/sessions/{other['id']}", expect=404)
    siti.delete(f"/v1/auth/sessions/{other['id']}")
    api.signed(phone["tokens"]["access_token"]).get("/v1/auth/sessions", expect=401)


def test_a_bcrypt_hash_of_todays_backend_signs_in_and_is_hashed_anew(signed_in, api):
    import bcrypt

    from common import db

    siti = signed_in()
    for prefix in ("$2b$", "$2y$"):
        old = bcrypt.hashpw(b"kata-sandi-lama", bcrypt.gensalt(4)).decode().replace("$2b$", prefix)
        with db.transaction() as changing:
            changing.run("update users set password = :old where id_users = :user", old=old, user=siti.user["id_users"])
        api.post("/login", {"identifier": siti.user["email"], "password": "kata-sandi-lama"}, expect=200)
        with db.reading() as reading:
            assert reading.value("select password from users where id_users = :user", user=siti.user["id_users"]).startswith("$argon2id$")


def test_after_ten_wrong_passwords_the_address_has_to_wait(signed_in, api):
    siti = signed_in()
    for _ in range(10):
        api.post("/login", {"identifier": siti.user["email"], "password": "salah"}, expect=401)
    assert int(api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD}, expect=429).headers["Retry-After"]) > 0
