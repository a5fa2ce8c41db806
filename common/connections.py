"""Connections to PostgreSQL: how one is made, and the ones this process keeps for its next request.

The pool is our own, a stack of slots: SQLAlchemy's does the same for a third of a cold start, which
is what importing SQLAlchemy takes.
"""

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from queue import Empty, LifoQueue
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pg8000.core import CoreConnection

from common import deadlines, prepared, settings

# No statement of a request runs longer, and none waits longer for a lock; in milliseconds. What a request had locked when its
# connection went silent comes free after the last of them: no request of ours pauses that long between two statements.
LIMITS = {"statement_timeout": "15000", "lock_timeout": "5000", "idle_in_transaction_session_timeout": "10000", "timezone": "UTC"}

# How long a connection is used, and how long a request waits for one to come free; in seconds.
AGE = 1800
WAIT = 5

_lock = threading.Lock()
_making = threading.Lock()


class Busy(Exception):
    """Every connection of this process is in use and stayed so."""


@dataclass(frozen=True)
class Kept:
    """A connection, when it was made (of `time.monotonic`), and whether statements stay prepared on it."""

    connection: CoreConnection
    made: float
    prepares: bool


class _Slots(LifoQueue[Kept | None]):
    """The one used last is given out first, and an empty place only when there is no connection."""

    def _put(self, item: Kept | None) -> None:
        # On top, a place whose connection could not be made would have each request after it try that again
        # for as long as connecting may take, while others that work lie below.
        self.queue.insert(len(self.queue) if item else 0, item)


class Pool:
    """At most `size` connections, each made when it is first needed; the one used last is given out first."""

    def __init__(self, size: int) -> None:
        self._free = _Slots()
        self._trusted_since = float("-inf")
        for _ in range(size):
            self._free.put(None)

    def take(self) -> Kept:
        """A connection for the caller alone, who gives or throws it back; raises `Busy`, or what connecting raises."""
        try:
            kept = self._free.get(timeout=WAIT)
        except Empty:
            raise Busy from None
        try:
            if kept is None or kept.made < max(self._trusted_since, time.monotonic() - AGE):
                kept = _renewed(kept)
        except BaseException:
            self._free.put(None)
            raise
        return kept

    def give(self, kept: Kept) -> None:
        """Take back a connection without an open transaction."""
        self._free.put(kept)

    def throw(self, kept: Kept) -> None:
        """Close a connection of unknown state; another will be made in its place."""
        self._free.put(None)
        _close(kept.connection)

    def distrust(self) -> None:
        """Give out none of the present connections again: the server they led to has gone away."""
        self._trusted_since = time.monotonic()


def pool() -> Pool:
    """The process' pool; made under a lock, because eight threads may ask first at once."""
    with _lock:
        return _pool(settings.DATABASE_URL())


@cache
def _pool(_url: str) -> Pool:
    # As large as the number of threads that can ask: a connection beyond the pool costs a connect per
    # request, which quadrupled p99.
    return Pool(settings.THREADS())


def _renewed(old: Kept | None) -> Kept:
    if old:
        _close(old.connection)
    return Kept(connect(), time.monotonic(), settings.STATEMENT_CACHE())


def _close(connection: CoreConnection) -> None:
    # The server may have cut it already; that it cannot be closed politely is no news.
    with suppress(Exception):
        connection.close()


# Seconds in which the answer to a statement has to be here, all of it: a little more than a statement may run.
SILENCE = 20

# Seconds for a new connection with its handshake; Cloud SQL's connector asks Google for a certificate first.
CONNECT, CONNECT_BY_CONNECTOR = 4, 15

# Seconds in which the connector has to reach the server, and again for TLS: meanwhile it serves nobody else.
REACH = 5

# Callers whom the connector has at once. It shakes hands one by one, so more are hardly faster; and while nobody
# answers, it would work through all who have long given up, whose threads pile up until then.
ABREAST = 4

_abreast = threading.BoundedSemaphore(ABREAST)


def connect_patiently() -> CoreConnection:
    """A connection for migrations and moves, whose statements take as long as they take; their limits are their own."""
    made = connect()
    made._usock.settimeout(None)  # Whoever waits for an answer asks the socket how long.
    # A move counts and compares between two statements for as long as that takes.
    made.execute_simple("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0")
    return made


def connect() -> CoreConnection:
    """A new connection as the settings say: DATABASE_URL, else the socket or the connector of Cloud SQL."""
    by_connector = not settings.DATABASE_URL() and not settings.CLOUD_SQL_SOCKET()
    seconds = CONNECT_BY_CONNECTOR if by_connector else CONNECT
    # A handshake is many small answers, each of which may take the whole time of a socket. What comes
    # too late is closed: nobody else knows of it, and it has one of the server's places.
    made: CoreConnection = deadlines.within(seconds, lambda: _connected(timeout=seconds, startup_params=LIMITS), _close)
    made._usock.settimeout(SILENCE)
    prepared.tune(made)
    return made


def _connected(**common: Any) -> Any:
    from pg8000.dbapi import connect as over_network

    if settings.DATABASE_URL():
        return over_network(**_addressed(settings.DATABASE_URL()), **common)
    login = {"user": settings.DB_USER()} if settings.DB_IAM_LOGIN() else {"user": settings.DB_USER(), "password": settings.DB_PASSWORD()}
    instance, database = settings.CLOUD_SQL_INSTANCE(), settings.DB_NAME()
    if settings.CLOUD_SQL_SOCKET():
        return over_network(unix_sock=f"/cloudsql/{instance}/.s.PGSQL.5432", database=database, **login, **common)
    return _by_connector(instance, db=database, enable_iam_auth=settings.DB_IAM_LOGIN(), **login, **common)


def _by_connector(instance: str, **arguments: Any) -> Any:
    if not _abreast.acquire(timeout=CONNECT_BY_CONNECTOR):
        raise TimeoutError("the connector is busy with others")
    try:
        with _making:
            connector = _connector()
        return connector.connect(instance, "pg8000", **arguments)
    finally:
        _abreast.release()


def _addressed(url: str) -> dict[str, Any]:
    """The arguments of `connect` that a URL like `postgresql+pg8000://user:password@host:5432/name?unix_sock=…` holds."""
    parts = urlsplit(url)
    given = {"user": parts.username, "password": parts.password, "host": parts.hostname, "database": parts.path.removeprefix("/")}
    named = {name: unquote(value) for name, value in given.items() if value}
    return {**named, **({"port": parts.port} if parts.port else {}), **dict(parse_qsl(parts.query))}


@cache
def _connector() -> Any:
    # Imported here because it costs as much as everything else together. Lazy refresh, because an
    # idle function gets no CPU for a background thread to renew certificates with.
    from google.cloud.sql.connector import Connector
    from google.cloud.sql.connector import connector as module

    # It connects and shakes hands in its one event loop, without a time-out: a server that accepts and then says
    # nothing stops that loop for ever, and this process has no database until it dies. The socket's time-out is
    # that of the whole handshake of TLS too, and of each answer to the login. Given to this module alone,
    # because `socket.setdefaulttimeout` is for every client and server in the process.
    connecting: Any = module
    connecting.socket = SimpleNamespace(create_connection=partial(socket.create_connection, timeout=REACH))
    return Connector(refresh_strategy="lazy")
