"""A creator's wallet and its statement, on screen and as a file."""

from typing import Any

from common import clock, pages, settings, tables
from common.auth import User
from common.db import Db
from common.i18n import Language, Text
from common.replies import Answer, Reply

from .schemas import MovementQuery

TITLES = {
    "commission": Text("Commission from a friend's purchase", "Komisi dari pembelian teman"),
    "mature": Text("Commission became available", "Komisi dapat ditarik"),
    "reverse": Text("Commission taken back after a refund", "Komisi ditarik kembali karena pengembalian dana"),
    "credit": Text("Creator earnings", "Pendapatan kreator"),
    "hold": Text("Withdrawal requested", "Penarikan diajukan"),
    "paid": Text("Withdrawal paid", "Penarikan dibayarkan"),
    "return": Text("Withdrawal given back", "Penarikan dikembalikan"),
}

EMPTY = {"available": 0, "pending": 0, "held": 0, "lifetime": 0, "overdrawn": False}

MOVEMENTS = """
from wallet_transactions t join creator_wallets w on w.id = t.wallet_id
where w.user_id = :user and t.created_at >= coalesce(cast(:since as timestamptz), '-infinity')
  and t.created_at < coalesce(cast(:until as timestamptz), 'infinity')
"""

COLUMNS = "t.id, t.available, t.pending, t.held, t.reason, t.reference, t.description, t.created_at"

# A statement as a file is one reply, and a reply is at most 32 megabytes; a row is about 150 bytes.
MOST_LINES = 100_000


def wallet(db: Db, user: int) -> dict[str, Any]:
    """The wallet of `user` with the terms of a withdrawal; zeros for whoever has not earned yet."""
    row = db.maybe("select available, pending, held, lifetime, overdrawn from creator_wallets where user_id = :user", user=user)
    terms = {"minimum": settings.WITHDRAWAL_MINIMUM(), "fee": settings.WITHDRAWAL_FEE()}
    return {**(row._asdict() if row else EMPTY), "withdrawal": terms}


def page(db: Db, user: User, asked: MovementQuery, language: Language) -> Answer:
    """A page of the user's movements, newest first, by number or cursor."""
    before = pages.keys(asked, "movements", int)
    of = {"user": user.id, "since": asked.since, "until": asked.until}
    rows = db.all(
        f"select {COLUMNS} {MOVEMENTS} and t.id < coalesce(cast(:before as bigint), 9223372036854775807)"
        " order by t.id desc limit :limit offset :offset",
        before=before[0] if before else None,
        limit=asked.per_page + 1,
        offset=asked.offset,
        **of,
    )
    shown = rows[: asked.per_page]
    cursor = pages.cursor("movements", shown[-1].id) if shown else None
    total = db.value(f"select count(*) {MOVEMENTS}", **of)
    return Answer([_titled(row, language) for row in shown], meta=pages.meta(asked, total, len(rows) > len(shown), cursor))


def file(db: Db, user: User, asked: MovementQuery, language: Language) -> Reply:
    """The user's movements of those days as CSV, oldest first, times in Jakarta's."""
    rows = db.all(
        f"select {COLUMNS} {MOVEMENTS} order by t.id limit :limit", user=user.id, since=asked.since, until=asked.until, limit=MOST_LINES
    )
    lines = [
        (
            f"{row.created_at.astimezone(clock.WIB):%Y-%m-%d %H:%M:%S}",
            TITLES[row.reason].say(language),
            row.available,
            row.pending,
            row.held,
            row.reference,
            row.description or "",
        )
        for row in rows
    ]
    return tables.reply("statement.csv", ("time_wib", "title", "available", "pending", "held", "reference", "description"), lines)


def _titled(row: Any, language: Language) -> dict[str, Any]:
    return {**row._asdict(), "title": TITLES[row.reason].say(language)}
