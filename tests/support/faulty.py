"""A network that fails on demand: a TCP proxy whose connections are slowed, cut, silenced or dripped while others go on."""

import heapq
import itertools
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# A closed socket with this option sends RST instead of FIN: what the other side has not read yet is lost to it.
AT_ONCE = struct.pack("ii", 1, 0)
CHUNK = 65_536


@dataclass(frozen=True)
class Fault:
    """What a network does to those who use it; times in seconds, `up` is away from the client, `down` towards it."""

    name: str
    up: float = 0.0
    down: float = 0.0
    cuts: bool = False
    silences: bool = False
    refuses: bool = False
    ends_after: int | None = None
    drips: bool = False


NONE = Fault("none")
RESET = Fault("reset", cuts=True)
SILENCE = Fault("half-open", silences=True)
REFUSAL = Fault("refusal", cuts=True, refuses=True)
TRICKLE = Fault("a byte a second", drips=True)


def latency(up: float, down: float) -> Fault:
    """Everything arrives, later by so many seconds each way."""
    return Fault(f"latency {up * 1000:.0f}+{down * 1000:.0f} ms", up=up, down=down)


def truncation(after: int) -> Fault:
    """Each answer ends after so many bytes, and its connection with it."""
    return Fault(f"cut after {after} bytes", ends_after=after)


@dataclass(eq=False)
class _Pair:
    """A connection of a client and its other half."""

    client: socket.socket
    server: socket.socket
    dead: bool = False
    answered: int = 0
    # What is on its way to each socket, and the time at which the last of it may arrive.
    waiting: dict[socket.socket, bytearray] = field(default_factory=dict)
    last: dict[socket.socket, float] = field(default_factory=dict)
    ended: set[socket.socket] = field(default_factory=set)

    def other(self, one: socket.socket) -> socket.socket:
        return self.server if one is self.client else self.client


class Proxy:
    """Listens on 127.0.0.1 and passes on to `port` there, as `become` says; a thread of its own, until `close`.

    A connection that was silenced stays so after the fault has ended, as those do that a router has forgotten.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.fault = NONE
        self.accepted = 0
        self._selector = selectors.DefaultSelector()
        self._pairs: set[_Pair] = set()
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._turns = itertools.count()
        self._asked: list[tuple[Callable[[], None], threading.Event]] = []
        self._running = True
        self._bell, bell = socket.socketpair()
        bell.setblocking(False)
        self._selector.register(bell, selectors.EVENT_READ, lambda _: bell.recv(CHUNK))
        self._listener: socket.socket | None = None
        self.port = 0
        self._listen()
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"proxy of {port}")
        self._thread.start()

    @property
    def url(self) -> str:
        """Its address for HTTP."""
        return f"http://127.0.0.1:{self.port}"

    def become(self, fault: Fault) -> None:
        """Have this fault, instead of any other, from now on; returns when it is so."""
        self._do(lambda: self._become(fault))

    def mend(self) -> None:
        """Have no fault any more."""
        self.become(NONE)

    def cut(self) -> None:
        """Cut every connection that there is, once."""
        self._do(self._cut)

    def close(self) -> None:
        """End it and all its connections."""
        self._do(self._end)
        self._thread.join(5)
        self._bell.close()

    def _do(self, act: Callable[[], None]) -> None:
        done = threading.Event()
        self._asked.append((act, done))
        # Awake for something else it may have done it already, and have ended by it before the bell rings.
        with _tolerantly():
            self._bell.send(b"!")
        assert done.wait(10), "the proxy is stuck"

    def _run(self) -> None:
        while self._running:
            for key, ready in self._selector.select(self._pause()):
                # What was closed in this very round is not looked at again.
                if key.fileobj.fileno() >= 0:  # type: ignore[union-attr]
                    key.data(ready)
            while self._later and self._later[0][0] <= time.monotonic():
                heapq.heappop(self._later)[2]()
            while self._asked:
                act, done = self._asked.pop(0)
                act()
                done.set()

    def _pause(self) -> float | None:
        return max(0.0, self._later[0][0] - time.monotonic()) if self._later else None

    def _at(self, moment: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._later, (moment, next(self._turns), act))

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _become(self, fault: Fault) -> None:
        self.fault = fault
        # What the fault before has held up arrives now.
        for _, _, deliver in sorted(self._later[:], key=lambda each: each[:2]):
            deliver()
        self._later.clear()
        for pair in self._pairs:
            pair.last = dict.fromkeys(pair.last, 0.0)
        if fault.cuts:
            self._cut()
        if fault.silences:
            for pair in self._pairs:
                self._silence(pair)
        if fault.refuses and self._listener:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
        elif not fault.refuses and not self._listener:
            self._listen()

    def _accept(self, _: Any) -> None:
        assert self._listener
        client, _address = self._listener.accept()
        self.accepted += 1
        if self.fault.cuts:
            _abort(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 2)
        except OSError:
            _abort(client)
            return
        pair = _Pair(client, server)
        self._pairs.add(pair)
        for each in (client, server):
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair.waiting[each], pair.last[each] = bytearray(), 0.0
            self._watch(pair, each)
        if self.fault.silences:
            self._silence(pair)

    def _watch(self, pair: _Pair, each: socket.socket) -> None:
        """Listen for what can be done with a socket now."""
        wanted = 0 if pair.dead or each in pair.ended else selectors.EVENT_READ
        wanted |= selectors.EVENT_WRITE if pair.waiting[each] and not pair.dead else 0
        known = each in self._selector.get_map()
        if known and not wanted:
            self._selector.unregister(each)
        elif known:
            self._selector.modify(each, wanted, lambda ready: self._moved(pair, each, ready))
        elif wanted:
            self._selector.register(each, wanted, lambda ready: self._moved(pair, each, ready))

    def _silence(self, pair: _Pair) -> None:
        pair.dead = True
        for each in (pair.client, pair.server):
            self._watch(pair, each)

    def _moved(self, pair: _Pair, each: socket.socket, ready: int) -> None:
        try:
            if ready & selectors.EVENT_WRITE:
                del pair.waiting[each][: each.send(pair.waiting[each])]
                self._watch(pair, each)
            if ready & selectors.EVENT_READ:
                self._took(pair, each, each.recv(CHUNK))
        except BlockingIOError:
            return
        except OSError:
            self._part(pair, abruptly=True)

    def _took(self, pair: _Pair, each: socket.socket, data: bytes) -> None:
        to, fault = pair.other(each), self.fault
        downward = to is pair.client
        due = max(time.monotonic() + (fault.down if downward else fault.up), pair.last[to])
        if not data:
            pair.ended.add(each)
            self._watch(pair, each)
            self._at(due, lambda: self._part(pair))
            return
        pieces = [data[at : at + 1] for at in range(len(data))] if fault.drips and downward else [data]
        for piece in pieces:
            due += 1.0 if fault.drips and downward else 0.0
            self._deliver_at(due, pair, to, piece)
        pair.last[to] = due

    def _deliver_at(self, due: float, pair: _Pair, to: socket.socket, piece: bytes) -> None:
        # Without a fault nothing waits for its turn, and the order stays: what came before may still be on its way.
        if due <= time.monotonic() and pair.last[to] <= time.monotonic():
            self._deliver(pair, to, piece)
        else:
            self._at(due, lambda: self._deliver(pair, to, piece))

    def _deliver(self, pair: _Pair, to: socket.socket, piece: bytes) -> None:
        if pair.dead or pair not in self._pairs:
            return
        end = self.fault.ends_after if to is pair.client else None
        if end is not None:
            piece = piece[: max(0, end - pair.answered)]
        if to is pair.client:
            pair.answered += len(piece)
        pair.waiting[to] += piece
        try:
            del pair.waiting[to][: to.send(pair.waiting[to])]
        except BlockingIOError:
            pass
        except OSError:
            self._part(pair, abruptly=True)
            return
        if end is not None and pair.answered >= end:
            self._part(pair)
        else:
            self._watch(pair, to)

    def _part(self, pair: _Pair, *, abruptly: bool = False) -> None:
        if pair not in self._pairs or (pair.dead and not abruptly):
            return
        self._pairs.discard(pair)
        for each in (pair.client, pair.server):
            if each in self._selector.get_map():
                self._selector.unregister(each)
            if pair.waiting[each] and not abruptly:
                # What has arrived here has to be delivered before the end is.
                each.setblocking(True)
                each.settimeout(1)
                with _tolerantly():
                    each.sendall(pair.waiting[each])
            _abort(each) if abruptly else each.close()

    def _cut(self) -> None:
        for pair in list(self._pairs):
            self._part(pair, abruptly=True)

    def _end(self) -> None:
        self._running = False
        self._cut()
        if self._listener:
            self._listener.close()
        self._selector.close()


def _abort(connection: socket.socket) -> None:
    with _tolerantly():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    connection.close()


def _tolerantly() -> Any:
    from contextlib import suppress

    return suppress(OSError)
