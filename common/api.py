"""Routes, declared once: the decorator on a handler is the only place where a URL is written.

    @api.post("/v1/comics/{comic}/publish", caller=auth.owner, gives=ComicDetail, message=..., raises=[...])
    def publish(user: User, db: Db, comic: Id, body: Publish) -> Any:
        '''Publish a finished comic.'''
        return publishing.publish(db, user, comic, body.title, body.synopsis)

A handler gets what it names: `user`, `db`, `body`, `file`, `query`, `request`, `language`,
`idempotency_key`, and the path's values. It returns what `gives` describes (rows, dicts or models;
an `Answer`, `Json` or `Reply` where that is not all) and the transaction commits. It raises a
`Problem` and the transaction rolls back; returning a problem commits first, for tries that must stay
counted. Serving, the gateway document, OpenAPI, the README's table and the tests about every
route are all read from these declarations.
"""

import gc
import inspect
import re
import time
import typing
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pydantic
from werkzeug.exceptions import MethodNotAllowed as WrongMethod
from werkzeug.exceptions import NotFound as NoSuchPath
from werkzeug.routing import Map, Rule

from common import auth, cors, db, intake, log, once, replies, settings, tokens
from common.i18n import Language, Text, preferred
from common.intake import Request
from common.needs import USUAL, Needs
from common.once import KeyReused, StillRunning
from common.problems import Conflict, MethodNotAllowed, NotFound, Problem, ServiceUnavailable
from common.replies import Answer, Json, Reply

Caller = Callable[[Request, db.Db, dict[str, Any]], auth.User | None]
Handler = Callable[..., Any]
Environ = dict[str, Any]

# How many fresh answers one instance keeps; a list page is about ten kilobytes.
KEPT_ANSWERS = 256


@dataclass(frozen=True)
class Route:
    """One operation: all that serving it, the gateway, the docs and the tests need to know."""

    function: str
    method: str
    path: str
    aliases: tuple[str, ...]
    caller: Caller
    handler: Handler
    gives: Any
    status: int
    message: Text | None
    raises: tuple[type[Problem], ...]
    max_age: int
    fresh: float
    once: bool
    also: tuple[str, ...]

    @property
    def name(self) -> str:
        """What operations and logs call it."""
        return f"{self.function}.{self.handler.__name__}"

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """What the handler names, with the annotation of each."""
        hints = typing.get_type_hints(self.handler, include_extras=True)
        return {name: hints[name] for name in inspect.signature(self.handler).parameters}

    @cached_property
    def path_names(self) -> list[str]:
        """The path's parameters in order."""
        return re.findall(r"{(\w+)}", self.path)

    @cached_property
    def path_types(self) -> "dict[str, pydantic.TypeAdapter[Any]]":
        """A reader for each path value; an `owner` route checks its comic even where the handler does not name it."""
        return {name: pydantic.TypeAdapter(self.arguments.get(name, intake.Id)) for name in self.path_names}

    @cached_property
    def body_type(self) -> "pydantic.TypeAdapter[Any]":
        """Reads and checks the body."""
        return pydantic.TypeAdapter(self.arguments["body"])

    @cached_property
    def file_type(self) -> intake.File:
        """Which field of a multipart form the `file` is."""
        found: intake.File = typing.get_args(self.arguments["file"])[1]
        return found

    @cached_property
    def query_type(self) -> "pydantic.TypeAdapter[Any]":
        """Reads and checks the query."""
        return pydantic.TypeAdapter(self.arguments["query"])

    @cached_property
    def query_lists(self) -> frozenset[str]:
        """Query parameters that may be repeated."""
        fields = self.arguments["query"].model_fields
        return frozenset(name for name, field in fields.items() if typing.get_origin(field.annotation) is list)

    @cached_property
    def data_type(self) -> "pydantic.TypeAdapter[Any]":
        """Checks and writes the data of the answer."""
        return pydantic.TypeAdapter(self.gives)

    @property
    def enveloped(self) -> bool:
        """Whether the answer is our JSON envelope; a page or a redirect is a `Reply` of its own content type."""
        return not isinstance(self.gives, str)

    @property
    def public(self) -> bool:
        """Whether it is open to all, so that its answer is the same for all."""
        return self.caller is auth.public

    @property
    def where(self) -> tuple[str, int]:
        """File and line of the handler."""
        return self.handler.__code__.co_filename, self.handler.__code__.co_firstlineno


class Api:
    """The routes of one function and the WSGI app that serves them.

    `bare` are the prefixes under which paths without a version (`/login`) are reachable too; paths
    under `/v1` are reachable under `/api/v1`, as today's app spells them. `needs` is what its
    instances get from the platform.
    """

    def __init__(self, function: str, *, bare: Sequence[str] = (), needs: Needs = USUAL) -> None:
        self.function = function
        self.bare = tuple(bare)
        self.needs = needs
        self.routes: list[Route] = []
        self._fresh: OrderedDict[tuple[str, str, str], tuple[float, Reply, str]] = OrderedDict()

    def route(
        self,
        method: str,
        path: str,
        *,
        caller: Caller,
        gives: Any = None,
        status: int = 200,
        message: Text | None = None,
        raises: Iterable[type[Problem]] = (),
        aliases: Sequence[str] = (),
        max_age: int = 0,
        fresh: float = 0,
        once: bool = False,
        also: Sequence[str] = (),
    ) -> Callable[[Handler], Handler]:
        """Declare an operation.

        `caller` is one of common/auth.py. `gives` is the type of the envelope's `data` (None: it has
        none) or, for a handler that returns a `Reply`, the content type. `aliases` are further whole paths beside the ones that
        `bare` gives. `max_age` is how long, in seconds, an anonymous answer may be kept by clients
        and CDNs; `fresh` how long this instance answers it from memory. `once` honours an
        Idempotency-Key: same key, query and body, same answer (common/once.py); for a signed-in caller's POST. `also` are the content types of a `Reply`
        that the handler may give instead of the envelope, when asked for one.
        """
        spellings = tuple(spelling for each in (path, *aliases) for spelling in self._spellings(each))

        def declare(handler: Handler) -> Handler:
            problems = (*raises, *((StillRunning, KeyReused, intake.BadHeader) if once else ()))
            declared = Route(
                self.function, method, path, spellings, caller, handler, gives, status, message, problems, max_age, fresh, once, tuple(also)
            )
            self.routes.append(declared)
            return handler

        return declare

    def _spellings(self, path: str) -> list[str]:
        if path.startswith("/v1/"):
            return [path, f"/api{path}"]
        return [path, *(f"{prefix}{path}" for prefix in self.bare if not path.startswith("/api/"))]

    def get(self, path: str, **declared: Any) -> Callable[[Handler], Handler]:
        """Declare a GET; see `route`."""
        return self.route("GET", path, **declared)

    def post(self, path: str, **declared: Any) -> Callable[[Handler], Handler]:
        """Declare a POST; see `route`."""
        return self.route("POST", path, **declared)

    def put(self, path: str, **declared: Any) -> Callable[[Handler], Handler]:
        """Declare a PUT; see `route`."""
        return self.route("PUT", path, **declared)

    def delete(self, path: str, **declared: Any) -> Callable[[Handler], Handler]:
        """Declare a DELETE; see `route`."""
        return self.route("DELETE", path, **declared)

    @cached_property
    def _exact(self) -> dict[tuple[str, str], Route]:
        # What has no place for a value needs no search; of two with one spelling the first counts, as in the map.
        return {(route.method, spelling): route for route in reversed(self.routes) for spelling in route.aliases if "{" not in spelling}

    @cached_property
    def _map(self) -> Map:
        # Slashes are never merged or redirected: API Gateway matches paths as they are.
        rules = [
            Rule(re.sub(r"{(\w+)}", r"<\1>", spelling), methods=[route.method], endpoint=route, strict_slashes=False)
            for route in self.routes
            for spelling in route.aliases
        ]
        return Map(rules, merge_slashes=False, redirect_defaults=False)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        """Serve one request (WSGI)."""
        started = time.perf_counter()
        log.request_id.set(_request_id(environ))
        log.user_id.set(None)
        log.trace.set(log.trace_of(environ.get("HTTP_X_CLOUD_TRACE_CONTEXT"), environ.get("HTTP_TRACEPARENT"), settings.PROJECT_ID))
        kept = self._kept(environ)
        reply = kept or self._respond(Request(environ))
        request_id = _request_id(environ)
        if reply.headers.get("ETag") and replies.matches(environ.get("HTTP_IF_NONE_MATCH"), reply.headers["ETag"]):
            reply = Reply(304, b"", "", reply.headers)
        reply = replies.compressed(reply, environ.get("HTTP_ACCEPT_ENCODING"))
        headers = [("X-Request-Id", request_id), *_careful(), *reply.headers.items()]
        # A browser refuses a permission that stands twice: a document that all sites may read has its own.
        headers += [each for each in cors.headers(environ) if each[0] not in reply.headers]
        if reply.status not in (204, 304):
            headers += [("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body)))]
        start_response(reply.line, headers)
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        log.info("request", method=environ["REQUEST_METHOD"], route=environ.get("mamastoria.route"), status=reply.status, ms=milliseconds)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def main(self) -> Callable[[Any], Any]:
        """The Cloud Function's entry point.

        functions-framework imports main.py inside its own Flask app's context. There the app's WSGI
        callable is replaced by this one, so that a request is routed once, not by Flask first.
        """
        from flask import current_app, has_app_context

        if has_app_context():
            current_app.wsgi_app = self  # type: ignore[method-assign,assignment]
            # What imports have made stays: the collector, which took a tenth of a list's time, need not look at it again.
            gc.freeze()

        def main(request: Any) -> Any:
            from flask import Response

            return Response.from_app(self, request.environ)

        return main

    def _kept(self, environ: Environ) -> Reply | None:
        kept = self._fresh.get(_question(environ))
        if kept is None or kept[0] <= time.monotonic() or environ["REQUEST_METHOD"] != "GET" or _signed(environ):
            return None
        environ["mamastoria.route"] = kept[2]
        return kept[1]

    def _keep(self, route: Route, environ: Environ, reply: Reply) -> None:
        if len(self._fresh) >= KEPT_ANSWERS:
            # One at a time: whoever walks through all pages does not push out the first one each time.
            self._fresh.popitem(last=False)
        self._fresh[_question(environ)] = (time.monotonic() + route.fresh, reply, route.name)

    def _respond(self, request: Request) -> Reply:
        language = preferred(request.environ.get("HTTP_ACCEPT_LANGUAGE"))
        try:
            return self._answer(request, language)
        except Problem as problem:
            return replies.problem(auth.or_sign_in(problem, request.environ), language)
        except Exception as error:
            return replies.problem(_unexpected(error, request.environ.get("mamastoria.route")), language)

    def _answer(self, request: Request, language: Language) -> Reply:
        try:
            exact = self._exact.get((request.method, request.path))
            route, values = (exact, {}) if exact else self._map.bind("").match(request.path, request.method)
        except WrongMethod as wrong:
            if request.method == "OPTIONS":
                return Reply(204, b"", "", cors.preflight(request.environ, wrong.valid_methods or ()))
            raise MethodNotAllowed from None
        except NoSuchPath:
            raise NotFound from None
        request.environ["mamastoria.route"] = route.name
        reply = _serve(route, request, values, language)
        if request.method in ("GET", "HEAD"):
            _cacheable(route, request.environ, reply)
            if route.fresh and reply.status == 200 and not _signed(request.environ):
                self._keep(route, request.environ, reply)
        else:
            reply.headers.setdefault("Cache-Control", "no-store")
        return reply


def _serve(route: Route, request: Request, values: Mapping[str, Any], language: Language) -> Reply:
    """Caller, input, handler, envelope; a GET reads, everything else that names `db` is one transaction."""
    path = intake.path(values, route.path_types)
    if "body" in route.arguments:
        intake.raw_body(request)  # A slow sender must not hold a connection while we wait for its bytes.
    # The caller is looked up on its own, so that a handler that calls the outside holds no transaction.
    with db.reading() as asking:
        user = route.caller(request, asking, path)
        log.user_id.set(user.id if user else None)
    given = {name: path[name] if name in path else _given(name, route, request, user, language) for name in route.arguments if name != "db"}
    key = intake.idempotency_key(request) if route.once else None
    if key is not None and user is not None:
        asked = once.asked(user.id, key, route.name, path, given.get("query"), intake.raw_body(request))
        act = lambda more: _reply(route, route.handler(**given, **more), language)  # noqa: E731 - read where it is used.
        return once.serve(asked, act, language, inside="db" in route.arguments)
    if "db" not in route.arguments:
        return _reply(route, route.handler(**given), language)
    with db.reading() if route.method == "GET" else db.transaction() as connection:
        result = route.handler(db=connection, **given)
        reply = None if isinstance(result, Json) else _reply(route, result, language)
    return reply or _reply(route, result, language)


def _given(name: str, route: Route, request: Request, user: auth.User | None, language: Language) -> Any:
    match name:
        case "user":
            return user
        case "body":
            if "file" in route.arguments and intake.is_form(request):
                return intake.fields(request, route.body_type, route.arguments["body"].model_fields)
            return intake.body(request, route.body_type)
        case "file":
            # A route that names both takes a form with the body's fields beside the file, or the body alone as JSON.
            return intake.file(request, route.file_type) if "body" not in route.arguments or intake.is_form(request) else None
        case "query":
            return intake.query(request, route.query_type, route.query_lists)
        case "request":
            return request
        case "language":
            return language
        case "idempotency_key":
            return intake.idempotency_key(request)
    raise TypeError(f"{route.name} names {name}, which nothing gives")


def _reply(route: Route, result: Any, language: Language) -> Reply:
    if isinstance(result, Reply):
        return result
    if isinstance(result, Problem):
        return replies.problem(result, language)
    if isinstance(result, Json):
        text = result.finish(result.text) if result.finish else result.text
        said = route.message.say(language) if route.message else None
        return Reply(route.status, replies.enveloped(text.encode(), said, result.meta, result.beside))
    answer = result if isinstance(result, Answer) else Answer(result)
    data = None if route.gives is None else _written(route.data_type, answer.data)
    message = answer.message or route.message
    body = replies.enveloped(data, message.say(language) if message else None, answer.meta, answer.beside)
    return Reply(answer.status or route.status, body, headers=dict(answer.headers))


def _written(kind: "pydantic.TypeAdapter[Any]", data: Any) -> bytes:
    return kind.dump_json(kind.validate_python(data, from_attributes=True), by_alias=True)


def _careful() -> list[tuple[str, str]]:
    """What every answer tells browsers: to believe its content type, to tell nobody where they came from, and to stay with HTTPS.

    gateway.dev is on the browsers' own list of HTTPS sites; HSTS is for a domain of ours, without its siblings.
    """
    secure = [("Strict-Transport-Security", "max-age=31536000")] if settings.PUBLIC_URL().startswith("https:") else []
    return [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), *secure]


def _cacheable(route: Route, environ: Environ, reply: Reply) -> None:
    if route.public or (route.caller is auth.maybe_user and not _signed(environ)):
        reply.headers.setdefault("Cache-Control", f"public, max-age={route.max_age}")
        if reply.status == 200 and "no-store" not in reply.headers["Cache-Control"]:
            reply.headers["ETag"] = replies.etag(reply.body)
    else:
        reply.headers.setdefault("Cache-Control", "private, no-store")
    reply.headers["Vary"] = "Accept-Encoding, Accept-Language, Authorization, Origin"


# Of the database (https://www.postgresql.org/docs/current/errcodes-appendix.html): two transactions in each other's way, a
# statement that took too long, a server that stops, crashed or starts, and one without a connection, memory or disk left.
PASSING = ("40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53100", "53200", "53300", "53400", "58030")


def _unexpected(error: Exception, route: str | None) -> Problem:
    """What the database said as a problem, and everything else as a 500 that tells nothing."""
    from common.clients.errors import Unavailable

    code = db.code(error)
    if isinstance(error, (*db.DOWN, Unavailable)) or code in PASSING:
        log.warning(f"unavailable: {type(error).__name__}: {code or error}")
        return ServiceUnavailable()
    if code == "23503":
        # What a new row refers to went away between our look and our write.
        return NotFound()
    log.error("unhandled", route=route)
    # Two equal requests at the same moment: the other one was first. Its row is there for the next try.
    return Conflict() if code == "23505" else Problem()


def _signed(environ: Environ) -> bool:
    """Whether a request may be somebody's: the token that auth.py would verify says that it is ours."""
    token = auth.bearer(environ)
    return token is not None and tokens.ours(token)


def _question(environ: Environ) -> tuple[str, str, str]:
    return environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")


def _request_id(environ: Environ) -> str:
    """The caller's X-Request-Id when it is a plain word, or a new one."""
    found: str | None = environ.get("mamastoria.request_id")
    if found is None:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        found = environ["mamastoria.request_id"] = given if re.fullmatch(r"[\w.-]{1,128}", given, re.ASCII) else str(uuid.uuid4())
    return found
