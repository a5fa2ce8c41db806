"""Connections of a sender that never waits: each is kept alive and has at most one request under way."""

import errno
import socket
from collections.abc import Iterator

WITHOUT_BODY = (204, 304)


class Broken(Exception):
    """The server closed or reset a connection."""


class Connection:
    """One connection; whoever polls it says when it can be written to and read from."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        started = self.socket.connect_ex(("127.0.0.1", port))
        if started not in (0, errno.EINPROGRESS):
            raise Broken(errno.errorcode[started])
        self.number = self.socket.fileno()
        self.idle_since = 0.0
        self.left = b""
        self._received = b""
        self._whole = -1

    def ask(self, request: bytes) -> None:
        """Take a request; `send` sends it, now or when the connection stands."""
        self.left, self._received, self._whole = request, b"", -1
        self.send()

    def send(self) -> None:
        """Send what is left to be sent, as far as it goes; raises `Broken`."""
        try:
            self.left = self.left[self.socket.send(self.left) :]
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno not in (errno.ENOTCONN, errno.EAGAIN):
                raise Broken(str(error)) from None

    def receive(self) -> "Reply | None":
        """The reply, once it is whole; raises `Broken`."""
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return None
        except OSError as error:
            raise Broken(str(error)) from None
        if not data:
            raise Broken("closed")
        self._received += data
        if self._whole < 0:
            head, found, _ = self._received.partition(b"\r\n\r\n")
            if not found:
                return None
            self._whole = len(head) + 4 + _length(head)
        return Reply(self._received) if len(self._received) >= self._whole else None

    def close(self) -> None:
        """Give the connection up."""
        self.socket.close()


class Reply:
    """A whole reply; headers are read only when they are asked for."""

    def __init__(self, received: bytes) -> None:
        self.head, _, self.body = received.partition(b"\r\n\r\n")
        self.status = int(self.head[9:12])

    def header(self, name: str) -> str | None:
        """A header's value."""
        found = self.head.lower().find(b"\r\n" + name.lower().encode() + b":")
        return self.head[found + 2 :].partition(b"\r\n")[0].partition(b":")[2].strip().decode() if found >= 0 else None

    def ends(self) -> bool:
        """Whether the server closes the connection after it."""
        return b"connection: close" in self.head.lower()


def _length(head: bytes) -> int:
    if int(head[9:12]) in WITHOUT_BODY:
        return 0
    return int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])


def heads(headers: dict[str, str]) -> Iterator[str]:
    """Header lines."""
    return (f"{name}: {value}" for name, value in headers.items())


def written(method: str, path: str, headers: dict[str, str], body: bytes | None) -> bytes:
    """A request as it goes over the wire."""
    extra = {} if body is None else {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: load", *heads({**headers, **extra}), "", ""]).encode() + (body or b"")
