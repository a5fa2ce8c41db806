"""A job is in one worker's hands at a time, whoever rings and however often."""

import uuid
from datetime import timedelta

import pytest

from common import clock, db, jobs, ledger
from common.i18n import Text
from tests.support import waiting


@pytest.fixture
def job(database):
    """A job that is due and belongs to nobody."""
    with db.transaction() as making:
        return jobs.enqueue(making, "test", f"test:lease:{uuid.uuid4()}")


def claimed(job):
    with db.transaction() as claiming:
        return jobs.claim(claiming, job)


def expired(job):
    """The worker was silent for longer than its lease."""
    with db.transaction() as aging:
        aging.run("update jobs set lease_until = :at where id = :job", job=job, at=clock.now() - timedelta(seconds=1))


def account(user):
    with db.reading() as reading:
        return tuple(reading.one("select kredit, kredit_held from users where id_users = :user", user=user))


def test_of_two_bells_at_the_same_moment_one_gets_the_job_and_the_other_does_not_wait(job):
    with db.transaction() as claiming:
        first = jobs.claim(claiming, job)
        second = waiting.beside(lambda: claimed(job))
        waited = second.waits
    assert (first.id, second.end(), waited) == (job, None, False)


def test_a_worker_that_is_alive_keeps_its_job(job):
    held = claimed(job)
    assert claimed(job) is None
    with db.transaction() as working:
        jobs.heartbeat(working, held, 50, "drawing")
    expired(job)
    assert claimed(job).attempts == 2


def test_a_worker_whose_job_was_taken_over_can_neither_go_on_nor_end_it(job):
    lost = claimed(job)
    expired(job)
    holder = claimed(job)
    for say in (
        lambda db: jobs.heartbeat(db, lost, 99, "drawing"),
        lambda db: jobs.finish(db, lost),
        lambda db: jobs.fail(db, lost, Text("No", "Tidak"), "late"),
        lambda db: jobs.retry(db, lost, "late"),
    ):
        with pytest.raises(jobs.LeaseLost), db.transaction() as late:
            say(late)
    with db.transaction() as working:
        jobs.finish(working, holder)


def test_a_worker_that_comes_back_after_the_job_was_canceled_takes_no_price(signed_in):
    user = signed_in().user["id_users"]
    subject = f"test:price:{uuid.uuid4()}"
    with db.transaction() as making:
        ledger.move(making, user, "kredit", 4, "test", subject)
        kredit = jobs.enqueue(making, "test", subject, user=user, kredit=3)
    before = account(user)
    held = claimed(kredit)
    with db.transaction() as canceling:
        assert jobs.cancel(canceling, subject)
    with pytest.raises(jobs.LeaseLost), db.transaction() as late:
        jobs.finish(late, held)
    assert (before, account(user)) == ((2, 3), (5, 0))
