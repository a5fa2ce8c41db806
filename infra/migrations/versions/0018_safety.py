"""Cases for moderators, comments and comics that can be hidden without being miscounted, and age ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # A banner is written first and gets its picture then.
    op.alter_column("banners", "image_url", existing_type=sa.Text(), nullable=True)
    op.create_index("ix_blocks_latest", "blocks", [sa.text("blocker_id"), sa.text("id desc")])
    op.create_check_constraint(op.f("ck_users_birth_year"), "users", "birth_year between 1900 and 2200")
    op.add_column("comics", sa.Column("least_age_rating", sa.Text(), server_default="all", nullable=False))
    op.create_check_constraint(op.f("ck_comics_least_age_rating"), "comics", "least_age_rating in ('all', '13', '17', '21')")
    _cases()
    _hidden_comments_are_not_counted()
    _comics_are_counted_by_age()


def _cases() -> None:
    """What many report is one case, which one person decides."""
    op.create_table(
        "moderation_cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("reports", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("subject_type in ('comic', 'comment', 'user')", name=op.f("ck_moderation_cases_subject_type")),
        sa.CheckConstraint("status in ('open', 'upheld', 'rejected')", name=op.f("ck_moderation_cases_status")),
        sa.CheckConstraint("(status = 'open') = (decided_at is null)", name=op.f("ck_moderation_cases_decided")),
        sa.CheckConstraint("reports >= 0", name=op.f("ck_moderation_cases_reports")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id_users"], name=op.f("fk_moderation_cases_decided_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_cases")),
    )
    op.create_index("ix_moderation_cases_queue", "moderation_cases", [sa.text("status"), sa.text("id")])
    op.create_index("ix_moderation_cases_most", "moderation_cases", [sa.text("status"), sa.text("reports desc"), sa.text("id desc")])
    op.create_index("ix_moderation_cases_decided_by", "moderation_cases", [sa.text("decided_by")])
    op.create_index("ix_moderation_cases_subject", "moderation_cases", [sa.text("subject_type"), sa.text("subject_id"), sa.text("id desc")])
    op.create_index(
        "uq_moderation_cases_open",
        "moderation_cases",
        [sa.text("subject_type"), sa.text("subject_id")],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.execute(
        "insert into moderation_cases (subject_type, subject_id, reports, created_at)"
        " select subject_type, subject_id, count(*), min(created_at) from reports where status = 'open' group by subject_type, subject_id"
    )
    op.execute("delete from reports where status <> 'open'")
    op.add_column("reports", sa.Column("case_id", sa.BigInteger(), nullable=True))
    op.execute(
        "update reports r set case_id = k.id from moderation_cases k where (k.subject_type, k.subject_id) = (r.subject_type, r.subject_id)"
    )
    op.alter_column("reports", "case_id", nullable=False)
    op.create_foreign_key(op.f("fk_reports_case_id"), "reports", "moderation_cases", ["case_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_reports_case_id", "reports", [sa.text("case_id"), sa.text("id desc")])
    for index in ("ix_reports_queue", "ix_reports_subject", "ix_reports_decided_by"):
        op.drop_index(index, "reports")
    for column in ("status", "decided_by", "decision"):
        op.drop_column("reports", column)


def _hidden_comments_are_not_counted() -> None:
    op.execute("""
        create or replace function count_comic_ratings() returns trigger language plpgsql as $$
        begin
            if tg_op <> 'INSERT' and old.rating is not null and old.hidden_at is null then
                update comic_ratings set readers = readers - 1 where comic_id = old.comic_id and stars = old.rating;
            end if;
            if tg_op <> 'DELETE' and new.rating is not null and new.hidden_at is null then
                insert into comic_ratings as r (comic_id, stars, readers) values (new.comic_id, new.rating, 1)
                on conflict (comic_id, stars) do update set readers = r.readers + 1;
            end if;
            return null;
        end $$
    """)
    op.execute("""
        create or replace trigger count_ratings after insert or delete or update of rating, hidden_at on comments
        for each row execute function count_comic_ratings()
    """)


def _comics_are_counted_by_age() -> None:
    """`public_comics` are all; `public_comics:17` are those of them that are rated 17, so that every reader's total can be told."""
    op.execute("""
        insert into counters (name, value)
        select 'public_comics:' || rating, (select count(*) from comics where is_public and age_rating = rating)
        from unnest(array['13', '17', '21']) rating
    """)
    op.execute("""
        create or replace function count_public_comics() returns trigger language plpgsql as $$
        declare
            before text := case when tg_op <> 'INSERT' and old.is_public then old.age_rating end;
            after text := case when tg_op <> 'DELETE' and new.is_public then new.age_rating end;
        begin
            if before is not distinct from after then
                return null;
            end if;
            if (before is null) <> (after is null) then
                update counters set value = value + case when before is null then 1 else -1 end where name = 'public_comics';
            end if;
            if before <> 'all' then
                update counters set value = value - 1 where name = 'public_comics:' || before;
            end if;
            if after <> 'all' then
                update counters set value = value + 1 where name = 'public_comics:' || after;
            end if;
            return null;
        end $$
    """)
    op.execute("""
        create or replace trigger count_public after insert or delete or update of published_at, hidden_at, age_rating on comics
        for each row execute function count_public_comics()
    """)


def downgrade() -> None:
    op.execute("""
        create or replace function count_public_comics() returns trigger language plpgsql as $$
        declare
            before bigint := case when tg_op <> 'INSERT' and old.is_public then 1 else 0 end;
            after bigint := case when tg_op <> 'DELETE' and new.is_public then 1 else 0 end;
        begin
            if before <> after then
                update counters set value = value + after - before where name = 'public_comics';
            end if;
            return null;
        end $$
    """)
    op.execute("""
        create or replace trigger count_public after insert or delete or update of published_at, hidden_at on comics
        for each row execute function count_public_comics()
    """)
    op.execute("delete from counters where name like 'public_comics:%'")
    op.execute("""
        create or replace function count_comic_ratings() returns trigger language plpgsql as $$
        begin
            if tg_op <> 'INSERT' and old.rating is not null then
                update comic_ratings set readers = readers - 1 where comic_id = old.comic_id and stars = old.rating;
            end if;
            if tg_op <> 'DELETE' and new.rating is not null then
                insert into comic_ratings as r (comic_id, stars, readers) values (new.comic_id, new.rating, 1)
                on conflict (comic_id, stars) do update set readers = r.readers + 1;
            end if;
            return null;
        end $$
    """)
    op.execute("""
        create or replace trigger count_ratings after insert or delete or update of rating on comments
        for each row execute function count_comic_ratings()
    """)
    op.add_column("reports", sa.Column("status", sa.Text(), server_default="open", nullable=False))
    op.add_column("reports", sa.Column("decided_by", sa.BigInteger(), nullable=True))
    op.add_column("reports", sa.Column("decision", sa.Text(), nullable=True))
    op.execute("update reports r set status = k.status, decided_by = k.decided_by from moderation_cases k where k.id = r.case_id")
    op.create_check_constraint(op.f("ck_reports_status"), "reports", "status in ('open', 'upheld', 'rejected')")
    op.create_foreign_key(op.f("fk_reports_decided_by"), "reports", "users", ["decided_by"], ["id_users"], ondelete="SET NULL")
    op.create_index("ix_reports_decided_by", "reports", [sa.text("decided_by")])
    op.create_index("ix_reports_queue", "reports", [sa.text("status"), sa.text("id")])
    op.create_index("ix_reports_subject", "reports", [sa.text("subject_type"), sa.text("subject_id")])
    op.drop_column("reports", "case_id")
    op.drop_table("moderation_cases")
    op.drop_constraint(op.f("ck_comics_least_age_rating"), "comics")
    op.drop_column("comics", "least_age_rating")
    op.drop_constraint(op.f("ck_users_birth_year"), "users")
    op.drop_index("ix_blocks_latest", "blocks")
    op.execute("delete from banners where image_url is null")
    op.alter_column("banners", "image_url", existing_type=sa.Text(), nullable=False)
