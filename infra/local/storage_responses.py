"""What the local Cloud Storage sends back: an object's data, whole or a range, and partial JSON."""

import re
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from infra.local.httpd import Request, Response
from infra.local.storage_objects import Problem, Resource, invalid


def data_response(request: Request, resource: Resource, data: bytes, *, may_override: bool = False) -> Response:
    """The object's data with Google's headers: 200, 206 for one range, 304 for a known ETag.

    `may_override`: `response-content-type` and `response-content-disposition` of the query hold,
    as they do for signed requests and not for anonymous ones.
    """
    headers = _headers(resource)
    if may_override:
        headers |= _overridden(request.query)
    if request.header("If-None-Match") == headers["ETag"]:
        return Response(304, b"", headers)
    part = _range(request.header("Range"), len(data))
    if part is None:
        return Response(200, data, headers | {"Content-Length": str(len(data))})
    if not part:
        raise Problem(416, "requestedRangeNotSatisfiable", "InvalidRange", "The requested range cannot be satisfied.")
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(data)}"
    return Response(206, data[part.start : part.stop], headers)


def _headers(resource: Resource) -> dict[str, str]:
    names = {"Content-Type": "contentType", "Cache-Control": "cacheControl", "Content-Disposition": "contentDisposition"}
    names |= {"Content-Language": "contentLanguage"}
    headers = {name: resource[field] for name, field in names.items() if field in resource}
    headers |= {f"x-goog-meta-{name}": value for name, value in resource.get("metadata", {}).items()}
    headers["ETag"] = f'"{resource["etag"]}"'
    headers["Last-Modified"] = format_datetime(datetime.fromisoformat(resource["updated"]), usegmt=True)
    headers["Accept-Ranges"] = "bytes"
    # The client library checks what it downloads against these.
    headers["x-goog-hash"] = f"crc32c={resource['crc32c']},md5={resource['md5Hash']}"
    headers |= {"x-goog-generation": resource["generation"], "x-goog-metageneration": resource["metageneration"]}
    return headers | {"x-goog-stored-content-length": resource["size"], "x-goog-stored-content-encoding": "identity"}


def _overridden(query: dict[str, str]) -> dict[str, str]:
    wanted = {"Content-Type": query.get("response-content-type"), "Content-Disposition": query.get("response-content-disposition")}
    if any("\r" in value or "\n" in value for value in wanted.values() if value):
        raise invalid("A header's value has no line break.")
    return {name: value for name, value in wanted.items() if value}


def _range(header: str, size: int) -> range | None:
    """The bytes a Range header asks for: None for all of them, empty when there are none such.

    Several ranges at once are answered with everything, as Google does.
    """
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header)
    if not match or match[1] == match[2] == "":
        return None
    if not match[1]:
        return range(max(0, size - int(match[2])), size)
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    return range(int(match[1]), last + 1)


def selected(value: Resource, request: Request) -> Resource:
    """The parts of `value` that the `fields` parameter asks for (`items(name,size),nextPageToken`); all without one."""
    wanted = request.query.get("fields", "")
    chosen: Resource = _pick(value, _tree(wanted)) if wanted else value
    return chosen


def _tree(text: str) -> dict[str, str]:
    """Top-level names of a `fields` expression, each with the expression inside it."""
    if not re.fullmatch(r"[\w*/(),]+", text):
        raise invalid(f"Invalid field selection {text}")
    parts = re.findall(r"([\w*]+)(?:/([^,()]+)|\(((?:[^()]|\([^()]*\))*)\))?", text)
    return {name: inner_path or inner for name, inner_path, inner in parts}


def _pick(value: Any, tree: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_pick(item, tree) for item in value]
    if "*" in tree or not isinstance(value, dict):
        return value
    return {name: _pick(value[name], _tree(inner)) if inner else value[name] for name, inner in tree.items() if name in value}
