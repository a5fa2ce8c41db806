"""The bells of jobs: rung when there is something to do, and not over and over."""

import os
import socket
import time
import uuid
from datetime import datetime, timedelta

import pytest
import requests
import time_machine

from common import clock, db, jobs, work
from common.clients import tasks
from infra.local import httpd


def enqueued(kind="test"):
    with db.transaction() as making:
        return jobs.enqueue(making, kind, f"test:bell:{uuid.uuid4()}")


def waiting_bells(job):
    """When the bells of a job that have not rung yet will ring, as Cloud Tasks shows them."""
    place = f"{os.environ['TASKS_URL']}/v2/{tasks.queue_path(jobs.queue('test'))}/tasks"
    held = requests.get(place, timeout=5).json().get("tasks", [])
    return [datetime.fromisoformat(each["scheduleTime"]) for each in held if f"-job-{job}-" in each["name"]]


def fails(job):
    raise RuntimeError("not this time")


def test_the_bell_of_a_retry_does_not_ring_before_its_job_is_due(database):
    job = enqueued()
    heard(job)
    assert work.on(job, {"test": work.Kind(fails)}) == "retry"
    with db.reading() as reading:
        due = reading.value("select run_at from jobs where id = :job", job=job)
    [rings] = waiting_bells(job)
    assert 0 <= (rings - due).total_seconds() < 2


@pytest.fixture
def rung(database, monkeypatch):
    """The ids of the jobs that the worker is called about, in the order in which it is."""
    called = []
    server = httpd.Server(lambda request: called.append(int(request.path.rpartition("/")[2])) or httpd.json_response({}))
    httpd.start(server)
    monkeypatch.setenv("WORKER_URL", server.url)
    yield called
    server.stop()


def heard(job):
    """Every bell of a job that was rung has reached the worker."""
    end = time.monotonic() + 20
    while waiting_bells(job):
        assert time.monotonic() < end, "a bell does not ring"
        time.sleep(0.01)


def sweeps(start, minutes, job):
    for minute in minutes:
        with time_machine.travel(start + timedelta(minutes=minute)):
            jobs.sweep()
            heard(job)


def test_a_hundred_videos_that_wait_do_not_keep_the_sweep_from_a_lost_mail(database):
    # Older than what other tests have left waiting.
    with db.transaction() as waiting:
        waiting.run(
            "insert into jobs (kind, subject, run_at)"
            " select 'video', 'test:bell:' || gen_random_uuid(), now() - interval '2 years' from generate_series(1, 150)"
        )
        mail = waiting.value(
            "insert into jobs (kind, subject, run_at) values ('mail', 'test:bell:mail', now() - interval '1 year') returning id"
        )
        found = jobs.overdue(waiting, limit=100)
        waiting.run("delete from jobs where subject like 'test:bell:%'")
    assert mail in {each.id for each in found}
    assert sum(each.kind == "video" for each in found) == 100


def test_a_job_whose_bell_still_waits_is_not_rung_again_each_minute(rung):
    # The day after tomorrow, when whatever else is rung for has been: the worker of this test is busy and takes nothing.
    start = clock.midnight(clock.today() + timedelta(days=2))
    with time_machine.travel(start):
        job = enqueued()
        heard(job)
    sweeps(start, range(1, 10), job)
    assert rung.count(job) == 2
    sweeps(start, range(10, 20), job)
    assert rung.count(job) == 3


def test_a_bell_that_was_lost_rings_with_the_next_sweep_and_so_does_that_of_a_worker_that_died(rung, monkeypatch):
    start = clock.midnight(clock.today() + timedelta(days=3))
    with time_machine.travel(start), monkeypatch.context() as away:
        away.setattr(tasks, "DEADLINE", 0.1)
        away.setenv("TASKS_URL", "http://127.0.0.1:9")
        job = enqueued()
    sweeps(start, [1], job)
    assert rung.count(job) == 1
    with time_machine.travel(start + timedelta(minutes=2)), db.transaction() as claiming:
        held = jobs.claim(claiming, job)
        claiming.run("update jobs set lease_until = :at where id = :job", job=held.id, at=clock.now())
    sweeps(start, [3], job)
    assert rung.count(job) == 2


def test_the_sweep_finds_its_jobs_by_an_index_and_reads_none_that_ended(database):
    with db.transaction() as asking:
        asking.run(
            "insert into jobs (kind, subject, status, finished_at) select 'test', 'test:ended:' || number, 'done', now()"
            " from generate_series(1, 5000) number"
        )
        asking.run("analyze jobs")
        plan = asking.all(f"explain {jobs.OVERDUE}", since=clock.now(), now=clock.now(), limit=100)
        asking.run("delete from jobs where subject like 'test:ended:%'")
    assert "ix_jobs_due" in str(plan) and "Seq Scan" not in str(plan), plan


def test_a_sweep_ends_before_the_next_one_begins_when_cloud_tasks_says_nothing(database, monkeypatch):
    with db.transaction() as waiting:
        waiting.run(
            "insert into jobs (kind, subject, run_at)"
            " select 'test', 'test:bell:' || number, now() - interval '5 minutes' from generate_series(1, 40) number"
        )
    monkeypatch.setattr(tasks, "DEADLINE", 0.5)
    monkeypatch.setattr(jobs, "SWEEP_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("TASKS_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        assert jobs.sweep() >= 40
        took = time.monotonic() - began
    with db.transaction() as clearing:
        clearing.run("delete from jobs where subject like 'test:bell:%'")
    assert 1 <= took < 4
