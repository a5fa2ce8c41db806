"""The database is stopped at once, as by a crash, again and again under writes: nothing acknowledged is lost, nothing done twice."""

import os
import signal
import subprocess
import time
from typing import Any

import pytest

from common import connections
from infra.local import postgres
from tests.faults.journal import LATER, Crowd
from tests.faults.matrix import SOON
from tests.faults.table import LONG, ROWS, Row

# How often, and the seconds between two.
TIMES, EVERY = (max(1, int(os.environ.get("FAULTS_SECONDS", "60")) // 5), 5.0) if LONG else (2, 2.0)

# 409 says that the first request with this key has not ended yet.
DOCUMENTED = {"200", "201", "409", LATER}


def restart(server: postgres.Server) -> None:
    """Stop the server in immediate mode, which leaves it to recover from its log, and start it again."""
    server.process.send_signal(signal.SIGQUIT)
    server.process.wait(20)
    with server.log.open("ab") as log:
        server.process = subprocess.Popen(
            server.process.args, stdout=log, stderr=log, env=postgres.ENVIRONMENT, cwd="/", start_new_session=True, **postgres._as_nobody()
        )
    postgres._wait(server, int(server.url.rpartition(":")[2]))


@pytest.fixture
def lasting(database: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> postgres.Server:
    """The tests' server, whose commits are acknowledged when they are written, as in production."""
    monkeypatch.setitem(connections.LIMITS, "synchronous_commit", "on")
    connections._pool.cache_clear()
    return database


def test_a_database_that_is_restarted_under_writes_loses_nothing_that_was_acknowledged(api: Any, lasting: postgres.Server) -> None:
    crowd = Crowd(api)
    crowd.start()
    for _ in range(TIMES):
        time.sleep(EVERY)
        restart(lasting)
    up = time.monotonic()
    recovered = crowd.recovery(up, SOON)
    crowd.stop(30)
    told = ", ".join(f"{times} x {word}" for word, times in sorted(crowd.answers.items()))
    ROWS.append(Row("PostgreSQL", f"{TIMES} immediate restarts", told, crowd.longest, float(connections.SILENCE), recovered))
    assert crowd.errors == []
    assert set(crowd.answers) <= DOCUMENTED, told
    assert crowd.answers.get(LATER, 0) > 0, "no client noticed anything"
    assert recovered <= SOON, f"well again after {recovered:.1f} s"
    assert crowd.compare() == []
