"""Notifications: what a person was told, and what of it was read."""

from typing import Any

from common import auth
from common.api import Api
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.intake import Id, invalid
from common.problems import NotFound
from common.replies import Answer

from . import inbox
from .schemas import InboxQuery, Marked, Notification, NotificationIds, NotificationIdsQuery, Unread

api = Api("notifications")

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


main = api.main()
