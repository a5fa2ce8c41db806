"""Signed-in devices and their token pairs.

Each refresh writes a child pair of the pair that asked. A pair counts as delivered once one of its
tokens was used. Asking again with the parent of an undelivered child means that the answer was lost
on the way, and gets the same child. Asking with anything older means that two parties hold the
token: nobody can tell which is the thief, so the session ends for both.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from common import clock, codes, log, people, settings, tokens
from common.auth import User
from common.db import Db
from common.problems import NotFound, Unauthenticated

from . import alerts, devices
from .devices import Device


def signed_in(db: Db, user: int, device: Device, **beside: Any) -> dict[str, Any]:
    """Sign `user` in on a device: the account and its tokens, with what else the answer says `beside` them."""
    return {"tokens": start(db, user, device), "user": people.account(db, user), **beside}


def start(db: Db, user: int, device: Device) -> dict[str, Any]:
    """A new session and its first pair of tokens; whoever asked for the account's deletion takes that back by coming in."""
    now, known = clock.now(), devices.familiar(db, user, device)
    session = db.value(
        "insert into sessions (user_id, device_name, user_agent, ip_address, device_hash, created_at, last_used_at, expires_at)"
        " values (:user, :name, :agent, :address, :id, :now, :now, :expires) returning id",
        user=user,
        now=now,
        expires=now + _refresh_life(),
        **device._asdict(),
    )
    db.run("update users set deletion_requested_at = null where id_users = :user and deletion_requested_at is not null", user=user)
    alerts.new_device(db, user, session, device, known=known)
    return _pair(db, user, session, None, now)


def refresh(db: Db, token: str) -> dict[str, Any] | Unauthenticated:
    """The next pair for a refresh token, the same one again when its answer was lost, or the problem to return.

    The session row is locked first: the same token sent twice at once is one after the other, and
    the second gets the first one's child.
    """
    claims = tokens.read(token, "refresh")
    session = _locked(db, claims) if claims else None
    if claims is None or session is None:
        return Unauthenticated()
    child = db.maybe("select id, issued_at, seen_at from personal_access_tokens where parent_id = :pair", pair=claims.id)
    if child is not None and child.seen_at is not None:
        end(db, session.id, "reuse")
        codes.withdraw(db, claims.user, "change_email")
        alerts.reused(db, claims.user, session.id)
        log.warning("refresh token reused", user=claims.user, session=claims.session)
        return Unauthenticated()
    if child is not None:
        return _tokens(claims.user, session.id, child.id, child.issued_at)
    db.run("update personal_access_tokens set seen_at = coalesce(seen_at, :now) where id = :pair", pair=claims.id, now=clock.now())
    return _pair(db, claims.user, session.id, UUID(claims.id), clock.now())


def _locked(db: Db, claims: tokens.Claims) -> Any | None:
    return db.maybe(
        "select s.id from sessions s join users u on u.id_users = s.user_id"
        " where s.id = :session and s.user_id = :user and s.revoked_at is null and s.expires_at > :now"
        " and u.is_verified and u.suspended_at is null and u.erased_at is null"
        " and exists (select from personal_access_tokens p where p.id = :pair and p.session_id = s.id) for update of s",
        session=claims.session,
        user=claims.user,
        pair=claims.id,
        now=clock.now(),
    )


def _pair(db: Db, user: int, session: UUID, parent: UUID | None, now: datetime) -> dict[str, Any]:
    pair = uuid4()
    issued_at = now.replace(microsecond=0)
    expires_at = issued_at + _refresh_life()
    db.run(
        "insert into personal_access_tokens (id, session_id, parent_id, issued_at, expires_at) values (:pair, :session, :parent, :issued_at, :expires_at)",
        pair=pair,
        session=session,
        parent=parent,
        issued_at=issued_at,
        expires_at=expires_at,
    )
    db.run(
        "update sessions set last_used_at = :now, expires_at = :expires_at where id = :session",
        session=session,
        now=now,
        expires_at=expires_at,
    )
    return _tokens(user, session, pair, issued_at)


def _tokens(user: int, session: UUID, pair: UUID, issued_at: datetime) -> dict[str, Any]:
    named: dict[str, Any] = {"user": user, "session": str(session), "pair": str(pair), "issued_at": issued_at}
    left = issued_at + timedelta(seconds=settings.ACCESS_TOKEN_SECONDS()) - clock.now()
    return {
        "access_token": tokens.write("access", **named),
        "refresh_token": tokens.write("refresh", **named),
        "expires_in": max(0, int(left.total_seconds())),
    }


def _refresh_life() -> timedelta:
    return timedelta(seconds=settings.REFRESH_TOKEN_SECONDS())


def end(db: Db, session: UUID | str, reason: str) -> None:
    """End a session; its tokens are refused from the next request on, and its device gets no pushes any more."""
    db.run(
        "update sessions set revoked_at = :now, revoked_reason = :reason where id = :session and revoked_at is null",
        session=session,
        now=clock.now(),
        reason=reason,
    )
    db.run("delete from devices where session_id = :session", session=session)


def all_of(db: Db, user: User) -> list[Any]:
    """The devices that are signed in, latest used first."""
    return db.all(
        "select id, device_name, user_agent, created_at, last_used_at, expires_at, id = :current as current from sessions"
        " where user_id = :user and revoked_at is null and expires_at > :now order by last_used_at desc, id",
        user=user.id,
        current=user.session,
        now=clock.now(),
    )


def sign_out(db: Db, user: User, session: UUID) -> None:
    """Sign one of the user's own devices out, with the change of e-mail that it may have asked for; raises `NotFound` for anything else."""
    if not db.value("select true from sessions where id = :session and user_id = :user", session=session, user=user.id):
        raise NotFound
    end(db, session, "signed out")
    codes.withdraw(db, user.id, "change_email")


def sign_out_others(db: Db, user: User) -> int:
    """Sign every device out but the one that asks, with the change of e-mail that one may have asked for; how many there were."""
    codes.withdraw(db, user.id, "change_email")
    return db.run(
        "with ended as (update sessions set revoked_at = :now, revoked_reason = 'signed out'"
        "               where user_id = :user and id <> :current and revoked_at is null returning id, expires_at),"
        " silent as (delete from devices where session_id in (select id from ended))"
        " select from ended where expires_at > :now",
        user=user.id,
        current=user.session,
        now=clock.now(),
    )


# A device is a session of ours: when its address changes, nothing goes to the old one. An address that is
# known already belongs to whoever signed in last, and what waits for whoever had it before goes nowhere.
FREE = "delete from devices where fcm_token = :token and session_id is distinct from :session"
MOVE = """
update devices set fcm_token = :token, platform = :platform, app_version = :version, last_seen_at = :now, updated_at = :now
where session_id = :session
"""
ADD = """
insert into devices (user_id, session_id, fcm_token, platform, app_version, last_seen_at, created_at, updated_at)
values (:user, :session, :token, :platform, :version, :now, :now, :now)
on conflict (fcm_token) do update set user_id = excluded.user_id, session_id = excluded.session_id, platform = excluded.platform,
    app_version = excluded.app_version, last_seen_at = excluded.last_seen_at, updated_at = excluded.updated_at
"""


def register_device(db: Db, user: User, token: str, platform: str | None, version: str | None) -> None:
    """Remember where to push to for this session.

    The session's row is locked, so that a device that registers twice at once is one.
    """
    now, about = clock.now(), {"session": user.session, "token": token, "platform": platform, "version": version}
    if not db.value("select true from sessions where id = :session and revoked_at is null for update", session=user.session):
        return
    db.run(FREE, token=token, session=user.session)
    if not db.run(MOVE, **about, now=now):
        db.run(ADD, **about, user=user.id, now=now)
