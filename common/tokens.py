"""Our own access and refresh tokens: JWTs under HS256 that name a session and a pair.

A pair is one access and one refresh token, issued together; its id is the `jti` of both, so that the
same pair can be written again byte for byte from its row (a lost answer is answered again).
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from common import clock, settings

Type = Literal["access", "refresh"]


@dataclass(frozen=True)
class Claims:
    """What a valid token says."""

    user: int
    session: str
    id: str
    issued_at: datetime


def write(type: Type, *, user: int, session: str, pair: str, issued_at: datetime) -> str:
    """The token of `type` of that pair; the same arguments give the same token."""
    import jwt

    lives = settings.ACCESS_TOKEN_SECONDS() if type == "access" else settings.REFRESH_TOKEN_SECONDS()
    claims = {
        "iss": settings.TOKEN_ISSUER(),
        "aud": settings.TOKEN_AUDIENCE(),
        "sub": str(user),
        "sid": str(session),
        "jti": str(pair),
        "iat": int(issued_at.timestamp()),
        "exp": int((issued_at + timedelta(seconds=lives)).timestamp()),
        "type": type,
    }
    return jwt.encode(claims, _keys()[0], algorithm="HS256")


def read(token: str, type: Type) -> Claims | None:
    """The claims of a token that we signed for this use and that has not expired; None for any other."""
    for key in _keys():
        claims = _claims(token, key)
        if claims is not None:
            return _of(claims) if claims["type"] == type else None
    return None


def ours(token: str) -> bool:
    """Whether a token says that we issued it; nothing is verified, so this only sorts out tokens that cannot be ours.

    API Gateway sends a token of its own with every anonymous request.
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return False
    return isinstance(claims, dict) and claims.get("iss") == settings.TOKEN_ISSUER()


def _claims(token: str, key: str) -> dict[str, Any] | None:
    import jwt

    required = ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "type"]
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=settings.TOKEN_AUDIENCE(),
            issuer=settings.TOKEN_ISSUER(),
            options={"require": required, "verify_exp": False, "verify_iat": False},
        )
    except (jwt.PyJWTError, RecursionError):
        # The header is read before the signature is looked at, and PyJWT lets brackets a thousand deep through as they are.
        return None
    # PyJWT takes the time from its own clock; ours can be moved in tests and is the one that signed.
    expires = claims["exp"]
    return claims if isinstance(expires, int) and expires > clock.now().timestamp() else None


def _of(claims: dict[str, Any]) -> Claims | None:
    try:
        issued_at = datetime.fromtimestamp(claims["iat"], UTC)
        return Claims(int(claims["sub"]), str(UUID(claims["sid"])), str(UUID(claims["jti"])), issued_at)
    except (TypeError, ValueError, OverflowError):
        return None


def _keys() -> list[str]:
    return [key for key in settings.JWT_SECRET().split(",") if key]
