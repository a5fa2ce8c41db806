"""Deadlines for whole answers: a socket's own time-out begins anew with every byte, so that one byte a second never runs into it."""

import socket
import threading
import time
from collections.abc import Callable
from functools import cache
from io import BufferedReader, BufferedRWPair
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")
Session = TypeVar("Session")

# Bytes a second that a large answer has to come at on the whole; what is slower is given up like what says nothing.
SLOWEST = 16_384


class Timed(socket.SocketIO):
    """The file of a socket of which all is read within the socket's time-out, and a second more for each SLOWEST bytes.

    The time begins when it is made, or with the newest question written to it. A socket without a
    time-out is waited for. `ended` says that the other side has said all it will.
    """

    def __init__(self, connection: socket.socket, mode: str) -> None:
        super().__init__(connection, mode)  # type: ignore[arg-type]
        # As `socket.makefile` does: the socket is closed when the last of its files is.
        connection._io_refs += 1  # type: ignore[attr-defined]
        self._connection = connection
        self.ended = False
        self._began = 0.0
        self._taken = -1

    def start(self) -> None:
        """Begin the time anew."""
        self._began, self._taken = time.monotonic(), 0

    def write(self, data: Any) -> int | None:
        """Send; the answer's time begins."""
        self.start()
        return super().write(data)

    def readinto(self, buffer: Any) -> int | None:
        """Read what there is; raises TimeoutError when it comes too late."""
        if self._taken < 0:
            self.start()
        whole = self._connection.gettimeout()
        # An answer that comes in one piece is within its time by the socket's own.
        if whole is None or self._taken == 0:
            got = super().readinto(buffer)
        else:
            got = self._rest(buffer, whole)
        self._taken += got or 0
        self.ended = got == 0
        return got

    def _rest(self, buffer: Any, whole: float) -> int | None:
        left = self._began + whole + self._taken / SLOWEST - time.monotonic()
        # After a time-out nobody knows what the next bytes belong to: it stays one.
        self._connection.settimeout(min(whole, max(left, 0.001)))
        try:
            return super().readinto(buffer)
        finally:
            self._connection.settimeout(whole)


def reader(connection: socket.socket) -> BufferedReader:
    """What is read of a connection as one answer."""
    return BufferedReader(Timed(connection, "r"))


def conversation(connection: socket.socket, buffering: int) -> BufferedRWPair:
    """A connection on which each question, once written, has an answer in time."""
    raw = Timed(connection, "rw")
    return BufferedRWPair(raw, raw, buffering)


def bounded(session: Session) -> Session:
    """`session` of requests, whose `timeout` counts for the whole of an answer from now on; that by which it logs in too."""
    sessions: list[Any] = [session, getattr(session, "_auth_request_session", None)]
    for adapter in [each for one in sessions if one for each in one.adapters.values()]:
        adapter.poolmanager.pool_classes_by_scheme = _pools()
    return session


def within(seconds: float, call: Callable[[], Result], discard: Callable[[Result], object] | None = None) -> Result:
    """What `call` returns or raises, or a TimeoutError after `seconds`; for what no socket of ours bounds.

    A thread of its own, which is left behind when it is late; `discard` gets what it still brings then.
    """
    outcomes: SimpleQueue[tuple[bool, Any]] = SimpleQueue()
    # Whoever takes it first says whether the outcome came in time; the other goes by that.
    decided = threading.Lock()

    def run() -> None:
        outcome: Any
        try:
            well, outcome = True, call()
        except BaseException as error:  # Whatever it is, it belongs to the thread that waits.
            well, outcome = False, error
        if decided.acquire(blocking=False):
            outcomes.put((well, outcome))
        elif well and discard:
            discard(outcome)

    threading.Thread(target=run, name="within", daemon=True).start()
    try:
        well, outcome = outcomes.get(timeout=seconds)
    except Empty:
        if decided.acquire(blocking=False):
            raise TimeoutError(f"no end within {seconds:.0f} s") from None
        well, outcome = outcomes.get()
    if not well:
        raise outcome
    result: Result = outcome
    return result


@cache
def _pools() -> dict[str, Any]:
    """urllib3's pools by scheme, with connections whose answers are read by `reader`."""
    from http.client import HTTPResponse, IncompleteRead

    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Response(HTTPResponse):
        def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
            super().__init__(sock, *arguments, **options)
            self.fp.close()
            self.fp = reader(sock)

        def begin(self) -> None:
            super().begin()
            # Headers end with an empty line. The library takes the end of the connection for one too, and
            # half an answer, whose length and checksum were in the other half, for a whole one.
            answer: Any = self.fp
            if answer.raw.ended:
                raise IncompleteRead(b"")

    class Plain(HTTPConnection):
        response_class = Response

    class Secure(HTTPSConnection):
        response_class = Response

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
