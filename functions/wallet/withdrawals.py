"""Withdrawals: asking sets the amount aside, and it is paid, refused or given up exactly once."""

from typing import Any

from common import clock, pages, settings
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.problems import Conflict, NotFound, Problem
from common.replies import Answer
from common.wallet import ledger, vault

from . import notices
from .rupiah import rupiah
from .schemas import Mine, Withdraw

COLUMNS = """
id, user_id, amount, fee, amount - fee as receives, status, bank_code, bank_name, account_number_masked as account_number,
account_name, reference, reason, sent_at, created_at, updated_at
"""

ADD = """
insert into withdrawal_requests (user_id, amount, fee, bank_code, bank_name, account_number, account_number_masked, account_name, created_at, updated_at)
values (:user, :amount, :fee, :code, :name, :sealed, :masked, :holder, :now, :now) returning *
"""

# Deciding and canceling at the same moment meet here: the row lock lets one through, and for the
# other the request is not pending any more. What is in a payout file may have left the bank already:
# its person cannot take it back, only whoever pays can say what became of it.
END = """
update withdrawal_requests set status = :status, reference = :reference, reason = :reason, decided_by = :by, decided_at = :now, updated_at = :now
where id = :id and status = 'pending' and user_id = coalesce(cast(:only as bigint), user_id)
  and (sent_at is null or cast(:only as bigint) is null) returning *
"""

PAGE = f"""
select {COLUMNS} from withdrawal_requests where user_id = :user and id < coalesce(cast(:before as bigint), 9223372036854775807)
order by id desc limit :limit offset :offset
"""


class InsufficientBalance(Problem):
    """Less is available than is asked for."""

    status = 402
    detail = Text("Your available balance is smaller than this", "Saldo yang dapat ditarik lebih kecil dari jumlah ini")


class BelowMinimum(Problem):
    """Smaller than withdrawals are made."""

    status = 422
    detail = Text("This is below the smallest withdrawal", "Jumlah ini di bawah batas penarikan terkecil")


class AlreadyDecided(Conflict):
    """It was paid, refused or canceled before."""

    detail = Text("This withdrawal is not pending any more", "Penarikan ini sudah tidak menunggu")


class BeingPaid(Conflict):
    """It is in a payout file, and may have been transferred already."""

    detail = Text(
        "This withdrawal is being paid and cannot be canceled any more", "Penarikan ini sedang dibayarkan dan tidak dapat dibatalkan lagi"
    )


def page(db: Db, user: User, asked: Mine) -> Answer:
    """A page of the user's own requests, newest first; `total_withdrawal` is what was paid or is set aside, in rupiah."""
    before = pages.keys(asked, "withdrawals", int)
    rows = db.all(PAGE, user=user.id, before=before[0] if before else None, limit=asked.per_page + 1, offset=asked.offset)
    shown = rows[: asked.per_page]
    all_of_them = db.one(
        "select count(*) as count, coalesce(sum(amount) filter (where status in ('pending', 'approved')), 0)::bigint as total"
        " from withdrawal_requests where user_id = :user",
        user=user.id,
    )
    cursor = pages.cursor("withdrawals", shown[-1].id) if shown else None
    meta = pages.meta(asked, all_of_them.count, len(rows) > len(shown), cursor)
    return Answer(shown, meta=meta, beside={"total_withdrawal": all_of_them.total})


def create(db: Db, user: User, asked: Withdraw) -> dict[str, Any]:
    """Ask to be paid: the amount leaves what is available at once.

    Raises `BelowMinimum` and `InsufficientBalance`; the wallet's row is locked by the hold, so of many
    requests at once only those pass that the balance covers.
    """
    minimum, fee = settings.WITHDRAWAL_MINIMUM(), settings.WITHDRAWAL_FEE()
    if asked.amount < minimum:
        raise BelowMinimum(
            Text(f"The smallest withdrawal is {rupiah(minimum)}", f"Penarikan terkecil adalah {rupiah(minimum)}"), minimum=minimum
        )
    row = db.one(
        ADD,
        user=user.id,
        amount=asked.amount,
        fee=fee,
        code=asked.bank.code,
        name=asked.bank.name,
        sealed=vault.seal(asked.account_number, owner=user.id),
        masked=vault.masked(asked.account_number),
        holder=asked.account_name,
        now=clock.now(),
    )
    if not ledger.hold(db, user.id, row.amount, row.id):
        raise InsufficientBalance
    notices.tell(db, row)
    return shown(row)


def cancel(db: Db, user: User, withdrawal: int) -> dict[str, Any]:
    """Give one's own request up before it is being paid; raises `NotFound` for anybody else's, `AlreadyDecided` and `BeingPaid`."""
    row = end(db, withdrawal, "canceled", only=user.id)
    ledger.give_back(db, row.user_id, row.amount, row.id)
    notices.tell(db, row)
    return shown(row)


def end(
    db: Db,
    withdrawal: int,
    status: str,
    *,
    by: int | None = None,
    only: int | None = None,
    reference: str | None = None,
    reason: str | None = None,
) -> Any:
    """The one move out of `pending`: the row as it is now, locked until the transaction ends.

    `by` is who decides, `only` the account it must belong to, which ends none that is in a payout file. Raises
    `NotFound`, `AlreadyDecided` and, for `only`, `BeingPaid`.
    """
    row = db.maybe(END, id=withdrawal, status=status, by=by, only=only, reference=reference, reason=reason, now=clock.now())
    if row is not None:
        return row
    found = db.maybe("select user_id, status from withdrawal_requests where id = :id", id=withdrawal)
    if found is None or only not in (None, found.user_id):
        raise NotFound
    raise BeingPaid if found.status == "pending" else AlreadyDecided


def shown(row: Any) -> dict[str, Any]:
    """A `withdrawal_requests` row as its person sees it."""
    return {**row._asdict(), "receives": row.amount - row.fee, "account_number": row.account_number_masked}
