"""Refunds: noted, then asked of the provider, then settled like anything else that is heard about an invoice."""

from typing import Any
from uuid import uuid4

from common import audit, clock, log
from common.auth import User
from common.clients.errors import Refused, Unavailable
from common.db import Db, transaction
from common.i18n import Text
from common.payments import invoices, providers
from common.payments.providers import Event
from common.problems import Conflict, NotFound

from .purchases import PaymentsUnavailable


class NotRefundable(Conflict):
    """Only what was paid can be given back."""

    detail = Text("This payment is {state} and cannot be refunded", "Pembayaran ini berstatus {state} dan tidak dapat dikembalikan")


class RefundRefused(Conflict):
    """The provider does not give this payment back."""

    detail = Text("The payment provider refused the refund", "Penyedia pembayaran menolak pengembalian dana")


def refund(admin: User, invoice: str, reason: str) -> dict[str, Any]:
    """Give a payment back and take back what of it is unused; once, however often it is asked.

    Where the provider has no way to, it is recorded, and people pay the money back. What the provider
    gave back by itself meanwhile is its refund, whoever asked. Raises `NotFound`, `NotRefundable`,
    `RefundRefused` or `PaymentsUnavailable`.
    """
    with transaction() as db:
        row = _noted(db, admin, invoice, reason)
    if row.status != "refunded":
        row = _settled(row, by_hand=not _asked(row))
    how = "provider" if invoices.by_provider(row) else "recorded"
    return {"invoice_number": row.invoice_number, "status": row.status, "how": how}


def _noted(db: Db, admin: User, invoice: str, reason: str) -> Any:
    row = db.maybe("select * from payment_transactions where invoice_number = :invoice for update", invoice=invoice)
    if row is None:
        raise NotFound
    if row.status == "refunded":
        return row
    if row.status not in ("success", "quarantined"):
        raise NotRefundable(state=row.status)
    audit.record(db, admin.id, "payment.refund", "payment", row.id, before={"status": row.status}, reason=reason)
    # The same Request-Id for every attempt until one is refused: the provider gives the money back once.
    return db.one(
        "update payment_transactions set refund_request_id = coalesce(refund_request_id, :request), reason = :reason, updated_at = :now"
        " where id = :id returning *",
        id=row.id,
        request=str(uuid4()),
        reason=reason,
        now=clock.now(),
    )


# Under the number that it refused, DOKU repeats its refusal for ever, so the next attempt has a number of its own. One whose
# answer is not known keeps its number; and a refusal that comes late does not take the number of an attempt made since.
REFUSED = (
    "update payment_transactions set refund_request_id = null where id = :id and refund_request_id = :request and status <> 'refunded'"
)


def _asked(row: Any) -> bool:
    """Have the provider pay back; False where it has no way to. Holds no transaction while it asks."""
    try:
        return providers.named(row.provider).refund(row)
    except Refused as refused:
        log.warning("the payment provider refused a refund", invoice=row.invoice_number, why=str(refused))
        with transaction() as db:
            db.run(REFUSED, id=row.id, request=row.refund_request_id)
        raise RefundRefused from refused
    except Unavailable as down:
        log.warning("nobody knows yet whether a refund was made", invoice=row.invoice_number, why=str(down))
        raise PaymentsUnavailable(retry_after=30) from down


def _settled(row: Any, *, by_hand: bool) -> Any:
    """The row once it is refunded: by this request, or by a notification of the provider's that was faster."""
    said = Event(row.invoice_number, "REFUNDED", None, row.currency, row.channel, row.doku_response or "")
    with transaction() as db:
        invoices.settle(db, row.provider, said, by_hand=by_hand)
        return db.one("select * from payment_transactions where id = :id", id=row.id)
