"""What stands before an instance in the cloud: so many requests at once, a few that wait, and a 503 for the others.

Cloud Run gives an instance no more requests than its concurrency, which deploy.sh sets to `THREADS`
(https://cloud.google.com/run/docs/about-concurrency). gunicorn alone takes a thousand connections and has their
requests wait without end: after a rush everybody is answered late, whoever has given up first of all.
A front of semaphores and waiting threads inside the app was tried: refusing took half a millisecond of
the processor that answers need, so at three times the capacity the line was as long as before.
`python -m tests.load` shows how it is now, with `--plain` how it was.
"""

import re
import selectors
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from common import replies
from common.i18n import Language, preferred
from common.problems import ServiceUnavailable

# Requests that wait for each that is served: half a second of work for all of them. With a tenth of a second, 7 in 1000 were
# refused at half of the capacity, in spells in which everything took a little longer.
WAITING = 31

# Seconds after which whoever was refused may come again.
RETRY_AFTER = 2

# A request that came in one piece is no longer; of a longer one the connection ends.
PIECE = 65_536


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads (`--threads`), and a line before them that ends; all but the refusals' goodbye runs on its main thread."""

    def init_process(self) -> None:
        """Begin with nobody in line."""
        self.under_way = 0
        self.leaving = ThreadPoolExecutor(1)
        super().init_process()

    def enqueue_req(self, conn: TConn) -> None:
        """Have a request served if there is room, once its first bytes are there: whoever only connects takes no thread."""
        if not conn.initialized and not conn.data_ready:
            self._await(conn)
        elif self.under_way >= self.cfg.threads * (1 + WAITING):
            self._refuse(conn)
        else:
            self.under_way += 1
            super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Make room for the next one."""
        self.under_way -= 1
        super().finish_request(conn, fs)

    def _await(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _refuse(self, conn: TConn) -> None:
        try:
            conn.sock.setblocking(False)
            asked = conn.sock.recv(PIECE)
            # The answer to a HEAD has no body: what would follow it on the connection would be taken for the next answer.
            stays = _whole(asked) and not asked.startswith(b"HEAD ")
            conn.sock.send(_refusal(preferred(_language(asked)), stays))
        except OSError:
            stays = False
        if stays:
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))
        else:
            # What is still to come has to be read before the end, or the client sees a reset instead of the answer.
            self.leaving.submit(conn.close, graceful=True).add_done_callback(lambda _: self.method_queue.defer(self._left))

    def _left(self) -> None:
        # Not before: whoever is refused and does not close holds a file until then, and of files there is an end.
        self.nr_conns -= 1


def _whole(asked: bytes) -> bool:
    """Whether this is one request from its first byte to its last, so that another may follow on the connection."""
    head, ended, body = asked.partition(b"\r\n\r\n")
    if not ended or re.search(rb"\r\n(transfer-encoding|expect|connection: *close)", head, re.IGNORECASE):
        return False
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return len(body) == (int(length[1]) if length else 0)


def _language(asked: bytes) -> str | None:
    found = re.search(rb"\r\naccept-language: *([^\r]*)", asked[:8192], re.IGNORECASE)
    return found[1].decode("latin-1") if found else None


@cache
def _refusal(language: Language, stays: bool) -> bytes:
    reply = replies.problem(ServiceUnavailable(retry_after=RETRY_AFTER), language)
    told = {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body)), "Connection": "keep-alive" if stays else "close"}
    lines = [f"HTTP/1.1 {reply.line}", *(f"{name}: {value}" for name, value in {**reply.headers, **told}.items())]
    return "\r\n".join([*lines, "", ""]).encode() + reply.body
