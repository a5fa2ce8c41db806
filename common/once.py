"""Idempotency-Key: a POST that moves money happens once, however often its answer is lost.

A key belongs to an account, and to one route with one query and one body. A handler that names `db` is
kept with its answer in its own transaction, so there is no moment in which one exists without the other.
A handler that calls the outside has no such transaction: its key is claimed first and answered after,
and when its process dies in between, the claim can be taken over `CLAIM_SECONDS` later. Such a
handler must therefore find what its first run left behind, as a purchase does.
"""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from common import clock, db, replies
from common.db import Db
from common.i18n import Language, Text
from common.problems import Conflict, InvalidRequest, Problem
from common.replies import Reply

# Seconds after which a claim without an answer is a dead process': longer than the gateway lets any request run.
CLAIM_SECONDS = 90

# Seconds after which whoever was told that the first request is still running may ask again.
SOON = 2

# Days a key is remembered; the payments sweep forgets older ones.
KEPT_DAYS = 7

# Runs the handler with what is given besides the request: its transaction, or nothing.
Act = Callable[[dict[str, Any]], Reply]


class StillRunning(Conflict):
    """The first request with this key has not been answered yet."""

    detail = Text(
        "The first request with this Idempotency-Key is still running", "Permintaan pertama dengan Idempotency-Key ini masih berjalan"
    )


class KeyReused(InvalidRequest):
    """The key was used for another request; it is not known which of the two is meant."""

    detail = Text("This Idempotency-Key was used for another request", "Idempotency-Key ini sudah dipakai untuk permintaan lain")

    def __init__(self) -> None:
        super().__init__([{"loc": ["header", "Idempotency-Key"], "msg": self.detail.en, "type": "idempotency_key_reused"}])


class Asked(NamedTuple):
    """One request with a key: whose, which, and what it asked for."""

    user: int
    key: str
    route: str
    digest: bytes

    @property
    def values(self) -> dict[str, Any]:
        """The values that name it in SQL."""
        return {"user": self.user, "key": self.key}


def asked(user: int, key: str, route: str, path: dict[str, Any], query: Any, body: bytes) -> Asked:
    """What a request asked for; two spellings of a path are one, two spellings of a body are two.

    `query` is as the route reads it, None where it reads none: what a campaign adds to an address asks for nothing else.
    """
    # Without what was left out: a parameter that a route learns later asks for nothing else either.
    sent = query.model_dump(exclude_defaults=True) if query is not None else {}
    read = [repr(sent)] if sent else []
    named = "\0".join([route, *(f"{name}={value}" for name, value in sorted(path.items())), *read])
    return Asked(user, key, route, hashlib.sha256(named.encode() + b"\0" + body).digest())


def serve(asked: Asked, act: Act, language: Language, *, inside: bool) -> Reply:
    """The kept answer to `asked`, or the one of `act`, which is kept; `inside`: `act` works in a transaction of ours.

    A refusal is kept like a success, and what is not final is not: the client is told to try that again.
    Raises `StillRunning` or `KeyReused`.
    """
    try:
        return _inside(asked, act) if inside else _around(asked, act)
    except (StillRunning, KeyReused):
        raise
    except Problem as problem:
        reply = replies.problem(problem, language)
        if _final(reply):
            with db.transaction() as keeping:
                _keep(keeping, asked, reply)
        else:
            _forget(asked)
        return reply


def _inside(asked: Asked, act: Act) -> Reply:
    with db.transaction() as connection:
        # Held to the end of the transaction: a second request with the key is told so instead of waiting here.
        if not connection.value("select pg_try_advisory_xact_lock(hashtextextended(:key, :user))", **asked.values):
            raise StillRunning(retry_after=SOON)
        kept = _kept(connection, asked)
        if kept is not None:
            return kept
        reply = act({"db": connection})
        if _final(reply):
            _keep(connection, asked, reply)
        return reply


CLAIM = """
insert into idempotency_keys as k (user_id, key, route, body_hash, created_at) values (:user, :key, :route, :digest, :now)
on conflict (user_id, key) do update set created_at = excluded.created_at
where k.status is null and k.body_hash = excluded.body_hash and k.created_at < cast(:dead as timestamptz)
returning true
"""


def _around(asked: Asked, act: Act) -> Reply:
    now = clock.now()
    with db.transaction() as claiming:
        dead = now - clock.seconds(CLAIM_SECONDS)
        claimed = claiming.value(CLAIM, **asked.values, route=asked.route, digest=asked.digest, now=now, dead=dead)
        kept = None if claimed else _kept(claiming, asked)
    if kept is not None:
        return kept
    if not claimed:
        raise StillRunning(retry_after=SOON)
    try:
        reply = act({})
    except Problem:
        raise
    except Exception:
        _forget(asked)  # What broke is answered with a 5xx, which the client may repeat at once.
        raise
    if not _final(reply):
        _forget(asked)
        return reply
    with db.transaction() as keeping:
        _keep(keeping, asked, reply)
    return reply


def _final(reply: Reply) -> bool:
    """Whether asking again would change nothing: what says when to come back is no answer yet."""
    return reply.status < 500 and "Retry-After" not in reply.headers


def _kept(connection: Db, asked: Asked) -> Reply | None:
    row = connection.maybe("select body_hash, status, reply from idempotency_keys where user_id = :user and key = :key", **asked.values)
    if row is None:
        return None
    if bytes(row.body_hash) != asked.digest:
        raise KeyReused
    if row.status is None:
        return None
    kind = replies.JSON if row.status < 400 else replies.PROBLEM_JSON
    return Reply(row.status, row.reply.encode(), kind, {"Idempotent-Replayed": "true", "Cache-Control": "no-store"})


def _keep(connection: Db, asked: Asked, reply: Reply) -> None:
    connection.run(
        "insert into idempotency_keys as k (user_id, key, route, body_hash, status, reply, created_at)"
        " values (:user, :key, :route, :digest, :status, :reply, :now)"
        # A refusal is kept after its transaction has ended; whoever answered meanwhile was first.
        " on conflict (user_id, key) do update set status = excluded.status, reply = excluded.reply"
        " where k.status is null and k.body_hash = excluded.body_hash",
        **asked.values,
        route=asked.route,
        digest=asked.digest,
        status=reply.status,
        reply=reply.body.decode(),
        now=clock.now(),
    )


def _forget(asked: Asked) -> None:
    with db.transaction() as forgetting:
        forgetting.run("delete from idempotency_keys where user_id = :user and key = :key and status is null", **asked.values)


def purge(connection: Db) -> int:
    """Forget keys older than `KEPT_DAYS`; how many there were."""
    since = clock.now() - clock.seconds(KEPT_DAYS * 86400)
    return connection.run("delete from idempotency_keys where created_at < :since", since=since)
