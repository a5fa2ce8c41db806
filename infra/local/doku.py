"""DOKU Checkout as its documentation describes it: signed requests, a page to pay on, signed notifications with its retries.

People decide on the page what happens to an invoice: paid, failed (it may be tried again), or left
until it expires. What was decided can be asked for (`/orders/v1/status/…`) and is told to the
notification URL, three times more if nobody confirms it: 30 minutes, 6 hours and 12 hours after the
first, here in seconds for minutes, so that one can wait for it.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs
from urllib.request import Request as Call
from urllib.request import urlopen
from uuid import uuid4

from infra.local import doku_page, httpd
from infra.local.httpd import Request, Response, json_response

CHECKOUT, STATUS, REFUND, PAGE = "/checkout/v1/payment", "/orders/v1/status/", "/cancellation/credit-card/refund", "/checkout-link-v2/"
NOTIFICATION_PATH = "/v1/subscriptions/payment-callback"

# Seconds after the first attempt; DOKU's own are 1800, 21600 and 43200.
RETRIES = (30, 360, 720)

JAKARTA = timedelta(hours=7)

# Seconds that a signed request may be off our clock. DOKU does not say what it allows.
SKEW = 300

# What a page that is open to every way of paying offers.
EVERY = ["QRIS", "EMONEY_DANA", "EMONEY_OVO", "VIRTUAL_ACCOUNT_BCA", "VIRTUAL_ACCOUNT_BNI", "VIRTUAL_ACCOUNT_BRI", "CREDIT_CARD"]

Deliver = Callable[[dict[str, str], bytes], int]


@dataclass
class Order:
    """One checkout: what was asked for and where it stands."""

    token: str
    request_id: str
    asked: dict[str, Any]
    expires_at: datetime
    status: str = "PENDING"
    channel: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def invoice(self) -> str:
        """Its invoice number."""
        return str(self.asked["order"]["invoice_number"])

    @property
    def over(self) -> bool:
        """Whether its time has passed without a payment."""
        return self.status in ("PENDING", "FAILED") and datetime.now(UTC) >= self.expires_at


class Doku:
    """The merchant's side of DOKU: `deliver` sends a notification and gives back the HTTP status, 0 for no answer."""

    def __init__(self, client: str, secret: str, deliver: Deliver | None = None) -> None:
        """Without `deliver`, notifications go to NOTIFICATION_PATH at PUBLIC_URL."""
        self.client, self.secret = client, secret
        self.deliver = deliver or _post
        self.url = ""
        self.orders: dict[str, Order] = {}
        self._answers: dict[str, tuple[bytes, dict[str, Any]]] = {}
        self._lock = threading.RLock()

    def handle(self, request: Request) -> Response:
        """One request, of the merchant's server or of a customer's browser."""
        if request.path.startswith(PAGE):
            return self._page(request)
        if complaint := self._unsigned(request):
            return json_response({"error": {"code": "unauthorized", "message": complaint, "type": "authentication_error"}}, 401)
        if (request.method, request.path) == ("POST", CHECKOUT):
            return self._signed(request, self._checkout(request))
        if request.method == "GET" and request.path.startswith(STATUS):
            return self._signed(request, self._status(request.path.removeprefix(STATUS)))
        if (request.method, request.path) == ("POST", REFUND):
            return self._signed(request, self._refund(request))
        return json_response({"message": ["Not found"]}, 404)

    def _unsigned(self, request: Request) -> str | None:
        """What is wrong with a request's headers, as strictly as DOKU looks."""
        timestamp = request.header("Request-Timestamp")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", timestamp):
            return "Invalid Header Request-Timestamp"
        if abs((datetime.fromisoformat(timestamp) - datetime.now(UTC)).total_seconds()) > SKEW:
            return "Invalid Header Request-Timestamp"
        if not 0 < len(request.header("Request-Id")) <= 128:
            return "Invalid Header Request-Id"
        if request.header("Client-Id") != self.client:
            return "Invalid Header Client-Id"
        body = None if request.method == "GET" else request.body
        expected = self.sign(request.header("Request-Id"), "Request-Timestamp", timestamp, request.path, body)
        return None if hmac.compare_digest(expected, request.header("Signature")) else "Invalid Header Signature"

    def sign(self, request_id: str, clock: str, timestamp: str, target: str, body: bytes | None) -> str:
        """A signature of ours; `clock` is Request-Timestamp, or Response-Timestamp in answers."""
        parts = [f"Client-Id:{self.client}", f"Request-Id:{request_id}", f"{clock}:{timestamp}", f"Request-Target:{target}"]
        if body is not None:
            parts.append("Digest:" + base64.b64encode(hashlib.sha256(body).digest()).decode())
        made = hmac.new(self.secret.encode(), "\n".join(parts).encode(), hashlib.sha256).digest()
        return "HMACSHA256=" + base64.b64encode(made).decode()

    def _signed(self, request: Request, response: Response) -> Response:
        timestamp, request_id = _now(), request.header("Request-Id")
        response.headers |= {
            "Client-Id": self.client,
            "Request-Id": request_id,
            "Response-Timestamp": timestamp,
            "Signature": self.sign(request_id, "Response-Timestamp", timestamp, request.path, response.body),
        }
        return response

    def _repeated(self, request: Request) -> Response | None:
        """A Request-Id that was answered before is answered the same again, with 409; None for a new one."""
        if request.header("Request-Id") not in self._answers:
            return None
        before, answer = self._answers[request.header("Request-Id")]
        same = before == request.body
        return json_response(answer if same else {"error_messages": ["Request-Id was used for another request"]}, 409)

    def _checkout(self, request: Request) -> Response:
        with self._lock:
            if repeated := self._repeated(request):
                return repeated
            try:
                asked = json.loads(request.body)
            except ValueError:
                return json_response({"error_messages": ["Invalid JSON"]}, 400)
            if wrong := _wrong(asked, self.orders):
                return json_response({"error_messages": wrong}, 400)
            order = self._made(request.header("Request-Id"), asked)
            answer = self._answered(order)
            self._answers[order.request_id] = (request.body, answer)
            return json_response(answer)

    def _made(self, request_id: str, asked: dict[str, Any]) -> Order:
        minutes = asked["payment"].get("payment_due_date", 60)
        order = Order(secrets.token_hex(20), request_id, asked, datetime.now(UTC) + timedelta(minutes=minutes))
        self.orders[order.invoice] = order
        return order

    def _answered(self, order: Order) -> dict[str, Any]:
        payment, ends = order.asked["payment"], order.expires_at
        return {
            "message": ["SUCCESS"],
            "response": {
                "order": {**order.asked["order"], "amount": str(order.asked["order"]["amount"]), "session_id": order.token[:32]},
                "payment": {
                    "payment_method_types": payment.get("payment_method_types", EVERY),
                    "payment_due_date": payment.get("payment_due_date", 60),
                    "token_id": order.token,
                    "url": f"{self.url}{PAGE}{order.token}",
                    "expired_date": (ends + JAKARTA).strftime("%Y%m%d%H%M%S"),
                    "expired_datetime": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
                },
                "additional_info": {},
                "uuid": secrets.randbelow(10**19),
                "headers": {"request_id": order.request_id, "date": _now(), "client_id": self.client},
            },
        }

    def _status(self, invoice: str) -> Response:
        with self._lock:
            order = self.orders.get(invoice)
            if order is None:
                return json_response({"error_messages": ["Order not found"]}, 404)
            self._end_if_over(order)
            return json_response({**_told(order), "order": {**_told(order)["order"], "status": _order_status(order)}})

    def _refund(self, request: Request) -> Response:
        """Give a card payment back, all of it; a refusal is remembered under its Request-Id as a refund is."""
        with self._lock:
            if repeated := self._repeated(request):
                return repeated
            answer, status = self._given_back(json.loads(request.body))
            self._answers[request.header("Request-Id")] = (request.body, answer)
            return json_response(answer, status)

    def _given_back(self, asked: dict[str, Any]) -> tuple[dict[str, Any], int]:
        order = self.orders.get(str(asked.get("order", {}).get("invoice_number")))
        original = asked.get("payment", {}).get("original_request_id")
        if order is None or order.status != "SUCCESS" or original != order.request_id:
            return {"error": {"code": "payment_not_found", "message": "Payment not found", "type": "invalid_request_error"}}, 400
        order.status = "REFUNDED"
        return {"order": {"invoice_number": order.invoice}, "refund": {"type": "FULL_REFUND", "status": "SUCCESS"}}, 200

    def _page(self, request: Request) -> Response:
        token = request.path.removeprefix(PAGE)
        order = next((each for each in self.orders.values() if each.token == token), None)
        if order is None:
            return _html(doku_page.missing(), 404)
        with self._lock:
            self._end_if_over(order)
        if request.method == "POST":
            form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
            sent = self.act(order.invoice, form.get("action", "pay"), form.get("channel"))
            if sent is not None:
                sent.join(3)  # So that the page which follows can say what the merchant answered.
            return Response(303, b"", {"Location": request.path})
        return _html(doku_page.page(order.asked, order.status, order.channel, order.expires_at + JAKARTA, order.events))

    def listed(self) -> list[dict[str, Any]]:
        """Every order, newest first, with the page to pay it on and what the merchant answered to each notification."""
        return [
            {
                "invoice_number": order.invoice,
                "amount": order.asked["order"]["amount"],
                "status": order.status,
                "channel": order.channel,
                "page": f"{self.url}{PAGE}{order.token}",
                "expires_at": order.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "notifications": order.events,
            }
            for order in reversed(self.orders.values())
        ]

    def act(self, invoice: str, action: str, channel: str | None = None) -> threading.Thread | None:
        """What a customer does: `pay`, `fail` or `expire`; the notification on its way, or None where the order has ended already."""
        with self._lock:
            order = self.orders[invoice]
            to = {"pay": "SUCCESS", "fail": "FAILED", "expire": "EXPIRED"}.get(action)
            if to is None or order.status not in ("PENDING", "FAILED"):
                return None
            offered = order.asked["payment"].get("payment_method_types", EVERY)
            order.status, order.channel = to, channel if channel in offered else offered[0]
            if to == "EXPIRED":
                order.expires_at = min(order.expires_at, datetime.now(UTC))
        return self.notify(order)

    def _end_if_over(self, order: Order) -> None:
        if order.over:
            order.status = "EXPIRED"

    def notify(self, order: Order) -> threading.Thread:
        """Tell the merchant where an order stands, again later unless that is confirmed with a 2xx."""
        event = {"status": order.status, "at": _now(), "answers": []}
        order.events.append(event)
        request_id, body = str(uuid4()), json.dumps(_told(order)).encode()
        thread = threading.Thread(target=self._tell, args=(event, request_id, body, 0), daemon=True)
        thread.start()
        return thread

    def _tell(self, event: dict[str, Any], request_id: str, body: bytes, attempt: int) -> None:
        status = self.deliver(self.headers(request_id, body), body)
        event["answers"].append(status)
        if not 200 <= status < 300 and attempt < len(RETRIES):
            before = RETRIES[attempt - 1] if attempt else 0
            later = threading.Timer(RETRIES[attempt] - before, self._tell, (event, request_id, body, attempt + 1))
            later.daemon = True
            later.start()

    def headers(self, request_id: str, body: bytes) -> dict[str, str]:
        """The headers of a notification with `body`."""
        timestamp = _now()
        return {
            "Content-Type": "application/json",
            "Client-Id": self.client,
            "Request-Id": request_id,
            "Request-Timestamp": timestamp,
            "Signature": self.sign(request_id, "Request-Timestamp", timestamp, NOTIFICATION_PATH, body),
        }


def serve(doku: Doku, port: int = 0) -> httpd.Server:
    """A server of `doku`; it answers once the caller starts it."""
    server = httpd.Server(doku.handle, port)
    doku.url = server.url
    return server


def _post(headers: dict[str, str], body: bytes) -> int:
    call = Call(os.environ["PUBLIC_URL"] + NOTIFICATION_PATH, body, headers)
    try:
        with urlopen(call, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def _wrong(asked: Any, orders: dict[str, Order]) -> list[str]:
    """What DOKU complains about; nothing when an order can be made."""
    order = asked.get("order") if isinstance(asked, dict) else None
    payment = asked.get("payment") if isinstance(asked, dict) else None
    if not isinstance(order, dict) or not isinstance(payment, dict):
        return ["order and payment must be filled"]
    invoice, amount = order.get("invoice_number"), order.get("amount")
    items = order.get("line_items", [])
    unknown = set(payment.get("payment_method_types", [])) - {*EVERY, "VIRTUAL_ACCOUNT_BANK_MANDIRI"}
    checks = {
        "order.invoice_number must be filled": not isinstance(invoice, str) or not re.fullmatch(r"[A-Za-z0-9-]{1,30}", invoice),
        "order.amount is invalid": not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount < 10**12,
        "order.invoice_number already exists": invoice in orders,
        "order.line_items must add up to order.amount": bool(items) and sum(item["price"] * item["quantity"] for item in items) != amount,
        f"payment.payment_method_types {sorted(unknown)} is invalid": bool(unknown),
        "customer.name is invalid": bool(re.search(r"[^\w\s]|\d", str((asked.get("customer") or {}).get("name", "")))),
        "customer.phone is invalid": not re.fullmatch(r"(\d{5,16})?", str((asked.get("customer") or {}).get("phone", ""))),
    }
    return [complaint for complaint, holds in checks.items() if holds]


def _told(order: Order) -> dict[str, Any]:
    """A notification's body, in the shape of DOKU's sample."""
    kind = (order.channel or "").partition("_")[0]
    made: dict[str, Any] = {
        "service": {"id": kind or None},
        "acquirer": {"id": (order.channel or "").rpartition("_")[2] or None},
        "channel": {"id": order.channel},
        "order": {"invoice_number": order.invoice, "amount": order.asked["order"]["amount"]},
        "transaction": {"status": order.status, "date": _now(), "original_request_id": order.request_id},
    }
    if order.channel and order.channel.startswith("VIRTUAL_ACCOUNT"):
        made["virtual_account_info"] = {"virtual_account_number": "8065" + str(abs(hash(order.invoice)))[:12].zfill(12)}
        made["virtual_account_payment"] = {"identifer": [{"name": "REFERENCE", "value": order.token[:8]}]}
    return made


def _order_status(order: Order) -> str:
    return "ORDER_EXPIRED" if order.status == "EXPIRED" else "ORDER_GENERATED"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _html(page: str, status: int = 200) -> Response:
    return Response(status, page.encode(), {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"})
