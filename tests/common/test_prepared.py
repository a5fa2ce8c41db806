"""What the database layer leans on of pg8000: prepared statements survive what happens to connections."""

import pytest
from pg8000.exceptions import DatabaseError

from common import connections, db
from common.prepared import ANEW


@pytest.fixture(autouse=True)
def table(database):
    with db.transaction() as making:
        making.run("create table if not exists sandbox (id bigint primary key, word text)")
        making.run("delete from sandbox")
        making.run("insert into sandbox values (1, 'satu')")
    yield
    with db.transaction() as dropping:
        dropping.run("drop table sandbox")


def test_a_changed_table_does_not_break_a_prepared_read():
    for _ in range(2):
        with db.reading() as reading:
            assert reading.one("select * from sandbox where id = :id", id=1).word == "satu"
    with db.transaction() as changing:
        changing.run("alter table sandbox add column more text default 'lagi'")
    for _ in range(8):
        with db.reading() as reading:
            assert reading.one("select * from sandbox where id = :id", id=1).more == "lagi"


def test_discarded_statements_are_prepared_again():
    with db.reading() as reading:
        reading.one("select word from sandbox where id = :id", id=1)
        reading.run("discard all")
        assert reading.one("select word from sandbox where id = :id", id=1).word == "satu"


def test_after_an_error_the_connection_goes_on():
    for _ in range(3):
        with pytest.raises(DatabaseError) as caught, db.transaction() as failing:
            failing.run("insert into sandbox values (:id, 'dua')", id=1)
        assert (db.code(caught.value), db.constraint(caught.value)) == ("23505", "sandbox_pkey")
        with db.reading() as reading:
            assert reading.value("select count(*) from sandbox") == 1


def test_a_connection_that_the_server_cut_is_replaced_without_the_caller_noticing():
    for again in (db.reading, db.transaction):
        with db.reading() as used:
            victim = used.value("select pg_backend_pid()")
            with db.reading() as killing:
                assert killing.value("select pg_terminate_backend(:pid, 5000)", pid=victim)
        # The pool gives out first what came back last: the one that is dead.
        with again() as next_one:
            assert next_one.value("select pg_backend_pid()") != victim
            assert next_one.value("select word from sandbox where id = :id", id=1) == "satu"


def test_a_transaction_that_loses_its_connection_half_way_is_not_repeated():
    with pytest.raises(db.DOWN), db.transaction() as dying:
        dying.run("update sandbox set word = 'hilang' where id = :id", id=1)
        with db.reading() as killing:
            killing.all(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
            )
        dying.run("update sandbox set word = 'lagi' where id = :id", id=1)
    with db.reading() as reading:
        assert reading.value("select word from sandbox where id = 1") == "satu"


def test_raising_rolls_back_and_what_was_to_happen_after_the_commit_does_not():
    happened = []
    with pytest.raises(RuntimeError), db.transaction() as failing:
        failing.run("update sandbox set word = 'salah'")
        failing.after_commit(lambda: happened.append(1))
        raise RuntimeError
    with db.reading() as reading:
        assert (reading.value("select word from sandbox"), happened) == ("satu", [])


def test_more_statements_than_are_kept_still_work():
    from common.prepared import KEPT

    with db.reading() as reading:
        for number in range(KEPT + 20):
            assert reading.value(f"select {number} where :one::int = 1", one=1) == number
        assert reading.value("select 0 where :one::int = 1", one=1) == 0


def test_moments_come_back_aware_and_exact():
    from datetime import UTC, datetime

    moment = datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=UTC)
    with db.reading() as reading:
        assert reading.value("select cast(:moment as timestamptz)", moment=moment) == moment
        assert reading.value("select 'infinity'::timestamptz") == "infinity"


@pytest.mark.parametrize("way", ["prepared", "behind a pooler", "planned anew"])
def test_no_error_quotes_the_row_it_is_about(way, monkeypatch):
    monkeypatch.setenv("STATEMENT_CACHE", str(way != "behind a pooler").lower())
    connections.pool().distrust()
    start = f"{ANEW} " if way == "planned anew" else ""
    with db.transaction() as changing:
        changing.run("create unique index sandbox_word on sandbox (word)")
        changing.run("alter table sandbox add constraint sandbox_low check (id < 1000)")
    # The second without values: it goes another way.
    for sql, values, why in [
        ("insert into sandbox values (:id, :word)", {"id": 2, "word": "satu"}, "23505"),
        ("insert into sandbox select id + 1, word from sandbox", {}, "23505"),
        ("insert into sandbox values (:id, :word)", {"id": 2000, "word": "rahasia"}, "23514"),
    ]:
        with pytest.raises(DatabaseError) as caught, db.transaction() as failing:
            failing.run(start + sql, **values)
        assert db.code(caught.value) == why and db.constraint(caught.value)
        assert "satu" not in str(caught.value) and "rahasia" not in str(caught.value)
    connections.pool().distrust()


def test_no_commit_that_is_refused_quotes_the_row_either():
    with db.transaction() as changing:
        changing.run("alter table sandbox add constraint sandbox_word unique (word) deferrable initially deferred")
    with pytest.raises(DatabaseError) as caught, db.transaction() as failing:
        failing.run("insert into sandbox values (:id, :word)", id=2, word="satu")
    assert db.code(caught.value) == "23505" and "satu" not in str(caught.value)


def test_a_statement_that_can_never_run_is_refused_and_not_tried_for_ever():
    with pytest.raises(DatabaseError) as caught, db.reading() as reading:
        reading.all("select count(*) from sandbox where id = :id for update", id=1)
    assert db.code(caught.value) == "0A000"


def test_nothing_is_prepared_where_a_pooler_stands_between(monkeypatch):
    monkeypatch.setenv("STATEMENT_CACHE", "false")
    connections.pool().distrust()
    with db.reading() as reading:
        assert reading.value("select word from sandbox where id = :id", id=1) == "satu"
        assert (
            reading.value(
                "select count(*) from pg_prepared_statements where statement like '%sandbox where id = $1%' and prepare_time > now()"
            )
            == 0
        )
    connections.pool().distrust()
