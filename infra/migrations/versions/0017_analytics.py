"""Readership by day and creator, how far readers come, who was active, and the days that a deletion makes stale."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Finding a day's facts must not mean reading all days' facts.
MOMENTS = (
    ("comic_user", "created_at", None),
    ("comic_share", "created_at", None),
    ("comments", "created_at", None),
    ("users", "created_at", None),
    ("personal_access_tokens", "issued_at", None),
    ("comics", "created_at", None),
    ("jobs", "finished_at", "finished_at is not null"),
    ("payment_transactions", "paid_at", "paid_at is not null"),
    ("payment_transactions", "refunded_at", "refunded_at is not null"),
    ("wallet_transactions", "created_at", None),
)

COUNTS = ("views", "readers", "likes", "comments", "shares")

# Tables of facts that can be taken back: a like, a comment, a share.
TAKEN_BACK = ("comic_user", "comments", "comic_share")


def upgrade() -> None:
    for table, column, where in MOMENTS:
        op.create_index(f"ix_{table}_{column}", table, [sa.text(column)], postgresql_where=sa.text(where) if where else None)
    op.add_column("comic_views", sa.Column("last_panel", sa.BigInteger(), nullable=True))
    op.create_check_constraint(op.f("ck_comic_views_last_panel"), "comic_views", "last_panel >= 1")
    op.add_column("user_monthly_stats", sa.Column("shares", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "user_daily_stats",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_user_daily_stats_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_user_daily_stats")),
    )
    op.create_index("ix_user_daily_stats_day", "user_daily_stats", [sa.text("day")])
    op.create_table(
        "comic_panel_reach",
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("panel_number", sa.BigInteger(), nullable=False),
        sa.Column("readers", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("panel_number >= 1", name=op.f("ck_comic_panel_reach_panel_number")),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comic_panel_reach_comic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("comic_id", "day", "panel_number", name=op.f("pk_comic_panel_reach")),
    )
    op.create_index("ix_comic_panel_reach_day", "comic_panel_reach", [sa.text("day")])
    op.create_table(
        "stale_stats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_stats")),
    )
    op.create_table(
        "active_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_active_days_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("day", "user_id", name=op.f("pk_active_days")),
    )
    op.create_index("ix_active_days_user_id", "active_days", [sa.text("user_id")])
    _watch()


def _watch() -> None:
    # Today is rolled up again and again, and once more after midnight: only what happened before is marked, so that
    # a finger on the heart writes nothing here. Facts go by many ways (their author, a moderator, an erasure); a trigger sees all.
    op.execute("""
        create function mark_stale_stats() returns trigger language plpgsql as $$
        begin
            insert into stale_stats (user_id, comic_id, day)
            select distinct c.user_id, c.id, (g.created_at at time zone 'Asia/Jakarta')::date from gone g join comics c on c.id = g.comic_id
            where (g.created_at at time zone 'Asia/Jakarta')::date < (now() at time zone 'Asia/Jakarta')::date;
            return null;
        end $$
    """)
    for table in TAKEN_BACK:
        op.execute(f"""
            create trigger mark_stale after delete on {table} referencing old table as gone
            for each statement execute function mark_stale_stats()
        """)
    op.execute("""
        create function mark_stale_comment() returns trigger language plpgsql as $$
        begin
            insert into stale_stats (user_id, comic_id, day)
            select user_id, id, (new.created_at at time zone 'Asia/Jakarta')::date from comics where id = new.comic_id;
            return null;
        end $$
    """)
    op.execute("""
        create trigger mark_stale_hidden after update of hidden_at on comments for each row
        when ((old.hidden_at is null) <> (new.hidden_at is null)) execute function mark_stale_comment()
    """)
    # A comic takes its own days with it; its creator's are to be worked out without it.
    op.execute("""
        create function mark_stale_comic() returns trigger language plpgsql as $$
        begin
            insert into stale_stats (user_id, comic_id, day) select old.user_id, old.id, day from comic_daily_stats where comic_id = old.id;
            return old;
        end $$
    """)
    op.execute("create trigger mark_stale before delete on comics for each row execute function mark_stale_comic()")


def downgrade() -> None:
    op.execute("drop trigger mark_stale on comics")
    op.execute("drop trigger mark_stale_hidden on comments")
    for table in TAKEN_BACK:
        op.execute(f"drop trigger mark_stale on {table}")
    for function in ("mark_stale_comic", "mark_stale_comment", "mark_stale_stats"):
        op.execute(f"drop function {function}()")
    for table in ("active_days", "stale_stats", "comic_panel_reach", "user_daily_stats"):
        op.drop_table(table)
    op.drop_column("user_monthly_stats", "shares")
    op.drop_constraint(op.f("ck_comic_views_last_panel"), "comic_views", type_="check")
    op.drop_column("comic_views", "last_panel")
    for table, column, _ in MOMENTS:
        op.drop_index(f"ix_{table}_{column}", table)
