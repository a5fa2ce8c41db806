"""An invoice's states, and the one way from one to another.

Whatever is heard about an invoice (a callback, an answer to a question, a sweep's find, a refund by
hand) goes through `settle`: it locks the row, looks at the state it is in, and moves it or does not.
So neither order nor number of what arrives matters. FAILED is not final: the customer may try
another way on the same page. SUCCESS is, but for a refund. An expired invoice that was paid after
all is granted, because the money was taken.
"""

from datetime import timedelta
from typing import Any

from common import clock, log
from common.db import Db, reading, transaction
from common.payments import grants, providers
from common.payments.providers import Event

MOVES: dict[str, dict[str, str]] = {
    "pending": {"SUCCESS": "success", "FAILED": "failed", "EXPIRED": "expired", "REFUNDED": "refunded"},
    "failed": {"SUCCESS": "success", "EXPIRED": "expired", "REFUNDED": "refunded"},
    "expired": {"SUCCESS": "success", "REFUNDED": "refunded"},
    "success": {"REFUNDED": "refunded"},
    "quarantined": {"REFUNDED": "refunded"},
    "refunded": {},
}

# Seconds a provider wants to be left alone after an invoice is made, and between two questions about it by its buyer.
ASK_AFTER, ASK_AGAIN = 60, 10

# How long after its end an invoice that its provider still calls open is closed here. Money that comes later is granted all the same.
GIVE_UP = timedelta(days=1)

UNKNOWN = "unknown invoice"

# Behind the reason of a refund that the provider made, asked or of its own accord: nobody is to pay that money a second time.
BY_PROVIDER = " (paid back by the provider)"


def settle(db: Db, provider: str, event: Event, *, by_hand: bool = False) -> str:
    """Apply what `provider` says about an invoice; the state it is in now, or `UNKNOWN`.

    `by_hand` says of a refund that people pay the money back, where it is the provider's otherwise. The row
    lock makes two who come with the same news come one after the other, and the second finds nothing left to do.
    """
    row = db.maybe(
        "select * from payment_transactions where invoice_number = :invoice and provider = :provider for update",
        invoice=event.invoice,
        provider=provider,
    )
    if row is None:
        return UNKNOWN
    to = MOVES[row.status].get(event.status)
    why = _differs(row, event) if to == "success" else None
    if to is not None:
        reason = _refund_reason(row, by_hand) if to == "refunded" else why
        _move(db, row, "quarantined" if why else to, event, reason)
    return "quarantined" if why else to or str(row.status)


def _differs(row: Any, event: Event) -> str | None:
    """Why an event does not pay this invoice, or None when it is known what was sold, and amount and currency are the ones of the purchase."""
    if not row.sold:
        # An open invoice from another backend whose package nobody can name: operations decide what it is worth.
        return "paid for a package that is not known"
    if event.amount == row.amount and event.currency == row.currency:
        return None
    return f"paid {event.amount} {event.currency[:10]!a}, sold for {row.amount} {row.currency}"


def _refund_reason(row: Any, by_hand: bool) -> str | None:
    """The reason of a refund, which says who pays it."""
    return row.reason if by_hand else f"{row.reason or 'refunded'}{BY_PROVIDER}"


def by_provider(row: Any) -> bool:
    """Whether a refunded invoice (its row) was paid back by its provider, and not by people."""
    return row.reason is not None and row.reason.endswith(BY_PROVIDER)


MOVE = """
update payment_transactions set status = :to, reason = :reason, doku_response = :raw, channel = coalesce(:channel, channel), updated_at = :now,
    refunded_at = case when :to = 'refunded' then :now else refunded_at end
where id = :id
"""


def _move(db: Db, row: Any, to: str, event: Event, why: str | None) -> None:
    if to == "success":
        grants.give(db, row, event)
        return
    db.run(MOVE, id=row.id, to=to, reason=why, raw=event.raw, channel=event.channel, now=clock.now())
    if to == "refunded" and row.status == "success":
        grants.take_back(db, row)
    if to == "quarantined":
        log.error("a payment differs from its invoice and was not granted", invoice=row.invoice_number, why=why)


# Asking is noted before it is done, so that a provider that hangs is not asked by everybody at once.
MAY_ASK = """
update payment_transactions set checked_at = :now
where id = :id and status in ('pending', 'failed') and created_at <= :made and (checked_at is null or checked_at <= :asked)
returning *
"""

# Oldest first, the never asked before all; and the older an invoice, the longer the pause until it is asked about again.
NEXT = """
update payment_transactions set checked_at = :now
where id = (select id from payment_transactions
            where status in ('pending', 'failed') and created_at <= :made
              and (checked_at is null or checked_at <= cast(:now as timestamptz) - greatest(interval '60 seconds', (checked_at - created_at) / 4))
            order by checked_at nulls first, id limit 1 for update skip locked)
returning *
"""


def due(db: Db) -> Any | None:
    """The invoice that the sweep asks about next, its question noted; None when there is none."""
    now = clock.now()
    return db.maybe(NEXT, now=now, made=now - clock.seconds(ASK_AFTER))


def refreshed(invoice: int) -> None:
    """Ask about an open invoice (its id) for its buyer, unless it is too new or was asked about a moment ago."""
    now = clock.now()
    with transaction() as db:
        row = db.maybe(MAY_ASK, id=invoice, now=now, made=now - clock.seconds(ASK_AFTER), asked=now - clock.seconds(ASK_AGAIN))
    if row is not None:
        ask(row)


def ask(row: Any) -> str:
    """Ask the provider of an invoice (its row) about it and settle what it says; the state after that.

    Holds no transaction while it asks. Raises `Unavailable` or `Refused`.
    """
    event = providers.named(row.provider).status(row.invoice_number)
    event = _closed(row, event) or event
    if event is None or event.invoice != row.invoice_number:
        return str(row.status)
    with transaction() as db:
        return settle(db, row.provider, event)


def _closed(row: Any, event: Event | None) -> Event | None:
    """The end of an invoice that its provider does not know, or has left open long after its time."""
    patience = timedelta(0) if event is None else GIVE_UP
    if event is not None and event.status not in ("PENDING", "FAILED", "TIMEOUT"):
        return None
    if row.expires_at is None or row.expires_at + patience > clock.now():
        return None
    return Event(row.invoice_number, "EXPIRED", None, row.currency, None, event.raw if event else "")


def find(invoice: str, user: int | None = None) -> Any | None:
    """The row of an invoice, of `user` alone when given; None when there is none."""
    with reading() as db:
        return db.maybe(
            "select * from payment_transactions where invoice_number = :invoice and (cast(:user as bigint) is null or user_id = :user)",
            invoice=invoice,
            user=user,
        )
