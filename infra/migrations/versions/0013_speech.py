"""What a transcription was of and why it failed; a narration is reserved before it is made, and forgotten when nobody plays it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transcriptions", sa.Column("seconds", sa.Float(), nullable=True))
    op.add_column("transcriptions", sa.Column("model", sa.Text(), nullable=True))
    op.drop_column("transcriptions", "error")
    op.add_column("transcriptions", sa.Column("error", postgresql.JSONB(), nullable=True))
    op.execute("update transcriptions set text = '' where status = 'done' and text is null")
    op.execute("update transcriptions set text = null where status <> 'done'")
    op.create_check_constraint(op.f("ck_transcriptions_text"), "transcriptions", "(status = 'done') = (text is not null)")
    op.alter_column("narrations", "object_name", nullable=True)
    op.alter_column("narrations", "duration_ms", nullable=True)
    op.add_column("narrations", sa.Column("lease", sa.Uuid(), nullable=True))
    op.add_column("narrations", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("narrations", sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False))
    op.create_check_constraint(op.f("ck_narrations_made"), "narrations", "(object_name is null) = (duration_ms is null)")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_narrations_made"), "narrations")
    for name in ("used_at", "lease_until", "lease"):
        op.drop_column("narrations", name)
    op.execute("delete from narrations where object_name is null")
    op.alter_column("narrations", "duration_ms", nullable=False)
    op.alter_column("narrations", "object_name", nullable=False)
    op.drop_constraint(op.f("ck_transcriptions_text"), "transcriptions")
    op.drop_column("transcriptions", "error")
    op.add_column("transcriptions", sa.Column("error", sa.Text(), nullable=True))
    op.drop_column("transcriptions", "model")
    op.drop_column("transcriptions", "seconds")
