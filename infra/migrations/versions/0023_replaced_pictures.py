"""A version of a panel knows what the panel showed before, for a drawing that is canceled or fails."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("panel_versions", sa.Column("replaced", postgresql.JSONB()))


def downgrade() -> None:
    op.drop_column("panel_versions", "replaced")
