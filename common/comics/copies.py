"""The public copies of a comic's pictures: which there are, and the job that removes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from common import jobs, media
from common.db import Db
from common.i18n import Text
from common.problems import Conflict

# Seconds after which copies whose publication was refused, or whose process died, are removed again.
ABANDONED = 120

# Seconds after which copies that are being removed are most likely gone.
SOON = 5

# A private picture that stays public is worse than a job that is tried for a day.
ATTEMPTS = 1000


class StillRemoving(Conflict):
    """Public copies of this comic are being removed, or were while new ones were made."""

    detail = Text("The comic is still being taken back; try again in a moment", "Komik masih dalam proses penarikan; coba lagi sebentar")


def names(cover: Any, panels: Iterable[Any]) -> list[str]:
    """The names of the files that readers need: of the cover, and of the pictures of `panels`."""
    return sorted(set(media.names([cover, *(panel.image for panel in panels)])))


def of(db: Db, row: Any) -> list[str]:
    """The names of the files that readers of this comic's row need."""
    return names(row.cover, db.all("select image from comic_panels where comic_id = :comic", comic=row.id))


def guard(db: Db, subject: str, comic: int, files: list[str]) -> None:
    """Have copies that are about to be made removed again, unless the comic is public by then or the job is canceled."""
    _removal(db, subject, comic, files, delay=ABANDONED)


def take_back(db: Db, row: Any) -> None:
    """Have the public copies of a locked comic removed, which readers do not see from this commit on.

    The names are as they are now: by the time the job runs, the panels may have been drawn anew.
    """
    _removal(db, _taking_back(row.id), row.id, of(db, row))


# A guard that has not begun has removed nothing; one that has may be tried again for the rest. Taking back removes in any case.
GOING = """
select exists (select from jobs where kind = 'unpublish_files' and payload ->> 'comic' = :comic
               and status in ('queued', 'running') and (attempts > 0 or subject = :taking_back))
    or exists (select from jobs where kind = 'unpublish_files' and payload ->> 'comic' = :comic and attempts > 0 and finished_at >= :since)
"""


def none_going(db: Db, comic: int, since: datetime) -> None:
    """Raises `StillRemoving` while copies are being removed, or where some were after `since`: those made since then may have gone with them.

    The caller holds the comic's lock, which every removal waits for: one that has not begun by now finds what the caller decides.
    """
    if db.value(GOING, comic=str(comic), taking_back=_taking_back(comic), since=since):
        raise StillRemoving(retry_after=SOON)


def _removal(db: Db, subject: str, comic: int, files: list[str], *, delay: int = 0) -> None:
    if not files:
        return
    # The job outlives the comic's row.
    jobs.enqueue(db, "unpublish_files", subject, payload={"comic": comic, "files": files}, delay=delay, attempts=ATTEMPTS)


def _taking_back(comic: int) -> str:
    return f"comic:{comic}:unpublish"
