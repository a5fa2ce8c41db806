"""What holds for every route, whoever adds it."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV31SpecValidator

from common import auth
from infra.openapi import document, gateway_document
from infra.routes import ALL_ROUTES, APIS, INTERNAL, ROOT, ROUTES

every_route = pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda route: f"{route.method} {route.path}")
every_function = pytest.mark.parametrize("function", [api.function for api in APIS])

CALLERS = {
    auth.public,
    auth.maybe_user,
    auth.user,
    auth.owner,
    auth.admin,
    auth.moderator,
    auth.finance,
    auth.internal,
    auth.doku,
    auth.midtrans,
}

# Importing a function's main may not load these: clients cost seconds of cold start, and what they
# open at import does not survive the server's fork.
FORBIDDEN = (
    "google.auth",
    "google.api_core",
    "google.oauth2",
    "google.cloud.storage",
    "google.cloud.sql",
    "grpc",
    "firebase_admin",
    "aiohttp",
    "PIL",
    "argon2",
    "bcrypt",
    "phonenumbers",
    "requests",
    "jwt",
    "cryptography",
    "sqlalchemy.orm",
    "alembic",
    "email_validator",
)


@every_route
def test_says_in_one_sentence_what_it_does(route):
    assert re.fullmatch(r"[A-Z][^\n]*\.", inspect.getdoc(route.handler).split("\n")[0])


@every_route
def test_says_who_may_call_it(route):
    assert route.caller in CALLERS


@every_route
def test_only_internal_functions_have_internal_routes(route):
    assert (route.caller is auth.internal) == (route.function in INTERNAL)


@every_route
def test_names_only_what_is_given(route):
    given = {"user", "db", "body", "file", "query", "request", "language", "idempotency_key", *route.path_names}
    assert set(route.arguments) <= given


@every_route
def test_has_no_twin_in_any_of_its_spellings(route):
    def shapes(each):
        return {(each.method, re.sub(r"{\w+}", "{}", path)) for path in each.aliases}

    # Behind the gateway all functions are one; an internal one has an address of its own.
    near = [other for other in ALL_ROUTES if route.caller is not auth.internal or other.function == route.function]
    twins = [other for other in near if other is not route and shapes(other) & shapes(route)]
    assert twins == []


@every_route
def test_an_owner_route_names_the_comic_in_its_path(route):
    assert route.caller is not auth.owner or {"comic", "comic_id", "id"} & set(route.path_names)


@every_route
def test_turns_strangers_away_unless_it_is_open(route, api):
    path = re.sub(r"{\w+}", "1", route.path).replace("/sessions/1", "/sessions/00000000-0000-0000-0000-000000000001")
    caller = type(api)(_function(route), api.services) if route.function in INTERNAL else api
    answer = caller.call(route.method, path, {} if route.method != "GET" else None)
    closed = route.caller not in (auth.public, auth.maybe_user)
    assert (answer.status == 401, "WWW-Authenticate" in answer.headers) == (closed, closed)


@every_route
def test_an_owner_route_hides_the_comic_from_everybody_else(route, signed_in, request):
    if route.caller is not auth.owner:
        return
    budi = request.getfixturevalue("two_people")[1]
    comic = request.getfixturevalue("sitis_comic")
    template = re.sub(r"{(comic|comic_id|id)}", "{this}", route.path, count=1)
    template = re.sub(r"{(?!this)\w+}", "1", template)
    foreign, missing = (
        budi.call(route.method, template.format(this=each), {} if route.method != "GET" else None) for each in (comic, 987654321)
    )
    assert foreign.status == 404
    assert foreign.json == missing.json


@pytest.fixture(scope="module")
def two_people(gateway, services):
    from tests.support import people
    from tests.support.client import Client

    api = Client(gateway, services)
    return people.signed_in(api), people.signed_in(api)


@pytest.fixture(scope="module")
def sitis_comic(two_people):
    from common import db

    with db.transaction() as making:
        return making.value(
            "insert into comics (user_id, title) values (:user, 'Milik Siti') returning id", user=two_people[0].user["id_users"]
        )


def _function(route):
    return next(api for api in APIS if api.function == route.function)


@every_function
def test_starts_without_loading_a_client_or_anything_heavy(function):
    code = f"import sys, functions.{function}.main; print([m for m in sys.modules if (m + '.').startswith(tuple(p.rstrip('.') + '.' for p in {FORBIDDEN!r}))])"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"


@every_function
def test_starts_no_thread_and_opens_no_connection_at_import(function):
    code = (
        f"import threading, functions.{function}.main, common.db; print(threading.active_count(), common.db._engine.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split() == ["1", "0"]


def test_the_documents_are_valid_openapi():
    OpenAPIV31SpecValidator(document()).validate()
    OpenAPIV2SpecValidator(gateway_document(lambda function: f"https://{function}.a.run.app")).validate()


def test_the_gateway_document_knows_no_internal_route_and_names_each_operation_once():
    gateway = gateway_document(lambda function: f"https://{function}.a.run.app")
    assert "internal" not in json.dumps(gateway)
    names = [operation["operationId"] for item in gateway["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


def test_the_gateway_document_has_every_spelling_with_its_preflight():
    paths = gateway_document(lambda function: function)["paths"]
    for route in ROUTES:
        for spelling in route.aliases:
            assert route.method.lower() in paths[spelling] and "options" in paths[spelling]


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
def test_preflights_of_allowed_sites_are_answered_and_others_get_no_permission(path, api):
    concrete = re.sub(r"{\w+}", "1", path)
    allowed = api.call("OPTIONS", concrete, headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}, expect=204)
    assert allowed.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    shape = re.sub(r"{\w+}", "{}", path)
    methods = {route.method for route in ROUTES for spelling in route.aliases if re.sub(r"{\w+}", "{}", spelling) == shape}
    assert methods <= set(allowed.headers["Access-Control-Allow-Methods"].split(", "))
    other = api.call("OPTIONS", concrete, headers={"Origin": "https://evil.example"}, expect=204)
    assert "Access-Control-Allow-Origin" not in other.headers


def test_the_readmes_tables_are_current():
    from infra import readme

    assert (ROOT / "README.md").read_text() == readme.current(), "run: python -m infra.readme"


def test_nothing_in_the_code_is_unfinished():
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|NotImplemented" + "Error")
    files = [file for folder in ("common", "functions", "infra") for file in (ROOT / folder).rglob("*.py")]
    assert [str(file) for file in files if marks.search(file.read_text())] == []


def test_no_file_is_too_large_to_read():
    files = [file for folder in ("common", "functions", "infra", "tests") for file in Path(ROOT / folder).rglob("*.py")]
    assert [str(file) for file in files if file.stat().st_size > 24_000] == []
