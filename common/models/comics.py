"""Comics, their panels, every version of a panel, and what was made from them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from common.models.base import check, flag, index, json, key, maybe, moment, number, one_of, ref, stamps, table, text, unique, user

OPEN = "is_public and age_rating in ('all', '13')"

comics = table(
    "comics",
    key(),
    user(),
    maybe("story_idea"),
    maybe("summary"),
    maybe("theme"),
    json("keywords"),
    ref("style_id", "styles", ondelete="SET NULL", null=True),
    maybe("style"),
    maybe("mood"),
    number("page_count", null=True),
    maybe("selected_character_key"),
    json("selected_characters", "[]"),
    json("selected_backgrounds", "[]"),
    text("title"),
    maybe("publisher"),
    json("genre", "[]"),
    maybe("synopsis"),
    maybe("tags"),
    maybe("cover_url"),
    json("cover"),
    maybe("preview_video_url"),
    maybe("pdf_url"),
    maybe("narration_audio_url"),
    maybe("draft_job_id"),
    text("draft_job_status", "PENDING"),
    json("draft_error"),
    flag("script_stale"),
    text("layout", "portrait"),
    maybe("writer"),
    maybe("artist"),
    ref("music_id", "asset_music", ondelete="SET NULL", null=True),
    text("age_rating", "all"),
    # What moderators have said it is at least; its owner cannot go below.
    text("least_age_rating", "all"),
    flag("allow_download"),
    number("total_views", 0),
    number("total_likes", 0),
    number("total_comments", 0),
    number("total_shares", 0),
    number("rating_count", 0),
    number("rating_sum", 0),
    sa.Column("trending_score", sa.Float, nullable=False, server_default="0"),
    moment("published_at"),
    moment("hidden_at"),
    *stamps(),
    # One name for "readers may see it", so that no list and no index spells the rule differently.
    sa.Column("is_public", sa.Boolean, sa.Computed("published_at is not null and hidden_at is null", persisted=True), nullable=False),
    sa.Column(
        "search",
        TSVECTOR,
        sa.Computed(
            "setweight(to_tsvector('indonesian', coalesce(title, '')), 'A')"
            " || setweight(to_tsvector('indonesian', coalesce(tags, '') || ' ' || coalesce(publisher, '')), 'B')"
            " || setweight(to_tsvector('indonesian', coalesce(synopsis, '')), 'C')",
            persisted=True,
        ),
        nullable=False,
    ),
    check(
        "draft_job_status",
        "draft_job_status in ('PENDING', 'GENERATING_SCRIPT', 'SCRIPT_READY', 'SCRIPT_FAILED', 'RENDERING', 'RENDER_FAILED', 'COMPLETED',"
        " 'CANCELED')",
    ),
    check("page_count", "page_count between 1 and 25"),
    one_of("layout", "portrait", "square", "landscape"),
    one_of("age_rating", "all", "13", "17", "21"),
    one_of("least_age_rating", "all", "13", "17", "21"),
    check("counters", "total_views >= 0 and total_likes >= 0 and total_comments >= 0 and total_shares >= 0 and rating_count >= 0"),
    index("ix_comics_popular", "total_views desc", "id desc", where="is_public"),
    index("ix_comics_newest", "published_at desc", "id desc", where="is_public"),
    index("ix_comics_trending", "trending_score desc", "id desc", where="is_public"),
    # The same for whoever told no year of birth: among two million comics the first page walked past ten thousand that are rated 17.
    index("ix_comics_open_popular", "total_views desc", "id desc", where=OPEN),
    index("ix_comics_open_newest", "published_at desc", "id desc", where=OPEN),
    index("ix_comics_open_trending", "trending_score desc", "id desc", where=OPEN),
    index("ix_comics_style_popular", "style_id", "total_views desc", "id desc", where="is_public"),
    index("ix_comics_creator_newest", "user_id", "published_at desc", "id desc", where="is_public"),
    index("ix_comics_open_creator_newest", "user_id", "published_at desc", "id desc", where=OPEN),
    index("ix_comics_drafts", "user_id", "updated_at desc", "id desc"),
    index("ix_comics_search", "search", where="is_public", using="gin"),
    index("ix_comics_genre", "genre", where="is_public", using="gin"),
    index("ix_comics_created_at", "created_at"),
)

comic_panels = table(
    "comic_panels",
    key(),
    ref("comic_id", "comics"),
    number("page_number"),
    number("panel_number"),
    maybe("image_url"),
    json("image"),
    maybe("description"),
    maybe("page_description"),
    maybe("page_narration"),
    json("dialogues", "[]"),
    json("main_characters_on_page"),
    json("instruksi_visual"),
    json("instruksi_render_teks"),
    maybe("narration"),
    maybe("narration_audio_url"),
    number("audio_duration", null=True),
    number("version", 0),
    *stamps(),
    check("page_number", "page_number >= 1 and panel_number >= 1"),
    # Deferrable, so that two panels can change places within one transaction.
    sa.UniqueConstraint("comic_id", "page_number", "panel_number", deferrable=True, initially="IMMEDIATE"),
)

comic_panel_ideas = table(
    "comic_panel_ideas",
    key(),
    ref("comic_id", "comics"),
    number("page_number"),
    number("panel_number"),
    maybe("description"),
    maybe("narration"),
    json("dialogues", "[]"),
    *stamps(),
    unique("comic_id", "page_number", "panel_number"),
)

panel_versions = table(
    "panel_versions",
    key(),
    ref("panel_id", "comic_panels"),
    number("version"),
    json("image", "{}"),
    maybe("artist"),
    json("drawn_from"),
    number("job_id", null=True),
    # What the panel showed before: it does so again when the job's price is given back.
    json("replaced"),
    moment("created_at", now=True),
    unique("panel_id", "version"),
)

# Finished files alone: what is being made, or failed, is told by `jobs`.
exports = table(
    "exports",
    key(),
    ref("comic_id", "comics"),
    text("kind"),
    text("content_key"),
    text("object_name"),
    number("bytes"),
    *stamps(),
    one_of("kind", "pdf", "cbz", "video"),
    check("bytes", "bytes > 0"),
    unique("comic_id", "kind"),
)

# pgvector's type is only in an index over `embedding`, which a migration makes where the extension is there.
comic_embeddings = table(
    "comic_embeddings",
    sa.Column("comic_id", sa.BigInteger, sa.ForeignKey("comics.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    text("model"),
    sa.Column("text_hash", sa.LargeBinary, nullable=False),
    sa.Column("embedding", ARRAY(sa.REAL), nullable=False),
    moment("created_at", now=True),
    check("embedding", "cardinality(embedding) > 0"),
)

transcriptions = table(
    "transcriptions",
    key(),
    user(),
    text("status", "pending"),
    maybe("object_name"),
    maybe("operation_name"),
    text("language", "id-ID"),
    sa.Column("seconds", sa.Float),
    maybe("model"),
    maybe("text"),
    sa.Column("confidence", sa.Float),
    json("error"),
    *stamps(),
    one_of("status", "pending", "done", "failed"),
    check("text", "(status = 'done') = (text is not null)"),
    index("ix_transcriptions_user_id", "user_id", "id desc"),
)

narrations = table(
    "narrations",
    key(),
    text("voice"),
    sa.Column("text_hash", sa.LargeBinary, nullable=False),
    maybe("object_name"),
    number("duration_ms", null=True),
    # Whoever makes it holds the lease: everybody else who wants the same waits for the file.
    sa.Column("lease", sa.Uuid),
    moment("lease_until"),
    moment("created_at", now=True),
    moment("used_at", now=True),
    unique("voice", "text_hash"),
    check("made", "(object_name is null) = (duration_ms is null)"),
)

jobs = table(
    "jobs",
    key(),
    text("kind"),
    text("subject"),
    ref("comic_id", "comics", null=True),
    user(null=True),
    json("payload", "{}"),
    text("status", "queued"),
    number("attempts", 0),
    number("max_attempts", 3),
    moment("run_at", now=True),
    sa.Column("lease", sa.Uuid),
    moment("lease_until"),
    number("progress", 0),
    maybe("stage"),
    json("error"),
    maybe("last_error"),
    number("kredit", 0),
    moment("created_at", now=True),
    moment("started_at"),
    moment("finished_at"),
    one_of("status", "queued", "running", "done", "failed", "canceled"),
    check("progress", "progress between 0 and 100"),
    check("kredit", "kredit >= 0"),
    check("lease", "(status = 'running') = (lease is not null)"),
    # The database refuses a second live job for the same thing, whoever asks at the same moment.
    index("uq_jobs_live_subject", "subject", where="status in ('queued', 'running')", distinct=True),
    index("ix_jobs_due", "run_at", "id", where="status in ('queued', 'running')"),
    index("ix_jobs_comic_id", "comic_id", "id desc"),
    index("ix_jobs_user_id", "user_id", "id desc"),
    index("ix_jobs_finished_at", "finished_at", where="finished_at is not null"),
)
