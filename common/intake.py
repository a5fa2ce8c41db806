"""What a caller sent, read and checked: bodies, queries and path values become the declared types.

Whatever is wrong becomes a 4xx that names the field; nothing a caller sends may end in a 500.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import pydantic
from pydantic import ConfigDict, Field
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wrappers import Request as WerkzeugRequest

from common.i18n import Text
from common.problems import InvalidRequest, MalformedRequest, Problem, TooLarge, UnsupportedMediaType, invalid

# API Gateway and Cloud Functions take no more; larger files go straight to storage.
MAX_BODY = 32 * 1024 * 1024

# PostgreSQL's BIGINT ends here, and so does every id.
MAX_ID = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=MAX_ID)]


class Request(WerkzeugRequest):
    """A request whose body is never read past `MAX_BODY`, but for the one byte that shows there is more."""

    # werkzeug cuts a body without a Content-Length at its limit and says nothing.
    max_content_length = MAX_BODY + 1


class Model(pydantic.BaseModel):
    """What an endpoint takes: unknown fields are refused, text is text and numbers are numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Query(pydantic.BaseModel):
    """Query parameters: strings that must read as the declared type.

    Unknown ones are ignored, as browsers, caches and campaigns add theirs; empty ones count as absent,
    as apps send an empty search box.
    """

    model_config = ConfigDict(extra="ignore", defer_build=True)


class BadHeader(Problem):
    """A header has a value that cannot be used."""

    status = 400
    detail = Text("The header {header} is not valid", "Header {header} tidak valid")


class CutOff(Problem):
    """The connection ended in the middle of the request; nothing was done."""

    status = 400
    detail = Text("The request ended before its body did", "Permintaan terputus sebelum isinya lengkap")


@contextmanager
def _to_its_end() -> Iterator[None]:
    """Reading what a client sends; raises `CutOff` where it does not come."""
    try:
        yield
    except ClientDisconnected:
        raise CutOff from None
    except Exception as error:
        # Werkzeug takes an OSError for the end of a connection, and gunicorn has errors of its own for a piece of a body that is none.
        if type(error).__module__ != "gunicorn.http.errors":
            raise
        raise CutOff from None


def raw_body(request: Request) -> bytes:
    """The bytes of the body; raises `TooLarge` past `MAX_BODY`, and `CutOff` where there are fewer than were announced."""
    try:
        with _to_its_end():
            data = request.get_data(cache=True, parse_form_data=False)
    except RequestEntityTooLarge:
        raise TooLarge(limit=MAX_BODY) from None
    # What the sender did not finish is not done: gunicorn ends a body wherever its connection does, also before the first byte.
    if len(data) < (request.content_length or 0):
        raise CutOff
    if len(data) > MAX_BODY:
        raise TooLarge(limit=MAX_BODY)
    return data


# Beside the file a form holds its boundaries and perhaps a few short fields.
FORM_BYTES = 64 * 1024
FORM_PARTS = 20


@dataclass(frozen=True)
class File:
    """Which field of a multipart form a handler's `file` (its bytes) is, and how many bytes are taken: `Annotated[bytes, File("photo", 8_000_000)]`."""

    field: str
    limit: int


def file(request: Request, expected: File) -> bytes:
    """The bytes of a form's file; its name and declared type are not looked at, because callers choose both.

    Raises `UnsupportedMediaType`, `TooLarge`, `CutOff`, or a 422 that names the field when there is no such file.
    """
    if not is_form(request):
        raise UnsupportedMediaType(expected="multipart/form-data")
    request.max_content_length, request.max_form_parts = expected.limit + FORM_BYTES, FORM_PARTS
    try:
        with _to_its_end():
            found = request.files.get(expected.field)
    except RequestEntityTooLarge:
        raise TooLarge(limit=expected.limit) from None
    data = found.read(expected.limit + 1) if found else b""
    if len(data) > expected.limit:
        raise TooLarge(limit=expected.limit)
    if not data:
        raise invalid("body", expected.field, "Send the file in this field of the form", "missing")
    return data


def is_form(request: Request) -> bool:
    """Whether the body is a multipart form."""
    return request.mimetype == "multipart/form-data"


def fields(request: Request, adapter: "pydantic.TypeAdapter[Any]", known: Iterable[str]) -> Any:
    """The `known` fields beside a form's file as the declared type; others are ignored, and empty ones count as absent."""
    request.max_form_parts = FORM_PARTS
    try:
        given = {name: request.form[name] for name in known if request.form.get(name)}
    except RequestEntityTooLarge:
        raise TooLarge(limit=FORM_BYTES) from None
    _refuse_unstorable("body", given, [])
    return _checked("body", given, adapter)


def body(request: Request, adapter: "pydantic.TypeAdapter[Any]") -> Any:
    """The JSON body as the declared type; an empty body counts as `{}`.

    Raises `UnsupportedMediaType`, `MalformedRequest`, `InvalidRequest`, and what `raw_body` raises.
    """
    data = raw_body(request)
    if data and request.mimetype not in ("application/json", ""):
        raise UnsupportedMediaType(expected="application/json")
    return _checked("body", _parsed(data) if data.strip() else {}, adapter)


def _parsed(data: bytes) -> Any:
    from pydantic_core import from_json

    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        # The parser's reason holds a position, never the content.
        raise MalformedRequest(reason=str(error)[:200]) from None
    if rb"\u" in data or b"\0" in data:
        _refuse_unstorable("body", value, [])
    return value


def query(request: Request, adapter: "pydantic.TypeAdapter[Any]", lists: frozenset[str]) -> Any:
    """The query parameters as the declared type; the ones in `lists` may be repeated, of others the last counts."""
    try:
        sent = request.args
    except UnicodeDecodeError:
        # Bytes that a browser would have written as %C3%A9; escaped ones that are not UTF-8 are replaced, these are not.
        raise InvalidRequest([{"loc": ["query"], "msg": "The query is not UTF-8", "type": "string_unicode"}]) from None
    given = {name: values if name in lists else values[-1] for name, values in sent.lists() if values != [""]}
    _refuse_unstorable("query", given, [])
    return _checked("query", given, adapter)


def path(values: Mapping[str, Any], adapters: "dict[str, pydantic.TypeAdapter[Any]]") -> dict[str, Any]:
    """The path's values, each as the type its handler declares."""
    _refuse_unstorable("path", dict(values), [])
    return {name: _checked("path", values[name], adapter, name) for name, adapter in adapters.items()}


def idempotency_key(request: Request) -> str | None:
    """The Idempotency-Key header: 1 to 255 printable ASCII characters."""
    given = request.headers.get("Idempotency-Key")
    if given is not None and not re.fullmatch(r"[!-~]{1,255}", given):
        raise BadHeader(header="Idempotency-Key")
    return given


def _checked(where: str, value: Any, adapter: "pydantic.TypeAdapter[Any]", *at: str) -> Any:
    try:
        return adapter.validate_python(value)
    except pydantic.ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        wrong = [{"loc": [where, *at, *detail["loc"]], "msg": detail["msg"], "type": detail["type"]} for detail in details]
        raise InvalidRequest(wrong[:50]) from None


def _refuse_unstorable(where: str, value: Any, at: list[str | int]) -> None:
    """PostgreSQL stores neither NUL nor half a surrogate pair; both come in through JSON escapes."""
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)):
            raise InvalidRequest([{"loc": [where, *at], "msg": "Text may not hold NUL or unpaired surrogates", "type": "string_unicode"}])
    elif isinstance(value, dict):
        for name, item in value.items():
            if "\0" in name or not name.isascii():
                _refuse_unstorable(where, name, at)
            _refuse_unstorable(where, item, [*at, name])
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _refuse_unstorable(where, item, [*at, number])


__all__ = [
    "MAX_BODY",
    "MAX_ID",
    "CutOff",
    "File",
    "Id",
    "Model",
    "Query",
    "Request",
    "body",
    "fields",
    "file",
    "idempotency_key",
    "invalid",
    "is_form",
    "path",
    "query",
    "raw_body",
]
