"""How often something may be tried: counters in PostgreSQL, because instances share nothing else."""

from datetime import timedelta

from common import clock
from common.db import Db

# One statement counts and decides, so that racing callers cannot pass between a look and a write.
HIT = """
insert into rate_limits as r (key, hits, window_ends_at) values (:key, 1, :ends)
on conflict (key) do update set hits = case when r.window_ends_at <= :now then 1 else r.hits + 1 end,
                                window_ends_at = case when r.window_ends_at <= :now then :ends else r.window_ends_at end
returning hits, window_ends_at
"""


def hit(db: Db, key: str, limit: int, seconds: int) -> int:
    """Count one try of `key`: 0 when it is within `limit` tries in `seconds`, else the seconds to wait.

    The count stays only if the transaction commits: return a problem for a failed try, do not raise it.
    """
    now = clock.now()
    row = db.one(HIT, key=key, now=now, ends=now + timedelta(seconds=seconds))
    return max(1, int((row.window_ends_at - now).total_seconds())) if row.hits > limit else 0


def waiting(db: Db, key: str, limit: int) -> int:
    """The seconds until `key` may be tried again, or 0; counts nothing."""
    now = clock.now()
    row = db.maybe("select hits, window_ends_at from rate_limits where key = :key and window_ends_at > :now", key=key, now=now)
    return max(1, int((row.window_ends_at - now).total_seconds())) if row is not None and row.hits >= limit else 0


def forget(db: Db, key: str) -> None:
    """Start counting `key` anew."""
    db.run("delete from rate_limits where key = :key", key=key)
