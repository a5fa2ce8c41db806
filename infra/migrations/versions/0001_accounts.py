"""Accounts, sessions, codes and the audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cache",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cache")),
    )
    op.create_index("ix_cache_expires_at", "cache", [sa.literal_column("expires_at")])
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("hits", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limits")),
    )
    op.create_index("ix_rate_limits_window_ends_at", "rate_limits", [sa.literal_column("window_ends_at")])
    op.create_table(
        "users",
        sa.Column("id_users", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone_number", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("referral_code_id", sa.Text(), nullable=False),
        sa.Column("referrals_for", sa.Text(), nullable=True),
        sa.Column("is_verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), server_default="Asia/Jakarta", nullable=False),
        sa.Column("language", sa.Text(), server_default="id", nullable=False),
        sa.Column("role", sa.Text(), server_default="creator", nullable=False),
        sa.Column("login_method", sa.Text(), server_default="mobile", nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("kredit", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("kredit_held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("publish_quota", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("watermark", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("previous_rating", sa.BigInteger(), nullable=True),
        sa.Column("previous_rating_name", sa.Text(), nullable=True),
        sa.Column("profile_photo_path", sa.Text(), nullable=True),
        sa.Column("photo", postgresql.JSONB(), nullable=True),
        sa.Column("birth_year", sa.BigInteger(), nullable=True),
        sa.Column("total_followers", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_following", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deletion_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("language in ('id', 'en')", name=op.f("ck_users_language")),
        sa.CheckConstraint("role in ('creator', 'user', 'moderator', 'finance', 'admin')", name=op.f("ck_users_role")),
        sa.CheckConstraint("email is not null or phone_number is not null or erased_at is not null", name=op.f("ck_users_reachable")),
        sa.CheckConstraint("kredit >= 0", name=op.f("ck_users_kredit")),
        sa.CheckConstraint("kredit_held >= 0", name=op.f("ck_users_kredit_held")),
        sa.CheckConstraint("publish_quota >= 0", name=op.f("ck_users_publish_quota")),
        sa.PrimaryKeyConstraint("id_users", name=op.f("pk_users")),
        sa.UniqueConstraint("external_id", name=op.f("uq_users_external_id")),
        sa.UniqueConstraint("referral_code_id", name=op.f("uq_users_referral_code_id")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_index(
        "ix_users_unverified_email",
        "users",
        [sa.literal_column("lower(email)"), sa.literal_column("id_users desc")],
        unique=False,
        postgresql_where=sa.text("not is_verified"),
    )
    op.create_index(
        "ix_users_unverified_phone",
        "users",
        [sa.literal_column("phone_number"), sa.literal_column("id_users desc")],
        unique=False,
        postgresql_where=sa.text("not is_verified"),
    )
    op.create_index(
        "uq_users_verified_email", "users", [sa.literal_column("lower(email)")], unique=True, postgresql_where=sa.text("is_verified")
    )
    op.create_index(
        "uq_users_verified_phone", "users", [sa.literal_column("phone_number")], unique=True, postgresql_where=sa.text("is_verified")
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id_users"], name=op.f("fk_audit_log_actor_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_actor_id", "audit_log", [sa.literal_column("actor_id"), sa.literal_column("id desc")])
    op.create_index(
        "ix_audit_log_subject",
        "audit_log",
        [sa.literal_column("subject_type"), sa.literal_column("subject_id"), sa.literal_column("id desc")],
    )
    op.create_table(
        "otp_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose in ('verify', 'reset', 'login', 'change_email', 'change_phone', 'delete')", name=op.f("ck_otp_requests_purpose")
        ),
        sa.CheckConstraint("attempts between 0 and 5", name=op.f("ck_otp_requests_attempts")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_otp_requests_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_otp_requests")),
    )
    op.create_index(
        "ix_otp_requests_destination",
        "otp_requests",
        [sa.literal_column("destination"), sa.literal_column("purpose"), sa.literal_column("created_at desc")],
    )
    op.create_index("ix_otp_requests_user_id", "otp_requests", [sa.literal_column("user_id")])
    op.create_table(
        "password_resets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_password_resets_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    op.create_index("ix_password_resets_user_id", "password_resets", [sa.literal_column("user_id")])
    op.create_table(
        "profile_updates_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_profile_updates_log_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_updates_log")),
    )
    op.create_index(
        "ix_profile_updates_log_user_id", "profile_updates_log", [sa.literal_column("user_id"), sa.literal_column("created_at desc")]
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("device_name", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("ip_address", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_user_id", "sessions", [sa.literal_column("user_id"), sa.literal_column("last_used_at desc")])
    op.create_table(
        "devices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("fcm_token", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("app_version", sa.Text(), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_devices_session_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_devices_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("fcm_token", name=op.f("uq_devices_fcm_token")),
    )
    op.create_index("ix_devices_session_id", "devices", [sa.literal_column("session_id")])
    op.create_index("ix_devices_user_id", "devices", [sa.literal_column("user_id")])
    op.create_table(
        "personal_access_tokens",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["personal_access_tokens.id"], name=op.f("fk_personal_access_tokens_parent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_personal_access_tokens_session_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_access_tokens")),
        sa.UniqueConstraint("parent_id", name=op.f("uq_personal_access_tokens_parent_id")),
    )
    op.create_index("ix_personal_access_tokens_session_id", "personal_access_tokens", [sa.literal_column("session_id")])


def downgrade() -> None:
    op.drop_table("personal_access_tokens")
    op.drop_table("devices")
    op.drop_table("sessions")
    op.drop_table("profile_updates_log")
    op.drop_table("password_resets")
    op.drop_table("otp_requests")
    op.drop_table("audit_log")
    op.drop_table("users")
    op.drop_table("rate_limits")
    op.drop_table("cache")
