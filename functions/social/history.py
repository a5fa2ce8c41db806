"""What a reader read, and forgetting it."""

from common import lists, media
from common.auth import User
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.lists import Listing
from common.pages import PageQuery
from common.replies import Json

HISTORY = Listing(
    "history",
    f"""select h.comic_id as id, {lists.key("h.read_at")} as key, json_build_object({PUBLIC_ITEM}, 'read_at', h.read_at) as item
        from read_history h join comics c on c.id = h.comic_id join users u on u.id_users = c.user_id
        where h.user_id = {lists.of("user")} and c.is_public :after order by h.read_at desc, h.comic_id desc :limit""",
    id="h.comic_id",
    moment="h.read_at",
    total=lists.counted("from read_history h join comics c on c.id = h.comic_id where h.user_id = :user and c.is_public"),
)


def page(db: Db, user: User, asked: PageQuery) -> Json:
    """The comics the user read, latest first; what was taken back since is left out."""
    return lists.page(db, asked, HISTORY, user=user.id, media=media.base())


def clear(db: Db, user: User, comics: list[int]) -> int:
    """Forget that the user read `comics`, or anything where none is named; how many that were. Views stay counted."""
    if not comics:
        return db.run("delete from read_history where user_id = :user", user=user.id)
    return db.run(
        "delete from read_history where user_id = :user and comic_id = any(cast(:comics as bigint[]))", user=user.id, comics=comics
    )
