"""Recordings a day after they came, whatever became of them, and narrations that nobody plays any more."""

import secrets
from datetime import timedelta

from common import clock, jobs
from common.clients import storage
from common.db import transaction

# How long a recording is kept; the one of a transcription that ended goes at once.
RECORDINGS = timedelta(hours=24)
# How long a narration is kept after it was last asked for.
NARRATIONS = timedelta(days=180)
AT_ONCE = 500

# Those without a file are of makers that died; one that is being made just now has a lease.
UNUSED = """
delete from narrations where id = any(array(
    select id from narrations where used_at < :before and (object_name is not null or lease_until < :now) limit :limit
)) returning object_name
"""


def forget() -> dict[str, int]:
    """Remove what has served its time; how many files of each kind."""
    return {"recordings": storage.delete_older("recordings/", clock.now() - RECORDINGS), "narrations": _narrations()}


def _narrations() -> int:
    now = clock.now()
    with transaction() as db:
        rows = db.all(UNUSED, before=now - NARRATIONS, now=now, limit=AT_ONCE)
        names = [row.object_name for row in rows if row.object_name is not None]
        if names:
            jobs.enqueue(db, "delete_files", f"narrations:{secrets.token_urlsafe(9)}", payload={"files": names}, attempts=100)
    return len(names)
