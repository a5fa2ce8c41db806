"""The schema's history, and the way to its head: `python -m infra.migrations`."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config

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
    """Bring the database to `revision`; raises what the database said when a lock is not free in any of TRIES tries."""
    _patiently(lambda: command.upgrade(config(), revision))


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
