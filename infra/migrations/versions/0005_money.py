"""Packages, payments, ledgers and withdrawals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_inbox_source_external_id")),
    )
    op.create_index("ix_inbox_unhandled", "inbox", [sa.literal_column("id")], unique=False, postgresql_where=sa.text("handled_at is null"))
    op.create_table(
        "subscription_packages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("duration_days", sa.BigInteger(), nullable=False),
        sa.Column("publish_quota", sa.BigInteger(), nullable=False),
        sa.Column("bonus_credits", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("duration_days > 0 and publish_quota >= 0 and bonus_credits >= 0", name=op.f("ck_subscription_packages_terms")),
        sa.CheckConstraint("price > 0", name=op.f("ck_subscription_packages_price")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_packages")),
        sa.UniqueConstraint("name", name=op.f("uq_subscription_packages_name")),
    )
    op.create_table(
        "creator_wallets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lifetime", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("overdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("available >= 0 or overdrawn", name=op.f("ck_creator_wallets_available")),
        sa.CheckConstraint("held >= 0 and pending >= 0 and lifetime >= 0", name=op.f("ck_creator_wallets_held")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_creator_wallets_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creator_wallets")),
        sa.UniqueConstraint("user_id", name=op.f("uq_creator_wallets_user_id")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_idempotency_keys_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", [sa.literal_column("created_at")])
    op.create_table(
        "referrals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("referrer_id", sa.BigInteger(), nullable=False),
        sa.Column("referred_user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("referrer_id <> referred_user_id", name=op.f("ck_referrals_not_oneself")),
        sa.ForeignKeyConstraint(["referred_user_id"], ["users.id_users"], name=op.f("fk_referrals_referred_user_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["referrer_id"], ["users.id_users"], name=op.f("fk_referrals_referrer_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("referred_user_id", name=op.f("uq_referrals_referred_user_id")),
    )
    op.create_index("ix_referrals_referrer_id", "referrals", [sa.literal_column("referrer_id"), sa.literal_column("id desc")])
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("start_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('pending', 'active', 'expired', 'cancelled')", name=op.f("ck_subscriptions_status")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["subscription_packages.id"], name=op.f("fk_subscriptions_package_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_subscriptions_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("user_id", name=op.f("uq_subscriptions_user_id")),
    )
    op.create_index(
        "ix_subscriptions_ending",
        "subscriptions",
        [sa.literal_column("end_date")],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "transactions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), server_default="kredit", nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(type = 'credit') = (amount > 0)", name=op.f("ck_transactions_type_says_the_sign")),
        sa.CheckConstraint("type in ('credit', 'debit')", name=op.f("ck_transactions_type")),
        sa.CheckConstraint("unit in ('kredit', 'publish_quota')", name=op.f("ck_transactions_unit")),
        sa.CheckConstraint("amount <> 0 or held <> 0", name=op.f("ck_transactions_moves")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_transactions_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("reason", "reference_id", "unit", name=op.f("uq_transactions_reason_reference_id_unit")),
    )
    op.create_index("ix_transactions_user_id", "transactions", [sa.literal_column("user_id"), sa.literal_column("id desc")])
    op.create_index(
        "uq_transactions_settled",
        "transactions",
        [sa.literal_column("reference_id"), sa.literal_column("unit")],
        unique=True,
        postgresql_where=sa.text("reason in ('take', 'release')"),
    )
    op.create_table(
        "withdrawal_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=False),
        sa.Column("account_number", sa.LargeBinary(), nullable=False),
        sa.Column("account_number_masked", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('pending', 'approved', 'rejected', 'canceled')", name=op.f("ck_withdrawal_requests_status")),
        sa.CheckConstraint("amount > 0 and fee >= 0 and fee < amount", name=op.f("ck_withdrawal_requests_amount")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id_users"], name=op.f("fk_withdrawal_requests_decided_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_withdrawal_requests_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_requests")),
    )
    op.create_index("ix_withdrawal_requests_decided_by", "withdrawal_requests", [sa.literal_column("decided_by")])
    op.create_index(
        "ix_withdrawal_requests_queue",
        "withdrawal_requests",
        [sa.literal_column("id")],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("ix_withdrawal_requests_user_id", "withdrawal_requests", [sa.literal_column("user_id"), sa.literal_column("id desc")])
    op.create_table(
        "payment_transactions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=True),
        sa.Column("subscription_id", sa.BigInteger(), nullable=True),
        sa.Column("invoice_number", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), server_default="doku", nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="IDR", nullable=False),
        sa.Column("sold", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("payment_method", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("payment_url", sa.Text(), nullable=True),
        sa.Column("doku_order_id", sa.Text(), nullable=True),
        sa.Column("doku_response", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("type_transaction", sa.Text(), server_default="subscription", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('pending', 'success', 'failed', 'expired', 'quarantined', 'refunded')", name=op.f("ck_payment_transactions_status")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_transactions_amount")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["subscription_packages.id"], name=op.f("fk_payment_transactions_package_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_payment_transactions_subscription_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id_users"], name=op.f("fk_payment_transactions_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_transactions")),
        sa.UniqueConstraint("invoice_number", name=op.f("uq_payment_transactions_invoice_number")),
    )
    op.create_index("ix_payment_transactions_doku_order_id", "payment_transactions", [sa.literal_column("doku_order_id")])
    op.create_index(
        "ix_payment_transactions_pending",
        "payment_transactions",
        [sa.literal_column("checked_at nulls first"), sa.literal_column("id")],
        unique=False,
        postgresql_where=sa.text("status in ('pending', 'failed')"),
    )
    op.create_index("ix_payment_transactions_user_id", "payment_transactions", [sa.literal_column("user_id"), sa.literal_column("id desc")])
    op.create_table(
        "wallet_transactions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("wallet_id", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("available <> 0 or pending <> 0 or held <> 0", name=op.f("ck_wallet_transactions_moves")),
        sa.ForeignKeyConstraint(["wallet_id"], ["creator_wallets.id"], name=op.f("fk_wallet_transactions_wallet_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_transactions")),
        sa.UniqueConstraint("reason", "reference", name=op.f("uq_wallet_transactions_reason_reference")),
    )
    op.create_index(
        "ix_wallet_transactions_wallet_id", "wallet_transactions", [sa.literal_column("wallet_id"), sa.literal_column("id desc")]
    )
    op.create_table(
        "commissions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id_user", sa.BigInteger(), nullable=False),
        sa.Column("payment_transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("keterangan", sa.Text(), nullable=True),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('pending', 'available', 'reversed')", name=op.f("ck_commissions_status")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_commissions_amount")),
        sa.ForeignKeyConstraint(["id_user"], ["users.id_users"], name=op.f("fk_commissions_id_user"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["payment_transaction_id"], ["payment_transactions.id"], name=op.f("fk_commissions_payment_transaction_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commissions")),
        sa.UniqueConstraint("payment_transaction_id", name=op.f("uq_commissions_payment_transaction_id")),
    )
    op.create_index(
        "ix_commissions_due",
        "commissions",
        [sa.literal_column("available_at")],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("ix_commissions_id_user", "commissions", [sa.literal_column("id_user"), sa.literal_column("id desc")])


def downgrade() -> None:
    op.drop_table("commissions")
    op.drop_table("wallet_transactions")
    op.drop_index(
        "ix_payment_transactions_pending", table_name="payment_transactions", postgresql_where=sa.text("status in ('pending', 'failed')")
    )
    op.drop_table("payment_transactions")
    op.drop_table("withdrawal_requests")
    op.drop_index("uq_transactions_settled", table_name="transactions", postgresql_where=sa.text("reason in ('take', 'release')"))
    op.drop_table("transactions")
    op.drop_table("subscriptions")
    op.drop_table("referrals")
    op.drop_table("idempotency_keys")
    op.drop_table("creator_wallets")
    op.drop_table("subscription_packages")
    op.drop_table("inbox")
