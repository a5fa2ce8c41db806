"""How often something may be tried: counters in PostgreSQL, because instances share nothing else."""

from datetime import timedelta

from common import clock
from common.db import Db

# One statement counts and decides, so that racing callers cannot pass between a look and a write.
HIT = """
insert into rate_limits as r (key, hits, window_ends_at) values (:key, cast(:count as bigint), :ends)
on conflict (key) do update set hits = case when r.window_ends_at <= :now then excluded.hits else r.hits + excluded.hits end,
                                window_ends_at = case when r.window_ends_at <= :now then :ends else r.window_ends_at end
returning hits, window_ends_at
"""


def hit(db: Db, key: str, limit: int, seconds: int, *, count: int = 1) -> int:
    """Count one try of `key`, or `count` of what is rationed: 0 when it is within `limit` in `seconds`, else the seconds to wait.

    The count stays only if the transaction commits: return a problem for a failed try, do not raise it.
    """
    now = clock.now()
    row = db.one(HIT, key=key, count=count, now=now, ends=now + timedelta(seconds=seconds))
    return max(1, int((row.window_ends_at - now).total_seconds())) if row.hits > limit else 0


# Counts and decides like HIT. The row's end lies `memory` beyond the moment of the next try, so that it
# tells both: until when to wait, and when all is forgotten. A refused try changes nothing.
SLOW = """
insert into rate_limits as r (key, hits, window_ends_at) values (:key, 1, cast(:now as timestamptz) + cast(:memory as interval))
on conflict (key) do update
    set hits = case when r.window_ends_at <= :now then 1 else r.hits + 1 end,
        window_ends_at = cast(:now as timestamptz) + cast(:memory as interval)
            + case when r.window_ends_at <= :now or r.hits + 1 < :free then interval '0'
                   else least(cast(:first as interval) * power(2, least(r.hits + 1 - :free, 30)), cast(:most as interval)) end
    where r.window_ends_at - cast(:memory as interval) <= :now
returning hits
"""


def slow(db: Db, key: str, free: int, *, first: int, most: int, memory: int) -> int:
    """Count one try of `key` before it is made: 0 when it may be made, else the seconds to wait.

    After `free` tries the pause doubles with each, from `first` to `most` seconds; all is forgotten
    `memory` seconds after the last. Commit before the try: then no number of tries at once passes.
    """
    now = clock.now()
    spans = {name: timedelta(seconds=seconds) for name, seconds in (("first", first), ("most", most), ("memory", memory))}
    if db.value(SLOW, key=key, now=now, free=free, **spans) is not None:
        return 0
    ends = db.value("select window_ends_at from rate_limits where key = :key", key=key)
    return max(1, int((ends - spans["memory"] - now).total_seconds()) + 1) if ends else 0


def forgive(db: Db, key: str, *, memory: int) -> None:
    """Take the last counted try of `key` back, with the pause after it: it succeeded."""
    db.run(
        "update rate_limits set hits = greatest(hits - 1, 0), window_ends_at = least(window_ends_at, :end) where key = :key",
        key=key,
        end=clock.now() + timedelta(seconds=memory),
    )


def waiting(db: Db, key: str, limit: int) -> int:
    """The seconds until `key` may be tried again, or 0; counts nothing."""
    now = clock.now()
    row = db.maybe("select hits, window_ends_at from rate_limits where key = :key and window_ends_at > :now", key=key, now=now)
    return max(1, int((row.window_ends_at - now).total_seconds())) if row is not None and row.hits >= limit else 0


def forget(db: Db, key: str) -> None:
    """Start counting `key` anew."""
    db.run("delete from rate_limits where key = :key", key=key)
