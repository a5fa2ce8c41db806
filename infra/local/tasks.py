"""Cloud Tasks on 127.0.0.1: queues in memory that call HTTP targets, again and again until they answer 2xx."""

import json
import re
import threading
from collections.abc import Callable, Iterable

from infra.local.httpd import Request, Response, Server, json_response
from infra.local.keys import Keys
from infra.local.tasks_queue import Queue, Refusal, Resource, new_task

Route = Callable[..., Resource]


class Tasks(Server):
    """The REST API of Cloud Tasks over its queues; deliveries run in threads of their own."""

    def __init__(self, keys: Keys, queues: Iterable[str], port: int) -> None:
        """Bound to `port` and delivering from `queues` (full names) at once."""
        self._keys = keys
        self._queues: dict[str, Queue] = {}
        self._lock = threading.Lock()
        super().__init__(self._respond, port)
        for name in queues:
            self.make_queue(name, {})

    def make_queue(self, name: str, fields: Resource) -> Resource:
        """Makes the queue of this full name (`projects/P/locations/L/queues/Q`) and starts delivering from it."""
        if not re.fullmatch(r"projects/[^/]+/locations/[^/]+/queues/[A-Za-z0-9-]{1,100}", name):
            raise Refusal("INVALID_ARGUMENT", f"Queue name is not valid: {name}")
        with self._lock:
            if name in self._queues:
                raise Refusal("ALREADY_EXISTS", "Queue already exists")
            self._queues[name] = Queue(name, fields, self._keys)
        return self._queues[name].resource()

    def server_close(self) -> None:
        """Ends the deliveries and gives the port back."""
        for queue in self._queues.values():
            queue.close()
        super().server_close()

    def _respond(self, request: Request) -> Response:
        try:
            return json_response(self._route(request))
        except Refusal as refusal:
            return json_response({"error": {"code": refusal.code, "message": str(refusal), "status": refusal.status}}, refusal.code)

    def _route(self, request: Request) -> Resource:
        for method, pattern, act in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                return act(self, request, *match.groups())
        raise Refusal("UNIMPLEMENTED", f"The local Cloud Tasks does not do {request.method} {request.path}")

    def _create_queue(self, request: Request, parent: str) -> Resource:
        fields = _body(request, {"name", "rateLimits", "retryConfig"})
        name = str(fields.get("name", ""))
        if not name.startswith(f"{parent}/queues/"):
            raise Refusal("INVALID_ARGUMENT", f"Queue.name must begin with {parent}/queues/")
        return self.make_queue(name, fields)

    def _get_queue(self, request: Request, name: str) -> Resource:
        return self._queue(name).resource()

    def _create_task(self, request: Request, name: str) -> Resource:
        queue = self._queue(name)
        task = new_task(name, _body(request, {"task", "responseView"}).get("task"))
        return queue.add(task)

    def _list_tasks(self, request: Request, name: str) -> Resource:
        tasks = self._queue(name).tasks()
        size, start = request.query.get("pageSize", "1000"), request.query.get("pageToken") or "0"
        if not size.isdecimal() or not start.isdecimal():
            raise Refusal("INVALID_ARGUMENT", "pageSize or pageToken is not valid")
        end = int(start) + min(int(size) or 1000, 1000)
        page: Resource = {"tasks": tasks[int(start) : end]} if tasks else {}
        return page | ({"nextPageToken": str(end)} if end < len(tasks) else {})

    def _get_task(self, request: Request, queue: str, task: str) -> Resource:
        return self._queue(queue).task(f"{queue}/tasks/{task}")

    def _delete_task(self, request: Request, queue: str, task: str) -> Resource:
        self._queue(queue).remove(f"{queue}/tasks/{task}")
        return {}

    def _queue(self, name: str) -> Queue:
        if name not in self._queues:
            raise Refusal("NOT_FOUND", "Queue does not exist. If you just created the queue, wait at least a minute for it to initialize.")
        return self._queues[name]


def serve(keys: Keys, queues: Iterable[str], *, port: int = 0) -> Tasks:
    """A Cloud Tasks with `queues` (full names); it runs once the caller starts it. Port 0 takes a free port.

    The ID tokens of its calls are signed with `keys`. Each queue has two deliveries on the way at
    once and retries after a second, then two, four … up to a minute, unless its `rateLimits` or
    `retryConfig` say otherwise.
    """
    return Tasks(keys, queues, port)


PLACE = "/v2/(projects/[^/]+/locations/[^/]+)"
QUEUE = "/v2/(projects/[^/]+/locations/[^/]+/queues/[^/:]+)"
ROUTES: list[tuple[str, str, Route]] = [
    ("POST", f"{QUEUE}/tasks", Tasks._create_task),
    ("GET", f"{QUEUE}/tasks", Tasks._list_tasks),
    ("GET", f"{QUEUE}/tasks/([^/:]+)", Tasks._get_task),
    ("DELETE", f"{QUEUE}/tasks/([^/:]+)", Tasks._delete_task),
    ("POST", f"{PLACE}/queues", Tasks._create_queue),
    ("GET", QUEUE, Tasks._get_queue),
]


def _body(request: Request, known: set[str]) -> Resource:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        raise Refusal("INVALID_ARGUMENT", "Invalid JSON payload received.") from None
    if not isinstance(body, dict) or set(body) - known:
        raise Refusal("INVALID_ARGUMENT", f"Invalid JSON payload received. Known here are {', '.join(sorted(known))}.")
    return body
