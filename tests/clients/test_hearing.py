"""Speech-to-Text by Google's own client: at once, by operations, and what its refusals become."""

import socket
import time
from pathlib import Path

import pytest

from common.clients import hearing, storage
from common.clients.errors import Refused, Unavailable
from common.clients.hearing import Heard, TooLong, UnknownPair

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
TIMUN = "Kancil mencuri timun di kebun Pak Tani."


def recording(name="timun.ogg"):
    return (RECORDINGS / name).read_bytes()


def test_a_recording_becomes_its_words(services):
    heard = hearing.recognize(recording(), "id-ID")
    assert heard.text == TIMUN and 0 < heard.confidence <= 1
    assert hearing.recognize(recording("silence.ogg"), "id-ID") == Heard("", None, 2.0)


def test_an_operation_is_asked_about_by_its_name_alone(services, monkeypatch):
    monkeypatch.setattr(services.speech, "batch_seconds", 3600.0)
    storage.put("recordings/0/satu", recording(), "audio/ogg")
    name = hearing.start("recordings/0/satu", "id-ID")
    hearing._made.cache_clear()  # Another instance: nothing but the name is known.
    assert hearing.outcome(name, "id-ID") is None
    monkeypatch.setattr(services.speech, "batch_seconds", 0.0)
    assert hearing.outcome(name, "id-ID").text == TIMUN


def test_a_file_that_is_gone_and_an_operation_that_is_forgotten_are_final(services, monkeypatch):
    monkeypatch.setattr(services.speech, "batch_seconds", 0.0)
    with pytest.raises(Refused):
        hearing.outcome("projects/mamastoria-local/locations/asia-southeast1/operations/lama", "id-ID")
    gone = hearing.start("recordings/0/tidak-ada", "id-ID")
    with pytest.raises(Refused) as refused:
        hearing.outcome(gone, "id-ID")
    assert refused.value.reason == hearing.LOST


@pytest.mark.parametrize(("code", "why"), [(4, "Deadline exceeded"), (13, "Internal error encountered."), (14, "Try again")])
def test_what_has_ended_in_an_error_stays_ended_and_says_nothing_about_the_connection(services, monkeypatch, code, why):
    monkeypatch.setattr(services.speech, "batch_seconds", 0.0)
    monkeypatch.setattr(services.speech, "batch_error", (code, why))
    before, name = hearing._client(), hearing.start("recordings/0/satu", "id-ID")
    with pytest.raises(Refused) as refused:
        hearing.outcome(name, "id-ID")
    assert refused.value.reason == hearing.LOST and hearing._client() is before


def test_what_is_no_sound_or_too_long_is_said_apart(services, monkeypatch):
    with pytest.raises(Refused) as refused:
        hearing.recognize(b"bukan suara", "id-ID")
    assert not isinstance(refused.value, TooLong)
    monkeypatch.setattr(services.speech, "inline_seconds", 1.0)
    with pytest.raises(TooLong):
        hearing.recognize(recording(), "id-ID")


def test_a_language_that_neither_model_knows_is_refused(services, monkeypatch):
    monkeypatch.setenv("SPEECH_FALLBACK_MODEL", "chirp_2")
    with pytest.raises(UnknownPair):
        hearing.recognize(recording(), "xx-XX")


@pytest.mark.parametrize(
    "said",
    [
        "Invalid recognition 'config': The requested model is currently not supported for language : id-ID.",
        'The language "id-ID" is not supported by the model "chirp_3" in the location named "asia-southeast1".',
        'The model "chirp_9" does not exist in the location named "asia-southeast1".',
    ],
)
def test_a_model_that_is_not_there_for_a_language_is_told_from_a_bad_recording(said):
    from google.api_core.exceptions import InvalidArgument

    with pytest.raises(UnknownPair), hearing._failures():
        raise InvalidArgument(said)


def test_a_service_that_is_away_or_says_nothing_is_given_up_in_time(services, monkeypatch):
    monkeypatch.setenv("SPEECH_SECONDS", "1")
    monkeypatch.setattr(hearing, "ASKING", 1.0)
    calls = (lambda: hearing.recognize(recording(), "id-ID"), lambda: hearing.start("x", "id-ID"), lambda: hearing.outcome("x", "id-ID"))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for endpoint in ("127.0.0.1:9", f"127.0.0.1:{silent.getsockname()[1]}"):
            monkeypatch.setenv("SPEECH_ENDPOINT", endpoint)
            for call in calls:
                started = time.monotonic()
                with pytest.raises(Unavailable):
                    call()
                assert time.monotonic() - started < 10


def test_after_a_call_whose_every_try_failed_the_next_one_connects_anew(services, monkeypatch):
    monkeypatch.setenv("SPEECH_SECONDS", "1")
    monkeypatch.setenv("SPEECH_ENDPOINT", "127.0.0.1:9")
    before = hearing._client()
    with pytest.raises(Unavailable):
        hearing.recognize(recording(), "id-ID")
    assert hearing._client() is not before


def test_a_location_is_asked_at_its_own_address(monkeypatch):
    from google.auth import credentials

    nobody = credentials.AnonymousCredentials()
    monkeypatch.setattr("google.auth.default", lambda *_, **__: (nobody, "mamastoria-local"))
    for location, host in (("global", "speech.googleapis.com"), ("asia-southeast1", "asia-southeast1-speech.googleapis.com")):
        assert hearing._made.__wrapped__("", location).transport.host == f"{host}:443"


def test_confidence_is_weighed_by_length_and_left_out_where_no_model_tells():
    from google.cloud import speech_v2

    def result(text, confidence):
        return speech_v2.SpeechRecognitionResult(alternatives=[{"transcript": text, "confidence": confidence}])

    empty = speech_v2.SpeechRecognitionResult()
    assert hearing._heard([result(" Kancil ", 0.9), empty, result("lari", 0.5), result(" ", 0.1)]) == Heard("Kancil lari", 0.74)
    assert hearing._heard([result("Kancil", 0.0)]) == Heard("Kancil", None)
