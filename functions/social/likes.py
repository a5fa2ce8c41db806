"""Likes: one per reader and comic, and a counter that is always their number."""

from common import clock, lists, media
from common.auth import User
from common.comics import ages
from common.comics.shown import PERSON
from common.db import Db
from common.lists import Listing
from common.pages import PageQuery
from common.problems import NotFound
from common.replies import Json

from . import notices
from .apart import Blocked, between

# The unique key decides who is the first of racing callers; the counter moves in the statement of the row.
LIKE = f"""
with liked as (insert into comic_user (comic_id, user_id, created_at, updated_at) select id, :user, :now, :now from comics where id = :comic and is_public
               on conflict (comic_id, user_id) do nothing returning comic_id),
     counted as (update comics set total_likes = total_likes + 1 where id in (select comic_id from liked) returning total_likes)
select c.title, c.user_id, c.age_rating, u.language, (select total_likes from counted) as reached, {between("c.user_id", ":user")} as apart
from comics c join users u on u.id_users = c.user_id where c.id = :comic and c.is_public
"""

UNLIKE = """
with gone as (delete from comic_user where comic_id = :comic and user_id = :user returning comic_id)
update comics set total_likes = total_likes - 1 where id in (select comic_id from gone)
"""

STATUS = """
select c.id as comic_id, exists (select from comic_user where comic_id = c.id and user_id = :user) as is_liked, c.total_likes
from comics c where c.id = :comic and c.is_public
"""

LIKERS = Listing(
    "likes",
    f"""select l.id, json_build_object('user_id', l.user_id, 'comic_id', l.comic_id, 'created_at', l.created_at, 'user', {PERSON}) as item
        from comic_user l join users u on u.id_users = l.user_id where l.comic_id = {lists.of("comic")} :after order by l.id desc :limit""",
    id="l.id",
    total="(select total_likes from comics where id = :comic and is_public)",
)


def like(db: Db, user: User, comic: int) -> bool:
    """Like a public comic; False when one did already. Raises `NotFound`, or `AgeRestricted` or `Blocked`, which take the like back."""
    row = db.maybe(LIKE, comic=comic, user=user.id, now=clock.now())
    if row is None:
        raise NotFound
    ages.check(row, user)
    if row.apart:
        raise Blocked
    if row.reached is None:
        return False
    notices.liked(db, notices.Work(comic, row.title, row.user_id, row.language), user, row.reached)
    return True


def unlike(db: Db, user: User, comic: int) -> bool:
    """Take one's like back, also of a comic that readers do not see any more; False where there is none."""
    return bool(db.run(UNLIKE, comic=comic, user=user.id))


def status(db: Db, user: User, comic: int) -> dict[str, object]:
    """Whether the user likes a public comic, and how many do; raises `NotFound`."""
    row = db.maybe(STATUS, comic=comic, user=user.id)
    if row is None:
        raise NotFound
    found: dict[str, object] = row._asdict()
    return found


def likers(db: Db, comic: int, asked: PageQuery) -> Json:
    """Who likes a public comic, latest first; raises `NotFound`."""
    return lists.page(db, asked, LIKERS, comic=comic, media=media.base())
