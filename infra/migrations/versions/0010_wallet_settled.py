"""A withdrawal's hold ends once: paid out or given back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "uq_wallet_transactions_settled",
        "wallet_transactions",
        [sa.literal_column("reference")],
        unique=True,
        postgresql_where=sa.text("reason in ('paid', 'return')"),
    )


def downgrade() -> None:
    op.drop_index("uq_wallet_transactions_settled", table_name="wallet_transactions")
