"""What the outside tells us, stored as it came before anything is done about it.

A sender is thanked (2xx) only once its words are durable. What could not be handled then stays
unhandled, with the reason, until a sweep manages to.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from common import clock
from common.db import Db, json

# Seconds after which an entry that was stored and not handled is taken to be left behind.
LEFT_SECONDS = 30


class Entry(NamedTuple):
    """A stored message; `handled_at` is None while something is left to do about it."""

    id: int
    source: str
    body: bytes
    handled_at: datetime | None
    outcome: str | None
    attempts: int


KEEP = """
insert into inbox (source, external_id, headers, body, received_at)
values (:source, :external, cast(:headers as jsonb), :body, :now)
on conflict (source, external_id) do nothing returning id, source, body, handled_at, outcome, attempts
"""

# The lock lets one of several handlers of an entry work, and the others see what became of it.
FIND = "select id, source, body, handled_at, outcome, attempts from inbox where source = :source and external_id = :external for update"

# An entry that fails again and again is tried less and less often, so that it holds nobody up: after n tries, n² minutes after it came.
# So each pause is two minutes longer than the one before: more than an hour after a day, three after a week, half a day after some months.
WAITING = """
select id, source, body, handled_at, outcome, attempts from inbox
where handled_at is null and received_at < cast(:now as timestamptz) - make_interval(secs => :left + attempts * attempts * 60)
order by attempts, id limit :limit
"""


def keep(db: Db, source: str, external_id: str, headers: Mapping[str, str], body: bytes) -> Entry:
    """Store a message, or find the one that was stored under the same `external_id`; either is locked for this transaction."""
    row = db.maybe(KEEP, source=source, external=external_id, headers=json(dict(headers)), body=body, now=clock.now())
    # DO NOTHING waits for a transaction that is storing the same message, so here its row is to be seen.
    return _entry(row or db.one(FIND, source=source, external=external_id))


def waiting(db: Db, limit: int = 50) -> list[Entry]:
    """Stored messages that nobody handled, the least tried first."""
    return [_entry(row) for row in db.all(WAITING, now=clock.now(), left=LEFT_SECONDS, limit=limit)]


def lock(db: Db, entry: int) -> Entry:
    """The entry, for this transaction alone."""
    return _entry(db.one("select id, source, body, handled_at, outcome, attempts from inbox where id = :id for update", id=entry))


def done(db: Db, entry: int, outcome: str) -> None:
    """The entry is dealt with; `outcome` says how, for operations."""
    db.run(
        "update inbox set handled_at = :now, outcome = :outcome, last_error = null, attempts = attempts + 1 where id = :id",
        id=entry,
        now=clock.now(),
        outcome=outcome,
    )


def failed(db: Db, entry: int, why: str) -> None:
    """The entry could not be dealt with; it is tried again, and `why` can be read meanwhile."""
    db.run("update inbox set attempts = attempts + 1, last_error = :why where id = :id and handled_at is null", id=entry, why=why[:2000])


def _entry(row: Any) -> Entry:
    return Entry(row.id, row.source, bytes(row.body), row.handled_at, row.outcome, row.attempts)
