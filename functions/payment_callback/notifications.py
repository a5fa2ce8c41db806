"""What a provider is answered: thanks for everything that is stored, and what is wrong with what cannot be used."""

from common import intake
from common.i18n import Text
from common.intake import Request
from common.payments import deliveries, invoices, providers
from common.problems import MalformedRequest, NotFound
from common.replies import Answer


class UnknownInvoice(NotFound):
    """The notification is stored, but no invoice of ours has its number."""

    detail = Text("Transaction not found", "Transaksi tidak ditemukan")


PROCESSED = Text("Payment processed successfully", "Pembayaran berhasil diproses")
RECEIVED = Text("Callback received", "Notifikasi diterima")


def take(provider: str, request: Request) -> Answer:
    """Store and settle a verified notification; raises `UnknownInvoice` or `MalformedRequest` for a stored one of no use."""
    outcome = deliveries.take(providers.named(provider), dict(request.headers), intake.raw_body(request))
    if outcome == invoices.UNKNOWN:
        raise UnknownInvoice
    if outcome == deliveries.UNREADABLE:
        raise MalformedRequest(reason="there is no invoice number in it")
    return Answer(None, PROCESSED if outcome == "success" else RECEIVED)
