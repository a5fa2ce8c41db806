"""Google sign-in and Firebase phone sign-in on 127.0.0.1: a consent page, the token endpoint, and tokens of test people.

It is as strict as Google about what it is asked: client, secret, redirect URI, scope, PKCE (S256), and
a code that works once and for ten minutes. Its two kinds of tokens are signed with two keys, as Google's are.
"""

import base64
import hashlib
import html
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode

import jwt

from common import contacts
from infra.local import httpd, keys
from infra.local.httpd import Request, Response, json_response
from infra.local.keys import Keys

CONSENT, CHOICE, TOKEN = "/o/oauth2/v2/auth", "/o/oauth2/v2/choice", "/token"
FIREBASE_CERTS = "/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com"
CALLBACK = "/v1/auth/google/callback"

WEB_CLIENT, ANDROID_CLIENT = "1001-web.apps.googleusercontent.com", "1001-android.apps.googleusercontent.com"
CLIENT_SECRET = "local-google-secret"

CODE_SECONDS = 600


class Person(NamedTuple):
    """A test account of the consent page."""

    name: str
    email: str
    verified: bool = True


PEOPLE = (
    Person("Siti Rahma", "siti.rahma@gmail.com"),
    Person("Budi Santoso", "budi.santoso@gmail.com"),
    Person("Ayu Lestari", "ayu@contoh.id"),
    Person("Rini (address not verified)", "rini@contoh.id", verified=False),
)


@dataclass(frozen=True)
class Consent:
    """What one code was given for."""

    person: Person
    redirect_uri: str
    challenge: str
    nonce: str
    until: float


@dataclass
class Google:
    """The two signers and the codes that nobody has exchanged yet."""

    keys: Keys
    firebase_keys: Keys
    project: str
    _codes: dict[str, Consent] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def id_token(self, email: str, *, audience: str = ANDROID_CLIENT, **claims: Any) -> str:
        """What Google gives the app for `email`; `claims` win over the usual ones (see `keys.id_token`)."""
        person = _person(email)
        return keys.id_token(self.keys, audience, email, **{"name": person.name, "email_verified": person.verified, **claims})

    def phone_token(self, phone: str, *, seconds: int = 3600, **claims: Any) -> str:
        """What Firebase gives the app once its SMS code was typed in; `claims` win over the usual ones."""
        now = int(time.time())
        subject = hashlib.sha256(phone.encode()).hexdigest()[:28]
        usual = {
            "iss": f"https://securetoken.google.com/{self.project}",
            "aud": self.project,
            "auth_time": now,
            "user_id": subject,
            "sub": subject,
            "iat": now,
            "exp": now + seconds,
            "phone_number": phone,
            "firebase": {"identities": {"phone": [phone]}, "sign_in_provider": "phone"},
        }
        return jwt.encode({**usual, **claims}, self.firebase_keys.token_key, "RS256", {"kid": self.firebase_keys.token_key_id})

    def code(self, email: str, *, redirect_uri: str = "", challenge: str = "", nonce: str = "") -> str:
        """A code for `email`; without a redirect URI it is the `serverAuthCode` of the app's library."""
        code = f"4/0{secrets.token_urlsafe(24)}"
        with self._lock:
            self._codes[code] = Consent(_person(email), redirect_uri, challenge, nonce, time.time() + CODE_SECONDS)
        return code

    def take(self, code: str) -> Consent | None:
        """What `code` was given for, once and in time."""
        with self._lock:
            consent = self._codes.pop(code, None)
        return consent if consent is not None and consent.until > time.time() else None


def _person(email: str) -> Person:
    return next((person for person in PEOPLE if person.email == email), Person(email.partition("@")[0].title(), email))


def serve(google: Google, port: int = 0) -> httpd.Server:
    """A server of `answer`; it runs once the caller starts it."""
    return httpd.Server(lambda request: answer(google, request), port)


def answer(google: Google, request: Request) -> Response:
    """The consent page, the choice made on it, the exchange, and Firebase's certificates; else 404."""
    match request.method, request.path:
        case "GET", "/o/oauth2/v2/auth":
            return _refusal(request.query) or _page(request.query)
        case "GET", "/o/oauth2/v2/choice":
            return _refusal(request.query) or _back(google, request.query)
        case "POST", "/token":
            return _exchange(google, dict(parse_qsl(request.body.decode(), keep_blank_values=True)))
        case "GET", path if unquote(path) == FIREBASE_CERTS:
            response = json_response({google.firebase_keys.token_key_id: google.firebase_keys.certificate})
            response.headers["Cache-Control"] = "public, max-age=19000, must-revalidate, no-transform"
            return response
    return json_response({"error": "not_found"}, 404)


def token(google: Google, path: str) -> Response | None:
    """What the app's libraries would give, for developers: `/local/google-token/EMAIL` and `/local/phone-token/NUMBER`."""
    kind, _, who = path.removeprefix("/local/").partition("/")
    who = unquote(who)
    if kind == "google-token" and "@" in who:
        return json_response({"id_token": google.id_token(who), "server_auth_code": google.code(who)})
    phone = contacts.phone(who) if kind == "phone-token" else None
    return json_response({"firebase_id_token": google.phone_token(phone)}) if phone else None


def _refusal(asked: dict[str, str]) -> Response | None:
    """Google's page for a request that it will not serve; it never redirects then."""
    wrong = (
        ("invalid_client", asked.get("client_id") != WEB_CLIENT),
        ("redirect_uri_mismatch", not asked.get("redirect_uri", "").endswith(CALLBACK)),
        ("unsupported_response_type", asked.get("response_type") != "code"),
        ("invalid_scope", "openid" not in asked.get("scope", "").split()),
        ("invalid_request: no state", not asked.get("state")),
        ("invalid_request: no S256 challenge", asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43),
    )
    why = next((name for name, is_wrong in wrong if is_wrong), None)
    return _html(f"<h1>Access blocked</h1><p>Error 400: {html.escape(why)}</p>", 400) if why else None


def _page(asked: dict[str, str]) -> Response:
    def choice(**chosen: str) -> str:
        return html.escape(f"{CHOICE}?{urlencode({**asked, **chosen})}")

    people = "".join(
        f'<li><a href="{choice(account=each.email)}"><b>{html.escape(each.name)}</b><br>{html.escape(each.email)}</a></li>'
        for each in PEOPLE
    )
    hidden = "".join(f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">' for name, value in asked.items())
    return _html(
        f"""<h1>Choose an account</h1><p>to continue to <b>MamaStoria</b></p><ul>{people}</ul>
<form action="{CHOICE}">{hidden}<input name="account" type="email" placeholder="another@address" required><button>Continue</button></form>
<p><a href="{choice(error="access_denied")}">Cancel</a></p>"""
    )


def _html(body: str, status: int = 200) -> Response:
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:2rem;border:1px solid #dadce0;border-radius:8px}"
        "h1{font-size:1.5rem;margin:0}ul{list-style:none;padding:0}li{border-top:1px solid #dadce0}li a{display:block;padding:.6rem;color:inherit;"
        "text-decoration:none}li a:hover{background:#f1f3f4}input{padding:.5rem;width:60%}button{padding:.5rem 1rem;margin-left:.5rem}"
    )
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Sign in (local stand-in)</title><style>{style}</style>{body}</html>"
    return Response(status, page.encode(), {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"})


def _back(google: Google, asked: dict[str, str]) -> Response:
    """To where the person came from, with a code, or with the error of somebody who changed their mind."""
    if "error" in asked:
        sent = {"error": asked["error"], "state": asked["state"]}
    else:
        code = google.code(
            asked.get("account", ""),
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            nonce=asked.get("nonce", ""),
        )
        sent = {"state": asked["state"], "code": code, "scope": asked["scope"], "authuser": "0", "prompt": "consent"}
    return Response(302, b"", {"Location": f"{asked['redirect_uri']}?{urlencode(sent)}", "Cache-Control": "no-store"})


def _exchange(google: Google, asked: dict[str, str]) -> Response:
    if (asked.get("client_id"), asked.get("client_secret")) != (WEB_CLIENT, CLIENT_SECRET):
        return json_response({"error": "invalid_client", "error_description": "The OAuth client was not found."}, 401)
    if asked.get("grant_type") != "authorization_code":
        return json_response({"error": "unsupported_grant_type"}, 400)
    consent = google.take(asked.get("code", ""))
    if consent is None:
        return json_response({"error": "invalid_grant", "error_description": "Malformed auth code."}, 400)
    if consent.redirect_uri != asked.get("redirect_uri", ""):
        return json_response({"error": "redirect_uri_mismatch", "error_description": "Bad Request"}, 400)
    if consent.challenge and consent.challenge != _challenge(asked.get("code_verifier", "")):
        return json_response({"error": "invalid_grant", "error_description": "Invalid code verifier."}, 400)
    claims = {"nonce": consent.nonce} if consent.nonce else {}
    given = google.id_token(consent.person.email, audience=WEB_CLIENT, **claims)
    return json_response(
        {
            "access_token": f"ya29.{secrets.token_urlsafe(24)}",
            "expires_in": 3599,
            "scope": "openid email profile",
            "token_type": "Bearer",
            "id_token": given,
        }
    )


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
