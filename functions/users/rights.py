"""A person's rights over the account: seeing all that is stored, and being forgotten (UU PDP 27/2022, app stores).

Deleting asks for a proof, signs out everywhere, and is undone by signing in within DELETION_DAYS; then
the worker erases. Until then nothing is lost.
"""

from datetime import timedelta
from typing import Any

from common import clock, codes, erasure, limits, mails, oidc, passwords, settings
from common.auth import User
from common.db import Db, transaction
from common.i18n import Text
from common.problems import Forbidden, Problem, TooManyRequests

from .schemas import Deletion

# Wrong proofs an account may send in an hour.
TRIES, WINDOW = 5, 3600


class WrongProof(Forbidden):
    """The password, or the token of Google or Firebase, is not this account's."""

    detail = Text("The password or sign-in does not match this account", "Kata sandi atau cara masuk tidak cocok dengan akun ini")


def export(db: Db, user: User) -> dict[str, Any]:
    """Everything that any table stores about the account, by table, without secrets."""
    return {"exported_at": clock.now(), "account": user.id, "tables": erasure.exported(db, user.id)}


def delete(user: User, asked: Deletion) -> dict[str, Any] | Problem:
    """Ask for the account's deletion; returns a problem for a wrong proof, so that the try stays counted.

    A token is checked against Google's keys before the transaction begins.
    """
    person = oidc.person(asked.google_id_token) if asked.google_id_token else None
    number = oidc.phone(asked.firebase_id_token) if asked.firebase_id_token else None
    with transaction() as db:
        wait = limits.hit(db, f"delete:{user.id}", TRIES, WINDOW)
        if wait:
            return TooManyRequests(retry_after=wait)
        # Locked, so that a password that is changed meanwhile is either the old one or the new one here.
        row = db.one("select password, external_id, phone_number, unproven from users where id_users = :user for update", user=user.id)
        by_password = asked.password is not None and passwords.matches(asked.password, row.password)
        by_google = person is not None and person["sub"] == row.external_id
        by_phone = number is not None and number == row.phone_number and row.unproven != "phone"
        return _requested(db, user.id) if by_password or by_google or by_phone else WrongProof()


def _requested(db: Db, user: int) -> dict[str, Any]:
    now = clock.now()
    db.run("update users set deletion_requested_at = :now where id_users = :user", user=user, now=now)
    db.run(
        "update sessions set revoked_at = :now, revoked_reason = 'deletion' where user_id = :user and revoked_at is null",
        user=user,
        now=now,
    )
    db.run("delete from devices where user_id = :user", user=user)
    codes.withdraw(db, user, "change_email")
    mails.queue(db, "deletion_requested", user)
    return {"erased_after": now + timedelta(days=settings.DELETION_DAYS())}
