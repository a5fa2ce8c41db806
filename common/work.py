"""One job from its lease to its end: done, tried again later, or failed where everybody can see it.

The answer to Cloud Tasks is a success in all three cases: when and how often a job is tried again is
decided here, from its row. Only a worker that dies leaves the call unanswered, and the job to
whoever is called after its lease ran out.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from common import clock, jobs, log
from common.clients import tasks
from common.clients.errors import Refused
from common.db import Db, transaction
from common.i18n import Text
from common.jobs import Job
from common.replies import Out


class Worked(Out):
    """What became of the call: done, retry, failed, or nothing to do."""

    outcome: str


class Kind(NamedTuple):
    """How a kind of job is done, and how it is ended when it failed for good.

    `fail` runs in the transaction that ends the job and calls `jobs.fail` itself, because what it
    locks besides (the comic, say) is locked before the job everywhere.
    """

    do: Callable[[Job], None]
    fail: Callable[[Db, Job, Text, str], None] = jobs.fail


def on(job_id: int, kinds: Mapping[str, Kind]) -> str:
    """Work on a job, if it is due and one of `kinds`; what became of it, in a word for the log."""
    with transaction() as db:
        job = jobs.claim(db, job_id)
    if job is None:
        return "nothing to do"
    try:
        return _tried(job, kinds)
    except jobs.LeaseLost:
        # Canceled, or taken over while this worker was silent too long: its results are void.
        return "lease lost"


def _tried(job: Job, kinds: Mapping[str, Kind]) -> str:
    kind = kinds.get(job.kind)
    fail = kind.fail if kind else jobs.fail
    if job.attempts > job.max_attempts:
        return _failed(job, fail, jobs.GAVE_UP, "its workers died")
    if kind is None:
        # Written by a newer revision than this worker's, or by an older one: tried later, then given up.
        return _failed(job, fail, jobs.GAVE_UP, "unknown kind") if job.last_attempt else _again(job, "unknown kind")
    try:
        kind.do(job)
        return "done"
    except jobs.LeaseLost:
        raise
    except Refused as refused:
        return _failed(job, fail, refused.reason, str(refused))
    except Exception as error:
        log.error("job failed", job=job.id, kind=job.kind, attempt=job.attempts)
        why = f"{type(error).__name__}: {error}"
        return _failed(job, fail, jobs.GAVE_UP, why) if job.last_attempt else _again(job, why)


def _again(job: Job, why: str) -> str:
    with transaction() as db:
        at = jobs.retry(db, job, why)
        # Rounded up: a bell before the job is due finds nothing to do, and is not rung again until the sweep.
        delay = max(1, math.ceil((at - clock.now()).total_seconds()))
        db.after_commit(lambda: tasks.ring(job.id, jobs.queue(job.kind), attempt=job.attempts, delay_seconds=delay))
    return "retry"


def _failed(job: Job, fail: Callable[[Db, Job, Text, str], None], reason: Text, why: str) -> str:
    with transaction() as db:
        fail(db, job, reason, why)
    log.warning("job given up", job=job.id, kind=job.kind, why=why)
    return "failed"
