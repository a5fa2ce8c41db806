"""A process that dies (SIGKILL) at a chosen point: before a statement, around a commit, around a call to the outside.

The request runs in a forked child with connections of its own, and the child kills itself, so the
database and the stand-ins see exactly what they see when an instance is gone.
"""

import os
import signal
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from pg8000.core import CoreConnection

from common import connections, prepared
from common.payments import circuit, web


def points(request: Callable[[], object]) -> list[str]:
    """The points that `request` passes, in order; it runs to its end, in a child."""
    status, passed = _run(request, None)
    assert status == 0, f"the request failed without being killed, after {passed}"
    return passed


def at(point: int, request: Callable[[], object]) -> None:
    """Run `request` and kill its process at the `point`-th point that it passes."""
    status, _ = _run(request, point)
    assert status == -signal.SIGKILL, f"the process was to be killed at point {point} and ended with {status}"


def _run(request: Callable[[], object], point: int | None) -> tuple[int, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        trail = Path(folder) / "points"
        trail.touch()
        child = os.fork()
        if child == 0:
            _child(request, point, trail)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return ended, trail.read_text().splitlines()


def _child(request: Callable[[], object], point: int | None, trail: Path) -> None:
    try:
        # The parent's connections are not ours to use, nor to close: they stay referred to, and are never touched.
        parents = connections.pool()
        connections._pool.cache_clear()
        web._session.cache_clear()
        circuit.reset()
        _watch(point, trail)
        request()
        os._exit(0 if parents is not connections.pool() else 2)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _watch(point: int | None, trail: Path) -> None:
    passed = 0
    log = trail.open("a")

    def reached(name: str) -> None:
        nonlocal passed
        log.write(name + "\n")
        log.flush()
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    run, simple, once = prepared.run, CoreConnection.execute_simple, web._once

    def watched_run(connection, sql, values, *, keep=True):
        reached("before " + " ".join(sql.split())[:70])
        return run(connection, sql, values, keep=keep)

    def watched_simple(self, word):
        reached(f"before {word}")
        context = simple(self, word)
        reached(f"after {word}")
        return context

    def watched_once(method, url, headers, body):
        reached(f"before {method} {url.partition('/')[2].partition('/')[2].partition('/')[2][:30]}")
        answer = once(method, url, headers, body)
        reached(f"after {method}")
        return answer

    prepared.run, CoreConnection.execute_simple, web._once = watched_run, watched_simple, watched_once
