"""A network to the database that fails in every way, under reads and writes: soon an answer, soon well again, and every write once."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from common import connections, db
from infra.local import postgres
from tests.faults.journal import LATER, Crowd
from tests.faults.matrix import OWN_WORK, SOON
from tests.faults.table import LONG, ROWS, Row
from tests.social import scene
from tests.support import faulty
from tests.support.faulty import Fault, Proxy

# Seconds that a fault lasts: in the long edition until whoever met it first has been answered.
LASTS = 30.0 if LONG else 3.5
LONGER: tuple[Fault, ...] = (faulty.REFUSAL, faulty.truncation(40), faulty.latency(0.05, 0.05)) if LONG else ()
FAULTS = (faulty.SILENCE, faulty.TRICKLE, faulty.RESET, *LONGER)

DOCUMENTED = {"200", "201", "409", LATER}


@pytest.fixture
def line(database: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The network between the functions and PostgreSQL."""
    if not LONG:
        for name, seconds in {"SILENCE": 2, "CONNECT": 3, "WAIT": 1}.items():
            monkeypatch.setattr(connections, name, seconds)
        monkeypatch.setitem(connections.LIMITS, "idle_in_transaction_session_timeout", "1000")
        monkeypatch.setitem(connections.LIMITS, "lock_timeout", "1000")
    port = database.url.rpartition(":")[2]
    proxy = Proxy(int(port))
    monkeypatch.setenv("DATABASE_URL", os.environ["DATABASE_URL"].replace(f":{port}/", f":{proxy.port}/"))
    yield proxy
    monkeypatch.undo()
    proxy.close()


def bound() -> float:
    """Seconds after which a request is answered: it waits for a connection, makes one, and asks once what is never answered."""
    return float(connections.WAIT + connections.CONNECT + connections.SILENCE)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_network_to_the_database_that_fails_is_answered_soon_and_loses_nothing(fault: Fault, api: Any, line: Proxy) -> None:
    crowd = Crowd(api)
    # More clients than the pool has connections.
    crowd.start(each=4)
    time.sleep(0.5)
    line.become(fault)
    # A cut is over at once, and whoever comes next finds a network again.
    time.sleep(0.5 if fault.cuts and not LONG else LASTS)
    line.mend()
    up = time.monotonic()
    recovered = crowd.recovery(up, SOON)
    crowd.stop(bound() + OWN_WORK)
    told = ", ".join(f"{times} x {word}" for word, times in sorted(crowd.answers.items()))
    ROWS.append(Row("PostgreSQL", fault.name, told, crowd.longest, bound(), recovered))
    assert crowd.errors == []
    assert set(crowd.answers) <= DOCUMENTED, told
    assert crowd.longest <= bound() + OWN_WORK, f"{crowd.longest:.1f} s"
    assert recovered <= SOON, f"well again after {recovered:.1f} s"
    assert crowd.compare() == []


def test_who_finds_every_connection_silent_is_told_so_soon_and_readers_are_served_as_soon_as_it_is_over(api: Any, line: Proxy) -> None:
    person = scene.person(api)
    callers = int(os.environ.get("THREADS", "8")) + 8
    asking = [lambda: (person.get("/v1/me/subscription", expect=None), time.monotonic())] * callers
    scene.at_once(asking)
    line.become(faulty.SILENCE)
    began = time.monotonic()
    answers = scene.at_once(asking)
    took = max(at - began for _, at in answers)
    line.mend()
    assert {answer.status for answer, _ in answers} == {503} and all(answer.headers["Retry-After"] for answer, _ in answers)
    assert took <= bound() + OWN_WORK
    began = time.monotonic()
    while person.get("/v1/me/subscription", expect=None).status != 200 and time.monotonic() < began + SOON:
        pass
    recovered = time.monotonic() - began
    ROWS.append(Row("PostgreSQL", f"{callers} readers, half-open", "503 Retry-After", took, bound(), recovered))
    assert recovered <= SOON


def test_moves_of_whole_databases_wait_as_long_as_they_take(
    database: postgres.Server, line: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SILENCE", 1)
    with db.moving() as moving:
        assert moving.value("select 1 from pg_sleep(1.5)") == 1


def test_a_result_that_drips_is_given_up_while_it_still_drips(line: Proxy) -> None:
    with db.reading() as reading:
        assert reading.value("select repeat('x', 100)")
        line.become(faulty.TRICKLE)
        began = time.monotonic()
        with pytest.raises(db.DOWN):
            reading.value("select repeat('x', 100)")
        took = time.monotonic() - began
        left = time.monotonic()
    assert took <= connections.SILENCE + OWN_WORK, f"{took:.1f} s"
    # Leaving the block asks the lost connection nothing that would have to be waited for.
    assert time.monotonic() - left < 10
