"""How Alembic reaches the database: the same engine as the functions, with limits fit for a live one."""

import time

from alembic import context
from sqlalchemy import Connection, text

from common import db, log
from common.models import metadata

# Two deploys at once would both start the same revision; the second waits until the first is done.
ADVISORY_LOCK = 7_203_114_905
WAIT_SECONDS = 30 * 60
ASK_SECONDS = 0.5

# A statement that waits for a lock has every request behind it in the queue; giving up soon and trying again does not
# (infra/migrations/__init__.py). A revision that needs longer is one that should have been done in steps.
LIMITS = "set lock_timeout = '5s'; set statement_timeout = '10min'; set idle_in_transaction_session_timeout = '10min'"


class AnotherDeploy(Exception):
    """Another migration holds the database for longer than WAIT_SECONDS."""


def migrate() -> None:
    """Run the asked revisions on one connection, each in its own transaction; the connection's end lets go of the lock."""
    with db.engine().connect() as connection:
        _alone(connection)
        connection.execute(text(LIMITS))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, compare_server_default=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def _alone(connection: Connection) -> None:
    """Take the advisory lock, by asking again and again; raises `AnotherDeploy`.

    Not by waiting inside the database: a waiting statement has a snapshot, `create index concurrently` of the
    other deploy waits for every snapshot to end, and each would wait for the other.
    """
    until = time.monotonic() + WAIT_SECONDS
    told = False
    while True:
        taken = connection.execute(text("select pg_try_advisory_lock(:lock)"), {"lock": ADVISORY_LOCK}).scalar()
        connection.commit()
        if taken:
            return
        if time.monotonic() > until:
            raise AnotherDeploy
        if not told:
            log.info("another migration is running; waiting for it")
            told = True
        time.sleep(ASK_SECONDS)


migrate()
