"""Every place of every route where a caller may put a text, read from the document, and requests with a text in one of them."""

import copy
import functools
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.test import EnvironBuilder, run_wsgi_app

from common import auth
from infra.openapi import document
from infra.routes import ALL_ROUTES, APIS
from tests.security import world as worlds
from tests.support.client import Answer

Schema = dict[str, Any]

# Every header that our code reads; a test looks into the code for others.
HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Client-Id",
    "Cookie",
    "If-None-Match",
    "Origin",
    "Request-Id",
    "Request-Timestamp",
    "Signature",
    "Traceparent",
    "User-Agent",
    "X-Cloud-Trace-Context",
    "X-Forwarded-For",
    "X-Request-Id",
)

KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Place:
    """Where a text is put: `where` is path, query, header, body, form or key (the name of a field); `steps` lead there."""

    where: str
    steps: tuple[Any, ...]
    schema: str

    @property
    def kind(self) -> Schema:
        """The schema of what belongs there."""
        found: Schema = json.loads(self.schema)
        return found

    @property
    def free(self) -> bool:
        """Whether any text may be there, within its length."""
        return self.kind.get("type") == "string" and not {"enum", "const", "pattern", "format"} & set(self.kind)

    @property
    def longest(self) -> int:
        """Letters that are taken."""
        most: int = self.kind.get("maxLength", 1_000)
        return most

    def __str__(self) -> str:
        return f"{self.where} {'.'.join(map(str, self.steps))}"


@dataclass
class Asked:
    """One request as it is to be sent."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    form: dict[str, str] | None = None


@functools.cache
def whole() -> Schema:
    """The document of all routes, the internal ones too."""
    return document(ALL_ROUTES)


def operation(route: Any) -> Schema:
    """What the document says of a route."""
    found: Schema = whole()["paths"][route.path][route.method.lower()]
    return found


def content(route: Any, kind: str) -> Schema | None:
    """The schema of a body of that content type, where the route takes one."""
    found: Schema | None = operation(route).get("requestBody", {}).get("content", {}).get(kind)
    return found and found["schema"]


def places(route: Any) -> list[Place]:
    """Every single place of a route, in the order in which they are read."""
    found = [_place(each["in"], (each["name"],), each["schema"]) for each in operation(route)["parameters"]]
    body, form = content(route, "application/json"), content(route, "multipart/form-data")
    if body is not None:
        found += list(_within(body, (), frozenset()))
    if form is not None:
        found += [_place("form", (name,), each) for name, each in form["properties"].items()]
    return found


def _place(where: str, steps: tuple[Any, ...], schema: Schema) -> Place:
    plain = next((each for each in schema.get("anyOf", []) if each.get("type") == "string"), schema)
    return Place(where, steps, json.dumps({name: each for name, each in plain.items() if name != "default"}))


def _within(schema: Schema, steps: tuple[Any, ...], seen: frozenset[str]) -> Iterator[Place]:
    """The places inside a body, however deep; a list's are those of its first item."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from _within(whole()["components"]["schemas"][name], steps, seen | {name})
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _within(each, steps, seen)
    elif schema.get("type") == "object":
        for name, each in schema.get("properties", {}).items():
            yield from _within(each, (*steps, name), seen)
        if not schema.get("properties"):
            yield _place("key", steps, {"type": "string", "maxLength": 100})
    elif schema.get("type") == "array":
        yield from _within(schema.get("items", {}), (*steps, 0), seen)
    elif schema.get("type") != "null":
        yield _place("body", steps, schema)


def plain(route: Any, world: Any) -> Asked:
    """A request that the route takes, about things that are there."""
    named = _named(route, world)
    parameters = operation(route)["parameters"]
    given = {each["name"]: named.get(each["name"], each.get("example", 1)) for each in parameters if each["in"] == "path"}
    query = {each["name"]: each["example"] for each in parameters if each["in"] == "query" and each["required"]}
    path = re.sub(r"{(\w+)}", lambda found: quote(str(given[found[1]]), safe=""), route.path)
    asked = Asked(route.method, path, query)
    if content(route, "application/json") is not None:
        asked.body = _body(route, world, named)
    elif content(route, "multipart/form-data") is not None:
        asked.form = {}
    elif route.method != "GET":
        asked.body = {}
    return asked


def _named(route: Any, world: Any) -> dict[str, Any]:
    """What is meant by the names that paths and bodies have for things: an owner's own, else Tono's."""
    owner = route.caller is auth.owner
    his, hers = world.things["tono"], world.things["siti"]
    own = worlds.draft(world, route) if owner else None
    comic, panel = (own.comic, own.panel) if own else (his.comic, hers.panel)
    return {
        "comic": comic, "comic_id": comic, "id": comic, "comic_ids": [his.comic], "panel_id": panel, "panel_ids": [panel],
        "user_id": his.user, "user_ids": [his.user], "id_user": hers.user, "comment_id": his.comment, "report_id": his.case,
        "transcription_id": hers.heard, "notification_id": hers.told, "notification_ids": [hers.told], "invoice_number": hers.invoice,
        "package_id": world.package, "email": world.wati.user["email"], "subject_id": his.comic, "version": 1, "kind": "pdf", "job_id": 2**60,
        "session_id": "00000000-0000-0000-0000-000000000001", "banner": world.banner,
        "withdrawal_id": worlds.withdrawal(world) if "withdrawal_id" in route.path_names else None,
    }  # fmt: skip


# Bodies of routes whose example is not about anything that is there; what begins with a dollar is looked up.
PACKAGE = {"price": 16500, "duration_days": 30, "publish_quota": 1, "bonus_credits": 1}
BODIES: dict[str, Schema] = {
    "auth.login": {"identifier": "$email", "password": worlds.PASSWORD},
    "banners.create_banner": {"title": "Spanduk"},
    "notifications.announce": {"user_ids": "$user_ids", "title": "Halo", "message": "Halo", "title_en": "Hello", "message_en": "Hello"},
    "social.report": {"subject_type": "comic", "subject_id": "$subject_id", "reason": "spam"},
    "speech.speak": {"text": "Halo"},
    "subscriptions.change_package": {"name": "Paket Berubah", **PACKAGE},
    "subscriptions.create_package": {"name": "Paket Baru", **PACKAGE},
    "subscriptions.purchase": {"package_id": "$package_id"},
}


def _body(route: Any, world: Any, named: dict[str, Any]) -> Any:
    given = BODIES.get(route.name)
    if given is not None:
        return {name: named[each[1:]] if str(each).startswith("$") else each for name, each in given.items()}
    body = copy.deepcopy(operation(route)["requestBody"]["content"]["application/json"]["example"])
    body.pop("firebase_id_token", None)
    return {name: named.get(name, each) if name != "email" else each for name, each in body.items()} if isinstance(body, dict) else body


def put(route: Any, world: Any, place: Place, text: str) -> Asked:
    """The plain request with `text` in one place."""
    asked = plain(route, world)
    match place.where:
        case "path":
            known = {**dict(zip(route.path_names, _values(route, asked.path), strict=True)), place.steps[0]: quote(_bytes(text), safe="")}
            asked.path = re.sub(r"{(\w+)}", lambda found: known[found[1]], route.path)
        case "query":
            asked.query[place.steps[0]] = text
        case "header":
            asked.headers[place.steps[0]] = text
        case "form":
            asked.body, asked.form = None, {place.steps[0]: text}
        case "key":
            asked.body = _placed(asked.body, place.steps, {text: "isi"})
        case "body":
            asked.body = _placed(asked.body, place.steps, text)
    return asked


def _values(route: Any, path: str) -> tuple[str, ...]:
    found = re.fullmatch(re.sub(r"{\w+}", "([^/]+)", route.path), path)
    assert found is not None
    return found.groups()


def _placed(body: Any, steps: tuple[Any, ...], value: Any) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        held = body[0] if isinstance(body, list) and body else None
        return [_placed(held, rest, value)]
    held = body if isinstance(body, dict) else {}
    return {**held, step: _placed(held.get(step), rest, value)}


EDGE = "batas-yang-tidak-ada-di-dalam-berkas"


@dataclass
class Answered:
    """What came back, and after how many seconds."""

    answer: Answer
    seconds: float

    @property
    def status(self) -> int:
        """The reply's status."""
        found: int = self.answer.status
        return found


def send(app: Any, asked: Asked, token: str | None) -> Answered:
    """Send it as it is, with bytes in headers and path that no browser would send."""
    data, kind = _written(asked)
    builder = EnvironBuilder(path="/", method=asked.method, data=data, content_type=kind)
    environ = builder.get_environ()
    environ["PATH_INFO"] = _path_info(asked.path)
    environ["QUERY_STRING"] = urlencode(asked.query, doseq=True, errors="surrogatepass")
    for name, text in asked.headers.items():
        environ[_cgi(name)] = text.encode("utf-8", "replace").decode("latin-1")
    if token:
        environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {token}")
    started = time.perf_counter()
    body, status, headers = run_wsgi_app(app, environ, buffered=True)
    return Answered(Answer(_Response(int(status.partition(" ")[0]), headers, b"".join(body))), time.perf_counter() - started)


@dataclass
class _Response:
    status_code: int
    headers: Any
    body: bytes

    def get_data(self) -> bytes:
        """The body's bytes."""
        return self.body


def _cgi(name: str) -> str:
    return "CONTENT_TYPE" if name == "Content-Type" else f"HTTP_{name.upper().replace('-', '_')}"


def _path_info(path: str) -> str:
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(path).decode("latin-1")


def _written(asked: Asked) -> tuple[bytes | None, str | None]:
    if asked.form is not None:
        parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + _bytes(text) for name, text in asked.form.items()]
        body = b"".join(b"--" + EDGE.encode() + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + EDGE.encode() + b"--\r\n"
        return body, f"multipart/form-data; boundary={EDGE}"
    return (None, None) if asked.body is None else (json.dumps(asked.body).encode(), "application/json")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def app(route: Any, world: Any) -> Any:
    """The gateway, or the function itself where the gateway does not know it."""
    return next(api for api in APIS if api.function == route.function) if route.caller is auth.internal else world.api.app


def token(route: Any, world: Any) -> str | None:
    """The token of somebody whom the route lets in."""
    people = {auth.user: world.siti, auth.maybe_user: world.siti, auth.owner: world.siti, auth.admin: world.admin,
              auth.moderator: world.moderator, auth.finance: world.finance}  # fmt: skip
    if route.caller is auth.internal:
        found: str = world.api.services.worker_token()
        return found
    return people[route.caller].token if route.caller in people else None
