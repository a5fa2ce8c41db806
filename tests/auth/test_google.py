"""Signing in with Google: who gets which account, and what is no proof of anybody."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from common import clock, db, settings
from infra.local import google as stand_in
from infra.local import httpd, keys
from tests.support import people

VERIFY = "/v1/auth/google/verify-token"


@pytest.fixture
def google(services):
    return services.google


def signed_in_with(api, token, expect=200, **more):
    return api.post(VERIFY, {"id_token": token, **more}, expect=expect)


def test_a_new_person_gets_a_verified_account_with_the_welcome_gift_and_the_next_time_the_same_one(api, google):
    email = people.address()
    first = signed_in_with(api, google.id_token(email, name="Dewi Anggraini")).data
    again = signed_in_with(api, google.id_token(email)).data
    assert (first["is_new_user"], again["is_new_user"]) == (True, False)
    assert first["user"]["id_users"] == again["user"]["id_users"]
    shown = {name: first["user"][name] for name in ("full_name", "email", "is_verified", "login_method", "kredit", "publish_quota")}
    assert shown == {
        "full_name": "Dewi Anggraini",
        "email": email,
        "is_verified": True,
        "login_method": "google",
        "kredit": 1,
        "publish_quota": 3,
    }
    api.signed(first["tokens"]["access_token"]).get("/v1/auth/sessions")


@pytest.mark.parametrize("name", ["\u3164\u3164", "\u200b\u200d", "  "], ids=["fillers", "joiners", "blanks"])
def test_whoever_has_a_name_at_google_that_nobody_sees_is_called_by_the_e_mail(api, google, name):
    email = people.address()
    assert signed_in_with(api, google.id_token(email, name=name)).data["user"]["full_name"] == email.partition("@")[0]


def test_the_account_that_proved_the_same_address_is_linked_and_keeps_its_password(signed_in, api, google):
    siti = signed_in()
    linked = signed_in_with(api, google.id_token(siti.user["email"].upper())).data
    assert (linked["user"]["id_users"], linked["is_new_user"]) == (siti.user["id_users"], False)
    api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD}, expect=200)


def test_a_person_whose_address_changed_at_google_keeps_the_account(api, google):
    before = signed_in_with(api, google.id_token(people.address(), sub="person-1")).data
    after = signed_in_with(api, google.id_token(people.address(), sub="person-1")).data
    assert before["user"]["id_users"] == after["user"]["id_users"]


def test_an_address_that_went_to_another_google_account_opens_nothing(api, google):
    email = people.address()
    signed_in_with(api, google.id_token(email, sub="first-owner"))
    assert signed_in_with(api, google.id_token(email, sub="second-owner"), expect=409).error == "OtherGoogleAccount"


def waiting(api, email, sub):
    """An account that an adoption brought from Google and that nobody has verified; its id."""
    user = api.post("/register", {"full_name": "Dewi Anggraini", "email": email, "password": people.PASSWORD}, expect=201).data["user_id"]
    with db.transaction() as adopting:
        adopting.run("update users set external_id = :sub where id_users = :user", sub=sub, user=user)
    return user


def test_an_adopted_account_that_nobody_verified_is_opened_by_the_google_account_it_came_from(api, google):
    email = people.address()
    user = waiting(api, email, "adopted-1")
    come = [signed_in_with(api, google.id_token(email, sub="adopted-1")).data for _ in range(2)]
    assert [each["user"]["id_users"] for each in come] == [user, user]
    api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=401)


def test_an_adopted_account_that_nobody_verified_keeps_nobody_out_whose_address_changed_at_google(api, google):
    user = waiting(api, people.address(), "adopted-2")
    come = [signed_in_with(api, google.id_token(people.address(), sub="adopted-2")).data for _ in range(2)]
    assert come[0]["user"]["id_users"] == come[1]["user"]["id_users"] != user


def test_a_registration_that_waited_for_the_address_with_its_own_password_gets_nothing(api, google):
    email = people.address()
    api.post("/register", {"full_name": "Penipu", "email": email, "password": "kata-sandi-penipu"}, expect=201)
    assert signed_in_with(api, google.id_token(email)).data["is_new_user"] is True
    api.post("/login", {"identifier": email, "password": "kata-sandi-penipu"}, expect=401)


def test_an_account_that_only_claims_the_address_is_not_linked_and_loses_the_claim(api, google):
    victim, phone = people.address(), "+6281299990001"
    trap = {"full_name": "Penipu", "email": victim, "phone_number": phone, "password": "kata-sandi-penipu"}
    made = api.post("/register", trap, expect=201).data["user_id"]
    planted = api.post("/verify", {"firebase_id_token": google.phone_token(phone), "user_id": made}, expect=200).data["user"]
    owner = signed_in_with(api, google.id_token(victim)).data
    assert owner["is_new_user"] is True and owner["user"]["id_users"] != planted["id_users"]
    api.post("/login", {"identifier": victim, "password": "kata-sandi-penipu"}, expect=401)
    still = api.post("/login", {"identifier": phone, "password": "kata-sandi-penipu"}, expect=200).data["user"]
    assert (still["id_users"], still["email"]) == (planted["id_users"], None)


def test_a_suspended_person_stays_out(api, google):
    email = people.address()
    user = signed_in_with(api, google.id_token(email)).data["user"]["id_users"]
    with db.transaction() as suspending:
        suspending.run("update users set suspended_at = now() where id_users = :user", user=user)
    assert signed_in_with(api, google.id_token(email), expect=403).error == "Suspended"


def test_the_referral_of_a_new_person_counts(signed_in, api, google):
    siti = signed_in()
    made = signed_in_with(api, google.id_token(people.address()), referral_code=siti.user["referral_code_id"]).data
    with db.reading() as reading:
        referrer = reading.value("select referrer_id from referrals where referred_user_id = :user", user=made["user"]["id_users"])
    assert referrer == siti.user["id_users"]


def test_a_referral_code_given_with_google_counts_whatever_its_capitals_and_the_blanks_around_it(signed_in, api, google):
    siti = signed_in()
    code = f" {siti.user['referral_code_id'].lower()} "
    made = signed_in_with(api, google.id_token(people.address()), referral_code=code).data
    assert [row["referred_user_id"] for row in siti.get("/v1/referrals").data] == [made["user"]["id_users"]]


def unsigned(token):
    return jwt.encode(jwt.decode(token, options={"verify_signature": False}), "", algorithm="none", headers={"kid": kid(token)})


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


def by_another_key(token):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(jwt.decode(token, options={"verify_signature": False}), other, algorithm="RS256", headers={"kid": kid(token)})


def signed_with_the_public_key(services, token):
    """HS256 with what everybody can read as the secret; written by hand, because libraries refuse to."""
    import hashlib
    import hmac

    def encoded(part):
        return base64.urlsafe_b64encode(part).rstrip(b"=")

    claims = jwt.decode(token, options={"verify_signature": False})
    head = encoded(json.dumps({"alg": "HS256", "typ": "JWT", "kid": kid(token)}).encode()) + b"." + encoded(json.dumps(claims).encode())
    return head, services.keys, hmac, hashlib, encoded


def confused(services, token, material):
    head, made, hmac, hashlib, encoded = signed_with_the_public_key(services, token)
    public = made.token_key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    secret = {"certificate": made.certificate.encode(), "public key": public}[material]
    return (head + b"." + encoded(hmac.new(secret, head, hashlib.sha256).digest())).decode()


FORGERIES = {
    "for another app": lambda s, email: s.google.id_token(email, audience="somebody-else.apps.googleusercontent.com"),
    "without an audience": lambda s, email: s.google.id_token(email, aud=""),
    "from another issuer": lambda s, email: s.google.id_token(email, iss="https://accounts.google.com.evil.example"),
    "from no issuer": lambda s, email: s.google.id_token(email, iss=None),
    "with an address that is not verified": lambda s, email: s.google.id_token(email, email_verified=False),
    "with an address that is verified in words only": lambda s, email: s.google.id_token(email, email_verified="false"),
    "without an address": lambda s, email: s.google.id_token(""),
    "without a subject": lambda s, email: s.google.id_token(email, sub=""),
    "expired": lambda s, email: s.google.id_token(email, iat=int(time.time()) - 4000, exp=int(time.time()) - 400),
    "from the future": lambda s, email: s.google.id_token(email, iat=int(time.time()) + 600, exp=int(time.time()) + 4000),
    "unsigned": lambda s, email: unsigned(s.google.id_token(email)),
    "signed by another key": lambda s, email: by_another_key(s.google.id_token(email)),
    "signed with the public key as a secret": lambda s, email: confused(s, s.google.id_token(email), "public key"),
    "signed with the certificate as a secret": lambda s, email: confused(s, s.google.id_token(email), "certificate"),
    "of Cloud Tasks": lambda s, email: s.worker_token(),
    "of Firebase": lambda s, email: s.google.phone_token("+6281200000001", email=email, email_verified=True),
    "of Firebase with Google's audience": lambda s, email: s.google.phone_token(
        "+6281200000001", aud=stand_in.ANDROID_CLIENT, iss=keys.ISSUER, email=email, email_verified=True
    ),
    "an access token of Google's": lambda s, email: "ya29.a0AfH6SMBx",
    "no token": lambda s, email: "nonsense",
    "two dots": lambda s, email: "..",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_is_refused_that_is(forgery, api, services):
    email = people.address()
    refused = signed_in_with(api, FORGERIES[forgery](services, email), expect=401)
    assert refused.error == "InvalidGoogleToken"
    with db.reading() as reading:
        assert reading.value("select count(*) from users where email = :email", email=email) == 0


def test_our_own_access_token_is_no_google_token(signed_in, api):
    siti = signed_in()
    assert signed_in_with(api, siti.token, expect=401).error == "InvalidGoogleToken"
    assert signed_in_with(api, siti.refresh_token, expect=401).error == "InvalidGoogleToken"


def test_a_google_token_opens_no_route_of_ours(api, google):
    api.signed(google.id_token(people.address(), audience=settings.TOKEN_AUDIENCE())).get("/v1/auth/sessions", expect=401)


def test_without_client_ids_nobody_signs_in_with_google(api, google, monkeypatch):
    monkeypatch.setenv("GOOGLE_CLIENT_IDS", "")
    signed_in_with(api, google.id_token(people.address(), audience=""), expect=401)
    api.get("/v1/auth/google/redirect", expect=503)


def test_while_googles_keys_cannot_be_had_the_answer_is_a_503_and_not_a_refusal(api, google, monkeypatch):
    monkeypatch.setenv("GOOGLE_CERTS_URL", "http://127.0.0.1:9/certs")
    assert int(signed_in_with(api, google.id_token(people.address()), expect=503).headers["Retry-After"]) > 0


def test_a_page_in_place_of_the_keys_is_a_503_too(api, google, monkeypatch):
    server = httpd.Server(lambda request: httpd.Response(200, b"<html>maintenance</html>"))
    httpd.start(server)
    monkeypatch.setenv("GOOGLE_CERTS_URL", f"{server.url}/certs")
    signed_in_with(api, google.id_token(people.address()), expect=503)
    server.stop()


def test_the_keys_are_fetched_once_for_many_people(api, services, monkeypatch):
    asked = []

    def answer(request):
        asked.append(request.path)
        return keys.answer(services.keys, request)

    server = httpd.Server(answer)
    httpd.start(server)
    monkeypatch.setenv("GOOGLE_CERTS_URL", f"{server.url}{keys.CERTS_PATH}")
    for _ in range(5):
        signed_in_with(api, services.google.id_token(people.address()))
    server.stop()
    assert asked == [keys.CERTS_PATH]


def test_a_server_auth_code_signs_in_once(api, google):
    email = people.address()
    code = google.code(email)
    assert api.post(VERIFY, {"server_auth_code": code}, expect=200).data["user"]["email"] == email
    assert api.post(VERIFY, {"server_auth_code": code}, expect=401).error == "InvalidGoogleToken"


def test_a_token_and_a_code_must_be_of_one_person(api, google):
    email = people.address()
    both = {"id_token": google.id_token(email), "server_auth_code": google.code(email)}
    api.post(VERIFY, both, expect=200)
    mixed = {"id_token": google.id_token(email), "server_auth_code": google.code(people.address())}
    assert api.post(VERIFY, mixed, expect=401).error == "InvalidGoogleToken"


def test_while_google_does_not_exchange_codes_the_answer_is_a_503(api, google, monkeypatch):
    monkeypatch.setenv("GOOGLE_TOKEN_URL", "http://127.0.0.1:9/token")
    api.post(VERIFY, {"server_auth_code": google.code(people.address())}, expect=503)


def test_a_wrong_client_secret_is_our_fault_and_not_the_persons(api, google, monkeypatch):
    monkeypatch.setenv("GOOGLE_CLIENT_SECRET", "outdated")
    api.post(VERIFY, {"server_auth_code": google.code(people.address())}, expect=503)


def test_neither_token_nor_code_is_a_mistake_that_is_named(api):
    assert api.post(VERIFY, {}, expect=422).error == "InvalidRequest"


def test_whoever_asked_for_deletion_is_back_after_signing_in(api, google):
    email = people.address()
    user = signed_in_with(api, google.id_token(email)).data["user"]["id_users"]
    with db.transaction() as leaving:
        leaving.run("update users set deletion_requested_at = :now where id_users = :user", user=user, now=clock.now())
    signed_in_with(api, google.id_token(email))
    with db.reading() as reading:
        assert reading.value("select deletion_requested_at from users where id_users = :user", user=user) is None
