"""A creator's own published comics."""

from common import lists, media
from common.auth import User
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.lists import Listing
from common.pages import PageQuery
from common.replies import Json

PUBLISHED = Listing(
    "published",
    f"""select c.id, {lists.key("c.published_at")} as key, json_build_object({PUBLIC_ITEM}) as item
        from comics c join users u on u.id_users = c.user_id
        where c.user_id = {lists.of("user")} and c.is_public :after order by c.published_at desc, c.id desc :limit""",
    id="c.id",
    moment="c.published_at",
    total=lists.counted("from comics where user_id = :user and is_public"),
)


def published(db: Db, user: User, asked: PageQuery) -> Json:
    """The user's comics that readers see, newest first."""
    return lists.page(db, asked, PUBLISHED, user=user.id, media=media.base())
