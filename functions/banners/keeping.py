"""Banners as administrators keep them: texts, picture, link, schedule, order and comics; every change is in the audit log."""

import re
import unicodedata
from datetime import datetime
from typing import Any

from common import audit, clock, media, pictures
from common.auth import User
from common.db import Db, constraint, json, reading
from common.i18n import Text
from common.problems import Conflict, invalid
from common.replies import Json

from . import showing
from .schemas import Changes, NewBanner
from .showing import NoSuchBanner

COLUMNS = ("title", "slug", "description", "link_url", "image_url", "is_active", "display_order", "shown_from", "shown_until")

ADD = f"""
insert into banners ({", ".join(COLUMNS)}, created_at, updated_at)
values (:title, :slug, :description, :link_url, :image_url, :is_active, :display_order,
        cast(:shown_from as timestamptz), cast(:shown_until as timestamptz), :now, :now) returning id
"""

CHANGE = """
update banners set title = :title, slug = :slug, description = :description, link_url = :link_url, image_url = :image_url,
    image = cast(:image as jsonb), is_active = :is_active, display_order = :display_order, shown_from = cast(:shown_from as timestamptz),
    shown_until = cast(:shown_until as timestamptz), updated_at = :now where id = :id
"""

ATTACH = """
insert into banner_comic (banner_id, comic_id, display_order)
select :banner, comic, place from unnest(cast(:comics as bigint[])) with ordinality as given (comic, place)
"""


class SlugTaken(Conflict):
    """Another banner has this slug."""

    detail = Text("Another banner has the slug {slug}", "Slug {slug} sudah dipakai banner lain")


def create(db: Db, admin: User, asked: NewBanner) -> Json:
    """Make a banner; readers see it once it has a picture. Raises `SlugTaken`, or a 422 that names unknown comics."""
    given = {**asked.model_dump(), "slug": asked.slug or _slug(asked.title)}
    banner = _written(db, ADD, given)
    _attach(db, banner, asked.comic_ids)
    audit.record(db, admin.id, "banner.create", "banner", banner, after=_told(given))
    return showing.one(db, banner)


def change(db: Db, admin: User, named: str, asked: Changes) -> Json:
    """Change what is given of a banner. Raises `NoSuchBanner`, `SlugTaken`, or a 422 that names unknown comics."""
    row = _locked(db, named)
    before = {**{name: getattr(row, name) for name in COLUMNS}, "comic_ids": row.comic_ids}
    after = {**before, **asked.model_dump(exclude_unset=True)}
    after["slug"] = after["slug"] or _slug(after["title"])
    if after["image_url"] == media.public(row.image_url):
        # Whoever sends back the address that was shown means the picture that is there.
        after["image_url"] = row.image_url
    # A picture elsewhere takes the place of an uploaded one, and so does none.
    image = row.image if after["image_url"] == row.image_url else None
    _written(db, CHANGE, after, id=row.id, image=None if image is None else json(image))
    if image is None:
        pictures.remove(db, row.image)
    if after["comic_ids"] != before["comic_ids"]:
        db.run("delete from banner_comic where banner_id = :banner", banner=row.id)
        _attach(db, row.id, after["comic_ids"])
    audit.record(db, admin.id, "banner.change", "banner", row.id, before=_told(before), after=_told(after))
    return showing.one(db, row.id)


def set_image(admin: User, named: str, data: bytes) -> Json:
    """Make the picture in `data` a banner's. Raises `NoSuchBanner`, `NotAPicture` or `TooManyPixels`."""
    with reading() as db:
        banner = _id(db, named)
    pictures.replaced(data, f"banners/{banner}", lambda db, picture: _picture(db, admin, banner, picture))
    with reading() as db:
        return showing.one(db, banner)


def _picture(db: Db, admin: User, banner: int, picture: dict[str, Any]) -> Any:
    """The picture of before."""
    before = _locked(db, str(banner))
    db.run(
        "update banners set image = cast(:image as jsonb), image_url = :url, updated_at = :now where id = :id",
        id=banner,
        image=json(picture),
        url=picture["web"]["url"],
        now=clock.now(),
    )
    audit.record(
        db, admin.id, "banner.image", "banner", banner, before={"image_url": before.image_url}, after={"image_url": picture["web"]["url"]}
    )
    return before.image


def delete(db: Db, admin: User, named: str) -> None:
    """Remove a banner; its picture's files are removed by a job. Raises `NoSuchBanner`."""
    row = _locked(db, named)
    db.run("delete from banners where id = :id", id=row.id)
    pictures.remove(db, row.image)
    before = {**{name: getattr(row, name) for name in COLUMNS}, "comic_ids": row.comic_ids}
    audit.record(db, admin.id, "banner.delete", "banner", row.id, before=_told(before))


def _id(db: Db, named: str) -> int:
    found: int | None = db.value("select id from banners where id = cast(:id as bigint) or slug = :slug", **showing.by(named))
    if found is None:
        raise NoSuchBanner
    return found


def _locked(db: Db, named: str) -> Any:
    row = db.maybe(
        f"select b.*, coalesce({showing.IDS}, '[]') as comic_ids from banners b where id = cast(:id as bigint) or slug = :slug for update",
        **showing.by(named),
    )
    if row is None:
        raise NoSuchBanner
    return row


def _written(db: Db, sql: str, given: dict[str, Any], **more: Any) -> Any:
    try:
        return db.value(sql, **{name: given[name] for name in COLUMNS}, now=clock.now(), **more)
    except Exception as error:
        if constraint(error) == "uq_banners_slug":
            raise SlugTaken(slug=given["slug"]) from error
        if constraint(error) == "ck_banners_schedule":
            raise invalid("body", "shown_until", "shown_until is later than shown_from") from error
        raise


def _attach(db: Db, banner: int, comics: list[int]) -> None:
    """Show `comics` in a banner, in their order; a comic may be attached before readers see it."""
    known = {row.id for row in db.all("select id from comics where id = any(cast(:ids as bigint[]))", ids=comics)}
    unknown = [each for each in comics if each not in known]
    if unknown:
        raise invalid("body", "comic_ids", f"Unknown: {', '.join(map(str, unknown))}")
    db.run(ATTACH, banner=banner, comics=comics)


def _slug(title: str) -> str:
    """A slug that tells what the title says; raises a 422 that asks for one when the title has no Latin letter."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].rstrip("-")
    if not slug or slug.isdigit():
        raise invalid("body", "slug", "The title gives none; choose one", "missing")
    return slug


def _told(content: dict[str, Any]) -> dict[str, Any]:
    """A banner's content as the audit log holds it."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in content.items()}
