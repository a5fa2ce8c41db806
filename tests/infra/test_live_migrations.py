"""Migrations while people use the database: deploys do not collide, give way to the traffic, and bear with the code of before."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError

from common import db
from infra import migrations
from infra.migrations import steps
from infra.routes import ROOT

REVISION = """
from alembic import op
from infra.migrations import online

revision = "{name}"
down_revision = {before}
{said}

def upgrade():
    {does}
"""


@pytest.fixture
def empty(database, monkeypatch):
    """An empty database of its own, which the settings name; gives what opens a connection to it."""
    name = f"live_{time.monotonic_ns()}"
    with create_engine(database.database(), isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text(f"create database {name}"))
    before = os.environ["DATABASE_URL"]
    db.engine().dispose()
    db._engine.cache_clear()
    monkeypatch.setenv("DATABASE_URL", database.database(name))
    yield create_engine(database.database(name)).connect
    db._engine.cache_clear()
    monkeypatch.setenv("DATABASE_URL", before)


@pytest.fixture
def history(empty, tmp_path, monkeypatch):
    """`history("does this", "and then this")` are the revisions that `upgrade` finds: a1, a2 …"""
    real = migrations.config

    def write(*does, said=""):
        for number, each in enumerate(does, 1):
            names = {"name": f"a{number}", "before": repr(f"a{number - 1}") if number > 1 else None}
            (tmp_path / f"a{number}.py").write_text(REVISION.format(does=each, said=said, **names))

    def config():
        made = real()
        made.set_main_option("path_separator", "os")
        made.set_main_option("version_locations", str(tmp_path))
        return made

    monkeypatch.setattr(migrations, "config", config)
    return write


TABLE = "op.execute(\"create table tales (id bigint primary key, title text); insert into tales select n, 'Kancil' from generate_series(1, 1000) n\")"


def test_two_deploys_at_once_wait_for_each_other_and_both_succeed(empty):
    holding = empty()
    holding.execute(text("select pg_advisory_lock(7203114905)"))
    holding.commit()
    command = [sys.executable, "-m", "infra.migrations"]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) for _ in range(2)]
    for each in both:
        assert json.loads(each.stdout.readline())["message"] == "another migration is running; waiting for it"
    holding.close()
    holding.engine.dispose()
    assert [each.wait(120) for each in both] == [0, 0]
    with empty() as reading:
        assert reading.execute(text("select count(*) from users")).scalar() == 0
        head = ScriptDirectory.from_config(migrations.config()).get_current_head()
        assert reading.execute(text("select version_num from alembic_version")).scalars().all() == [head]
    for each in both:
        each.stdout.close()


PAGES = "op.execute('alter table tales add column pages bigint')"


def test_older_code_is_deployed_again_while_the_database_keeps_the_newer_releases_schema(history, empty, tmp_path, capfd):
    history(TABLE, PAGES)
    migrations.upgrade()
    (tmp_path / "a2.py").unlink()  # The checkout of the release before.
    migrations.upgrade()
    assert "the database is newer than this checkout" in capfd.readouterr().out
    with empty() as reading:
        assert reading.execute(text("select count(pages) from tales")).scalar() == 0
        assert reading.execute(text("select version_num from alembic_version")).scalars().all() == ["a2"]


def test_a_database_with_another_history_is_not_taken_for_a_newer_one(history, empty):
    history(TABLE, PAGES)
    migrations.upgrade()
    with empty() as changing:
        changing.execute(text("update alembic_version set version_num = 'a1b'"))
        changing.commit()
    with pytest.raises(CommandError, match="Can't locate revision identified by 'a1b'"):
        migrations.upgrade()


def test_a_table_in_use_delays_a_migration_and_is_not_blocked_by_it_for_long(history, empty, monkeypatch, capfd):
    history(TABLE, PAGES)
    migrations.upgrade("a1")
    # Its own: a thread that another test left behind sleeps too, and closed the reader before the migration had waited.
    monkeypatch.setattr(migrations, "time", SimpleNamespace(sleep=lambda seconds: reader.close()))
    reader = empty()
    reader.execute(text("select * from tales limit 1"))  # Its transaction stays open, as a long report's does.
    started = time.monotonic()
    migrations.upgrade("a2")
    assert 4 < time.monotonic() - started < 30
    assert "trying again" in capfd.readouterr().out
    with empty() as reading:
        assert reading.execute(text("select count(pages) from tales")).scalar() == 0


def test_an_index_is_built_while_others_write_and_while_another_deploy_waits(history, empty):
    history(TABLE, "online.create_index('ix_tales_title', 'tales', 'title, id desc', where='id > 10')")
    migrations.upgrade("a1")
    writer = empty()
    writer.execute(text("insert into tales values (5000, 'Timun Mas')"))  # Not committed yet: the build waits for it, others do not.
    building = threading.Thread(target=migrations.upgrade)
    building.start()
    wait_for(empty, "select count(*) from pg_stat_progress_create_index where relid = 'tales'::regclass")
    with empty() as other:
        other.execute(text("set lock_timeout = '2s'"))
        other.execute(text("insert into tales values (5001, 'Malin Kundang')"))
        other.commit()
    waiting = subprocess.Popen(
        [sys.executable, "-m", "infra.migrations"], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert "waiting" in waiting.stdout.readline()
    writer.commit()
    writer.close()
    building.join(60)
    waiting.terminate()
    waiting.wait()
    waiting.stdout.close()
    with empty() as reading:
        found = reading.execute(
            text("select indisvalid, pg_get_indexdef(indexrelid) from pg_index where indexrelid = 'ix_tales_title'::regclass")
        )
        whole, definition = found.one()
    assert whole and "(title, id DESC) WHERE (id > 10)" in definition


def test_an_index_whose_build_broke_off_is_built_again(history, empty):
    history(TABLE, "online.create_index('uq_tales_title', 'tales', 'title', unique=True)")
    with pytest.raises(DBAPIError, match="could not create unique index"):
        migrations.upgrade()
    with empty() as mending:
        assert mending.execute(text("select indisvalid from pg_index where indexrelid = 'uq_tales_title'::regclass")).scalar() is False
        mending.execute(text("update tales set title = title || id"))
        mending.commit()
    migrations.upgrade()
    with empty() as reading:
        assert reading.execute(text("select indisvalid from pg_index where indexrelid = 'uq_tales_title'::regclass")).scalar() is True


def test_a_constraint_is_added_without_locking_and_holds_for_old_rows_too(history, empty):
    history(TABLE, "online.add_constraint('ck_tales_id', 'tales', 'check (id > 0)')")
    migrations.upgrade()
    with empty() as reading:
        assert reading.execute(text("select convalidated from pg_constraint where conname = 'ck_tales_id'")).scalar() is True


@contextmanager
def listening(statements):
    """Every statement that is sent meanwhile."""

    def hear(connection, cursor, statement, *_):
        statements.append(statement)

    event.listen(db.engine(), "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(db.engine(), "before_cursor_execute", hear)


def step_by_step(revisions, empty):
    """What each revision breaks and locks."""
    for revision in revisions:
        with empty() as reading:
            before = steps.look(reading)
        statements = []
        with listening(statements):
            migrations.upgrade(revision.revision)
        with empty() as reading:
            after = steps.look(reading)
        yield revision, steps.breaks(before, after), steps.locking(statements, before)


def test_the_code_of_the_release_before_still_runs_on_the_schema_of_each_later_revision(empty):
    revisions = list(ScriptDirectory.from_config(migrations.config()).walk_revisions())[::-1]
    later = [each for each in revisions if each.revision > steps.RELEASED]
    assert later, "the newest revision at least is looked at"
    migrations.upgrade(steps.RELEASED)
    for revision, breaks, locks in step_by_step(later, empty):
        assert set(breaks) == set(getattr(revision.module, "CONTRACTS", ())), f"{revision.revision}: {breaks}"
        assert locks == [], f"{revision.revision}: see infra/migrations/online.py"


def test_withdrawals_of_earlier_payout_files_are_known_to_be_being_paid(empty):
    migrations.upgrade("0021")
    with empty() as writing:
        siti = "insert into users (full_name, email, referral_code_id) values ('Siti', 'siti@contoh.id', 'SITI') returning id_users"
        user = writing.execute(text(siti)).scalar()
        add = text(
            "insert into withdrawal_requests (user_id, amount, status, bank_code, bank_name, account_number, account_number_masked, account_name)"
            " values (:user, 60000, :status, '014', 'BCA', '', '', 'Siti') returning id"
        )
        listed, paid, new = (writing.execute(add, {"user": user, "status": each}).scalar() for each in ("pending", "approved", "pending"))
        add = text(
            "insert into audit_log (action, subject_type, subject_id, after, created_at)"
            " values ('withdrawal.file', 'withdrawals', '2', cast(:after as jsonb), cast(:day as timestamptz))"
        )
        for day in ("2026-11-01", "2026-11-02"):
            writing.execute(add, {"after": json.dumps({"ids": [listed, paid]}), "day": day})
        writing.commit()
    migrations.upgrade("0022")
    with empty() as reading:
        rows = reading.execute(text("select id, sent_at::date::text as day from withdrawal_requests"))
        sent = {row.id: row.day for row in rows}
    assert sent == {listed: "2026-11-01", paid: None, new: None}


def test_going_back_to_one_report_of_each_person_for_a_subject_keeps_the_latest_and_counts_right(empty):
    migrations.upgrade("0027")
    with empty() as writing:
        who = "insert into users (full_name, email, referral_code_id) values (:name, :name || '@contoh.id', :name) returning id_users"
        siti, budi = (writing.execute(text(who), {"name": each}).scalar() for each in ("siti", "budi"))
        add = text(
            "insert into moderation_cases (subject_type, subject_id, reports, status, decided_at)"
            " values ('comic', 5, 2, :status, case :status when 'open' then null else now() end) returning id"
        )
        first, second = (writing.execute(add, {"status": each}).scalar() for each in ("rejected", "open"))
        add = text(
            "insert into reports (reporter_id, case_id, subject_type, subject_id, reason) values (:who, :case, 'comic', :subject, 'spam')"
        )
        for case, subject, people in ((first, 5, (siti, budi)), (second, 5, (siti,)), (second, 6, (budi,))):
            for each in people:
                writing.execute(add, {"who": each, "case": case, "subject": subject})
        writing.commit()
    migrations.downgrade("-1")
    with empty() as reading:
        left = reading.execute(text("select reporter_id, case_id from reports order by id")).all()
        counted = {row.id: row.reports for row in reading.execute(text("select id, reports from moderation_cases"))}
    assert left == [(budi, first), (siti, second), (budi, second)] and counted == {first: 1, second: 2}


BROKEN = {
    "op.drop_column('tales', 'title')": {"tales.title"},
    "op.execute('alter table tales rename column title to name')": {"tales.title"},
    "op.execute('alter table tales rename to stories')": {"tales.id", "tales.title"},
    "op.execute('alter table tales alter title type varchar(20)')": {"tales.title"},
    "op.execute('alter table tales alter title set not null')": {"tales.title"},
    "op.execute('alter table tales add column pages bigint not null')": {"tales.pages"},
    "op.execute('create unique index uq_tales_title on tales (title) where id > 5000')": {"tales.uq_tales_title"},
    "op.execute('alter table tales add constraint ck_tales_title check (length(title) < 9)')": {"tales.ck_tales_title"},
}
BEARABLE = (
    "op.execute('create table pages (id bigint primary key)')",
    "op.execute('alter table tales add column pages bigint not null default 0')",
    "op.execute('alter table tales add column pages bigint constraint ck_tales_pages check (pages > 0)')",
    "op.execute('create index concurrently_no on tales (title)')",
    "online.create_index('ix_tales_title', 'tales', 'title')",
)


def test_what_older_code_cannot_bear_is_found_and_what_it_can_is_not(empty):
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    with empty() as connection:
        connection.execute(text("create table tales (id bigint primary key, title text)"))
        connection.commit()
        before = steps.look(connection)
        for does in [*BROKEN, *BEARABLE[:-1]]:
            if does in BROKEN and "not null" in does:
                connection.execute(text("delete from tales"))
            eval(does, {"op": Operations(MigrationContext.configure(connection))})
            assert set(steps.breaks(before, steps.look(connection))) == BROKEN.get(does, set()), does
            connection.rollback()


@pytest.mark.parametrize(
    ("statement", "locks"),
    [
        ("CREATE INDEX ix_comics_x ON comics (title)", True),
        ("create unique index uq_x on comics using btree (title)", True),
        ("create index concurrently ix_x on comics (title)", False),
        ("CREATE INDEX ix_genres_x ON genres (name)", False),
        ("CREATE INDEX ix_new_x ON new_table (name)", False),
        ("drop index ix_comics_x", True),
        ("ALTER TABLE comics ADD CONSTRAINT ck_x CHECK (id > 0)", True),
        ("alter table comics add constraint ck_x check (id > 0) not valid", False),
        ("alter table comics\n  alter column title set not null", True),
        ("ALTER TABLE comics ADD COLUMN mood TEXT", False),
    ],
)
def test_what_would_lock_people_out_of_a_big_table_is_found(statement, locks):
    before = steps.Shape({"comics.id": steps.Column("bigint", False, True), "genres.id": steps.Column("bigint", False, True)}, {})
    assert bool(steps.locking([statement], before)) == locks


def wait_for(connect, question):
    for _ in range(400):
        with connect() as reading:
            if reading.execute(text(question)).scalar():
                return
        time.sleep(0.05)
    raise AssertionError(question)
