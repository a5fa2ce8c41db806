"""Earnings that people enter: what a creator gets beside commissions."""

from common import audit
from common.auth import User
from common.db import Db, code
from common.i18n import Text
from common.problems import Conflict, NotFound
from common.wallet import ledger

from .schemas import Credit


class AlreadyBooked(Conflict):
    """Earnings with this reference were booked before."""

    detail = Text("Earnings with this reference were booked before", "Pendapatan dengan referensi ini sudah dibukukan")


def credit(db: Db, by: User, user: int, asked: Credit) -> None:
    """Make earnings available to `user` at once, with a row that says who did it and why.

    Raises `NotFound` for an account that is not there, and `AlreadyBooked`.
    """
    if not db.value("select true from users where id_users = :user and is_verified and erased_at is null", user=user):
        raise NotFound
    before = _wallet(db, user)
    try:
        ledger.credit(db, user, asked.amount, f"earnings:{asked.reference}", asked.reason)
    except Exception as error:
        if code(error) != "23505":
            raise
        raise AlreadyBooked from error
    after = _wallet(db, user)
    audit.record(
        db, by.id, "wallet.credit", "wallet", user, before=before, after={**after, "reference": asked.reference}, reason=asked.reason
    )


def _wallet(db: Db, user: int) -> dict[str, int]:
    # Locked, so that what is written down as before and after is what this credit changed and nothing else.
    ledger.open(db, user)
    row = db.one("select available, pending, held, lifetime, overdrawn from creator_wallets where user_id = :user for update", user=user)
    found: dict[str, int] = row._asdict()
    return found
