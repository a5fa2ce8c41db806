"""Requests that nobody would write, drawn from the document: no error of ours, no undocumented status, no reply off its schema.

Every public route is tried with values that fit the document and values that do not, each request as a stranger, as a
person and as an administrator, and by these two once more with what is theirs put into the places that have a name for it.
No route is left out: who is erased, suspended or signed out by one is made anew. FUZZ_CASES is the number of requests in all; with it, what is drawn differs from run to run.

The classes share the functions out, so that both workers of a run have their part.
"""

import os
import time

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from infra.routes import ROUTES
from tests.fuzz import asking, counting
from tests.fuzz.principals import Principal

CASES = int(os.environ.get("FUZZ_CASES", "10000"))
WHO = ("stranger", "person", "administrator")
SCHEMA = schemathesis.openapi.from_dict(asking.DOCUMENT)


def pytest_generate_tests(metafunc):
    if "route" in metafunc.fixturenames:
        routes = [route for route in ROUTES if route.function in metafunc.cls.functions]
        metafunc.parametrize("route", routes, ids=lambda route: f"{route.method} {route.path}")


@pytest.fixture(scope="module")
def callers(apart):
    """One of each, for all routes of a worker."""
    return [Principal(name) for name in WHO]


class Routes:
    """What is the same for every group of functions."""

    functions: tuple[str, ...] = ()

    def test_whatever_is_sent_gets_a_documented_answer(self, route, callers, gateway):
        began = time.process_time()
        for who in callers:
            who.renew()
        run(route, gateway, callers)
        counting.SECONDS["routes"] += time.process_time() - began


def run(route, gateway, callers):
    operation = SCHEMA[route.path][route.method]
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)))
    _stranger, *known = callers
    names = asking.named(route)
    # Drawing costs more than answering, so that each is sent as often as it says something else.
    each = len(callers) + (len(known) if names & known[0].values.keys() else 0)

    # A failure is not made smaller: what was asked before is part of it, and cannot be asked again.
    @settings(
        max_examples=-(-CASES // (len(ROUTES) * each)),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize="FUZZ_CASES" not in os.environ,
    )
    @given(case=cases, headers=asking.HEADERS)
    def asked(case, headers):
        counting.DRAWN[route.name] += 1
        request = asking.Request(case, headers)
        for who in callers:
            asking.ask(gateway, request, route, who)
        for who in known if each > len(callers) else ():
            asking.with_own(case, names, who.values)
            if asking.ask(gateway, asking.Request(case, headers), route, who) < 300 and route.method != "GET":
                who.refresh()

    asked()


class TestWhatReadersUse(Routes):
    functions = ("comics", "catalog", "banners", "system")


class TestWhatCreatorsUse(Routes):
    functions = ("drafts", "exports", "speech")


class TestWhatPeopleDoTogether(Routes):
    functions = ("social",)


class TestWhatPeopleAreTold(Routes):
    functions = ("notifications", "analytics")


class TestAccounts(Routes):
    functions = ("auth", "users")


class TestMoney(Routes):
    functions = ("subscriptions", "wallet", "payment_callback")


def test_every_function_is_in_one_group():
    groups = [name for group in Routes.__subclasses__() for name in group.functions]
    assert sorted(groups) == sorted(asking.FUNCTIONS)
