"""A caller of the gateway who checks every reply against the document that the API publishes."""

import functools
import gzip
import importlib
import json
from typing import Any
from urllib.parse import urlencode

import jsonschema
from werkzeug.test import Client as WerkzeugClient
from werkzeug.test import EnvironBuilder

from common.api import Api
from infra.local.stack import Stack


class Answer:
    """One reply; `data` is the envelope's."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.get_data()
        kind = response.headers.get("Content-Type", "")
        text = gzip.decompress(self.body) if response.headers.get("Content-Encoding") == "gzip" and self.body else self.body
        self.json = json.loads(text) if "json" in kind and text else None

    @property
    def data(self) -> Any:
        assert self.json is not None and self.json.get("ok") is True, self.json
        return self.json.get("data")

    @property
    def error(self) -> str:
        return self.json["error"]

    def __repr__(self) -> str:
        return f"<{self.status} {self.body[:500]!r}>"


class Client:
    """Calls through the gateway, as `token` when there is one; `expect` states the status of a call.

    `since` is the newest job when its test began: what other tests left over is none of its work, but for
    the one job that pushes everybody's notices.
    """

    def __init__(self, app: Any, services: Stack, token: str | None = None, user: Any = None, since: int = 0) -> None:
        self.app, self.services, self.token, self.user, self.since = app, services, token, user, since

    def signed(self, token: str, user: Any = None) -> "Client":
        """The same gateway with a token."""
        return Client(self.app, self.services, token, user, self.since)

    def call(
        self, method: str, path: str, body: Any = None, *, expect: int | None = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        """One request; `body` is sent as JSON unless it is bytes."""
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data, kind = (
            (body, None)
            if isinstance(body, bytes)
            else (json.dumps(body).encode(), "application/json")
            if body is not None
            else (None, None)
        )
        url = f"{path}?{urlencode(query, doseq=True)}" if query else path
        builder = EnvironBuilder(path=url, method=method, data=data, content_type=sent.pop("Content-Type", kind), headers=sent)
        answer = Answer(WerkzeugClient(self.app, use_cookies=False).open(builder))
        _held_to_the_document(method, builder.path, answer)
        if expect is not None:
            assert answer.status == expect, f"{method} {path} answered {answer}"
        return answer

    def get(self, path: str, *, expect: int | None = 200, **more: Any) -> Answer:
        return self.call("GET", path, expect=expect, **more)

    def post(self, path: str, body: Any = None, *, expect: int | None = None, **more: Any) -> Answer:
        return self.call("POST", path, body, expect=expect, **more)

    def put(self, path: str, body: Any = None, *, expect: int | None = 200, **more: Any) -> Answer:
        return self.call("PUT", path, body, expect=expect, **more)

    def delete(self, path: str, body: Any = None, *, expect: int | None = 200, **more: Any) -> Answer:
        return self.call("DELETE", path, body, expect=expect, **more)

    def worker(self, path: str, function: str = "worker") -> Answer:
        """A call of Cloud Tasks or Scheduler to the worker (or another internal function), past the gateway."""
        api = importlib.import_module(f"functions.{function}.main").api
        return Client(api, self.services, self.services.worker_token()).post(path, expect=200)

    def work(self, *kinds: str, rounds: int = 10) -> int:
        """Have every due job (of these kinds) done by the function it belongs to until there is none; how many calls that took."""
        from common import db, jobs
        from common.clients import tasks

        calls = 0
        for _ in range(rounds):
            with db.reading() as reading:
                due = reading.all(
                    "select id, kind from jobs where (id > :since or kind = 'push') and status = 'queued' and run_at <= now() and (cardinality(cast(:k as text[])) = 0 or kind = any(cast(:k as text[])))",
                    k=list(kinds),
                    since=self.since,
                )
            if not due:
                return calls
            for job in due:
                self.worker(f"/internal/jobs/{job.id}", tasks.QUEUES[jobs.queue(job.kind)].function)
                calls += 1
        raise AssertionError("the jobs never end")


@functools.cache
def _document() -> Any:
    from infra.openapi import document
    from infra.routes import ALL_ROUTES

    return document(ALL_ROUTES)


@functools.cache
def _canonical() -> Any:
    """A router from every spelling of a path to its canonical one."""
    import re

    from werkzeug.routing import Map, Rule

    from infra.routes import ALL_ROUTES

    rules = [
        Rule(re.sub(r"{(\w+)}", r"<\1>", spelling), methods=[route.method], endpoint=route.path, strict_slashes=False)
        for route in ALL_ROUTES
        for spelling in route.aliases
    ]
    return Map(rules, merge_slashes=False).bind("")


def _held_to_the_document(method: str, path: str, answer: Answer) -> None:
    from werkzeug.exceptions import HTTPException

    if answer.status in (404, 405, 413) and answer.json is not None and set(answer.json) == {"code", "message"}:
        return  # The gateway itself refused it, before any function saw it.
    try:
        canonical, _ = _canonical().match(path, method)
    except HTTPException:
        assert answer.status in (204, 404, 405), f"{method} {path} is not a route and answered {answer}"
        return
    responses = _document()["paths"][canonical][method.lower()]["responses"]
    status = str(answer.status)
    assert status in responses, f"{method} {canonical} answered {answer}, which its declaration does not name"
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    content = {name.partition(";")[0]: schema for name, schema in responses[status].get("content", {}).items()}
    if answer.status == 304 or not content:
        return
    assert kind in content, f"{method} {canonical} answered {kind}, documented are {list(content)}"
    schema = content[kind].get("schema")
    if schema:
        _validator(canonical, method, status, kind).validate(answer.json)


@functools.cache
def _validator(canonical: str, method: str, status: str, kind: str) -> Any:
    content = _document()["paths"][canonical][method.lower()]["responses"][status]["content"]
    schema = next(each["schema"] for name, each in content.items() if name.partition(";")[0] == kind)
    return jsonschema.Draft202012Validator({**schema, "components": _document()["components"]})


def raw(api: Api) -> WerkzeugClient:
    """A client of one function without a gateway."""
    return WerkzeugClient(api)
