"""The call to a payment provider: bounded whatever the other side does; and the local DOKU's own rules."""

import json
import socket
import threading
import time
import uuid
from contextlib import contextmanager, suppress

import pytest

from common.clients.errors import Unavailable
from common.payments import circuit, web
from common.payments import doku as client
from infra.local import doku as stand_in
from infra.local import httpd
from tests.support import shop


@contextmanager
def saying(*pieces, pause=0.0):
    """A server that takes a request and says these bytes, one piece after the other."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked = []

    def answer(connection):
        with connection, suppress(OSError):
            asked.append(connection.recv(65_536))
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)

    def serve():
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=answer, args=[connection], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
    listening.close()


def call(url):
    return web.call("test", "POST", url, lambda: {"Request-Id": "1"}, b"{}")


@pytest.fixture(autouse=True)
def no_pause_between_attempts(monkeypatch):
    monkeypatch.setattr(web.random, "uniform", lambda low, high: 0.0)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n"


def test_an_answer_that_drips_byte_by_byte_is_given_up(monkeypatch):
    monkeypatch.setattr(web, "WHOLE", 0.3)
    with saying(HEAD, *[b"x" * 200] * 5, pause=0.15) as (url, asked):
        started = time.monotonic()
        monkeypatch.setattr(web, "READ", 0.5)
        with pytest.raises(Unavailable):
            call(url)
        assert time.monotonic() - started < 5 and len(asked) == 2


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([], id="hangs up"),
        pytest.param([HEAD, b"half"], id="hangs up in the middle"),
        pytest.param([b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"], id="says it is down"),
        pytest.param([b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"], id="wants us to slow down"),
        pytest.param(
            [b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\nConnection: close\r\n\r\n", b"x" * 2_000_000], id="does not stop talking"
        ),
        pytest.param([b"\x16\x03\x01 this is not HTTP\r\n\r\n"], id="speaks something else"),
    ],
)
def test_a_provider_that_fails_is_tried_twice_and_then_unavailable(pieces):
    with saying(*pieces) as (url, asked):
        with pytest.raises(Unavailable):
            call(url)
        assert len(asked) == 2


def test_a_refusal_is_an_answer_and_is_not_tried_again():
    with saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!") as (url, asked):
        assert call(url) == (400, "no!")
        assert len(asked) == 1
    circuit.enter("test")


def test_a_redirect_is_not_followed_with_our_signature():
    with saying(b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as (url, asked):
        assert call(url).status == 307
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"error_messages": ["order.amount is invalid", "b"]}', "order.amount is invalid; b"),
        ('{"message": ["Invalid Header Signature"]}', "Invalid Header Signature"),
        ('{"message": "Not allowed"}', "Not allowed"),
        ('{"error": {"code": "invalid_client_id", "message": "Invalid Client-Id"}}', "Invalid Client-Id"),
        ("<html>Bad gateway</html>", "<html>Bad gateway</html>"),
        ("[]", "[]"),
    ],
)
def test_what_doku_complains_about_is_read_in_each_of_its_shapes(text, complaint):
    assert client._complaint(text) == complaint


@pytest.mark.parametrize(
    "text",
    [
        '{"response": {"payment": {}}}',
        "{}",
        "[]",
        "",
        '{"response": {"payment": {"url": 7}}}',
        '{"response":{"payment":{"url":"ftp://x"}}}',
    ],
)
def test_a_success_without_a_page_is_none(monkeypatch, text):
    monkeypatch.setattr(web, "call", lambda *given: web.Answer(200, text))
    with pytest.raises(Unavailable):
        client.create(client.Order("INV-1", "r", 1000, "Basic", None, 60, 1, "Siti", None, None))


def test_the_older_expiry_is_jakartas_clock():
    assert client._expiry({"expired_date": "20260102100405"}).isoformat() == "2026-01-02T03:04:05+00:00"
    assert client._expiry({"expired_datetime": "2026-01-02T03:04:05Z"}).isoformat() == "2026-01-02T03:04:05+00:00"
    assert client._expiry({"expired_date": "soon"}) is None and client._expiry(None) is None


def test_a_name_of_signs_an_address_that_is_missing_and_a_phone_are_as_doku_takes_them(signed_in, doku):
    siti = signed_in(name="Siti-2 O'Rahma (test)!")
    asked = doku.orders[shop.buy(siti)["invoice_number"]].asked
    assert asked["customer"]["name"] == "Siti O Rahma test"
    order = client.Order("INV-1", "r", 1000, "Basic", "dana", 60, 7, "123", None, "+628123456789")
    assert client._payment(order)["customer"] == {"id": "7", "name": "Pelanggan MamaStoria", "phone": "628123456789"}
    assert client._payment(order)["payment"] == {"payment_due_date": 60, "payment_method_types": ["EMONEY_DANA"]}


def test_a_notification_that_nobody_confirms_is_sent_three_times_more_and_no_longer(monkeypatch):
    monkeypatch.setattr(stand_in, "RETRIES", (0.02, 0.04, 0.06))
    for answers, sent in (([500, 0, 404, 500, 500], 4), ([500, 204], 2), ([200], 1)):
        got, left = [], iter(answers)
        local = stand_in.Doku(
            "BRN-1", "SK-1", lambda headers, body, got=got, left=left: got.append((headers["Request-Id"], body)) or next(left)
        )
        httpd.start(server := stand_in.serve(local))
        order = local._made("r", {"order": {"invoice_number": "INV-1", "amount": 1000}, "payment": {}})
        local.act(order.invoice, "pay").join()
        time.sleep(0.4)
        server.stop()
        assert (len(got), len(set(got)), order.events[0]["answers"]) == (sent, 1, answers[:sent])


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"Request-Timestamp": "2026-01-02T03:04:05.123Z"}, "Request-Timestamp"),
        ({"Request-Timestamp": "2026-01-02T03:04:05+00:00"}, "Request-Timestamp"),
        ({"Request-Timestamp": "2020-01-02T03:04:05Z"}, "Request-Timestamp"),
        ({"Client-Id": "BRN-OTHER"}, "Client-Id"),
        ({"Request-Id": ""}, "Request-Id"),
        ({"Signature": "HMACSHA256=AAAA"}, "Signature"),
    ],
)
def test_the_stand_in_is_as_strict_about_headers_as_doku(doku, changed, wrong):
    target = "/orders/v1/status/INV-NONE"
    headers = {**client._headers(str(uuid.uuid4()), target, None), **changed}
    answer = web._once("GET", doku.url + target, headers, None)
    assert (answer.status, json.loads(answer.text)["error"]["message"]) == (401, f"Invalid Header {wrong}")


def test_the_stand_in_refuses_an_invoice_number_twice_and_answers_a_request_id_twice_the_same(doku):
    body = {"order": {"amount": 1000, "invoice_number": f"T-{uuid.uuid4().hex[:12]}"}, "payment": {"payment_due_date": 60}}
    first = client._post(client.CHECKOUT, body, "id-" + body["order"]["invoice_number"])
    again = client._post(client.CHECKOUT, body, "id-" + body["order"]["invoice_number"])
    other = client._post(client.CHECKOUT, body, str(uuid.uuid4()))
    assert (first.status, again.status, again.text == first.text) == (200, 409, True)
    assert (other.status, client._complaint(other.text)) == (400, "order.invoice_number already exists")


def test_the_stand_in_repeats_a_refused_refund_under_its_request_id_even_when_it_would_make_it_by_now(doku):
    order = doku._made("r-" + uuid.uuid4().hex, {"order": {"invoice_number": f"T-{uuid.uuid4().hex[:12]}", "amount": 1000}, "payment": {}})
    body = {"order": {"invoice_number": order.invoice}, "payment": {"original_request_id": order.request_id}, "refund": {"amount": 1000}}
    refused, number = client._post(client.REFUND, body, order.invoice), str(uuid.uuid4())
    order.status = "SUCCESS"
    again, made, repeated = (client._post(client.REFUND, body, each) for each in (order.invoice, number, number))
    assert (refused.status, again.status, again.text == refused.text) == (400, 409, True)
    assert (made.status, repeated.status, repeated.text == made.text, order.status) == (200, 409, True, "REFUNDED")
