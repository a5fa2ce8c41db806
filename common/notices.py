"""What a person is told: a row of the inbox in the person's language, once per event."""

from collections.abc import Mapping
from typing import Any

from common import clock
from common.db import Db, json
from common.i18n import Text

# The key is of the event: whatever tells it again tells nobody anything new.
TELL = """
insert into notifications (user_id, type, title, message, data, dedupe_key, created_at)
select id_users, :type, case language when 'id' then :title_id else :title_en end,
       case language when 'id' then :message_id else :message_en end, :data, :key, :now
from users where id_users = :user
on conflict (user_id, dedupe_key) where dedupe_key is not null do nothing
"""


def tell(db: Db, user: int, type: str, title: Text, message: Text, *, key: str, data: Mapping[str, Any], **values: object) -> None:
    """Tell `user` about one event, once for each `key`; `values` fill the places of both sentences.

    `data` are the ids that the app needs to open what the notice is about.
    """
    db.run(
        TELL,
        user=user,
        type=type,
        title_id=title.say("id", **values),
        title_en=title.say("en", **values),
        message_id=message.say("id", **values),
        message_en=message.say("en", **values),
        data=json(dict(data)),
        key=key,
        now=clock.now(),
    )
