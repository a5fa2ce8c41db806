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
    index("ix_comic_user_created_at", "created_at"),
)

comic_views = table(
    "comic_views",
    key(),
    ref("comic_id", "comics"),
    user(ondelete="SET NULL", null=True),
    sa.Column("reader", sa.LargeBinary, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    # The furthest panel, counted from 1 in reading order, that this reader came to on that day; null where the app does not say.
    number("last_panel", null=True),
    moment("created_at", now=True),
    check("last_panel", "last_panel >= 1"),
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
    index("ix_comic_share_created_at", "created_at"),
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
    index("ix_comments_created_at", "created_at"),
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
    index("ix_blocks_latest", "blocker_id", "id desc"),
    index("ix_blocks_blocked_id", "blocked_id"),
)

# What many report is one case, which one person decides; the database allows one open case for a subject.
moderation_cases = table(
    "moderation_cases",
    key(),
    text("subject_type"),
    number("subject_id"),
    number("reports", 0),
    text("status", "open"),
    maybe("decision"),
    maybe("note"),
    user("decided_by", ondelete="SET NULL", null=True),
    moment("decided_at"),
    *stamps(),
    one_of("subject_type", "comic", "comment", "user"),
    one_of("status", "open", "upheld", "rejected"),
    check("decided", "(status = 'open') = (decided_at is null)"),
    check("reports", "reports >= 0"),
    index("ix_moderation_cases_queue", "status", "id"),
    index("ix_moderation_cases_most", "status", "reports desc", "id desc"),
    index("ix_moderation_cases_subject", "subject_type", "subject_id", "id desc"),
    index("ix_moderation_cases_decided_by", "decided_by"),
    index("uq_moderation_cases_open", "subject_type", "subject_id", where="status = 'open'", distinct=True),
)

reports = table(
    "reports",
    key(),
    user("reporter_id"),
    ref("case_id", "moderation_cases"),
    text("subject_type"),
    number("subject_id"),
    text("reason"),
    maybe("detail"),
    *stamps(),
    one_of("subject_type", "comic", "comment", "user"),
    index("ix_reports_case_id", "case_id", "id desc"),
    index("uq_reports_case", "reporter_id", "case_id", distinct=True),
)

# Whom a notification names or quotes, as its data say.
NAMED = """substring(data, '"user_id": ([0-9]+)')"""

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
    # When it is to be pushed; null once that was handed on. The default lets no row be forgotten, whoever writes it.
    sa.Column("push_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
    index("ix_notifications_push", "push_at", "id", where="push_at is not null"),
    index("ix_notifications_newest", "user_id", "id desc"),
    index("ix_notifications_unread", "user_id", "id desc", where="read_at is null"),
    index("uq_notifications_dedupe", "user_id", "dedupe_key", where="dedupe_key is not null", distinct=True),
    index("ix_notifications_named", NAMED, where=f"{NAMED} is not null"),
)

notification_preferences = table(
    "notification_preferences",
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id_users", ondelete="CASCADE"), primary_key=True),
    json("muted_types", "[]"),
    sa.Column("quiet_from", sa.Time),
    sa.Column("quiet_until", sa.Time),
    *stamps(),
    check("quiet", "(quiet_from is null) = (quiet_until is null) and quiet_from <> quiet_until"),
)

# One notification to one device. It waits while due_at says when it is to be tried; it counts as sent from before it is tried.
pushes = table(
    "pushes",
    key(),
    ref("notification_id", "notifications"),
    ref("device_id", "devices"),
    number("attempts", 0),
    moment("due_at"),
    moment("tried_at"),
    maybe("error"),
    moment("created_at", now=True),
    unique("notification_id", "device_id"),
    index("ix_pushes_due", "due_at", "id", where="due_at is not null"),
    index("ix_pushes_device_id", "device_id"),
)

# What administrators tell many: `audience` are the ids of those who are told, null is everybody. All up to `last_user_id` have it.
announcements = table(
    "announcements",
    key(),
    user("created_by", ondelete="SET NULL", null=True),
    text("type"),
    text("title_id"),
    text("title_en"),
    text("message_id"),
    text("message_en"),
    maybe("data"),
    json("audience"),
    number("last_user_id", 0),
    number("written", 0),
    moment("created_at", now=True),
    moment("finished_at"),
    index("ix_announcements_created_by", "created_by"),
)

banners = table(
    "banners",
    key(),
    text("title"),
    text("slug"),
    # A banner is written first and gets its picture then.
    maybe("image_url"),
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

# The same by creator. Whoever read two of a creator's comics on a day is one reader here, so this is no sum of the above.
user_daily_stats = table(
    "user_daily_stats",
    user(),
    sa.Column("day", sa.Date, nullable=False),
    number("views", 0),
    number("readers", 0),
    number("likes", 0),
    number("comments", 0),
    number("shares", 0),
    sa.PrimaryKeyConstraint("user_id", "day"),
    index("ix_user_daily_stats_day", "day"),
)

# How many of a day's readers went no further than a panel; summed from the end it is how many came to each.
comic_panel_reach = table(
    "comic_panel_reach",
    ref("comic_id", "comics"),
    sa.Column("day", sa.Date, nullable=False),
    number("panel_number"),
    number("readers", 0),
    check("panel_number", "panel_number >= 1"),
    sa.PrimaryKeyConstraint("comic_id", "day", "panel_number"),
    index("ix_comic_panel_reach_day", "day"),
)

# Days that were rolled up before a fact of theirs was taken back; triggers write them. Nothing is referred to, because
# the comic may be what has gone, and nothing is unique, so that nobody who takes a like back waits for a rollup.
stale_stats = table("stale_stats", key(), number("user_id"), number("comic_id"), sa.Column("day", sa.Date, nullable=False))

# Who used MamaStoria on which day: signed in, kept a session alive, read, liked, wrote, shared, began a comic or paid.
active_days = table(
    "active_days",
    sa.Column("day", sa.Date, nullable=False),
    user(),
    sa.PrimaryKeyConstraint("day", "user_id"),
    index("ix_active_days_user_id", "user_id"),
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
    number("shares", 0),
    number("earnings", 0),
    moment("updated_at", now=True),
    sa.PrimaryKeyConstraint("user_id", "month"),
)

counters = table("counters", sa.Column("name", sa.Text, primary_key=True), number("value", 0))
