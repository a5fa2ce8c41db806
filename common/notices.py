"""What a person is told: a row of the inbox in the person's language, once per event, and pushed to the person's devices.

Every row of `notifications` is written with `write`, whoever tells: the row's `push_at` is what the
worker's pushes look for (functions/worker/pushes.py), and a bell after the commit makes them look at once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from common import clock, jobs
from common.db import Db, json, transaction
from common.i18n import Text

AT_ONCE = timedelta(0)

# The live job that pushes what is due; the database allows one.
PUSH = "push"


def write(select: str) -> str:
    """The statement that tells what `select` finds: user, type, title, message, data, key, the time, and when to push, in this order.

    The key is of the event: whatever tells it again tells nobody anything new. It gives a row with
    `reachable`, whether there is a device to push to, for each notification that it wrote.
    """
    return f"""insert into notifications (user_id, type, title, message, data, dedupe_key, created_at, push_at)
{select}
on conflict (user_id, dedupe_key) where dedupe_key is not null do nothing
returning exists (select from devices d where d.user_id = notifications.user_id) as reachable"""


TELL = write(
    """select id_users, :type, case language when 'id' then :title_id else :title_en end,
       case language when 'id' then :message_id else :message_en end, :data, :key, cast(:now as timestamptz), cast(:push_at as timestamptz)
from users where id_users = :user"""
)


def tell(
    db: Db,
    user: int,
    type: str,
    title: Text,
    message: Text,
    push_in: timedelta = AT_ONCE,
    /,
    *,
    key: str,
    data: Mapping[str, Any] | None,
    **values: object,
) -> None:
    """Tell `user` about one event, once for each `key`; `values` fill the places of both sentences.

    `data` are the ids that the app needs to open what the notice is about. It is pushed after
    `push_in`, with the words that the row has by then.
    """
    row = db.maybe(TELL, **telling(user, type, title, message, push_in, key=key, data=data, **values))
    if row is not None and row.reachable and push_in <= AT_ONCE:
        ring(db)


def telling(
    user: int,
    type: str,
    title: Text,
    message: Text,
    push_in: timedelta = AT_ONCE,
    /,
    *,
    key: str,
    data: Mapping[str, Any] | None,
    **values: object,
) -> dict[str, Any]:
    """The values of `TELL`, for a statement that tells besides what else it does; see `tell`."""
    now = clock.now()
    return {
        "user": user,
        "type": type,
        "title_id": title.say("id", **values),
        "title_en": title.say("en", **values),
        "message_id": message.say("id", **values),
        "message_en": message.say("en", **values),
        "data": None if data is None else json(dict(data)),
        "key": key,
        "now": now,
        "push_at": now + push_in,
    }


def ring(db: Db) -> None:
    """Have what is due pushed once this transaction has committed."""
    db.after_commit(start)


def start() -> None:
    """Write a job that pushes, unless one is live; that one looks once more after it has ended."""
    try:
        with transaction() as db:
            if jobs.live(db, PUSH) is None:
                jobs.enqueue(db, PUSH, PUSH)
    except jobs.AlreadyRunning:
        return
