"""The platform's day: who was there, what was made and how well that went, what it brought in.

Each day is worked out until the next one has ended; then it stays as it was, also when somebody is
erased or jobs are forgotten. What cannot be added up from days (who was there in thirty days, the
median of thirty days' work) is worked out for the thirty days that end with the day.
"""

from datetime import date, timedelta
from typing import Any

from common import clock
from common.db import Db, json

# Days of the window that ends with each day.
WINDOW = 30

# Creators that the dashboard names.
TOP = 10

# A session's tokens are renewed every half an hour of use, so whoever has the app open on a day leaves a pair of that day.
ACTIVE = """
insert into active_days (day, user_id)
select cast(:day as date), a.user_id from (
    select s.user_id from personal_access_tokens p join sessions s on s.id = p.session_id where p.issued_at >= :since and p.issued_at < :until
    union select user_id from comic_views where day = :day and user_id is not null
    union select user_id from comic_user where created_at >= :since and created_at < :until
    union select user_id from comments where created_at >= :since and created_at < :until
    union select user_id from comic_share where created_at >= :since and created_at < :until and user_id is not null
    union select user_id from comics where created_at >= :since and created_at < :until
    union select user_id from payment_transactions where paid_at >= :since and paid_at < :until
) a join users u on u.id_users = a.user_id and u.is_verified
on conflict do nothing
"""

# An erased account is not verified any more, but it was.
SOMEBODY = "(is_verified or erased_at is not null)"

# It was there until it was erased.
THERE = f"{SOMEBODY} and created_at < :until and (erased_at is null or erased_at >= :until)"

PEOPLE = f"""
select (select count(*) from users where {THERE}) as users,
       (select count(*) from users where {THERE} and created_at >= :since) as new_users,
       (select count(*) from active_days where day = :day) as dau,
       (select count(distinct user_id) from active_days where day > cast(:day as date) - 7 and day <= :day) as wau,
       (select count(distinct user_id) from active_days where day > cast(:day as date) - {WINDOW} and day <= :day) as mau
"""

# Of those who came on the day so many days ago, who was there on this day? Whoever left for good came, and is not there.
RETENTION = f"""
select count(*) as cohort, count(a.user_id) as returned
from users u left join active_days a on a.user_id = u.id_users and a.day = :day
where {SOMEBODY} and u.created_at >= :since and u.created_at < :until
"""

COMICS = """
select (select count(*) from comics where created_at >= :since and created_at < :until) as comics_started,
       (select count(distinct comic_id) from jobs
        where kind = 'panels' and status = 'done' and finished_at >= :since and finished_at < :until) as comics_finished,
       (select count(*) from comics where is_public and published_at >= :since and published_at < :until) as comics_published,
       (select count(distinct reader) from comic_views where day = :day) as readers,
       coalesce(sum(views), 0) as views, coalesce(sum(likes), 0) as likes, coalesce(sum(comments), 0) as comments, coalesce(sum(shares), 0) as shares
from comic_daily_stats where day = :day
"""

# What people wait for, from asking to seeing: the time in the queue counts. What they called off is neither success nor failure.
JOBS = """
select kind, count(*) filter (where status = 'done') as done, count(*) filter (where status = 'failed') as failed,
       percentile_cont(0.5) within group (order by seconds) filter (where status = 'done') as median,
       percentile_cont(0.95) within group (order by seconds) filter (where status = 'done') as p95
from (select kind, status, cast(extract(epoch from finished_at - created_at) as float8) as seconds from jobs
      where kind in ('script', 'panels') and status in ('done', 'failed') and finished_at >= :since and finished_at < :until) ended
group by kind
"""

# In rupiah. Money that was quarantined counts once it is granted; what was refunded came in before it went out.
MONEY = """
select coalesce(sum(amount) filter (where paid_at >= :since and paid_at < :until), 0) as revenue,
       coalesce(sum(amount) filter (where refunded_at >= :since and refunded_at < :until), 0) as refunds,
       count(*) filter (where paid_at >= :since and paid_at < :until) as payments,
       count(distinct user_id) filter (where paid_at >= :since and paid_at < :until) as paying_users
from payment_transactions
where currency = 'IDR' and paid_at is not null
  and (paid_at >= :since and paid_at < :until or refunded_at >= :since and refunded_at < :until)
"""

CREATORS = f"""
select user_id, sum(views) as views, sum(likes) as likes, sum(comments) as comments, sum(shares) as shares
from user_daily_stats where day > cast(:day as date) - {WINDOW} and day <= :day
group by user_id having sum(views) > 0 order by 2 desc, 3 desc, 1 limit {TOP}
"""


def roll(db: Db, day: date) -> None:
    """Write the facts of `day`; what comics were read must have been rolled up before."""
    span = {"since": clock.midnight(day), "until": clock.midnight(day + timedelta(days=1))}
    db.run(ACTIVE, day=day, **span)
    facts = {
        **db.one(PEOPLE, day=day, **span)._asdict(),
        **_retention(db, day),
        **_plain(db.one(COMICS, day=day, **span)),
        **_jobs(db, span),
        **_plain(db.one(MONEY, **span)),
        "window": _window(db, day),
        "top_creators": [_plain(row) for row in db.all(CREATORS, day=day)],
    }
    db.run(
        "insert into platform_daily_stats (day, facts, updated_at) values (:day, cast(:facts as jsonb), :now)"
        " on conflict (day) do update set facts = excluded.facts, updated_at = excluded.updated_at",
        day=day,
        facts=json(facts),
        now=clock.now(),
    )


def _plain(row: Any) -> dict[str, int]:
    """Counts and sums as whole numbers; PostgreSQL's sums of BIGINT are NUMERIC."""
    return {name: int(value) for name, value in row._asdict().items()}


def _retention(db: Db, day: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for after in (1, 7, 30):
        came = day - timedelta(days=after)
        row = db.one(RETENTION, day=day, since=clock.midnight(came), until=clock.midnight(came + timedelta(days=1)))
        found |= {f"d{after}_cohort": row.cohort, f"d{after}_returned": row.returned}
    return found


def _jobs(db: Db, span: dict[str, Any]) -> dict[str, Any]:
    rows = {row.kind: row for row in db.all(JOBS, **span)}
    found: dict[str, Any] = {}
    for kind, name in (("script", "scripts"), ("panels", "panels")):
        row = rows.get(kind)
        found |= {f"{name}_done": row.done if row else 0, f"{name}_failed": row.failed if row else 0}
        found |= {f"{name}_median": row.median if row else None, f"{name}_p95": row.p95 if row else None}
    return found


def _window(db: Db, day: date) -> dict[str, Any]:
    span = {"since": clock.midnight(day - timedelta(days=WINDOW - 1)), "until": clock.midnight(day + timedelta(days=1))}
    times = {name: value for name, value in _jobs(db, span).items() if name.endswith(("_median", "_p95"))}
    return {**times, "paying_users": db.one(MONEY, **span).paying_users}
