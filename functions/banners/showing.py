"""Banners as readers see them: those that are active, have a picture and whose time it is."""

from common import clock, media
from common.comics import ages
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.i18n import Text
from common.problems import NotFound
from common.replies import Json

ITEM = """'id', b.id, 'title', b.title, 'slug', b.slug, 'description', b.description, 'image_url', replace(b.image_url, '@/', :media),
    'image', replace(b.image::text, '@/', :media)::json, 'link_url', b.link_url, 'is_active', b.is_active,
    'display_order', b.display_order, 'shown_from', b.shown_from, 'shown_until', b.shown_until,
    'created_at', b.created_at, 'updated_at', b.updated_at"""

SHOWN = """b.is_active and b.image_url is not null and coalesce(b.shown_from <= :now, true) and coalesce(b.shown_until > :now, true)"""

LIST = f"""
select coalesce(json_agg(json_build_object({ITEM}) order by b.display_order, b.id), '[]')::text from banners b where {SHOWN}
"""

DETAIL = f"""
select json_build_object({ITEM}, 'comics', coalesce((
    select json_agg(json_build_object({PUBLIC_ITEM}) order by a.display_order, a.id)
    from banner_comic a join comics c on c.id = a.comic_id join users u on u.id_users = c.user_id
    where a.banner_id = b.id and c.is_public and c.age_rating = any(:ratings)), '[]'))::text
from banners b where (b.id = cast(:id as bigint) or b.slug = :slug) and {SHOWN}
"""

IDS = "(select json_agg(a.comic_id order by a.display_order, a.id) from banner_comic a where a.banner_id = b.id)"

KEPT = f"json_build_object({ITEM}, 'comic_ids', coalesce({IDS}, '[]'))"


class NoSuchBanner(NotFound):
    """There is no banner of that id or slug, or it is not shown now."""

    detail = Text("Banner not found", "Banner tidak ditemukan")


def shown(db: Db) -> Json:
    """The banners to show now, in their order."""
    return Json(db.value(LIST, now=clock.now(), media=media.base()))


def detail(db: Db, named: str) -> Json:
    """One of them, by id or slug, with its comics that readers see; raises `NoSuchBanner`."""
    text = db.value(DETAIL, **by(named), now=clock.now(), media=media.base(), ratings=ages.open_to(None))
    if text is None:
        raise NoSuchBanner
    return Json(text)


def by(named: str) -> dict[str, object]:
    """The values of `:id` and `:slug` for what a path calls a banner: no slug is a number."""
    number = int(named) if named.isascii() and named.isdigit() and len(named) < 19 else None
    return {"id": number, "slug": named}


def kept(db: Db) -> Json:
    """All banners for administrators, in their order."""
    return Json(
        db.value(
            f"select coalesce(json_agg({KEPT} order by b.display_order, b.id), '[]')::text from banners b",
            media=media.base(),
        )
    )


def one(db: Db, banner: int) -> Json:
    """One banner for administrators."""
    return Json(db.value(f"select {KEPT}::text from banners b where b.id = :id", id=banner, media=media.base()))
