"""Every route as every kind of caller, against the table in tests/authorization.tsv.

The table is written by hand and not read from the code, so a caller that is changed by mistake fails
here; a route that is missing in it fails too.
"""

import csv
import re
from pathlib import Path

import pytest

from common import db
from infra.routes import ROUTES
from tests.support import people
from tests.support.client import Client

PRINCIPALS = ("anonymous", "self", "other", "moderator", "finance", "admin", "suspended", "deleted")

# What each access means for each principal: a status, or None for "not turned away" (neither 401 nor 403).
ACCESS = {
    "open": dict.fromkeys(PRINCIPALS),
    # Of a draft: whose token opens nothing any more is told so, before anybody is told that there is no such comic.
    "reader": {**dict.fromkeys(PRINCIPALS), "deleted": 401},
    "user": {**dict.fromkeys(PRINCIPALS), "anonymous": 401, "suspended": 403, "deleted": 401},
    "owner": {
        "anonymous": 401,
        "self": None,
        "other": 404,
        "moderator": 404,
        "finance": 404,
        "admin": 404,
        "suspended": 403,
        "deleted": 401,
    },
    "moderator": {
        "anonymous": 401,
        "self": 403,
        "other": 403,
        "moderator": None,
        "finance": 403,
        "admin": None,
        "suspended": 403,
        "deleted": 401,
    },
    "finance": {
        "anonymous": 401,
        "self": 403,
        "other": 403,
        "moderator": 403,
        "finance": None,
        "admin": None,
        "suspended": 403,
        "deleted": 401,
    },
    "admin": {
        "anonymous": 401,
        "self": 403,
        "other": 403,
        "moderator": 403,
        "finance": 403,
        "admin": None,
        "suspended": 403,
        "deleted": 401,
    },
    "signed": dict.fromkeys(PRINCIPALS, 401),
}

with (Path(__file__).parent / "authorization.tsv").open() as file:
    TABLE = {(row["method"], row["path"]): row["access"] for row in csv.DictReader(file, delimiter="\t")}

# These end the caller's own session or account, which the next row needs.
LAST = ("/logout", "/v1/me", "/v1/auth/sessions", "/password/change-password")


@pytest.fixture(scope="module")
def callers(gateway, services):
    api = Client(gateway, services)
    made = {name: people.signed_in(api) for name in PRINCIPALS if name != "anonymous"}
    with db.transaction() as changing:
        for role in ("moderator", "finance", "admin"):
            changing.run("update users set role = :role where id_users = :user", role=role, user=made[role].user["id_users"])
        changing.run("update users set suspended_at = now() where id_users = :user", user=made["suspended"].user["id_users"])
        changing.run("update users set erased_at = now() where id_users = :user", user=made["deleted"].user["id_users"])
    return {"anonymous": api, **made}


@pytest.fixture
def comic(callers):
    with db.transaction() as making:
        return making.value(
            "insert into comics (user_id, title) values (:user, 'Milik sendiri') returning id", user=callers["self"].user["id_users"]
        )


def test_the_table_names_every_route_and_no_other():
    assert set(TABLE) == {(route.method, route.path) for route in ROUTES}


def test_the_table_has_no_unknown_access():
    assert set(TABLE.values()) <= set(ACCESS)


@pytest.mark.parametrize("principal", PRINCIPALS)
@pytest.mark.parametrize("route", [each for each in ROUTES if each.path not in LAST], ids=lambda route: f"{route.method} {route.path}")
def test_a_caller_gets_what_the_table_says(route, principal, callers, comic):
    path = re.sub(r"{(comic|comic_id|id)}", str(comic), route.path, count=1)
    path = re.sub(r"{session_id}", "00000000-0000-0000-0000-000000000001", path)
    path = re.sub(r"{\w+}", "987654321", path)
    answer = callers[principal].call(route.method, path, {} if route.method in ("POST", "PUT", "DELETE") else None)
    expected = ACCESS[TABLE[route.method, route.path]][principal]
    if expected is None:
        assert answer.status not in (401, 403) or answer.error not in ("Unauthenticated", "Forbidden", "Suspended"), answer
    else:
        assert answer.status == expected, answer
