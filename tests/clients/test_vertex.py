"""The Vertex AI client through the real google-auth session, against a Gemini on 127.0.0.1."""

import datetime
import ipaddress
import json
import ssl
import struct
import time
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from common import settings
from common.clients import vertex
from common.clients.errors import Refused, Unavailable
from infra.local import httpd, keys
from infra.local import vertex as stand_in

SCHEMA = {"type": "OBJECT", "properties": {"title": {"type": "STRING"}, "pages": {"type": "INTEGER"}}, "required": ["title"]}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[stand_in.Model, httpd.Server]]:
    model = stand_in.Model()
    running = stand_in.serve(model)
    httpd.start(running)
    yield model, running
    running.stop()


@pytest.fixture
def model(served: tuple[stand_in.Model, httpd.Server]) -> stand_in.Model:
    model = served[0]
    model.plan()
    model.asked.clear()
    return model


@pytest.fixture(autouse=True)
def server(served: tuple[stand_in.Model, httpd.Server], model: stand_in.Model, monkeypatch: pytest.MonkeyPatch) -> httpd.Server:
    monkeypatch.setenv("VERTEX_URL", served[1].url)
    monkeypatch.setenv("VERTEX_SECONDS", "10")
    monkeypatch.setattr(vertex, "_FIRST_PAUSE", 0.02)
    return served[1]


def ask() -> dict[str, Any]:
    return vertex.generate_json("Give a title.", "Seekor kucing hilang.", SCHEMA, "gemini-test")


def draw(width: int = 1024, height: int = 1536) -> bytes:
    return vertex.generate_image("Draw this panel.", "Seekor kucing di pasar.", width, height)


def test_a_text_becomes_the_object_its_schema_describes(model: stand_in.Model) -> None:
    assert ask() == {"title": "…", "pages": 1}
    asked = model.asked[0]
    assert asked.model == "gemini-test" and asked.schema == SCHEMA
    assert stand_in.fenced(asked) == "Seekor kucing hilang." and asked.instruction.startswith("Give a title.")


@pytest.mark.parametrize(
    ("name", "thinking", "taken"),
    [
        (settings.VERTEX_TEXT_MODEL.default, "MINIMAL", True),
        (settings.VERTEX_TEXT_MODEL.default, "", True),
        (settings.VERTEX_TEXT_MODEL.default, "0", False),
        ("gemini-2.5-flash", "0", True),
        ("gemini-2.5-flash", "", True),
        ("gemini-2.5-flash", "MINIMAL", False),
    ],
)
def test_how_much_a_model_thinks_is_told_in_the_words_of_its_family(
    monkeypatch: pytest.MonkeyPatch, name: str, thinking: str, taken: bool
) -> None:
    monkeypatch.setenv("VERTEX_THINKING", thinking)
    if taken:
        assert vertex.generate_json("Give a title.", "Seekor kucing hilang.", SCHEMA, name)["pages"] == 1
    else:
        with pytest.raises(Unavailable, match="the request was not accepted"):
            vertex.generate_json("Give a title.", "Seekor kucing hilang.", SCHEMA, name)


@pytest.mark.parametrize(
    ("width", "height", "ratio"),
    [(1024, 1536, "2:3"), (1024, 1024, "1:1"), (1536, 1024, "3:2"), (1080, 1920, "9:16"), (800, 1000, "4:5"), (4000, 1000, "21:9")],
)
def test_a_picture_has_the_offered_ratio_nearest_to_the_panel(model: stand_in.Model, width: int, height: int, ratio: str) -> None:
    picture = draw(width, height)
    assert model.asked[0].ratio == ratio and model.asked[0].model == "gemini-3.1-flash-lite-image"
    assert picture.startswith(b"\x89PNG") and struct.unpack(">II", picture[16:24]) == stand_in.SIZES[ratio]


def test_a_picture_is_asked_for_once_more_when_the_model_only_talks(model: stand_in.Model) -> None:
    model.plan(stand_in.text("Here is your picture!"))
    assert draw().startswith(b"\x89PNG") and len(model.asked) == 2
    model.plan(stand_in.stopped("NO_IMAGE"), for_ever=True)
    with pytest.raises(Unavailable, match="NO_IMAGE"):
        draw()
    assert len(model.asked) == 4


@pytest.mark.parametrize(
    "part",
    [
        {"inlineData": {"mimeType": "image/png", "data": "not base64!"}},
        {"inlineData": {"mimeType": "image/png", "data": "SGFsbG8="}},
        {"inlineData": {"mimeType": "text/html", "data": "SGFsbG8="}},
        {"inlineData": None},
    ],
    ids=["not base64", "no png", "no picture type", "null"],
)
def test_what_is_no_picture_is_never_given_out_as_one(model: stand_in.Model, part: dict[str, Any]) -> None:
    model.plan(stand_in.stopped("STOP", part), for_ever=True)
    with pytest.raises(Unavailable):
        draw()


def test_a_picture_the_model_only_thought_of_is_not_the_answer(model: stand_in.Model) -> None:
    thought, final = stand_in.sketch("draft", 16, 16), stand_in.sketch("final", 24, 24)
    model.plan(stand_in.stopped("STOP", {**stand_in.picture(thought), "thought": True}, {"text": "Done."}, stand_in.picture(final)))
    assert draw() == final


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(model: stand_in.Model, status: int) -> None:
    model.plan(stand_in.error(status, "RESOURCE_EXHAUSTED"), stand_in.error(status, "UNAVAILABLE"))
    assert ask()["pages"] == 1
    assert len(model.asked) == 3


@pytest.mark.parametrize("answer", [stand_in.cut_off, stand_in.raw(b"{"), stand_in.raw(b"[]"), stand_in.raw(b"\xff\xfe")])
def test_a_broken_body_is_tried_again(model: stand_in.Model, answer: stand_in.Planned) -> None:
    model.plan(answer)
    assert ask()["pages"] == 1 and len(model.asked) == 2


def test_retry_after_is_waited_for(model: stand_in.Model) -> None:
    model.plan(stand_in.error(429, "RESOURCE_EXHAUSTED", retry_after="1"))
    began = time.monotonic()
    ask()
    assert 1 <= time.monotonic() - began < 5


def test_a_retry_after_behind_the_deadline_ends_the_call_at_once(model: stand_in.Model) -> None:
    later = format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5), usegmt=True)
    for asked in ("60", later):
        model.plan(stand_in.error(503, "UNAVAILABLE", retry_after=asked))
        began = time.monotonic()
        with pytest.raises(Unavailable, match="HTTP 503 UNAVAILABLE"):
            ask()
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "answer",
    [stand_in.slow(6), stand_in.stalled, stand_in.error(503, "UNAVAILABLE"), stand_in.cut_off],
    ids=["late", "stalled body", "always 503", "always cut off"],
)
def test_the_deadline_bounds_a_call_with_all_its_retries(
    model: stand_in.Model, monkeypatch: pytest.MonkeyPatch, answer: stand_in.Planned
) -> None:
    monkeypatch.setenv("VERTEX_SECONDS", "1")
    monkeypatch.setattr(vertex, "_FIRST_PAUSE", 0.1)
    model.plan(answer, for_ever=True)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        ask()
    assert time.monotonic() - began < 5


def test_both_attempts_at_a_picture_share_one_deadline(model: stand_in.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERTEX_SECONDS", "1")
    model.plan(stand_in.text("Just words."), stand_in.slow(6))
    began = time.monotonic()
    # The deadline is the request's own time-out too, and either may be the first to see it pass.
    with pytest.raises(Unavailable, match=r"deadline|ReadTimeout"):
        draw()
    assert time.monotonic() - began < 5


def test_nobody_at_the_address_is_unavailable_within_the_deadline(server: httpd.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERTEX_SECONDS", "1")
    monkeypatch.setenv("VERTEX_URL", "http://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(Unavailable, match="ConnectionError"):
        ask()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("status", "name", "advice"),
    [
        (400, "INVALID_ARGUMENT", "the request was not accepted"),
        (403, "PERMISSION_DENIED", "roles/aiplatform.user"),
        (404, "NOT_FOUND", "VERTEX_LOCATION"),
    ],
)
def test_what_operations_have_to_put_right_is_said_and_not_repeated(model: stand_in.Model, status: int, name: str, advice: str) -> None:
    model.plan(stand_in.error(status, name, "Publisher Model was not found."), for_ever=True)
    with pytest.raises(Unavailable, match=advice) as unavailable:
        ask()
    assert name in str(unavailable.value) and "Publisher Model" in str(unavailable.value)
    assert len(model.asked) == 1


def test_rejected_credentials_are_said_and_not_repeated(model: stand_in.Model) -> None:
    model.plan(stand_in.error(401, "UNAUTHENTICATED"), for_ever=True)
    with pytest.raises(Unavailable, match="check the function's service account"):
        ask()
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    "reason", ["SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "OTHER", "MODEL_ARMOR", "JAILBREAK", "IMAGE_SAFETY", "NEW_ONE"]
)
def test_a_blocked_prompt_is_refused_with_a_sentence_in_both_languages(model: stand_in.Model, reason: str) -> None:
    model.plan(stand_in.blocked(reason), for_ever=True)
    with pytest.raises(Refused) as refused:
        ask()
    said = refused.value.reason
    assert said.en.endswith("try again.") and said.id.endswith("coba lagi.")
    assert reason in str(refused.value) and reason not in said.en and len(model.asked) == 1


@pytest.mark.parametrize(
    "reason",
    ["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"],
)
def test_an_answer_stopped_for_its_content_is_refused(model: stand_in.Model, reason: str) -> None:
    model.plan(stand_in.stopped(reason), for_ever=True)
    for call in (ask, draw):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.reason.en != refused.value.reason.id
    assert len(model.asked) == 2


def test_reasons_tell_a_creator_what_to_change(model: stand_in.Model) -> None:
    said = {}
    for reason in ("SAFETY", "RECITATION", "SPII"):
        model.plan(stand_in.stopped(reason))
        with pytest.raises(Refused) as refused:
            ask()
        said[reason] = refused.value.reason.say("id")
    assert "tidak dapat ditampilkan" in said["SAFETY"] and "terlalu mirip" in said["RECITATION"] and "data pribadi" in said["SPII"]


def test_an_answer_without_end_is_not_read_to_its_end(model: stand_in.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vertex, "_LARGEST_JSON", 10_000)
    model.plan(stand_in.raw(b" " * 20_000_000), for_ever=True)
    with pytest.raises(Unavailable, match="larger than 10000 bytes"):
        ask()
    assert len(model.asked) == 1


def test_nothing_secret_and_no_story_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    ask()
    line = json.loads(capsys.readouterr().out)
    assert line["message"] == "vertex answered" and line["tokens_in"] == 900 and "kucing" not in str(line)


def test_the_local_server_is_asked_without_credentials_and_without_a_proxy(model: stand_in.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    ask()
    assert "authorization" not in model.asked[0].headers


def test_an_access_token_never_travels_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("http://vertex.example.com", "http://127.0.0.1.example.com", "http://127.0.0.1@example.com", "ftp://127.0.0.1"):
        monkeypatch.setenv("VERTEX_URL", url)
        with pytest.raises(Unavailable, match="has to be https"):
            ask()


@pytest.mark.parametrize(
    ("location", "host"),
    [("global", "https://aiplatform.googleapis.com"), ("asia-southeast1", "https://asia-southeast1-aiplatform.googleapis.com")],
)
def test_googles_address_follows_the_location(monkeypatch: pytest.MonkeyPatch, location: str, host: str) -> None:
    monkeypatch.setenv("VERTEX_URL", "")
    monkeypatch.setenv("VERTEX_LOCATION", location)
    assert vertex._base() == host


def test_project_location_and_model_are_in_the_path(server: httpd.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    paths: list[str] = []
    answer = server.handle
    monkeypatch.setattr(server, "handle", lambda request: (paths.append(request.path), answer(request))[1])
    monkeypatch.setenv("PROJECT_ID", "comics")
    monkeypatch.setenv("VERTEX_LOCATION", "europe-west4")
    ask()
    assert paths == ["/v1/projects/comics/locations/europe-west4/publishers/google/models/gemini-test:generateContent"]


# The way of production: https, and a token for the service account.


@pytest.fixture
def production(model: stand_in.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Vertex AI over TLS and a token endpoint; gives the grants that the endpoint was asked for."""
    grants: list[str] = []

    def token(request: httpd.Request) -> httpd.Response:
        grants.append(request.body.decode())
        return httpd.json_response({"access_token": "ya29.local", "expires_in": 3600, "token_type": "Bearer"})

    secure, issuer = stand_in.serve(model), httpd.Server(token)
    secure.socket = certified(tmp_path).wrap_socket(secure.socket, server_side=True)
    for running in (secure, issuer):
        httpd.start(running)
    account = {**keys.load(tmp_path / "keys").account, "token_uri": f"{issuer.url}/token"}
    (tmp_path / "account.json").write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
    monkeypatch.setenv("VERTEX_URL", secure.url.replace("http:", "https:"))
    vertex._session.cache_clear()
    yield grants
    vertex._session.cache_clear()
    for running in (secure, issuer):
        running.stop()


def certified(folder: Path) -> ssl.SSLContext:
    """A TLS context for 127.0.0.1 with a certificate of its own in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(hours=1))
    certificate = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def test_google_is_asked_as_the_service_account_with_a_token_fetched_once(production: list[str], model: stand_in.Model) -> None:
    ask()
    draw()
    assert [asked.headers["authorization"] for asked in model.asked] == ["Bearer ya29.local"] * 2
    assert len(production) == 1 and "jwt-bearer" in production[0]


def test_missing_credentials_are_operations_business(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nowhere.json"))
    monkeypatch.setenv("VERTEX_URL", "https://127.0.0.1:9")
    vertex._session.cache_clear()
    with pytest.raises(Unavailable, match="check the function's service account"):
        ask()


def test_the_stand_in_is_as_strict_as_google(server: httpd.Server) -> None:
    import requests

    url = f"{server.url}/v1/projects/p/locations/l/publishers/google/models/m:generateContent"
    user = {"role": "user", "parts": [{"text": "Hai"}]}
    strict = [
        {"contents": [user], "prompt": "x"},
        {"contents": []},
        {"contents": [user], "generationConfig": {"response_schema": {}}},
        {"contents": [user], "generationConfig": {"responseSchema": {"type": "OBJECT"}}},
        {"contents": [user], "generationConfig": {"responseMimeType": "application/json", "responseSchema": {"type": "object"}}},
        {"contents": [user], "generationConfig": {"responseModalities": ["TEXT", "IMAGE"], "imageConfig": {"aspectRatio": "7:5"}}},
    ]
    for body in strict:
        answer = requests.post(url, json=body, timeout=5)
        assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert requests.get(url, timeout=5).status_code == 404
