"""Removing files after the rows that named them changed; both may be repeated, so a retry does no harm."""

from common import jobs, media
from common.clients import storage
from common.comics import states
from common.db import transaction
from common.jobs import Job

PICTURES = """
select c.cover as image from comics c where c.id = :comic union all select p.image from comic_panels p where p.comic_id = :comic
"""


def unpublish(job: Job) -> None:
    """Remove the public copies of a comic that was taken back.

    The comic's row stays locked meanwhile: publishing it again copies the same names, and must not
    have its copies removed under it.
    """
    with transaction() as db:
        comic = states.lock(db, job.comic or 0)
        if comic.published_at is None:
            storage.unpublish(media.names([row.image for row in db.all(PICTURES, comic=comic.id)]))
        jobs.finish(db, job)


def delete(job: Job) -> None:
    """Remove files whose comic is gone, public copies too."""
    files: list[str] = job.payload["files"]
    storage.delete(files, public=True)
    storage.delete(files)
    with transaction() as db:
        jobs.finish(db, job)
