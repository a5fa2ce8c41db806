"""One job from its lease to its end: done, tried again later, or failed where everybody can see it.

The answer to Cloud Tasks is a success in all three cases: when and how often a job is tried again is
decided here, from its row. Only a worker that dies leaves the call unanswered, and the job to
whoever is called after its lease ran out.
"""

from collections.abc import Callable
from typing import NamedTuple

from common import clock, jobs, log
from common.clients import tasks
from common.clients.errors import Refused
from common.comics import states
from common.db import Db, transaction
from common.i18n import Text
from common.jobs import Job

from . import erasures, files, mails, panels, scripts


class Kind(NamedTuple):
    """How a kind of job is done, and what its final failure means for the draft it works on."""

    do: Callable[[Job], None]
    failed: states.Status | None = None


KINDS = {
    "script": Kind(scripts.write, "SCRIPT_FAILED"),
    "panels": Kind(panels.draw, "RENDER_FAILED"),
    "mail_code": Kind(mails.send_code),
    "mail": Kind(mails.send),
    "unpublish_files": Kind(files.unpublish),
    "delete_files": Kind(files.delete),
    "erase": Kind(erasures.erase),
}


def on(job_id: int) -> str:
    """Work on a job; what became of it, in a word for the log."""
    with transaction() as db:
        job = jobs.claim(db, job_id)
    if job is None:
        return "nothing to do"
    try:
        return _tried(job)
    except jobs.LeaseLost:
        # Canceled, or taken over while this worker was silent too long: its results are void.
        return "lease lost"


def _tried(job: Job) -> str:
    if job.attempts > job.max_attempts:
        return _failed(job, jobs.GAVE_UP, "its workers died")
    if job.kind not in KINDS:
        # Written by a newer revision than this worker's, or by an older one: tried later, then given up.
        return _failed(job, jobs.GAVE_UP, "unknown kind") if job.last_attempt else _again(job, "unknown kind")
    try:
        KINDS[job.kind].do(job)
        return "done"
    except jobs.LeaseLost:
        raise
    except Refused as refused:
        return _failed(job, refused.reason, str(refused))
    except Exception as error:
        log.error("job failed", job=job.id, kind=job.kind, attempt=job.attempts)
        why = f"{type(error).__name__}: {error}"
        return _failed(job, jobs.GAVE_UP, why) if job.last_attempt else _again(job, why)


def _again(job: Job, why: str) -> str:
    with transaction() as db:
        at = jobs.retry(db, job, why)
        delay = max(1, int((at - clock.now()).total_seconds()))
        db.after_commit(lambda: tasks.ring(job.id, attempt=job.attempts, delay_seconds=delay))
    return "retry"


def _failed(job: Job, reason: Text, why: str) -> str:
    with transaction() as db:
        _failed_in(db, job, reason, why)
    log.warning("job given up", job=job.id, kind=job.kind, why=why)
    return "failed"


def _failed_in(db: Db, job: Job, reason: Text, why: str) -> None:
    # The comic before the job, as everywhere: two transactions that lock both never wait for each other.
    to = KINDS[job.kind].failed if job.kind in KINDS else None
    comic = states.lock(db, job.comic) if to and job.comic else None
    jobs.fail(db, job, reason, why)
    if comic is not None and to is not None:
        states.move(db, comic, to, error=reason._asdict())
