"""Usernames that differ only in case are one: Siti and siti would pass for each other."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("uq_users_username"), "users")
    op.create_index("uq_users_lower_username", "users", [sa.text("lower(username)")], unique=True)


def downgrade() -> None:
    op.drop_index("uq_users_lower_username", "users")
    op.create_unique_constraint(op.f("uq_users_username"), "users", ["username"])
