"""What a person is told about the account's safety: a notification in the app and a letter."""

from uuid import UUID

from common import mails, notices
from common.db import Db
from common.i18n import Text

from .devices import Device

NEW_DEVICE = (
    Text("New sign-in", "Perangkat baru masuk"),
    Text(
        "Your account was just opened on a new device ({device}). If this was not you, change your password.",
        "Akunmu baru saja dibuka di perangkat baru ({device}). Kalau bukan kamu, segera ganti kata sandi.",
    ),
)
REUSED = (
    Text("We signed a device out", "Satu perangkat kami keluarkan"),
    Text(
        "An old key of one of your devices was used again, so somebody may have copied it. We signed that device out; please sign in again.",
        "Kunci lama salah satu perangkatmu dipakai lagi, mungkin ada yang menyalinnya. Perangkat itu kami keluarkan; silakan masuk lagi.",
    ),
)

# The first device of an account is no news.
IS_NEWS = "select exists (select from sessions where user_id = :user and id <> :session)"


def new_device(db: Db, user: int, session: UUID, device: Device, *, known: bool) -> None:
    """Tell about a session that began on a device which was not `known`."""
    if known or not db.value(IS_NEWS, user=user, session=session):
        return
    called = (device.name or device.agent or "?")[:100]
    notices.tell(db, user, "new_device", *NEW_DEVICE, key=f"new_device:{session}", data=None, device=called)
    mails.queue(db, "new_device", user, session=str(session))


def reused(db: Db, user: int, session: UUID) -> None:
    """Tell that a session was ended because an old refresh token of it came back."""
    notices.tell(db, user, "session_ended", *REUSED, key=f"session_ended:{session}", data=None)
    mails.queue(db, "session_ended", user, session=str(session))
