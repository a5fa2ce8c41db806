"""Whether one's exports carry the watermark."""

from common import clock
from common.db import Db
from common.i18n import Text
from common.problems import Forbidden


class SubscriptionNeeded(Forbidden):
    """Exports without the watermark are part of a package."""

    detail = Text("Exports without the watermark need an active package", "Ekspor tanpa watermark membutuhkan paket yang aktif")


def set_watermark(db: Db, user: int, on: bool) -> dict[str, bool]:
    """Set the preference; raises `SubscriptionNeeded` for turning it off without an active subscription."""
    if not on and not _subscribed(db, user):
        raise SubscriptionNeeded
    db.run("update users set watermark = :on, updated_at = :now where id_users = :user", user=user, on=on, now=clock.now())
    return {"watermark": on}


def _subscribed(db: Db, user: int) -> bool:
    return bool(
        db.value(
            "select true from subscriptions where user_id = :user and status = 'active' and end_date > :now", user=user, now=clock.now()
        )
    )
