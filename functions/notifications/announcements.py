"""Announcements of administrators; the worker writes them into the inboxes."""

import json
from typing import Any

from common import audit, clock, jobs
from common import db as database
from common.auth import User
from common.db import Db
from common.problems import NotFound

from .schemas import Announce

KEEP = """
insert into announcements (created_by, type, title_id, title_en, message_id, message_en, data, audience, created_at)
values (:by, :type, :title_id, :title_en, :message_id, :message_en, :data, cast(:audience as jsonb), :now) returning id
"""


def start(db: Db, by: User, asked: Announce) -> dict[str, Any]:
    """Have everybody told who is meant; raises `NotFound` when it is one person, and nobody has that id."""
    if asked.user_id is not None and not db.value(
        "select true from users where id_users = :user and erased_at is null", user=asked.user_id
    ):
        raise NotFound
    audience = asked.audience
    announcement: int = db.value(
        KEEP,
        by=by.id,
        type=asked.type,
        title_id=asked.title,
        title_en=asked.title_en or asked.title,
        message_id=asked.message,
        message_en=asked.message_en or asked.message,
        data=json.dumps(asked.data, ensure_ascii=False) if isinstance(asked.data, dict) else asked.data,
        audience=None if audience is None else database.json(audience),
        now=clock.now(),
    )
    # Each try writes what is left; it must not end before the last person is told.
    jobs.enqueue(db, "announce", f"announcement:{announcement}", payload={"announcement": announcement}, attempts=100)
    said = {"type": asked.type, "title": asked.title, "message": asked.message, "user_ids": audience or "all"}
    audit.record(db, by.id, "notification.announce", "announcement", announcement, after=said)
    return {"announcement_id": announcement}
