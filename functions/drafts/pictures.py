"""Pictures of single panels: drawing one again, and going back to an earlier one."""

from typing import Any

from common import jobs
from common.comics import pictures, shown, states
from common.db import Db
from common.i18n import Text
from common.problems import Conflict, NotFound
from common.replies import Json


class NotDrawn(Conflict):
    """A single panel can be drawn again once all of them have been drawn."""

    detail = Text("Draw the whole comic first", "Gambar dulu seluruh komiknya")


VERSIONS = """
select coalesce(json_agg(json_build_object('version', v.version, 'image', v.image, 'image_url', v.image #>> '{web,url}',
    'is_shown', v.version = p.version, 'artist', v.artist, 'created_at', v.created_at) order by v.version desc) filter (where v.id is not null), '[]')::text
from comic_panels p left join panel_versions v on v.panel_id = p.id where p.id = :panel and p.comic_id = :comic group by p.id
"""

LIVE = "select id, payload from jobs where subject = :subject and kind = 'panel' and status in ('queued', 'running')"


def redraw(db: Db, comic_id: int, panel: int) -> dict[str, Any]:
    """Have one panel of a comic drawn again; while that very job runs, it is the answer again.

    Raises `AlreadyRunning`, `InsufficientCredits`, `IsPublished`, `NotDrawn`, `TooManyRequests` or, for a panel of another comic, `NotFound`.
    """
    comic = states.editable(db, comic_id)
    drawn = db.one(
        "select bool_or(id = :panel) as ours, bool_and(image is not null) as whole from comic_panels where comic_id = :comic",
        comic=comic_id,
        panel=panel,
    )
    if not drawn.ours:
        raise NotFound
    if not drawn.whole:
        raise NotDrawn
    live = db.maybe(LIVE, subject=states.subject(comic_id))
    job = live.id if live is not None and live.payload == {"panel": panel} else _started(db, comic, panel)
    return {"comic_id": comic_id, "panel_id": panel, "job_id": job, "status": "queued"}


def _started(db: Db, comic: Any, panel: int) -> int:
    if comic.draft_job_status in states.BUSY:
        raise jobs.AlreadyRunning
    return states.start_panel(db, comic, panel)


def versions(db: Db, comic: int, panel: int) -> Json:
    """Every picture a panel ever had, newest first; raises `NotFound` for a panel of another comic."""
    text = db.value(VERSIONS, comic=comic, panel=panel)
    if text is None:
        raise NotFound
    return Json(text, finish=shown.signed)


def show(db: Db, comic: int, panel: int, version: int) -> Json:
    """Show an earlier picture of a panel again, at no price; raises `NotFound`, `IsPublished` or `WrongState`."""
    states.resting(db, comic)
    if not pictures.show(db, comic, panel, version):
        raise NotFound
    pictures.cover(db, comic)
    return versions(db, comic, panel)
