"""What the fuzz has found, one plain request each, so that it stays found."""

import base64
import json

import pytest
from werkzeug.test import EnvironBuilder

from common import contacts
from common.payments import doku
from functions.auth import google_redirects

# Deeper than Python's parsers of JSON go before they give up.
DEEP = base64.urlsafe_b64encode(b"[" * 20_000).decode().rstrip("=")


@pytest.mark.parametrize("token", [f"{DEEP}.e30.x", f"e30.{DEEP}.x", DEEP], ids=["head", "claims", "alone"])
def test_a_token_of_twenty_thousand_brackets_is_a_strangers(token, api):
    api.get("/profile", headers={"Authorization": f"Bearer {token}"}, expect=401)
    for _ in range(2):  # Once worked out and once, perhaps, from memory.
        api.get("/v1/comics", headers={"Authorization": f"Bearer {token}"}, expect=200)
        api.get("/v1/public/comics", headers={"Authorization": f"Bearer {token}"}, expect=200)


@pytest.mark.parametrize("path", ["/register", "/login"])
def test_a_body_of_twenty_thousand_brackets_is_refused(path, api):
    api.post(path, b"[" * 20_000, headers={"Content-Type": "application/json"}, expect=400)


def test_a_google_token_of_brackets_signs_nobody_in(api):
    answer = api.post("/v1/auth/google/verify-token", {"id_token": f"{DEEP[:4000]}.e30.x"})
    assert 400 <= answer.status < 500


def test_a_firebase_token_of_brackets_proves_no_phone(services):
    from common import oidc

    assert oidc.phone(f"{DEEP}.e30.x") is None and oidc.verify(f"e30.{DEEP}.x", "anybody") is None


@pytest.mark.parametrize("field", ["order_id", "status_code", "gross_amount", "signature_key"])
def test_half_a_letter_in_a_notification_of_midtrans_is_not_signed(field, api, monkeypatch):
    monkeypatch.setenv("MIDTRANS_SERVER_KEY", "kunci-server-rahasia")
    body = {"order_id": "A", "status_code": "200", "gross_amount": "1.00", "signature_key": "0", field: "\ud800"}
    sent = json.dumps(body).encode()
    api.post("/v1/subscriptions/payment-callback/midtrans", sent, headers={"Content-Type": "application/json"}, expect=401)


def test_a_page_that_ended_before_the_first_year_has_no_end():
    assert doku._expiry({"expired_datetime": "0001-01-01T00:00:00+23:59"}) is None
    assert doku._expiry({"expired_date": "00010101000000"}) is None


def test_half_a_letter_is_no_state_of_a_google_sign_in(services):
    assert google_redirects._read("\ud800") is None and google_redirects._read("a.\ud800") is None


def test_a_number_of_zeros_which_would_be_another_when_it_is_read_again_is_none():
    assert contacts.phone("0\u06600000000") is None


def test_a_number_whose_zero_belongs_to_it_stays_as_it_is():
    assert contacts.phone("+39 06 1234 5678") == contacts.phone("00390612345678") == "+390612345678"


def test_a_query_that_is_not_utf_8_is_refused(gateway):
    environ = EnvironBuilder(path="/v1/comics").get_environ()
    # As a server hands over bytes that nobody escaped.
    environ["QUERY_STRING"] = "q=\xff"
    started = []
    body = b"".join(gateway(environ, lambda status, headers: started.append(status)))
    assert (started, json.loads(body)["errors"][0]["loc"]) == (["422 Unprocessable Entity"], ["query"])
