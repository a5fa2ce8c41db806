"""What a caller writes: headers, queries, cursors, forms, bodies, numbers; each is read, or refused with a problem of the caller's."""

import csv
import io
import json
from base64 import urlsafe_b64encode
from urllib.parse import quote_from_bytes

import pydantic
import pytest
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from common import contacts, fields, i18n, intake, log, pages, replies, tables
from common.problems import Problem
from infra.routes import ROUTES
from tests.fuzz.parsing import ANY_TEXT, HEADER, JSON, LETTERS, fuzzed


@pytest.fixture(autouse=True)
def settings_of_the_stack(services):
    """What the fields of some bodies are checked against."""


def refused_or(act):
    """What `act` gives, or None where it refuses with a problem of the caller's."""
    try:
        return act()
    except Problem as problem:
        assert 400 <= problem.status < 500
        for language in ("id", "en"):
            json.dumps(problem.to_json(language), default=str, ensure_ascii=False).encode()
        return None


def request(body=b"", content_type="", query="", **headers):
    environ = EnvironBuilder(method="POST").get_environ()
    environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": content_type, "QUERY_STRING": query})
    environ.update({f"HTTP_{name.upper()}": value for name, value in headers.items()})
    return intake.Request(environ)


# Cursors.

NUMBERS = st.integers(-pages.MOST, pages.MOST)
CURSORS = (
    ANY_TEXT
    | st.binary(max_size=300).map(lambda data: urlsafe_b64encode(data).decode())
    | JSON.map(lambda value: urlsafe_b64encode(json.dumps(value).encode()).decode())
    | st.lists(st.just("new") | st.integers() | st.floats() | ANY_TEXT, max_size=4).map(
        lambda value: urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    )
    | st.integers(1, 100_000).map(lambda depth: urlsafe_b64encode(b"[" * depth).decode())
    | st.integers(1, 100_000).map(lambda digits: urlsafe_b64encode(b'["new",' + b"9" * digits + b"]").decode())
)


@fuzzed(cursor=CURSORS, kinds=st.sampled_from([(int,), (int, int), (float, int)]))
def test_a_cursor_is_numbers_or_refused(cursor, kinds):
    asked = pages.PageQuery.model_construct(cursor=cursor)
    found = refused_or(lambda: pages.keys(asked, "new", *kinds))
    assert found is None or [type(value) for value in found] == list(kinds)


@fuzzed(keys=st.lists(NUMBERS, min_size=1, max_size=3), order=st.sampled_from(["new", "top", "mine"]))
def test_a_cursor_is_read_as_it_was_written(keys, order):
    asked = pages.PageQuery.model_construct(cursor=pages.cursor(order, *keys))
    assert pages.keys(asked, order, *(int for _ in keys)) == keys
    assert refused_or(lambda: pages.keys(asked, "another", *(int for _ in keys))) is None


# Queries: every route's own.

QUERIES = [route for route in ROUTES if "query" in route.arguments]
PARAMETERS = sorted({name for route in QUERIES for name in route.arguments["query"].model_fields})
VALUES = (
    HEADER.map(lambda text: quote_from_bytes(text.encode("latin-1")))
    | ANY_TEXT.map(lambda text: quote_from_bytes(text.encode("utf-8", "surrogatepass")))
    | st.sampled_from(
        ["", "0", "-1", "1e9", "9" * 5000, "NaN", "%00", "%ed%a0%80", "%ff", "%", "true", "2026-13-40", "1,2,3", "2026-01-01", "id"]
    )
    | st.integers().map(str)
)
QUERY = st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=8).map(lambda pairs: "&".join("=".join(pair) for pair in pairs))


@fuzzed(route=st.sampled_from(QUERIES), query=QUERY | HEADER)
def test_a_query_is_what_its_route_declares_or_refused(route, query):
    found = refused_or(lambda: intake.query(request(query=query), route.query_type, route.query_lists))
    assert found is None or isinstance(found, route.arguments["query"])


# Paths.

PATHS = [route for route in ROUTES if route.path_names]


@fuzzed(
    route=st.sampled_from(PATHS),
    value=ANY_TEXT | HEADER | st.integers().map(str) | st.sampled_from(["٣", "1_0", "+1", " 1", "1.0", "9" * 5000]),
)
def test_a_value_of_a_path_is_what_its_route_declares_or_refused(route, value):
    refused_or(lambda: intake.path(dict.fromkeys(route.path_names, value), route.path_types))


# Bodies: every route's own.

BODIES = [route for route in ROUTES if "body" in route.arguments]
FIELDS = sorted({name for route in BODIES for name in getattr(route.arguments["body"], "model_fields", {})})
NAMED = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6)
RAW = (
    (JSON | NAMED).map(lambda value: json.dumps(value).encode())
    | (JSON | NAMED).map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | NAMED.map(lambda value: json.dumps(value).encode("utf-16"))
    | st.integers(1, 100_000).map(lambda depth: b"[" * depth)
    | st.integers(1, 50_000).map(lambda depth: b'{"a":' * depth + b"1" + b"}" * depth)
    | st.integers(1, 200_000).map(lambda digits: b'{"amount":' + b"9" * digits + b"}")
    | st.builds(lambda value, cut: json.dumps(value).encode()[:cut], NAMED, st.integers(0, 100))
    | st.binary(max_size=200)
)
KINDS = (
    st.sampled_from(["application/json", "", "application/json; charset=utf-16", "text/plain", "application/x-www-form-urlencoded"])
    | HEADER
)


@fuzzed(route=st.sampled_from(BODIES), body=RAW, kind=KINDS)
def test_a_body_is_what_its_route_declares_or_refused(route, body, kind):
    refused_or(lambda: intake.body(request(body, kind), route.body_type))


# Forms.

FORMS = [route for route in ROUTES if "file" in route.arguments]
NAME = st.sampled_from(["photo", "file", "image", "audio", "", 'a"b', "a\r\nb"]) | HEADER
LINES = (
    NAME.map(lambda name: f'Content-Disposition: form-data; name="{name}"')
    | st.builds(lambda name, file: f'Content-Disposition: form-data; name="{name}"; filename="{file}"', NAME, HEADER)
    | st.sampled_from(
        ["Content-Type: text/plain; charset=utf-7", "Content-Transfer-Encoding: base64", "Content-Length: -1", ":", "X" * 70_000]
    )
    | HEADER
)
PARTS = st.builds(
    lambda lines, data: "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data,
    st.lists(LINES, max_size=4),
    st.binary(max_size=200) | st.integers(1, 40).map(lambda size: b"x" * size * 2_000),
)
EDGES = st.sampled_from(["edge", "", "e" * 70, "e" * 5_000, "--", "a b", "édge"]) | HEADER


@st.composite
def forms(draw):
    """A content type and a body that may have much to do with it."""
    edge = draw(EDGES)
    mark = b"--" + edge.encode("latin-1", "replace")
    parts = draw(st.lists(PARTS, max_size=4) | st.builds(lambda part, times: [part] * times, PARTS, st.integers(10, 60)))
    end = draw(st.sampled_from([b"--\r\n", b"--", b"", b"\r\n", b"\r\n\r\n"]))
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + end
    kind = draw(
        st.sampled_from([f'multipart/form-data; boundary="{edge}"', f"multipart/form-data; boundary={edge}", "multipart/form-data"])
    )
    return kind, draw(st.just(body) | st.integers(0, len(body)).map(lambda cut: body[:cut]) | st.binary(max_size=300))


@fuzzed(route=st.sampled_from(FORMS), form=forms())
def test_a_form_is_a_file_or_refused(route, form):
    kind, body = form
    sent = request(body, kind)
    if "body" in route.arguments and intake.is_form(sent):
        refused_or(lambda: intake.fields(sent, route.body_type, route.arguments["body"].model_fields))
    found = refused_or(lambda: intake.file(sent, route.file_type))
    assert found is None or (isinstance(found, bytes) and found)


# Headers.


@fuzzed(key=HEADER | ANY_TEXT)
def test_an_idempotency_key_is_plain_or_refused(key):
    found = refused_or(lambda: intake.idempotency_key(request(idempotency_key=key)))
    assert found is None or (found.isascii() and found.isprintable() and 0 < len(found) <= 255)


TAGS = st.sampled_from(["id", "in", "en", "en-GB", "*", "ID", "\u0130d"]) | HEADER
QUALITIES = st.sampled_from(["", ";q=1", ";q=nan", ";q=inf", ";q=-1", ";q=0.5", ";q=1e400", ";q=", ";q", ";q=٣", ";=;=", ";q=0_1"])
LANGUAGES = st.lists(st.builds(str.__add__, TAGS, QUALITIES), max_size=6).map(",".join)


@fuzzed(header=LANGUAGES | ANY_TEXT | st.integers(1, 60_000).map(lambda times: "id," * times))
def test_a_language_is_one_of_ours(header):
    assert i18n.preferred(header) in ("id", "en")


ETAGS = st.lists(st.sampled_from(['"abc"', 'W/"abc"', "*", "", '"', "W/"]) | HEADER, max_size=6).map(",".join)


@fuzzed(header=ETAGS | ANY_TEXT, body=st.binary(max_size=100))
def test_a_tag_is_the_one_that_was_given_or_not(header, body):
    tag = replies.etag(body)
    assert replies.matches(header, tag) in (True, False)
    assert replies.matches(tag.removeprefix("W/"), tag) and replies.matches(f'"other", {tag}', tag)


ENCODINGS = st.lists(st.sampled_from(["gzip", "gzip;q=0", "br", "*", "identity", "gzip ; q=0.0", "gzip;q=1.0"]) | HEADER, max_size=6).map(
    ",".join
)


@fuzzed(header=ENCODINGS | ANY_TEXT | st.integers(1, 20_000).map(lambda times: "gzip ; " * times))
def test_an_accepted_encoding_is_one_that_the_caller_takes(header):
    reply = replies.Reply(200, b"{" + b" " * 2_000 + b"}")
    given = replies.compressed(reply, header)
    assert given is reply or given.headers["Content-Encoding"] == "gzip"
    assert given is reply or "gzip" in header


HEX = st.integers(0, 2**136).map(lambda number: f"{number:032x}")
TRACES = HEX.map(lambda trace: f"{trace}/1;o=1") | HEADER
PARENTS = HEX.map(lambda trace: f"00-{trace}-00f067aa0ba902b7-01") | HEADER


@fuzzed(cloud=st.none() | TRACES, parent=st.none() | PARENTS)
def test_a_trace_is_a_plain_name_or_none(cloud, parent):
    found = log.trace_of(cloud, parent, lambda: "project")
    assert found is None or (found.isascii() and len(found) == len("projects/project/traces/") + 32)


# Numbers and tables.

PHONE = pydantic.TypeAdapter(fields.Phone)
SPELLINGS = (
    ANY_TEXT
    | st.text("0123456789+-() .x;=", max_size=40)
    | st.text("٠١٢٣٤٥٦٧٨٩０１２+", max_size=20)
    | st.builds(lambda start, rest: f"{start}{rest}", st.sampled_from(["08", "62", "+62", "0062", "tel:+62", "+1"]), st.integers(0, 10**13))
    | st.sampled_from([";phone-context=+62", "0812;ext=1", "tel:0812;isub=1", "9" * 250, "+" * 250])
)


@fuzzed(text=SPELLINGS)
def test_a_phone_number_is_one_in_its_only_spelling_or_none(text):
    found = contacts.phone(text)
    if found is None:
        return
    assert found.startswith("+") and found[1:].isascii() and found[1:].isdigit()
    assert contacts.phone(found) == found
    assert contacts.masked(found)


@fuzzed(text=SPELLINGS)
def test_a_phone_field_is_a_number_or_refused(text):
    try:
        assert PHONE.validate_python(text).startswith("+")
    except pydantic.ValidationError:
        return


CSVS = (
    st.text(st.sampled_from('id,;"\n\r\t\0=+-@\ufeffstatusreferenc 123') | LETTERS, max_size=400)
    | st.integers(1, 300_000).map(lambda size: "id,status\n" + "1" * size)
    | st.integers(1, 1_000).map(lambda columns: "id," * columns + "\n" + "1," * (columns * 2))
)


@fuzzed(text=CSVS)
def test_a_table_that_comes_back_is_lines_of_text(text):
    try:
        lines = tables.read(text)
    except csv.Error:
        return
    for line in lines:
        assert all(isinstance(value, str) for item in line.items() for value in item)


SIGNS = ("=", "+", "-", "@")
WRITTEN = st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from((*SIGNS, *";,\"'\t\r\n "))
CELLS = st.lists(st.lists(st.text(WRITTEN, max_size=20), min_size=2, max_size=2), max_size=5)


@fuzzed(lines=CELLS)
def test_a_table_is_read_as_it_was_written_and_no_cell_is_a_formula(lines):
    written = tables.write(("first", "second"), lines)
    assert len(tables.read(written)) == len(lines)
    for separator in ",;\t":
        for line in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
            assert not any(cell.lstrip().startswith(SIGNS) for cell in line), separator
