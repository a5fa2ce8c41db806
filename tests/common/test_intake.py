"""Bad input gets a clear 4xx that names the field, and never a 500."""

import json

import pytest

from common.pages import cursor

STORY = {"story_idea": "Seekor kancil yang cerdik ingin menyeberang sungai.", "page_count": 3, "genre_ids": [1], "style_id": 1}


@pytest.fixture(scope="module")
def siti(gateway, services):
    from tests.support import people
    from tests.support.client import Client

    return people.signed_in(Client(gateway, services))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"page_count": "3"}, ["body", "page_count"], id="text for a number"),
        pytest.param({"page_count": 3.5}, ["body", "page_count"], id="a fraction"),
        pytest.param({"page_count": True}, ["body", "page_count"], id="a boolean for a number"),
        pytest.param({"page_count": 26}, ["body", "page_count"], id="more pages than a comic has"),
        pytest.param({"page_count": 10**30}, ["body", "page_count"], id="an absurd number"),
        pytest.param({"style_id": -1}, ["body", "style_id"], id="a negative id"),
        pytest.param({"style_id": 2**63}, ["body", "style_id"], id="an id beyond BIGINT"),
        pytest.param({"genre_ids": []}, ["body", "genre_ids"], id="no genre"),
        pytest.param({"genre_ids": [1, "2"]}, ["body", "genre_ids", 1], id="a wrong element"),
        pytest.param({"story_idea": None}, ["body", "story_idea"], id="null"),
        pytest.param({"story_idea": ["a"]}, ["body", "story_idea"], id="a list for text"),
        pytest.param({"story_idea": "kancil\0kancil\0kancil"}, ["body", "story_idea"], id="NUL"),
        pytest.param({"story_idea": "x" * 20_001}, ["body", "story_idea"], id="too long"),
        pytest.param({"kredit": 1000}, ["body", "kredit"], id="an unknown field"),
    ],
)
def test_a_wrong_field_is_named(siti, change, field):
    answer = siti.post("/v1/comics/story-idea", {**STORY, **change}, expect=422)
    assert field in [error["loc"] for error in answer.json["errors"]]
    assert str(field[1]) in answer.json["detail"]


def test_half_a_surrogate_pair_is_named(siti):
    body = json.dumps({**STORY, "story_idea": "SULIT"}).replace("SULIT", r"kancil \ud83d tanpa pasangan").encode()
    answer = siti.post("/v1/comics/story-idea", body, headers={"Content-Type": "application/json"})
    assert answer.status in (400, 422)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut off"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b"\xff\xfe{}", id="no UTF-8"),
        pytest.param(b'{"page_count": NaN}', id="NaN"),
        pytest.param(b'{"page_count": 1e999}', id="infinity"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b'{"page_count": ' + b"9" * 10_000 + b"}", id="ten thousand digits"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="text"),
    ],
)
def test_a_body_that_is_no_object_is_refused(siti, body):
    answer = siti.post("/v1/comics/story-idea", body, headers={"Content-Type": "application/json"})
    assert answer.status in (400, 422)


def test_another_content_type_is_415(siti):
    assert siti.post("/v1/comics/story-idea", b"a=1", headers={"Content-Type": "application/x-www-form-urlencoded"}).status == 415


def test_more_than_32_megabytes_are_413(siti):
    body = b'{"story_idea": "' + b"a" * (32 * 1024 * 1024) + b'"}'
    assert siti.post("/v1/comics/story-idea", body, headers={"Content-Type": "application/json"}).status == 413


def test_a_body_that_hides_its_length_is_413_too(siti):
    """A chunked body has no Content-Length for the gateway to look at; the function counts."""
    import io

    from functions.comics.main import api
    from tests.support.client import raw

    stream = io.BytesIO(b"a" * (33 * 1024 * 1024))
    headers = {"Authorization": f"Bearer {siti.token}", "Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    answer = raw(api).post("/v1/comics/story-idea", input_stream=stream, headers=headers, environ_overrides={"wsgi.input_terminated": True})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"page": "0"}, "page"),
        ({"page": "x"}, "page"),
        ({"page": "9" * 400}, "page"),
        ({"per_page": "101"}, "per_page"),
        ({"sort_by": "price"}, "sort_by"),
        ({"user_id": "9223372036854775808"}, "user_id"),
        ({"q": "a\0b"}, "q"),
        ({"cursor": "bm9wZQ"}, "cursor"),
        ({"cursor": "WyJuZXdlc3QiLDEsMl0"}, "cursor"),
        ({"cursor": "%%%"}, "cursor"),
        ({"cursor": "WyJwb3B1bGFyaXR5IiwxZTk5OSwyXQ"}, "cursor"),
        ({"cursor": cursor("newest", 2**63 - 1, 1), "sort_by": "newest"}, "cursor"),
        ({"cursor": cursor("newest", -(2**63), 1), "sort_by": "newest"}, "cursor"),
        ({"cursor": cursor("trending", float("nan"), 1), "sort_by": "trending"}, "cursor"),
        ({"cursor": cursor("trending", float("inf"), 1), "sort_by": "trending"}, "cursor"),
    ],
)
def test_a_wrong_query_parameter_is_named(api, query, field):
    answer = api.get("/v1/comics", expect=422, **query)
    assert ["query", field] in [error["loc"][:2] for error in answer.json["errors"]]


@pytest.mark.parametrize("query", [{"page": ""}, {"q": ""}, {"_t": "1"}, {"utm_source": "x"}])
def test_what_apps_and_browsers_add_to_a_query_does_no_harm(api, query):
    assert api.get("/v1/comics", **query).json == api.get("/v1/comics").json


@pytest.mark.parametrize("story", ["            ", "............", "\u200b" * 12, "\x01" * 20, "1234567890 12"])
def test_a_story_without_words_is_no_story(siti, story):
    answer = siti.post("/v1/comics/story-idea", {**STORY, "story_idea": story}, expect=422)
    assert answer.json["errors"][0]["loc"] == ["body", "story_idea"]


@pytest.mark.parametrize("value", ["abc", "0", "-1", "1.5", "9223372036854775808", "9" * 400, "%00", "%F0%9F%A6%8C"])
def test_a_path_value_that_is_no_id_is_422(api, value):
    answer = api.get(f"/v1/comics/show/{value}", expect=422)
    assert answer.json["errors"][0]["loc"] == ["path", "comic_id"]


@pytest.mark.parametrize("q", ["'", "' | x", "a & b | !c <-> d", ":*", "\\", "%", "_", "((((", "🦌", "kancil' or 1=1 --", "ﷺ" * 50])
def test_search_takes_any_text_as_words(api, q):
    api.get("/v1/comics", q=q)


def test_sentences_come_in_the_callers_language(api):
    english = api.get("/v1/auth/sessions", expect=401)
    indonesian = api.get("/v1/auth/sessions", expect=401, headers={"Accept-Language": "id-ID,id;q=0.9,en;q=0.5"})
    assert english.json["detail"] == "Please sign in"
    assert indonesian.json["detail"] == "Silakan masuk terlebih dahulu"


def test_a_request_keeps_its_id_and_gets_one_when_it_has_none_or_a_bad_one(api):
    assert api.get("/health", headers={"X-Request-Id": "abc-123"}).headers["X-Request-Id"] == "abc-123"
    assert len(api.get("/health").headers["X-Request-Id"]) == 36
    assert len(api.get("/health", headers={"X-Request-Id": "a b\tc"}).headers["X-Request-Id"]) == 36


def test_behind_the_gateway_an_anonymous_answer_is_public_although_the_gateway_sends_a_token_of_its_own(api):
    from functions.comics.main import api as comics
    from tests.support.client import raw

    token = {"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20ifQ.c2ln"}
    for answer in (api.get("/v1/comics"), raw(comics).get("/v1/comics", headers=token)):
        assert answer.headers["Cache-Control"].startswith("public") and answer.headers["ETag"]


def test_what_is_the_same_for_all_can_be_cached_and_what_is_not_is_not(api, siti):
    public = api.get("/v1/genres")
    assert public.headers["Cache-Control"].startswith("public")
    api.get("/v1/genres", headers={"If-None-Match": public.headers["ETag"]}, expect=304)
    api.get("/v1/genres", headers={"If-None-Match": f'"other", {public.headers["ETag"].removeprefix("W/")}'}, expect=304)
    assert siti.get("/v1/comics/drafts").headers["Cache-Control"] == "private, no-store"
    assert siti.get("/v1/comics").headers["Cache-Control"] == "private, no-store"
    assert api.get("/v1/auth/sessions", expect=401).headers["Cache-Control"] == "no-store"
