"""A panel's picture and its earlier versions: which one is shown, what it was drawn from, and the cover that follows."""

from typing import Any

from common import jobs, limits, media, settings
from common.db import Db, json

DAY = 86_400

# What the artist reads of a panel; a picture drawn from anything else shows an old text.
DRAWN_FROM = "jsonb_build_object('description', p.description, 'narration', p.narration, 'dialogues', p.dialogues)"

# Versions of before this was kept count as drawn from whatever the panel says.
STALE = f"""coalesce(p.image is not null and {DRAWN_FROM} <>
    (select v.drawn_from from panel_versions v where v.panel_id = p.id and v.version = p.version), false)"""

KEEP = f"""
with before as (
    select id, jsonb_build_object('image', image, 'image_url', image_url, 'version', version) as shown from comic_panels where id = :panel),
panel as (
    update comic_panels p set image = cast(:image as jsonb), image_url = :url, updated_at = now(),
        version = 1 + coalesce((select max(v.version) from panel_versions v where v.panel_id = p.id), 0)
    where id = :panel returning id, version, {DRAWN_FROM} as drawn_from)
insert into panel_versions (panel_id, version, image, artist, drawn_from, job_id, replaced)
select id, version, cast(:image as jsonb), :artist, drawn_from, :job, shown from panel join before using (id)
"""

# A comic of before versions were kept has pictures that are none of them: what was shown says more than which version.
UNDO = """
with gone as (
    delete from panel_versions v using comic_panels p where p.id = v.panel_id and p.comic_id = :comic and v.job_id = :job
    and v.replaced is not null returning v.panel_id, v.image, v.replaced),
back as (
    update comic_panels p set image = nullif(gone.replaced -> 'image', 'null'), image_url = gone.replaced ->> 'image_url',
        version = cast(gone.replaced ->> 'version' as bigint), updated_at = now()
    from gone where p.id = gone.panel_id)
select image from gone
"""

SHOW = """
update comic_panels p set image = v.image, image_url = v.image #>> '{web,url}', version = v.version, updated_at = now()
from panel_versions v where p.id = :panel and p.comic_id = :comic and v.panel_id = p.id and v.version = :version
"""

COVER = """
update comics c set cover = first.image, cover_url = first.image_url, updated_at = now()
from (select image, image_url from comic_panels where comic_id = :comic order by page_number, panel_number limit 1) first
where c.id = :comic
"""


def keep(db: Db, panel: int, image: dict[str, Any], artist: str, job: int) -> None:
    """Show `image` in a panel as its newest version; `job` drew it."""
    db.run(KEEP, panel=panel, image=json(image), url=image["web"]["url"], artist=artist, job=job)


def undo(db: Db, comic: Any, job: int) -> None:
    """Forget what `job`, whose price is given back, has drawn of a comic: its panels show again what they showed before.

    The caller has ended the job, so its worker changes no panel any more.
    """
    files = sorted(media.names([row.image for row in db.all(UNDO, comic=comic.id, job=job)]))
    if files:
        limits.hit(db, _undone(comic.user_id), settings.UNDONE_DRAWINGS_PER_DAY(), DAY)
        jobs.enqueue(db, "delete_files", f"job:{job}:pictures", payload={"files": files}, attempts=100)


def pause(db: Db, user: int) -> int:
    """The seconds until `user` may have anything drawn again after too many drawings that were undone, or 0.

    Each of them was drawn for money, was there to be seen, and gave its price back: canceled at the last panel, over and over.
    """
    return limits.waiting(db, _undone(user), settings.UNDONE_DRAWINGS_PER_DAY())


def _undone(user: int) -> str:
    return f"undone:{user}"


def missing(db: Db, comic: Any) -> list[str]:
    """What has no picture: "cover" and each panel by page and number; "panels" when there are none.

    A comic of the old backend has its pictures elsewhere: nothing is known of them but their addresses.
    """
    panels = db.all(
        "select page_number, panel_number, image is not null or image_url is not null as drawn from comic_panels where comic_id = :comic"
        " order by page_number, panel_number",
        comic=comic.id,
    )
    undrawn = [f"panel {panel.page_number}.{panel.panel_number}" for panel in panels if not panel.drawn]
    return [*(["cover"] if comic.cover is None and comic.cover_url is None else []), *(undrawn if panels else ["panels"])]


def whole(db: Db, comic: Any) -> bool:
    """Whether every panel of a comic has its picture, and the comic its cover."""
    return not missing(db, comic)


def show(db: Db, comic: int, panel: int, version: int) -> bool:
    """Show an earlier version of a panel again; False when there is none of that number."""
    return bool(db.run(SHOW, comic=comic, panel=panel, version=version))


def cover(db: Db, comic: int) -> None:
    """The cover is the first panel's picture, whichever that is now."""
    db.run(COVER, comic=comic)
