"""What a reader read, and forgetting it."""

from common import lists, media
from common.auth import User
from common.comics import ages, history
from common.db import Db
from common.pages import PageQuery
from common.replies import Json

HISTORY = history.listing("'read_at'", "h.read_at")


def page(db: Db, user: User, asked: PageQuery) -> Json:
    """The comics the user read, latest first; what was taken back since is left out."""
    return lists.page(db, asked, HISTORY, user=user.id, media=media.base(), ratings=ages.open_to(user))


def clear(db: Db, user: User, comics: list[int]) -> int:
    """Forget that the user read `comics`, or anything where none is named; how many that were. Views stay counted."""
    if not comics:
        return db.run("delete from read_history where user_id = :user", user=user.id)
    return db.run(
        "delete from read_history where user_id = :user and comic_id = any(cast(:comics as bigint[]))", user=user.id, comics=comics
    )
