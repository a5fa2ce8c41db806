"""The error catalogue names every problem that the code can answer, and says what an app does about each."""

import ast
import gzip
import importlib
import re
from pathlib import Path

import pytest

from common.i18n import Text
from common.problems import Conflict, MethodNotAllowed, Problem
from infra import errors
from infra.openapi import declared, document
from infra.routes import ROUTES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def catalogue():
    return document()["x-problems"]


def test_every_declared_problem_is_there_with_both_sentences_and_what_to_do(catalogue):
    assert {(each["error"], each["status"]) for each in catalogue} == {(each.__name__, each.status) for each in declared(ROUTES)}
    for each in catalogue:
        assert each["meaning"].endswith(".") and each["do"].endswith(".")
        assert each["detail"]["en"] and each["detail"]["id"] and each["detail"]["en"] != each["detail"]["id"]
        assert each["operations"]


def test_advice_is_given_for_problems_that_exist(catalogue):
    assert set(errors.BY_NAME) <= {each["error"] for each in catalogue}
    assert {each["status"] for each in catalogue} <= set(errors.BY_STATUS)


def test_every_problem_whose_advice_names_retry_after_carries_it():
    """From its class alone, or from wherever the code makes one."""
    advised = [kind for kind in declared(ROUTES) if "Retry-After" in (errors.BY_NAME.get(kind.__name__) or errors.BY_STATUS[kind.status])]
    told = {kind.__name__ for kind in advised if "Retry-After" not in kind().headers}
    assert told >= {"StillRemoving", "StillRunning", "TooManyRequests"}
    files = [file for folder in ("common", "functions") for file in (ROOT / folder).rglob("*.py")]
    assert [f"{file}:{line}" for file in files for line in _without_a_time(file, told)] == []


def _without_a_time(file, names):
    for node in ast.walk(ast.parse(file.read_text())):
        made = node.exc if isinstance(node, ast.Raise) and not isinstance(node.exc, ast.Call) else getattr(node, "func", None)
        told = {keyword.arg for keyword in getattr(node, "keywords", [])}
        if getattr(made, "attr", getattr(made, "id", None)) in names and "retry_after" not in told:
            yield node.lineno


def test_an_entry_follows_from_the_class_that_the_code_raises():
    class Sleeping(Conflict):
        """The comic sleeps; `until` says how long.

        More for those who read the code.
        """

        detail = Text("It sleeps until {until}", "Ia tidur sampai {until}")

    assert errors.catalogue({Sleeping: ["comics.wake", "comics.wake"]}) == [
        {
            "error": "Sleeping",
            "status": 409,
            "meaning": "The comic sleeps; `until` says how long.",
            "detail": {"en": "It sleeps until {until}", "id": "Ia tidur sampai {until}"},
            "members": ["until"],
            "do": errors.BY_STATUS[409],
            "operations": ["comics.wake"],
        }
    ]


def test_no_problem_of_the_functions_is_missing(catalogue):
    """Each class has an operation that declares it, but for what the router itself answers and what only a base is."""
    for route in ROUTES:
        importlib.import_module(f"functions.{route.function}.main")
    known = {each["error"] for each in catalogue}

    def leaves(kind):
        return [found for each in kind.__subclasses__() for found in (leaves(each) or [each])]

    ours = {each.__name__ for each in leaves(Problem) if each.__module__.split(".")[0] in ("common", "functions")}
    # A callback with a wrong signature is told so in the provider's own way.
    assert ours - known <= {MethodNotAllowed.__name__, "InvalidSignature"}


def test_the_page_shows_each_error_once_and_links_its_operations(api, catalogue):
    page = gzip.decompress(api.get("/docs/errors").body).decode()
    assert re.findall(r'<article id="(\w+)">', page) == [each["error"] for each in catalogue]
    assert "Silakan masuk terlebih dahulu" in page and '<a href="/docs#/auth/auth.login">auth.login</a>' in page
    assert "<script" not in page


def test_a_bundle_without_the_document_has_neither_page_nor_collection(api, monkeypatch):
    from functions.system import documents

    monkeypatch.setenv("OPENAPI_FILE", "/no/such/file.json")
    for kept in (documents._document, documents._catalogue, documents._collection):
        kept.cache_clear()
    try:
        for path in ("/docs/errors", "/postman.json", "/openapi.json"):
            assert api.get(path, expect=404).error == "NotFound"
    finally:
        documents._document.cache_clear()
