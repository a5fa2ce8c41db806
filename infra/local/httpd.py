"""The small HTTP server that the local stand-ins share: one function from a request to a response."""

import json
import logging
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

log = logging.getLogger(__name__)

# More than any file of ours; a stand-in keeps a request in memory.
LARGEST_BODY = 256 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One request: `path` as sent (still percent-encoded), `query` decoded, the last of a repeated name."""

    method: str
    path: str
    query: dict[str, str]
    headers: "Message[str, str]"
    body: bytes

    def header(self, name: str) -> str:
        """The header `name` (any case), or an empty string."""
        return self.headers.get(name) or ""


@dataclass
class Response:
    """One response; Content-Length is added when it is sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Handle = Callable[[Request], Response]


def json_response(value: Any, status: int = 200) -> Response:
    """A response of `value` as JSON."""
    return Response(status, json.dumps(value).encode(), {"Content-Type": "application/json; charset=UTF-8"})


class BadBody(Exception):
    """The request's body cannot be read; the connection has to be closed."""


class Hangup(Exception):
    """What `handle` raises to drop the connection instead of answering."""


class Server(ThreadingHTTPServer):
    """Serves `handle` on 127.0.0.1, a thread for each connection; port 0 takes a free port.

    It is bound when made and answers once `serve_forever` runs (see `start`).
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handle: Handle, port: int = 0) -> None:
        """`handle` is called from many threads at once."""
        self.handle = handle
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remembers a connection, for `stop`, and serves it in a thread of its own."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Ends and forgets a connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Reports what went wrong with a connection, but not a client that left: tests of failing networks leave all the time."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def serve_forever(self, poll_interval: float = 0.05) -> None:
        """Answers until `stop`, which has to wait for up to `poll_interval` seconds."""
        super().serve_forever(poll_interval)

    def stop(self) -> None:
        """Stops answering, also on the connections that clients keep open; a started server only."""
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # The client closed it first.


def start(server: Any) -> threading.Thread:
    """Runs `server.serve_forever` in a daemon thread; stop it with the server's own `stop`."""
    thread = threading.Thread(target=server.serve_forever, daemon=True, name=type(server).__name__)
    thread.start()
    return thread


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Headers and body go out in two writes; with Nagle's algorithm the second waits for the
    # client's delayed acknowledgement, 40 ms on each kept-alive reply.
    disable_nagle_algorithm = True
    timeout = 300

    def _answer(self) -> None:
        try:
            response = self._handled()
        except Hangup:
            self.close_connection = True
            return
        except BadBody as error:
            self.close_connection = True
            response = Response(400, str(error).encode(), {"Content-Type": "text/plain"})
        except Exception:
            log.exception("%s %s failed", self.command, self.path)
            response = Response(500, b"The stand-in failed; its log says why.", {"Content-Type": "text/plain"})
        self._send(response)

    def _handled(self) -> Response:
        parts = urlsplit(self.path if self.path.startswith("/") else "/")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        # urlsplit takes "//host/x" for a network location; the path as sent is what was signed.
        path = self.path.partition("?")[0]
        return self.server.handle(Request(self.command, path, query, self.headers, self._body()))

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            raise BadBody(f"Content-Length {length} cannot be taken")
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            raise BadBody("The connection ended before the body did")
        return body

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := self._chunk_size():
            body += self.rfile.read(size)
            self.rfile.readline()
            if len(body) > LARGEST_BODY:
                raise BadBody("The body is too large")
        while self.rfile.readline().strip():  # Trailers end at an empty line.
            pass
        return bytes(body)

    def _chunk_size(self) -> int:
        line = self.rfile.readline(100).split(b";")[0].strip()
        try:
            return int(line, 16)
        except ValueError:
            raise BadBody("A chunk has no size") from None

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status not in (204, 304) and "Content-Length" not in response.headers:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: a line for each request would bury what the stack itself has to say."""
