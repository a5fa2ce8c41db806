"""Comics that readers see, crowds of readers, and looks at what the database holds."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from common import clock, db, prepared, tokens
from common.auth import User

_numbers = itertools.count()


def comic(owner: Any, title: str = "Kancil dan Buaya", *, public: bool = True, minutes_ago: int = 0) -> int:
    """A comic of `owner`, published unless it is a draft."""
    return comics(owner, 1, title, public=public, minutes_ago=minutes_ago)[0]


def comics(owner: Any, count: int, title: str = "Kancil dan Buaya", *, public: bool = True, minutes_ago: int = 0) -> list[int]:
    """`count` comics of `owner`, each published a second before the one that comes first in the list."""
    sql = """insert into comics (user_id, title, draft_job_status, published_at)
             select :user, cast(:title as text), 'COMPLETED',
                    case when :public then now() - cast(:minutes as int) * interval '1 minute' - n * interval '1 second' end
             from generate_series(1, cast(:count as int)) n returning id"""
    with db.transaction() as writing:
        return [
            row.id for row in writing.all(sql, user=owner.user["id_users"], title=title, public=public, minutes=minutes_ago, count=count)
        ]


def crowd(count: int) -> list[User]:
    """`count` verified accounts that act without a token."""
    sql = """insert into users (full_name, email, is_verified, referral_code_id)
             select 'Pembaca ' || n, :mark || n || '@contoh.id', true, :mark || n from generate_series(1, cast(:count as int)) n
             returning id_users as id, full_name as name"""
    with db.transaction() as writing:
        rows = writing.all(sql, mark=f"KERUMUNAN-{next(_numbers)}-", count=count)
    return [User(row.id, "creator", row.name, "id", "") for row in rows]


def person(api: Any, name: str = "Siti Rahma") -> Any:
    """A caller with a verified account; written straight into the database, since registering hashes a password."""
    (row,) = run(lambda writing: writing.all(JOIN, name=name, mark=f"orang-{next(_numbers)}"))
    return device(api.signed("", {"id_users": row.id_users, "email": row.email, "full_name": name}))


def device(person: Any) -> Any:
    """The same person, signed in on another device."""
    user = person.user["id_users"]
    (row,) = run(
        lambda writing: writing.all(
            "insert into sessions (user_id, expires_at) values (:user, now() + interval '1 day') returning id", user=user
        )
    )
    issued = clock.now().replace(microsecond=0)
    return person.signed(tokens.write("access", user=user, session=str(row.id), pair=str(uuid4()), issued_at=issued), person.user)


JOIN = """
insert into users (full_name, email, is_verified, referral_code_id) values (:name, :mark || '@contoh.id', true, :mark) returning id_users, email
"""


def at_once(acts: list[Any]) -> list[Any]:
    """What each act gave, all of them started together."""
    with ThreadPoolExecutor(len(acts)) as threads:
        return [each.result() for each in [threads.submit(act) for act in acts]]


def run(act: Any, *values: Any) -> Any:
    """A rule in a transaction of its own."""
    with db.transaction() as writing:
        return act(writing, *values)


def rows(sql: str, **values: Any) -> list[Any]:
    """What a statement finds."""
    with db.reading() as reading:
        return reading.all(sql, **values)


def change(sql: str, **values: Any) -> int:
    """How many rows a statement changes."""
    with db.transaction() as writing:
        return writing.run(sql, **values)


def inbox(user: int, kind: str | None = None) -> list[Any]:
    """What somebody was told, oldest first."""
    found = rows("select * from notifications where user_id = :user order by id", user=user)
    return [row for row in found if kind in (None, row.type)]


@contextmanager
def counted(monkeypatch: Any):
    """How many statements were run in the block."""
    run, seen = prepared.run, []
    with monkeypatch.context() as patching:
        patching.setattr(prepared, "run", lambda *a, **k: (seen.append(a[1]), run(*a, **k))[1])
        yield seen


def scrolled(caller: Any, path: str, **query: Any) -> list[Any]:
    """Every item of a list, page by page by cursor."""
    found, cursor = [], {}
    for _ in range(200):
        answer = caller.get(path, **query, **cursor)
        found += answer.data
        if not answer.json["meta"]["has_next"]:
            assert answer.json["meta"]["next_cursor"] is None
            return found
        cursor = {"cursor": answer.json["meta"]["next_cursor"]}
    raise AssertionError("the list never ends")
