"""Cloud Tasks: the bell, its stand-in and the tokens, over real sockets."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
import time_machine
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.oauth2 import id_token

from common.clients import tasks
from common.clients.errors import Unavailable
from infra.local import httpd, keys
from infra.local import tasks as stand_in
from infra.local.tasks_queue import Queue

ACCOUNT = "tasks@stories.iam.gserviceaccount.com"
PARENT = "projects/stories/locations/asia-southeast2"


class Worker(httpd.Server):
    """A worker that keeps what it was called with and answers with the next of `statuses`, then with 200."""

    def __init__(self) -> None:
        self.calls: list[httpd.Request] = []
        self.times: list[float] = []
        self.statuses: list[int] = []
        self.busy, self.busiest, self.pause = 0, 0, 0.0
        self.lock = threading.Lock()
        super().__init__(self.answer)

    def answer(self, request: httpd.Request) -> httpd.Response:
        with self.lock:
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        time.sleep(self.pause)
        with self.lock:
            self.busy -= 1
            self.calls.append(request)
            self.times.append(time.monotonic())
            return httpd.Response(self.statuses.pop(0) if self.statuses else 200, b"", {"Location": f"{self.url}/elsewhere"})


@pytest.fixture(scope="module")
def stack_keys(tmp_path_factory: pytest.TempPathFactory) -> keys.Keys:
    return keys.load(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def certs(stack_keys: keys.Keys) -> Iterator[str]:
    server = keys.serve(stack_keys)
    httpd.start(server)
    yield server.url
    server.stop()


@pytest.fixture
def worker() -> Iterator[Worker]:
    server = Worker()
    httpd.start(server)
    yield server
    server.stop()


@pytest.fixture
def cloud(stack_keys: keys.Keys, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Cloud Tasks with the queues `errands` and, with short pauses, `quick`; its base URL."""
    monkeypatch.setenv("PROJECT_ID", "stories")
    monkeypatch.setenv("REGION", "asia-southeast2")
    server = stand_in.serve(stack_keys, [tasks.queue_path("errands")])
    for queue in ("quick", "missing"):
        monkeypatch.setitem(tasks.QUEUES, queue, tasks.QUEUES["errands"])
    httpd.start(server)
    monkeypatch.setenv("TASKS_URL", server.url)
    monkeypatch.setenv("WORKER_URL", worker.url)
    monkeypatch.setenv("TASKS_SERVICE_ACCOUNT", ACCOUNT)
    quick: dict[str, Any] = {
        "name": f"{PARENT}/queues/quick",
        "retryConfig": {"minBackoff": "0.05s", "maxBackoff": "0.2s", "maxAttempts": 4},
    }
    assert requests.post(f"{server.url}/v2/{PARENT}/queues", json=quick, timeout=5).status_code == 200
    yield server.url
    server.stop()


def until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def ask(cloud: str, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> requests.Response:
    return requests.request(method, f"{cloud}/v2/{PARENT}/queues{path}", json=body, timeout=5)


def test_a_ring_calls_the_worker_with_a_token_that_google_would_vouch_for(cloud: str, worker: Worker, certs: str) -> None:
    tasks.ring(4711)
    until(lambda: worker.calls)
    [call] = worker.calls
    assert (call.method, call.path, call.body) == ("POST", "/internal/jobs/4711", b"")
    token = call.header("Authorization").removeprefix("Bearer ")
    for document in ("/oauth2/v1/certs", "/oauth2/v3/certs"):
        claims = id_token.verify_token(token, Request(), audience=worker.url, certs_url=certs + document)
        assert (claims["email"], claims["email_verified"], claims["iss"]) == (ACCOUNT, True, "https://accounts.google.com")
    with pytest.raises(ValueError):
        id_token.verify_token(token, Request(), audience="https://other.example", certs_url=certs + "/oauth2/v1/certs")


def test_the_worker_sees_which_task_of_which_queue_calls(cloud: str, worker: Worker) -> None:
    tasks.ring(5)
    until(lambda: worker.calls)
    call = worker.calls[0]
    assert call.header("X-CloudTasks-QueueName") == "errands"
    assert "-job-5-0-" in call.header("X-CloudTasks-TaskName")
    assert (call.header("X-CloudTasks-TaskRetryCount"), call.header("X-CloudTasks-TaskExecutionCount")) == ("0", "0")
    assert abs(float(call.header("X-CloudTasks-TaskETA")) - time.time()) < 5
    assert call.header("User-Agent") == "Google-Cloud-Tasks"


def test_a_doubled_ring_is_one_call_and_the_next_attempt_is_another(cloud: str, worker: Worker) -> None:
    with time_machine.travel("2026-05-01T10:00:10Z"):
        tasks.ring(6)
        tasks.ring(6)
        until(lambda: len(worker.calls) == 1)
        tasks.ring(6)  # Also once the first has been delivered.
        tasks.ring(6, attempt=1)
        until(lambda: len(worker.calls) == 2)
    time.sleep(0.1)
    assert len(worker.calls) == 2


def test_a_later_sweep_can_ring_again(cloud: str, worker: Worker) -> None:
    with time_machine.travel("2026-05-01T10:00:10Z") as clock:
        tasks.ring(7)
        clock.shift(60)
        tasks.ring(7)
        until(lambda: len(worker.calls) == 2)


def test_a_delayed_ring_comes_later(cloud: str, worker: Worker) -> None:
    began = time.monotonic()
    tasks.ring(8, delay_seconds=2)
    tasks.ring(9)
    until(lambda: len(worker.calls) == 2)
    assert [call.path for call in worker.calls] == ["/internal/jobs/9", "/internal/jobs/8"]
    assert 1.9 < worker.times[1] - began < 8


def test_a_failed_call_is_made_again_until_it_succeeds(cloud: str, worker: Worker) -> None:
    worker.statuses = [500, 429]
    tasks.ring(10, queue="quick")
    until(lambda: len(worker.calls) == 3)
    assert [call.header("X-CloudTasks-TaskRetryCount") for call in worker.calls] == ["0", "1", "2"]
    assert [call.header("X-CloudTasks-TaskExecutionCount") for call in worker.calls] == ["0", "0", "1"]
    assert [call.header("X-CloudTasks-TaskPreviousResponse") for call in worker.calls] == ["", "500", "429"]
    assert worker.times[1] - worker.times[0] > 0.04 and worker.times[2] - worker.times[1] > 0.09
    until(lambda: ask(cloud, "/quick/tasks", method="GET").json() == {})


def test_a_redirect_is_a_failure_and_a_task_is_given_up_after_its_attempts(cloud: str, worker: Worker) -> None:
    worker.statuses = [302, 404, 500, 500, 500]
    tasks.ring(11, queue="quick")
    until(lambda: ask(cloud, "/quick/tasks", method="GET").json() == {})
    assert [call.path for call in worker.calls] == ["/internal/jobs/11"] * 4


def test_pauses_double_and_then_grow_by_as_much_each_time(stack_keys: keys.Keys) -> None:
    # The example of Google's own reference for maxDoublings.
    retry = {"minBackoff": "10s", "maxBackoff": "300s", "maxDoublings": 3}
    queue = Queue("q", {"retryConfig": retry}, stack_keys)
    assert [queue._pause(attempts) for attempts in range(1, 9)] == [10, 20, 40, 80, 160, 240, 300, 300]
    queue.close()


def test_two_calls_of_a_queue_are_on_the_way_at_once(cloud: str, worker: Worker) -> None:
    worker.pause = 0.5
    for job_id in range(6):
        tasks.ring(job_id)
    until(lambda: len(worker.calls) == 6)
    assert worker.busiest == 2


def test_waiting_tasks_can_be_read_listed_and_removed(cloud: str, worker: Worker) -> None:
    for job_id in (1, 2, 3):
        tasks.ring(job_id, delay_seconds=3600)
    pages = [requests.get(f"{cloud}/v2/{PARENT}/queues/errands/tasks", params={"pageSize": "2"}, timeout=5).json()]
    pages.append(ask(cloud, f"/errands/tasks?pageSize=2&pageToken={pages[0]['nextPageToken']}", method="GET").json())
    assert [len(page["tasks"]) for page in pages] == [2, 1]
    name = pages[0]["tasks"][0]["name"]
    place = f"{cloud}/v2/{name}"
    shown = requests.get(place, timeout=5).json()
    assert shown["httpRequest"]["oidcToken"] == {"serviceAccountEmail": ACCOUNT, "audience": worker.url}
    assert shown["dispatchDeadline"] == "1800s" and shown["scheduleTime"] > shown["createTime"]
    assert requests.delete(place, timeout=5).json() == {}
    assert requests.get(place, timeout=5).json()["error"]["status"] == "NOT_FOUND"
    again = ask(cloud, "/errands/tasks", {"task": {"name": name, "httpRequest": {"url": worker.url}}})
    assert (again.status_code, again.json()["error"]["status"]) == (409, "ALREADY_EXISTS")


def test_a_task_may_carry_a_body_and_headers_of_its_own(cloud: str, worker: Worker) -> None:
    body = base64.b64encode(b'{"a": 1}').decode()
    headers = {"Content-Type": "application/json", "X-CloudTasks-TaskName": "forged"}
    request = {"url": f"{worker.url}/x", "httpMethod": "PUT", "headers": headers, "body": body}
    made = ask(cloud, "/errands/tasks", {"task": {"httpRequest": request}}).json()
    until(lambda: worker.calls)
    call = worker.calls[0]
    assert (call.method, call.header("Content-Type"), json.loads(call.body)) == ("PUT", "application/json", {"a": 1})
    assert made["name"].endswith(f"/tasks/{call.header('X-CloudTasks-TaskName')}")
    assert call.header("Authorization") == ""


@pytest.mark.parametrize(
    "task",
    [
        {},
        {"httpRequest": {"url": "ftp://x"}},
        {"httpRequest": {"url": "http://x", "httpMethod": "FETCH"}},
        {"httpRequest": {"url": "http://x", "httpMethod": "GET", "body": "eA=="}},
        {"httpRequest": {"url": "http://x", "body": "not base64"}},
        {"httpRequest": {"url": "http://x", "oidcToken": {"audience": "a"}}},
        {"httpRequest": {"url": "http://x"}, "name": "elsewhere/tasks/a"},
        {"httpRequest": {"url": "http://x"}, "dispatchDeadline": "5s"},
        {"httpRequest": {"url": "http://x"}, "dispatchDeadline": "soon"},
        {"httpRequest": {"url": "http://x"}, "scheduleTime": "tomorrow"},
        {"httpRequest": {"url": "http://x"}, "scheduleTime": "2999-01-01T00:00:00Z"},
    ],
)
def test_a_task_that_google_would_not_take_is_not_taken(cloud: str, task: dict[str, Any]) -> None:
    answer = ask(cloud, "/errands/tasks", {"task": task})
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_queues_are_made_once_and_what_is_not_done_says_so(cloud: str) -> None:
    assert ask(cloud, "/quick", method="GET").json()["retryConfig"]["maxAttempts"] == 4
    assert ask(cloud, "", {"name": f"{PARENT}/queues/quick"}).status_code == 409
    assert ask(cloud, "/missing", method="GET").status_code == 404
    assert ask(cloud, "/quick:pause").json()["error"]["status"] == "UNIMPLEMENTED"
    engine: dict[str, Any] = {"task": {"appEngineHttpRequest": {}}}
    assert ask(cloud, "/quick/tasks", engine).status_code == 501


def test_a_ring_for_a_queue_that_is_not_there_is_unavailable_at_once(cloud: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable):
        tasks.ring(1, queue="missing")
    assert time.monotonic() - began < 5


def test_a_ring_outlasts_a_passing_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = [503, 429, 200]
    shaky = httpd.Server(lambda request: httpd.Response(statuses.pop(0)))
    httpd.start(shaky)
    monkeypatch.setenv("TASKS_URL", shaky.url)
    tasks.ring(1)
    assert statuses == []
    shaky.stop()


def test_a_ring_to_a_silent_service_ends_within_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "DEADLINE", 1.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("TASKS_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(Unavailable):
            tasks.ring(1)
        assert time.monotonic() - began < 6


def test_the_queue_is_ready_when_it_is_there_and_answers_in_time(cloud: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.ping()
    with pytest.raises(Unavailable):
        tasks.ping("missing")
    monkeypatch.setattr(tasks, "PING", 0.4)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("TASKS_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(Unavailable):
            tasks.ping()


# The stack's keys


def test_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    first, second = keys.load(tmp_path), keys.load(tmp_path)
    assert first.token_key_id == second.token_key_id and first.account == second.account
    assert {file.name for file in tmp_path.iterdir()} == {"service-account.json", "token-key.pem"}
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_a_sign_in_token_passes_googles_own_check(stack_keys: keys.Keys, certs: str) -> None:
    real = Request()

    def local(url: str, **options: Any) -> Any:
        return real(url.replace("https://www.googleapis.com", certs), **options)

    token = keys.id_token(stack_keys, "app.example", "ibu@example.com", name="Ibu", nonce="n-1")
    check: Any = id_token.verify_oauth2_token
    claims = check(token, local, "app.example")
    assert (claims["email"], claims["name"], claims["nonce"], claims["email_verified"]) == ("ibu@example.com", "Ibu", "n-1", True)
    assert claims["sub"] == check(keys.id_token(stack_keys, "app.example", "Ibu@example.com"), local, "app.example")["sub"]
    for bad in (
        keys.id_token(stack_keys, "app.example", "a@b.c", seconds=-60),
        keys.id_token(stack_keys, "app.example", "a@b.c", iss="https://evil.example"),
        token[:-8] + "AAAAAAAA",
    ):
        with pytest.raises((ValueError, GoogleAuthError)):
            check(bad, local, "app.example")


def test_a_token_of_other_keys_is_worth_nothing(certs: str, tmp_path: Path) -> None:
    token = keys.id_token(keys.load(tmp_path), "app.example", "ibu@example.com")
    with pytest.raises(ValueError):
        id_token.verify_token(token, Request(), "app.example", certs_url=certs + "/oauth2/v1/certs")
    with pytest.raises(jwt.PyJWTError):
        id_token.verify_token(token, Request(), "app.example", certs_url=certs + "/oauth2/v3/certs")


def test_nothing_but_the_public_keys_is_served(certs: str) -> None:
    assert requests.get(f"{certs}/", timeout=5).status_code == 404
    assert "PRIVATE" not in requests.get(f"{certs}/oauth2/v1/certs", timeout=5).text
    [key] = requests.get(f"{certs}/oauth2/v3/certs", timeout=5).json()["keys"]
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}
