"""ID tokens that Google signs: of Cloud Tasks and Scheduler, of people who sign in with Google, of phones that Firebase proved."""

import json
import os
import threading
import time
from functools import cache
from typing import Any, cast

from common import deadlines, settings
from common.clients.errors import Unavailable

# Seconds a clock may be off; the library's default of 0 refuses tokens of hosts that run a second ahead.
SKEW = 10

# Seconds since the SMS code was typed in. Firebase renews its tokens for months, and by then the number may be somebody else's.
PHONE_PROOF_SECONDS = 900

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
    except (ValueError, exceptions.GoogleAuthError, jwt.PyJWTError, RecursionError):
        return None
    return dict(claims) if claims.get("iss") in ISSUERS else None


def person(token: str) -> dict[str, Any] | None:
    """The claims of a Google ID token that our app or web site asked for, of somebody whose e-mail Google verified; else None.

    `sub` names the person for ever; `email` may change. Raises `Unavailable` when Google's keys cannot be had.
    """
    claims = verify(token, [each.strip() for each in settings.GOOGLE_CLIENT_IDS().split(",") if each.strip()])
    if claims is None or claims.get("email_verified") is not True:
        return None
    return claims if _text(claims.get("sub")) and _text(claims.get("email")) else None


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255


def phone(token: str) -> str | None:
    """The number (E.164) that the holder of a Firebase ID token has just proven by an SMS code, or None.

    firebase-admin checks signature, issuer, audience and expiry
    (https://firebase.google.com/docs/auth/admin/verify-id-tokens). Raises `Unavailable` when
    Firebase's keys cannot be had.
    """
    from firebase_admin import auth

    try:
        claims = auth.verify_id_token(token, app=_firebase(), clock_skew_seconds=SKEW)
    except auth.CertificateFetchError as error:
        raise Unavailable("firebase certificates", str(error)) from error
    except (ValueError, auth.InvalidIdTokenError, RecursionError):
        return None
    firebase, proven, at = claims.get("firebase"), claims.get("phone_number"), claims.get("auth_time")
    by_phone = isinstance(firebase, dict) and firebase.get("sign_in_provider") == "phone" and _text(proven)
    fresh = isinstance(at, int) and time.time() - at <= PHONE_PROOF_SECONDS
    return str(proven) if by_phone and fresh else None


def _firebase() -> Any:
    # With this set, the library takes unsigned tokens.
    if os.environ.get("FIREBASE_AUTH_EMULATOR_HOST"):
        raise settings.Misconfigured("FIREBASE_AUTH_EMULATOR_HOST is set")
    with _lock:
        return _firebase_app(settings.FIREBASE_PROJECT_ID() or settings.PROJECT_ID(), settings.FIREBASE_CERTS_URL())


_lock = threading.Lock()


@cache
def _firebase_app(project: str, certs_url: str) -> Any:
    import firebase_admin
    from firebase_admin import _token_gen, auth
    from google.auth.credentials import AnonymousCredentials

    if certs_url:
        # The library has no option for it; it reads this name when the app verifies its first token.
        _token_gen.ID_TOKEN_CERT_URI = certs_url
    # Nobody: verifying needs public keys alone, and default credentials would cost a call to the metadata server.
    app = firebase_admin.initialize_app(AnonymousCredentials(), {"projectId": project, "httpTimeout": FETCH}, f"{project} {certs_url}")
    deadlines.bounded(auth._get_client(app)._token_verifier.request.session)
    return app


# Seconds to connect and for the whole answer, and seconds in which whoever comes after a failure is told of it. Those who
# waited for the one that fetched would otherwise wait for their own turn to fail: eight of them, more than a minute.
FETCH, FAILED = 5, 1.0


class _Certificates:
    """A transport that keeps Google's keys as long as they say; the library would fetch them on every call."""

    def __init__(self, fetch: Any) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Any]] = {}
        self._failed: dict[str, float] = {}

    def __call__(self, url: str, method: str = "GET", **options: Any) -> Any:
        with self._lock:
            until, response = self._kept.get(url, (0.0, None))
            if time.monotonic() >= until:
                response = self._fetched(url, method=method, **options)
                if response.status == 200 and _is_json(response.data):
                    self._kept[url] = (time.monotonic() + _max_age(response.headers), response)
            return response

    def _fetched(self, url: str, **options: Any) -> Any:
        from google.auth import exceptions

        if time.monotonic() < self._failed.get(url, 0.0):
            raise exceptions.TransportError("the keys could not be had a moment ago")
        try:
            return self._fetch(url, timeout=FETCH, **options)
        except exceptions.TransportError:
            self._failed[url] = time.monotonic() + FAILED
            raise


def _is_json(data: bytes) -> bool:
    """Whether it can be keys; the library would take a proxy's page for a wrong token."""
    from google.auth import exceptions

    try:
        return isinstance(json.loads(data), dict)
    except ValueError as error:
        raise exceptions.TransportError("the keys are no JSON") from error


def _max_age(headers: Any) -> float:
    for part in (headers.get("cache-control") or headers.get("Cache-Control") or "").split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.isdigit():
            return float(value)
    return 300.0


@cache
def _certificates() -> _Certificates:
    import requests
    from google.auth.transport.requests import Request

    return _Certificates(Request(deadlines.bounded(requests.Session())))
