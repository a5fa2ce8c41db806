"""The bells of jobs: rung when there is something to do, and not over and over."""

import os
import uuid
from datetime import datetime

import requests

from common import db, jobs, work
from common.clients import tasks


def enqueued(kind="test"):
    with db.transaction() as making:
        return jobs.enqueue(making, kind, f"test:bell:{uuid.uuid4()}")


def waiting_bells(job):
    """When the bells of a job that have not rung yet will ring, as Cloud Tasks shows them."""
    place = f"{os.environ['TASKS_URL']}/v2/{tasks.queue_path('generation')}/tasks"
    held = requests.get(place, timeout=5).json().get("tasks", [])
    return [datetime.fromisoformat(each["scheduleTime"]) for each in held if f"-job-{job}-" in each["name"]]


def fails(job):
    raise RuntimeError("not this time")


def test_the_bell_of_a_retry_does_not_ring_before_its_job_is_due(database):
    job = enqueued()
    assert work.on(job, {"test": work.Kind(fails)}) == "retry"
    with db.reading() as reading:
        due = reading.value("select run_at from jobs where id = :job", job=job)
    [rings] = waiting_bells(job)
    assert 0 <= (rings - due).total_seconds() < 2
