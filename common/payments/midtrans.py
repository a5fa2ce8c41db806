"""Midtrans Snap: the second provider.

Source of the rules: docs.midtrans.com, "Snap Integration Guide", "HTTP(S) Notification", "Get Status",
"Refund Transaction".
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from common import settings
from common.clients.errors import Refused, Unavailable
from common.payments import web
from common.payments.providers import NOT_ACCEPTED, Event, Order, Page, Status, Unreadable, amount, inner, parsed, plain

NAME = "midtrans"

# The signature covers order, code and amount, not what happened; so Midtrans is asked before anything is believed.
CONFIRMED = False

# Our methods in Midtrans' words. OVO and DANA are reached by scanning QRIS.
CHANNELS = {
    "qris": "other_qris",
    "gopay": "gopay",
    "dana": "other_qris",
    "ovo": "other_qris",
    "bni_va": "bni_va",
    "bri_va": "bri_va",
    "bca_va": "bca_va",
    "mandiri_va": "echannel",
}

# `deny` and `failure` leave the page open for another try; `cancel` and `expire` close it. A partial
# refund leaves the purchase as it is: what part of it would be taken back is for people to decide.
STATUSES: dict[str, Status] = {
    "settlement": "SUCCESS",
    "capture": "SUCCESS",
    "deny": "FAILED",
    "failure": "FAILED",
    "cancel": "EXPIRED",
    "expire": "EXPIRED",
    "refund": "REFUNDED",
    "chargeback": "REFUNDED",
}


def signature(invoice: str, code: str, gross: str, key: str) -> str:
    """`signature_key`: SHA-512 in hex of order id, status code, gross amount and server key, all as text."""
    return hashlib.sha512(f"{invoice}{code}{gross}{key}".encode("utf-8", "surrogatepass")).hexdigest()


def keys() -> list[str]:
    """The server keys; several while one replaces another, of which the first signs in."""
    try:
        return [key.strip() for key in settings.MIDTRANS_SERVER_KEY().split(",") if key.strip()]
    except settings.Misconfigured:
        return []


def enabled() -> bool:
    """Whether there is a server key."""
    return bool(keys())


def verify(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a notification's `signature_key` is Midtrans' own; its headers say nothing."""
    try:
        value = parsed(body)
    except Unreadable:
        return False
    parts = [value.get(name) for name in ("order_id", "status_code", "gross_amount", "signature_key")]
    if not all(isinstance(part, str) for part in parts):
        return False
    invoice, code, gross, given = map(str, parts)
    given_bytes = given.encode("utf-8", "surrogatepass")
    fits = [hmac.compare_digest(signature(invoice, code, gross, key).encode(), given_bytes) for key in keys()]
    return any(fits)


def identity(headers: Mapping[str, str], body: bytes) -> str:
    """The body: a repetition is the same, and there is no id of a notification."""
    return hashlib.sha256(body).hexdigest()


def read(body: bytes | str) -> Event:
    """What a notification or a status answer says; raises `Unreadable`."""
    value = parsed(body)
    invoice = value.get("order_id")
    if not plain(invoice):
        raise Unreadable("no order_id")
    said, currency, kind = str(value.get("transaction_status", "")), value.get("currency"), value.get("payment_type")
    held = said == "capture" and value.get("fraud_status") not in (None, "accept")
    return Event(
        invoice,
        "PENDING" if held else STATUSES.get(said, "PENDING"),
        amount(value.get("gross_amount")),
        currency if isinstance(currency, str) else "IDR",
        kind if plain(kind) else None,
        body if isinstance(body, str) else body.decode("utf-8", "replace"),
    )


def create(order: Order) -> Page:
    """Make the page on which `order` is paid; a repetition under the same Idempotency-Key gives the same page."""
    first, _, last = order.name.partition(" ")
    customer = {"first_name": first[:255], "last_name": last[:255], "email": order.email, "phone": order.phone}
    back = settings.PAYMENT_RETURN_URL()
    body: dict[str, Any] = {
        "transaction_details": {"order_id": order.invoice, "gross_amount": order.amount},
        "item_details": [{"id": order.item[:50], "name": order.item[:50], "price": order.amount, "quantity": 1}],
        "customer_details": {field: value for field, value in customer.items() if value},
        "page_expiry": {"duration": order.minutes, "unit": "minutes"},
        "expiry": {"duration": order.minutes, "unit": "minutes"},
        **({"enabled_payments": [CHANNELS[order.method]]} if order.method in CHANNELS else {}),
        **({"callbacks": {"finish": back}} if back else {}),
    }
    answer = _send("POST", f"{settings.MIDTRANS_SNAP_URL()}/snap/v1/transactions", body, order.request_id)
    url = inner(_lenient(answer.text), "redirect_url")
    if answer.status in (200, 201) and isinstance(url, str) and url.startswith(("https://", "http://")):
        return Page(url, str(inner(_lenient(answer.text), "token") or ""), None, answer.text)
    raise Refused(NOT_ACCEPTED, f"HTTP {answer.status}: {answer.text[:1000]}")


def status(invoice: str) -> Event | None:
    """What Midtrans says about an order; None when nobody has chosen a way to pay yet, or there is none."""
    answer = _send("GET", f"{settings.MIDTRANS_API_URL()}/v2/{invoice}/status")
    value = _lenient(answer.text)
    # Errors of this API come with HTTP 200 and a status_code of their own.
    if answer.status == 404 or str(value.get("status_code")) == "404":
        return None
    try:
        return read(answer.text)
    except Unreadable as error:
        raise Unavailable(NAME, f"HTTP {answer.status}: {error}") from error


def refund(payment: Any) -> bool:
    """Give a payment back; Midtrans does not do so for bank transfers (HTTP 412 and 414), and people have to.

    412 also comes for what was given back before, by a request whose answer was lost or in Midtrans' dashboard.
    """
    body = {"refund_key": payment.refund_request_id, "amount": payment.amount, "reason": (payment.reason or "")[:255]}
    answer = _send("POST", f"{settings.MIDTRANS_API_URL()}/v2/{payment.invoice_number}/refund", body, payment.refund_request_id)
    code = str(_lenient(answer.text).get("status_code", answer.status))
    if code in ("412", "414"):
        return _given_back(payment.invoice_number)
    if code != "200":
        raise Refused(NOT_ACCEPTED, f"HTTP {answer.status}: {answer.text[:1000]}")
    return True


def _given_back(invoice: str) -> bool:
    """Whether Midtrans has no more of a payment that it does not refund; raises `Refused` where it has a part, which is for people to decide."""
    event = status(invoice)
    said = event.status if event is not None else None
    if said not in ("SUCCESS", "REFUNDED", "EXPIRED"):
        raise Refused(NOT_ACCEPTED, f"it is not refunded and neither paid nor canceled: {said}")
    return said != "SUCCESS"  # What was paid and is over was canceled before it was settled: the card was never charged.


def _send(method: str, url: str, value: dict[str, Any] | None = None, request_id: str | None = None) -> web.Answer:
    key = (keys() or [settings.MIDTRANS_SERVER_KEY()])[0]
    headers = {"Accept": "application/json", "Authorization": f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"}
    if value is None:
        return web.call(NAME, method, url, lambda: headers)
    headers |= {"Content-Type": "application/json", "Idempotency-Key": request_id or ""}
    return web.call(NAME, method, url, lambda: headers, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _lenient(text: str) -> dict[str, Any]:
    try:
        return parsed(text)
    except Unreadable:
        return {}
