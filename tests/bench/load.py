"""A process that asks one server as fast as it answers, over connections that stay open.

    echo '{"port": 8080, "paths": ["/"], "connections": 16, "seconds": 2}' | python -m tests.bench.load

`asks` instead of `paths` are whole requests, each of method, path, headers and body; with `once` none of them is sent twice,
and it ends when they do.

Reads one JSON object on standard input, prints one on standard output. It knows as much HTTP as the
servers here speak: every reply has a Content-Length or no body at all. It tells how busy it was
itself, because a client that is busy all the time measures itself.
"""

import itertools
import json
import select
import socket
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

WITHOUT_BODY = (204, 304)

MANY = 20_000


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> None:
        """Send a request; its reply is awaited from now on."""
        self.head, self.missing, self.status = b"", -1, 0
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def go_on(self, asking: Iterator[bytes]) -> bool:
        """Send the next request; false when there is none."""
        request = next(asking, None)
        if request is not None:
            self.ask(request)
        return request is not None

    def receive(self) -> bool:
        """Read what has come; true when the reply is whole."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed a connection that was to stay open")
        if self.missing >= 0:
            self.missing -= len(data)
        else:
            self._begin(self.head + data)
        return self.missing == 0

    def _begin(self, data: bytes) -> None:
        head, found, body = data.partition(b"\r\n\r\n")
        if not found:
            self.head = data
            return
        self.status = int(head[9:12])
        self.missing = (0 if self.status in WITHOUT_BODY else _length(head)) - len(body)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])


def requests(paths: list[str], headers: list[dict[str, str]]) -> Iterator[bytes]:
    """The requests to send, over and over: each path in its turn, with each set of headers in its turn."""
    pairs = zip(itertools.cycle(paths), itertools.cycle(headers), strict=False)
    # Where both vary, no pair comes again for so long that nobody still keeps its answer.
    different = MANY if len(paths) > 1 and len(headers) > 1 else max(len(paths), len(headers))
    return itertools.cycle([_written(path, extra) for path, extra in itertools.islice(pairs, different)])


def _written(path: str, headers: dict[str, str], method: str = "GET", body: str | None = None) -> bytes:
    sent = b"" if body is None else body.encode()
    about = {} if body is None else {"Content-Type": "application/json", "Content-Length": str(len(sent))}
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: bench",
        "User-Agent: bench",
        *(f"{name}: {value}" for name, value in (headers | about).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + sent


def whole(asks: list[tuple[str, str, dict[str, str], str | None]], *, once: bool) -> Iterator[bytes]:
    """The requests to send that are given whole: over and over, or each of them once."""
    written = [_written(path, headers, method, body) for method, path, headers, body in asks]
    return iter(written) if once else itertools.cycle(written)


def drive(port: int, asking: Iterator[bytes], connections: int, seconds: float) -> dict[str, Any]:
    """Ask for so many seconds and until there is a reply, or until nothing is left to ask; replies under way at the end are not counted."""
    poll, open_ = select.epoll(), {}
    for _ in range(connections):
        connection = Connection(port)
        open_[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    statuses: Counter[int] = Counter()
    took: list[float] = []
    cpu, started = time.process_time(), time.perf_counter()
    busy = sum(connection.go_on(asking) for connection in open_.values())
    while busy and (not took or time.perf_counter() - started < seconds):
        for number, _ in poll.poll(1):
            connection = open_[number]
            if connection.receive():
                took.append(time.perf_counter() - connection.asked)
                statuses[connection.status] += 1
                busy -= not connection.go_on(asking)
    now = time.perf_counter()
    return _told(took, statuses, now - started, time.process_time() - cpu)


def _told(took: list[float], statuses: Counter[int], seconds: float, cpu: float) -> dict[str, Any]:
    took.sort()
    return {
        "requests": len(took),
        "per_second": len(took) / seconds,
        "p50_ms": statistics.median(took) * 1000,
        "p99_ms": took[len(took) * 99 // 100] * 1000,
        "statuses": {str(status): count for status, count in statuses.items()},
        "busy": cpu / seconds,
    }


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    if asked.get("asks"):
        sending = whole(asked["asks"], once=asked.get("once", False))
    else:
        sending = requests(asked["paths"], asked.get("headers") or [{}])
    print(json.dumps(drive(asked["port"], sending, asked["connections"], asked["seconds"])))
