"""Statistics are rolled up every few minutes: yesterday and today from the start, and older days where a fact was taken back."""

from collections import defaultdict
from datetime import date, timedelta

from common import clock
from common.db import Db, reading, transaction

from . import platform_facts, readership

# Missed days that one call works out; the next call goes on.
MOST_DAYS = 40

# Stale marks that one transaction takes.
MARKS = 2000

# A rollup that takes longer than the pause between two would otherwise meet the next one over the same rows.
LOCK = "select pg_try_advisory_xact_lock(hashtext('rollups'))"

# Days since the first fact that were never worked out after they had ended: before the first run, and after a long silence.
MISSED = f"""
select g.day from (select first.day + n as day
    from (select least((select min(day) from comic_views), (select cast(min(created_at) at time zone 'Asia/Jakarta' as date) from users)) as day) first,
         generate_series(0, cast(:today as date) - 2 - first.day) n) g
left join platform_daily_stats s on s.day = g.day
where s.day is null or s.updated_at < cast(g.day + 1 as timestamp) at time zone 'Asia/Jakarta' order by g.day limit {MOST_DAYS}
"""

TAKE = f"""
delete from stale_stats where id = any(array(select id from stale_stats order by id limit {MARKS})) returning user_id, comic_id, day
"""


def roll() -> dict[str, int]:
    """Bring all statistics up to now; how many days were worked out, and how many older marks of comics were corrected."""
    days = sum(day_of(day) for day in _due(clock.today()))
    corrected = 0
    while True:
        with transaction() as db:
            done = _correct(db)
        corrected += done
        if done < MARKS:
            return {"days": days, "corrected": corrected}


def _due(today: date) -> list[date]:
    """Yesterday and today, and before them what was missed, oldest first, since each day looks back on those before it."""
    with reading() as db:
        missed = [row.day for row in db.all(MISSED, today=today)]
    return [*missed, today - timedelta(days=1), today]


def day_of(day: date) -> bool:
    """Work out a day; False when another call is at it."""
    with transaction() as db:
        if not db.value(LOCK):
            return False
        readership.roll(db, day)
        platform_facts.roll(db, day)
        return True


def _correct(db: Db) -> int:
    """Work out anew the comics and days that are marked; how many marks there were."""
    marks = db.all(TAKE) if db.value(LOCK) else []
    comics, users = defaultdict(set), defaultdict(set)
    for mark in marks:
        comics[mark.day].add(mark.comic_id)
        users[mark.day].add(mark.user_id)
    for day in sorted(comics):
        readership.roll(db, day, comics=sorted(comics[day]), users=users[day])
    return len(marks)
