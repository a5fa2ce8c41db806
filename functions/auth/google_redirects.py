"""To Google's consent page and back, for browsers.

One random word in a cookie holds the way there and the way back together: PKCE's verifier (RFC 7636)
and OpenID's nonce are made of it and a key of ours, and the signed `state` carries its hash. So a
state works only in the browser that it was made for, for ten minutes and once, and nothing is stored
but the names of the states that were used.
"""

import base64
import hashlib
import secrets
from datetime import timedelta
from json import dumps, loads
from typing import Any, NamedTuple
from urllib.parse import urlencode

from common import clock, hashes, settings
from common.db import transaction
from common.i18n import Text
from common.problems import Problem, ServiceUnavailable

from . import google_accounts
from .devices import Device
from .schemas import FromGoogle

# How long somebody may take over the consent page, in seconds.
LIFE = 600

COOKIE = "mamastoria_google"
PATH = "/v1/auth/google/callback"


class UnknownRedirect(Problem):
    """The redirect_uri is none of the configured ones."""

    status = 400
    detail = Text("This redirect_uri is not allowed", "redirect_uri ini tidak diizinkan")


class InvalidState(Problem):
    """The sign-in was not started in this browser, took too long, or was finished before."""

    status = 400
    detail = Text("This sign-in has expired; please start it again", "Proses masuk ini sudah kedaluwarsa; silakan mulai lagi")


class Canceled(Problem):
    """The person said no on Google's page, or Google did."""

    status = 400
    detail = Text("Google sign-in was canceled", "Masuk dengan Google dibatalkan")


class Start(NamedTuple):
    """Where to send the browser, and the cookie that it has to bring back."""

    location: str
    cookie: str


class State(NamedTuple):
    """What a state says: its own name, the hash of its browser's cookie, the redirect URI, and its end (seconds since 1970)."""

    id: str
    browser: str
    redirect_uri: str
    until: int


def start(redirect_uri: str | None) -> Start:
    """The way to Google; raises `UnknownRedirect`, and `ServiceUnavailable` where Google sign-in is not set up."""
    client = settings.GOOGLE_CLIENT_IDS().split(",")[0].strip()
    if not client:
        raise ServiceUnavailable
    back = _redirect_uri(redirect_uri)
    browser = secrets.token_urlsafe(32)
    state = State(secrets.token_urlsafe(16), _hash(browser), back, int(clock.now().timestamp()) + LIFE)
    asked = {
        "client_id": client,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "openid email profile",
        "state": _signed(state),
        "nonce": _derived("nonce", browser),
        "code_challenge": _base64url(hashlib.sha256(_derived("verifier", browser).encode()).digest()),
        "code_challenge_method": "S256",
        "prompt": "select_account",
    }
    return Start(f"{settings.GOOGLE_AUTH_URL()}?{urlencode(asked)}", cookie(browser, LIFE))


def cookie(browser: str, seconds: int) -> str:
    """The Set-Cookie header; 0 seconds removes the cookie."""
    # Lax: it has to come along when Google sends the browser back, and with no request that another site makes.
    secure = "; Secure" if settings.PUBLIC_URL().startswith("https:") else ""
    return f"{COOKIE}={browser}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"


def finish(query: FromGoogle, browser: str | None, device: Device, language: str) -> dict[str, Any] | Problem:
    """Sign in whoever came back from Google in the `browser` of that cookie."""
    state = _read(query.state)
    if state is None or not browser or not secrets.compare_digest(state.browser, _hash(browser)) or not _used(state):
        return InvalidState()
    if query.error or not query.code:
        return Canceled()
    verifier, nonce = _derived("verifier", browser), _derived("nonce", browser)
    return google_accounts.sign_in_by_code(query.code, state.redirect_uri, verifier, nonce, device, language)


def _redirect_uri(asked: str | None) -> str:
    configured = [each.strip() for each in settings.GOOGLE_REDIRECT_URIS().split(",") if each.strip()]
    allowed = configured or [settings.PUBLIC_URL().rstrip("/") + PATH]
    if asked is not None and asked not in allowed:
        raise UnknownRedirect
    return asked or allowed[0]


def _used(state: State) -> bool:
    """Use the state up, before anything is asked of Google; False when it was used before."""
    until = clock.now() + timedelta(seconds=LIFE)
    with transaction() as db:
        return bool(
            db.run(
                "insert into cache (key, value, expires_at) values (:key, 'true', :until) on conflict do nothing",
                key=f"google state:{state.id}",
                until=until,
            )
        )


def _signed(state: State) -> str:
    payload = _base64url(dumps(state).encode())
    return f"{payload}.{_base64url(hashes.keyed('google state', payload))}"


def _read(text: str) -> State | None:
    """The state that we signed and that is not over yet, or None."""
    payload, _, mac = text.partition(".")
    # Ours has no other letters, and half a letter has no bytes to compare.
    if not text.isascii() or not secrets.compare_digest(mac.encode(), _base64url(hashes.keyed("google state", payload)).encode()):
        return None
    state = State(*loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    return state if state.until > clock.now().timestamp() else None


def _derived(purpose: str, browser: str) -> str:
    return _base64url(hashes.keyed(f"google {purpose}", browser))


def _hash(browser: str) -> str:
    return _base64url(hashlib.sha256(browser.encode()).digest())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
