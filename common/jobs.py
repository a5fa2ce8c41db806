"""Work that outlives a request: rows that are the truth, and a bell that only says "look".

A job is written in the transaction that causes it. After the commit a Cloud Task carrying its id
rings the worker; when that bell is lost, a sweep rings again. A worker takes a job by a lease: a
token that every later write must still hold, and a time after which anybody else may take the job
over. What a job reserved is taken or given back exactly once, in the transaction that ends it.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from common import clock, ledger, log
from common.db import Db, code, json, transaction
from common.i18n import Text
from common.problems import Conflict

# Seconds a worker may be silent before another may take its job; a heartbeat extends it. The longest
# silence is a script: a call to the model and one more when its answer does not fit, two minutes each.
LEASE_SECONDS = 300

# Seconds before attempt 2 and attempt 3.
DELAYS = (10, 60)

# Kinds that hold their call for minutes, apart from those that people wait for; a video is another function's than the worker, for
# ffmpeg alone weighs more than all other bundles together.
SLOW = dict.fromkeys(("script", "panels", "panel", "pdf", "cbz"), "generation") | {"video": "video"}

# Seconds after which a job that was due and not taken is rung again by the sweep.
LOST_BELL_SECONDS = 30

# Within so many seconds the sweep rings once for the same attempt: a queue that is behind is not filled with bells besides.
AGAIN_SECONDS = 600

# Seconds after which a sweep leaves the rest to the next one, which comes after a minute: when Cloud Tasks is away each bell takes five.
SWEEP_SECONDS = 50.0

GAVE_UP = Text("This did not work after several attempts; please try again", "Gagal setelah beberapa kali percobaan; silakan coba lagi")


class AlreadyRunning(Conflict):
    """Another job for the same thing has not ended."""

    detail = Text("Another job is running for this comic", "Masih ada proses lain yang berjalan untuk komik ini")


class LeaseLost(Exception):
    """Somebody else has the job now, or it was canceled: whatever this worker still had to say is void."""


@dataclass(frozen=True)
class Job:
    """A job as its worker holds it."""

    id: int
    kind: str
    comic: int | None
    user: int | None
    payload: dict[str, Any]
    attempts: int
    max_attempts: int
    kredit: int
    lease: UUID

    @property
    def reference(self) -> str:
        """What its kredit movements are booked under."""
        return f"job:{self.id}"

    @property
    def last_attempt(self) -> bool:
        """Whether a failure now is final."""
        return self.attempts >= self.max_attempts


def queue(kind: str) -> str:
    """The queue of Cloud Tasks in which jobs of this kind wait."""
    return SLOW.get(kind, "errands")


def enqueue(
    db: Db,
    kind: str,
    subject: str,
    *,
    user: int | None = None,
    comic: int | None = None,
    kredit: int = 0,
    payload: dict[str, Any] | None = None,
    delay: int = 0,
    attempts: int = 3,
) -> int:
    """Write a job that starts `delay` seconds after this transaction commits, and reserve its price; the job's id.

    It is tried `attempts` times. Raises `AlreadyRunning` when a job for `subject` is live, and `InsufficientCredits`.
    """
    try:
        job: int = db.value(
            "insert into jobs (kind, subject, comic_id, user_id, kredit, payload, run_at, max_attempts)"
            " values (:kind, :subject, :comic, :user, :kredit, cast(:payload as jsonb), :at, :attempts) returning id",
            kind=kind,
            subject=subject,
            comic=comic,
            user=user,
            kredit=kredit,
            payload=json(payload or {}),
            at=clock.now() + timedelta(seconds=delay),
            attempts=attempts,
        )
    except Exception as error:
        if code(error) != "23505":
            raise
        # Two starts at the same moment: the unique index let one through, and this is the other.
        raise AlreadyRunning from error
    if user is not None:
        ledger.reserve(db, user, kredit, f"job:{job}", kind)
    db.after_commit(lambda: _ring(job, kind, delay))
    return job


def _ring(job: int, kind: str, delay: int = 0) -> None:
    from common.clients import tasks

    tasks.ring(job, queue(kind), delay_seconds=delay)


# SKIP LOCKED, so that two bells for one job do not wait for each other: the second finds nothing to do.
# An expired lease is as good as none; its holder finds out at its next write.
CLAIM = """
update jobs set status = 'running', attempts = attempts + 1, lease = :lease, lease_until = :until, started_at = coalesce(started_at, :now)
where id = (select id from jobs
            where id = :job and run_at <= :now and (status = 'queued' or (status = 'running' and lease_until < :now))
            for update skip locked)
returning id, kind, comic_id as comic, user_id as user, payload, attempts, max_attempts, kredit, lease
"""


def claim(db: Db, job: int) -> Job | None:
    """Take the lease of a due job; None when it is not due, ended, or in another worker's hands."""
    now = clock.now()
    row = db.maybe(CLAIM, job=job, lease=uuid4(), now=now, until=now + timedelta(seconds=LEASE_SECONDS))
    return Job(**row._asdict()) if row else None


def heartbeat(db: Db, job: Job, progress: int, stage: str) -> None:
    """Say that the job is alive and how far it is; raises `LeaseLost` when it is not ours any more.

    `progress` is 0 to 100 and never runs backwards, `stage` the name of one of common/stages.py's sentences.
    """
    until = clock.now() + timedelta(seconds=LEASE_SECONDS)
    held = db.run(
        "update jobs set progress = greatest(progress, :progress), stage = :stage, lease_until = :until where id = :job and lease = :lease",
        progress=progress,
        stage=stage,
        until=until,
        job=job.id,
        lease=job.lease,
    )
    if not held:
        raise LeaseLost


def finish(db: Db, job: Job) -> None:
    """The job succeeded: its price is taken. Raises `LeaseLost` when it is not ours any more."""
    _end(db, job, "done", progress=100)
    if job.user is not None:
        ledger.take(db, job.user, job.kredit, job.reference)


def fail(db: Db, job: Job, reason: Text, why: str) -> None:
    """The job failed for good: its price is given back, and `reason` is what its user reads; `why` is for operations."""
    _end(db, job, "failed", error=json(reason._asdict()), why=why)
    if job.user is not None:
        ledger.release(db, job.user, job.kredit, job.reference)


def retry(db: Db, job: Job, why: str) -> datetime:
    """The job failed and may be tried again, later each time; when that will be. Raises `LeaseLost`."""
    at = clock.now() + timedelta(seconds=DELAYS[min(job.attempts, len(DELAYS)) - 1])
    held = db.run(
        "update jobs set status = 'queued', lease = null, lease_until = null, run_at = :at, last_error = :why where id = :job and lease = :lease",
        at=at,
        why=why[:2000],
        job=job.id,
        lease=job.lease,
    )
    if not held:
        raise LeaseLost
    return at


def cancel(db: Db, subject: str) -> bool:
    """End the live job of `subject` and give its price back; False when there is none.

    The worker that holds it finds its lease gone at its next write and stops.
    """
    row = db.maybe(
        "update jobs set status = 'canceled', lease = null, lease_until = null, finished_at = :now"
        " where subject = :subject and status in ('queued', 'running') returning id, user_id, kredit",
        subject=subject,
        now=clock.now(),
    )
    if row is not None and row.user_id is not None:
        ledger.release(db, row.user_id, row.kredit, f"job:{row.id}")
    return row is not None


def live(db: Db, subject: str) -> Any | None:
    """The job of `subject` that has not ended, if any: its id, kind, progress and stage."""
    return db.maybe(
        "select id, kind, progress, stage from jobs where subject = :subject and status in ('queued', 'running')", subject=subject
    )


# So many of each kind, and of all kinds the oldest first: a queue that is behind must not keep another's lost bells from ringing.
OVERDUE = """
select id, kind, attempts from (
    select id, kind, attempts, run_at, row_number() over (partition by kind order by run_at, id) as place from jobs
    where (status = 'queued' and run_at < :since) or (status = 'running' and lease_until < :now)
) due where place <= :limit order by place, run_at, id
"""


def overdue(db: Db, limit: int = 100) -> list[Any]:
    """The id, kind and attempts of jobs whose bell was lost or whose worker died: due or leased until a while ago, `limit` of a kind."""
    return db.all(OVERDUE, since=clock.now() - timedelta(seconds=LOST_BELL_SECONDS), now=clock.now(), limit=limit)


def sweep() -> int:
    """Ring again for every job that nobody works on though it is due; how many there were."""
    with transaction() as db:
        found = overdue(db)
    end = time.monotonic() + SWEEP_SECONDS
    for job in found:
        if time.monotonic() > end:
            break
        try:
            _ring_again(job)
        except Exception:
            # One bell that does not ring must not keep the others silent; the next sweep tries it again.
            log.error("sweep", job=job.id)
    if found:
        log.warning("rang again for jobs that nobody took", jobs=len(found))
    return len(found)


def _ring_again(job: Any) -> None:
    from common.clients import tasks

    # The attempts tell a job that was taken and lost from one whose bell still waits in a busy queue.
    tasks.ring(job.id, queue(job.kind), attempt=job.attempts, window=AGAIN_SECONDS)


def _end(db: Db, job: Job, status: str, *, progress: int | None = None, error: str | None = None, why: str | None = None) -> None:
    held = db.run(
        "update jobs set status = :status, progress = coalesce(:progress, progress), error = cast(:error as jsonb), last_error = :why,"
        " lease = null, lease_until = null, finished_at = :now where id = :job and lease = :lease",
        status=status,
        progress=progress,
        error=error,
        why=why and why[:2000],
        now=clock.now(),
        job=job.id,
        lease=job.lease,
    )
    if not held:
        raise LeaseLost
