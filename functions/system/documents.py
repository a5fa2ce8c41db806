"""The documentation: a document drawn from the route table when the bundle is made, and a page that shows it.

The document needs every function's code and this bundle has only its own, so it comes as a file.
"""

import gzip
import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from common import settings
from common.problems import NotFound
from common.replies import Reply

from . import errors, postman

HERE = Path(__file__).parent

# A page of these runs only the very scripts that it brings; the style attributes are Swagger UI's own.
POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

START = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#page", deepLinking: true, persistAuthorization: true})'

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>MamaStoria Comics API</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<div id="page"></div>
<script>{script}</script>
<script>{start}</script>
</body>
</html>
"""


def about() -> dict[str, Any]:
    """Name, version and environment."""
    found = _document()
    version = json.loads(found)["info"]["version"] if found else "unknown"
    return {"name": "MamaStoria Comics", "version": version, "environment": settings.APP_ENV(), "docs": "/docs"}


def openapi() -> Reply:
    """The OpenAPI document; raises `NotFound` in a bundle that was made without it."""
    found = _document()
    if found is None:
        raise NotFound
    return Reply(200, found, "application/json", {"Access-Control-Allow-Origin": "*"})


def collection() -> Reply:
    """The Postman collection; raises `NotFound` in a bundle without the document."""
    return Reply(200, _collection(), "application/json", {"Access-Control-Allow-Origin": "*"})


def catalogue() -> Reply:
    """The page of errors; raises `NotFound` in a bundle without the document."""
    return _html(_catalogue(), POLICY.format(scripts="'none'"))


def page() -> Reply:
    """The page, compressed once: whole it is 1.9 MB and every browser takes gzip."""
    body, policy = _page()
    return _html(body, policy)


def _html(zipped: bytes, policy: str) -> Reply:
    return Reply(200, zipped, "text/html; charset=utf-8", {"Content-Encoding": "gzip", "Content-Security-Policy": policy})


@cache
def _document() -> bytes | None:
    file = Path(settings.OPENAPI_FILE() or HERE / "openapi.json")
    return file.read_bytes() if file.exists() else None


@cache
def _collection() -> bytes:
    return json.dumps(postman.collection(_read()), ensure_ascii=False).encode()


@cache
def _catalogue() -> bytes:
    return gzip.compress(errors.page(_read()).encode(), mtime=0)


def _read() -> dict[str, Any]:
    found = _document()
    if found is None:
        raise NotFound
    document: dict[str, Any] = json.loads(found)
    return document


@cache
def _page() -> tuple[bytes, str]:
    parts = {
        "style": (HERE / "page/swagger-ui.css").read_text(),
        "script": (HERE / "page/swagger-ui-bundle.js").read_text(),
        "start": START,
    }
    policy = POLICY.format(scripts=f"{_hash(parts['script'])} {_hash(START)}")
    return gzip.compress(PAGE.format(**parts).encode(), mtime=0), policy


def _hash(script: str) -> str:
    """How a policy names a script that stands in its page."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
