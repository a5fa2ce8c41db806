"""What a payment provider has to be able to do, and which one is used.

A provider is a module with the functions of `Provider`; DOKU is one, Midtrans another. An invoice
remembers whose it is, so that changing PAYMENT_PROVIDER leaves the open ones with their provider.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple, Protocol, TypeGuard

from common import settings
from common.i18n import Text

Status = Literal["PENDING", "SUCCESS", "FAILED", "EXPIRED", "TIMEOUT", "REFUNDED"]

NOT_ACCEPTED = Text("The payment provider did not accept this purchase", "Penyedia pembayaran tidak menerima pembelian ini")


class Order(NamedTuple):
    """What is to be paid: `amount` in whole rupiah, within `minutes`, by `method` (ours) or any when None."""

    invoice: str
    request_id: str
    amount: int
    item: str
    method: str | None
    minutes: int
    customer: int
    name: str
    email: str | None
    phone: str | None


class Page(NamedTuple):
    """Where the customer pays, and until when (None: the provider did not say)."""

    url: str
    reference: str
    expires_at: datetime | None
    raw: str


class Event(NamedTuple):
    """What a provider says about an invoice; an `amount` of None was not said or cannot be read."""

    invoice: str
    status: Status
    amount: Decimal | None
    currency: str
    channel: str | None
    raw: str


class Unreadable(Exception):
    """A notification is signed and yet not what the provider documents."""


class Provider(Protocol):
    """The functions of a provider's module; all but `verify` and `read` call the outside and raise `Unavailable` or `Refused`.

    `CONFIRMED` says whether a notification's signature covers all of it. Where it does not, the
    provider is asked before anything is believed.
    """

    NAME: str
    CONFIRMED: bool

    def create(self, order: Order, /) -> Page:
        """Make a page to pay `order` on; the same order again gives the same page."""

    def enabled(self) -> bool:
        """Whether there is a secret; without one nothing can be verified, and the endpoint is off."""

    def verify(self, headers: Mapping[str, str], body: bytes, /) -> bool:
        """Whether a notification is the provider's own."""

    def identity(self, headers: Mapping[str, str], body: bytes, /) -> str:
        """What tells a notification from every other one, and its repetitions from nothing."""

    def read(self, body: bytes, /) -> Event:
        """What a verified notification says; raises `Unreadable`."""

    def status(self, invoice: str, /) -> Event | None:
        """What the provider says about an invoice now; None when it knows none of that number."""

    def refund(self, payment: Any, /) -> bool:
        """Give a payment (its row) back; False where this provider has no way to, and people have to."""


def chosen() -> Provider:
    """The provider of new invoices."""
    return named(settings.PAYMENT_PROVIDER())


def named(name: str) -> Provider:
    """The provider called `name`."""
    from common.payments import doku, midtrans

    known: dict[str, Provider] = {"doku": doku, "midtrans": midtrans}
    if name not in known:
        raise settings.Misconfigured(f"PAYMENT_PROVIDER is {name}, which is none of {', '.join(known)}")
    return known[name]


def amount(value: Any) -> Decimal | None:
    """An amount as providers write it (20000, 20000.00, "20000.00"), or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def parsed(body: bytes | str) -> dict[str, Any]:
    """A JSON object with its decimals exact, or `Unreadable`."""
    import json

    try:
        value = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {str(error)[:200]}") from None
    if not isinstance(value, dict):
        raise Unreadable("not a JSON object")
    return value


def plain(value: Any) -> TypeGuard[str]:
    """Whether a value is a short word of printable ASCII, as invoice numbers and channels are; anything else may not be storable."""
    return isinstance(value, str) and 0 < len(value) <= 64 and value.isascii() and value.isprintable()


def inner(value: Any, *path: str) -> Any:
    """The member of nested objects at `path`, or None where anything on the way is something else."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
