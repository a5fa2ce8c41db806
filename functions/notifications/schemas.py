"""What the notifications endpoints take and give."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from common import zones
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


def _named(zone: Any) -> Any:
    return zones.ZONES.get(zone, zone) if isinstance(zone, str) else zone


Type = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
# PostgreSQL reads no other script's digits, and \d takes them.
Hour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Zone = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]


class SetPreferences(Model):
    """What is not pushed (`muted_types` are the `type`s of notifications) and when nothing is.

    Quiet hours are two times of day (`22:00`, `06:30`) in `time_zone`, which may be called by its name or
    WIB, WITA or WIT, and stays what it was when it is not given. Notifications are in the inbox all the same.
    """

    muted_types: Annotated[list[Type], Field(max_length=100)] = []
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None
    time_zone: Annotated[Zone, BeforeValidator(_named)] | None = None

    @model_validator(mode="after")
    def hours(self) -> "SetPreferences":
        """Both ends or none, and not the same."""
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("Give quiet_from and quiet_until, or neither")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValueError("Quiet hours end at another time than they begin")
        return self


class Preferences(Out):
    """What is not pushed, when nothing is, and in which time zone those hours are."""

    muted_types: list[str]
    quiet_from: str | None
    quiet_until: str | None
    time_zone: Zone


# Accounts that one announcement may name.
MOST_NAMED = 1000


def _facts(data: str | dict[str, Any] | None) -> str | dict[str, Any] | None:
    """`data` as the app reads it: the JSON of an object."""
    try:
        facts = json.loads(data or "null") if isinstance(data, str) else data
    except RecursionError:
        raise ValueError("data is nested too deeply") from None
    if facts is not None and not isinstance(facts, dict):
        raise ValueError("data is the JSON text of an object")
    # Infinity and NaN are Python's: no app reads them, and 1e999 comes in as one of them.
    if len(json.dumps(facts, allow_nan=False)) > 2000:
        raise ValueError("data has at most 2000 characters")
    return data if facts is not None else None


class Announce(Model):
    """What is told to whom: one account (`user_id`), some (`user_ids`), or `all`.

    `title` and `message` are what everybody reads, or all who read Indonesian where `title_en` and
    `message_en` say it in English. `data` is the JSON text of an object, or the object.
    """

    user_id: Id | None = None
    user_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_NAMED)] | None = None
    all: bool = False
    type: Type = "announcement"
    title: Annotated[str, Field(min_length=1, max_length=200)]
    message: Annotated[str, Field(min_length=1, max_length=2000)]
    title_en: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    message_en: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    data: Annotated[str | dict[str, Any] | None, AfterValidator(_facts)] = None

    @model_validator(mode="after")
    def meant(self) -> "Announce":
        """Exactly one of the three, and English as a whole or not at all."""
        if (self.user_id is not None) + (self.user_ids is not None) + self.all != 1:
            raise ValueError("Give user_id, user_ids or all")
        if (self.title_en is None) != (self.message_en is None):
            raise ValueError("Give title_en and message_en, or neither")
        return self

    @property
    def audience(self) -> list[int] | None:
        """The ids of those who are told; None is everybody."""
        return [self.user_id] if self.user_id is not None else self.user_ids


class Announced(Out):
    """The announcement that is being written into the inboxes."""

    announcement_id: int
