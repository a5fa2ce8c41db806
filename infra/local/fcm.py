"""Firebase Cloud Messaging on 127.0.0.1: the token endpoint and `messages:send`, whose messages go into the outbox.

A device's token decides what becomes of a message, so that every failure can be tried out:

    …unregistered…      404 UNREGISTERED, as for an app that was removed
    …invalid…           400 INVALID_ARGUMENT about the token
    …mismatch…          403 SENDER_ID_MISMATCH, a token of another project's app
    …quota-2…           429 QUOTA_EXCEEDED, the first two times (without a number for ever)
    …unavailable-1…     503 UNAVAILABLE, once
    …internal-1…        500 INTERNAL, once
    …lost…              taken, and the connection dropped before the answer
"""

import json
import re
import secrets
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import jwt

from infra.local import httpd
from infra.local.httpd import Request, Response, json_response
from infra.local.keys import Keys
from infra.local.mail import Outbox

TOKEN = "/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = ("https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/firebase.messaging")
TOKEN_SECONDS = 3600

# Bytes of notification and data; data may not use these names (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages).
LARGEST = 4096
RESERVED = re.compile(r"from|message_type|(google|gcm)\..*")
FIELDS = {"token", "fid", "topic", "condition", "notification", "data", "android", "apns", "webpush", "fcm_options", "name"}
NOTIFICATION = {"title", "body", "image"}

FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


class Refusal(NamedTuple):
    """An answer that is none: HTTP status, Google's status, FCM's own code."""

    status: int
    name: str
    code: str
    said: str


REFUSALS = {
    "unregistered": Refusal(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found."),
    "mismatch": Refusal(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch"),
    "quota": Refusal(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Quota exceeded for quota metric 'Message send requests'"),
    "unavailable": Refusal(503, "UNAVAILABLE", "UNAVAILABLE", "The service is currently unavailable."),
    "internal": Refusal(500, "INTERNAL", "INTERNAL", "Internal error encountered."),
}


class Fcm:
    """What was sent, and how often what was tried; used by many threads."""

    def __init__(self, keys: Keys, project: str, outbox: Outbox) -> None:
        """`keys.account` may push to the apps of `project`."""
        self._keys, self._project, self._outbox = keys, project, outbox
        self._lock = threading.Lock()
        self._sessions: dict[str, float] = {}
        self._tried: Counter[str] = Counter()
        self.logins = 0
        self.taken: list[dict[str, Any]] = []

    def answer(self, request: Request) -> Response:
        """One request; raises `httpd.Hangup` where the answer is to be lost."""
        if request.method == "POST" and request.path == TOKEN:
            return self._login(dict(parse_qsl(request.body.decode())))
        if request.method != "POST" or request.path != f"/v1/projects/{self._project}/messages:send":
            return _error(404, "NOT_FOUND", "Requested entity was not found.")
        session = request.header("Authorization").removeprefix("Bearer ")
        if self._sessions.get(session, 0) < time.time():
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        return self._sent(request.body)

    def _login(self, asked: dict[str, str]) -> Response:
        """What oauth2.googleapis.com/token does with a service account's signed assertion."""
        try:
            claims = jwt.decode(asked["assertion"], self._keys.account_key, ["RS256"], options={"verify_aud": False})
            right = asked["grant_type"] == GRANT and claims["iss"] == self._keys.account["client_email"]
        except (jwt.PyJWTError, KeyError):
            right = False
        if not right or not set(claims["scope"].split()) & set(SCOPES):
            return json_response({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
        token = f"ya29.local-{secrets.token_urlsafe(24)}"
        with self._lock:
            self.logins += 1
            self._sessions[token] = time.time() + TOKEN_SECONDS
        return json_response({"access_token": token, "expires_in": TOKEN_SECONDS - 1, "token_type": "Bearer"})

    def _sent(self, body: bytes) -> Response:
        try:
            message = json.loads(body)["message"]
            wrong = _wrong(message)
        except (ValueError, KeyError, TypeError, AttributeError):
            return _invalid("message", "Invalid JSON payload received.")
        if wrong:
            return _invalid(*wrong)
        token = message["token"]
        if "invalid" in token:
            return _invalid("message.token", "The registration token is not a valid FCM registration token")
        return self._refusal(token) or self._take(message)

    def _refusal(self, token: str) -> Response | None:
        with self._lock:
            self._tried[token] += 1
            tried = self._tried[token]
        for pattern, refusal in REFUSALS.items():
            found = re.search(rf"{pattern}(?:-(\d+))?", token)
            if found and (found[1] is None or tried <= int(found[1])):
                return _refused(refusal)
        return None

    def _take(self, message: dict[str, Any]) -> Response:
        shown = message.get("notification", {})
        with self._lock:
            self.taken.append(message)
        self._outbox.add("push", message["token"], shown.get("title", ""), shown.get("body", ""))
        if "lost" in message["token"]:
            raise httpd.Hangup
        return json_response({"name": f"projects/{self._project}/messages/0:{time.time_ns() // 1000}%{secrets.token_hex(8)}"})


def serve(fcm: Fcm, port: int = 0) -> httpd.Server:
    """A server of `fcm`; it runs once the caller starts it."""
    return httpd.Server(fcm.answer, port)


def key_file(folder: Path, keys: Keys, url: str) -> Path:
    """The service account's file with this server as the place to log in; what FCM_KEY_FILE names."""
    file = folder / "fcm-account.json"
    file.write_text(json.dumps({**keys.account, "token_uri": f"{url}{TOKEN}"}))
    return file


def _wrong(message: dict[str, Any]) -> tuple[str, str] | None:
    """The field that FCM would refuse, and what it would say; None for a message it takes."""
    unknown = [*(set(message) - FIELDS), *(set(message.get("notification", {})) - NOTIFICATION)]
    if unknown:
        return f"message.{unknown[0]}", f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
    data = message.get("data", {})
    if not all(isinstance(value, str) for value in data.values()):
        return "message.data", "Invalid value at 'message.data' (TYPE_STRING)"
    if any(RESERVED.fullmatch(name) for name in data):
        return "message.data", "Invalid data payload key"
    if not isinstance(message.get("token"), str) or not message["token"]:
        return "message", "Exactly one of token, topic or condition is required"
    size = len(json.dumps({name: message.get(name, {}) for name in ("notification", "data")}, ensure_ascii=False).encode())
    return ("message", "Android message is too big") if size > LARGEST else None


def _refused(refusal: Refusal) -> Response:
    response = _error(refusal.status, refusal.name, refusal.said, {"@type": FCM_ERROR, "errorCode": refusal.code})
    if refusal.status == 429:
        response.headers["Retry-After"] = "90"
    return response


def _invalid(field: str, said: str) -> Response:
    violation = {"@type": BAD_REQUEST, "fieldViolations": [{"field": field, "description": said}]}
    return _error(400, "INVALID_ARGUMENT", said, {"@type": FCM_ERROR, "errorCode": "INVALID_ARGUMENT"}, violation)


def _error(status: int, name: str, said: str, *details: dict[str, Any]) -> Response:
    return json_response({"error": {"code": status, "message": said, "status": name, "details": list(details)}}, status)
