"""The schema's history leads to the tables that the code knows, and back."""

import os
import re

import pytest

from common import db
from common.models import metadata

SEED = """users comics comic_panels comic_panel_ideas styles genres characters backgrounds asset_music comments comic_user comic_views
subscriptions subscription_packages payment_transactions transactions creator_wallets wallet_transactions withdrawal_requests referrals
user_monthly_stats personal_access_tokens password_resets otp_requests notifications banners banner_comic profile_updates_log sessions cache""".split()

# What no model has: an index that is there only with pgvector, and a table of tests/common/test_prepared.py.
OPTIONAL = {"ix_comic_embeddings_nearest_256", "sandbox"}


def test_models_and_head_do_not_differ(database):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with db.engine().connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_server_default": True, "include_name": lambda name, kind, _: name not in OPTIONAL}
        )
        assert compare_metadata(context, metadata) == []


def test_all_tables_that_were_asked_for_are_there():
    assert set(SEED) <= set(metadata.tables)


def test_from_empty_to_head_and_back_and_to_head_again(database, monkeypatch):
    from sqlalchemy import create_engine, text

    from infra import migrations

    with create_engine(database.database(), isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text("create database there_and_back"))
    before = os.environ["DATABASE_URL"]
    db.engine().dispose()
    db._engine.cache_clear()
    monkeypatch.setenv("DATABASE_URL", database.database("there_and_back"))
    try:
        migrations.upgrade()
        migrations.downgrade("base")
        with db.reading() as reading:
            left = reading.all("select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'")
        assert left == []
        migrations.upgrade()
    finally:
        db.engine().dispose()
        db._engine.cache_clear()
        monkeypatch.setenv("DATABASE_URL", before)


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_reference_has_an_index(name):
    """Without one, deleting an account or a comic scans the whole table that refers to it."""
    table = metadata.tables[name]
    leading = {re.match(r"\w+", str(index.expressions[0]))[0] for index in table.indexes}
    leading |= {
        next(iter(constraint.columns)).name
        for constraint in table.constraints
        if hasattr(constraint, "columns") and len(constraint.columns)
    }
    # A reference to the catalogue is only ever set to null when an entry is removed, which operations do by hand.
    few = {"music_id", "package_id", "subscription_id"}
    assert {column.name for column in table.columns if column.foreign_keys} - few <= leading


def test_ledgers_and_the_audit_log_refuse_to_be_changed(database):
    from pg8000.exceptions import DatabaseError

    for statement in ("update audit_log set action = 'x'", "delete from audit_log", "truncate audit_log"):
        with db.transaction() as writing:
            writing.run("insert into audit_log (action, subject_type, subject_id) values ('test', 'test', '1')")
        with pytest.raises(DatabaseError) as caught, db.transaction() as changing:
            changing.run(statement)
        assert "append-only" in str(caught.value)
