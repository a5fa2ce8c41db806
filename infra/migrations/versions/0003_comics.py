"""Comics, panels and what is made from them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "narrations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_narrations")),
        sa.UniqueConstraint("voice", "text_hash", name=op.f("uq_narrations_voice_text_hash")),
    )
    op.create_table(
        "comics",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("story_idea", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("keywords", postgresql.JSONB(), nullable=True),
        sa.Column("style_id", sa.BigInteger(), nullable=True),
        sa.Column("style", sa.Text(), nullable=True),
        sa.Column("mood", sa.Text(), nullable=True),
        sa.Column("page_count", sa.BigInteger(), nullable=True),
        sa.Column("selected_character_key", sa.Text(), nullable=True),
        sa.Column("selected_characters", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("selected_backgrounds", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("genre", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("synopsis", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("cover_url", sa.Text(), nullable=True),
        sa.Column("cover", postgresql.JSONB(), nullable=True),
        sa.Column("preview_video_url", sa.Text(), nullable=True),
        sa.Column("pdf_url", sa.Text(), nullable=True),
        sa.Column("narration_audio_url", sa.Text(), nullable=True),
        sa.Column("draft_job_id", sa.Text(), nullable=True),
        sa.Column("draft_job_status", sa.Text(), server_default="PENDING", nullable=False),
        sa.Column("draft_error", postgresql.JSONB(), nullable=True),
        sa.Column("script_stale", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("layout", sa.Text(), server_default="portrait", nullable=False),
        sa.Column("writer", sa.Text(), nullable=True),
        sa.Column("artist", sa.Text(), nullable=True),
        sa.Column("music_id", sa.BigInteger(), nullable=True),
        sa.Column("age_rating", sa.Text(), server_default="all", nullable=False),
        sa.Column("allow_download", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("total_views", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_likes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_comments", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_shares", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rating_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rating_sum", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("trending_score", sa.Float(), server_default="0", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("is_public", sa.Boolean(), sa.Computed("published_at is not null and hidden_at is null", persisted=True), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('indonesian', coalesce(title, '')), 'A') || setweight(to_tsvector('indonesian', coalesce(tags, '') || ' ' || coalesce(publisher, '')), 'B') || setweight(to_tsvector('indonesian', coalesce(synopsis, '')), 'C')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("age_rating in ('all', '13', '17', '21')", name=op.f("ck_comics_age_rating")),
        sa.CheckConstraint(
            "draft_job_status in ('PENDING', 'GENERATING_SCRIPT', 'SCRIPT_READY', 'SCRIPT_FAILED', 'RENDERING', 'RENDER_FAILED', 'COMPLETED', 'CANCELED')",
            name=op.f("ck_comics_draft_job_status"),
        ),
        sa.CheckConstraint("layout in ('portrait', 'square', 'landscape')", name=op.f("ck_comics_layout")),
        sa.CheckConstraint("page_count between 1 and 25", name=op.f("ck_comics_page_count")),
        sa.CheckConstraint(
            "total_views >= 0 and total_likes >= 0 and total_comments >= 0 and total_shares >= 0 and rating_count >= 0",
            name=op.f("ck_comics_counters"),
        ),
        sa.ForeignKeyConstraint(["music_id"], ["asset_music.id"], name=op.f("fk_comics_music_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["style_id"], ["styles.id"], name=op.f("fk_comics_style_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_comics_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comics")),
    )
    op.create_index(
        "ix_comics_creator_newest",
        "comics",
        [sa.literal_column("user_id"), sa.literal_column("published_at desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("is_public"),
    )
    op.create_index(
        "ix_comics_drafts", "comics", [sa.literal_column("user_id"), sa.literal_column("updated_at desc"), sa.literal_column("id desc")]
    )
    op.create_index(
        "ix_comics_genre",
        "comics",
        [sa.literal_column("genre")],
        unique=False,
        postgresql_where=sa.text("is_public"),
        postgresql_using="gin",
    )
    op.create_index(
        "ix_comics_newest",
        "comics",
        [sa.literal_column("published_at desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("is_public"),
    )
    op.create_index(
        "ix_comics_popular",
        "comics",
        [sa.literal_column("total_views desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("is_public"),
    )
    op.create_index(
        "ix_comics_search",
        "comics",
        [sa.literal_column("search")],
        unique=False,
        postgresql_where=sa.text("is_public"),
        postgresql_using="gin",
    )
    op.create_index(
        "ix_comics_style_popular",
        "comics",
        [sa.literal_column("style_id"), sa.literal_column("total_views desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("is_public"),
    )
    op.create_index(
        "ix_comics_trending",
        "comics",
        [sa.literal_column("trending_score desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("is_public"),
    )
    op.create_table(
        "transcriptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("object_name", sa.Text(), nullable=True),
        sa.Column("operation_name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="id-ID", nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('pending', 'done', 'failed')", name=op.f("ck_transcriptions_status")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_transcriptions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcriptions")),
    )
    op.create_index("ix_transcriptions_user_id", "transcriptions", [sa.literal_column("user_id"), sa.literal_column("id desc")])
    op.create_table(
        "comic_panel_ideas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("page_number", sa.BigInteger(), nullable=False),
        sa.Column("panel_number", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("narration", sa.Text(), nullable=True),
        sa.Column("dialogues", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comic_panel_ideas_comic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comic_panel_ideas")),
        sa.UniqueConstraint("comic_id", "page_number", "panel_number", name=op.f("uq_comic_panel_ideas_comic_id_page_number_panel_number")),
    )
    op.create_table(
        "comic_panels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("page_number", sa.BigInteger(), nullable=False),
        sa.Column("panel_number", sa.BigInteger(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("image", postgresql.JSONB(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("page_description", sa.Text(), nullable=True),
        sa.Column("page_narration", sa.Text(), nullable=True),
        sa.Column("dialogues", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("main_characters_on_page", postgresql.JSONB(), nullable=True),
        sa.Column("instruksi_visual", postgresql.JSONB(), nullable=True),
        sa.Column("instruksi_render_teks", postgresql.JSONB(), nullable=True),
        sa.Column("narration", sa.Text(), nullable=True),
        sa.Column("narration_audio_url", sa.Text(), nullable=True),
        sa.Column("audio_duration", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("page_number >= 1 and panel_number >= 1", name=op.f("ck_comic_panels_page_number")),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comic_panels_comic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comic_panels")),
        sa.UniqueConstraint(
            "comic_id",
            "page_number",
            "panel_number",
            deferrable=True,
            initially="IMMEDIATE",
            name=op.f("uq_comic_panels_comic_id_page_number_panel_number"),
        ),
    )
    op.create_table(
        "exports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("progress", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("content_key", sa.Text(), nullable=True),
        sa.Column("object_name", sa.Text(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('pdf', 'cbz', 'video')", name=op.f("ck_exports_kind")),
        sa.CheckConstraint("status in ('queued', 'running', 'completed', 'failed')", name=op.f("ck_exports_status")),
        sa.CheckConstraint("progress between 0 and 100", name=op.f("ck_exports_progress")),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_exports_comic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("comic_id", "kind", name=op.f("uq_exports_comic_id_kind")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.BigInteger(), server_default="3", nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("error", postgresql.JSONB(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("kredit", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'running') = (lease is not null)", name=op.f("ck_jobs_lease")),
        sa.CheckConstraint("status in ('queued', 'running', 'done', 'failed', 'canceled')", name=op.f("ck_jobs_status")),
        sa.CheckConstraint("kredit >= 0", name=op.f("ck_jobs_kredit")),
        sa.CheckConstraint("progress between 0 and 100", name=op.f("ck_jobs_progress")),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_jobs_comic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_jobs_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_comic_id", "jobs", [sa.literal_column("comic_id"), sa.literal_column("id desc")])
    op.create_index(
        "ix_jobs_due",
        "jobs",
        [sa.literal_column("run_at"), sa.literal_column("id")],
        unique=False,
        postgresql_where=sa.text("status in ('queued', 'running')"),
    )
    op.create_index("ix_jobs_user_id", "jobs", [sa.literal_column("user_id"), sa.literal_column("id desc")])
    op.create_index(
        "uq_jobs_live_subject",
        "jobs",
        [sa.literal_column("subject")],
        unique=True,
        postgresql_where=sa.text("status in ('queued', 'running')"),
    )
    op.create_table(
        "panel_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("panel_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("image", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("artist", sa.Text(), nullable=True),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["comic_panels.id"], name=op.f("fk_panel_versions_panel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_versions")),
        sa.UniqueConstraint("panel_id", "version", name=op.f("uq_panel_versions_panel_id_version")),
    )


def downgrade() -> None:
    op.drop_table("panel_versions")
    op.drop_index("uq_jobs_live_subject", table_name="jobs", postgresql_where=sa.text("status in ('queued', 'running')"))
    op.drop_index("ix_jobs_due", table_name="jobs", postgresql_where=sa.text("status in ('queued', 'running')"))
    op.drop_table("jobs")
    op.drop_table("exports")
    op.drop_table("comic_panels")
    op.drop_table("comic_panel_ideas")
    op.drop_table("transcriptions")
    op.drop_table("comics")
    op.drop_table("narrations")
