"""What has served its time is deleted, so that tables of moments stay small and nobody's address is kept for nothing."""

from datetime import timedelta

from common import clock
from common.db import transaction

# Table by table: the condition under which a row is no longer needed, and after how many days.
STALE = (
    ("otp_requests", "created_at < :before", 2),
    ("password_resets", "expires_at < :before", 2),
    ("rate_limits", "window_ends_at < :before", 2),
    ("cache", "expires_at < :before", 0),
    # Registrations that nobody verified; whoever wants the address registers again.
    ("users", "not is_verified and erased_at is null and created_at < :before", 7),
    ("sessions", "coalesce(revoked_at, expires_at) < :before", 90),
    ("jobs", "status in ('done', 'failed', 'canceled') and kredit = 0 and finished_at < :before", 90),
    # Whether a month-old message reached a device helps nobody.
    ("pushes", "due_at is null and created_at < :before", 30),
    ("idempotency_keys", "created_at < :before", 7),
    # Nobody's days are needed once the thirty days that look back on them are over.
    ("active_days", "day < :before", 90),
)

# Rows per statement, so that none of them holds locks for long.
BATCH = 5000


def forget() -> dict[str, int]:
    """Delete what is stale; how many rows of each table."""
    return {table: _forget(table, condition, days) for table, condition, days in STALE}


def _forget(table: str, condition: str, days: int) -> int:
    before, deleted = clock.now() - timedelta(days=days), 0
    while True:
        with transaction() as db:
            gone = db.run(
                f"delete from {table} where ctid = any(array(select ctid from {table} where {condition} limit {BATCH}))", before=before
            )
        deleted += gone
        if gone < BATCH:
            return deleted
