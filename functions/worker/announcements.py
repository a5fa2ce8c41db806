"""Announcements: what administrators tell one, some or all becomes inbox rows, in batches that block nobody."""

from datetime import timedelta

from common import clock, jobs, notices
from common.db import Db, transaction
from common.jobs import Job

# People told in one transaction. Their rows are locked against deletion until it ends, some tens of milliseconds.
BATCH = 1000

# Pushes of an announcement become due at this rate: all at once they would have everybody else's wait behind them.
PUSHES_PER_SECOND = 200

# In the order of ids, so that whoever goes on after a death begins where the last committed batch ended.
SOME = "and id_users = any(cast(:some as bigint[]))"
TELL = """
with chosen as (
    select id_users, language from users where id_users > :after [some]
    and is_verified and suspended_at is null and erased_at is null order by id_users limit :most),
told as ([tell])
select max(id_users) as last, count(*) as people, coalesce((select bool_or(reachable) from told), false) as reachable from chosen
"""


def _telling(some: str) -> str:
    row = """select id_users, :type, case language when 'id' then :title_id else :title_en end,
        case language when 'id' then :message_id else :message_en end, :data, :key, cast(:now as timestamptz), cast(:push_at as timestamptz)
        from chosen"""
    return TELL.replace("[some]", some).replace("[tell]", notices.write(row))


TELL_ALL, TELL_SOME = _telling(""), _telling(SOME)


def write(job: Job) -> None:
    """Write the announcement that the job is about into every inbox that it is for."""
    while _batch(job):
        continue


def _batch(job: Job) -> bool:
    """Tell the next people; False when there were none, which ends the job."""
    with transaction() as db:
        jobs.heartbeat(db, job, 0, "sending")
        told = _told(db, job.payload["announcement"])
        if not told:
            jobs.finish(db, job)
        return told


def _told(db: Db, announcement: int) -> bool:
    row = db.one("select * from announcements where id = :id for update", id=announcement)
    now = clock.now()
    batch = db.one(
        TELL_ALL if row.audience is None else TELL_SOME,
        type=row.type,
        title_id=row.title_id,
        title_en=row.title_en,
        message_id=row.message_id,
        message_en=row.message_en,
        data=row.data,
        key=f"announcement:{announcement}",
        after=row.last_user_id,
        most=BATCH,
        now=now,
        push_at=max(now, row.created_at + timedelta(seconds=row.written / PUSHES_PER_SECOND)),
        **({} if row.audience is None else {"some": row.audience}),
    )
    if not batch.people:
        db.run("update announcements set finished_at = :now where id = :id", id=announcement, now=now)
        return False
    db.run(
        "update announcements set last_user_id = :last, written = written + :people where id = :id",
        id=announcement,
        last=batch.last,
        people=batch.people,
    )
    if batch.reachable:
        notices.ring(db)
    return True
