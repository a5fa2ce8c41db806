"""Blocking somebody, and whom one blocks; apart.py says what a block keeps apart."""

from common import clock, lists, media
from common.auth import User
from common.comics.shown import PERSON
from common.db import Db
from common.i18n import Text
from common.lists import Listing
from common.pages import PageQuery
from common.problems import Conflict, NotFound
from common.replies import Json

from . import follows, notices


class NotYourself(Conflict):
    """Nobody blocks themselves."""

    detail = Text("You cannot block yourself", "Kamu tidak dapat memblokir dirimu sendiri")


BLOCK = (
    "insert into blocks (blocker_id, blocked_id, created_at) values (:user, :other, :now) on conflict (blocker_id, blocked_id) do nothing"
)

BLOCKS = Listing(
    "blocks",
    f"""select b.id, ({PERSON}::jsonb || jsonb_build_object('blocked_at', b.created_at)) as item from blocks b
        join users u on u.id_users = b.blocked_id where b.blocker_id = {lists.of("user")} :after order by b.id desc :limit""",
    id="b.id",
    total=lists.counted("from blocks where blocker_id = :user"),
)


def block(db: Db, user: User, other: int) -> bool:
    """Block somebody, end the follows between both and clear both inboxes of the other's words; False when one did already. Raises `NotYourself` or `NotFound`."""
    if other == user.id:
        raise NotYourself
    # Whoever follows locks both accounts too, so that no follow slips in beside the block.
    blocked = next((row for row in db.all(follows.LOCK, user=user.id, other=other) if row.id_users == other), None)
    if blocked is None or not blocked.here:
        raise NotFound
    made = db.run(BLOCK, user=user.id, other=other, now=clock.now())
    db.run(follows.UNFOLLOW, user=user.id, other=other)
    db.run(follows.UNFOLLOW, user=other, other=user.id)
    notices.parted(db, user.id, other)
    return bool(made)


def unblock(db: Db, user: User, other: int) -> bool:
    """Block somebody no more; False when one did not. Follows do not come back."""
    return bool(db.run("delete from blocks where blocker_id = :user and blocked_id = :other", user=user.id, other=other))


def page(db: Db, user: User, asked: PageQuery) -> Json:
    """Whom the user blocks, latest first."""
    return lists.page(db, asked, BLOCKS, user=user.id, media=media.base())
