"""A creator's own figures, from what was rolled up by day and month and from the counters that are always kept."""

from datetime import date, timedelta
from typing import Any

from common import clock, media
from common.auth import User
from common.db import Db
from common.problems import NotFound

TOTALS = """
with own as (select c.* from comics c where c.user_id = :user),
     lately as (select * from user_daily_stats where user_id = :user and day > cast(:today as date) - 30 and day <= :today)
select own.*, recent.*, u.total_followers, u.publish_quota, u.kredit as current_credits, coalesce(w.lifetime, 0) as total_earnings,
       coalesce(w.available, 0) as current_balance,
       exists (select from subscriptions s where s.user_id = u.id_users and s.status = 'active' and s.end_date > :now) as active_subscription
from users u left join creator_wallets w on w.user_id = u.id_users,
     (select count(*) as total_comics, count(*) filter (where is_public) as total_published, coalesce(sum(total_views), 0) as total_views,
             coalesce(sum(total_likes), 0) as total_likes, coalesce(sum(total_comments), 0) as total_comments,
             coalesce(sum(total_shares), 0) as total_shares, coalesce(sum(rating_count), 0) as rating_count,
             cast(round(cast(sum(rating_sum) as numeric) / nullif(sum(rating_count), 0), 2) as float8) as rating_average from own) own,
     (select json_build_object('views', coalesce(sum(views), 0), 'likes', coalesce(sum(likes), 0), 'comments', coalesce(sum(comments), 0),
                               'shares', coalesce(sum(shares), 0)) as last_30_days,
             json_build_object('views', coalesce(sum(views) filter (where day = :today), 0), 'likes', coalesce(sum(likes) filter (where day = :today), 0),
                               'comments', coalesce(sum(comments) filter (where day = :today), 0),
                               'shares', coalesce(sum(shares) filter (where day = :today), 0)) as today from lately) recent
where u.id_users = :user
"""

# The comics that were read most in thirty days; `stopped` is how many went no further than each panel.
COMICS = """
select c.id, c.title, case when c.is_public then replace(c.cover_url, '@/', :media) end as cover_url, c.published_at, c.total_views, c.total_likes, c.total_comments,
       c.total_shares, c.rating_count, c.rating_sum, s.views, s.likes, s.comments, s.shares,
       (select json_object_agg(panel_number, readers) from (
            select panel_number, sum(readers) as readers from comic_panel_reach r
            where r.comic_id = c.id and r.day > cast(:today as date) - 30 and r.day <= :today group by panel_number) stops) as stopped
from comics c, lateral (
    select coalesce(sum(views), 0) as views, coalesce(sum(likes), 0) as likes, coalesce(sum(comments), 0) as comments, coalesce(sum(shares), 0) as shares
    from comic_daily_stats d where d.comic_id = c.id and d.day > cast(:today as date) - 30 and d.day <= :today) s
where c.user_id = :user and (c.published_at is not null or c.total_views > 0)
order by s.views desc, c.total_views desc, c.id desc limit :limit
"""

# Comics that the dashboard shows, and that its file holds.
SHOWN, MOST = 10, 10_000


def dashboard(db: Db, user: User) -> dict[str, Any]:
    """One's totals, and the comics that were read most lately."""
    row = db.one(TOTALS, user=user.id, today=clock.today(), now=clock.now())
    return {**row._asdict(), "comics": comics(db, user, SHOWN)}


def comics(db: Db, user: User, limit: int = MOST) -> list[dict[str, Any]]:
    """One's comics that have readers or can have some, the most read of the last thirty days first."""
    rows = db.all(COMICS, user=user.id, today=clock.today(), limit=limit, media=media.base())
    return [{**row._asdict(), "reach": reach(row.stopped or {})} for row in rows]


def reach(stopped: dict[str, int]) -> list[int]:
    """How many readers came to each panel, from how many went no further than it."""
    last = max(map(int, stopped), default=0)
    return [sum(readers for panel, readers in stopped.items() if int(panel) >= number) for number in range(1, last + 1)]


# A list of days or months has no holes: what nobody did anything on is zero.
DAYS = """
select g.day as date, coalesce(s.views, 0) as views, coalesce(s.readers, 0) as readers, coalesce(s.likes, 0) as likes,
       coalesce(s.comments, 0) as comments, coalesce(s.shares, 0) as shares
from (select cast(:first as date) + n as day from generate_series(0, cast(:days as int) - 1) n) g
left join {stats} and s.day = g.day order by g.day
"""
OF_ALL = DAYS.format(stats="user_daily_stats s on s.user_id = :subject")
OF_ONE = DAYS.format(stats="comic_daily_stats s on s.comic_id = :subject")

MONTHS = """
select to_char(g.month, 'YYYY-MM') as month, coalesce(s.views, 0) as views, coalesce(s.likes, 0) as likes, coalesce(s.comments, 0) as comments,
       coalesce(s.shares, 0) as shares, coalesce(s.earnings, 0) as earnings
from (select cast(cast(:first as date) + n * interval '1 month' as date) as month from generate_series(0, cast(:months as int) - 1) n) g
left join user_monthly_stats s on s.user_id = :user and s.month = g.month order by g.month
"""

BEGUN = """
select count(*) from comics where user_id = :user and created_at >= :since and created_at < :until
"""


def daily(db: Db, user: User, days: int, comic: int | None) -> list[Any]:
    """The last `days` days, oldest first, of all one's comics or of one; raises `NotFound` for somebody else's."""
    first = clock.today() - timedelta(days=days - 1)
    if comic is None:
        return db.all(OF_ALL, first=first, days=days, subject=user.id)
    if not db.value("select true from comics where id = :comic and user_id = :user", comic=comic, user=user.id):
        raise NotFound
    return db.all(OF_ONE, first=first, days=days, subject=comic)


def monthly(db: Db, user: User, months: int) -> list[Any]:
    """The last `months` months, oldest first."""
    today = clock.today()
    number = today.year * 12 + today.month - months
    return _months(db, user, date(number // 12, number % 12 + 1, 1), months)


def _months(db: Db, user: User, first: date, months: int) -> list[Any]:
    return db.all(MONTHS, first=first, months=months, user=user.id)


def yearly(db: Db, user: User, year: int | None) -> dict[str, Any]:
    """A year (None: this one) with its months."""
    year = year or clock.today().year
    months = _months(db, user, date(year, 1, 1), 12)
    since, until = clock.midnight(date(year, 1, 1)), clock.midnight(date(year + 1, 1, 1))
    sums = {f"total_{name}": sum(getattr(month, name) for month in months) for name in ("views", "likes", "comments", "shares", "earnings")}
    return {"year": year, "total_comics": db.value(BEGUN, user=user.id, since=since, until=until), **sums, "months": months}
