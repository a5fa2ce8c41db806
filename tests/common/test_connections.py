"""The connections a process keeps: never more than it may have, none that is old or of unknown state."""

import gc
import threading
import time

import pytest

from common import connections, db
from common.connections import Busy, Kept, Pool


@pytest.fixture
def pool(database):
    """A pool of two, whose connections are closed at the end."""
    made = Pool(2)
    yield made
    for _ in range(2):
        made.throw(made.take())


def backend(kept):
    return kept.connection.execute_simple("select pg_backend_pid()").rows[0][0]


def test_a_connection_given_back_is_the_next_one_taken(pool):
    first = pool.take()
    pool.give(first)
    assert pool.take() is first
    pool.give(first)


def test_with_all_in_use_a_request_waits_and_is_then_told_that_we_are_busy(pool, monkeypatch):
    monkeypatch.setattr(connections, "WAIT", 0.05)
    taken = [pool.take(), pool.take()]
    with pytest.raises(Busy):
        pool.take()
    assert issubclass(Busy, db.DOWN), "or it would be a 500 instead of a 503"
    for kept in taken:
        pool.give(kept)


def test_a_waiting_request_gets_the_connection_that_comes_free(pool):
    first, second = pool.take(), pool.take()
    threading.Timer(0.05, pool.give, [first]).start()
    assert pool.take() is first
    pool.give(first)
    pool.give(second)


def test_more_threads_than_connections_never_share_one(pool):
    in_use, seen, lock = [], [], threading.Lock()

    def work():
        for _ in range(10):
            kept = pool.take()
            with lock:
                in_use.append(backend(kept))
                seen.append(tuple(in_use))
            kept.connection.execute_simple("select pg_sleep(0.001)")
            with lock:
                in_use.remove(backend(kept))
            pool.give(kept)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 60
    assert all(len(each) == len(set(each)) <= 2 for each in seen)


def test_an_old_connection_is_closed_and_replaced(pool, monkeypatch):
    first = pool.take()
    before = backend(first)
    pool.give(first)
    monkeypatch.setattr(connections, "AGE", 0)
    second = pool.take()
    assert backend(second) != before
    with pytest.raises(Exception, match="closed"):
        backend(first)
    pool.give(second)


def test_after_a_failover_none_of_the_old_connections_is_used(pool):
    taken = [pool.take(), pool.take()]
    before = {backend(kept) for kept in taken}
    for kept in taken:
        pool.give(kept)
    pool.distrust()
    after = [pool.take(), pool.take()]
    assert before.isdisjoint(backend(kept) for kept in after)
    for kept in after:
        pool.give(kept)


def test_a_place_is_not_lost_when_connecting_fails(pool, monkeypatch):
    def refused():
        raise OSError("refused")

    with monkeypatch.context() as broken:
        broken.setattr(connections, "connect", refused)
        for _ in range(5):
            with pytest.raises(OSError, match="refused"):
                pool.take()
    kept = [pool.take(), pool.take()]
    for each in kept:
        pool.give(each)


def test_a_connection_that_cannot_even_be_closed_costs_no_place(pool):
    class Stuck:
        def close(self):
            raise OSError("the cable is out")

    first = pool.take()
    pool.throw(Kept(Stuck(), time.monotonic(), prepares=True))
    first.connection.close()
    both = [pool.take(), pool.take()]
    for kept in both:
        pool.give(kept)


def test_none_is_made_while_one_that_works_is_free(pool):
    working, broken = pool.take(), pool.take()
    pool.give(working)
    pool.throw(broken)
    assert pool.take() is working
    pool.give(working)


def test_a_connection_that_was_not_to_be_had_in_time_costs_none_of_those_that_work(pool, monkeypatch):
    monkeypatch.setattr(connections, "pool", lambda: pool)

    def too_slow():
        raise TimeoutError

    with db.reading() as working:
        before = working.value("select pg_backend_pid()")
        monkeypatch.setattr(connections, "connect", too_slow)
        for begun in (db.reading, db.transaction):
            with pytest.raises(TimeoutError), begun() as refused:
                refused.value("select 1")
    with db.reading() as working:
        assert working.value("select pg_backend_pid()") == before
    monkeypatch.undo()


def test_a_connection_that_comes_too_late_is_closed_at_once(database, monkeypatch):
    made, connected = [], connections._connected

    def slowly(**arguments):
        connection = connected(**arguments)
        made.append(connection.execute_simple("select pg_backend_pid()").rows[0][0])
        time.sleep(0.4)
        return connection

    def is_there():
        with db.reading() as reading:
            return reading.value("select count(*) from pg_stat_activity where pid = :pid", pid=made[0]) == 1

    gc.disable()  # A connection is part of a cycle, and what closes it by chance closes it late.
    try:
        with monkeypatch.context() as slow:
            slow.setattr(connections, "_connected", slowly)
            slow.setattr(connections, "CONNECT", 0.2)
            with pytest.raises(TimeoutError):
                connections.connect()
        until = time.monotonic() + 3
        while is_there() and time.monotonic() < until:
            time.sleep(0.02)
        assert not is_there()
    finally:
        gc.enable()


def test_a_move_may_compute_between_two_statements_for_as_long_as_it_takes(database, monkeypatch):
    monkeypatch.setitem(connections.LIMITS, "idle_in_transaction_session_timeout", "100")
    with db.moving() as moving:
        moving.run("create temporary table counted (id bigint)")
        time.sleep(0.4)
        assert moving.value("select count(*) from counted") == 0


@pytest.mark.parametrize(
    ("url", "arguments"),
    [
        ("postgresql+pg8000://ani@db:6432/mama", {"user": "ani", "host": "db", "port": 6432, "database": "mama"}),
        ("postgresql+pg8000://ani:p%40ss%2Fword@db/mama", {"user": "ani", "password": "p@ss/word", "host": "db", "database": "mama"}),
        (
            "postgresql+pg8000://ani@/mama?unix_sock=/run/pg/.s.PGSQL.5432",
            {"user": "ani", "database": "mama", "unix_sock": "/run/pg/.s.PGSQL.5432"},
        ),
    ],
)
def test_a_database_url_is_read_as_sqlalchemy_reads_it(url, arguments):
    assert connections._addressed(url) == arguments


def test_every_process_has_one_pool_however_many_ask_first(database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database.database("never-connected"))
    found = []
    threads = [threading.Thread(target=lambda: found.append(connections.pool())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in found}) == 1
