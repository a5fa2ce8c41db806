"""Pushing: what people were told goes to their devices, each message to each device at most once.

A due notification becomes one row of `pushes` for each of its person's devices. A batch of them is
claimed and counts as sent, in one transaction, before the first is handed to FCM; only what FCM
certainly did not take becomes due again. So whoever dies, and wherever, nothing is sent twice.
"""

import json
import random
import time
from datetime import datetime
from typing import Any

from common import clock, jobs, log, notices, zones
from common.clients import push
from common.clients.push import Message, Outcome
from common.db import Db, reading, transaction
from common.jobs import Job

# Notifications that are spread to devices at once.
SPREAD = 500

# Seconds one job pushes; another goes on.
LONG_ENOUGH = 600

# Seconds before the next attempt, by how many there were; after the last of them no more is tried.
DELAYS = (60, 300, 1800, 7200)

# Two jobs at once, when a lease ran out, pass over what the other has.
EXPAND = """
with due as (select id, user_id from notifications where push_at <= :now order by push_at, id limit :most for update skip locked),
     put as (insert into pushes (notification_id, device_id, due_at)
             select due.id, d.id, :now from due join devices d on d.user_id = due.user_id
             on conflict (notification_id, device_id) do nothing)
update notifications n set push_at = null from due where n.id = due.id
"""

# A night of quiet hours begins on one day and ends on the next.
QUIET = f"""
select case when p.quiet_from < p.quiet_until and here::time >= p.quiet_from and here::time < p.quiet_until then here::date + p.quiet_until
            when p.quiet_from > p.quiet_until and here::time >= p.quiet_from then here::date + 1 + p.quiet_until
            when p.quiet_from > p.quiet_until and here::time < p.quiet_until then here::date + p.quiet_until
       end at time zone {zones.of("u.timezone")}
from (select cast(:now as timestamptz) at time zone {zones.of("u.timezone")} as here) t
"""

# What was muted, read or seen by somebody else meanwhile goes nowhere, and so does what is for a device that was
# signed out or changed hands. What falls into quiet hours waits for their end. The rest counts as sent from here on.
CLAIM = f"""
with due as (select id, notification_id, device_id, attempts from pushes where due_at <= :now order by due_at, id limit :most
             for update skip locked),
judged as (
    select due.id, due.attempts + 1 as attempts, n.id as notification, n.type, n.title, n.message, n.data, d.fcm_token as token,
           n.read_at is null and s.id is not null and u.suspended_at is null and u.erased_at is null
               and not coalesce(p.muted_types @> to_jsonb(n.type), false) as wanted,
           ({QUIET}) as later
    from due join notifications n on n.id = due.notification_id join users u on u.id_users = n.user_id
    left join devices d on d.id = due.device_id and d.user_id = n.user_id
    left join sessions s on s.id = d.session_id and s.revoked_at is null and s.expires_at > :now
    left join notification_preferences p on p.user_id = n.user_id),
claimed as (
    update pushes set due_at = case when j.wanted then j.later end,
                      attempts = case when j.wanted and j.later is null then j.attempts else pushes.attempts end,
                      tried_at = case when j.wanted and j.later is null then :now else pushes.tried_at end,
                      error = case when j.wanted then null else 'not wanted' end
    from judged j where pushes.id = j.id)
select *, wanted and later is null as sending from judged
"""

NOTE = """
update pushes set due_at = r.due_at, error = r.why
from unnest(cast(:ids as bigint[]), cast(:due as timestamptz[]), cast(:whys as text[])) as r (id, due_at, why) where pushes.id = r.id
"""

DUE = """
select exists (select from notifications where push_at <= :now) or exists (select from pushes where due_at <= :now)
"""


def work(job: Job) -> None:
    """Push what is due until nothing is, or until FCM refuses more than it takes."""
    push.login()
    push.forget_connections()
    end = time.monotonic() + LONG_ENOUGH
    while (more := _batch(job)) and time.monotonic() < end:
        push.login()
    with transaction() as db:
        jobs.finish(db, job)
        # What became due in the meantime found this job live and rang for nobody. Only an FCM that refuses is left alone for a minute.
        if more is not None:
            db.after_commit(sweep)


def sweep() -> bool:
    """Start pushing if something is due; whether it is."""
    with reading() as db:
        due: bool = db.value(DUE, now=clock.now())
    if due:
        notices.start()
    return due


def _batch(job: Job) -> bool | None:
    """Push up to a batch; whether there may be more, or None when FCM refused most of it."""
    with transaction() as db:
        jobs.heartbeat(db, job, 0, "sending")
        now = clock.now()
        spread = db.run(EXPAND, now=now, most=SPREAD)
        rows = db.all(CLAIM, now=now, most=push.BATCH)
    claimed = [row for row in rows if row.sending]
    outcomes = push.send([_message(row) for row in claimed])
    left = [(row, outcome) for row, outcome in zip(claimed, outcomes, strict=True) if outcome != Outcome("sent")]
    if left:
        with transaction() as db:
            _note(db, left)
    refused = sum(outcome.what == "later" for _, outcome in left)
    return None if refused * 2 > len(claimed) else bool(rows or spread)


def _message(row: Any) -> Message:
    data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in _facts(row.data).items()}
    return Message(row.token, row.title, row.message, {**data, "type": row.type, "notification_id": str(row.notification)})


def _facts(data: str | None) -> dict[str, Any]:
    # The batch is claimed: a row that is not as it should be must not cost the others theirs.
    try:
        facts = json.loads(data or "{}")
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _note(db: Db, left: list[tuple[Any, Outcome]]) -> None:
    """Write down what was not simply sent: when it is tried again, or why it is not, and which devices are gone."""
    for row, outcome in left:
        if outcome.what == "refused":
            log.error("a push was refused for good", push=row.id, why=outcome.why)
    db.run(
        NOTE,
        ids=[row.id for row, _ in left],
        due=[_again(row.attempts, outcome) for row, outcome in left],
        whys=[outcome.why for _, outcome in left],
    )
    # By the address: the device may have got another one while FCM was asked.
    gone = sorted({row.token for row, outcome in left if outcome.what == "gone"})
    if gone:
        db.run("delete from devices where fcm_token = any(cast(:tokens as text[]))", tokens=gone)


def _again(attempts: int, outcome: Outcome) -> datetime | None:
    """When a push is due again: later each time, and not all of those that were refused together at once."""
    if outcome.what != "later" or attempts > len(DELAYS):
        return None
    return clock.now() + clock.seconds(max(outcome.wait, int(DELAYS[attempts - 1] * random.uniform(1, 1.2))))  # noqa: S311 - spreads the load.
