"""A creator's own published comics."""

from common import media, pages
from common.auth import User
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.pages import PageQuery
from common.replies import Json

PUBLISHED = f"""
select coalesce(json_agg(item order by published_at desc, id desc), '[]')::text as items, count(*) as found,
       (select count(*) from comics where user_id = :user and is_public) as total
from (select c.published_at, c.id, json_build_object({PUBLIC_ITEM}) as item from comics c join users u on u.id_users = c.user_id
      where c.user_id = :user and c.is_public order by c.published_at desc, c.id desc limit :limit offset :offset) page
"""


def published(db: Db, user: User, asked: PageQuery) -> Json:
    """The user's comics that readers see, newest first."""
    row = db.one(PUBLISHED, user=user.id, media=media.base(), limit=asked.per_page, offset=asked.offset)
    return Json(row.items, pages.meta(asked, row.total, asked.offset + row.found < row.total))
