"""The people and comics of a load test: a catalogue as it has grown, and actors who are signed in."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common import tokens
from tests.bench import database

# The first comics have panels; what is read is chosen among them.
READ, PANELS = 800, 12

# Creators that an actor follows at the start, and notices in an inbox.
FOLLOWS, NOTICES = 12, 30

# The catalogue's words are spoken by creators; whoever acts is one of the first of them.
STATEMENTS = (
    "insert into comic_panels (comic_id, page_number, panel_number, image_url, image, description, dialogues, narration)"
    " select c.id, 1 + n / 4, 1 + n % 4, '@/comics/' || c.id || '/panel-' || n || '.jpg', c.cover, left(c.story_idea, 120),"
    " jsonb_build_array(jsonb_build_object('speaker', 'Kancil', 'text', left(c.story_idea, 60))), left(c.story_idea, 90)"
    " from (select * from comics where is_public order by id limit cast(:read as int)) c, generate_series(0, cast(:panels as int) - 1) n",
    "insert into follows (follower_id, followed_id) select a.id_users, u.id_users from users a, generate_series(1, cast(:follows as int)) n,"
    " users u where a.id_users <= cast(:actors as int) and u.id_users = 1 + (a.id_users * 7 + n * 13) % cast(:creators as int) and u.id_users <> a.id_users"
    " on conflict do nothing",
    "update users u set total_followers = (select count(*) from follows where followed_id = u.id_users),"
    " total_following = (select count(*) from follows where follower_id = u.id_users)",
    "insert into notifications (user_id, type, title, message, push_at) select a.id_users, 'engagement', 'Ada yang baru', 'Pesan ' || n, null"
    " from users a, generate_series(1, cast(:notices as int)) n where a.id_users <= cast(:actors as int)",
    "insert into comics (user_id, title, story_idea, summary, draft_job_status, page_count, layout)"
    " select id_users, 'Naskah', repeat('Kancil menyeberang sungai. ', 4), repeat('Kancil menyeberang sungai. ', 4), 'SCRIPT_READY', 2, 'portrait'"
    " from users where id_users <= cast(:actors as int)",
    "vacuum analyze comic_panels, follows, notifications, comics, users",
)

SESSIONS = (
    "insert into sessions (id, user_id, expires_at) select s.id, s.user_id, now() + interval '30 days'"
    " from unnest(cast(:ids as uuid[]), cast(:users as bigint[])) as s (id, user_id)",
    "insert into personal_access_tokens (id, session_id, issued_at, expires_at)"
    " select p.id, p.session, :now, now() + interval '30 days' from unnest(cast(:pairs as uuid[]), cast(:ids as uuid[])) as p (id, session)",
)


def follows_of(actor: int, creators: int) -> set[int]:
    """Whom an actor follows at the start, as STATEMENTS has it, and itself, whom nobody can follow."""
    return {1 + (actor * 7 + n * 13) % creators for n in range(1, FOLLOWS + 1)} | {actor}


@dataclass(frozen=True)
class Actor:
    """Somebody with a phone: the account, its token, the address it calls from, and its draft."""

    id: int
    token: str
    address: str
    draft: int


@dataclass(frozen=True)
class World:
    """What the sender knows: who acts, how many comics are read (1 to that), how many creators there are, what is sold."""

    actors: list[Actor]
    comics: int
    creators: int
    packages: list[int]

    def written(self) -> str:
        """As JSON, for the sender."""
        return json.dumps(asdict(self))


def read(text: str) -> World:
    """What `written` wrote."""
    told = json.loads(text)
    return World(**{**told, "actors": [Actor(**each) for each in told["actors"]]})


def filled(connection: Any, *, comics: int, actors: int) -> World:
    """Fill an empty, migrated database that has its packages; `connection` is a `pg8000.native.Connection`."""
    connection.run(database.PEOPLE, creators=database.CREATORS, words=database.WORDS.split())
    connection.run(database.COMICS, comics=comics, words=database.WORDS.split())
    values = {
        "read": min(READ, comics),
        "panels": PANELS,
        "follows": FOLLOWS,
        "actors": actors,
        "creators": database.CREATORS,
        "notices": NOTICES,
    }
    for statement in STATEMENTS:
        connection.run(statement, **{name: value for name, value in values.items() if f":{name}" in statement})
    return World(
        _signed_in(connection, actors),
        values["read"],
        database.CREATORS,
        [row[0] for row in connection.run("select id from subscription_packages where is_active order by id")],
    )


def _signed_in(connection: Any, actors: int) -> list[Actor]:
    """A session and a token for each of the first accounts, as signing in makes them."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
    users = list(range(1, actors + 1))
    ids, pairs = [str(uuid.uuid4()) for _ in users], [str(uuid.uuid4()) for _ in users]
    connection.run(SESSIONS[0], ids=ids, users=users)
    connection.run(SESSIONS[1], ids=ids, pairs=pairs, now=now)
    drafts = dict(connection.run("select user_id, id from comics where published_at is null"))
    return [
        Actor(
            user,
            tokens.write("access", user=user, session=session, pair=pair, issued_at=now),
            f"36.{user >> 8}.{user & 255}.7",
            drafts[user],
        )
        for user, session, pair in zip(users, ids, pairs, strict=True)
    ]
