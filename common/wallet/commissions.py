"""Commission: a percentage of a referred person's first paid invoice, for whoever brought them.

It is pending for a week, in which most refunds happen, and available then. A refund takes it back
from wherever it is by then, even from a wallet that has paid it out.
"""

from datetime import timedelta
from typing import Any

from common import clock, settings
from common.db import Db
from common.wallet import ledger

PENDING_DAYS = 7

# The lock makes two first invoices of one person, paid at the same moment, one after the other: the
# second then sees in FIRST that it is not the first.
REFERRER = """
select r.referrer_id from referrals r join users u on u.id_users = r.referrer_id
where r.referred_user_id = :user and u.erased_at is null for update of r
"""

# An invoice that was granted and refunded still was the first one, or buying and refunding in turns would earn. One that was
# given back without having been granted (out of quarantine, say) bought nothing; `paid_at` tells the two apart.
FIRST = """
select not exists (select from payment_transactions where user_id = :user and id <> :payment
                   and (status = 'success' or (status = 'refunded' and paid_at is not null)))
   and not exists (select from commissions c join payment_transactions p on p.id = c.payment_transaction_id where p.user_id = :user)
"""

ADD = """
insert into commissions (id_user, payment_transaction_id, amount, percent, keterangan, available_at, created_at, updated_at)
values (:referrer, :payment, :amount, :percent, :note, :at, :now, :now) returning id
"""

# Wallets are changed in one order by every sweep, so that two sweeps at once never wait for each other in a circle.
DUE = """
select id, id_user, amount from commissions where status = 'pending' and available_at <= :now
order by id_user, id limit :limit for update skip locked
"""


def earn(db: Db, payment: Any) -> None:
    """Book the commission for a paid invoice, where one is due.

    `payment` is a row with `id`, `user_id` and `amount` (rupiah), in the transaction that sets it to
    paid. Nothing happens for people nobody referred, for later invoices, and when called again.
    """
    referrer = db.value(REFERRER, user=payment.user_id)
    percent = settings.COMMISSION_PERCENT()
    amount = payment.amount * percent // 100
    if referrer is None or amount <= 0 or not db.value(FIRST, user=payment.user_id, payment=payment.id):
        return
    now = clock.now()
    commission = db.value(
        ADD,
        referrer=referrer,
        payment=payment.id,
        amount=amount,
        percent=percent,
        note="Komisi pembelian pertama",
        at=now + timedelta(days=PENDING_DAYS),
        now=now,
    )
    ledger.open(db, referrer)
    ledger.move(db, referrer, "commission", f"commission:{commission}", pending=amount)


def reverse(db: Db, payment: Any) -> None:
    """Take the commission of a refunded invoice back; the wallet may fall below zero when it was paid out already.

    `payment` is a row with `id`. Nothing happens where there is none, or when called again.
    """
    row = db.maybe(
        "select id, id_user, amount, status from commissions where payment_transaction_id = :payment and status <> 'reversed' for update",
        payment=payment.id,
    )
    if row is None:
        return
    db.run("update commissions set status = 'reversed', updated_at = :now where id = :id", id=row.id, now=clock.now())
    if row.status == "pending":
        ledger.move(db, row.id_user, "reverse", f"commission:{row.id}", pending=-row.amount)
    else:
        ledger.move(db, row.id_user, "reverse", f"commission:{row.id}", available=-row.amount, overdraw=True)


def mature(db: Db, limit: int = 500) -> int:
    """Make commissions available whose week is over, at most `limit`; how many there were."""
    due = db.all(DUE, now=clock.now(), limit=limit)
    for row in due:
        db.run("update commissions set status = 'available', updated_at = :now where id = :id", id=row.id, now=clock.now())
        ledger.move(db, row.id_user, "mature", f"commission:{row.id}", available=row.amount, pending=-row.amount)
    return len(due)
