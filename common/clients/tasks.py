"""Cloud Tasks rings the bell: it calls a function of ours about a job; the job itself is a row of the database."""

import functools
import hashlib
import random
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from common import deadlines, settings
from common.clients.errors import Unavailable
from common.settings import Setting

GOOGLE = "https://cloudtasks.googleapis.com"

# Seconds for one ring with all its attempts; a ring that is lost is rung again by the sweep.
DEADLINE = 5.0
PING = 2.0
# A second ring for the same attempt of the same job within so many seconds is refused, unless the caller says another window.
RING_SECONDS = 60


class Queue(NamedTuple):
    """A queue, whose rates are its own: the function that it calls, and where that is."""

    function: str
    url: Setting[str]


# What holds its call for minutes waits apart from what people wait for: mails, pushes, transcriptions, pictures that are to go.
QUEUES = {
    "errands": Queue("worker", settings.WORKER_URL),
    "generation": Queue("worker", settings.WORKER_URL),
    "video": Queue("video", settings.VIDEO_URL),
}

TRY_AGAIN = (408, 429, 500, 502, 503, 504)
ALREADY_EXISTS = 409


def queue_path(queue: str) -> str:
    """The full name of `queue` in our project and region, as Cloud Tasks wants it."""
    return f"projects/{settings.PROJECT_ID()}/locations/{settings.REGION()}/queues/{queue}"


def ring(job_id: int, queue: str = "errands", *, attempt: int = 0, delay_seconds: int = 0, window: int = RING_SECONDS) -> None:
    """Has the function of a queue called about a job, `delay_seconds` from now; a doubled ring is one ring.

    The worker gets `POST WORKER_URL/internal/jobs/<job_id>` with an ID token of
    TASKS_SERVICE_ACCOUNT whose audience is WORKER_URL, the video function the same under VIDEO_URL;
    it is called again, with growing pauses, until it answers 2xx. A job that is to be tried anew is rung with the next `attempt`, as its
    ring may come within the `window` (seconds) in which the last one's name is taken. Raises
    `Unavailable` after five seconds at the latest.
    """
    to = QUEUES[queue]
    place = f"{_place(queue)}/tasks"
    due = time.time() + delay_seconds
    name = _name(job_id, attempt, due, window)
    body = {"task": _task(job_id, f"{queue_path(queue)}/tasks/{name}", to.url().rstrip("/"), due if delay_seconds > 0 else None)}
    end = time.monotonic() + DEADLINE
    pause = 0.1
    while (why := _refusal("POST", place, body, end)) is not None:
        pause *= random.uniform(1.5, 2.5)
        if time.monotonic() + pause + 0.5 > end:
            raise Unavailable("tasks", why)
        time.sleep(pause)


def ping(queue: str = "errands") -> None:
    """Returns when Cloud Tasks shows the queue within two seconds; raises `Unavailable` otherwise.

    The account that asks needs cloudtasks.queues.get (roles/cloudtasks.viewer) besides the role to enqueue.
    """
    why = _refusal("GET", _place(queue), None, time.monotonic() + PING)
    if why is not None:
        raise Unavailable("tasks", why)


def _place(queue: str) -> str:
    return f"{settings.TASKS_URL() or GOOGLE}/v2/{queue_path(queue)}"


def _task(job_id: int, name: str, audience: str, due: float | None) -> dict[str, Any]:
    token = {"serviceAccountEmail": settings.TASKS_SERVICE_ACCOUNT(), "audience": audience}
    task = {
        "name": name,
        "httpRequest": {"url": f"{audience}/internal/jobs/{job_id}", "httpMethod": "POST", "oidcToken": token},
        "dispatchDeadline": f"{settings.TASKS_SECONDS()}s",
    }
    if due is not None:
        task["scheduleTime"] = datetime.fromtimestamp(due, UTC).isoformat().replace("+00:00", "Z")
    return task


def _name(job_id: int, attempt: int, due: float, window: int) -> str:
    """The task's name, the same for a doubled ring.

    Cloud Tasks keeps a name taken for about an hour after its task is gone; the window in which
    the ring is due makes it another name later on. The hash in front spreads the names:
    consecutive ones slow a queue down.
    """
    what = f"{job_id}-{attempt}-{window}-{int(due // window)}"
    return f"{hashlib.sha256(what.encode()).hexdigest()[:8]}-job-{what}"


def _refusal(method: str, place: str, body: dict[str, Any] | None, end: float) -> str | None:
    """Asks once: None when it is done (or was before), else why not, where asking again may help."""
    import requests
    from google.auth.exceptions import GoogleAuthError

    left = end - time.monotonic()
    try:
        # Connecting and reading are timed each for itself.
        response = _session(_is_local(place)).request(method, place, json=body, timeout=left / 2, max_allowed_time=left)
    except (requests.RequestException, GoogleAuthError) as error:
        return f"{type(error).__name__}: {error}"
    if response.ok or response.status_code == ALREADY_EXISTS:
        return None
    why = f"HTTP {response.status_code} {response.text[:300]}"
    if response.status_code not in TRY_AGAIN:
        raise Unavailable("tasks", why)
    return why


def _is_local(place: str) -> bool:
    parts = urlsplit(place)
    return parts.scheme == "http" and parts.hostname == "127.0.0.1"


@functools.cache
def _session(anonymous: bool) -> Any:
    """A session that logs in as the account this runs as, or nowhere (the local stack)."""
    import google.auth
    from google.auth.credentials import AnonymousCredentials
    from google.auth.transport.requests import AuthorizedSession

    session: Any = AuthorizedSession
    nobody: Any = AnonymousCredentials
    account = nobody() if anonymous else google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])[0]
    return deadlines.bounded(session(account))
