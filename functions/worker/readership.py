"""How comics are read, by day: worked out anew from the facts each time, so that doing it again changes nothing.

A day is one of Jakarta's calendar. `comic_views` holds at most one row for each comic, reader and day, so a
comic's views and readers of a day are the same number; a creator's are not, nor those of several days.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from common import clock
from common.db import Db
from common.wallet.ledger import EARNINGS

# `{only}` limits a statement to the comics in :comics; without it, it is about every comic.
ONLY = "and comic_id = any(cast(:comics as bigint[]))"

COMICS = """
with viewed as (select comic_id, count(*) as views, count(distinct reader) as readers from comic_views where day = :day {only} group by comic_id),
     liked as (select comic_id, count(*) as likes from comic_user where created_at >= :since and created_at < :until {only} group by comic_id),
     told as (select comic_id, count(*) as comments from comments
              where created_at >= :since and created_at < :until and hidden_at is null {only} group by comic_id),
     shared as (select comic_id, count(*) as shares from comic_share where created_at >= :since and created_at < :until {only} group by comic_id),
     found as (
         select comic_id, coalesce(views, 0) as views, coalesce(readers, 0) as readers, coalesce(likes, 0) as likes,
                coalesce(comments, 0) as comments, coalesce(shares, 0) as shares
         from viewed full join liked using (comic_id) full join told using (comic_id) full join shared using (comic_id)),
     written as (
         insert into comic_daily_stats as s (comic_id, day, views, readers, likes, comments, shares)
         select comic_id, cast(:day as date), views, readers, likes, comments, shares from found
         on conflict (comic_id, day) do update set views = excluded.views, readers = excluded.readers, likes = excluded.likes,
             comments = excluded.comments, shares = excluded.shares
         where (s.views, s.readers, s.likes, s.comments, s.shares)
               is distinct from (excluded.views, excluded.readers, excluded.likes, excluded.comments, excluded.shares)
         returning comic_id),
     gone as (
         delete from comic_daily_stats s where day = :day {only} and not exists (select from found f where f.comic_id = s.comic_id)
         returning comic_id)
select distinct c.user_id from comics c where c.id in (select comic_id from written union all select comic_id from gone)
"""

REACH = """
with found as (select comic_id, last_panel, count(*) as readers from comic_views
               where day = :day and last_panel is not null {only} group by comic_id, last_panel),
     gone as (
         delete from comic_panel_reach r where day = :day {only}
         and not exists (select from found f where f.comic_id = r.comic_id and f.last_panel = r.panel_number))
insert into comic_panel_reach as r (comic_id, day, panel_number, readers) select comic_id, cast(:day as date), last_panel, readers from found
on conflict (comic_id, day, panel_number) do update set readers = excluded.readers where r.readers <> excluded.readers
"""

# The subquery per creator reads that creator's views of the day alone; most creators have a handful.
CREATORS = """
insert into user_daily_stats (user_id, day, views, readers, likes, comments, shares)
select u.id_users, cast(:day as date), coalesce(sum(s.views), 0),
       (select count(distinct v.reader) from comics o join comic_views v on v.comic_id = o.id and v.day = :day where o.user_id = u.id_users),
       coalesce(sum(s.likes), 0), coalesce(sum(s.comments), 0), coalesce(sum(s.shares), 0)
from users u left join comics c on c.user_id = u.id_users left join comic_daily_stats s on s.comic_id = c.id and s.day = :day
where u.id_users = any(cast(:users as bigint[])) group by u.id_users
on conflict (user_id, day) do update set views = excluded.views, readers = excluded.readers, likes = excluded.likes,
    comments = excluded.comments, shares = excluded.shares
"""

EARNERS = """
select distinct w.user_id from wallet_transactions t join creator_wallets w on w.id = t.wallet_id
where t.created_at >= :since and t.created_at < :until and t.reason = any(cast(:earnings as text[]))
"""

MONTHS = """
insert into user_monthly_stats (user_id, month, views, likes, comments, shares, earnings, updated_at)
select u.id_users, cast(:month as date), coalesce(sum(s.views), 0), coalesce(sum(s.likes), 0), coalesce(sum(s.comments), 0), coalesce(sum(s.shares), 0),
       (select coalesce(sum(t.available + t.pending), 0) from wallet_transactions t join creator_wallets w on w.id = t.wallet_id
        where w.user_id = u.id_users and t.created_at >= :since and t.created_at < :until and t.reason = any(cast(:earnings as text[]))), :now
from users u left join user_daily_stats s on s.user_id = u.id_users and s.day >= :month and s.day < :next
where u.id_users = any(cast(:users as bigint[])) group by u.id_users
on conflict (user_id, month) do update set views = excluded.views, likes = excluded.likes, comments = excluded.comments,
    shares = excluded.shares, earnings = excluded.earnings, updated_at = excluded.updated_at
"""


def roll(db: Db, day: date, *, comics: list[int] | None = None, users: Iterable[int] = ()) -> None:
    """Work `day` out anew, for all comics or for these; and for the creators in `users`, whose comics may be gone."""
    only, chosen = ("", {}) if comics is None else (ONLY, {"comics": comics})
    span = {"since": clock.midnight(day), "until": clock.midnight(day + timedelta(days=1))}
    touched = {row.user_id for row in db.all(COMICS.format(only=only), day=day, **span, **chosen)} | set(users)
    db.run(REACH.format(only=only), day=day, **chosen)
    if comics is None:
        earners = {row.user_id for row in db.all(EARNERS, earnings=list(EARNINGS), **span)}
    else:
        earners = set()
    _creators(db, day, touched, touched | earners)


def _creators(db: Db, day: date, touched: set[int], earning: set[int]) -> None:
    month = day.replace(day=1)
    after = (month + timedelta(days=31)).replace(day=1)
    if touched:
        db.run(CREATORS, day=day, users=sorted(touched))
    if earning:
        span: dict[str, Any] = {"month": month, "next": after, "since": clock.midnight(month), "until": clock.midnight(after)}
        db.run(MONTHS, users=sorted(earning), earnings=list(EARNINGS), now=clock.now(), **span)
