"""How Alembic reaches the database: the same engine as the functions, with limits fit for a live one."""

from alembic import context
from sqlalchemy import text

from common import db
from common.models import metadata

# Two deploys at once would both start the same revision; the second waits here instead.
ADVISORY_LOCK = 7_203_114_905


def migrate() -> None:
    """Run the asked revisions on one connection, each in its own transaction."""
    with db.engine().connect() as connection:
        # Waiting long for a lock would queue every request behind us; failing soon and trying again does not.
        connection.execute(text("set lock_timeout = '5s'; set statement_timeout = '10min'; set idle_in_transaction_session_timeout = 0"))
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": ADVISORY_LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, compare_server_default=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": ADVISORY_LOCK})
        connection.commit()


migrate()
