"""What comes in the name of a payment provider: believed only when signed, and read or refused whatever it holds."""

import json
from decimal import Decimal

import pytest
from hypothesis import strategies as st

from common import settings
from common.payments import doku, midtrans, providers
from tests.fuzz.parsing import ANY_TEXT, HEADER, JSON, SCALARS, fuzzed


@pytest.fixture(autouse=True)
def keys(services, monkeypatch):
    """Secrets of both providers."""
    monkeypatch.setenv("MIDTRANS_SERVER_KEY", "kunci-server-rahasia")


SAID = st.sampled_from(["SUCCESS", "PENDING", "settlement", "capture", "expire", "refund", "ORDER_EXPIRED", "IDR", "FZ-1", "20000.00"])
AMOUNTS = SAID | SCALARS | st.sampled_from(["NaN", "Infinity", "-0", "1e400", "1E+9999999", "٣٠٠", "1_000", " 5 "])


def doku_like(value):
    return st.fixed_dictionaries(
        {},
        optional={
            "order": st.fixed_dictionaries({}, optional={"invoice_number": value, "amount": AMOUNTS, "currency": value, "status": value})
            | JSON,
            "transaction": st.fixed_dictionaries({}, optional={"status": value}) | JSON,
            "channel": st.fixed_dictionaries({}, optional={"id": value}) | JSON,
            "response": JSON,
        },
    )


def midtrans_like(value):
    names = ("order_id", "status_code", "gross_amount", "signature_key", "transaction_status", "fraud_status", "payment_type", "currency")
    return st.fixed_dictionaries({}, optional={name: AMOUNTS if name == "gross_amount" else value for name in names})


def twice(value):
    """The same members once more, with other values: which one counts is for the parser to say, but one does."""
    text = json.dumps(value)
    return (text[:-1] + ("," if len(text) > 2 else "") + text[1:]) if isinstance(value, dict) else text


VALUES = SAID | JSON
WRITTEN = st.one_of(doku_like(VALUES), midtrans_like(VALUES), JSON)
BODIES = (
    WRITTEN.map(json.dumps).map(str.encode)
    | WRITTEN.map(twice).map(str.encode)
    | st.builds(lambda value, cut: json.dumps(value).encode()[:cut], WRITTEN, st.integers(0, 200))
    | WRITTEN.map(json.dumps).map(lambda text: text.encode("utf-16"))
    | st.integers(1, 60_000).map(lambda depth: b"[" * depth + b"]" * depth)
    | st.integers(1, 10_000).map(lambda depth: b'{"order":' * depth + b"1" + b"}" * depth)
    | st.integers(1, 5_000).map(
        lambda depth: b'{"transaction":{"status":' + b"[" * depth + b"]" * depth + b'},"order":{"invoice_number":"A"}}'
    )
    | st.integers(1, 5_000).map(lambda depth: b'{"order_id":"A","transaction_status":' + b"[" * depth + b"]" * depth + b"}")
    | st.integers(1, 60_000).map(lambda digits: b'{"order_id":"A","gross_amount":' + b"9" * digits + b"}")
    | st.sampled_from([b"", b"\xff\xfe", b"NaN", b"{}", b"\xef\xbb\xbf{}", b'{"order_id":"\\ud800"}'])
    | st.binary(max_size=300)
)
NAMES = ("Client-Id", "Request-Id", "Request-Timestamp", "Signature")
HEADERS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, HEADER | st.just("HMACSHA256=")))


@fuzzed(body=BODIES)
def test_a_notification_of_doku_is_read_or_refused(body):
    read(doku, body)


@fuzzed(body=BODIES)
def test_a_notification_of_midtrans_is_read_or_refused(body):
    read(midtrans, body)


def read(provider, body):
    try:
        event = provider.read(body)
    except providers.Unreadable:
        return
    assert event.status in doku.STATUSES and providers.plain(event.invoice)
    assert event.amount is None or event.amount.is_finite()


@fuzzed(headers=HEADERS, body=BODIES, whose=st.booleans())
def test_a_notification_that_doku_did_not_sign_is_not_believed(headers, body, whose):
    if whose:
        headers["Client-Id"] = settings.DOKU_CLIENT_ID()
    assert doku.verify(headers, body) is False


@fuzzed(body=BODIES, key=HEADER | ANY_TEXT, order=ANY_TEXT, code=ANY_TEXT, gross=ANY_TEXT)
def test_a_notification_that_midtrans_did_not_sign_is_not_believed(body, key, order, code, gross):
    assert midtrans.verify({}, body) is False
    forged = {"order_id": order, "status_code": code, "gross_amount": gross, "signature_key": key}
    assert midtrans.verify({}, json.dumps(forged).encode()) is False


PLAIN = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)


@fuzzed(request_id=PLAIN, timestamp=PLAIN, body=BODIES, place=st.integers(0, 1_000_000), bit=st.integers(0, 7))
def test_a_signature_of_doku_fits_its_own_bytes_and_none_with_one_bit_changed(request_id, timestamp, body, place, bit):
    client, path = settings.DOKU_CLIENT_ID(), settings.DOKU_NOTIFICATION_PATH()
    signed = doku.signature(doku.secrets()[0], client, request_id, timestamp, path, doku.digest(body))
    headers = {"Client-Id": client, "Request-Id": request_id, "Request-Timestamp": timestamp, "Signature": signed}
    assert doku.verify(headers, body)
    name = (*NAMES, "")[place % 5]
    if name:
        headers[name] = changed(headers[name].encode(), place // 5, bit).decode("latin-1")
        assert not doku.verify(headers, body)
    elif body:
        assert not doku.verify(headers, changed(body, place // 5, bit))


def changed(data, place, bit):
    found = bytearray(data)
    found[place % len(found)] ^= 1 << bit
    return bytes(found)


@fuzzed(order=ANY_TEXT, code=ANY_TEXT, gross=ANY_TEXT, place=st.integers(0, 127), bit=st.integers(0, 7))
def test_a_signature_of_midtrans_fits_its_own_order_and_none_with_one_bit_changed(order, code, gross, place, bit):
    # Two halves of a pair become one letter on their way through JSON.
    order, code, gross = json.loads(json.dumps([order, code, gross]))
    signed = midtrans.signature(order, code, gross, midtrans.keys()[0])
    value = {"order_id": order, "status_code": code, "gross_amount": gross, "signature_key": signed}
    assert midtrans.verify({}, json.dumps(value).encode())
    value["signature_key"] = changed(signed.encode(), place, bit).decode("latin-1")
    assert not midtrans.verify({}, json.dumps(value).encode())


@fuzzed(value=AMOUNTS | JSON | st.decimals())
def test_an_amount_is_a_number_or_none(value):
    amount = providers.amount(value)
    assert amount is None or (isinstance(amount, Decimal) and amount.is_finite())


MOMENTS = (
    ANY_TEXT
    | JSON
    | st.datetimes().map(lambda moment: moment.isoformat())
    | st.datetimes().map(lambda moment: moment.strftime("%Y%m%d%H%M%S"))
    | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
    | st.sampled_from(
        ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "00010101000000", "99991231235959", "2026-02-30T00:00:00Z"]
    )
)


@fuzzed(exact=MOMENTS, plain=MOMENTS)
def test_a_pages_end_is_a_moment_or_none(exact, plain):
    found = doku._expiry({"expired_datetime": exact, "expired_date": plain})
    assert found is None or found.utcoffset() is not None


@fuzzed(body=BODIES)
def test_a_complaint_of_doku_is_a_sentence(body):
    text = body.decode("utf-8", "replace")
    assert isinstance(doku._complaint(text), str)
    assert isinstance(doku._page("https://doku.example/pay", text).reference, str)
