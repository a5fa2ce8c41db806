"""A person's inbox: what is in it, what was read, and taking something out."""

from common import clock, lists
from common.auth import User
from common.db import Db
from common.lists import Listing
from common.problems import NotFound
from common.replies import Json

from .schemas import InboxQuery


def _listing(name: str, condition: str) -> Listing:
    return Listing(
        name,
        f"""select n.id, json_build_object('id', n.id, 'type', n.type, 'title', n.title, 'message', n.message, 'data', n.data,
                'img_url', n.img_url, 'read_at', n.read_at, 'created_at', n.created_at) as item
            from notifications n where n.user_id = {lists.of("user")}{condition} :after order by n.id desc :limit""",
        id="n.id",
        total=lists.counted(f"from notifications n where n.user_id = :user{condition}"),
    )


ALL = _listing("notifications", "")
UNREAD = _listing("unread", " and n.read_at is null")

# Read already, or not there at all: the person sees a difference, so the statement tells it.
MARK = """
with marked as (update notifications set read_at = :now where id = :id and user_id = :user and read_at is null returning id)
select exists (select from marked) as marked from notifications where id = :id and user_id = :user
"""

MARK_SOME = """
update notifications set read_at = :now where user_id = :user and read_at is null and id = any(cast(:ids as bigint[]))
"""

MARK_ALL = "update notifications set read_at = :now where user_id = :user and read_at is null"


def page(db: Db, user: User, asked: InboxQuery) -> Json:
    """What the user was told, newest first."""
    return lists.page(db, asked, UNREAD if asked.unread_only else ALL, user=user.id)


def unread(db: Db, user: User) -> int:
    """How many notifications the user has not read, counted up to the thousand that no badge shows."""
    count: int = db.value(f"select {UNREAD.total}", user=user.id)
    return count


def mark(db: Db, user: User, notification: int) -> bool:
    """Mark one as read; False when it was. Raises `NotFound` for what is not the user's."""
    marked: bool | None = db.value(MARK, id=notification, user=user.id, now=clock.now())
    if marked is None:
        raise NotFound
    return marked


def mark_some(db: Db, user: User, notifications: list[int]) -> int:
    """Mark those of `notifications` as read that are the user's and were not; how many."""
    return db.run(MARK_SOME, user=user.id, ids=notifications, now=clock.now())


def mark_all(db: Db, user: User) -> int:
    """Mark everything as read; how many were not."""
    return db.run(MARK_ALL, user=user.id, now=clock.now())


def delete(db: Db, user: User, notification: int) -> None:
    """Take one out of the inbox; raises `NotFound` for what is not the user's."""
    if not db.run("delete from notifications where id = :id and user_id = :user", id=notification, user=user.id):
        raise NotFound
