"""Spending one's own kredit, and giving oneself some as an administrator."""

from uuid import uuid4

from common import audit, ledger
from common.auth import User
from common.db import Db
from common.problems import Forbidden, InsufficientCredits

from .schemas import Kredit


def update(db: Db, user: User, asked: Kredit) -> dict[str, int]:
    """Move `asked.amount` of `user`'s kredit; the balance after it.

    Only an administrator may add, and the audit log says so. Raises `Forbidden` or `InsufficientCredits`.
    """
    if asked.operation == "add":
        return _grant(db, user, asked)
    if not ledger.move(db, user.id, "kredit", -asked.amount, "spend", _reference(user), description=asked.description):
        raise InsufficientCredits(need=asked.amount, have=_kredit(db, user))
    return {"current_kredit": _kredit(db, user)}


def _grant(db: Db, user: User, asked: Kredit) -> dict[str, int]:
    if user.role != "admin":
        raise Forbidden
    ledger.move(db, user.id, "kredit", asked.amount, "grant", _reference(user), description=asked.description)
    after = _kredit(db, user)
    audit.record(
        db,
        user.id,
        "kredit.add",
        "user",
        user.id,
        before={"kredit": after - asked.amount},
        after={"kredit": after},
        reason=asked.description,
    )
    return {"current_kredit": after}


def _reference(user: User) -> str:
    # Each request is a movement of its own; one that is repeated with its Idempotency-Key never gets here.
    return f"user:{user.id}:{uuid4()}"


def _kredit(db: Db, user: User) -> int:
    kredit: int = db.value("select kredit from users where id_users = :user", user=user.id)
    return kredit
