"""What people are told about their withdrawals, in their own language."""

from typing import Any

from common import clock
from common.db import Db, json
from common.i18n import Text

from .rupiah import rupiah

# One notice for each thing that happens to a withdrawal: booking it again would tell nobody anything new.
TELL = """
insert into notifications (user_id, type, title, message, data, dedupe_key, created_at)
select id_users, 'withdrawal', case language when 'id' then :title_id else :title_en end,
       case language when 'id' then :message_id else :message_en end, :data, :dedupe, :now
from users where id_users = :user
on conflict (user_id, dedupe_key) where dedupe_key is not null do nothing
"""

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
    db.run(
        TELL,
        user=row.user_id,
        title_id=title.id,
        title_en=title.en,
        message_id=message.say("id", **facts),
        message_en=message.say("en", **facts),
        data=json({"withdrawal_id": row.id, "status": row.status}),
        dedupe=f"withdrawal:{row.id}:{row.status}",
        now=clock.now(),
    )
