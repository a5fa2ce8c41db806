"""ID tokens that Google signs: for Cloud Tasks and Scheduler here, for people who sign in with Google elsewhere."""

import threading
import time
from functools import cache
from typing import Any, cast

from common import settings
from common.clients.errors import Unavailable

# Seconds a clock may be off; the library's default of 0 refuses tokens of hosts that run a second ahead.
SKEW = 10

ISSUERS = ("accounts.google.com", "https://accounts.google.com")


def verify(token: str, audience: str | list[str]) -> dict[str, Any] | None:
    """The claims of an ID token of Google's for `audience`, or None when it is not one.

    Issuer, signature, expiry and audience are checked; whoever needs `email_verified` checks that.
    Raises `Unavailable` when Google's keys cannot be had.
    """
    import jwt
    from google.auth import exceptions
    from google.oauth2 import id_token

    if not token or not audience:
        return None
    try:
        claims = id_token.verify_token(
            token, cast(Any, _certificates()), audience=audience, certs_url=settings.GOOGLE_CERTS_URL(), clock_skew_in_seconds=SKEW
        )
    except exceptions.TransportError as error:
        raise Unavailable("google certificates", str(error)) from error
    except (ValueError, exceptions.GoogleAuthError, jwt.PyJWTError):
        return None
    return dict(claims) if claims.get("iss") in ISSUERS else None


class _Certificates:
    """A transport that keeps Google's keys as long as they say; the library would fetch them on every call."""

    def __init__(self, fetch: Any) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Any]] = {}

    def __call__(self, url: str, method: str = "GET", **options: Any) -> Any:
        with self._lock:
            until, response = self._kept.get(url, (0.0, None))
            if time.monotonic() >= until:
                response = self._fetch(url, method=method, timeout=5, **options)
                if response.status == 200:
                    self._kept[url] = (time.monotonic() + _max_age(response.headers), response)
            return response


def _max_age(headers: Any) -> float:
    for part in (headers.get("cache-control") or headers.get("Cache-Control") or "").split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.isdigit():
            return float(value)
    return 300.0


@cache
def _certificates() -> _Certificates:
    from google.auth.transport.requests import Request

    return _Certificates(Request())
