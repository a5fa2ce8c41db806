"""A version of a panel knows the texts that it was drawn from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("panel_versions", sa.Column("drawn_from", postgresql.JSONB()))


def downgrade() -> None:
    op.drop_column("panel_versions", "drawn_from")
