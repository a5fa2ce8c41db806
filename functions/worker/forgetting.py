"""What has served its time is deleted, so that tables of moments stay small and nobody's address is kept for nothing."""

from datetime import timedelta

from common import clock, log
from common.db import code, transaction
from common.newcomers import REGISTERED_HERE

# Nothing takes a token of these any more. While what a pair came from is still good it stays, however short it lived itself: without it
# nobody would know that the older one was used before, and whoever stole that one would get a pair (functions/auth/sessions.py).
EXPIRED = """
expires_at < :before and not exists
(select from personal_access_tokens older where older.id = personal_access_tokens.parent_id and older.expires_at >= :before)
"""

# Table by table: the condition under which a row is no longer needed, and after how many days.
STALE = (
    ("otp_requests", "created_at < :before", 2),
    ("password_resets", "expires_at < :before", 2),
    ("rate_limits", "window_ends_at < :before", 2),
    ("cache", "expires_at < :before", 0),
    # Registrations that nobody verified; whoever wants the address registers again.
    ("users", f"not is_verified and erased_at is null and created_at < :before and {REGISTERED_HERE}", 7),
    # Nothing is pushed to a phone on which nobody is signed in: the app was removed, or the phone lost.
    ("devices", "not exists (select from sessions s where s.id = session_id and s.revoked_at is null and s.expires_at >= :before)", 2),
    ("sessions", "coalesce(revoked_at, expires_at) < :before", 90),
    ("personal_access_tokens", EXPIRED, 1),
    ("jobs", "status in ('done', 'failed', 'canceled') and kredit = 0 and finished_at < :before", 90),
    # Whether a month-old message reached a device helps nobody.
    ("pushes", "due_at is null and created_at < :before", 30),
    # What a provider said names who paid. No provider repeats itself for so long, and what it had said is in the invoice's state.
    ("inbox", "handled_at < :before", 90),
    ("idempotency_keys", "created_at < :before", 7),
    # Nobody's days are needed once the thirty days that look back on them are over.
    ("active_days", "day < :before", 90),
)

# Rows per statement, so that none of them holds locks for long.
BATCH = 5000

# The condition twice: a row that is changed between being found and being deleted, an account verified at that moment, is asked once more.
DELETE = f"""
delete from {{table}} where ctid = any(array(select ctid from {{table}} where {{condition}} limit {BATCH})) and ({{condition}})
"""


def forget() -> dict[str, int]:
    """Delete what is stale; how many rows of each table, without those tables where it failed."""
    return {table: gone for table, condition, days in STALE if (gone := _tried(table, condition, days)) is not None}


def _tried(table: str, condition: str, days: int) -> int | None:
    try:
        return _forget(table, condition, days)
    except Exception as error:
        # A row that PostgreSQL refuses to delete would be refused every night, and whatever comes after it never be forgotten.
        if code(error) is None:
            raise
        log.error("a table could not be cleaned", table=table)
        return None


def _forget(table: str, condition: str, days: int) -> int:
    before, deleted = clock.now() - timedelta(days=days), 0
    while True:
        with transaction() as db:
            gone = db.run(DELETE.format(table=table, condition=condition), before=before)
        deleted += gone
        if gone < BATCH:
            return deleted
