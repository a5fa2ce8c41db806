"""One drawn request, sent as each caller, and what has to hold of every answer."""

import copy
import functools
import gzip
import io
import json
import re
import time
from typing import Any

import jsonschema_rs
from hypothesis import strategies as st
from schemathesis.transport.wsgi import WSGI_TRANSPORT
from werkzeug.test import EnvironBuilder

from infra.openapi import document
from infra.routes import ROUTES
from tests.fuzz import counting
from tests.fuzz.principals import Principal

# A copy: what is drawn as an example is the example itself, and `with_own` writes into it.
DOCUMENT = copy.deepcopy(document())


# Headers that no document names and every server gets; a server lets no end of a line through in one.
LETTERS = st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")
NAMES = """Accept Accept-Encoding Accept-Language Cookie If-Modified-Since If-None-Match Idempotency-Key Origin Range Referer Traceparent
User-Agent X-Cloud-Trace-Context X-Forwarded-For X-Http-Method-Override X-Request-Id""".split()
TEXTS = """* W/"0" id;q=0.1,en;q=nan id-ID en;q=1e999 gzip;q=0 identity text/csv 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
0af7651916cd43dd8448eb211c80319c/1;o=1 http://localhost:3000 https://evil.example null bytes=0-1 127.0.0.1,10.0.0.1 DELETE {} %00""".split()
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(TEXTS) | st.text(LETTERS, max_size=80)), max_size=3)


class Wrong(AssertionError):
    """An answer that the document does not allow; the sentence holds all that is needed to ask again."""


class Request:
    """A case of schemathesis as the environment of a WSGI call; writing it costs as much as answering it, so it is written once."""

    def __init__(self, case: Any, headers: list[tuple[str, str]]) -> None:
        written = WSGI_TRANSPORT.serialize_case(case)
        builder = EnvironBuilder(**written)
        self.environ = builder.get_environ()
        self.body = self.environ["wsgi.input"].read()
        builder.close()
        # What the case says of Authorization would only ever be a bad token; tests/fuzz/test_tokens.py writes those.
        for name in ("HTTP_AUTHORIZATION", "HTTP_X_FORWARDED_AUTHORIZATION"):
            self.environ.pop(name, None)
        self.environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers})

    def sent(self, app: Any, token: str | None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to it from somebody with `token`."""
        environ = {**self.environ, "wsgi.input": io.BytesIO(self.body)}
        if token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        started: list[Any] = []
        body = b"".join(app(environ, lambda status, headers: started.append((status, headers))))
        ((status, headers),) = started
        return int(status.partition(" ")[0]), dict(headers), body

    def __str__(self) -> str:
        headers = {name: value for name, value in self.environ.items() if name.startswith(("HTTP_", "CONTENT_"))}
        return (
            f"{self.environ['REQUEST_METHOD']} {self.environ['PATH_INFO']!r}?{self.environ['QUERY_STRING']} {headers} {self.body[:2000]!r}"
        )


def ask(app: Any, request: Request, route: Any, who: Principal) -> int:
    """Send it as `who`, hold the answer to the document, and count it; the status."""
    began = time.perf_counter()
    status, headers, body = request.sent(app, who.token)
    if who.token and status in (401, 403) and who.gone():
        who.renew()
        status, headers, body = request.sent(app, who.token)
    counting.sent(f"{route.method} {route.path}", who.name, status, time.perf_counter() - began)
    reason = wrong(route, status, headers, body)
    if reason:
        raise Wrong(f"{reason}: as {who.name}, {request} was answered {status} {headers} {body[:2000]!r}")
    return status


def wrong(route: Any, status: int, headers: dict[str, str], body: bytes) -> str | None:
    """What the document does not allow in an answer, or None."""
    if status >= 500:
        return "an error of ours"
    text = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" and body else body
    kind = headers.get("Content-Type", "").partition(";")[0]
    if status in (404, 405) and kind == "application/json" and text.startswith(b'{"code"'):
        return None  # The gateway itself refused the path, before any function saw it.
    responses = DOCUMENT["paths"][route.path][route.method.lower()]["responses"]
    if str(status) not in responses:
        return "a status that is not documented"
    content = {name.partition(";")[0] for name in responses[str(status)].get("content", {})}
    if status == 304 or not content:
        return None
    if kind not in content:
        return f"a content type that is not documented ({', '.join(content)} are)"
    validator = _validator(route.path, route.method, str(status), kind)
    return validator and next((f"off its schema ({error.message[:300]})" for error in validator.iter_errors(json.loads(text))), None)


@functools.cache
def _validator(path: str, method: str, status: str, kind: str) -> Any:
    content = DOCUMENT["paths"][path][method.lower()]["responses"][status]["content"]
    schema = next((each.get("schema") for name, each in content.items() if name.partition(";")[0] == kind), None)
    return jsonschema_rs.Draft202012Validator({**schema, "components": {"schemas": _needed(schema)}}) if schema else None


def _needed(schema: Any) -> dict[str, Any]:
    """The components that `schema` leads to; with all of them each of a thousand validators would hold the whole document."""
    found: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        for name in set(re.findall(r"#/components/schemas/([\w.-]+)", json.dumps(waiting.pop()))) - found.keys():
            found[name] = DOCUMENT["components"]["schemas"][name]
            waiting.append(found[name])
    return found


def named(route: Any) -> set[str]:
    """The names of all that a route takes."""
    models = [route.arguments[each] for each in ("query", "body") if each in route.arguments]
    return {*route.path_names, *(name for model in models for name in getattr(model, "model_fields", {}))}


def with_own(case: Any, names: set[str], values: dict[str, Any]) -> None:
    """Put what is somebody's into the places that have a name for it, so that the request comes past the first look."""
    for name in names & values.keys():
        if isinstance(case.path_parameters, dict) and name in case.path_parameters:
            case.path_parameters[name] = values[name]
        for place in (case.query, case.body):
            if isinstance(place, dict) and (place is case.body or name in place):
                place[name] = values[name]


FUNCTIONS = tuple(dict.fromkeys(route.function for route in ROUTES))
