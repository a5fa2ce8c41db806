"""The document of API Gateway, drawn from the route table: OpenAPI 2.0 with the gateway's own extensions.

Apart from the documentation (infra/openapi.py), because the local gateway routes by this one at every start.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common.api import Route
from common.needs import Needs
from infra.routes import APIS, ROUTES

Schema = dict[str, Any]

VERSION = "1.1.0"


def gateway_document(address: Callable[[str], str], routes: list[Route] = ROUTES) -> Schema:
    """OpenAPI 2.0 for API Gateway: every path and alias, routed to `address(function)`, which is also the token's audience.

    The path is appended to the address, said aloud because the default differs between the top level
    and an operation. Each path has an open `options`, since the gateway answers no preflight itself, and a `head`
    where it has a `get`: link checkers and monitors ask so, and what is not declared is a 405.
    No security anywhere: the gateway cannot verify tokens signed with a shared key, the functions do. It
    waits for a function as long as the function may take, at most for GATEWAY_SECONDS.
    """
    served = {route.function for route in routes}
    backends = {api.function: _backend(address(api.function), api.needs) for api in APIS if api.function in served}
    paths: Schema = {}
    for route in routes:
        for path in route.aliases:
            item = paths.setdefault(path, {})
            item[route.method.lower()] = _gateway_operation(path, route.method.lower(), backends[route.function])
            if route.method == "GET":
                item.setdefault("head", _gateway_operation(path, "head", backends[route.function]))
            item.setdefault("options", _gateway_operation(path, "options", backends[route.function]))
    return {
        "swagger": "2.0",
        "info": {"title": "MamaStoria Comics", "version": VERSION},
        "schemes": ["https"],
        "produces": ["application/json"],
        "paths": paths,
    }


# Integrators see API Gateway end calls after a minute whatever the deadline says.
GATEWAY_SECONDS = 60


def _backend(address: str, needs: Needs) -> Schema:
    return {
        "address": address,
        "path_translation": "APPEND_PATH_TO_ADDRESS",
        "jwt_audience": address,
        "deadline": float(min(needs.timeout, GATEWAY_SECONDS)),
    }


def _gateway_operation(path: str, method: str, backend: Schema) -> Schema:
    return {
        "operationId": re.sub(r"\W+", "_", f"{method}{path}").strip("_") or method,
        "parameters": [{"name": name, "in": "path", "required": True, "type": "string"} for name in re.findall(r"{(\w+)}", path)],
        "responses": {"default": {"description": "As the function answers"}},
        "security": [],
        "x-google-backend": backend,
    }


def addressed(where: str) -> Callable[[str], str]:
    """A function's URL by its name: from a JSON file of URLs, or from a template with `{function}` in it."""
    if where.endswith(".json"):
        known: dict[str, str] = json.loads(Path(where).read_text())
        return known.__getitem__
    return lambda function: where.replace("{function}", function.replace("_", "-"))


def written(gateway: Schema) -> str:
    """The gateway's document as JSON with one operation a line, so that a change of it can be read."""
    head = {name: value for name, value in gateway.items() if name != "paths"}
    paths = []
    for path, item in gateway["paths"].items():
        operations = ",\n".join(f"   {json.dumps(method)}: {json.dumps(operation)}" for method, operation in item.items())
        paths.append(f"  {json.dumps(path)}: {{\n{operations}\n  }}")
    return json.dumps(head, indent=1).removesuffix("\n}") + ',\n "paths": {\n' + ",\n".join(paths) + "\n }\n}"
