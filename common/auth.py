"""Who is asking: a request becomes a caller, or a problem.

A route names one of these functions as its caller; there is no default, so that nobody forgets.
The token is verified here whether or not a gateway stood before us.
"""

from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.wrappers import Request

from common import clock, intake, settings, tokens
from common.db import Db
from common.i18n import Text
from common.problems import Forbidden, NotFound, Problem, TooLarge, Unauthenticated

Role = Literal["creator", "user", "moderator", "finance", "admin"]

# One statement loads session, account and, where asked, ownership. It also notes that the pair was
# delivered: from then on its parent is no lost answer any more (see functions/auth/sessions.py).
# The UPDATE touches no row, and takes no lock, but the first time.
CALLER = """
with seen as (update personal_access_tokens set seen_at = :now where id = :pair and session_id = :session and seen_at is null)
select u.id_users as id, u.role, u.full_name, u.username, u.language, u.birth_year, u.suspended_at,
       (select c.user_id = u.id_users from comics c where c.id = :comic) as owns
from sessions s join users u on u.id_users = s.user_id
where s.id = :session and s.user_id = :user and s.revoked_at is null and s.expires_at > :now and u.is_verified and u.erased_at is null
"""


@dataclass(frozen=True)
class User:
    """The signed-in account and the session it came in."""

    id: int
    role: Role
    name: str
    language: str
    session: str
    birth_year: int | None = None


class Suspended(Forbidden):
    """The account was suspended; its sessions stay but open nothing."""

    detail = Text("This account is suspended", "Akun ini ditangguhkan")


def public(request: Request, db: Db, path: dict[str, Any]) -> None:
    """Anybody; no token is looked at."""
    return


def maybe_user(request: Request, db: Db, path: dict[str, Any]) -> User | None:
    """The signed-in account, or None: a bad token is anonymous here, until something is hidden from it (`or_sign_in`)."""
    token = bearer(request.environ)
    if token is None:
        return None
    try:
        return user(request, db, path)
    except Unauthenticated:
        # The gateway sends a token of its own with every anonymous request.
        request.environ["mamastoria.lapsed"] = tokens.ours(token)
    except Forbidden:
        pass
    return None


# What somebody is answered whose rights do not reach it, where a route is open to all.
HIDDEN = (NotFound, Forbidden)


def or_sign_in(problem: Problem, environ: dict[str, Any]) -> Problem:
    """`problem`, or that one has to sign in where it came to somebody whose token has lapsed: an app refreshes on a 401 alone.

    It is the same for what nobody has, so whether there is such a draft is not told.
    """
    return Unauthenticated() if isinstance(problem, HIDDEN) and environ.get("mamastoria.lapsed") else problem


def user(request: Request, db: Db, path: dict[str, Any]) -> User:
    """A verified account that is not suspended."""
    return _caller(request, db, None)[0]


def owner(request: Request, db: Db, path: dict[str, Any]) -> User:
    """The account that owns the comic of the path; for everybody else that comic does not exist."""
    caller, owns = _caller(request, db, path.get("comic", path.get("comic_id", path.get("id"))))
    if not owns:
        raise NotFound
    return caller


def admin(request: Request, db: Db, path: dict[str, Any]) -> User:
    """An account with the role admin."""
    caller = user(request, db, path)
    if caller.role != "admin":
        raise Forbidden
    return caller


def finance(request: Request, db: Db, path: dict[str, Any]) -> User:
    """An account that pays people: the role finance, or admin."""
    caller = user(request, db, path)
    if caller.role not in ("finance", "admin"):
        raise Forbidden
    return caller


def moderator(request: Request, db: Db, path: dict[str, Any]) -> User:
    """An account that decides about what people report: the role moderator, or admin."""
    caller = user(request, db, path)
    if caller.role not in ("moderator", "admin"):
        raise Forbidden
    return caller


def internal(request: Request, db: Db, path: dict[str, Any]) -> None:
    """Cloud Tasks or Scheduler, by the OIDC token of the account they act as, made out to a function of ours."""
    from common import oidc
    from common.clients import tasks

    audiences = [queue.url().rstrip("/") for queue in tasks.QUEUES.values()]
    claims = oidc.verify(bearer(request.environ) or "", audiences)
    if claims is None or claims.get("email") != settings.TASKS_SERVICE_ACCOUNT():
        raise Unauthenticated


class InvalidSignature(Unauthenticated):
    """A notification is not signed by the provider it claims to be from."""

    detail = Text("Invalid signature", "Tanda tangan tidak sah")


def doku(request: intake.Request, db: Db, path: dict[str, Any]) -> None:
    """DOKU, by its signature over the configured public path and the raw bytes."""
    _signed_by("doku", request)


def midtrans(request: intake.Request, db: Db, path: dict[str, Any]) -> None:
    """Midtrans, by the signature in the notification's body."""
    _signed_by("midtrans", request)


# Bytes of a notification; the providers' are one or two kilobytes.
MAX_NOTIFICATION = 65_536


def _signed_by(name: str, request: intake.Request) -> None:
    from common.payments import providers

    provider = providers.named(name)
    if not provider.enabled():
        raise NotFound
    if (request.content_length or 0) > MAX_NOTIFICATION or len(intake.raw_body(request)) > MAX_NOTIFICATION:
        raise TooLarge(limit=MAX_NOTIFICATION)
    if not provider.verify(dict(request.headers), intake.raw_body(request)):
        raise InvalidSignature


def bearer(environ: dict[str, Any]) -> str | None:
    """The caller's own token, or None: the one reading of it, for who is asking and for what may be kept for others alike.

    API Gateway puts its own token into Authorization and the caller's into X-Forwarded-Authorization.
    Either is verified, so it does not matter that a caller without a gateway can send both.
    """
    header: str = environ.get("HTTP_X_FORWARDED_AUTHORIZATION") or environ.get("HTTP_AUTHORIZATION") or ""
    scheme, _, token = header.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _caller(request: Request, db: Db, comic: int | None) -> tuple[User, bool]:
    token = bearer(request.environ)
    claims = tokens.read(token, "access") if token else None
    if claims is None:
        raise Unauthenticated
    row = db.maybe(CALLER, session=claims.session, user=claims.user, pair=claims.id, now=clock.now(), comic=comic)
    if row is None:
        raise Unauthenticated
    if row.suspended_at is not None:
        raise Suspended
    return User(row.id, row.role, row.username or row.full_name, row.language, claims.session, row.birth_year), bool(row.owns)
