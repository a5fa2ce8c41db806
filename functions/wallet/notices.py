"""What people are told about their withdrawals, in their own language."""

from typing import Any

from common import notices
from common.db import Db
from common.i18n import Text

from .rupiah import rupiah

WORDS = {
    "pending": (
        Text("Withdrawal requested", "Penarikan diajukan"),
        Text("Your withdrawal of {amount} is being checked.", "Penarikan {amount} sedang kami periksa."),
    ),
    "approved": (
        Text("Withdrawal paid", "Penarikan dibayarkan"),
        Text("{receives} was sent to {bank_name} {account}.", "{receives} telah dikirim ke {bank_name} {account}."),
    ),
    "rejected": (
        Text("Withdrawal not paid", "Penarikan ditolak"),
        Text("{amount} is back in your wallet. Reason: {reason}", "{amount} kembali ke dompet Anda. Alasan: {reason}"),
    ),
    "canceled": (
        Text("Withdrawal canceled", "Penarikan dibatalkan"),
        Text("{amount} is back in your wallet.", "{amount} kembali ke dompet Anda."),
    ),
}


def tell(db: Db, row: Any) -> None:
    """Tell the person of a `withdrawal_requests` row what its status is now."""
    title, message = WORDS[row.status]
    facts = {
        "amount": rupiah(row.amount),
        "receives": rupiah(row.amount - row.fee),
        "bank_name": row.bank_name,
        "account": row.account_number_masked,
        "reason": row.reason,
    }
    key = f"withdrawal:{row.id}:{row.status}"
    notices.tell(db, row.user_id, "withdrawal", title, message, key=key, data={"withdrawal_id": row.id, "status": row.status}, **facts)
