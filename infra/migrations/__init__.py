"""The schema's history, and the way to its head: `python -m infra.migrations`."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from common import db, log

HERE = Path(__file__).parent

# How often a revision that did not get its locks is tried, and what PostgreSQL says then.
TRIES = 8
NO_LOCK = "55P03"


def config() -> Config:
    """Alembic's configuration; the database is the one that common/settings.py names."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return made


def upgrade(revision: str = "head") -> None:
    """Bring the database to `revision`; raises what the database said when a lock is not free in any of TRIES tries.

    A rollback finds a database that the release it undoes has brought beyond our head; that one stays as it is, because
    a schema serves the code of the release before.
    """
    try:
        _patiently(lambda: command.upgrade(config(), revision))
    except CommandError:
        if revision != "head" or not _is_beyond_us():
            raise
        log.warning("the database is newer than this checkout; its schema is left alone")


def _is_beyond_us() -> bool:
    """Whether the database has a revision after our head; one that is unknown and not after it is of another history."""
    script = ScriptDirectory.from_config(config())
    known = {each.revision for each in script.walk_revisions()}
    with db.engine().connect() as connection:
        unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
    return bool(unknown) and min(unknown) > (script.get_current_head() or "")


def downgrade(revision: str) -> None:
    """Take the database back to `revision`."""
    _patiently(lambda: command.downgrade(config(), revision))


def _patiently(act: Callable[[], None]) -> None:
    """Try again what gave way to the traffic: revisions that are done stay done, so that each try goes on where the last one ended."""
    for tried in range(1, TRIES):
        try:
            act()
        except Exception as error:
            if db.code(getattr(error, "orig", error)) != NO_LOCK:
                raise
            log.info("a migration did not get its lock; trying again", tried=tried)
            time.sleep(random.uniform(0.5, 1) * tried)
        else:
            return
    act()
