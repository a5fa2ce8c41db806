"""The embedder: Vertex AI's through the real session against a stand-in, and the local one, behind the same two functions."""

import math
from collections.abc import Iterator

import pytest

from common.clients import embedder, vertex
from common.clients.errors import Unavailable
from infra.local import httpd
from infra.local import vertex as stand_in

TALE = "Kancil dan Buaya\nKancil menipu para buaya agar berbaris."


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[stand_in.Model, httpd.Server]]:
    model = stand_in.Model()
    running = stand_in.serve(model)
    httpd.start(running)
    yield model, running
    running.stop()


@pytest.fixture
def model(served: tuple[stand_in.Model, httpd.Server], monkeypatch: pytest.MonkeyPatch) -> stand_in.Model:
    model, running = served
    model.plan()
    model.asked.clear()
    for name, value in {"EMBEDDER": "vertex", "VERTEX_URL": running.url, "VERTEX_SECONDS": "5"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(vertex, "_FIRST_PAUSE", 0.02)
    return model


def test_the_model_is_told_what_its_vector_is_for_and_how_long_it_has_to_be(model: stand_in.Model) -> None:
    vector = embedder.embed(TALE)
    [asked] = model.asked
    assert (asked.model, asked.data, asked.task, asked.dimensions) == ("gemini-embedding-001", TALE, "SEMANTIC_SIMILARITY", 256)
    assert len(vector) == 256


def test_a_vector_comes_at_length_one_though_the_model_gives_shorter_ones(model: stand_in.Model) -> None:
    assert math.isclose(math.hypot(*embedder.embed(TALE)), 1)


def test_model_length_and_location_are_settings(
    model: stand_in.Model, served: tuple[stand_in.Model, httpd.Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {"EMBEDDING_MODEL": "text-multilingual-embedding-002", "EMBEDDING_DIMENSIONS": "64", "EMBEDDING_LOCATION": "asia-southeast1"}
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    paths: list[str] = []
    answer = served[1].handle
    monkeypatch.setattr(served[1], "handle", lambda request: (paths.append(request.path), answer(request))[1])
    assert len(embedder.embed(TALE)) == 64
    assert paths[0].endswith("/locations/asia-southeast1/publishers/google/models/text-multilingual-embedding-002:predict")
    assert embedder.model() == "text-multilingual-embedding-002/64"


@pytest.mark.parametrize("passing", [stand_in.error(429, "RESOURCE_EXHAUSTED"), stand_in.error(503, "UNAVAILABLE"), stand_in.cut_off])
def test_what_may_pass_is_tried_again(model: stand_in.Model, passing: stand_in.Planned) -> None:
    model.plan(passing)
    assert len(embedder.embed(TALE)) == 256 and len(model.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b'{"predictions": []}',
        b'{"predictions": [1]}',
        b'{"predictions": [{"embeddings": {"values": [0.1, 0.2]}}]}',
        b'{"predictions": [{"embeddings": []}]}',
        b'{"predictions": [{"embeddings": {"values": [' + b"0, " * 255 + b"0]}}]}",
        b'{"predictions": [{"embeddings": {"values": [' + b"1, " * 255 + b"NaN]}}]}",
        b'{"predictions": [{"embeddings": {"values": [' + b"1, " * 255 + b'"1"]}}]}',
    ],
)
def test_what_is_no_vector_is_not_taken_for_one(model: stand_in.Model, answer: bytes) -> None:
    model.plan(stand_in.raw(answer))
    with pytest.raises(Unavailable):
        embedder.embed(TALE)


def test_a_refusal_of_the_request_is_not_repeated(model: stand_in.Model) -> None:
    model.plan(stand_in.error(403, "PERMISSION_DENIED"), for_ever=True)
    with pytest.raises(Unavailable, match="roles/aiplatform"):
        embedder.embed(TALE)
    assert len(model.asked) == 1


def test_without_a_network_the_local_embedder_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDER", "local")
    monkeypatch.setenv("VERTEX_URL", "http://127.0.0.1:9")
    assert embedder.model() == "hashed-1/256" and math.isclose(math.hypot(*embedder.embed(TALE)), 1)
