"""Accounts: users, how they prove themselves, where they are signed in, what they changed."""

import sqlalchemy as sa

from common.models.base import check, flag, index, json, key, maybe, moment, number, one_of, stamps, table, text, unique, user, uuid_key

users = table(
    "users",
    key("id_users"),
    text("full_name"),
    maybe("username"),
    maybe("email"),
    maybe("phone_number"),
    maybe("password"),
    text("referral_code_id"),
    maybe("referrals_for"),
    flag("is_verified"),
    maybe("region"),
    maybe("city"),
    text("timezone", "Asia/Jakarta"),
    text("language", "id"),
    text("role", "creator"),
    text("login_method", "mobile"),
    maybe("external_id"),
    # One proof verifies an account that has two addresses; this is the other one until it is proven too.
    maybe("unproven"),
    number("kredit", 0),
    number("kredit_held", 0),
    number("publish_quota", 0),
    flag("watermark", True),
    number("previous_rating", null=True),
    maybe("previous_rating_name"),
    maybe("profile_photo_path"),
    json("photo"),
    number("birth_year", null=True),
    number("total_followers", 0),
    number("total_following", 0),
    moment("suspended_at"),
    moment("deletion_requested_at"),
    moment("erased_at"),
    *stamps(),
    check("kredit", "kredit >= 0"),
    check("kredit_held", "kredit_held >= 0"),
    check("publish_quota", "publish_quota >= 0"),
    check("birth_year", "birth_year between 1900 and 2200"),
    check("reachable", "email is not null or phone_number is not null or erased_at is not null"),
    one_of("role", "creator", "user", "moderator", "finance", "admin"),
    one_of("language", "id", "en"),
    one_of("unproven", "email", "phone"),
    unique("referral_code_id"),
    unique("external_id"),
    # Siti and siti would pass for each other.
    index("uq_users_lower_username", "lower(username)", distinct=True),
    # Anybody may register with an address; only who proves it owns it, so only verified addresses are unique.
    index("uq_users_verified_email", "lower(email)", where="is_verified", distinct=True),
    index("uq_users_verified_phone", "phone_number", where="is_verified", distinct=True),
    index("ix_users_unverified_email", "lower(email)", "id_users desc", where="not is_verified"),
    index("ix_users_unverified_phone", "phone_number", "id_users desc", where="not is_verified"),
    # Not unique: codes that were adopted may differ in their capitals alone.
    index("ix_users_upper_referral_code_id", "upper(referral_code_id)"),
    index("ix_users_created_at", "created_at"),
)

sessions = table(
    "sessions",
    uuid_key(),
    user(),
    maybe("device_name"),
    maybe("user_agent"),
    maybe("ip_address"),
    sa.Column("device_hash", sa.LargeBinary),
    moment("created_at", now=True),
    moment("last_used_at", now=True),
    moment("expires_at", null=False),
    moment("revoked_at"),
    maybe("revoked_reason"),
    index("ix_sessions_user_id", "user_id", "last_used_at desc"),
)

personal_access_tokens = table(
    "personal_access_tokens",
    uuid_key(),
    sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    sa.Column("parent_id", sa.Uuid, sa.ForeignKey("personal_access_tokens.id", ondelete="SET NULL"), unique=True),
    moment("issued_at", null=False),
    moment("expires_at", null=False),
    moment("seen_at"),
    index("ix_personal_access_tokens_session_id", "session_id"),
    index("ix_personal_access_tokens_issued_at", "issued_at"),
    index("ix_personal_access_tokens_expires_at", "expires_at"),
)

otp_requests = table(
    "otp_requests",
    key(),
    user(null=True),
    text("purpose"),
    text("destination"),
    sa.Column("code_hash", sa.LargeBinary, nullable=False),
    number("attempts", 0),
    moment("created_at", now=True),
    moment("expires_at", null=False),
    moment("consumed_at"),
    one_of("purpose", "verify", "reset", "login", "change_email", "change_phone", "delete"),
    check("attempts", "attempts between 0 and 5"),
    index("ix_otp_requests_destination", "destination", "purpose", "created_at desc"),
    index("ix_otp_requests_user_id", "user_id"),
)

password_resets = table(
    "password_resets",
    key(),
    user(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    moment("created_at", now=True),
    moment("expires_at", null=False),
    moment("used_at"),
    index("ix_password_resets_user_id", "user_id"),
)

devices = table(
    "devices",
    key(),
    user(),
    sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id", ondelete="SET NULL")),
    text("fcm_token"),
    maybe("platform"),
    maybe("app_version"),
    moment("last_seen_at", now=True),
    *stamps(),
    unique("fcm_token"),
    index("ix_devices_user_id", "user_id"),
    index("ix_devices_session_id", "session_id"),
)

rate_limits = table(
    "rate_limits",
    sa.Column("key", sa.Text, primary_key=True),
    number("hits", 0),
    moment("window_ends_at", null=False),
    index("ix_rate_limits_window_ends_at", "window_ends_at"),
)

profile_updates_log = table(
    "profile_updates_log",
    key(),
    user(),
    json("changes", "{}"),
    moment("created_at", now=True),
    index("ix_profile_updates_log_user_id", "user_id", "created_at desc"),
)

audit_log = table(
    "audit_log",
    key(),
    user("actor_id", ondelete="RESTRICT", null=True),
    text("action"),
    text("subject_type"),
    text("subject_id"),
    json("before"),
    json("after"),
    maybe("reason"),
    maybe("request_id"),
    moment("created_at", now=True),
    index("ix_audit_log_subject", "subject_type", "subject_id", "id desc"),
    index("ix_audit_log_actor_id", "actor_id", "id desc"),
)

cache = table(
    "cache",
    sa.Column("key", sa.Text, primary_key=True),
    json("value"),
    moment("expires_at", null=False),
    index("ix_cache_expires_at", "expires_at"),
)
