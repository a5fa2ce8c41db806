"""A creator's list has an order of its own for whoever told no year of birth, as the list of all has since 0020."""

from infra.migrations import online

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    online.create_index(
        "ix_comics_open_creator_newest",
        "comics",
        "user_id, published_at desc, id desc",
        where="is_public and age_rating in ('all', '13')",
    )


def downgrade() -> None:
    online.drop_index("ix_comics_open_creator_newest")
