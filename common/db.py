"""The database: one pool per instance, made on first use, and one transaction per request.

Returning commits, raising rolls back: `transaction()` is the only commit in the project. A `Db`
takes a connection when its first statement runs, so a handler that asks nothing costs nothing.
"""

import logging
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from json import dumps
from typing import Any

import sqlalchemy as sa
from pg8000.core import CoreConnection
from pg8000.exceptions import DatabaseError, InterfaceError
from sqlalchemy import event
from sqlalchemy.pool import PoolProxiedConnection

from common import log, prepared, settings

# No statement of a request runs longer, and none waits longer for a lock; in milliseconds.
LIMITS = {"statement_timeout": "15000", "lock_timeout": "5000", "idle_in_transaction_session_timeout": "30000", "timezone": "UTC"}

# What breaks when the server goes away, or never was there.
DOWN = (InterfaceError, OSError, sa.exc.TimeoutError, sa.exc.OperationalError, sa.exc.InterfaceError)

_lock = threading.Lock()


def engine() -> sa.Engine:
    """The process' engine; made under a lock, because eight threads may ask first at once."""
    with _lock:
        return _engine()


@cache
def _engine() -> sa.Engine:
    # An overflow connection costs a connect per request and quadrupled p99, so the pool is as large
    # as the number of threads that can ask. Nothing is reset on return: every Db ends its own transaction.
    made = sa.create_engine(
        settings.DATABASE_URL() or "postgresql+pg8000://",
        pool_size=settings.THREADS(),
        max_overflow=0,
        pool_timeout=5,
        pool_recycle=1800,
        pool_reset_on_return=None,
        **_connecting(),
    )
    # The pool logs a trace when a connection that the server has cut cannot be closed politely; that is no news.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    event.listen(made, "connect", lambda connection, _record: prepared.tune(connection))
    return made


def _connecting() -> dict[str, Any]:
    if settings.DATABASE_URL():
        return {"connect_args": {"timeout": 20, "startup_params": LIMITS}}
    if settings.CLOUD_SQL_SOCKET():
        socket = f"/cloudsql/{settings.CLOUD_SQL_INSTANCE()}/.s.PGSQL.5432"
        return {"connect_args": {**_login(), "unix_sock": socket, "timeout": 20, "startup_params": LIMITS}}
    return {"creator": _by_connector}


def _login() -> dict[str, Any]:
    login: dict[str, Any] = {"user": settings.DB_USER(), "database": settings.DB_NAME()}
    return login if settings.DB_IAM_LOGIN() else {**login, "password": settings.DB_PASSWORD()}


@cache
def _connector() -> Any:
    # Imported here because it costs as much as everything else together. Lazy refresh, because an
    # idle function gets no CPU for a background thread to renew certificates with.
    from google.cloud.sql.connector import Connector

    return Connector(refresh_strategy="lazy")


def _by_connector() -> Any:
    login = _login()
    login["db"] = login.pop("database")
    return _connector().connect(
        settings.CLOUD_SQL_INSTANCE(), "pg8000", enable_iam_auth=settings.DB_IAM_LOGIN(), timeout=20, startup_params=LIMITS, **login
    )


class Db:
    """A transaction and the ways to ask it something; SQL names its values as `:name`.

    Rows are named tuples. A `reading` one never opens a transaction: each statement stands alone,
    which saves the two round trips of BEGIN and COMMIT.
    """

    def __init__(self, *, reading: bool = False) -> None:
        self._reading = reading
        self._pooled: PoolProxiedConnection | None = None
        self._after: list[Callable[[], None]] = []

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

    def after_commit(self, act: Callable[[], None]) -> None:
        """Do `act` once this transaction is durable, and never if it rolls back.

        What is done here may be lost when the process dies: it rings bells, it keeps no books.
        """
        self._after.append(act)

    def _run(self, sql: str, values: dict[str, Any]) -> prepared.Result:
        return self._first(sql, values) if self._pooled is None else self._send(sql, values)

    def _first(self, sql: str, values: dict[str, Any]) -> prepared.Result:
        try:
            self._take()
            if self._reading:
                return self._send(sql, values)
        except sa.exc.TimeoutError:
            raise
        except DOWN:
            # The pooled connection had died while nobody looked (a restart, a failover, a frozen
            # instance), and so have its siblings: all are replaced. Nothing has been done twice,
            # because a BEGIN or a read was all that was tried.
            self._break()
            engine().dispose(close=False)
            self._take()
        return self._send(sql, values)

    def _take(self) -> None:
        self._pooled = engine().raw_connection()
        if not self._reading:
            self._driver().execute_simple("begin")

    def _send(self, sql: str, values: dict[str, Any]) -> prepared.Result:
        return prepared.run(self._driver(), sql, values, keep=settings.STATEMENT_CACHE())

    def _driver(self) -> CoreConnection:
        assert self._pooled is not None
        connection: CoreConnection = self._pooled.dbapi_connection  # type: ignore[assignment]
        return connection

    def _end(self, word: str) -> None:
        if self._pooled is not None and not self._reading:
            self._driver().execute_simple(word)

    def _close(self) -> None:
        if self._pooled is not None:
            self._pooled.close()
            self._pooled = None

    def _break(self) -> None:
        # A connection that failed to roll back is of unknown state: nobody may get it again.
        if self._pooled is not None:
            self._pooled.invalidate()
            self._pooled = None


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
