"""The number of public comics is counted where it changes."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("insert into counters (name, value) select 'public_comics', count(*) from comics where is_public")
    op.execute("""
        create function count_public_comics() returns trigger language plpgsql as $$
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
    # Views and likes change a comic far more often than publishing does; the trigger wakes for the two columns that count.
    op.execute("""
        create trigger count_public after insert or delete or update of published_at, hidden_at on comics
        for each row execute function count_public_comics()
    """)


def downgrade() -> None:
    op.execute("drop trigger count_public on comics")
    op.execute("drop function count_public_comics()")
