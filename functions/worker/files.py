"""Removing files after the rows that named them changed; all of it may be repeated, so a retry does no harm."""

from typing import Any

from common import jobs, media
from common.clients import storage
from common.db import Db, transaction
from common.jobs import Job

PICTURES = """
select c.cover as image from comics c where c.id = :comic union all select p.image from comic_panels p where p.comic_id = :comic
"""


def unpublish(job: Job) -> None:
    """Remove public copies of a comic that was taken back or hidden, or whose publication was abandoned.

    The comic's row stays locked meanwhile: publishing it again copies the same names, and must not
    have its copies removed under it. What readers need of a comic that is public by now stays.
    """
    comic: int = job.payload["comic"]
    with transaction() as db:
        row = db.maybe("select is_public from comics where id = :comic for update", comic=comic)
        needed = _pictures(db, comic) if row is not None and row.is_public else set()
        storage.unpublish([name for name in job.payload["files"] if name not in needed])
        jobs.finish(db, job)


def _pictures(db: Db, comic: int) -> set[str]:
    places: list[Any] = [row.image for row in db.all(PICTURES, comic=comic)]
    return set(media.names(places))


def delete(job: Job) -> None:
    """Remove files that no row names any more, public copies too: by `files`, their names, and by `folders`, whole."""
    files: list[str] = job.payload.get("files", [])
    for public in (True, False):
        storage.delete(files, public=public)
        for folder in job.payload.get("folders", []):
            storage.delete_folder(folder, public=public)
    with transaction() as db:
        jobs.finish(db, job)
