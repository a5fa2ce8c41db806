"""Signed-in devices and their token pairs.

Each refresh writes a child pair of the pair that asked. A pair counts as delivered once one of its
tokens was used. Asking again with the parent of an undelivered child means that the answer was lost
on the way, and gets the same child. Asking with anything older means that two parties hold the
token: nobody can tell which is the thief, so the session ends for both.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from common import clock, limits, log, passwords, settings, tokens
from common.auth import Suspended, User
from common.db import Db
from common.i18n import Text
from common.problems import Forbidden, NotFound, Problem, TooManyRequests, Unauthenticated

from .schemas import Login

# Failed logins with one address in a quarter of an hour before it has to wait.
FAILURES, WINDOW = 10, 900


class InvalidCredentials(Unauthenticated):
    """The address or the password is wrong; which, is not told."""

    detail = Text("The e-mail, phone number or password is wrong", "Email, nomor telepon, atau kata sandi salah")


class NotVerified(Forbidden):
    """The password is right and the address is not proven yet."""

    detail = Text("Please verify your e-mail or phone number first", "Silakan verifikasi email atau nomor telepon Anda terlebih dahulu")


def login(db: Db, asked: Login, agent: str, address: str) -> int | Problem:
    """The account behind an address and password, or the problem to return so that the failure is counted.

    `agent` and `address` are the device's User-Agent and IP address.
    """
    who = asked.address or ""
    wait = limits.waiting(db, f"login:{who}", FAILURES)
    if wait:
        return TooManyRequests(retry_after=wait)
    row = _account(db, who)
    if not passwords.matches(asked.password, row.password if row else None) or row is None:
        limits.hit(db, f"login:{who}", FAILURES, WINDOW)
        return InvalidCredentials()
    if not row.is_verified:
        return NotVerified()
    if row.suspended_at is not None:
        return Suspended()
    limits.forget(db, f"login:{who}")
    _rehash(db, row, asked.password)
    user: int = row.id_users
    return user


def _account(db: Db, address: str) -> Any | None:
    """The verified account of the address or, where there is none, its latest registration."""
    field = "lower(email)" if "@" in address else "phone_number"
    return db.maybe(
        f"select id_users, password, is_verified, suspended_at from users where {field} = :address and erased_at is null"
        " order by is_verified desc, id_users desc limit 1",
        address=address,
    )


def _rehash(db: Db, row: Any, password: str) -> None:
    if passwords.outdated(row.password):
        db.run("update users set password = :hash where id_users = :user", hash=passwords.hashed(password), user=row.id_users)


def start(db: Db, user: int, device: str | None, agent: str, address: str) -> dict[str, Any]:
    """Sign `user` in on a device: a new session and its first pair of tokens."""
    now = clock.now()
    session = db.value(
        "insert into sessions (user_id, device_name, user_agent, ip_address, created_at, last_used_at, expires_at)"
        " values (:user, :device, :agent, :address, :now, :now, :expires) returning id",
        user=user,
        device=device,
        agent=agent[:500],
        address=address,
        now=now,
        expires=now + _refresh_life(),
    )
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
    """End a session; its tokens are refused from the next request on."""
    db.run(
        "update sessions set revoked_at = :now, revoked_reason = :reason where id = :session and revoked_at is null",
        session=session,
        now=clock.now(),
        reason=reason,
    )


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
    """Sign one of the user's own devices out; raises `NotFound` for anything else."""
    if not db.value("select true from sessions where id = :session and user_id = :user", session=session, user=user.id):
        raise NotFound
    end(db, session, "signed out")


def register_device(db: Db, user: User, token: str, platform: str | None, version: str | None) -> None:
    """Remember where to push to; a device that changes hands belongs to whoever signed in last."""
    db.run(
        "insert into devices (user_id, session_id, fcm_token, platform, app_version) values (:user, :session, :token, :platform, :version)"
        " on conflict (fcm_token) do update set user_id = excluded.user_id, session_id = excluded.session_id,"
        " platform = excluded.platform, app_version = excluded.app_version, last_seen_at = now(), updated_at = now()",
        user=user.id,
        session=user.session,
        token=token,
        platform=platform,
        version=version,
    )
