"""What readers do: views, likes, comments, follows, bookmarks, reports, and what they are told."""

import sqlalchemy as sa

from common.models.base import check, flag, index, json, key, maybe, moment, number, one_of, ref, stamps, table, text, unique, user

comic_user = table(
    "comic_user",
    key(),
    ref("comic_id", "comics"),
    user(),
    *stamps(),
    unique("comic_id", "user_id"),
    index("ix_comic_user_user_id", "user_id"),
    index("ix_comic_user_newest", "comic_id", "id desc"),
)

comic_views = table(
    "comic_views",
    key(),
    ref("comic_id", "comics"),
    user(ondelete="SET NULL", null=True),
    sa.Column("reader", sa.LargeBinary, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    moment("created_at", now=True),
    unique("comic_id", "day", "reader"),
    index("ix_comic_views_user_id", "user_id"),
    index("ix_comic_views_day", "day", "comic_id"),
)

read_history = table(
    "read_history",
    key(),
    user(),
    ref("comic_id", "comics"),
    moment("read_at", now=True),
    unique("user_id", "comic_id"),
    index("ix_read_history_latest", "user_id", "read_at desc", "comic_id desc"),
    index("ix_read_history_comic_id", "comic_id"),
)

comic_share = table(
    "comic_share",
    key(),
    ref("comic_id", "comics"),
    user(ondelete="SET NULL", null=True),
    maybe("channel"),
    moment("created_at", now=True),
    index("ix_comic_share_comic_id", "comic_id", "created_at desc"),
    index("ix_comic_share_user_id", "user_id"),
)

comments = table(
    "comments",
    key(),
    ref("comic_id", "comics"),
    user(),
    text("content"),
    number("rating", null=True),
    moment("hidden_at"),
    *stamps(),
    check("rating", "rating between 1 and 5"),
    index("ix_comments_newest", "comic_id", "created_at desc", "id desc"),
    index("ix_comments_user_id", "user_id"),
    index("uq_comments_one_rating", "comic_id", "user_id", where="rating is not null", distinct=True),
)

# How many readers gave a comic how many stars; a trigger on comments keeps it.
comic_ratings = table(
    "comic_ratings",
    ref("comic_id", "comics"),
    number("stars"),
    number("readers", 0),
    check("stars", "stars between 1 and 5"),
    check("readers", "readers >= 0"),
    sa.PrimaryKeyConstraint("comic_id", "stars"),
)

follows = table(
    "follows",
    key(),
    user("follower_id"),
    user("followed_id"),
    moment("created_at", now=True),
    check("not_oneself", "follower_id <> followed_id"),
    unique("follower_id", "followed_id"),
    index("ix_follows_followers", "followed_id", "id desc"),
    index("ix_follows_following", "follower_id", "id desc"),
)

bookmarks = table(
    "bookmarks",
    key(),
    user(),
    ref("comic_id", "comics"),
    moment("created_at", now=True),
    unique("user_id", "comic_id"),
    index("ix_bookmarks_latest", "user_id", "id desc"),
    index("ix_bookmarks_comic_id", "comic_id"),
)

blocks = table(
    "blocks",
    key(),
    user("blocker_id"),
    user("blocked_id"),
    moment("created_at", now=True),
    check("not_oneself", "blocker_id <> blocked_id"),
    unique("blocker_id", "blocked_id"),
    index("ix_blocks_blocked_id", "blocked_id"),
)

reports = table(
    "reports",
    key(),
    user("reporter_id"),
    text("subject_type"),
    number("subject_id"),
    text("reason"),
    maybe("detail"),
    text("status", "open"),
    user("decided_by", ondelete="SET NULL", null=True),
    maybe("decision"),
    *stamps(),
    one_of("subject_type", "comic", "comment", "user"),
    one_of("status", "open", "upheld", "rejected"),
    unique("reporter_id", "subject_type", "subject_id"),
    index("ix_reports_queue", "status", "id"),
    index("ix_reports_subject", "subject_type", "subject_id"),
    index("ix_reports_decided_by", "decided_by"),
)

notifications = table(
    "notifications",
    key(),
    user(),
    text("type"),
    text("title"),
    text("message"),
    maybe("data"),
    maybe("img_url"),
    maybe("dedupe_key"),
    moment("read_at"),
    moment("created_at", now=True),
    index("ix_notifications_newest", "user_id", "id desc"),
    index("ix_notifications_unread", "user_id", "id desc", where="read_at is null"),
    index("uq_notifications_dedupe", "user_id", "dedupe_key", where="dedupe_key is not null", distinct=True),
)

notification_preferences = table(
    "notification_preferences",
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id_users", ondelete="CASCADE"), primary_key=True),
    json("muted_types", "[]"),
    sa.Column("quiet_from", sa.Time),
    sa.Column("quiet_until", sa.Time),
    *stamps(),
)

banners = table(
    "banners",
    key(),
    text("title"),
    text("slug"),
    text("image_url"),
    json("image"),
    maybe("link_url"),
    maybe("description"),
    flag("is_active", True),
    number("display_order", 0),
    moment("shown_from"),
    moment("shown_until"),
    *stamps(),
    unique("slug"),
    check("schedule", "shown_until is null or shown_from is null or shown_until > shown_from"),
    index("ix_banners_order", "display_order", "id", where="is_active"),
)

banner_comic = table(
    "banner_comic",
    key(),
    ref("banner_id", "banners"),
    ref("comic_id", "comics"),
    number("display_order", 0),
    *stamps(),
    unique("banner_id", "comic_id"),
    index("ix_banner_comic_comic_id", "comic_id"),
)

comic_daily_stats = table(
    "comic_daily_stats",
    ref("comic_id", "comics"),
    sa.Column("day", sa.Date, nullable=False),
    number("views", 0),
    number("readers", 0),
    number("likes", 0),
    number("comments", 0),
    number("shares", 0),
    sa.PrimaryKeyConstraint("comic_id", "day"),
    index("ix_comic_daily_stats_day", "day"),
)

platform_daily_stats = table(
    "platform_daily_stats",
    sa.Column("day", sa.Date, primary_key=True),
    json("facts", "{}"),
    moment("updated_at", now=True),
)

user_monthly_stats = table(
    "user_monthly_stats",
    user(),
    sa.Column("month", sa.Date, nullable=False),
    number("views", 0),
    number("likes", 0),
    number("comments", 0),
    number("earnings", 0),
    moment("updated_at", now=True),
    sa.PrimaryKeyConstraint("user_id", "month"),
)

counters = table("counters", sa.Column("name", sa.Text, primary_key=True), number("value", 0))
