"""A network between a function and its database: what is sent arrives later, in order, at full bandwidth.

Threads that sleep, because an event loop's timers are a millisecond coarse, and a millisecond is what is measured.
"""

import contextlib
import queue
import socket
import sys
import threading
import time


def forward(source: socket.socket, target: socket.socket, seconds: float) -> None:
    """Pass bytes on, each `seconds` after it came, until `source` ends; both ends are told."""
    under_way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
    threading.Thread(target=_deliver, args=(under_way, target), daemon=True).start()
    data = b"begin"
    while data:
        try:
            data = source.recv(1 << 16)
        except OSError:
            data = b""
        under_way.put((time.monotonic() + seconds, data))


def _deliver(under_way: "queue.SimpleQueue[tuple[float, bytes]]", target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            due, data = under_way.get()
            time.sleep(max(0.0, due - time.monotonic()))
            if not data:
                target.shutdown(socket.SHUT_RDWR)
                return
            target.sendall(data)


def serve(port: int, target: int, seconds: float) -> None:
    """Listen on `port` and pass on to `target`, both on this machine; `seconds` is the delay of one direction."""
    listening = socket.create_server(("127.0.0.1", port))
    while True:
        near, _ = listening.accept()
        far = socket.create_connection(("127.0.0.1", target))
        for side in (near, far):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for source, other in ((near, far), (far, near)):
            threading.Thread(target=forward, args=(source, other, seconds), daemon=True).start()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
