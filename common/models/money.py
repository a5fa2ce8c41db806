"""Money: packages, payments, the two ledgers (kredit and rupiah), withdrawals, referrals.

Ledger rows are facts: a trigger refuses to update or delete them, and a wrong one is answered by another.
"""

import sqlalchemy as sa

from common.models.base import check, flag, index, json, key, maybe, moment, number, one_of, ref, stamps, table, text, unique, user

subscription_packages = table(
    "subscription_packages",
    key(),
    text("name"),
    maybe("description"),
    number("price"),
    number("duration_days"),
    number("publish_quota"),
    number("bonus_credits", 0),
    flag("is_active", True),
    *stamps(),
    check("price", "price > 0"),
    check("terms", "duration_days > 0 and publish_quota >= 0 and bonus_credits >= 0"),
    unique("name"),
)

subscriptions = table(
    "subscriptions",
    key(),
    user(ondelete="RESTRICT"),
    ref("package_id", "subscription_packages", ondelete="RESTRICT"),
    text("status", "pending"),
    moment("start_date"),
    moment("end_date"),
    *stamps(),
    one_of("status", "pending", "active", "expired", "cancelled"),
    unique("user_id"),
    index("ix_subscriptions_ending", "end_date", where="status = 'active'"),
)

payment_transactions = table(
    "payment_transactions",
    key(),
    user(ondelete="RESTRICT"),
    ref("package_id", "subscription_packages", ondelete="RESTRICT", null=True),
    ref("subscription_id", "subscriptions", ondelete="SET NULL", null=True),
    text("invoice_number"),
    text("provider", "doku"),
    number("amount"),
    text("currency", "IDR"),
    json("sold", "{}"),
    maybe("payment_method"),
    text("status", "pending"),
    maybe("payment_url"),
    maybe("doku_order_id"),
    maybe("doku_response"),
    maybe("request_id"),
    text("type_transaction", "subscription"),
    maybe("reason"),
    moment("expires_at"),
    moment("paid_at"),
    moment("checked_at"),
    maybe("channel"),
    maybe("refund_request_id"),
    moment("refunded_at"),
    *stamps(),
    check("amount", "amount > 0"),
    one_of("status", "pending", "success", "failed", "expired", "quarantined", "refunded"),
    unique("invoice_number"),
    index("ix_payment_transactions_user_id", "user_id", "id desc"),
    index("ix_payment_transactions_doku_order_id", "doku_order_id"),
    index("ix_payment_transactions_paid_at", "paid_at", where="paid_at is not null"),
    index("ix_payment_transactions_refunded_at", "refunded_at", where="refunded_at is not null"),
    index("ix_payment_transactions_pending", "checked_at nulls first", "id", where="status in ('pending', 'failed')"),
)

inbox = table(
    "inbox",
    key(),
    text("source"),
    text("external_id"),
    json("headers", "{}"),
    sa.Column("body", sa.LargeBinary, nullable=False),
    moment("received_at", now=True),
    moment("handled_at"),
    maybe("outcome"),
    maybe("last_error"),
    number("attempts", 0),
    unique("source", "external_id"),
    index("ix_inbox_unhandled", "id", where="handled_at is null"),
    index("ix_inbox_handled_at", "handled_at", where="handled_at is not null"),
)

idempotency_keys = table(
    "idempotency_keys",
    user(),
    text("key"),
    text("route"),
    sa.Column("body_hash", sa.LargeBinary, nullable=False),
    number("status", null=True),
    maybe("reply"),
    moment("created_at", now=True),
    sa.PrimaryKeyConstraint("user_id", "key"),
    index("ix_idempotency_keys_created_at", "created_at"),
)

transactions = table(
    "transactions",
    key(),
    user(ondelete="RESTRICT"),
    text("type"),
    text("unit", "kredit"),
    number("amount"),
    number("held", 0),
    text("reason"),
    text("reference_id"),
    maybe("description"),
    moment("created_at", now=True),
    one_of("type", "credit", "debit"),
    one_of("unit", "kredit", "publish_quota"),
    check("moves", "amount <> 0 or held <> 0"),
    check("type_says_the_sign", "(type = 'credit') = (amount > 0)"),
    # What makes every movement happen once: the same reason for the same thing is refused.
    unique("reason", "reference_id", "unit"),
    # Taking a reserved amount and giving it back exclude each other.
    index("uq_transactions_settled", "reference_id", "unit", where="reason in ('take', 'release')", distinct=True),
    index("ix_transactions_user_id", "user_id", "id desc"),
)

creator_wallets = table(
    "creator_wallets",
    key(),
    user(ondelete="RESTRICT"),
    number("available", 0),
    number("pending", 0),
    number("held", 0),
    number("lifetime", 0),
    *stamps(),
    unique("user_id"),
    check("held", "held >= 0 and pending >= 0 and lifetime >= 0"),
    # Negative only where a refund reversed a commission that had already been paid out.
    check("available", "available >= 0 or overdrawn"),
    flag("overdrawn"),
)

wallet_transactions = table(
    "wallet_transactions",
    key(),
    ref("wallet_id", "creator_wallets", ondelete="RESTRICT"),
    number("available", 0),
    number("pending", 0),
    number("held", 0),
    text("reason"),
    text("reference"),
    maybe("description"),
    moment("created_at", now=True),
    check("moves", "available <> 0 or pending <> 0 or held <> 0"),
    unique("reason", "reference"),
    # Paying a hold out and giving it back exclude each other.
    index("uq_wallet_transactions_settled", "reference", where="reason in ('paid', 'return')", distinct=True),
    index("ix_wallet_transactions_wallet_id", "wallet_id", "id desc"),
    index("ix_wallet_transactions_created_at", "created_at"),
)

withdrawal_requests = table(
    "withdrawal_requests",
    key(),
    user(ondelete="RESTRICT"),
    number("amount"),
    number("fee", 0),
    text("status", "pending"),
    text("bank_code"),
    text("bank_name"),
    sa.Column("account_number", sa.LargeBinary, nullable=False),
    text("account_number_masked"),
    text("account_name"),
    maybe("reference"),
    maybe("reason"),
    user("decided_by", ondelete="SET NULL", null=True),
    moment("decided_at"),
    # When a payout file listed it first: it may have been transferred since.
    moment("sent_at"),
    *stamps(),
    check("amount", "amount > 0 and fee >= 0 and fee < amount"),
    one_of("status", "pending", "approved", "rejected", "canceled"),
    index("ix_withdrawal_requests_user_id", "user_id", "id desc"),
    index("ix_withdrawal_requests_queue", "id", where="status = 'pending'"),
    index("ix_withdrawal_requests_decided_by", "decided_by"),
)

referrals = table(
    "referrals",
    key(),
    user("referrer_id", ondelete="RESTRICT"),
    user("referred_user_id", ondelete="RESTRICT"),
    *stamps(),
    check("not_oneself", "referrer_id <> referred_user_id"),
    unique("referred_user_id"),
    index("ix_referrals_referrer_id", "referrer_id", "id desc"),
)

commissions = table(
    "commissions",
    key(),
    user("id_user", ondelete="RESTRICT"),
    ref("payment_transaction_id", "payment_transactions", ondelete="RESTRICT", null=True),
    number("amount"),
    number("percent"),
    text("status", "pending"),
    maybe("keterangan"),
    moment("available_at"),
    *stamps(),
    check("amount", "amount >= 0"),
    one_of("status", "pending", "available", "reversed"),
    unique("payment_transaction_id"),
    index("ix_commissions_id_user", "id_user", "id desc"),
    index("ix_commissions_due", "available_at", where="status = 'pending'"),
)
