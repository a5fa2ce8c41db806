"""One-time codes that prove an e-mail address.

A request writes a row and a job; the code itself is made when the mail is sent, so that it exists
in clear only in that mail. Whether an account exists decides what the mail says, not what the
request does: row, job, answer and time are the same for every address.
"""

from datetime import timedelta
from typing import Any, Literal

from common import clock, hashes, jobs, settings
from common.db import Db
from common.i18n import Text
from common.problems import Problem, TooManyRequests

Purpose = Literal["verify", "reset", "login", "change_email", "change_phone", "delete"]

# Tries one code survives. With ten codes a day for one address these are fifty guesses a day among a
# million codes, from however many places they come.
TRIES = 5

# About a quarter of an hour, which a busy mail server may take. Each attempt makes another code, whose life begins then; after that
# nobody waits for one any more.
ATTEMPTS = 15


class InvalidCode(Problem):
    """The code is wrong, used, expired, or was tried too often; which of these is not told."""

    status = 400
    detail = Text("The code is wrong or has expired", "Kode salah atau sudah kedaluwarsa")


def request(db: Db, purpose: Purpose, address: str, user: int | None) -> None:
    """Have a code for `purpose` sent to `address`; raises `TooManyRequests` when that is too soon or too often.

    Two requests at once are one after the other by a lock on the address, so that neither the pause
    nor the limits can be passed by racing.
    """
    db.value("select pg_advisory_xact_lock(hashtextextended(:address, 7))", address=address)
    _within_limits(db, purpose, address)
    now = clock.now()
    request = db.value(
        "insert into otp_requests (user_id, purpose, destination, code_hash, created_at, expires_at)"
        " values (:user, :purpose, :address, '', :now, :expires) returning id",
        user=user,
        purpose=purpose,
        address=address,
        now=now,
        expires=now + timedelta(seconds=settings.CODE_SECONDS()),
    )
    jobs.enqueue(db, "mail_code", f"code:{request}", payload={"request": request}, attempts=ATTEMPTS)


ASKED = """
select count(*) filter (where purpose = :purpose and created_at > :hour) as sent,
       min(created_at) filter (where purpose = :purpose and created_at > :hour) as first,
       max(created_at) filter (where purpose = :purpose) as last,
       count(*) as today, min(created_at) as first_today
from otp_requests where destination = :address and created_at > :day
"""


def _within_limits(db: Db, purpose: Purpose, address: str) -> None:
    now = clock.now()
    hour, day, pause = timedelta(hours=1), timedelta(days=1), timedelta(seconds=settings.CODE_COOLDOWN_SECONDS())
    asked = db.one(ASKED, purpose=purpose, address=address, hour=now - hour, day=now - day)
    waits = [timedelta(0)]
    if asked.today >= settings.CODES_PER_DAY():
        waits.append(asked.first_today + day - now)
    if asked.sent >= settings.CODES_PER_HOUR():
        waits.append(asked.first + hour - now)
    if asked.last is not None:
        waits.append(asked.last + pause - now)
    if max(waits) > timedelta(0):
        raise TooManyRequests(retry_after=int(max(waits).total_seconds()) + 1)


def use(db: Db, purpose: Purpose, address: str, code: str, user: int | None = None) -> int | None:
    """Use up `code`: the account it was sent for, or None when it is not valid, or was sent for another than `user` where one is named.

    The caller must return, not raise, for a wrong try to stay counted.
    """
    right = used(db, purpose, [address], code, user)
    return None if right is None else int(right.user_id)


def used(db: Db, purpose: Purpose, addresses: list[str], code: str, user: int | None = None) -> Any | None:
    """Use up `code`, which was sent to one of `addresses`: its `destination` and `user_id`, or None as `use` says."""
    right = _tried(db, purpose, addresses, code, user)
    if right is not None:
        db.run("update otp_requests set consumed_at = :now where id = :id", id=right.id, now=clock.now())
    return right


def check(db: Db, purpose: Purpose, address: str, code: str) -> int | None:
    """The account that `code` was sent for, or None; a right code stays as good as it was, a wrong one counts as a try.

    The caller must return, not raise, for a wrong try to stay counted.
    """
    right = _tried(db, purpose, [address], code)
    if right is None:
        return None
    db.run("update otp_requests set attempts = attempts - 1 where id = :id", id=right.id)
    user: int = right.user_id
    return user


def _tried(db: Db, purpose: Purpose, addresses: list[str], code: str, user: int | None = None) -> Any | None:
    """The row of the live request that `code` belongs to, of `user` alone where one is named.

    Every live code of these addresses loses a try first, under a row lock, so guesses in parallel are
    counted one by one.
    """
    live = db.all(
        "update otp_requests set attempts = attempts + 1 where destination = any(cast(:addresses as text[])) and purpose = :purpose"
        " and consumed_at is null and expires_at > :now and attempts < :tries returning id, user_id, destination, code_hash",
        addresses=addresses,
        purpose=purpose,
        now=clock.now(),
        tries=TRIES,
    )
    right = [row for row in live if row.user_id is not None and hashes.same(row.code_hash, hashes.keyed(f"code:{row.id}", code))]
    return next((row for row in right if user in (None, row.user_id)), None)


def withdraw(db: Db, user: int, *purposes: Purpose) -> None:
    """Void every code for these purposes that was sent, or is about to be sent, for `user`."""
    db.run(
        "update otp_requests set consumed_at = :now where user_id = :user and purpose = any(cast(:purposes as text[])) and consumed_at is null",
        user=user,
        purposes=list(purposes),
        now=clock.now(),
    )
