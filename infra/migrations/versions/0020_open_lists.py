"""What everybody may read has its own order, so that no list walks past what is for older readers."""

from infra.migrations import online

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Whoever told no year of birth, which is nearly everybody, is shown what is for all and from 13.
OPEN = "is_public and age_rating in ('all', '13')"

ORDERS = {
    "ix_comics_open_popular": "total_views desc, id desc",
    "ix_comics_open_newest": "published_at desc, id desc",
    "ix_comics_open_trending": "trending_score desc, id desc",
}


def upgrade() -> None:
    for name, columns in ORDERS.items():
        online.create_index(name, "comics", columns, where=OPEN)


def downgrade() -> None:
    for name in ORDERS:
        online.drop_index(name)
