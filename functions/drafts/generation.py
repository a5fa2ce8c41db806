"""Starting and canceling the work on a draft."""

from typing import Any

from common import jobs
from common.comics import pictures, states
from common.db import Db


def start(db: Db, comic_id: int) -> dict[str, Any]:
    """Do the next thing for a draft: its script where there is none or it is stale, else its panels.

    The comic's row is locked first. So of two starts at once the second finds the first one's job:
    it is given that job when it asked for the same thing, and a 409 when it did not. Raises
    `AlreadyRunning`, `InsufficientCredits`, `IsPublished` or `TooManyRequests`.
    """
    comic = states.lock(db, comic_id)
    if comic.published_at is not None:
        raise states.IsPublished
    panels = db.value("select count(*) from comic_panels where comic_id = :comic", comic=comic_id)
    wanted = "panels" if panels and not comic.script_stale else "script"
    running = jobs.live(db, states.subject(comic_id))
    if running is not None:
        if running.kind != wanted:
            raise jobs.AlreadyRunning
        job = running.id
    elif wanted == "script":
        states.move(db, comic, "PENDING")
        job = states.start_script(db, comic)
    else:
        job = states.start_panels(db, comic)
    status = db.value("select draft_job_status from comics where id = :comic", comic=comic_id)
    return {"comic_id": comic_id, "job_id": job, "stage": wanted, "status": status, "panels_count": panels}


def cancel(db: Db, comic_id: int) -> dict[str, Any]:
    """Stop the work on a draft and give its price back once, for which it leaves no picture; a canceled draft stays canceled.

    Of a comic that was finished, the finished one is left. Raises `WrongState` when nothing is being done.
    """
    comic = states.lock(db, comic_id)
    if comic.draft_job_status != "CANCELED":
        if comic.draft_job_status not in states.BUSY:
            raise states.WrongState(state=comic.draft_job_status)
        _end(db, comic)
        to: states.Status = "COMPLETED" if pictures.whole(db, comic) else "CANCELED"
        states.move(db, comic, to)
        return {"comic_id": comic_id, "status": to}
    return {"comic_id": comic_id, "status": "CANCELED"}


def _end(db: Db, comic: Any) -> None:
    running = jobs.live(db, states.subject(comic.id))
    jobs.cancel(db, states.subject(comic.id))
    if running is not None:
        pictures.undo(db, comic, running.id)
