"""What readers do and what they are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "banners",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=False),
        sa.Column("image", postgresql.JSONB(), nullable=True),
        sa.Column("link_url", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("display_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("shown_until is null or shown_from is null or shown_until > shown_from", name=op.f("ck_banners_schedule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_banners")),
        sa.UniqueConstraint("slug", name=op.f("uq_banners_slug")),
    )
    op.create_index(
        "ix_banners_order",
        "banners",
        [sa.literal_column("display_order"), sa.literal_column("id")],
        unique=False,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "platform_daily_stats",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_platform_daily_stats")),
    )
    op.create_table(
        "blocks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("blocker_id", sa.BigInteger(), nullable=False),
        sa.Column("blocked_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("blocker_id <> blocked_id", name=op.f("ck_blocks_not_oneself")),
        sa.ForeignKeyConstraint(["blocked_id"], ["users.id_users"], name=op.f("fk_blocks_blocked_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["blocker_id"], ["users.id_users"], name=op.f("fk_blocks_blocker_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
        sa.UniqueConstraint("blocker_id", "blocked_id", name=op.f("uq_blocks_blocker_id_blocked_id")),
    )
    op.create_index("ix_blocks_blocked_id", "blocks", [sa.literal_column("blocked_id")])
    op.create_table(
        "follows",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("follower_id", sa.BigInteger(), nullable=False),
        sa.Column("followed_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("follower_id <> followed_id", name=op.f("ck_follows_not_oneself")),
        sa.ForeignKeyConstraint(["followed_id"], ["users.id_users"], name=op.f("fk_follows_followed_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["follower_id"], ["users.id_users"], name=op.f("fk_follows_follower_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint("follower_id", "followed_id", name=op.f("uq_follows_follower_id_followed_id")),
    )
    op.create_index("ix_follows_followers", "follows", [sa.literal_column("followed_id"), sa.literal_column("id desc")])
    op.create_table(
        "notification_preferences",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("muted_types", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_notification_preferences_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_preferences")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("img_url", sa.Text(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_notifications_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_newest", "notifications", [sa.literal_column("user_id"), sa.literal_column("id desc")])
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        [sa.literal_column("user_id"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_index(
        "uq_notifications_dedupe",
        "notifications",
        [sa.literal_column("user_id"), sa.literal_column("dedupe_key")],
        unique=True,
        postgresql_where=sa.text("dedupe_key is not null"),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('open', 'upheld', 'rejected')", name=op.f("ck_reports_status")),
        sa.CheckConstraint("subject_type in ('comic', 'comment', 'user')", name=op.f("ck_reports_subject_type")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id_users"], name=op.f("fk_reports_decided_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["reporter_id"], ["users.id_users"], name=op.f("fk_reports_reporter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("reporter_id", "subject_type", "subject_id", name=op.f("uq_reports_reporter_id_subject_type_subject_id")),
    )
    op.create_index("ix_reports_decided_by", "reports", [sa.literal_column("decided_by")])
    op.create_index("ix_reports_queue", "reports", [sa.literal_column("status"), sa.literal_column("id")])
    op.create_index("ix_reports_subject", "reports", [sa.literal_column("subject_type"), sa.literal_column("subject_id")])
    op.create_table(
        "user_monthly_stats",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("views", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("likes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("comments", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("earnings", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_user_monthly_stats_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "month", name=op.f("pk_user_monthly_stats")),
    )
    op.create_table(
        "banner_comic",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("banner_id", sa.BigInteger(), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("display_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["banner_id"], ["banners.id"], name=op.f("fk_banner_comic_banner_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_banner_comic_comic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_banner_comic")),
        sa.UniqueConstraint("banner_id", "comic_id", name=op.f("uq_banner_comic_banner_id_comic_id")),
    )
    op.create_index("ix_banner_comic_comic_id", "banner_comic", [sa.literal_column("comic_id")])
    op.create_table(
        "bookmarks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_bookmarks_comic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_bookmarks_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookmarks")),
        sa.UniqueConstraint("user_id", "comic_id", name=op.f("uq_bookmarks_user_id_comic_id")),
    )
    op.create_index("ix_bookmarks_comic_id", "bookmarks", [sa.literal_column("comic_id")])
    op.create_index("ix_bookmarks_latest", "bookmarks", [sa.literal_column("user_id"), sa.literal_column("id desc")])
    op.create_table(
        "comic_daily_stats",
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("readers", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("likes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("comments", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shares", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comic_daily_stats_comic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("comic_id", "day", name=op.f("pk_comic_daily_stats")),
    )
    op.create_index("ix_comic_daily_stats_day", "comic_daily_stats", [sa.literal_column("day")])
    op.create_table(
        "comic_share",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comic_share_comic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_comic_share_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comic_share")),
    )
    op.create_index("ix_comic_share_comic_id", "comic_share", [sa.literal_column("comic_id"), sa.literal_column("created_at desc")])
    op.create_index("ix_comic_share_user_id", "comic_share", [sa.literal_column("user_id")])
    op.create_table(
        "comic_user",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comic_user_comic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_comic_user_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comic_user")),
        sa.UniqueConstraint("comic_id", "user_id", name=op.f("uq_comic_user_comic_id_user_id")),
    )
    op.create_index("ix_comic_user_user_id", "comic_user", [sa.literal_column("user_id")])
    op.create_table(
        "comic_views",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("reader", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comic_views_comic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_comic_views_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comic_views")),
        sa.UniqueConstraint("comic_id", "day", "reader", name=op.f("uq_comic_views_comic_id_day_reader")),
    )
    op.create_index("ix_comic_views_day", "comic_views", [sa.literal_column("day"), sa.literal_column("comic_id")])
    op.create_index("ix_comic_views_user_id", "comic_views", [sa.literal_column("user_id")])
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("rating", sa.BigInteger(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("rating between 1 and 5", name=op.f("ck_comments_rating")),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comments_comic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_comments_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(
        "ix_comments_newest",
        "comments",
        [sa.literal_column("comic_id"), sa.literal_column("created_at desc"), sa.literal_column("id desc")],
    )
    op.create_index("ix_comments_user_id", "comments", [sa.literal_column("user_id")])
    op.create_index(
        "uq_comments_one_rating",
        "comments",
        [sa.literal_column("comic_id"), sa.literal_column("user_id")],
        unique=True,
        postgresql_where=sa.text("rating is not null"),
    )
    op.create_table(
        "read_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_read_history_comic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_read_history_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_history")),
        sa.UniqueConstraint("user_id", "comic_id", name=op.f("uq_read_history_user_id_comic_id")),
    )
    op.create_index("ix_read_history_comic_id", "read_history", [sa.literal_column("comic_id")])
    op.create_index(
        "ix_read_history_latest",
        "read_history",
        [sa.literal_column("user_id"), sa.literal_column("read_at desc"), sa.literal_column("comic_id desc")],
    )


def downgrade() -> None:
    op.drop_table("read_history")
    op.drop_table("comments")
    op.drop_table("comic_views")
    op.drop_table("comic_user")
    op.drop_table("comic_share")
    op.drop_table("comic_daily_stats")
    op.drop_table("bookmarks")
    op.drop_table("banner_comic")
    op.drop_table("user_monthly_stats")
    op.drop_table("reports")
    op.drop_table("notifications")
    op.drop_table("notification_preferences")
    op.drop_table("follows")
    op.drop_table("blocks")
    op.drop_table("platform_daily_stats")
    op.drop_table("counters")
    op.drop_table("banners")
