"""Ledgers and the audit log only grow."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("transactions", "wallet_transactions", "audit_log")


def upgrade() -> None:
    op.execute("""
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only: answer a wrong row with another', tg_table_name using errcode = 'restrict_violation';
        end $$
    """)
    for table in APPEND_ONLY:
        op.execute(f"create trigger append_only before update or delete on {table} for each row execute function refuse_change()")
        op.execute(f"create trigger append_only_whole before truncate on {table} for each statement execute function refuse_change()")


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f"drop trigger append_only on {table}")
        op.execute(f"drop trigger append_only_whole on {table}")
    op.execute("drop function refuse_change()")
