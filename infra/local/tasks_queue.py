"""One queue of the local Cloud Tasks: what waits in it, and the threads that deliver it."""

import base64
import binascii
import heapq
import itertools
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.local.keys import Keys, id_token

# A queue's, a task's or an error's fields under the names Google's API gives them.
Resource = dict[str, Any]

CODES = {"INVALID_ARGUMENT": 400, "NOT_FOUND": 404, "ALREADY_EXISTS": 409, "UNIMPLEMENTED": 501}
METHODS = ("POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
DAY = 24 * 3600
# Seconds for which the name of a task that is done or removed stays taken.
NAME_TAKEN = 3600


class Refusal(Exception):
    """A request that is not done; `status` is Google's word for why."""

    def __init__(self, status: str, message: str) -> None:
        """`status` is one of `CODES`."""
        super().__init__(message)
        self.status, self.code = status, CODES[status]


@dataclass
class Task:
    """One call to be made: what to call, when (seconds since 1970), and what came of it so far.

    `token` is the service account and the audience of the ID token; `deadline` is in seconds.
    `responses` counts the answers that were no 5xx, `previous` is the last answer's status.
    """

    name: str
    request: Resource
    body: bytes
    deadline: float
    due: float
    created: float = field(default_factory=time.time)
    dispatches: int = 0
    responses: int = 0
    previous: int = 0
    reason: str = ""

    def resource(self) -> Resource:
        """The task as Google shows it (the basic view, without its body)."""
        shown = {"name": self.name, "httpRequest": {name: value for name, value in self.request.items() if name != "body"}}
        times = {"scheduleTime": stamp(self.due), "createTime": stamp(self.created), "dispatchDeadline": f"{self.deadline:g}s"}
        counts = {"dispatchCount": self.dispatches, "responseCount": self.responses}
        return shown | times | {name: count for name, count in counts.items() if count} | {"view": "BASIC"}


def new_task(queue: str, fields: Any) -> Task:
    """The task that `fields` describe, checked as Google checks it; 400 for what makes no sense."""
    _known(fields, "task", {"name", "httpRequest", "scheduleTime", "dispatchDeadline"})
    request = fields.get("httpRequest")
    _known(request, "httpRequest", {"url", "httpMethod", "headers", "body", "oidcToken"})
    if not re.match(r"https?://[^/]+", str(request.get("url", ""))):
        raise Refusal("INVALID_ARGUMENT", "HttpRequest.url must start with 'http://' or 'https://'.")
    if request.setdefault("httpMethod", "POST") not in METHODS:
        raise Refusal("INVALID_ARGUMENT", "HttpRequest.http_method is not valid.")
    _known(request.get("oidcToken", {}), "oidcToken", {"serviceAccountEmail", "audience"})
    if "oidcToken" in request and not request["oidcToken"].get("serviceAccountEmail"):
        raise Refusal("INVALID_ARGUMENT", "OidcToken.service_account_email must be set.")
    name = str(fields.get("name") or f"{queue}/tasks/{secrets.randbits(63)}")
    if not re.fullmatch(re.escape(queue) + r"/tasks/[A-Za-z0-9_-]{1,500}", name):
        raise Refusal("INVALID_ARGUMENT", f'Task name must be formatted: "{queue}/tasks/TASK_ID"')
    deadline = seconds(fields.get("dispatchDeadline", "600s"))
    if not 15 <= deadline <= 1800:
        raise Refusal("INVALID_ARGUMENT", "The dispatchDeadline must be between 15s and 1800s.")
    return Task(name, request, _decoded(request), deadline, _schedule(fields.get("scheduleTime")))


class Queue:
    """A queue with its tasks in memory and its delivering threads, which end with `close`."""

    def __init__(self, name: str, fields: Resource, keys: Keys) -> None:
        """`fields` are the queue's as a client sent them; raises `Refusal` for those it cannot keep to."""
        self.name = name
        self._keys = keys
        limits, retry = fields.get("rateLimits", {}), fields.get("retryConfig", {})
        _known(limits, "rateLimits", {"maxConcurrentDispatches"})
        _known(retry, "retryConfig", {"maxAttempts", "maxRetryDuration", "minBackoff", "maxBackoff", "maxDoublings"})
        self._limits = {"maxConcurrentDispatches": 2} | limits
        self._retry = {"maxAttempts": 100, "minBackoff": "1s", "maxBackoff": "60s", "maxDoublings": 16} | retry
        self._tasks: dict[str, Task] = {}
        self._gone: dict[str, float] = {}
        self._waiting: list[tuple[float, int, Task]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        for _ in range(int(self._limits["maxConcurrentDispatches"])):
            threading.Thread(target=self._deliver, daemon=True, name=name.rpartition("/")[2]).start()

    def resource(self) -> Resource:
        """The queue as Google shows it."""
        return {"name": self.name, "rateLimits": self._limits, "retryConfig": self._retry, "state": "RUNNING"}

    def add(self, task: Task) -> Resource:
        """Queues a task; 409 when its name was taken within the last hour."""
        with self._changed:
            now = time.time()
            self._gone = {name: since for name, since in self._gone.items() if now - since < NAME_TAKEN}
            if task.name in self._tasks or task.name in self._gone:
                raise Refusal("ALREADY_EXISTS", "Requested entity already exists")
            self._tasks[task.name] = task
            self._wait(task)
            return task.resource()

    def tasks(self) -> list[Resource]:
        """The tasks that are not done, by name."""
        with self._changed:
            return [self._tasks[name].resource() for name in sorted(self._tasks)]

    def task(self, name: str) -> Resource:
        """The task of this full name; 404 when it is done, removed or was never there."""
        with self._changed:
            if name not in self._tasks:
                raise Refusal("NOT_FOUND", "The task no longer exists." if name in self._gone else "Requested entity was not found.")
            return self._tasks[name].resource()

    def remove(self, name: str) -> None:
        """Removes a task; a call that is on its way is not stopped."""
        self.task(name)
        self._forget(name)

    def close(self) -> None:
        """Ends deliveries; those on their way are not waited for."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _wait(self, task: Task) -> None:
        heapq.heappush(self._waiting, (task.due, next(self._order), task))
        self._changed.notify()

    def _forget(self, name: str) -> None:
        with self._changed:
            self._tasks.pop(name, None)
            self._gone[name] = time.time()

    def _deliver(self) -> None:
        while (task := self._next()) is not None:
            task.previous, task.reason = self._call(task)
            task.dispatches += 1
            task.responses += 100 <= task.previous < 500
            if 200 <= task.previous < 300 or self._given_up(task):
                self._forget(task.name)
                continue
            with self._changed:
                task.due = time.time() + self._pause(task.dispatches)
                if task.name in self._tasks:
                    self._wait(task)

    def _next(self) -> Task | None:
        """The next task that is due, waiting for one; None once the queue is closed."""
        with self._changed:
            while not self._closed:
                wait = self._waiting[0][0] - time.time() if self._waiting else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                task = heapq.heappop(self._waiting)[2]
                if task.name in self._tasks:
                    return task
        return None

    def _call(self, task: Task) -> tuple[int, str]:
        """Calls the task's target: the status of its answer, and in words why it has to be called again."""
        import requests

        session = requests.Session()
        session.trust_env = False  # A proxy for the outer world has no way back to this machine.
        try:
            answer = session.request(
                task.request["httpMethod"],
                task.request["url"],
                data=task.body,
                headers=self._headers(task),
                timeout=task.deadline,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return 0, type(error).__name__
        finally:
            session.close()
        return answer.status_code, "" if answer.ok else f"HTTP status code {answer.status_code}"

    def _headers(self, task: Task) -> dict[str, str]:
        sent = {name: str(value) for name, value in task.request.get("headers", {}).items()}
        headers = {name: value for name, value in sent.items() if not name.lower().startswith(("x-cloudtasks-", "x-google-"))}
        headers |= {"User-Agent": "Google-Cloud-Tasks", "X-CloudTasks-QueueName": self.name.rpartition("/")[2]}
        headers |= {"X-CloudTasks-TaskName": task.name.rpartition("/")[2], "X-CloudTasks-TaskETA": f"{task.due:.6f}"}
        headers |= {"X-CloudTasks-TaskRetryCount": str(task.dispatches), "X-CloudTasks-TaskExecutionCount": str(task.responses)}
        if task.previous:
            headers["X-CloudTasks-TaskPreviousResponse"] = str(task.previous)
        if task.reason:
            headers["X-CloudTasks-TaskRetryReason"] = task.reason
        if token := task.request.get("oidcToken"):
            audience = token.get("audience") or task.request["url"]
            headers["Authorization"] = f"Bearer {id_token(self._keys, audience, token['serviceAccountEmail'])}"
        return headers

    def _given_up(self, task: Task) -> bool:
        """Whether all attempts are used up and, where a duration is set, that has passed as well."""
        attempts, duration = int(self._retry["maxAttempts"]), self._retry.get("maxRetryDuration", "0s")
        return task.dispatches >= attempts > 0 and time.time() - task.created >= seconds(duration)

    def _pause(self, attempts: int) -> float:
        """Seconds until the next attempt: doubled `maxDoublings` times, then growing by as much each time."""
        first, most, doublings = (self._retry[name] for name in ("minBackoff", "maxBackoff", "maxDoublings"))
        doubled = min(attempts - 1, int(doublings))
        return min(float(seconds(first) * 2**doubled * (attempts - doubled)), seconds(most))


def seconds(duration: Any) -> float:
    """The seconds of a duration such as `3.5s`."""
    match = re.fullmatch(r"(\d+(?:\.\d{1,9})?)s", str(duration))
    if not match:
        raise Refusal("INVALID_ARGUMENT", f"Invalid duration: {duration}")
    return float(match[1])


def stamp(moment: float) -> str:
    """A moment (seconds since 1970) as Google writes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _schedule(text: Any) -> float:
    if text is None:
        return time.time()
    try:
        due = datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        raise Refusal("INVALID_ARGUMENT", f"Invalid scheduleTime: {text}") from None
    if due > time.time() + 30 * DAY:
        raise Refusal("INVALID_ARGUMENT", "The scheduleTime must be within the next 30 days.")
    return due


def _decoded(request: Resource) -> bytes:
    if "body" in request and request["httpMethod"] not in ("POST", "PUT", "PATCH"):
        raise Refusal("INVALID_ARGUMENT", "HttpRequest.body is only allowed for POST, PUT and PATCH.")
    try:
        return base64.b64decode(str(request.get("body", "")), validate=True)
    except binascii.Error:
        raise Refusal("INVALID_ARGUMENT", "HttpRequest.body is not base64.") from None


def _known(fields: Any, what: str, known: set[str]) -> None:
    """400 unless `fields` are an object; 501 for fields of it that this stand-in would have to ignore."""
    if not isinstance(fields, dict):
        raise Refusal("INVALID_ARGUMENT", f"{what} must be set.")
    if unknown := sorted(set(fields) - known):
        raise Refusal("UNIMPLEMENTED", f"The local Cloud Tasks does not do {what}.{unknown[0]}")
