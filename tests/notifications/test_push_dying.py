"""A worker that dies while it pushes, wherever that is: nobody is pushed the same thing twice."""

import itertools
from collections import Counter

import pytest

from common import jobs, notices, work
from functions.worker import pushes
from functions.worker.kinds import KINDS
from tests.notifications.test_push import device, tell
from tests.social import scene
from tests.support import killing

_numbers = itertools.count()

EACH = 3


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch):
    """No bells, and nothing left to push of what others were told."""
    monkeypatch.setattr(notices.jobs, "_ring", lambda *_: None)
    push()


def push():
    """What the worker does about the job that is there, or is started."""
    pushes.sweep()
    with scene.db.reading() as reading:
        job = jobs.live(reading, notices.PUSH)
    if job is not None:
        work.on(job.id, KINDS)


def later():
    """Push after every lease has run out and every pause is over, until nothing is left."""
    for _ in range(2):
        scene.change("update jobs set lease_until = now() - interval '1 second' where subject = 'push' and status = 'running'")
        scene.change("update jobs set run_at = now() where subject = 'push' and status = 'queued'")
        scene.change("update pushes set due_at = now() where due_at > now()")
        push()


def someone(api):
    """A phone, one that FCM refuses the first time, and a dead one, of somebody who is told `EACH` things."""
    siti = scene.person(api, f"Siti {next(_numbers)}")
    phones = [device(siti), device(siti, f"unavailable-{EACH}"), device(siti, "unregistered")]
    for _ in range(EACH):
        tell(siti)
    return phones


def arrived(api, phones):
    return Counter((each["token"], each["data"]["notification_id"]) for each in api.services.fcm.taken if each["token"] in phones)


def test_a_worker_killed_at_any_point_pushes_nothing_twice_and_loses_only_what_was_on_its_way(api):
    phones = someone(api)
    passed = killing.points(push)
    later()
    assert len(arrived(api, phones)) == 2 * EACH
    leased = next(number for number, name in enumerate(passed) if "set progress" in name)
    claimed = passed.index("after commit", leased)
    noted = passed.index("after commit", claimed + 1)
    for point in range(leased, len(passed)):
        phones = someone(api)
        killing.at(point, push)
        later()
        got = arrived(api, phones)
        assert set(got.values()) <= {1}, f"twice after a death {passed[point]}"
        assert {token for token, _ in got} <= set(phones[:2])
        # From the claim's commit until the answers are written down nobody can tell what FCM has; all of it counts as sent.
        assert len(got) == 2 * EACH or claimed <= point < noted, f"lost by a death {passed[point]}"


def test_the_sweep_goes_on_where_a_job_was_given_up(api):
    phones = someone(api)
    scene.change("update jobs set status = 'failed', finished_at = now() where subject = 'push' and status in ('queued', 'running')")
    later()
    assert len(arrived(api, phones)) == 2 * EACH
