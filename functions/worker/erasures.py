"""Erasing accounts whose time to change their mind is over."""

from datetime import datetime, timedelta

from common import clock, erasure, jobs, media, settings
from common.db import Db, transaction
from common.jobs import Job

# Who has asked for money waits until it was paid or refused: the payment needs the bank account that is to be forgotten.
DUE = """
select id_users as id from users u where deletion_requested_at < :before and erased_at is null
and not exists (select from withdrawal_requests w where w.user_id = u.id_users and w.status = 'pending')
"""

NAMES = """
select e.object_name as name from exports e join comics c on c.id = e.comic_id where c.user_id = :user and e.object_name is not null
union all select object_name from transcriptions where user_id = :user and object_name is not null
"""


def enqueue_due() -> int:
    """Write a job for every account that is due; how many there are now. Asking twice writes no second job."""
    with transaction() as db:
        due = db.all(f"{DUE} order by id_users limit 100", before=_before())
        fresh = [row.id for row in due if jobs.live(db, _subject(row.id)) is None]
        for user in fresh:
            jobs.enqueue(db, "erase", _subject(user), payload={"user": user})
    return len(fresh)


def erase(job: Job) -> None:
    """Erase the job's account, unless it is not due any more: its owner came back, or asked for money; its files go by a job of their own."""
    user: int = job.payload["user"]
    with transaction() as db:
        # Asked once the row is locked, which whoever signs in or asks for money has to wait for.
        db.one("select id_users from users where id_users = :user for update", user=user)
        if db.maybe(f"{DUE} and id_users = :user", before=_before(), user=user):
            forget(db, user)
        jobs.finish(db, job)


def forget(db: Db, user: int) -> None:
    """Stop what runs for the account, forget it in every table, and have its files removed; the caller holds its row's lock."""
    # What is running for the account stops, and gives back what it had reserved, before its rows go.
    for live in db.all("select subject from jobs where user_id = :user and status in ('queued', 'running')", user=user):
        jobs.cancel(db, live.subject)
    photo = db.value("select photo from users where id_users = :user", user=user)
    files = sorted({*media.names(photo), *(row.name for row in db.all(NAMES, user=user))})
    folders = [f"comics/{row.id}/" for row in db.all("select id from comics where user_id = :user", user=user)]
    folders.append(f"recordings/{user}/")
    erasure.erase(db, user)
    jobs.enqueue(db, "delete_files", f"account:{user}:files", payload={"files": files, "folders": folders}, attempts=100)


def _before() -> datetime:
    return clock.now() - timedelta(days=settings.DELETION_DAYS())


def _subject(user: int) -> str:
    return f"account:{user}:erase"
