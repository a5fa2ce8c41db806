"""What the notifications endpoints take and give."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from common.intake import Id, Model, Query
from common.pages import PageQuery
from common.replies import Out

# Notifications that one request may name.
MOST = 500


class InboxQuery(PageQuery):
    """Which notifications: all, or those that were not read."""

    unread_only: bool = False


class Notification(Out):
    """Something a person was told; `data` is JSON text with the ids that it is about."""

    id: int
    type: str
    title: str
    message: str
    data: str | None
    img_url: str | None
    read_at: datetime | None
    created_at: datetime


class Unread(Out):
    """How many notifications were not read."""

    unread_count: int


class NotificationIds(Model):
    """Notifications by id; the query's `notification_ids` do as well."""

    notification_ids: Annotated[list[Id], Field(max_length=MOST)] = []


class NotificationIdsQuery(Query):
    """Notifications by id, the parameter repeated for each."""

    notification_ids: Annotated[list[Id], Field(max_length=MOST)] = []


class Marked(Out):
    """How many notifications this request marked as read."""

    marked: int
