"""The gateway on a port of this machine, for browsers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class Silent(WSGIRequestHandler):
    """Says nothing about requests."""

    def log(self, *_: Any, **__: Any) -> None:
        """Nothing."""


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """`app` (WSGI) as a server; its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
