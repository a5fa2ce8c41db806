"""DOKU's signature: the documented examples, every valid delivery taken, thousands of altered ones refused."""

import base64
import hashlib
import json

import pytest
from werkzeug.test import Client, EnvironBuilder

from common.payments import doku
from tests.support import shop
from tests.support.client import raw

BODY = b'{"order":{"amount":20000,"invoice_number":"INV-20210231-0001"},"payment":{"payment_due_date":60}}'
OURS = {"secret": "SK-test", "client": "BRN-0001-TEST", "request_id": "req-0001", "timestamp": "2026-01-02T03:04:05Z"}


def test_a_post_is_signed_over_the_digest_of_its_very_bytes():
    made = doku.signature(**OURS, target="/checkout/v1/payment", digest=doku.digest(BODY))
    assert made == "HMACSHA256=hOCGn8I88tywdA19nGmbcNxLf6WO3SWy+aJ2XGGzBUA="


def test_a_get_is_signed_without_a_digest_line():
    made = doku.signature(**OURS, target="/orders/v1/status/INV-20210231-0001", digest=None)
    assert made == "HMACSHA256=r3JtUrbjoF3+IOq7/BoENAx7PY4KW7DDkqcNHptvXn8="


def test_the_components_of_dokus_own_example_are_put_together_as_documented():
    """DOKU publishes the lines and not the key; the key is a public test suite's."""
    known = (
        "MCH-0001-10791114622547",
        "cc682442-6c22-493e-8121-b9ef6b3fa728",
        "2020-08-11T08:45:42Z",
        "/doku-virtual-account/v2/payment-code",
    )
    with_digest = doku.signature("unit-test-secret-key", *known, "5WIYK2TJg6iiZ0d5v4IXSR0EkYEkYOezJIma3Ufli5s=")
    assert with_digest == "HMACSHA256=tIU65SJi4/ZPvvvDLNEvv71dlebEXscSGe/H2rSmTZI="
    assert doku.signature("unit-test-secret-key", *known, None) == "HMACSHA256=VFTFd/EIi0gt+4rc4nPIGzJG6P8+GoSxaBl96EwoizE="


@pytest.mark.parametrize(
    ("body", "digest"),
    [
        (b"", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        (b'{"a":1}', "AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI="),
        (b"{}", "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="),
    ],
)
def test_the_digest_is_the_base64_of_the_hash_itself(body, digest):
    assert doku.digest(body) == digest


def sent(services, body, **changed):
    """The headers of a delivery that DOKU signs over `body`."""
    return {**services.doku.headers("req-vector-1", body), **changed}


def post(headers, body, path=shop.CALLBACK):
    from functions.payment_callback.main import api

    return raw(api).open(EnvironBuilder(path=path, method="POST", data=body, headers=headers))


def notification(invoice="INV-0-NONE", status="SUCCESS", amount=16500):
    return {
        "service": {"id": "VIRTUAL_ACCOUNT"},
        "acquirer": {"id": "BCA"},
        "channel": {"id": "VIRTUAL_ACCOUNT_BCA"},
        "order": {"invoice_number": invoice, "amount": amount},
        "transaction": {"status": status, "date": "2026-01-02T03:04:05Z", "original_request_id": "é-1"},
    }


def altered_headers(headers):
    """Each header missing, empty, cut, in another case, with every one of its characters changed, and with a line break or a neighbour."""
    for name in ("Client-Id", "Request-Id", "Request-Timestamp", "Signature"):
        value = headers[name]
        yield {key: each for key, each in headers.items() if key != name}
        others = [
            "",
            " ",
            value[:-1],
            value[1:],
            value + "A",
            value.swapcase(),
            f"{value},{value}",
            f"{value} x",
            value * 2,
            "null",
            "é" + value,
        ]
        others += [value[:at] + ("x" if letter != "x" else "y") + value[at + 1 :] for at, letter in enumerate(value)]
        others += [value[:at] + value[at + 1 :] for at in range(len(value))]
        for other in others:
            if other != value:
                yield {**headers, name: other}
    prefix, _, code = headers["Signature"].partition("=")
    for other in (
        code,
        f"HMACSHA512={code}",
        f"HMACHSHA256={code}",
        f"{prefix}={base64.b64decode(code).hex()}",
        f"{prefix}=",
        "HMACSHA256",
    ):
        yield {**headers, "Signature": other}


def altered_bodies(body):
    """Every byte flipped, left out, doubled, swapped and moved; and the same JSON written in other ways."""
    for at in range(len(body)):
        for bit in (0x01, 0x20, 0x40, 0x80):
            yield body[:at] + bytes([body[at] ^ bit]) + body[at + 1 :]
        yield body[:at] + b" " + body[at:]
        yield body[:at] + body[at + 1 : at + 2] + body[at : at + 1] + body[at + 2 :]
        yield body[:at] + body[at + 1 :]
        yield body[:at] + body[at : at + 1] * 2 + body[at + 1 :]
    value = json.loads(body)
    yield from (
        b"",
        b"{}",
        b"null",
        body + b"\n",
        b" " + body,
        body[: len(body) // 2],
        body.replace(b"SUCCESS", b"success"),
        b"\xef\xbb\xbf" + body,
    )
    yield json.dumps(value).encode()
    yield json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    yield json.dumps(value, indent=1, ensure_ascii=False).encode()
    yield json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()
    yield json.dumps(value, ensure_ascii=False).replace("/", "\\/").encode() + b" "


def altered_signers(services, body):
    """Signed as carefully as DOKU does, by somebody else, for somebody else, or over something else."""
    headers = sent(services, body)
    parts = (headers["Client-Id"], headers["Request-Id"], headers["Request-Timestamp"])
    path = shop.CALLBACK
    for secret in ("", "SK-local-secre", "SK-local-secret ", "sk-local-secret", "SK-test", "SK-local-secret,SK-next"):
        yield {**headers, "Signature": doku.signature(secret, *parts, path, doku.digest(body))}
    for target in (f"/api{path}", path + "/", path[1:], f"http://127.0.0.1{path}", f"{path}?a=1", path.upper(), "/", ""):
        yield {**headers, "Signature": doku.signature("SK-local-secret", *parts, target, doku.digest(body))}
    for client in ("BRN-0001-OTHER", "brn-0001-local", "BRN-0001-LOCAL "):
        yield {**headers, "Client-Id": client, "Signature": doku.signature("SK-local-secret", client, *parts[1:], path, doku.digest(body))}
    yield {**headers, "Signature": doku.signature("SK-local-secret", *parts, path, None)}
    yield {**headers, "Signature": doku.signature("SK-local-secret", *parts, path, hashlib.sha256(body).hexdigest())}
    yield {
        **headers,
        "Request-Id": "r" * 129,
        "Signature": doku.signature("SK-local-secret", parts[0], "r" * 129, parts[2], path, doku.digest(body)),
    }


def test_thousands_of_altered_deliveries_are_refused_and_none_is_stored(services, database):
    from common import db

    body = json.dumps(notification(), ensure_ascii=False, separators=(",", ":")).encode()
    headers = sent(services, body)
    with db.reading() as reading:
        before = reading.value("select count(*) from inbox")
    deliveries = [(each, body) for each in altered_headers(headers)] + [(headers, each) for each in altered_bodies(body)]
    deliveries += [(each, body) for each in altered_signers(services, body)]
    later = {**headers, "Request-Timestamp": "2026-01-02T03:04:05.000Z"}
    deliveries += [(later, body), ({**headers, "Request-Id": headers["Request-Id"].upper()}, body)]
    # Two equal letters swapped are the same bytes, which is no alteration.
    different = [(each, data) for each, data in deliveries if (each, data) != (headers, body)]
    taken = [(each, data) for each, data in different if post(each, data).status_code != 401]
    with db.reading() as reading:
        after = reading.value("select count(*) from inbox")
    print(f"\n{len(different)} altered deliveries, {len(taken)} taken")
    assert (taken, after - before) == ([], 0)
    assert len(different) >= 2000


def test_the_same_delivery_unaltered_is_taken_whatever_comes_beside_it(services, database):
    body = json.dumps(notification(), ensure_ascii=False, separators=(",", ":")).encode()
    for more in (
        {},
        {"Digest": "nonsense"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"Request-Target": "/elsewhere"},
        {"Content-Type": "text/plain"},
    ):
        # Its invoice is not ours, which is said only after the signature was found good.
        assert post(sent(services, body, **more), body).status_code == 404
    for prefix in ("", "/api"):
        assert post(sent(services, body), body, prefix + shop.CALLBACK).status_code == 404, (
            "the signed path is the setting, not the one we see"
        )


def test_while_one_secret_replaces_another_both_are_taken_and_afterwards_only_the_new_one(services, database, monkeypatch):
    body = json.dumps(notification()).encode()
    old = sent(services, body)
    parts = (old["Client-Id"], old["Request-Id"], old["Request-Timestamp"])
    new = {**old, "Signature": doku.signature("SK-next", *parts, shop.CALLBACK, doku.digest(body))}
    assert [post(each, body).status_code for each in (old, new)] == [404, 401]
    monkeypatch.setenv("DOKU_SECRET_KEY", "SK-next, SK-local-secret")
    assert [post(each, body).status_code for each in (old, new)] == [404, 404]
    monkeypatch.setenv("DOKU_SECRET_KEY", "SK-next")
    assert [post(each, body).status_code for each in (old, new)] == [401, 404]


@pytest.mark.parametrize("secret", ["", " , ", None])
def test_without_a_secret_the_endpoint_is_not_there(services, database, monkeypatch, secret):
    body = json.dumps(notification()).encode()
    headers = sent(services, body)
    if secret is None:
        monkeypatch.delenv("DOKU_SECRET_KEY")
    else:
        monkeypatch.setenv("DOKU_SECRET_KEY", secret)
        headers["Signature"] = doku.signature(
            secret.strip(), headers["Client-Id"], headers["Request-Id"], headers["Request-Timestamp"], shop.CALLBACK, doku.digest(body)
        )
    assert json.loads(post(headers, body).data)["error"] == "NotFound"


def test_a_notification_larger_than_any_is_not_even_hashed(services, database):
    body = b" " * 70_000
    assert post(sent(services, body), body).status_code == 413


def test_the_callback_needs_no_token_and_a_token_opens_nothing(signed_in):
    siti = signed_in()
    answer = Client(siti.app).post(shop.CALLBACK, data=b"{}", headers={"Authorization": f"Bearer {siti.token}"})
    assert answer.status_code == 401
