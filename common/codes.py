"""One-time codes that prove an e-mail address.

A request writes a row and a job; the code itself is made when the mail is sent, so that it exists
in clear only in that mail. Whether an account exists decides what the mail says, not what the
request does: row, job, answer and time are the same for every address.
"""

from datetime import timedelta

from common import clock, hashes, jobs, settings
from common.db import Db
from common.i18n import Text
from common.problems import Problem, TooManyRequests

# Tries one code survives; with five codes an hour that is 0.0025 % of all codes.
TRIES = 5


class InvalidCode(Problem):
    """The code is wrong, used, expired, or was tried too often; which of these is not told."""

    status = 400
    detail = Text("The code is wrong or has expired", "Kode salah atau sudah kedaluwarsa")


def request(db: Db, purpose: str, address: str, user: int | None) -> None:
    """Have a code for `purpose` sent to `address`; raises `TooManyRequests` when that is too soon or too often.

    Two requests at once are one after the other by a lock on the address, so that neither the pause
    nor the hourly limit can be passed by racing.
    """
    db.value("select pg_advisory_xact_lock(hashtextextended(:key, 7))", key=f"{purpose}:{address}")
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
    jobs.enqueue(db, "mail_code", f"code:{request}", payload={"request": request})


def _within_limits(db: Db, purpose: str, address: str) -> None:
    now = clock.now()
    recent = db.one(
        "select count(*) as sent, min(created_at) as first, max(created_at) as last from otp_requests"
        " where destination = :address and purpose = :purpose and created_at > :since",
        address=address,
        purpose=purpose,
        since=now - timedelta(hours=1),
    )
    if recent.sent >= settings.CODES_PER_HOUR():
        raise TooManyRequests(retry_after=int((recent.first + timedelta(hours=1) - now).total_seconds()))
    pause = timedelta(seconds=settings.CODE_COOLDOWN_SECONDS())
    if recent.sent and recent.last + pause > now:
        raise TooManyRequests(retry_after=int((recent.last + pause - now).total_seconds()))


def use(db: Db, purpose: str, address: str, code: str) -> int | None:
    """Use up `code`: the account it was sent for, or None when it is not valid.

    Every live code of the address loses a try first, under a row lock, so guesses in parallel are
    counted one by one. The caller must return, not raise, for the count to stay.
    """
    live = db.all(
        "update otp_requests set attempts = attempts + 1 where destination = :address and purpose = :purpose"
        " and consumed_at is null and expires_at > :now and attempts < :tries returning id, user_id, code_hash",
        address=address,
        purpose=purpose,
        now=clock.now(),
        tries=TRIES,
    )
    right = [row for row in live if row.user_id is not None and hashes.same(row.code_hash, hashes.keyed(f"code:{row.id}", code))]
    if not right:
        return None
    db.run("update otp_requests set consumed_at = :now where id = :id", id=right[0].id, now=clock.now())
    user: int = right[0].user_id
    return user
