"""An example for every request and answer, made from its schema and the values of infra/example_values.py.

Made when the document is, never when a function runs; tests/infra/test_examples.py holds each to its own schema.
"""

import re
from typing import Any

from infra.example_values import BODIES, DATA, FIELDS, JSONS, LOCATIONS, TEXTS

Schema = dict[str, Any]

KINDS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": (int, float),
    "array": list,
    "object": dict,
    "null": type(None),
}
MOMENTS = {"date-time": "2026-11-21T09:30:00Z", "date": "2026-11-21", "uuid": "6f1c7f0e-52f4-4c1b-9a53-0f7a5a3f6c2d"}


def put_into(operation: Schema, definitions: Schema) -> None:
    """Give an operation of the document its examples: its parameters, its request, its success."""
    name = operation["operationId"]
    for parameter in operation["parameters"]:
        if parameter["required"]:
            parameter["example"] = value(parameter["name"], parameter["schema"], definitions)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        content["example"] = _request(name, kind, content["schema"], definitions)
    status = min(operation["responses"])
    answer = operation["responses"][status]
    if name in LOCATIONS:
        answer["headers"] = {"Location": {"description": "Where to go.", "schema": {"type": "string"}, "example": LOCATIONS[name]}}
        del answer["content"]
    for kind, content in answer.get("content", {}).items():
        content["example"] = _answer(name, kind, content.get("schema"), answer["description"], definitions)


def _request(name: str, kind: str, schema: Schema, definitions: Schema) -> Any:
    if kind == "multipart/form-data":
        # A file cannot be shown as text; its field says which one is meant.
        return {field: f"({field})" for field in schema["required"]}
    return BODIES[name] if name in BODIES else value("", schema, definitions)


def _answer(name: str, kind: str, schema: Schema | None, said: str, definitions: Schema) -> Any:
    if schema is None:
        return JSONS[name] if name in JSONS else TEXTS.get(name) or TEXTS[kind.partition(";")[0]]
    found = value("", schema, definitions)
    if name in DATA:
        found["data"] = {**found["data"], **DATA[name]}
    return {**found, "message": said} if said != "Done" else {key: each for key, each in found.items() if key != "message"}


def value(name: str, schema: Schema, definitions: Schema, owner: str = "") -> Any:
    """A value that fits a schema: that of the field's name where it has one, else the plainest of its type."""
    if "$ref" in schema:
        inner = schema["$ref"].rpartition("/")[2]
        return value(name, definitions[inner], definitions, inner)
    if "const" in schema:
        return schema["const"]
    for known in (f"{owner}.{name}", name):
        if name and known in FIELDS and fits(FIELDS[known], schema):
            return FIELDS[known]
    if "anyOf" in schema:
        return value(name, next(each for each in schema["anyOf"] if each.get("type") != "null"), definitions, owner)
    return _plain(name, schema, definitions, owner)


def _plain(name: str, schema: Schema, definitions: Schema, owner: str) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {field: value(field, inner, definitions, owner) for field, inner in fields.items()}
        case "array":
            return [value(name, schema.get("items", {"type": "string"}), definitions, owner)]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "number":
            return 0.5
        case "boolean":
            return True
    if schema.get("format") in MOMENTS:
        return MOMENTS[schema["format"]]
    return named(name, schema)


def named(name: str, schema: Schema) -> str:
    """Text for a field that no one has given a value yet: its own name, as long as it has to be."""
    return name.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", None)]


def fits(found: Any, schema: Schema) -> bool:
    """Whether a value is of a schema's type, within an enumeration where there is one."""
    if "anyOf" in schema:
        return any(fits(found, each) for each in schema["anyOf"])
    if "enum" in schema:
        return found in schema["enum"]
    if "$ref" in schema or "const" in schema:
        return False
    kind = schema.get("type")
    # true is an int to Python and not to JSON.
    right = kind is None or (isinstance(found, KINDS[kind]) and isinstance(found, bool) == (kind == "boolean"))
    if right and kind == "array" and found and "items" in schema:
        return all(fits(each, schema["items"]) for each in found)
    if right and schema.get("format") == "date-time":
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}Z", found))
    return right and schema.get("format") != "uuid" and "properties" not in schema
