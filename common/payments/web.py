"""One bounded HTTP call to a payment provider, tried at most twice."""

import functools
import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from common import deadlines, log
from common.clients.errors import Unavailable
from common.payments import circuit

# Seconds: to connect, between two bytes, and for one whole attempt. Two attempts stay below the gateway's minute.
CONNECT, READ, WHOLE = 3.05, 10.0, 15.0

# Bytes of an answer; the providers' are a few kilobytes.
LARGEST = 1_000_000

TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class Answer(NamedTuple):
    """What came back: any status but those that mean "try again"."""

    status: int
    text: str


class _Passing(Exception):
    """The attempt failed in a way that another may not."""


def call(service: str, method: str, url: str, headers: Callable[[], dict[str, str]], body: bytes | None = None) -> Answer:
    """Send `body` to `url` and once more when that fails; `headers` are made anew for each attempt, since they are signed with the time.

    Both attempts must mean the same to the service (a Request-Id of ours in the headers). Raises
    `Unavailable`, at once and without a call while the service's circuit is open.
    """
    circuit.enter(service)
    try:
        answer = _twice(method, url, headers, body)
    except _Passing as error:
        circuit.leave(service, well=False)
        raise Unavailable(service, str(error)) from error
    except BaseException:
        circuit.leave(service, well=False)
        raise
    circuit.leave(service, well=True)
    if answer.status >= 400:
        log.warning(f"{service} refused", status=answer.status, url=url, answer=answer.text[:1000])
    return answer


def _twice(method: str, url: str, headers: Callable[[], dict[str, str]], body: bytes | None) -> Answer:
    try:
        return _once(method, url, headers(), body)
    except _Passing as error:
        log.warning("payment provider: trying once more", why=str(error))
    time.sleep(random.uniform(0.2, 0.6))  # noqa: S311 - jitter needs no cryptography.
    return _once(method, url, headers(), body)


def _once(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
    import requests

    try:
        # The bytes that were hashed are the bytes that are sent; `json=` would write them anew.
        with _session().request(
            method, url, data=body, headers=headers, timeout=(CONNECT, READ), allow_redirects=False, stream=True
        ) as response:
            text = _text(response)
    except (requests.RequestException, OSError) as error:
        raise _Passing(f"{type(error).__name__}: {error}") from error
    if response.status_code in TRY_AGAIN:
        raise _Passing(f"HTTP {response.status_code} {text[:300]}")
    return Answer(response.status_code, text)


def _text(response: Any) -> str:
    """The whole body; a service that drips it byte by byte runs into the deadline, which no socket timeout gives."""
    end, found = time.monotonic() + WHOLE, bytearray()
    for piece in response.iter_content(16_384):
        found += piece
        if len(found) > LARGEST or time.monotonic() > end:
            raise _Passing("the answer is too large or too slow")
    return found.decode("utf-8", "replace")


@functools.cache
def _session() -> Any:
    import requests

    session = deadlines.bounded(requests.Session())
    session.trust_env = False  # No proxy, no .netrc: the address is the setting's and nobody else's.
    return session
