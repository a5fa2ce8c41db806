"""Notifications of providers: stored, then settled, and settled later where that was not possible at once."""

from collections.abc import Mapping

from common import inbox, log
from common.db import Db, transaction
from common.inbox import Entry
from common.payments import invoices, providers
from common.payments.providers import Event, Provider, Unreadable

# What may become of a notification beside the state of its invoice.
ALREADY, LATER, UNREADABLE, UNCONFIRMED = "already handled", "later", "unreadable", "not confirmed"

KEPT_HEADERS = ("Client-Id", "Request-Id", "Request-Timestamp", "Signature")


def take(provider: Provider, headers: Mapping[str, str], body: bytes) -> str:
    """Store a verified notification and settle it; what became of it, in a word.

    One transaction stores it and settles it. When settling fails, that transaction is gone and another
    one stores it alone, with the reason; only if that fails too does the caller get an error, and the
    provider, which sends again.
    """
    external = provider.identity(headers, body)
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    try:
        with transaction() as db:
            entry = inbox.keep(db, provider.NAME, external, kept, body)
            if entry.handled_at is not None:
                return entry.outcome or ALREADY
            if provider.CONFIRMED:
                return _read_and_settled(db, provider, entry)
        return _confirmed(provider, entry)
    except Exception as error:
        log.error("a notification could not be settled and is kept for later", provider=provider.NAME)
        with transaction() as db:
            entry = inbox.keep(db, provider.NAME, external, kept, body)
            _failed(db, provider, entry, error)
        return LATER


def again(entry: Entry) -> str:
    """Settle a stored notification that was left over; what became of it.

    Whatever goes wrong (a provider that is down, a key that is gone, a grant that fails) is noted with
    it, so that it is tried less and less often and the sweep goes on.
    """
    provider = providers.named(entry.source)
    try:
        if not provider.CONFIRMED:
            return _confirmed(provider, entry)
        with transaction() as db:
            if inbox.lock(db, entry.id).handled_at is not None:
                return ALREADY
            return _read_and_settled(db, provider, entry)
    except Exception as error:
        log.error("a stored notification could not be settled", entry=entry.id)
        with transaction() as db:
            _failed(db, provider, entry, error)
        return LATER


def _read_and_settled(db: Db, provider: Provider, entry: Entry) -> str:
    try:
        event = provider.read(entry.body)
    except Unreadable as error:
        log.error("a signed notification cannot be read", provider=provider.NAME, entry=entry.id, why=str(error))
        inbox.done(db, entry.id, UNREADABLE)
        return UNREADABLE
    return _settled(db, provider, entry, event)


def _settled(db: Db, provider: Provider, entry: Entry, event: Event) -> str:
    outcome = invoices.settle(db, provider.NAME, event)
    if outcome == invoices.UNKNOWN:
        log.error("a signed notification names an invoice that is not ours", provider=provider.NAME, entry=entry.id)
    inbox.done(db, entry.id, outcome)
    return outcome


def _confirmed(provider: Provider, entry: Entry) -> str:
    """Settle what the provider itself says, when asked, about the invoice that a notification names."""
    event = provider.status(provider.read(entry.body).invoice)
    with transaction() as db:
        if inbox.lock(db, entry.id).handled_at is not None:
            return ALREADY
        if event is not None:
            return _settled(db, provider, entry, event)
        inbox.done(db, entry.id, UNCONFIRMED)
        return UNCONFIRMED


NOT_GRANTED = """
update payment_transactions set reason = :why where invoice_number = :invoice and provider = :provider and status in ('pending', 'failed', 'expired')
"""


def _failed(db: Db, provider: Provider, entry: Entry, error: Exception) -> None:
    """Note why an entry could not be settled, with its invoice too, where operations look first."""
    if entry.handled_at is not None:
        return
    why = f"{type(error).__name__}: {error}"
    inbox.failed(db, entry.id, why)
    try:
        invoice = provider.read(entry.body).invoice
    except Unreadable:
        return
    db.run(NOT_GRANTED, invoice=invoice, provider=provider.NAME, why=f"a notification waits to be settled: {why}"[:2000])
