"""Readers: a view counts once per reader, comic and day, and the history remembers the latest read.

Authors are no readers of their own comics: they look at them again and again, and none of that is a view.
"""

from common import clock, hashes, lists
from common import media as files
from common.auth import User
from common.comics import ages, history
from common.db import Db
from common.pages import PageQuery
from common.replies import Json

# Seconds in which a view loses about two thirds of its weight in the trending order.
FADES = 3 * 86400

# The unique key of comic_views decides whether this read is a new one, however many arrive at once;
# the counters move in the same statement as the row that justifies them.
#
# trending_score is ln(sum over views of e^(t/FADES)): adding a view needs only the score of before,
# scores of different comics compare as if all had faded to this moment, and no job ever ages them.
# A difference over 700 would underflow exp(), and weighs nothing anyway.
VIEW = """
with seen as (insert into comic_views (comic_id, user_id, reader, day) values (:comic, :user, :reader, :day)
              on conflict (comic_id, day, reader) do nothing returning comic_id)
update comics set total_views = total_views + 1,
    trending_score = greatest(trending_score, cast(:weight as float8)) + ln(1 + exp(-least(abs(trending_score - cast(:weight as float8)), 700)))
where id in (select comic_id from seen)
"""

# Reading is told at the start and again at the end; what counts is the furthest panel of the day, and none beyond the last.
# The row is there: VIEW wrote it, today or just now. It is named by its unique key, because an UPDATE that looked for it
# found it by day and comic alone: today's rows are always younger than what PostgreSQL knows about the table, so it took
# them for one, and read all of today's reads of a comic that everybody reads.
REACHED = """
insert into comic_views as v (comic_id, user_id, reader, day, last_panel)
select :comic, :user, :reader, :day, nullif(least(cast(:panel as bigint), count(*)), 0) from comic_panels where comic_id = :comic
on conflict (comic_id, day, reader) do update set last_panel = excluded.last_panel where excluded.last_panel > coalesce(v.last_panel, 0)
"""

HISTORY = """
insert into read_history (user_id, comic_id, read_at) values (:user, :comic, :now)
on conflict (user_id, comic_id) do update set read_at = excluded.read_at
"""

LAST_READ = history.listing()


def track(db: Db, comic: int, user: User | None, address: str, panel: int | None = None) -> None:
    """Count a read by an account or, for anonymous readers, by a keyed hash of their `address`; raises `NotFound` and `AgeRestricted`.

    `panel` is how far it came, counted from 1 in reading order. The author's own reads are remembered in the history alone.
    """
    author = ages.public(db, comic, user).user_id
    if user is None or user.id != author:
        _count(db, comic, user, address, panel)
    if user:
        db.run(HISTORY, user=user.id, comic=comic, now=clock.now())


def _count(db: Db, comic: int, user: User | None, address: str, panel: int | None) -> None:
    reader = hashes.keyed("reader", f"user:{user.id}" if user else f"address:{address}")
    weight = clock.now().timestamp() / FADES
    day = clock.today()
    db.run(VIEW, comic=comic, user=user.id if user else None, reader=reader, day=day, weight=weight)
    if panel:
        db.run(REACHED, comic=comic, user=user.id if user else None, day=day, reader=reader, panel=panel)


def last_read(db: Db, user: User, asked: PageQuery) -> Json:
    """The comics the user read, latest first; what was taken back since is left out."""
    return lists.page(db, asked, LAST_READ, user=user.id, media=files.base(), ratings=ages.open_to(user))
