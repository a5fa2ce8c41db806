"""Publishing a comic and taking it back.

The pictures are copied to the public bucket before the comic becomes visible and removed after it
stopped being so. Copying takes a second or two and happens outside any transaction: first a look
whether everything is there, then the copies, then the decision under the row's lock.
"""

import uuid
from typing import Any

from common import clock, jobs, ledger, media
from common.auth import User
from common.clients import storage
from common.comics import shown, states
from common.db import Db, transaction
from common.i18n import Text
from common.problems import Conflict, Problem
from common.replies import Json

from .schemas import Publish


class NotReady(Conflict):
    """Something that a published comic needs is missing; `missing` names each thing."""

    detail = Text("The comic is not ready to publish; missing: {missing}", "Komik belum siap diterbitkan; yang kurang: {missing}")


class QuotaUsedUp(Problem):
    """The account may not publish another comic without a package."""

    status = 402
    detail = Text("Your publish quota is used up; a package gives more", "Kuota publikasi Anda habis; beli paket untuk menambah")


class StillRemoving(Conflict):
    """The public copies of the last publication are being removed."""

    detail = Text("The comic is still being taken back; try again in a moment", "Komik masih dalam proses penarikan; coba lagi sebentar")


# Seconds after which copies whose publication was refused, or whose process died, are removed again.
ABANDONED = 120

# A private picture that stays public is worse than a job that is tried for a day.
REMOVAL_ATTEMPTS = 1000


def publish(user: User, comic: int, asked: Publish) -> Json:
    """Make a finished comic visible to all, for one of the owner's publish quota; a published one is just shown.

    Raises `NotReady`, `QuotaUsedUp` or `StillRemoving`.
    """
    guard = f"comic:{comic}:copies:{uuid.uuid4()}"
    with transaction() as db:
        row = states.lock(db, comic)
        files = _ready(db, row, asked) if row.published_at is None else []
        if files:
            _removal(db, guard, row.id, files, delay=ABANDONED)
    storage.publish(files)
    with transaction() as db:
        row = states.lock(db, comic)
        if row.published_at is None:
            _still_the_same(_ready(db, row, asked), files)
            _publish(db, user, row, asked)
        jobs.cancel(db, guard)
        return shown.detail(db, comic, user.id)


def _removal(db: Db, subject: str, comic: int, files: list[str], *, delay: int = 0) -> None:
    """Have the public copies of `files` removed, unless the comic is public by then; the job outlives the comic's row."""
    jobs.enqueue(db, "unpublish_files", subject, payload={"comic": comic, "files": files}, delay=delay, attempts=REMOVAL_ATTEMPTS)


def _ready(db: Db, row: Any, asked: Publish) -> list[str]:
    """The names of all files that readers will need; raises unless everything is there."""
    if jobs.live(db, _taking_back(row.id)) is not None:
        raise StillRemoving
    if db.value("select publish_quota from users where id_users = :user", user=row.user_id) < 1:
        raise QuotaUsedUp
    panels = db.all("select page_number, panel_number, image from comic_panels where comic_id = :comic order by 1, 2", comic=row.id)
    missing = [
        *(["title"] if not (asked.title or row.title).strip() else []),
        *(["cover"] if row.cover is None else []),
        *(["panels"] if not panels else [f"panel {p.page_number}.{p.panel_number}" for p in panels if p.image is None]),
        *(["finished drawing"] if row.draft_job_status != "COMPLETED" else []),
    ]
    if missing:
        raise NotReady(missing=missing)
    return _pictures(row, panels)


def _pictures(row: Any, panels: list[Any]) -> list[str]:
    return sorted(set(media.names([row.cover, *(panel.image for panel in panels)])))


def _still_the_same(needed: list[str], copied: list[str]) -> None:
    """A panel drawn anew between the copying and now has files that were not copied."""
    if not set(needed) <= set(copied):
        raise NotReady(missing=["finished drawing"])


def _publish(db: Db, user: User, row: Any, asked: Publish) -> None:
    times = db.value(
        "select count(*) from transactions where user_id = :user and reason = 'publish' and reference_id like :each",
        user=user.id,
        each=f"comic:{row.id}:%",
    )
    if not ledger.move(db, user.id, "publish_quota", -1, "publish", f"comic:{row.id}:{times + 1}"):
        raise QuotaUsedUp
    db.run(
        "update comics set published_at = :now, title = coalesce(:title, title), synopsis = coalesce(:synopsis, synopsis), publisher = :publisher,"
        " updated_at = :now where id = :comic",
        comic=row.id,
        now=clock.now(),
        title=asked.title,
        synopsis=asked.synopsis,
        publisher=user.name,
    )


def unpublish(db: Db, user: User, comic: int) -> Json:
    """Take a comic back: invisible from this commit on, its public files removed by a job right after."""
    row = states.lock(db, comic)
    if row.published_at is not None:
        panels = db.all("select image from comic_panels where comic_id = :comic", comic=comic)
        db.run("update comics set published_at = null, updated_at = now() where id = :comic", comic=comic)
        # The names as they are now: by the time the job runs, the panels may have been drawn anew.
        _removal(db, _taking_back(comic), comic, _pictures(row, panels))
    return shown.detail(db, comic, user.id)


def _taking_back(comic: int) -> str:
    return f"comic:{comic}:unpublish"
