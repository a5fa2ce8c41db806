"""What a revision does to a big table while people use it.

`create index` and `add constraint` lock the table against writers until every row was read. These take two steps, of
which the long one lets everybody go on. They end the revision's transaction: a revision that uses one does nothing
else, so that there is nothing half done when it fails, and can be run again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy import text


def create_index(name: str, table: str, columns: str, *, unique: bool = False, where: str = "") -> None:
    """Build an index beside the traffic; `columns` as SQL writes them: `user_id, id desc`, `using gin (tags)` with its own brackets.

    A build that was broken off (a restart, a duplicate under `unique`) leaves an index that is kept up and never used:
    it is removed before the next try, and one that is there and whole is left alone.
    """
    place = columns if columns.startswith("using ") else f"({columns})"
    with _without_a_transaction():
        if _state(name) is False:
            op.execute(f"drop index concurrently {name}")
        if _state(name) is None:
            kind = "unique index" if unique else "index"
            op.execute(f"create {kind} concurrently {name} on {table} {place}{f' where {where}' if where else ''}")


def drop_index(name: str) -> None:
    """Remove an index without waiting for whoever reads by it to stop others."""
    with _without_a_transaction():
        op.execute(f"drop index concurrently if exists {name}")


def add_constraint(name: str, table: str, rule: str) -> None:
    """Add a check or a foreign key (`check (price > 0)`): it holds for new rows at once, old ones are read without a lock on writers."""
    with _without_a_transaction():
        there = op.get_bind().execute(
            text("select 1 from pg_constraint where conname = :name and conrelid = cast(:table as regclass)"),
            {"name": name, "table": table},
        )
        if there.scalar() is None:
            op.execute("set lock_timeout = '5s'")
            op.execute(f"alter table {table} add constraint {name} {rule} not valid")
        op.execute("set lock_timeout = 0")
        op.execute(f"alter table {table} validate constraint {name}")


@contextmanager
def _without_a_transaction() -> Iterator[None]:
    """Outside the transaction and without limits: the long step stops nobody, and broken off half-way it would have to start anew."""
    with op.get_context().autocommit_block():
        # Alembic asks for the isolation level just before, and pg8000 opens a transaction for any question.
        op.execute("commit")
        before = [op.get_bind().execute(text(f"show {limit}")).scalar() for limit in ("lock_timeout", "statement_timeout")]
        op.execute("set lock_timeout = 0; set statement_timeout = 0")
        try:
            yield
        finally:
            op.execute(f"set lock_timeout = '{before[0]}'; set statement_timeout = '{before[1]}'")


def _state(name: str) -> bool | None:
    """Whether an index is whole; None where there is none."""
    found = op.get_bind().execute(text("select indisvalid from pg_index where indexrelid = to_regclass(:name)"), {"name": name})
    whole: bool | None = found.scalar()
    return whole
