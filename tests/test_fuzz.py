"""Requests that nobody would write, drawn from the document: no 5xx, no undocumented status, no reply off its schema.

Every operation is tried as a stranger and as a person with a comic, with values that fit the document
and values that do not. FUZZ_CASES is the number of cases in all; the README names the long run.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from infra.openapi import document
from infra.routes import ROUTES

CASES = int(os.environ.get("FUZZ_CASES", "800"))
EACH = max(1, CASES // (2 * len(ROUTES)))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA = schemathesis.openapi.from_dict(document())

# A page of 1.9 MB of Swagger UI says nothing about what was asked.
FUZZED = [route for route in ROUTES if route.path != "/docs"]


@pytest.fixture(scope="module")
def person(gateway, services):
    from tests.support import people
    from tests.support.client import Client

    return people.signed_in(Client(gateway, services))


@pytest.fixture(scope="module")
def comic(person):
    from common import db

    with db.transaction() as making:
        made = making.value("insert into comics (user_id, title) values (:user, 'Milik Siti') returning id", user=person.user["id_users"])
        making.run("insert into comic_panels (comic_id, page_number, panel_number) values (:comic, 1, 1)", comic=made)
    return made


@pytest.mark.parametrize("who", ["stranger", "person"])
@pytest.mark.parametrize("route", FUZZED, ids=lambda route: f"{route.method} {route.path}")
def test_whatever_is_sent_gets_a_documented_answer(route, who, gateway, person, comic):
    SCHEMA.app = gateway
    operation = SCHEMA[route.path][route.method]
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)))
    # A session that was ended by a logout of an earlier case would make a stranger of the person.
    token = None if who == "stranger" else person.token

    @settings(
        max_examples=EACH, deadline=None, database=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(case=cases, own=st.booleans())
    def run(case, own):
        if own and who == "person":
            case.path_parameters.update({name: comic for name in ("comic", "comic_id", "id") if name in case.path_parameters})
        # What the case says of Authorization would only ever be a bad token.
        case.headers.pop("Authorization", None)
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"} if token else None)

    if route.path == "/logout" and token:
        return
    run()
