"""Paying withdrawals: the queue, the decisions, and the file that operations pay from and send back."""

import csv
import re
from typing import Any

from common import audit, clock, log, pages, tables
from common.auth import User
from common.db import DOWN, Db, transaction
from common.i18n import Text
from common.problems import Problem, invalid
from common.replies import Answer, Reply
from common.wallet import ledger, vault

from . import notices, withdrawals
from .schemas import Queue

QUEUE = """
select w.id, w.user_id, u.full_name, w.amount, w.fee, w.amount - w.fee as receives, w.status, w.bank_code, w.bank_name,
       w.account_number_masked as account_number, w.account_name, w.reference, w.reason, w.decided_by, w.sent_at, w.created_at, w.updated_at, c.overdrawn
from withdrawal_requests w join users u on u.id_users = w.user_id join creator_wallets c on c.user_id = w.user_id
where w.status = :status and w.id > :after order by w.id limit :limit offset :offset
"""

# What a refund has eaten is not paid out, nor what an erased account left; whoever decides sees those in the queue. What
# an earlier file listed is listed again until it is decided, for a download may get lost. The locks make one who cancels
# at this moment either first, and then it is not in the file, or too late.
PAYABLE = """
select w.id, w.user_id, w.amount, w.fee, w.bank_code, w.bank_name, w.account_number, w.account_name, w.sent_at
from withdrawal_requests w join creator_wallets c on c.user_id = w.user_id
where w.status = 'pending' and not c.overdrawn and w.account_number <> '' order by w.id limit 5000
for update of w
"""

SENT = """
update withdrawal_requests set sent_at = :now, updated_at = :now where id = any(cast(:ids as bigint[])) and sent_at is null
"""

# The last says when an earlier file listed a line first: it may be paid already, from that one.
HEADER = ("id", "transfer", "bank_code", "bank_name", "account_number", "account_name", "status", "reference", "reason", "listed_before")

# What a spreadsheet makes of a long number: the digits that it leaves out are nowhere.
ROUNDED = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


class BadFile(Problem):
    """The file is not a payout file."""

    status = 422
    detail = Text("The file needs the columns {columns}", "Berkas memerlukan kolom {columns}")


def page(db: Db, asked: Queue) -> Answer:
    """A page of everybody's requests with that status, oldest first."""
    after = pages.keys(asked, f"queue {asked.status}", int)
    rows = db.all(QUEUE, status=asked.status, after=after[0] if after else 0, limit=asked.per_page + 1, offset=asked.offset)
    shown = rows[: asked.per_page]
    total = db.value("select count(*) from withdrawal_requests where status = :status", status=asked.status)
    cursor = pages.cursor(f"queue {asked.status}", shown[-1].id) if shown else None
    return Answer(shown, meta=pages.meta(asked, total, len(rows) > len(shown), cursor))


def approve(db: Db, by: User, withdrawal: int, reference: str) -> dict[str, Any]:
    """It was transferred: the hold is gone. The same reference again changes nothing; raises `NotFound` and `AlreadyDecided`."""
    try:
        row = withdrawals.end(db, withdrawal, "approved", by=by.id, reference=reference)
    except withdrawals.AlreadyDecided:
        return withdrawals.shown(_as_decided(db, withdrawal, "approved", reference))
    ledger.pay(db, row.user_id, row.amount, row.id)
    _told(db, by, row, after={"status": "approved", "reference": reference})
    return withdrawals.shown(row)


def reject(db: Db, by: User, withdrawal: int, reason: str) -> dict[str, Any]:
    """It will not be paid: the hold returns. The same reason again changes nothing; raises `NotFound` and `AlreadyDecided`."""
    try:
        row = withdrawals.end(db, withdrawal, "rejected", by=by.id, reason=reason)
    except withdrawals.AlreadyDecided:
        return withdrawals.shown(_as_decided(db, withdrawal, "rejected", reason))
    ledger.give_back(db, row.user_id, row.amount, row.id)
    _told(db, by, row, after={"status": "rejected"}, reason=reason)
    return withdrawals.shown(row)


def _as_decided(db: Db, withdrawal: int, status: str, words: str) -> Any:
    """The row when it was decided in just this way before, as when an answer got lost; `words` are its reference or its reason.

    Raises `AlreadyDecided` otherwise.
    """
    row = db.maybe(
        "select * from withdrawal_requests where id = :id and status = :status and coalesce(reference, reason) = :words",
        id=withdrawal,
        status=status,
        words=words,
    )
    if row is None:
        raise withdrawals.AlreadyDecided
    return row


def _told(db: Db, by: User, row: Any, after: dict[str, Any], reason: str | None = None) -> None:
    audit.record(db, by.id, f"withdrawal.{row.status}", "withdrawal", row.id, before={"status": "pending"}, after=after, reason=reason)
    notices.tell(db, row)


def file(by: User) -> Reply:
    """What is to be paid, as CSV with whole account numbers; none of it can be canceled from now on, and who asked is written down."""
    with transaction() as db:
        rows = db.all(PAYABLE)
        ids = [row.id for row in rows]
        db.run(SENT, ids=ids, now=clock.now())
        audit.record(db, by.id, "withdrawal.file", "withdrawals", len(rows), after={"ids": ids})
        # Before the end: where a number cannot be opened there is no file, and then nothing of it is being paid either.
        lines = [_line(row) for row in rows]
    return tables.reply("payouts.csv", HEADER, lines)


def _line(row: Any) -> tuple[object, ...]:
    bank, account = tables.digits(row.bank_code), tables.digits(_opened(row))
    listed = row.sent_at and row.sent_at.isoformat()
    return (row.id, row.amount - row.fee, bank, row.bank_name, account, row.account_name, "", "", "", listed)


def _opened(row: Any) -> str:
    try:
        return vault.unseal(row.account_number, owner=row.user_id)
    except Exception:
        # Nobody is paid until it is found: a key that is gone, or a row that was changed by hand.
        log.error("an account number cannot be opened", withdrawal=row.id)
        raise


def read_back(by: User, text: str) -> list[dict[str, Any]]:
    """Decide what a payout file says, line by line: `paid` with a reference, or `failed` with a reason.

    A line with neither is left alone, and one that does not fit or breaks is refused without stopping the others.
    Each is a transaction of its own, so that what was read stays read when the rest is not, and the file may be sent again.
    Raises `BadFile` for something else than a payout file.
    """
    try:
        lines = tables.read(text)
    except csv.Error:
        raise invalid("body", "csv", "Not a CSV file") from None
    needed = {"id", "transfer", "status", "reference", "reason"}
    if not lines or not needed <= set(lines[0]):
        raise BadFile(columns=", ".join(each for each in HEADER if each in needed))
    return [_decided(by, number, line) for number, line in enumerate(lines, 2)]


def _decided(by: User, number: int, line: dict[str, str]) -> dict[str, Any]:
    given = line["id"]
    withdrawal = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    try:
        outcome, why = _alone(by, withdrawal, line) if withdrawal else ("refused", "id is not a number")
    except Problem as problem:
        outcome, why = "refused", problem.sentence.en
    except DOWN:
        raise
    except Exception:
        log.error("a line of a payout file could not be decided", withdrawal=withdrawal)
        outcome, why = "refused", "could not be decided now, and nothing was changed; send the file again"
    return {"line": number, "id": withdrawal, "outcome": outcome, "why": why}


def _alone(by: User, withdrawal: int, line: dict[str, str]) -> tuple[str, str | None]:
    # One transaction for all lines would hold the wallets of all these people to its end, in the order of the file: whoever
    # withdraws meanwhile would wait, and the sweep, which takes them in its own order, would wait in a circle.
    with transaction() as db:
        return _decide(db, by, withdrawal, line)


def _decide(db: Db, by: User, withdrawal: int, line: dict[str, str]) -> tuple[str, str | None]:
    status, reference, reason = line["status"].lower(), line["reference"][:200], line["reason"][:200]
    if status == "":
        return "unchanged", None
    row = db.maybe("select amount - fee as transfer, status, reference from withdrawal_requests where id = :id", id=withdrawal)
    if row is None or line["transfer"] != str(row.transfer):
        return "refused", "no such withdrawal" if row is None else f"transfer should be {row.transfer}"
    if status == "paid" and ROUNDED.fullmatch(reference):
        return "refused", "reference was rounded by a spreadsheet; write it as text, with an apostrophe in front"
    if status == "paid" and len(reference) >= 2:
        approve(db, by, withdrawal, reference)
        return ("approved", None) if row.status == "pending" else ("unchanged", None)
    if status == "failed" and len(reason) >= 2:
        reject(db, by, withdrawal, reason)
        return ("rejected", None) if row.status == "pending" else ("unchanged", None)
    return "refused", "status is paid with a reference, or failed with a reason"
