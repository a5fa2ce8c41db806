"""A referral code is found whatever its capitals without reading everybody; anybody may ask whether there is one."""

from infra.migrations import online

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    online.create_index("ix_users_upper_referral_code_id", "users", "upper(referral_code_id)")


def downgrade() -> None:
    online.drop_index("ix_users_upper_referral_code_id")
