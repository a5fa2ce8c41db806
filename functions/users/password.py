"""Changing a password, and getting a new one when the old is forgotten.

Hashing takes forty milliseconds of pure work, so it happens between transactions: no connection and
no lock waits for it. What was read before is compared again when it is written.
"""

from common import clock, codes, limits, mails, passwords
from common.auth import User
from common.codes import InvalidCode
from common.db import Db, transaction
from common.i18n import Text
from common.problems import Conflict, Problem, TooManyRequests

from .schemas import ChangePassword, Reset, ResetToken

# Wrong passwords in a quarter of an hour before a signed-in device has to wait: it may be a stolen phone.
FAILURES, WINDOW = 10, 900


class WrongPassword(Problem):
    """The password of now is another one."""

    status = 400
    detail = Text("The current password is wrong", "Kata sandi saat ini salah")


class PasswordChanged(Conflict):
    """The password was changed by somebody else at this very moment."""

    detail = Text("The password was just changed elsewhere", "Kata sandi baru saja diubah dari perangkat lain")


def change(user: User, asked: ChangePassword) -> None:
    """Give `user` a new password; every other session ends and a mail tells.

    Raises `WrongPassword`, `PasswordChanged`, or `TooManyRequests` after too many wrong ones.
    """
    # Counted and committed before the hash is computed, so that tries in parallel are not for free.
    with transaction() as db:
        wait = limits.hit(db, _key(user), FAILURES, WINDOW)
        stored = db.value("select password from users where id_users = :user", user=user.id)
    if wait:
        raise TooManyRequests(retry_after=wait)
    if not passwords.matches(asked.old_password, stored):
        raise WrongPassword
    hashed = passwords.hashed(asked.new_password)
    with transaction() as db:
        if not db.run("update users set password = :new where id_users = :user and password = :old", user=user.id, new=hashed, old=stored):
            raise PasswordChanged
        limits.forget(db, _key(user))
        _changed(db, user.id, keep=user.session)


def _key(user: User) -> str:
    return f"password:{user.id}"


def _changed(db: Db, user: int, *, keep: str | None) -> None:
    """What follows from a new password: sessions but `keep` end, codes that would give another one or the account away are void, a mail tells."""
    now = clock.now()
    db.run(
        "with ended as (update sessions set revoked_at = :now, revoked_reason = 'password changed'"
        "               where user_id = :user and revoked_at is null and id is distinct from cast(:keep as uuid) returning id)"
        " delete from devices where session_id in (select id from ended)",
        user=user,
        keep=keep,
        now=now,
    )
    codes.withdraw(db, user, "reset", "login", "delete", "change_email")
    mails.queue(db, "password_changed", user, at=now.isoformat())


def send_token(db: Db, email: str) -> None:
    """Have a reset code sent to `email`; an unknown address does the same work, and no mail comes of it."""
    user = db.value(
        "select id_users from users where lower(email) = :email and is_verified and unproven is distinct from 'email'", email=email
    )
    codes.request(db, "reset", email, user)


def verify_token(db: Db, asked: ResetToken) -> InvalidCode | None:
    """None when the code would work, which leaves it good; or the problem to return, so that the try is counted."""
    return None if codes.check(db, "reset", asked.email, asked.reset_token) is not None else InvalidCode()


def reset(asked: Reset) -> None:
    """Set a new password by the code of the mail, once; every session ends, nobody is signed in by it, a mail tells.

    The code is looked at before the password is hashed, because guesses shall cost us nothing, and
    used up after. Raises `InvalidCode`.
    """
    with transaction() as db:
        refused = verify_token(db, asked)
    if refused is not None:
        raise refused
    hashed = passwords.hashed(asked.new_password)
    with transaction() as db:
        user = codes.use(db, "reset", asked.email, asked.reset_token)
        if user is None:
            raise InvalidCode
        _record(db, user)
        db.run("update users set password = :new, updated_at = :now where id_users = :user", user=user, new=hashed, now=clock.now())
        limits.forget(db, f"login:{user}:")  # Strangers' guesses at the old password shall not keep its owner waiting.
        _changed(db, user, keep=None)


def _record(db: Db, user: int) -> None:
    """Remember that this code gave a password; the database refuses the same code a second time."""
    db.run(
        "insert into password_resets (user_id, token_hash, created_at, expires_at, used_at)"
        " select user_id, code_hash, created_at, expires_at, consumed_at from otp_requests"
        " where user_id = :user and purpose = 'reset' and consumed_at is not null order by consumed_at desc, id desc limit 1",
        user=user,
    )
