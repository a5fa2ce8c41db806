"""Erasing accounts whose time to change their mind is over."""

from datetime import timedelta
from typing import Any

from common import clock, erasure, jobs, media, settings
from common.db import Db, transaction
from common.jobs import Job

DUE = """
select id_users as id from users where deletion_requested_at < :before and erased_at is null order by id_users limit 100
"""

PLACES = """
select c.cover as place from comics c where c.user_id = :user
union all select p.image from comic_panels p join comics c on c.id = p.comic_id where c.user_id = :user
union all select v.image from panel_versions v join comic_panels p on p.id = v.panel_id join comics c on c.id = p.comic_id where c.user_id = :user
union all select u.photo from users u where u.id_users = :user
"""

NAMES = """
select e.object_name as name from exports e join comics c on c.id = e.comic_id where c.user_id = :user and e.object_name is not null
union all select object_name from transcriptions where user_id = :user and object_name is not null
"""


def enqueue_due() -> int:
    """Write a job for every account that is due; how many there are now. Asking twice writes no second job."""
    with transaction() as db:
        due = db.all(DUE, before=clock.now() - timedelta(days=settings.DELETION_DAYS()))
        fresh = [row.id for row in due if jobs.live(db, _subject(row.id)) is None]
        for user in fresh:
            jobs.enqueue(db, "erase", _subject(user), payload={"user": user})
    return len(fresh)


def erase(job: Job) -> None:
    """Erase the job's account, unless its owner came back; its files go by a job of their own."""
    user: int = job.payload["user"]
    with transaction() as db:
        row = db.one("select deletion_requested_at, erased_at from users where id_users = :user for update", user=user)
        if row.deletion_requested_at is not None and row.erased_at is None:
            _erase(db, user)
        jobs.finish(db, job)


def _erase(db: Db, user: int) -> None:
    # What is running for the account stops, and gives back what it had reserved, before its rows go.
    for live in db.all("select subject from jobs where user_id = :user and status in ('queued', 'running')", user=user):
        jobs.cancel(db, live.subject)
    files = _files(db, user)
    erasure.erase(db, user)
    if files:
        jobs.enqueue(db, "delete_files", f"account:{user}:files", payload={"files": files})


def _files(db: Db, user: int) -> list[str]:
    places: list[Any] = [row.place for row in db.all(PLACES, user=user)]
    return sorted({*media.names(places), *(row.name for row in db.all(NAMES, user=user))})


def _subject(user: int) -> str:
    return f"account:{user}:erase"
