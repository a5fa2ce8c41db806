"""`exports` holds finished files alone; what is being made, or failed, is told by `jobs`."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing has written to this table before.
    op.execute("delete from exports")
    for column in ("content_key", "object_name", "bytes"):
        op.alter_column("exports", column, nullable=False)
    op.create_check_constraint(op.f("ck_exports_bytes"), "exports", "bytes > 0")
    for constraint in ("status", "progress"):
        op.drop_constraint(op.f(f"ck_exports_{constraint}"), "exports")
    for column in ("status", "progress", "error"):
        op.drop_column("exports", column)


def downgrade() -> None:
    op.add_column("exports", sa.Column("status", sa.Text(), server_default="queued", nullable=False))
    op.add_column("exports", sa.Column("progress", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("exports", sa.Column("error", sa.Text(), nullable=True))
    op.execute("update exports set status = 'completed', progress = 100")
    op.create_check_constraint(op.f("ck_exports_status"), "exports", "status in ('queued', 'running', 'completed', 'failed')")
    op.create_check_constraint(op.f("ck_exports_progress"), "exports", "progress between 0 and 100")
    op.drop_constraint(op.f("ck_exports_bytes"), "exports")
    for column in ("content_key", "object_name", "bytes"):
        op.alter_column("exports", column, nullable=True)
