"""Which address of an account is not proven yet, and by which device a session is."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("unproven", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_users_unproven"), "users", "unproven in ('email', 'phone')")
    op.add_column("sessions", sa.Column("device_hash", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "device_hash")
    op.drop_constraint(op.f("ck_users_unproven"), "users")
    op.drop_column("users", "unproven")
