"""The schema's history, and the way to its head: `python -m infra.migrations`."""

from pathlib import Path

from alembic import command
from alembic.config import Config

HERE = Path(__file__).parent


def config() -> Config:
    """Alembic's configuration; the database is the one that common/settings.py names."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return made


def upgrade(revision: str = "head") -> None:
    """Bring the database to `revision`."""
    command.upgrade(config(), revision)


def downgrade(revision: str) -> None:
    """Take the database back to `revision`."""
    command.downgrade(config(), revision)
