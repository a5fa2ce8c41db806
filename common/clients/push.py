"""Push messages by Firebase Cloud Messaging, through firebase-admin: at most one attempt is made for each message.

FCM has no key by which it would know a repeated message, so what may have arrived counts as sent. Only
what FCM answers with a refusal, or what never reached it, may be tried again.
"""

import functools
import json
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from common import deadlines, log, settings
from common.clients.errors import Unavailable

# Messages of one call. FCM allows 500; each is a request of its own in a thread of its own, and five times
# as many threads on one processor only wait for each other.
BATCH = 100

# Seconds to connect and to wait for FCM's answer, each.
TIMEOUT = 10

# Bytes of a message's notification and data together. FCM takes 4096, and does not say exactly how it counts them.
LARGEST = 4000
# Names of data that FCM keeps for itself.
RESERVED = r"from|message_type|(google|gcm)\..*"
# Characters of a text that a phone shows of it at most.
SHOWN = 500
# FCM keeps a message for a phone that is off for so long, in seconds: what is older is read in the inbox.
KEPT_SECONDS = 86_400

# What becomes of a message: handed over (or perhaps so), its address is dead, it may be tried again, or it never will be taken.
What = Literal["sent", "gone", "later", "refused"]


class Message(NamedTuple):
    """A message to one device: what is shown, and what the app gets beside it."""

    token: str
    title: str
    body: str
    data: dict[str, str]


class Outcome(NamedTuple):
    """What became of a message; `wait` are the seconds that FCM wants to be left alone, `why` is for operations."""

    what: What
    why: str = ""
    wait: int = 0


def login() -> None:
    """Have a token that is good for some minutes; raises `Unavailable`.

    Before messages are claimed, because afterwards a failure would cost them, and each of a hundred
    threads would ask for a token of its own.
    """
    import google.auth.transport.requests
    import requests
    from google.auth.exceptions import GoogleAuthError

    try:
        credential = _service()._credential
        if not credential.valid:
            ask = google.auth.transport.requests.Request(deadlines.bounded(requests.Session()))
            credential.refresh(lambda *asked, **options: ask(*asked, **{**options, "timeout": TIMEOUT}))
    except (GoogleAuthError, requests.RequestException) as error:
        raise Unavailable("push", f"{type(error).__name__}: {error}") from error


def forget_connections() -> None:
    """Close what was kept open: after a pause it may be dead, and a message sent into a dead connection is lost."""
    for adapter in set(_service()._client.session.adapters.values()):
        adapter.close()


def send(messages: Sequence[Message]) -> list[Outcome]:
    """Hand over at most `BATCH` messages, each once; what became of each, in order. Raises nothing for what FCM says."""
    assert len(messages) <= BATCH
    encoded = [_encoded(message) for message in messages]
    wrong = [_wrong(each) for each in encoded]
    outcomes = iter(_handed_over([each for each, why in zip(encoded, wrong, strict=True) if why is None]))
    return [next(outcomes) if why is None else Outcome("refused", why) for why in wrong]


def _handed_over(encoded: list[Any]) -> list[Outcome]:
    if not encoded:
        return []  # firebase-admin would fail on a pool without threads.
    from firebase_admin import exceptions

    try:
        answers = _service().send_each(encoded).responses
    except exceptions.FirebaseError as error:
        # Something broke between the requests: nobody knows how many of them had gone out.
        log.error("pushes of an unknown outcome", messages=len(encoded), why=str(error)[:300])
        return [Outcome("sent", "unknown")] * len(encoded)
    return [Outcome("sent") if answer.success else _outcome(answer.exception) for answer in answers]


def _wrong(encoded: Any) -> str | None:
    """Why firebase-admin would not send a message, and with it none of its batch."""
    try:
        _service().encode_message(encoded)
    except ValueError as error:
        return str(error)[:300]
    return None


def fitted(message: Message) -> Message:
    """The message, shortened until FCM takes it: first its text, then what it is about."""
    body = message.body if len(message.body) <= SHOWN else message.body[: SHOWN - 1] + "…"
    data = message.data
    while _size(message.title, body, data) > LARGEST:
        if len(body) > 80:
            body = body[: len(body) // 2] + "…"
        elif len(message.title) > 80:
            message = message._replace(title=message.title[:79] + "…")
        else:
            data = {name: value for name, value in data.items() if name in ("type", "notification_id")}
            break
    return message._replace(body=body, data=data)


def _size(title: str, body: str, data: dict[str, str]) -> int:
    return len(json.dumps({"notification": {"title": title, "body": body}, "data": data}, ensure_ascii=False).encode())


def _encoded(message: Message) -> Any:
    from datetime import timedelta

    from firebase_admin import messaging

    message = fitted(message)
    data = {name: value for name, value in message.data.items() if not re.fullmatch(RESERVED, name)}
    # A repeated tag replaces what the phone shows already.
    tag = message.data.get("notification_id")
    android = messaging.AndroidConfig(
        priority="high", ttl=timedelta(seconds=KEPT_SECONDS), notification=messaging.AndroidNotification(tag=tag)
    )
    apns = messaging.APNSConfig(
        headers={"apns-collapse-id": tag} if tag else None, payload=messaging.APNSPayload(aps=messaging.Aps(sound="default"))
    )
    shown = messaging.Notification(title=message.title, body=message.body)
    encoded = messaging.Message(notification=shown, data=data, android=android, apns=apns)
    # Registration tokens are being replaced by installation ids, and the constructor warns of it; the app of today has tokens.
    encoded.token = message.token
    return encoded


def _outcome(error: Any) -> Outcome:
    """What an error of firebase-admin means; FCM's own: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode."""
    from firebase_admin import exceptions, messaging

    why = f"{type(error).__name__}: {error}"[:300]
    if error.http_response is None:
        return Outcome("later", why) if _never_left(error.cause) else Outcome("sent", f"unknown: {why}"[:300])
    if isinstance(error, (messaging.UnregisteredError, messaging.SenderIdMismatchError)):
        return Outcome("gone", why)
    if isinstance(error, exceptions.InvalidArgumentError):
        return Outcome("gone" if _about_the_token(error.http_response) else "refused", why)
    status = error.http_response.status_code
    if status in (401, 403, 404, 429) or status >= 500:
        # 401, 403 and a 404 of another kind are our own settings' fault: the messages wait until that is mended.
        return Outcome("later", why, _seconds(error.http_response.headers.get("Retry-After")))
    return Outcome("refused", why)


def _never_left(cause: Any) -> bool:
    """Whether a request failed before its first byte was sent."""
    import requests
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return True
    inner = cause.args[0] if isinstance(cause, requests.exceptions.ConnectionError) and cause.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)


def _about_the_token(response: Any) -> bool:
    """Whether FCM finds the token wrong, and not the message."""
    try:
        details = response.json()["error"].get("details", [])
        fields = [violation.get("field") for detail in details for violation in detail.get("fieldViolations", [])]
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return "message.token" in fields


def _seconds(retry_after: str | None) -> int:
    return min(int(retry_after), 86_400) if retry_after and retry_after.isdecimal() else 0


@functools.cache
def _service() -> Any:
    """firebase-admin's messaging service, made once.

    Its address and its retries cannot be set from outside. The retries repeat a message whose
    answer was lost, and sleep in a hundred threads at once where FCM is busy, so there are none.
    """
    from datetime import datetime

    import firebase_admin
    from firebase_admin import credentials, messaging
    from requests.adapters import HTTPAdapter

    file = settings.FCM_KEY_FILE()
    credential = credentials.Certificate(file) if file else credentials.ApplicationDefault()
    if file:
        # Else google-auth asks Google in a thread of its own where the account may be used from ("0x0": anywhere).
        credential.get_credential()._set_regional_access_boundary({"encodedLocations": "0x0", "expiry": datetime.max})
    options = {"projectId": settings.FIREBASE_PROJECT_ID() or settings.PROJECT_ID(), "httpTimeout": TIMEOUT}
    # Not `initialize_app`, which fails for the second of two threads that come here at once.
    service = messaging._MessagingService(firebase_admin.App("push", credential, options))
    if settings.FCM_URL():
        service._fcm_url = f"{settings.FCM_URL()}/v1/projects/{options['projectId']}/messages:send"
    for place in list(service._client.session.adapters):
        service._client.session.mount(place, HTTPAdapter(pool_connections=2, pool_maxsize=BATCH, max_retries=0))
    deadlines.bounded(service._client.session)
    return service
