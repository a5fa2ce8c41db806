"""How a person wants to be pushed to: which types not at all, and during which hours of the night or day not."""

from typing import Any

from common import clock, zones
from common.auth import User
from common.db import Db, json

from .schemas import SetPreferences

SHOW = f"""
select coalesce(p.muted_types, '[]') as muted_types, to_char(p.quiet_from, 'HH24:MI') as quiet_from, to_char(p.quiet_until, 'HH24:MI') as quiet_until,
       {zones.of("u.timezone")} as time_zone
from users u left join notification_preferences p on p.user_id = u.id_users where u.id_users = :user
"""

KEEP = """
with moved as (update users set timezone = :zone where id_users = :user and cast(:zone as text) is not null and timezone <> :zone)
insert into notification_preferences as p (user_id, muted_types, quiet_from, quiet_until, created_at, updated_at)
values (:user, cast(:muted as jsonb), cast(cast(:from as text) as time), cast(cast(:until as text) as time), :now, :now)
on conflict (user_id) do update set muted_types = excluded.muted_types, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
    updated_at = excluded.updated_at
"""


def show(db: Db, user: User) -> Any:
    """The user's preferences; who never set any is pushed everything at any hour."""
    return db.one(SHOW, user=user.id)


def keep(db: Db, user: User, wanted: SetPreferences) -> Any:
    """Set all of the user's preferences, but for a time zone that is not given; what they are now."""
    muted = json(sorted(set(wanted.muted_types)))
    db.run(
        KEEP, user=user.id, muted=muted, zone=wanted.time_zone, now=clock.now(), **{"from": wanted.quiet_from, "until": wanted.quiet_until}
    )
    return show(db, user)
