"""The local gateway: behaves to callers and functions as API Gateway does, from the very document it would be given.

The document is its route table. The caller's Authorization moves to X-Forwarded-Authorization, a
token of the gateway's own takes its place, unknown paths are 404 and wrong methods 405 with
`{code, message}`. Behind it every public function answers in this one process.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from common.api import Api
from infra.gateway import gateway_document
from infra.routes import PUBLIC_APIS

# API Gateway refuses larger requests before any function sees them.
LIMIT = 32 * 1024 * 1024

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]


class Gateway:
    """A WSGI app over the functions of the document; `extra` answers the local stack's own paths, by prefix."""

    def __init__(self, apis: list[Api] = PUBLIC_APIS, extra: dict[str, App] | None = None) -> None:
        self._functions: dict[str, App] = {f"http://{api.function}.local": api for api in apis}
        self._extra = extra or {}
        document = gateway_document(lambda function: f"http://{function}.local", [route for api in apis for route in api.routes])
        self._exact: dict[str, dict[str, App]] = {}
        self._templates: list[tuple[re.Pattern[str], dict[str, App]]] = []
        for path, item in document["paths"].items():
            self._add(path, {method.upper(): self._functions[each["x-google-backend"]["address"]] for method, each in item.items()})
        # Fixed segments win over parameters, the further left the stronger.
        self._templates.sort(key=lambda template: [segment.startswith("(") for segment in template[0].pattern.split("/")])

    def _add(self, path: str, methods: dict[str, App]) -> None:
        if "{" not in path:
            self._exact.setdefault(path, {}).update(methods)
            return
        pattern = re.compile("/".join("([^/]+)" if segment.startswith("{") else re.escape(segment) for segment in path.split("/")) + "/?")
        known = next((found for each, found in self._templates if each.pattern == pattern.pattern), None)
        if known is None:
            self._templates.append((pattern, methods))
        else:
            # Paths that differ only in a parameter's name are one path to the gateway.
            known.update({method: app for method, app in methods.items() if method not in known})

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Route one request (WSGI)."""
        path = environ["PATH_INFO"]
        for prefix, app in self._extra.items():
            if path.startswith(prefix):
                return app(environ, start)
        methods = self._match(path)
        if methods is None:
            return _refuse(start, 404, "The current request is not defined by this API.")
        if environ["REQUEST_METHOD"] not in methods:
            return _refuse(
                start, 405, f'The current request is matched to the defined url template "{path}" but its http method is not allowed'
            )
        if int(environ.get("CONTENT_LENGTH") or 0) > LIMIT:
            return _refuse(start, 413, "Payload Too Large")
        return methods[environ["REQUEST_METHOD"]](_forwarded(environ), start)

    def _match(self, path: str) -> dict[str, App] | None:
        if path in self._exact:
            return self._exact[path]
        return next((methods for pattern, methods in self._templates if pattern.fullmatch(path)), None)


def _forwarded(environ: Environ) -> Environ:
    """The request as a function behind the gateway sees it: with the gateway's own token, the caller's set aside."""
    caller = environ.get("HTTP_AUTHORIZATION")
    aside = {} if caller is None else {"HTTP_X_FORWARDED_AUTHORIZATION": caller}
    return {**environ, **aside, "HTTP_AUTHORIZATION": "Bearer token-of-the-gateway"}


def _refuse(start: Start, status: int, message: str) -> list[bytes]:
    body = json.dumps({"code": status, "message": message}).encode()
    reasons = {404: "Not Found", 405: "Method Not Allowed", 413: "Payload Too Large"}
    start(f"{status} {reasons[status]}", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
