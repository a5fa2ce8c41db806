"""Push messages to devices: when a notification is pushed, what became of it on each device, and announcements to many."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # First the column, then its default: what people were told before this is not pushed to them now.
    op.add_column("notifications", sa.Column("push_at", MOMENT, nullable=True))
    op.alter_column("notifications", "push_at", server_default=sa.text("now()"))
    op.create_index(
        "ix_notifications_push", "notifications", [sa.text("push_at"), sa.text("id")], postgresql_where=sa.text("push_at is not null")
    )
    op.execute(
        "update notification_preferences set quiet_from = null, quiet_until = null"
        " where quiet_from is null or quiet_until is null or quiet_from = quiet_until"
    )
    op.create_check_constraint(
        op.f("ck_notification_preferences_quiet"),
        "notification_preferences",
        "(quiet_from is null) = (quiet_until is null) and quiet_from <> quiet_until",
    )
    op.create_table(
        "pushes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notification_id", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["notification_id"], ["notifications.id"], name=op.f("fk_pushes_notification_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_pushes_device_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushes")),
        sa.UniqueConstraint("notification_id", "device_id", name=op.f("uq_pushes_notification_id_device_id")),
    )
    op.create_index("ix_pushes_due", "pushes", [sa.text("due_at"), sa.text("id")], postgresql_where=sa.text("due_at is not null"))
    op.create_index("ix_pushes_device_id", "pushes", [sa.text("device_id")])
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title_id", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("audience", postgresql.JSONB(), nullable=True),
        sa.Column("last_user_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("written", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id_users"], name=op.f("fk_announcements_created_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index("ix_announcements_created_by", "announcements", [sa.text("created_by")])


def downgrade() -> None:
    op.drop_table("announcements")
    op.drop_table("pushes")
    op.drop_constraint(op.f("ck_notification_preferences_quiet"), "notification_preferences", type_="check")
    op.drop_index("ix_notifications_push", "notifications")
    op.drop_column("notifications", "push_at")
