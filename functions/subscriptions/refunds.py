"""Refunds: noted, then asked of the provider, then settled like anything else that is heard about an invoice."""

from typing import Any
from uuid import uuid4

from common import audit, clock
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

    Where the provider has no way to, it is recorded, and people pay the money back. Raises
    `NotFound`, `NotRefundable`, `RefundRefused` or `PaymentsUnavailable`.
    """
    with transaction() as db:
        row = _noted(db, admin, invoice, reason)
    if row.status == "refunded":
        return _said(row, "refunded", by_provider=row.reason is not None and row.reason.endswith(BY_PROVIDER))
    try:
        by_provider = providers.named(row.provider).refund(row)
    except Refused as refused:
        raise RefundRefused from refused
    except Unavailable as down:
        raise PaymentsUnavailable(retry_after=30) from down
    with transaction() as db:
        said = Event(row.invoice_number, "REFUNDED", None, row.currency, row.channel, row.doku_response or "")
        status = invoices.settle(db, row.provider, said)
        if by_provider:
            db.run("update payment_transactions set reason = reason || :how where id = :id", id=row.id, how=BY_PROVIDER)
    return _said(row, status, by_provider=by_provider)


# Behind the reason, so that a repeated question gets the same answer.
BY_PROVIDER = " (paid back by the provider)"


def _noted(db: Db, admin: User, invoice: str, reason: str) -> Any:
    row = db.maybe("select * from payment_transactions where invoice_number = :invoice for update", invoice=invoice)
    if row is None:
        raise NotFound
    if row.status == "refunded":
        return row
    if row.status not in ("success", "quarantined"):
        raise NotRefundable(state=row.status)
    audit.record(db, admin.id, "payment.refund", "payment", row.id, before={"status": row.status}, reason=reason)
    # The same Request-Id for every attempt: the provider gives the money back once.
    return db.one(
        "update payment_transactions set refund_request_id = coalesce(refund_request_id, :request), reason = :reason, updated_at = :now"
        " where id = :id returning *",
        id=row.id,
        request=str(uuid4()),
        reason=reason,
        now=clock.now(),
    )


def _said(row: Any, status: str, *, by_provider: bool) -> dict[str, Any]:
    return {"invoice_number": row.invoice_number, "status": status, "how": "provider" if by_provider else "recorded"}
