"""Two at the same moment, and nothing left to luck: while one holds what the other needs, the other is seen to wait or to be through."""

import threading
import time
from collections.abc import Callable
from typing import Any

from common import db

# Seconds in which whatever is to happen has happened, however busy the machine is.
PATIENCE = 30

# Each run of the tests has a database server of its own, so whoever waits is the one that was started here.
WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


class Beside:
    """Something that runs in a thread beside the test; `end` gives what it gave, or raises what it raised."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act, self._gave, self._raised = act, None, None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._gave = self._act()
        except BaseException as error:
            self._raised = error

    @property
    def waits(self) -> bool:
        """Whether it has not ended."""
        return self._thread.is_alive()

    def end(self) -> Any:
        """What it gave, once whoever kept it waiting is through."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "it still waits"
        if self._raised is not None:
            raise self._raised
        return self._gave


def beside(act: Callable[[], Any]) -> Beside:
    """Start `act`, and return when it waits for a lock of the database or has ended."""
    started, deadline = Beside(act), time.monotonic() + PATIENCE
    with db.reading() as looking:
        while started.waits and not looking.value(WAITING):
            assert time.monotonic() < deadline, "it neither waits for a lock nor ends"
            time.sleep(0.01)
    return started
