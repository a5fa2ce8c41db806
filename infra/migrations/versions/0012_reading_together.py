"""Lists of likes and of followed people are read newest first, and a comic's ratings are counted by stars."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_comic_user_newest", "comic_user", [sa.text("comic_id"), sa.text("id desc")])
    op.create_index("ix_follows_following", "follows", [sa.text("follower_id"), sa.text("id desc")])
    op.create_table(
        "comic_ratings",
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("stars", sa.BigInteger(), nullable=False),
        sa.Column("readers", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("stars between 1 and 5", name=op.f("ck_comic_ratings_stars")),
        sa.CheckConstraint("readers >= 0", name=op.f("ck_comic_ratings_readers")),
        sa.ForeignKeyConstraint(["comic_id"], ["comics.id"], name=op.f("fk_comic_ratings_comic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("comic_id", "stars", name=op.f("pk_comic_ratings")),
    )
    op.execute(
        "insert into comic_ratings select comic_id, rating, count(*) from comments where rating is not null group by comic_id, rating"
    )
    # A rating goes by many ways: its reader moves or deletes it, a moderator does, an account is erased. A trigger
    # sees them all. Taking away is an UPDATE alone, because the comic itself may be what is being deleted.
    op.execute("""
        create function count_comic_ratings() returns trigger language plpgsql as $$
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
        create trigger count_ratings after insert or delete or update of rating on comments
        for each row execute function count_comic_ratings()
    """)


def downgrade() -> None:
    op.execute("drop trigger count_ratings on comments")
    op.execute("drop function count_comic_ratings()")
    op.drop_table("comic_ratings")
    op.drop_index("ix_follows_following", "follows")
    op.drop_index("ix_comic_user_newest", "comic_user")
