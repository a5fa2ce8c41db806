"""Notices that name a person are found by whom they name, so that erasing an account reads no more inboxes than it has to."""

from infra.migrations import online

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NAMED = """substring(data, '"user_id": ([0-9]+)')"""


def upgrade() -> None:
    online.create_index("ix_notifications_named", "notifications", NAMED, where=f"{NAMED} is not null")


def downgrade() -> None:
    online.drop_index("ix_notifications_named")
