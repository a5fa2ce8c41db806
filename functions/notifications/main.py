"""Notifications: what a person was told, and what of it was read."""

from typing import Any

from common import auth
from common.api import Api
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.intake import Id, invalid
from common.needs import Needs
from common.problems import NotFound
from common.replies import Answer

from . import announcements, inbox, preferences
from .schemas import (
    Announce,
    Announced,
    InboxQuery,
    Marked,
    Notification,
    NotificationIds,
    NotificationIdsQuery,
    Preferences,
    SetPreferences,
    Unread,
)

api = Api("notifications", needs=Needs(max=3, uses=("enqueue",)))

READ = Text("Notification marked as read", "Notifikasi ditandai sudah dibaca")
ALREADY_READ = Text("Notification already marked as read", "Notifikasi sudah ditandai dibaca sebelumnya")
NONE_FOUND = Text("No unread notifications found to mark as read", "Tidak ada notifikasi belum dibaca yang dapat ditandai")
NONE_UNREAD = Text("No unread notifications", "Tidak ada notifikasi yang belum dibaca")


@api.get("/v1/notifications", caller=auth.user, gives=list[Notification])
def list_notifications(db: Db, user: User, query: InboxQuery) -> Any:
    """List what one was told, newest first; with `unread_only` what one has not read."""
    return inbox.page(db, user, query)


@api.get("/v1/notifications/unread-count", caller=auth.user, gives=Unread)
def count_unread(db: Db, user: User) -> Any:
    """Show how many notifications one has not read."""
    return {"unread_count": inbox.unread(db, user)}


@api.post("/v1/notifications/mark-as-read", caller=auth.user, gives=Marked, message=NONE_FOUND)
def mark_some(db: Db, user: User, body: NotificationIds, query: NotificationIdsQuery) -> Any:
    """Mark notifications as read by their ids, in the body or repeated in the query; others' are passed over."""
    ids = [*body.notification_ids, *query.notification_ids]
    if not ids:
        raise invalid("body", "notification_ids", "Name at least one notification", "missing")
    count = inbox.mark_some(db, user, ids)
    return Answer(
        {"marked": count},
        Text(f"{count} notification(s) marked as read", f"{count} notifikasi ditandai sudah dibaca") if count else NONE_FOUND,
    )


@api.post("/v1/notifications/{notification_id}/mark-as-read", caller=auth.user, message=READ, raises=[NotFound])
def mark_one(db: Db, user: User, notification_id: Id) -> Any:
    """Mark one notification as read."""
    return Answer(None, READ if inbox.mark(db, user, notification_id) else ALREADY_READ)


@api.post("/v1/notifications/mark-all-as-read", caller=auth.user, gives=Marked, message=NONE_UNREAD)
def mark_all(db: Db, user: User) -> Any:
    """Mark all of one's notifications as read."""
    count = inbox.mark_all(db, user)
    text = Text(f"All {count} notification(s) marked as read", f"Semua {count} notifikasi ditandai sudah dibaca")
    return Answer({"marked": count}, text if count else NONE_UNREAD)


@api.delete(
    "/v1/notifications/{notification_id}",
    caller=auth.user,
    message=Text("Notification deleted successfully", "Notifikasi dihapus"),
    raises=[NotFound],
)
def delete_notification(db: Db, user: User, notification_id: Id) -> None:
    """Delete one notification."""
    inbox.delete(db, user, notification_id)


@api.get("/v1/notifications/preferences", caller=auth.user, gives=Preferences)
def show_preferences(db: Db, user: User) -> Any:
    """Show which types of notification are not pushed to one's devices, and during which hours none is."""
    return preferences.show(db, user)


@api.put(
    "/v1/notifications/preferences",
    caller=auth.user,
    gives=Preferences,
    message=Text("Preferences saved", "Preferensi disimpan"),
)
def set_preferences(db: Db, user: User, body: SetPreferences) -> Any:
    """Set what is pushed to one's devices and when; the inbox has everything all the same."""
    return preferences.keep(db, user, body)


@api.post(
    "/v1/admin/notifications",
    caller=auth.admin,
    gives=Announced,
    status=202,
    message=Text("Notification created successfully", "Notifikasi sedang dikirim"),
    raises=[NotFound],
    once=True,
)
def announce(db: Db, user: User, body: Announce) -> Any:
    """Announce something to one, some or all users, in their inbox and by push."""
    return announcements.start(db, user, body)


main = api.main()
