"""Who follows whom, and counters that are always the number of rows."""

from typing import Any

from common import clock, lists, media
from common.auth import User
from common.comics.shown import PERSON
from common.db import Db
from common.i18n import Text
from common.lists import Listing
from common.pages import PageQuery
from common.problems import Conflict, NotFound
from common.replies import Json

from . import notices
from .apart import Blocked, between


class NotOneself(Conflict):
    """Nobody follows themselves."""

    detail = Text("You cannot follow yourself", "Kamu tidak dapat mengikuti dirimu sendiri")


# Somebody whom others may see: an unproven registration is nobody yet, an erased account nobody any more.
HERE = "is_verified and erased_at is null"

# Both counters move, so both accounts are locked, always in this order: two who follow each other would else wait for one another.
LOCK = f"""
select id_users, {HERE} as here from users where id_users in (cast(:user as bigint), cast(:other as bigint))
order by id_users for no key update
"""

# Asked once both are locked: the statement that waits for a lock still sees the blocks of before.
APART = f"select {between('cast(:user as bigint)', 'cast(:other as bigint)')}"

FOLLOW = """
with made as (insert into follows (follower_id, followed_id, created_at) values (:user, :other, :now)
              on conflict (follower_id, followed_id) do nothing returning follower_id, followed_id)
update users u set total_followers = u.total_followers + case when u.id_users = made.followed_id then 1 else 0 end,
                   total_following = u.total_following + case when u.id_users = made.follower_id then 1 else 0 end
from made where u.id_users in (made.follower_id, made.followed_id)
"""

UNFOLLOW = """
with gone as (delete from follows where follower_id = :user and followed_id = :other returning follower_id, followed_id)
update users u set total_followers = u.total_followers - case when u.id_users = gone.followed_id then 1 else 0 end,
                   total_following = u.total_following - case when u.id_users = gone.follower_id then 1 else 0 end
from gone where u.id_users in (gone.follower_id, gone.followed_id)
"""

STATUS = f"""
select u.id_users as user_id, exists (select from follows where follower_id = :viewer and followed_id = u.id_users) as is_following
from users u where u.id_users = :user and {HERE}
"""

COUNTS = f"select id_users as user_id, total_followers as followers_count, total_following as following_count from users where id_users = :user and {HERE}"


def _listing(name: str, shown: str, other: str, counter: str) -> Listing:
    return Listing(
        name,
        f"""select f.id, ({PERSON}::jsonb || jsonb_build_object('followed_at', f.created_at)) as item from follows f
            join users u on u.id_users = f.{shown} where f.{other} = {lists.of("user")} :after order by f.id desc :limit""",
        id="f.id",
        total=f"(select {counter} from users where id_users = :user and {HERE})",
    )


FOLLOWERS = _listing("followers", "follower_id", "followed_id", "total_followers")
FOLLOWING = _listing("following", "followed_id", "follower_id", "total_following")


def follow(db: Db, user: User, other: int) -> bool:
    """Follow somebody; False when one does already. Raises `NotOneself`, `NotFound` or `Blocked`."""
    if other == user.id:
        raise NotOneself
    followed = next((row for row in db.all(LOCK, user=user.id, other=other) if row.id_users == other), None)
    if followed is None or not followed.here:
        raise NotFound
    if db.value(APART, user=user.id, other=other):
        raise Blocked
    if not db.run(FOLLOW, user=user.id, other=other, now=clock.now()):
        return False
    notices.followed(db, other, user)
    return True


def unfollow(db: Db, user: User, other: int) -> bool:
    """Follow somebody no more; False when one did not."""
    db.all(LOCK, user=user.id, other=other)
    return bool(db.run(UNFOLLOW, user=user.id, other=other))


def status(db: Db, viewer: User, user: int) -> Any:
    """Whether `viewer` follows `user`; raises `NotFound`."""
    row = db.maybe(STATUS, viewer=viewer.id, user=user)
    if row is None:
        raise NotFound
    return row


def counts(db: Db, user: int) -> Any:
    """How many follow `user` and are followed; raises `NotFound`."""
    row = db.maybe(COUNTS, user=user)
    if row is None:
        raise NotFound
    return row


def followers(db: Db, user: int, asked: PageQuery) -> Json:
    """Who follows `user`, latest first; raises `NotFound`."""
    return lists.page(db, asked, FOLLOWERS, user=user, media=media.base())


def following(db: Db, user: int, asked: PageQuery) -> Json:
    """Whom `user` follows, latest first; raises `NotFound`."""
    return lists.page(db, asked, FOLLOWING, user=user, media=media.base())
