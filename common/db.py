"""The database: one transaction per request, on a connection that is kept for the next one.

Returning commits, raising rolls back: `transaction()` is the only commit in the project. A `Db`
takes a connection when its first statement runs, so a handler that asks nothing costs nothing.
"""

import threading
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from json import dumps
from typing import TYPE_CHECKING, Any

from pg8000.core import CoreConnection
from pg8000.exceptions import DatabaseError, InterfaceError

from common import connections, log, prepared

if TYPE_CHECKING:
    import sqlalchemy as sa

# What breaks when the server goes away, or never was there.
DOWN = (InterfaceError, OSError, connections.Busy)

# What a server says to those it leaves: it was told to stop, or one of its processes crashed.
GONE = ("57P01", "57P02")

_lock = threading.Lock()


def engine() -> "sa.Engine":
    """SQLAlchemy's way in, for migrations and whoever works with the tables as values; no request needs it."""
    with _lock:
        return _engine()


@cache
def _engine() -> "sa.Engine":
    import sqlalchemy as sa

    return sa.create_engine("postgresql+pg8000://", creator=connections.connect_patiently, poolclass=sa.NullPool)


class Db:
    """A transaction and the ways to ask it something; SQL names its values as `:name`.

    Rows are named tuples. A `reading` one never opens a transaction: each statement stands alone,
    which saves the two round trips of BEGIN and COMMIT.
    """

    _pool: connections.Pool

    def __init__(self, *, reading: bool = False) -> None:
        self._reading = reading
        self._kept: connections.Kept | None = None
        self._after: list[Callable[[], object]] = []

    def all(self, sql: str, **values: Any) -> list[Any]:
        """Every row."""
        result = self._run(sql, values)
        row = _row(result.names)
        return [row(*fields) for fields in result.rows]

    def maybe(self, sql: str, **values: Any) -> Any | None:
        """The only row, or None."""
        rows = self.all(sql, **values)
        assert len(rows) <= 1, "a statement for one row gave several"
        return rows[0] if rows else None

    def one(self, sql: str, **values: Any) -> Any:
        """The only row; there must be one."""
        row = self.maybe(sql, **values)
        assert row is not None, "a statement for one row gave none"
        return row

    def value(self, sql: str, **values: Any) -> Any:
        """The first column of the only row, or None where there is no row."""
        rows = self._run(sql, values).rows
        return rows[0][0] if rows else None

    def run(self, sql: str, **values: Any) -> int:
        """How many rows a statement changed."""
        return self._run(sql, values).changed

    def after_commit(self, act: Callable[[], object]) -> None:
        """Do `act` once this transaction is durable, and never if it rolls back; the same act only once.

        What is done here may be lost when the process dies: it rings bells, it keeps no books.
        """
        if act not in self._after:
            self._after.append(act)

    def _run(self, sql: str, values: dict[str, Any]) -> prepared.Result:
        return self._first(sql, values) if self._kept is None else self._send(sql, values)

    def _first(self, sql: str, values: dict[str, Any]) -> prepared.Result:
        try:
            self._take()
            if self._reading:
                return self._send(sql, values)
        except connections.Busy:
            raise
        except (*DOWN, DatabaseError) as error:
            if isinstance(error, DatabaseError) and code(error) not in GONE:
                raise
            # The pooled connection had died while nobody looked (a restart, a failover, a frozen
            # instance), and so have its siblings: all are replaced. Nothing has been done twice,
            # because a BEGIN or a read was all that was tried. A new one that was not to be had says
            # nothing of them: a server too busy for it would have to make all the others anew.
            if self._kept is not None:
                self._break()
                self._pool.distrust()
            if _silent(error):
                # Whoever waited that long has no time to do so again.
                raise
            self._take()
        return self._send(sql, values)

    def _take(self) -> None:
        self._pool = connections.pool()
        self._kept = self._pool.take()
        if not self._reading:
            prepared.command(self._driver(), "begin")

    def _send(self, sql: str, values: dict[str, Any]) -> prepared.Result:
        assert self._kept is not None
        return prepared.run(self._kept.connection, sql, values, keep=self._kept.prepares)

    def _driver(self) -> CoreConnection:
        assert self._kept is not None
        return self._kept.connection

    def _end(self, word: str) -> None:
        if self._kept is not None and not self._reading:
            prepared.command(self._driver(), word)

    def _close(self) -> None:
        if self._kept is not None:
            self._pool.give(self._kept)
            self._kept = None

    def _break(self) -> None:
        # A connection that failed to roll back is of unknown state: nobody may get it again.
        if self._kept is not None:
            self._pool.throw(self._kept)
            self._kept = None


@contextmanager
def transaction() -> Iterator[Db]:
    """A transaction that commits when the block ends well and rolls back when it raises.

    What was given to `after_commit` runs then; a failure there is logged and changes nothing.
    """
    db = Db()
    try:
        yield db
        db._end("commit")
    except BaseException as error:
        _abandon(db, error)
        raise
    finally:
        db._close()
    for act in db._after:
        try:
            act()
        except Exception:
            log.error("after commit")


@contextmanager
def moving() -> Iterator[Db]:
    """A transaction that may take as long as it takes, on a connection of its own: for whole databases, never for a request."""
    db = Db()
    db._kept = connections.Kept(connections.connect_patiently(), 0.0, prepares=False)
    db._pool = connections.Pool(0)
    try:
        prepared.command(db._driver(), "begin")
        yield db
        prepared.command(db._driver(), "commit")
    finally:
        # Closing rolls back what was not committed.
        db._driver().close()


@contextmanager
def reading() -> Iterator[Db]:
    """A `Db` for statements that change nothing, each on its own."""
    db = Db(reading=True)
    try:
        yield db
    except BaseException as error:
        _abandon(db, error)
        raise
    finally:
        db._close()


def _silent(error: BaseException | None) -> bool:
    return isinstance(error, TimeoutError) or (error is not None and _silent(error.__cause__))


def _abandon(db: Db, error: BaseException) -> None:
    try:
        db._end("rollback")
    except Exception:
        db._break()
    # A GET that died half-way through a reply left bytes on the wire.
    if isinstance(error, DOWN) or not isinstance(error, Exception):
        db._break()


@cache
def _row(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True, module=__name__)  # noqa: PYI024 - columns are not known before the statement ran.


def json(value: Any) -> str:
    """`value` as text for a JSONB place; pg8000 would send a list as a PostgreSQL array."""
    return dumps(value, ensure_ascii=False)


def code(error: BaseException) -> str | None:
    """PostgreSQL's five-letter code of a database error."""
    return prepared.code(error) if isinstance(error, DatabaseError) else None


def constraint(error: BaseException) -> str | None:
    """The constraint that refused a row, or None when `error` is something else."""
    return prepared.constraint(error) if isinstance(error, DatabaseError) else None
