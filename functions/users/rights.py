"""A person's rights over the account: seeing all that is stored, and being forgotten (UU PDP 27/2022, app stores).

Deleting asks for a proof, signs out everywhere, and can be undone for `DELETION_DAYS` by signing in;
then the worker erases. Until then nothing is lost.
"""

from datetime import timedelta
from typing import Any

from common import clock, erasure, jobs, limits, passwords, settings
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.problems import Forbidden, Problem, TooManyRequests

# Wrong proofs an account may send in an hour.
TRIES, WINDOW = 5, 3600


class WrongProof(Forbidden):
    """The password, or the Google token, is not this account's."""

    detail = Text("The password or Google sign-in does not match this account", "Kata sandi atau akun Google tidak cocok dengan akun ini")


def export(db: Db, user: User) -> dict[str, Any]:
    """Everything that any table stores about the account, by table, without secrets."""
    return {"exported_at": clock.now(), "account": user.id, "tables": erasure.exported(db, user.id)}


def delete(db: Db, user: User, password: str | None, google_sub: str | None) -> dict[str, Any] | Problem:
    """Ask for the account's deletion; returns a problem for a wrong proof, so that the try stays counted.

    `google_sub` is the subject of a Google token that was verified before this transaction.
    """
    wait = limits.hit(db, f"delete:{user.id}", TRIES, WINDOW)
    if wait:
        return TooManyRequests(retry_after=wait)
    row = db.one("select password, external_id from users where id_users = :user for update", user=user.id)
    proven = passwords.matches(password, row.password) if password else google_sub is not None and google_sub == row.external_id
    if not proven:
        return WrongProof()
    now = clock.now()
    db.run("update users set deletion_requested_at = :now where id_users = :user", user=user.id, now=now)
    db.run("update sessions set revoked_at = :now, revoked_reason = 'deletion' where user_id = :user and revoked_at is null", user=user.id, now=now)
    jobs.enqueue(db, "mail", f"mail:deletion:{user.id}:{now.timestamp()}", payload={"template": "account_deletion", "user": user.id})
    return {"erased_after": now + timedelta(days=settings.DELETION_DAYS())}
