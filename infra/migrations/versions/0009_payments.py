"""How a payment was made and refunded, and how often what was said about it was tried."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_transactions", sa.Column("channel", sa.Text(), nullable=True))
    op.add_column("payment_transactions", sa.Column("refund_request_id", sa.Text(), nullable=True))
    op.add_column("payment_transactions", sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inbox", sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("inbox", "attempts")
    for name in ("refunded_at", "refund_request_id", "channel"):
        op.drop_column("payment_transactions", name)
