"""The API as documents, drawn from the route table: OpenAPI 3.1 for readers and tests, 2.0 for API Gateway.

`python -m infra.openapi` prints the first, `python -m infra.openapi gateway [ADDRESS]` the second; ADDRESS is a function's
URL with `{function}` in it, or a JSON file of the functions' URLs by name.
"""

import inspect
import json
import sys
from typing import Any

import pydantic

from common import auth, intake, problems, settings
from common.api import Route
from common.replies import JSON, PROBLEM_JSON, Meta
from infra import examples
from infra.errors import catalogue
from infra.gateway import VERSION, addressed, gateway_document, written
from infra.routes import ROUTES

Schema = dict[str, Any]


def document(routes: list[Route] = ROUTES) -> Schema:
    """OpenAPI 3.1 with every schema and every declared problem, canonical paths only."""
    schemas, definitions = _schemas(routes)
    paths: Schema = {}
    for route in routes:
        operation = paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
        examples.put_into(operation, definitions)
    return {
        "openapi": "3.1.0",
        "info": {"title": "MamaStoria Comics", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": settings.PUBLIC_URL()}],
        "paths": paths,
        "x-problems": catalogue(declared(routes)),
        "components": {
            "schemas": {**definitions, "Problem": PROBLEM, "GatewayError": GATEWAY_ERROR},
            "securitySchemes": {
                "user": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "doku": {"type": "apiKey", "in": "header", "name": "Signature"},
            },
        },
    }


DESCRIPTION = """Comics made with AI: tell a story, choose style, characters and backgrounds, review the draft, have it drawn, publish it.

Every path is also served under its older spelling (`/api/v1/…`). Errors are problem details (RFC 9457); compare `error`, show `detail`:
[all errors and what to do about each](/docs/errors). Send `Accept-Language: id` for Indonesian sentences.

[This API as a Postman collection](/postman.json): import it by its address, run *auth / login*, and the token is filled in everywhere."""

PROBLEM: Schema = {
    "type": "object",
    "required": ["ok", "type", "title", "status", "detail", "error"],
    "properties": {
        "ok": {"const": False},
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "error": {"type": "string", "description": "A stable name for programs."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["loc", "msg", "type"],
                "properties": {
                    "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "msg": {"type": "string"},
                    "type": {"type": "string"},
                },
            },
        },
    },
}

# What API Gateway itself answers for paths and methods that it does not know.
GATEWAY_ERROR: Schema = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
}


def _schemas(routes: list[Route]) -> tuple[dict[Any, Schema], Schema]:
    taken = [((route.name, "body"), "validation", route.body_type) for route in routes if "body" in route.arguments]
    given = [((route.name, "data"), "serialization", route.data_type) for route in routes if route.enveloped and route.gives is not None]
    meta = [(("", "meta"), "serialization", pydantic.TypeAdapter(Meta))]
    schemas, definitions = pydantic.TypeAdapter.json_schemas([*taken, *given, *meta], ref_template="#/components/schemas/{model}")  # type: ignore[list-item]
    return {key: schema for (key, _mode), schema in schemas.items()}, definitions.get("$defs", {})


def _operation(route: Route, schemas: dict[Any, Schema]) -> Schema:
    summary, _, description = inspect.getdoc(route.handler).partition("\n")  # type: ignore[union-attr]
    operation: Schema = {
        "operationId": route.name,
        "tags": [route.function],
        "summary": summary,
        "description": description.strip(),
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": _responses(route, schemas),
        "security": _security(route),
    }
    if "body" in route.arguments:
        operation["requestBody"] = {"required": _body_required(route), "content": {JSON: {"schema": schemas[(route.name, "body")]}}}
    if "file" in route.arguments:
        operation.setdefault("requestBody", {"required": True, "content": {}})["content"]["multipart/form-data"] = {"schema": _form(route)}
    return operation


def _form(route: Route) -> Schema:
    """A form with one file in it, and the body's fields beside it where the route takes either."""
    field = route.file_type.field
    file = {"type": "string", "contentMediaType": "application/octet-stream", "maxLength": route.file_type.limit}
    beside = route.body_type.json_schema().get("properties", {}) if "body" in route.arguments else {}
    return {"type": "object", "required": [field], "properties": {**beside, field: file}}


def _body_required(route: Route) -> bool:
    try:
        route.body_type.validate_python({})
    except pydantic.ValidationError:
        return True
    return False


def _security(route: Route) -> list[Schema]:
    if route.caller in (auth.public, auth.midtrans):
        return []
    if route.caller is auth.doku:
        return [{"doku": []}]
    return [{}, {"user": []}] if route.caller is auth.maybe_user else [{"user": []}]


def _path_parameters(route: Route) -> list[Schema]:
    return [{"name": name, "in": "path", "required": True, "schema": kind.json_schema()} for name, kind in route.path_types.items()]


def _query_parameters(route: Route) -> list[Schema]:
    if "query" not in route.arguments:
        return []
    schema = route.query_type.json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _one_value(field)}
        for name, field in schema.get("properties", {}).items()
    ]


def _one_value(field: Schema) -> Schema:
    """A query value is a string or absent, never null; the schema of an optional field says so by `anyOf` with null."""
    kinds = [kind for kind in field.get("anyOf", []) if kind.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else field


def _header_parameters(route: Route) -> list[Schema]:
    if not route.once and "idempotency_key" not in route.arguments:
        return []
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 255}}]


def _responses(route: Route, schemas: dict[Any, Schema]) -> Schema:
    success = str(route.status)
    content = {JSON: {"schema": _envelope(route, schemas)}, **{kind: {} for kind in route.also}} if route.enveloped else {route.gives: {}}
    found: Schema = {success: {"description": route.message.en if route.message else "Done", "content": content}}
    if route.method == "GET" and (route.public or route.caller is auth.maybe_user):
        found["304"] = {"description": "Not modified since the ETag in If-None-Match"}
    for problem in sorted({*route.raises, *_usual(route)}, key=lambda each: (each.status, each.__name__)):
        status = str(problem.status)
        before = found.get(status, {}).get("description")
        text = f"{problem.__name__}: {problem.detail.en}"
        found[status] = {
            "description": f"{before}; {text}" if before else text,
            # A page says what is wrong as a page where it can.
            "content": {
                PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}},
                **({} if route.enveloped else {route.gives: {}}),
            },
        }
    return found


def declared(routes: list[Route]) -> dict[type[problems.Problem], list[str]]:
    """Every problem that an operation may answer, with the operations' names."""
    found: dict[type[problems.Problem], list[str]] = {}
    for route in routes:
        for problem in {*route.raises, *_usual(route)}:
            found.setdefault(problem, []).append(route.name)
    return found


def _usual(route: Route) -> set[type[problems.Problem]]:
    """The problems that follow from what a route takes and who may call it."""
    found: set[type[problems.Problem]] = {problems.Problem, problems.ServiceUnavailable}
    if route.caller is not auth.public and route.caller is not auth.maybe_user:
        found |= {problems.Unauthenticated, problems.Forbidden}
    if route.caller is auth.maybe_user and any(issubclass(problem, auth.HIDDEN) for problem in route.raises):
        found.add(problems.Unauthenticated)
    if route.caller is auth.owner:
        found.add(problems.NotFound)
    if route.path_names or {"query", "body", "file"} & set(route.arguments):
        found.add(problems.InvalidRequest)
    if "file" in route.arguments:
        found |= {problems.UnsupportedMediaType, problems.TooLarge}
    if "body" in route.arguments:
        found |= {problems.MalformedRequest, problems.UnsupportedMediaType, problems.TooLarge}
    if "idempotency_key" in route.arguments:
        found.add(problems.MalformedRequest)
    if {"body", "file"} & set(route.arguments) or route.once or route.caller in (auth.doku, auth.midtrans):
        found.add(intake.CutOff)
    return found


def _envelope(route: Route, schemas: dict[Any, Schema]) -> Schema:
    properties: Schema = {"ok": {"const": True}, "message": {"type": "string"}}
    required = ["ok"]
    if route.gives is not None:
        properties["data"] = schemas[(route.name, "data")]
        required.append("data")
    if _is_page(route):
        properties["meta"] = schemas[("", "meta")]
        required.append("meta")
    return {"type": "object", "required": required, "properties": properties}


def _is_page(route: Route) -> bool:
    from common.pages import PageQuery

    query = route.arguments.get("query")
    return (
        inspect.isclass(query) and issubclass(query, PageQuery) and route.data_type.json_schema(mode="serialization").get("type") == "array"
    )


def main() -> None:
    """Print the document that the command line asks for."""
    if sys.argv[1:2] != ["gateway"]:
        print(json.dumps(document(), indent=2, ensure_ascii=False))
        return
    where = sys.argv[2] if sys.argv[2:] else "https://{function}-0000000000.asia-southeast2.run.app"
    print(written(gateway_document(addressed(where))))


if __name__ == "__main__":
    main()
