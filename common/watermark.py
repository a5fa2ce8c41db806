"""Whose exports carry the watermark: those who want it, and those without an active package."""

from common import clock
from common.db import Db

# Both as conditions on an account `u` at the moment `:now`, for statements that ask more than this.
SUBSCRIBED = "exists (select from subscriptions s where s.user_id = u.id_users and s.status = 'active' and s.end_date > :now)"
SHOWN = f"(u.watermark or not {SUBSCRIBED})"


def may_go(db: Db, user: int) -> bool:
    """Whether the account's package lets it have exports without the watermark."""
    return bool(db.value(f"select {SUBSCRIBED} from users u where u.id_users = :user", user=user, now=clock.now()))
