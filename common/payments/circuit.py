"""A circuit per service and process: when a provider is down, callers are told so at once instead of waiting for it.

It opens after `FAILURES` calls in a row that failed, and every `PAUSE` seconds lets one call through to see.
"""

import threading
import time
from dataclasses import dataclass

from common.clients.errors import Unavailable

FAILURES = 3
PAUSE = 30.0


class Open(Unavailable):
    """The service failed several times in a row and is not asked for the moment; `retry_after` is in seconds."""

    def __init__(self, service: str, retry_after: int) -> None:
        super().__init__(service, "its circuit is open")
        self.retry_after = retry_after


@dataclass
class _State:
    failures: int = 0
    closed_at: float = 0.0


_states: dict[str, _State] = {}
_lock = threading.Lock()


def enter(service: str) -> None:
    """Ask leave to call `service`; raises `Open`."""
    with _lock:
        state = _states.setdefault(service, _State())
        left = state.closed_at - time.monotonic()
        if state.failures >= FAILURES and left > 0:
            raise Open(service, int(left) + 1)
        if state.failures >= FAILURES:
            state.closed_at = time.monotonic() + PAUSE  # This call is the one that tries; others wait for what it finds.


def leave(service: str, *, well: bool) -> None:
    """Say how a call of `service` ended; an answer of any kind but "I am down" is well."""
    with _lock:
        state = _states.setdefault(service, _State())
        state.failures = 0 if well else state.failures + 1
        if state.failures >= FAILURES:
            state.closed_at = time.monotonic() + PAUSE


def reset() -> None:
    """Forget everything, as a new process does."""
    with _lock:
        _states.clear()
