"""Deleting a pair of tokens leaves those that came after it, where it took the whole session's."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLE, NAME, NEW = "personal_access_tokens", "fk_personal_access_tokens_parent_id", "fk_personal_access_tokens_parent"


def upgrade() -> None:
    op.drop_constraint(NAME, TABLE)
    op.execute(f"alter table {TABLE} rename constraint {NEW} to {NAME}")


def downgrade() -> None:
    op.execute(f"alter table {TABLE} rename constraint {NAME} to {NEW}")
    op.create_foreign_key(NAME, TABLE, TABLE, ["parent_id"], ["id"], ondelete="CASCADE")
