"""The headers of every kind of answer of every route, against one table: what browsers and caches are told to do with it."""

import re
from html.parser import HTMLParser

import pytest

from common import api as serving
from common import auth
from infra.routes import ALL_ROUTES
from tests.security import asking
from tests.social import scene

OURS, STRANGE = "http://localhost:3000", "https://jahat.example"

# By who may see an answer and how it ended: what Cache-Control has to be.
#   private   there is a caller, or there may be one: no cache keeps it
#   shared    the same for everybody: as long as its route says
#   never     an error: whoever asks again may get another answer
CACHING = {
    "private": r"(private, )?no-store",
    "shared": r"public, max-age=\d+|(private, )?no-store",
    "never": r"(private, )?no-store|public, max-age=0",
}

# What stands in every answer, whatever it is, and what stands in none.
ALWAYS = {
    "X-Content-Type-Options": r"nosniff",
    "X-Request-Id": r"[\w.-]{1,128}",
    "Referrer-Policy": r"no-referrer|strict-origin-when-cross-origin",
}
NEVER = ("Server", "X-Powered-By", "X-AspNet-Version", "Via", "Access-Control-Allow-Credentials")

# A page may do nothing but what it brought along, and stands in no other page.
PAGES = {
    "default-src": r"'none'",
    "base-uri": r"'none'",
    "form-action": r"'none'",
    "frame-ancestors": r"'none'",
    "script-src": r"'none'|('sha256-[\w+/=]+' ?)+",
}

# Read by anybody's page, because it says nothing of anybody: the documents of the API itself.
FOR_ALL = {"system.openapi", "system.postman"}


@pytest.fixture
def break_it(monkeypatch):
    """Have every handler fail as a bug would."""

    def broken(*_):
        raise RuntimeError("a bug with rahasia in it")

    return lambda: monkeypatch.setattr(serving, "_serve", broken)


def answers(route, world, break_it):
    """Each kind of answer of a route by name: well done, refused, not understood, broken; with and without a caller."""
    app, token = asking.app(route, world), _token(route, world)
    plain = asking.plain(route, world)
    plain.headers = {"Origin": OURS}
    found = {"as asked": asking.send(app, plain, token)}
    if token is not None:
        found["without a token"] = asking.send(app, _again(route, world), None)
        found["with a bad token"] = asking.send(app, _again(route, world), "eyJhbGciOiJub25lIn0.e30.")
    wrong = _again(route, world)
    wrong.path = re.sub(r"{\w+}", "tidak-ada", route.path)
    wrong.query = dict.fromkeys(("page", "cursor", "days", "limit", "year", "months"), "bukan")
    wrong.body = None if wrong.body is None else [1]
    found["not understood"] = asking.send(app, wrong, token)
    last = _again(route, world)
    last.query["lain"] = "1"  # What this instance keeps is not asked of the broken handler.
    break_it()
    found["broken"] = asking.send(app, last, token)
    return found


def _again(route, world):
    asked = asking.plain(route, world)
    asked.headers = {"Origin": OURS}
    return asked


def _token(route, world):
    return scene.person(world.api).token if route.name in ("auth.logout", "auth.delete_other_sessions") else asking.token(route, world)


@pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_answer_has_the_headers_of_the_table_and_no_others_that_tell(route, world, break_it):
    found = answers(route, world, break_it)
    assert found["broken"].status == 500 and b"rahasia" not in found["broken"].answer.body
    for kind, told in found.items():
        headers, where = told.answer.headers, f"{route.method} {route.path} {kind}: {told.status}"
        assert len(headers) == len({name.lower() for name, _ in headers}) or headers.getlist("Set-Cookie"), (
            f"{where}: a header stands twice"
        )
        for name, value in ALWAYS.items():
            assert re.fullmatch(value, headers.get(name, "")), f"{where}: {name}: {headers.get(name)}"
        assert [name for name in NEVER if name in headers] == [], where
        _cached(route, told, where)
        _shared(route, told, where)
        if "html" in headers.get("Content-Type", ""):
            _page(headers, where)


def _cached(route, told, where):
    private = route.caller not in (auth.public, auth.maybe_user) or (route.caller is auth.maybe_user and "as asked" in where)
    kind = "never" if told.status >= 400 else "private" if private or route.method != "GET" else "shared"
    assert re.fullmatch(CACHING[kind], told.answer.headers.get("Cache-Control", "")), f"{where}: {told.answer.headers.get('Cache-Control')}"


def _shared(route, told, where):
    """An allowed site may read it, told by its own name, and caches keep the two apart."""
    headers = told.answer.headers
    expected = "*" if route.name in FOR_ALL and told.status == 200 else OURS
    assert headers.get("Access-Control-Allow-Origin") == expected, f"{where}: {headers.get('Access-Control-Allow-Origin')}"
    exposed = set(headers.get("Access-Control-Expose-Headers", "").split(", "))
    assert exposed >= {"X-Request-Id", "ETag", "Retry-After", "Content-Disposition"}, where
    vary = set(headers.get("Vary", "").split(", "))
    keepable = "no-store" not in headers.get("Cache-Control", "")
    assert not keepable or vary >= {"Accept-Language", "Authorization", "Origin"}, f"{where}: Vary: {vary}"


def _page(headers, where):
    policy = dict(part.strip().partition(" ")[::2] for part in headers.get("Content-Security-Policy", "").split(";"))
    for name, value in PAGES.items():
        given = policy.get(name, policy["default-src"] if name.endswith("-src") else "")
        assert re.fullmatch(value, given), f"{where}: {name} {given}"


@pytest.mark.parametrize(
    "origin", [OURS, STRANGE, "null", f"{OURS}.jahat.example", "https://localhost:3000", "HTTP://LOCALHOST:3000", None]
)
def test_a_preflight_lets_in_the_sites_that_are_named_and_no_other(origin, world):
    for path in sorted({route.path for route in ALL_ROUTES if route.caller is not auth.internal}):
        asked = asking.Asked("OPTIONS", re.sub(r"{\w+}", "1", path))
        asked.headers = {"Access-Control-Request-Method": "POST", **({"Origin": origin} if origin else {})}
        told = asking.send(world.api.app, asked, None)
        headers = told.answer.headers
        assert told.status == 204 and told.answer.body == b"" and headers.get("Vary") == "Origin", path
        assert "Content-Length" not in headers and "Content-Type" not in headers, path
        assert headers.get("Access-Control-Allow-Origin") == (OURS if origin == OURS else None), path
        given = [name for name, _ in headers if name.lower().startswith("access-control-")]
        assert (given == []) == (origin != OURS) and "Access-Control-Allow-Credentials" not in given, path
        allowed = headers.get("Access-Control-Allow-Headers", "").split(", ")
        assert origin != OURS or {"Authorization", "Content-Type", "Idempotency-Key"} <= set(allowed), path


@pytest.mark.parametrize("origin", [STRANGE, "null", "http://localhost:3000.jahat.example", "http://localhost:3000/", "*", ""])
def test_an_answer_to_another_site_gives_no_permission(origin, world):
    for asked, token in ((asking.Asked("GET", "/v1/genres"), None), (asking.Asked("GET", "/profile"), world.siti.token)):
        asked.headers = {"Origin": origin}
        told = asking.send(world.api.app, asked, token)
        assert told.status == 200 and not [name for name, _ in told.answer.headers if name.lower().startswith("access-control-")]


def test_an_answer_from_memory_has_its_own_askers_permission(world):
    """What an instance keeps is kept without CORS headers, so that no site gets another's."""
    asked = asking.Asked("GET", "/v1/genres", {"sama": "1"})
    for origin in (OURS, STRANGE, "http://127.0.0.1:3000", None):
        asked.headers = {"Origin": origin} if origin else {}
        told = asking.send(world.api.app, asked, None)
        assert told.answer.headers.get("Access-Control-Allow-Origin") == (origin if origin and origin.startswith("http:") else None)


def test_behind_https_browsers_are_told_to_stay_there(world, monkeypatch):
    """gateway.dev is on the browsers' own list; the header is for a domain of ours, without its siblings, which are not this API's to bind."""
    asked = asking.Asked("GET", "/health")
    assert "Strict-Transport-Security" not in asking.send(world.api.app, asked, None).answer.headers
    monkeypatch.setenv("PUBLIC_URL", "https://api.mamastoria.com")
    assert asking.send(world.api.app, asked, None).answer.headers["Strict-Transport-Security"] == "max-age=31536000"


class _Outside(HTMLParser):
    """What a page would run or fetch: handlers in attributes, scripts and styles by address."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.found += [(tag, name) for name in given if name.startswith("on")]
        self.found += [(tag, given["src"]) for _ in [0] if tag in ("script", "iframe", "embed") and given.get("src")]
        self.found += [(tag, given["href"]) for _ in [0] if tag == "link" and given.get("rel") == "stylesheet"]


@pytest.mark.parametrize("path", ["/docs", "/docs/errors", "/admin"])
def test_a_page_of_ours_brings_all_that_it_runs(path, world):
    import gzip

    told = world.api.get(path)
    body = gzip.decompress(told.body) if told.headers.get("Content-Encoding") == "gzip" else told.body
    page = _Outside()
    page.feed(body.decode())
    assert page.found == []
