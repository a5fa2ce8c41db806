"""Whether one's exports carry the watermark."""

from common import clock, watermark
from common.db import Db
from common.i18n import Text
from common.problems import Forbidden


class SubscriptionNeeded(Forbidden):
    """Exports without the watermark are part of a package."""

    detail = Text("Exports without the watermark need an active package", "Ekspor tanpa watermark membutuhkan paket yang aktif")


def set_watermark(db: Db, user: int, on: bool) -> dict[str, bool]:
    """Set the preference; raises `SubscriptionNeeded` for turning it off without an active subscription."""
    if not on and not watermark.may_go(db, user):
        raise SubscriptionNeeded
    db.run("update users set watermark = :on, updated_at = :now where id_users = :user", user=user, on=on, now=clock.now())
    return {"watermark": on}
