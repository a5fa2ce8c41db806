"""When a payout file listed a withdrawal first; those of earlier files have it from the audit log, which names what each file listed."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("withdrawal_requests", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("""
        update withdrawal_requests w set sent_at = f.sent_at
        from (select cast(jsonb_array_elements_text(after -> 'ids') as bigint) as id, min(created_at) as sent_at
              from audit_log where subject_type = 'withdrawals' and action = 'withdrawal.file' group by 1) f
        where f.id = w.id and w.status = 'pending'
    """)


def downgrade() -> None:
    op.drop_column("withdrawal_requests", "sent_at")
