"""The Postman collection can be imported, has every operation, and signs itself in."""

import json
import re

import jsonschema
import pytest

from functions.system.postman import SCHEMA, collection
from infra.openapi import document
from infra.routes import ROUTES

# What v2.1.0 of the format demands of the parts that are used here: https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
KEYED = {"type": "object", "required": ["key", "value"], "properties": {"key": {"type": "string"}, "value": {"type": "string"}}}
AUTH = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"enum": ["noauth", "bearer"]}, "bearer": {"type": "array", "items": KEYED}},
}
FORMAT = {
    "type": "object",
    "required": ["info", "item"],
    "additionalProperties": False,
    "properties": {
        "info": {
            "type": "object",
            "required": ["name", "schema"],
            "properties": {
                "name": {"type": "string"},
                "schema": {"const": SCHEMA},
                "description": {"type": "string"},
                "version": {"type": "string"},
            },
        },
        "auth": AUTH,
        "variable": {"type": "array", "items": KEYED},
        "item": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "item"],
                "properties": {"name": {"type": "string"}, "item": {"type": "array", "items": {"$ref": "#/$defs/item"}, "minItems": 1}},
            },
        },
    },
    "$defs": {
        "item": {
            "type": "object",
            "required": ["name", "request", "response"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "request": {"$ref": "#/$defs/request"},
                "response": {"type": "array", "items": {"$ref": "#/$defs/response"}},
                "event": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["listen", "script"],
                        "properties": {
                            "listen": {"enum": ["test", "prerequest"]},
                            "script": {
                                "type": "object",
                                "required": ["exec"],
                                "properties": {"exec": {"type": "array", "items": {"type": "string"}}},
                            },
                        },
                    },
                },
            },
        },
        "request": {
            "type": "object",
            "required": ["method", "header", "url"],
            "additionalProperties": False,
            "properties": {
                "method": {"enum": ["GET", "POST", "PUT", "DELETE"]},
                "description": {"type": "string"},
                "header": {"type": "array", "items": KEYED},
                "auth": AUTH,
                "url": {
                    "type": "object",
                    "required": ["raw", "host", "path"],
                    "additionalProperties": False,
                    "properties": {
                        "raw": {"type": "string"},
                        "host": {"type": "array", "items": {"type": "string"}},
                        "path": {"type": "array", "items": {"type": "string", "minLength": 1}},
                        "query": {"type": "array", "items": KEYED},
                        "variable": {"type": "array", "items": KEYED},
                    },
                },
                "body": {
                    "type": "object",
                    "required": ["mode"],
                    "oneOf": [
                        {"properties": {"mode": {"const": "raw"}, "raw": {"type": "string"}}, "required": ["raw"]},
                        {
                            "properties": {
                                "mode": {"const": "formdata"},
                                "formdata": {"type": "array", "items": {"type": "object", "required": ["key", "type", "src"]}},
                            },
                            "required": ["formdata"],
                        },
                    ],
                },
            },
        },
        "response": {
            "type": "object",
            "required": ["name", "originalRequest", "code", "header", "body"],
            "properties": {
                "code": {"type": "integer"},
                "body": {"type": "string"},
                "originalRequest": {"$ref": "#/$defs/request"},
                "header": {"type": "array", "items": KEYED},
            },
        },
    },
}


@pytest.fixture(scope="module")
def made():
    return collection(document())


@pytest.fixture(scope="module")
def requests(made):
    return {f"{folder['name']}.{item['name'].replace(' ', '_')}": item for folder in made["item"] for item in folder["item"]}


def test_it_has_the_form_of_a_collection_of_version_2_1(made):
    jsonschema.Draft202012Validator(FORMAT).validate(made)


def test_every_operation_is_in_the_folder_of_its_group_with_its_method_and_path(requests):
    assert set(requests) == {route.name for route in ROUTES}
    for route in ROUTES:
        request = requests[route.name]["request"]
        assert request["method"] == route.method
        assert "/" + "/".join(request["url"]["path"]) == re.sub(r"{(\w+)}", r":\1", route.path)
        assert {each["key"] for each in request["url"].get("variable", [])} == set(route.path_names)


def test_bodies_are_the_examples_of_the_document(requests):
    assert json.loads(requests["auth.login"]["request"]["body"]["raw"])["identifier"] == "siti.rahma@contoh.id"
    assert requests["users.update_photo"]["request"]["body"]["formdata"] == [{"key": "photo", "type": "file", "src": []}]


def test_signing_in_keeps_the_tokens_that_every_other_request_sends(made, requests):
    assert made["auth"]["bearer"][0]["value"] == "{{token}}"
    script = "\n".join(requests["auth.login"]["event"][0]["script"]["exec"])
    assert 'pm.collectionVariables.set("token", tokens.access_token)' in script
    assert "{{refresh_token}}" in requests["auth.refresh"]["request"]["body"]["raw"]
    for route in ROUTES:
        open_to_all = requests[route.name]["request"].get("auth") == {"type": "noauth"}
        assert open_to_all == (route.caller.__name__ in ("public", "doku", "midtrans")), route.name
    assert {"base_url", "token", "refresh_token"} == {each["key"] for each in made["variable"]}


def test_the_system_function_serves_the_same_collection(api, made):
    served = api.get("/postman.json")
    assert served.headers["Access-Control-Allow-Origin"] == "*"
    assert {each["name"] for each in served.json["item"]} == {each["name"] for each in made["item"]}
