"""Buying a package: the invoice is a row before anybody outside hears of it.

So whatever happens to the call that makes its page (a lost answer, a dead process), the row knows
the Request-Id under which the same call can be made again, and gets the same page.
"""

from typing import Any
from uuid import uuid4

from common import clock, log, settings
from common.auth import User
from common.clients.errors import Refused, Unavailable
from common.db import Db, json, transaction
from common.i18n import Text
from common.payments import circuit, providers
from common.payments.providers import Order, Page
from common.problems import ServiceUnavailable

from . import packages
from .schemas import Purchase

# A page with less time left than this, in seconds, is not handed out again.
WORTH_SHOWING = 60

SOLD = ("name", "price", "duration_days", "publish_quota", "bonus_credits")


class PaymentsUnavailable(ServiceUnavailable):
    """The payment provider is down, or does not take this purchase; nothing was charged."""

    detail = Text(
        "Payments are not available at the moment; nothing was charged, please try again soon",
        "Pembayaran sedang tidak tersedia; Anda tidak ditagih, silakan coba lagi sebentar",
    )


def purchase(user: User, asked: Purchase) -> dict[str, Any]:
    """An invoice for the package that `asked` names, with the page to pay it on; an open one of the same terms is used again.

    Raises `NoSuchPackage` or `PaymentsUnavailable`.
    """
    with transaction() as db:
        row, order = _invoice(db, user, asked)
    url, expires_at = (row.payment_url, row.expires_at) if row.payment_url else _paged(row, order)
    return {
        "invoice_number": row.invoice_number,
        "amount": row.amount,
        "payment_url": url,
        "package_name": row.sold["name"],
        "expires_at": expires_at,
    }


OPEN = """
select * from payment_transactions
where user_id = :user and package_id = :package and provider = :provider and status = 'pending' and expires_at > :until
  and sold = cast(:sold as jsonb) and (cast(:method as text) is null or payment_method = :method)
order by id desc limit 1
"""

# The number says when and which: 'INV-', seconds, '-', and the row's id in base 36 (`_base36`).
NUMBER = "select nextval(pg_get_serial_sequence('payment_transactions', 'id'))"

INSERT = """
insert into payment_transactions (id, user_id, package_id, invoice_number, provider, amount, sold, payment_method, request_id, expires_at, created_at, updated_at)
values (:id, :user, :package, :invoice, :provider, :amount, cast(:sold as jsonb), :method, :request, :expires, :now, :now)
returning *
"""


def _invoice(db: Db, user: User, asked: Purchase) -> tuple[Any, Order]:
    # Two purchases of one person at the same moment come one after the other, and the second finds the first one's invoice.
    buyer = db.one("select full_name, email, phone_number from users where id_users = :user for update", user=user.id)
    package = packages.to_buy(db, asked.package_id, asked.package_slug)
    values = {
        "user": user.id,
        "package": package.id,
        "provider": settings.PAYMENT_PROVIDER(),
        "sold": json({name: getattr(package, name) for name in SOLD}),
        "method": asked.payment_method,
    }
    now = clock.now()
    row = db.maybe(OPEN, **values, until=now + clock.seconds(WORTH_SHOWING)) or _insert(db, values, package.price)
    minutes = settings.PAYMENT_MINUTES()
    order = Order(
        row.invoice_number,
        row.request_id,
        row.amount,
        row.sold["name"],
        row.payment_method,
        minutes,
        user.id,
        buyer.full_name,
        buyer.email,
        buyer.phone_number,
    )
    return row, order


def _insert(db: Db, values: dict[str, Any], price: int) -> Any:
    now, id = clock.now(), db.value(NUMBER)
    return db.one(
        INSERT,
        **values,
        id=id,
        invoice=f"INV-{int(now.timestamp())}-{_base36(id)}",
        amount=price,
        request=str(uuid4()),
        expires=now + clock.seconds(60 * settings.PAYMENT_MINUTES()),
        now=now,
    )


def _base36(number: int) -> str:
    """At most 13 characters for any id, so that a number stays within the 30 that card payments allow."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return (_base36(number // 36) if number >= 36 else "") + digits[number % 36]


def _paged(row: Any, order: Order) -> tuple[str, Any]:
    """Have the provider make the page of an invoice, and note it; its address and end."""
    try:
        page = providers.named(row.provider).create(order)
    except Refused as refused:
        _refused(row, str(refused))
        raise PaymentsUnavailable(retry_after=300) from refused
    except circuit.Open as closed:
        raise PaymentsUnavailable(retry_after=closed.retry_after) from closed
    except Unavailable as down:
        log.warning("no page for an invoice yet", invoice=row.invoice_number, why=str(down))
        raise PaymentsUnavailable(retry_after=30) from down
    return page.url, _noted(row, page)


def _noted(row: Any, page: Page) -> Any:
    with transaction() as db:
        return db.value(
            "update payment_transactions set payment_url = :url, doku_order_id = :reference, doku_response = coalesce(doku_response, :raw),"
            " expires_at = coalesce(:expires, expires_at), updated_at = :now where id = :id returning expires_at",
            id=row.id,
            url=page.url,
            reference=page.reference or row.invoice_number,
            raw=page.raw,
            expires=page.expires_at,
            now=clock.now(),
        )


def _refused(row: Any, why: str) -> None:
    """The provider will not take this invoice however often it is asked; the next purchase makes another."""
    log.error("the payment provider refused an invoice", invoice=row.invoice_number, why=why)
    with transaction() as db:
        db.run(
            "update payment_transactions set status = 'failed', reason = :why, updated_at = :now"
            " where id = :id and status = 'pending' and payment_url is null",
            id=row.id,
            why=why[:2000],
            now=clock.now(),
        )
