"""What has expired is found without reading what has not, and a pair of tokens may go before those that came after it."""

from alembic import op

from infra.migrations import online

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# It refuses nothing that the one of 0001 lets through; 0026 puts it into that one's place.
FOLLOWS = "fk_personal_access_tokens_parent"
CONTRACTS = (f"personal_access_tokens.{FOLLOWS}",)


def upgrade() -> None:
    online.create_index("ix_inbox_handled_at", "inbox", "handled_at", where="handled_at is not null")
    online.create_index("ix_personal_access_tokens_expires_at", "personal_access_tokens", "expires_at")
    online.add_constraint(
        FOLLOWS, "personal_access_tokens", "foreign key (parent_id) references personal_access_tokens (id) on delete set null"
    )


def downgrade() -> None:
    online.drop_index("ix_personal_access_tokens_expires_at")
    online.drop_index("ix_inbox_handled_at")
    op.execute(f"alter table personal_access_tokens drop constraint if exists {FOLLOWS}")
