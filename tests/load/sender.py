"""The process that sends: `python -m tests.load.sender`, told by one line of JSON per phase on standard input.

    {"port": 8080, "world": "world.json", "journal": "journal.json", "seed": 1}
    {"closed": 16, "seconds": 8}
    {"open": [["half", 300, 600], ["over", 1800, 120], ["after", 300, 20]]}

It answers each with a line of figures. In an open phase every request has its time from the start (Poisson arrivals),
and its latency counts from that time, also while it waits for a socket here: a server that
answers late does not make the sender ask less. After `PATIENCE` seconds a phone gives up.
"""

import heapq
import json
import math
import select
import sys
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.load import world
from tests.load.journal import Outcome
from tests.load.mix import Call, People
from tests.load.sockets import Broken, Connection, Reply

# Seconds after which a phone gives up; sockets that all phones together may have; seconds that one is kept without a request.
PATIENCE, SOCKETS, IDLE = 30.0, 2_000, 15.0

# How often a call with an Idempotency-Key is sent again after its refusal or a lost answer.
AGAIN = 2

TIMED_OUT, BROKEN = -1, -2

# What is no refusal of an unknown kind: 409 is a repeated call whose first is still under way.
REFUSALS = (409, 429, 503)


@dataclass(order=True)
class Due:
    """A call and the time it is to be sent at, of `time.monotonic`."""

    at: float
    phase: str = field(compare=False)
    call: Call = field(compare=False)
    tries: int = field(compare=False, default=0)
    sent: bool = field(compare=False, default=False)
    over: bool = field(compare=False, default=False)


class Sender:
    """Sends what is due over as many sockets as it takes."""

    def __init__(self, port: int, people: People) -> None:
        self.port, self.people = port, people
        self._poll = select.epoll()
        self._open: dict[int, Connection] = {}
        self._idle: deque[Connection] = deque()
        self._asked: dict[int, Due] = {}
        self._line: deque[Due] = deque()
        self._waiting: deque[Due] = deque()
        self._later: list[Due] = []
        self.told = Told()
        self.finished = 0

    def put(self, due: Due) -> None:
        """Have a call sent as soon as there is a socket for it."""
        self._line.append(due)
        self._waiting.append(due)
        self._send()

    def turn(self, until: float) -> None:
        """Receive what comes before `until`, at least one look; then give up what waits too long."""
        while self._later and self._later[0].at <= time.monotonic():
            self.put(heapq.heappop(self._later))
        for number, events in self._poll.poll(max(0.0, min(until - time.monotonic(), 0.05))):
            if number in self._open:
                self._happened(self._open[number], events)
        self._give_up(time.monotonic())
        self._send()

    @property
    def pending(self) -> int:
        """Calls whose answer is awaited."""
        return len(self._asked) + len(self._line)

    def _happened(self, connection: Connection, events: int) -> None:
        try:
            if events & select.EPOLLOUT:
                connection.send()
                if not connection.left:
                    self._poll.modify(connection.number, select.EPOLLIN)
            if events & ~select.EPOLLOUT:
                reply = connection.receive()
                if reply is not None:
                    self._answered(connection, reply)
        except Broken:
            self._broken(connection)

    def _answered(self, connection: Connection, reply: Reply) -> None:
        due = self._asked.pop(connection.number)
        if reply.ends():
            self._drop(connection)
        else:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
        self._end(due, reply.status, reply)

    def _broken(self, connection: Connection) -> None:
        due = self._asked.pop(connection.number, None)
        self._drop(connection)
        if due is None:
            return  # A connection that the server closed because nobody used it.
        if not due.call.writes and due.tries == 0:
            due.tries += 1  # Every HTTP library repeats a GET whose connection was closed before the answer began.
            self._line.appendleft(due)
            return
        self._end(due, BROKEN, None)

    def _drop(self, connection: Connection) -> None:
        self._open.pop(connection.number, None)
        if connection in self._idle:
            self._idle.remove(connection)
        self._poll.unregister(connection.number)
        connection.close()

    def _send(self) -> None:
        while self._line and (self._idle or len(self._open) < SOCKETS):
            due = self._line.popleft()
            if due.over:
                continue
            try:
                connection = self._idle.pop() if self._idle else self._connected()
            except Broken:
                self._end(due, BROKEN, None)
                continue
            due.sent = True
            self._asked[connection.number] = due
            try:
                connection.ask(due.call.request)
            except Broken:
                self._broken(connection)
                continue
            if connection.left:
                self._poll.modify(connection.number, select.EPOLLIN | select.EPOLLOUT)

    def _connected(self) -> Connection:
        connection = Connection(self.port)
        self._open[connection.number] = connection
        self._poll.register(connection.number, select.EPOLLIN)
        return connection

    def _give_up(self, now: float) -> None:
        while self._waiting and (self._waiting[0].over or self._waiting[0].at < now - PATIENCE):
            due = self._waiting.popleft()
            if not due.over:
                number = next((number for number, asked in self._asked.items() if asked is due), None)
                if number is not None:
                    del self._asked[number]
                    self._drop(self._open[number])
                self._end(due, TIMED_OUT, None)
        while self._idle and self._idle[0].idle_since < now - IDLE:
            self._drop(self._idle[0])

    def _end(self, due: Due, status: int, reply: Reply | None) -> None:
        due.over = True
        self.finished += 1
        now = time.monotonic()
        self.told.note(due, status, reply, now)
        outcome = _outcome(status, due.sent)
        more = due.call.done(outcome, reply) if due.call.done else None
        if more is not None:
            heapq.heappush(self._later, Due(now + 1, due.phase, more))
        elif outcome != "done" and due.call.again and due.tries < AGAIN:
            heapq.heappush(self._later, Due(now + due.call.again, due.phase, due.call, due.tries + 1))


def _outcome(status: int, sent: bool) -> Outcome:
    if 200 <= status < 400:
        return "done"
    return "unknown" if status in (TIMED_OUT, BROKEN) and sent else "refused"


class Told:
    """What is told of each phase and each second."""

    def __init__(self) -> None:
        self.statuses: dict[str, Counter[str]] = defaultdict(Counter)
        self.took: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.kinds: dict[str, Counter[str]] = defaultdict(Counter)
        self.seconds: dict[int, list[float]] = defaultdict(list)
        self.answered: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()
        self.sent: Counter[int] = Counter()
        self.wrong: list[str] = []
        self.late: dict[str, float] = defaultdict(float)
        self.writes: Counter[str] = Counter()

    def note(self, due: Due, status: int, reply: Reply | None, now: float) -> None:
        """One call has ended."""
        name = {TIMED_OUT: "timed out", BROKEN: "connection broken"}.get(status, str(status))
        self.statuses[due.phase][name] += 1
        self.kinds[due.phase][due.call.kind] += 1
        self.writes[due.phase] += due.call.writes
        if 200 <= status < 400:
            self.took[due.phase].append((due.at, now - due.at))
            self.seconds[int(due.at)].append(now - due.at)
            self.answered[int(now)] += 1
        else:
            self.refused[int(now)] += 1
        why = _wrong(status, reply)
        if why and len(self.wrong) < 50:
            self.wrong.append(f"{due.phase}: {due.call.request[:120].partition(chr(13).encode())[0].decode()}: {why}")

    def figures(self, phase: str, seconds: float, offered: int) -> dict[str, Any]:
        """One phase."""
        took = sorted(took for _, took in self.took[phase])
        at = lambda share: round(1000 * took[min(len(took) - 1, int(len(took) * share))], 1) if took else None  # noqa: E731
        return {
            "seconds": round(seconds, 1),
            "offered": offered,
            "offered_per_second": round(offered / seconds, 1),
            "answered_per_second": round(len(took) / seconds, 1),
            "statuses": dict(sorted(self.statuses[phase].items())),
            "writes": self.writes[phase],
            "ms": {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": at(1.0)},
            "late_ms": round(1000 * self.late[phase], 1),
        }


def _wrong(status: int, reply: Reply | None) -> str | None:
    """What is never to be answered: another 5xx than 503 with Retry-After, a 4xx that nobody asked for, a success that says it is none."""
    if reply is None:
        return None
    if status == 503 and reply.header("Retry-After") is None:
        return "503 without Retry-After"
    if (status >= 500 and status != 503) or (400 <= status < 500 and status not in REFUSALS):
        return f"{status} {reply.body[:300].decode(errors='replace')}"
    if status in (200, 201) and reply.header("Content-Type") == "application/json" and not reply.body.startswith(b'{"ok":true'):
        return f"{status} without ok: {reply.body[:100].decode(errors='replace')}"
    return None


def closed(sender: Sender, people: People, connections: int, seconds: float) -> dict[str, Any]:
    """Ask as fast as it is answered, over so many connections."""
    started, before = time.monotonic(), sender.finished
    for _ in range(connections):
        sender.put(Due(time.monotonic(), "capacity", people.next()))
    asked = connections
    while (now := time.monotonic()) < started + seconds:
        sender.turn(now + 0.05)
        while asked - (sender.finished - before) < connections and time.monotonic() < started + seconds:
            asked += 1
            sender.put(Due(time.monotonic(), "capacity", people.next()))
    took = time.monotonic() - started
    done = sender.finished - before
    _settle(sender)
    return {**sender.told.figures("capacity", took, done), "started": started}


def opened(sender: Sender, people: People, phases: list[tuple[str, float, float]], dice: Random) -> dict[str, Any]:
    """Send each phase at its rate, one after the other without a pause: name, requests per second, seconds."""
    started = begins = time.monotonic()
    cpu = time.process_time()
    told = {}
    for name, rate, seconds in phases:
        offered = _phase(sender, people, (name, rate, begins, begins + seconds), dice)
        told[name] = (begins, seconds, offered)
        begins += seconds
    _settle(sender)
    figures = {name: {"from": at, **sender.told.figures(name, seconds, offered)} for name, (at, seconds, offered) in told.items()}
    busy = (time.process_time() - cpu) / (time.monotonic() - started)
    return {"phases": figures, "timeline": _timeline(sender.told, started), "after": sender.told.took["after"], "busy": round(busy, 2)}


def _phase(sender: Sender, people: People, phase: tuple[str, float, float, float], dice: Random) -> int:
    name, rate, begins, ends = phase
    at, offered = begins + dice.expovariate(rate), 0
    while at < ends:
        now = time.monotonic()
        while at <= now and at < ends:
            sender.told.late[name] = max(sender.told.late[name], now - at)
            sender.told.sent[int(at)] += 1
            sender.put(Due(at, name, people.next()))
            offered += 1
            at += dice.expovariate(rate)
        sender.turn(min(at, ends))
    while time.monotonic() < ends:
        sender.turn(ends)
    return offered


def _settle(sender: Sender) -> None:
    """Wait for every answer, and for the calls that are to be sent again."""
    while sender.pending or sender._later:
        sender.turn(time.monotonic() + 0.05)


def _timeline(told: Told, started: float) -> list[dict[str, Any]]:
    """Second by second: what was offered, answered and refused, and how long those took that were due then."""
    rows = []
    for second in range(math.floor(started), 1 + max([*told.sent, *told.answered, *told.refused])):
        took = sorted(told.seconds.get(second, []))
        each = {name: round(1000 * took[int(len(took) * share)], 1) if took else None for name, share in (("p50", 0.5), ("p95", 0.95))}
        rows.append(
            {"at": second, "offered": told.sent[second], "answered": told.answered[second], "refused": told.refused[second], **each}
        )
    return rows


def main() -> None:
    """Do what standard input says, line by line."""
    given = json.loads(sys.stdin.readline())
    people = People(world.read(Path(given["world"]).read_text()), given["seed"])
    sender = Sender(given["port"], people)
    for line in sys.stdin:
        asked = json.loads(line)
        sender.told = Told()
        if "closed" in asked:
            told = closed(sender, people, asked["closed"], asked["seconds"])
        else:
            told = opened(sender, people, [tuple(each) for each in asked["open"]], Random(given["seed"] + 1))
        people.journal.keep(Path(given["journal"]))
        print(json.dumps({**told, "wrong": sender.told.wrong}), flush=True)


if __name__ == "__main__":
    main()
