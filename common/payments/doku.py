"""DOKU Checkout: signed requests, signed notifications, status, refunds of card payments.

Source of the rules: developers.doku.com, "Signature Component (Non-SNAP)", "DOKU Checkout",
"HTTP Notification", "Check Status API". What goes wrong most easily: a time stamp with milliseconds
or an offset, JSON that is written twice, a Digest line on a GET, and the path that a gateway rewrote.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from common import clock, settings
from common.clients.errors import Refused, Unavailable
from common.payments import web
from common.payments.providers import NOT_ACCEPTED, Event, Order, Page, Status, Unreadable, amount, inner, parsed, plain

NAME = "doku"
CONFIRMED = True

PREFIX = "HMACSHA256="
CHECKOUT = "/checkout/v1/payment"
STATUS = "/orders/v1/status/"
REFUND = "/cancellation/credit-card/refund"

# The only channel whose refund is an API of the same signature; the others are given back in the back office.
CARD = "CREDIT_CARD"

# Our methods in DOKU's words. GoPay is no channel of DOKU's: its users pay by scanning QRIS.
CHANNELS = {
    "qris": "QRIS",
    "gopay": "QRIS",
    "dana": "EMONEY_DANA",
    "ovo": "EMONEY_OVO",
    "bni_va": "VIRTUAL_ACCOUNT_BNI",
    "bri_va": "VIRTUAL_ACCOUNT_BRI",
    "bca_va": "VIRTUAL_ACCOUNT_BCA",
    "mandiri_va": "VIRTUAL_ACCOUNT_BANK_MANDIRI",
}

STATUSES = frozenset({"PENDING", "SUCCESS", "FAILED", "EXPIRED", "TIMEOUT", "REFUNDED"})


def digest(body: bytes) -> str:
    """The Digest component: base64 of the hash itself, not of its hex."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def signature(secret: str, client: str, request_id: str, timestamp: str, target: str, digest: str | None) -> str:
    """The Signature header over these components; `target` is the path alone, and `digest` is None for a GET, which has no such line."""
    lines = [f"Client-Id:{client}", f"Request-Id:{request_id}", f"Request-Timestamp:{timestamp}", f"Request-Target:{target}"]
    if digest is not None:
        lines.append(f"Digest:{digest}")
    made = hmac.new(secret.encode(), "\n".join(lines).encode("utf-8", "surrogateescape"), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(made).decode()


def secrets() -> list[str]:
    """The secret keys; several while one replaces another, of which the first signs."""
    try:
        return [secret.strip() for secret in settings.DOKU_SECRET_KEY().split(",") if secret.strip()]
    except settings.Misconfigured:
        return []


def enabled() -> bool:
    """Whether there is a secret key."""
    return bool(secrets())


def verify(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a notification is DOKU's to us: our Client-Id, and a signature over the configured public path and these bytes.

    The path that a function sees behind a gateway may be another one than DOKU signed, so it is a setting.
    """
    client, request_id, timestamp, given = (headers.get(name, "") for name in ("Client-Id", "Request-Id", "Request-Timestamp", "Signature"))
    if not (client and request_id and timestamp and given) or len(request_id) > 128:
        return False
    hashed, path = digest(body), settings.DOKU_NOTIFICATION_PATH()
    expected = [signature(secret, client, request_id, timestamp, path, hashed) for secret in secrets()]
    # All are compared, so that the time does not tell which secret fitted.
    fits = [hmac.compare_digest(each.encode(), given.encode("utf-8", "surrogateescape")) for each in expected]
    return any(fits) and hmac.compare_digest(client.encode("utf-8", "surrogateescape"), settings.DOKU_CLIENT_ID().encode())


def identity(headers: Mapping[str, str], body: bytes) -> str:
    """Request-Id and body together: DOKU does not say that a Request-Id is never used for another event."""
    return f"{headers['Request-Id']}:{hashlib.sha256(body).hexdigest()[:32]}"


def read(body: bytes | str) -> Event:
    """What a notification or a status answer says; what DOKU adds to it is passed over. Raises `Unreadable`."""
    value = parsed(body)
    invoice = inner(value, "order", "invoice_number")
    if not plain(invoice):
        raise Unreadable("no order.invoice_number")
    currency, channel = inner(value, "order", "currency"), inner(value, "channel", "id")
    return Event(
        invoice,
        _status(value),
        amount(inner(value, "order", "amount")),
        currency if isinstance(currency, str) else "IDR",
        channel if plain(channel) else None,
        body if isinstance(body, str) else body.decode("utf-8", "replace"),
    )


def _status(value: dict[str, Any]) -> Status:
    said = str(inner(value, "transaction", "status") or "").upper()
    if said not in ("SUCCESS", "REFUNDED") and str(inner(value, "order", "status") or "").upper() == "ORDER_EXPIRED":
        return "EXPIRED"
    # REDIRECT and whatever comes to be said one day: nothing that ends an invoice.
    return cast(Status, said) if said in STATUSES else "PENDING"


def create(order: Order) -> Page:
    """Make the page on which `order` is paid.

    DOKU answers a Request-Id that it has seen with 409 and the answer of the first time, so a lost
    answer costs nothing but the second call.
    """
    answer = _post(CHECKOUT, _payment(order), order.request_id)
    url = inner(_lenient(answer.text), "response", "payment", "url")
    if answer.status in (200, 201, 409) and isinstance(url, str) and url.startswith(("https://", "http://")):
        return _page(url, answer.text)
    if answer.status in (200, 201, 409):
        raise Unavailable(NAME, f"HTTP {answer.status} without a page: {answer.text[:300]}")
    raise Refused(NOT_ACCEPTED, f"HTTP {answer.status}: {_complaint(answer.text)}")


def _payment(order: Order) -> dict[str, Any]:
    back = settings.PAYMENT_RETURN_URL()
    made: dict[str, Any] = {"amount": order.amount, "invoice_number": order.invoice, "currency": "IDR"}
    made |= {"language": "ID", "auto_redirect": bool(back), **({"callback_url": back} if back else {})}
    made["line_items"] = [{"id": order.item[:64], "name": order.item[:255], "price": order.amount, "quantity": 1}]
    payment: dict[str, Any] = {"payment_due_date": order.minutes}
    if order.method in CHANNELS:
        payment["payment_method_types"] = [CHANNELS[order.method]]
    return {"order": made, "payment": payment, "customer": _customer(order)}


def _customer(order: Order) -> dict[str, str]:
    """Who pays. DOKU refuses an empty e-mail or phone, takes letters for a name, and writes phones without a plus."""
    letters = "".join(letter if letter.isalpha() else " " for letter in order.name)
    name = " ".join(letters.split())[:255] or "Pelanggan MamaStoria"
    phone = (order.phone or "").lstrip("+")[:16]
    known = {"id": str(order.customer), "name": name, "email": (order.email or "")[:128], "phone": phone}
    return {field: value for field, value in known.items() if value}


def _page(url: str, text: str) -> Page:
    payment = inner(_lenient(text), "response", "payment")
    reference = inner(_lenient(text), "response", "order", "session_id") or inner(payment, "token_id")
    return Page(url, str(reference or ""), _expiry(payment), text)


def _expiry(payment: Any) -> datetime | None:
    """`expired_datetime` is RFC 3339; the older `expired_date` is Jakarta's clock without saying so."""
    exact, plain = inner(payment, "expired_datetime"), inner(payment, "expired_date")
    try:
        if isinstance(exact, str):
            return datetime.fromisoformat(exact).astimezone(UTC)
        return datetime.strptime(str(plain), "%Y%m%d%H%M%S").replace(tzinfo=clock.WIB).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def status(invoice: str) -> Event | None:
    """What DOKU says about an invoice; None when it has no order of that number."""
    target = STATUS + invoice
    request_id = str(uuid.uuid4())
    answer = web.call(NAME, "GET", settings.DOKU_URL() + target, lambda: _headers(request_id, target, None))
    if answer.status == 404:
        return None
    try:
        return read(answer.text)
    except Unreadable as error:
        raise Unavailable(NAME, f"HTTP {answer.status}: {error}") from error


def refund(payment: Any) -> bool:
    """Give a card payment back; DOKU has no API of this kind for virtual accounts and wallets.

    DOKU answers a Request-Id that it has seen with 409 and the answer of the first time, be that a
    refund or a refusal; so what the body says counts.
    """
    if payment.channel != CARD:
        return False
    body = {
        "order": {"invoice_number": payment.invoice_number},
        "payment": {"original_request_id": payment.request_id},
        "refund": {"amount": payment.amount},
    }
    return _given_back(payment.invoice_number, _post(REFUND, body, payment.refund_request_id))


def _given_back(invoice: str, answer: web.Answer) -> bool:
    """True when an answer says that a refund was made; raises `Refused` when it says the contrary, `Unavailable` when neither is sure."""
    value, why = _lenient(answer.text), f"HTTP {answer.status}: {_complaint(answer.text)}"
    said = str(inner(value, "refund", "status") or "").upper()
    if answer.status not in (200, 201, 409) or said == "FAILED":
        raise Refused(NOT_ACCEPTED, why)
    if said == "SUCCESS" or _refunded(invoice):
        return True
    if answer.status == 409 and value and not said:
        raise Refused(NOT_ACCEPTED, why)
    raise Unavailable(NAME, why)


def _refunded(invoice: str) -> bool:
    event = status(invoice)
    return event is not None and event.status == "REFUNDED"


def _post(target: str, value: dict[str, Any], request_id: str) -> web.Answer:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return web.call(NAME, "POST", settings.DOKU_URL() + target, lambda: _headers(request_id, target, body), body)


def _headers(request_id: str, target: str, body: bytes | None) -> dict[str, str]:
    client, timestamp = settings.DOKU_CLIENT_ID(), clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    secret = (secrets() or [settings.DOKU_SECRET_KEY()])[0]
    return {
        "Client-Id": client,
        "Request-Id": request_id,
        "Request-Timestamp": timestamp,
        "Signature": signature(secret, client, request_id, timestamp, target, None if body is None else digest(body)),
        **({"Content-Type": "application/json"} if body is not None else {}),
    }


def _lenient(text: str) -> dict[str, Any]:
    try:
        return parsed(text)
    except Unreadable:
        return {}


def _complaint(text: str) -> str:
    """What DOKU says is wrong; it has said so in at least four shapes."""
    value = _lenient(text)
    found = value.get("error_messages") or inner(value, "error", "message") or value.get("message") or text
    return "; ".join(map(str, found)) if isinstance(found, list) else str(found)[:1000]
