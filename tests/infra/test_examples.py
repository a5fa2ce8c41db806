"""Every operation of the documentation shows what is sent and what comes back, and what it shows is true of its schema."""

import json
from types import SimpleNamespace

import jsonschema
import pytest

from functions.exports import making
from functions.worker import scripts
from infra import examples, openapi
from infra.routes import ROUTES

every_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)


@pytest.fixture(scope="module")
def document():
    return openapi.document()


def held(document, schema, example):
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}, format_checker=jsonschema.FormatChecker()).validate(
        example
    )


@every_route
def test_an_operation_shows_its_success_and_the_example_fits_its_schema(document, route):
    answer = document["paths"][route.path][route.method.lower()]["responses"][str(route.status)]
    if route.status == 302:
        assert answer["headers"]["Location"]["example"].startswith("https://")
        return
    assert answer["content"]
    for kind, content in answer["content"].items():
        assert content["example"] not in (None, "")
        if "schema" in content:
            assert "json" in kind
            held(document, content["schema"], content["example"])


@every_route
def test_an_operation_with_a_body_shows_one_that_its_handler_would_take(document, route):
    if "body" not in route.arguments:
        return
    content = document["paths"][route.path][route.method.lower()]["requestBody"]["content"]["application/json"]
    held(document, content["schema"], content["example"])
    # The schema does not know that fields exclude each other; what reads the request does.
    route.body_type.validate_json(json.dumps(content["example"]))


def shown(document, method, path):
    (answer,) = (answer for status, answer in document["paths"][path][method]["responses"].items() if status.startswith("2"))
    return answer["content"]["application/json"]["example"]["data"]


def test_a_comics_tags_are_shown_as_a_script_writes_them(document):
    comic = shown(document, "get", "/v1/comics/show/{comic_id}")
    assert comic["tags"] == scripts._tags(SimpleNamespace(keywords=comic["keywords"]))


def test_a_panels_narration_is_shown_as_the_same_under_both_names(document):
    [panel] = shown(document, "get", "/v1/comics/show/{comic_id}")["panels"]
    assert panel["page_narration"] == panel["narration"]


@pytest.mark.parametrize(("path", "kind"), [("/v1/comics/{comic}/exportPdf", "pdf"), ("/v1/comics/{comic}/export/video", "video")])
def test_an_exports_features_are_shown_in_the_words_that_answers_have(document, path, kind):
    whole = SimpleNamespace(panels=[SimpleNamespace(narration="Kancil pulang.")], music="Lagu", watermark=True)
    started = shown(document, "post", path)
    assert (started["kind"], started["features"]) == (kind, making._features(whole, kind))


@every_route
def test_every_value_of_a_path_is_shown_and_fits(document, route):
    for parameter in document["paths"][route.path][route.method.lower()]["parameters"]:
        if parameter["required"]:
            held(document, parameter["schema"], parameter["example"])


def test_every_field_of_text_has_a_value_that_a_person_would_believe(monkeypatch):
    """A new field gets one in infra/example_values.py; its name stands in until then."""
    unknown = []
    monkeypatch.setattr(examples, "named", lambda name, schema: unknown.append(name) or name.ljust(20))
    openapi.document()
    assert sorted(set(unknown)) == []


def test_a_request_is_not_shown_as_taken_when_its_schema_refuses_it(document):
    schema = document["paths"]["/register"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    with pytest.raises(jsonschema.ValidationError):
        held(document, schema, {"full_name": "Siti"})
