"""Speech-to-Text v2: a recording becomes text, a short one at once, a long one by an operation that is asked about by name.

The service finds out the format by itself (`auto_decoding_config`), m4a included, which its first
version could not read. Inline it takes one minute and ten megabytes, from storage eight hours
(https://cloud.google.com/speech-to-text/v2/quotas).
"""

import functools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from common import log, settings
from common.clients import channels
from common.clients.errors import Refused, Unavailable
from common.i18n import Text

# What the service takes inline.
INLINE_BYTES, INLINE_SECONDS = 10_000_000, 60.0

# Seconds for starting an operation or asking about one, with all attempts.
ASKING = 15.0

UNREADABLE = Text("The recording could not be read; please record it again", "Rekamannya tidak dapat dibaca; silakan rekam ulang")
LOST = Text(
    "The transcription was lost on the way; please send the recording again",
    "Transkripsi hilang di tengah jalan; silakan kirim ulang rekamannya",
)


@dataclass(frozen=True)
class Heard:
    """What was said; `text` is empty where nothing was, `confidence` is 0 to 1 where the model tells, `billed` the seconds we pay for."""

    text: str
    confidence: float | None
    billed: float = 0.0


class TooLong(Refused):
    """The service does not take so long a recording inline: it has to go through storage."""

    def __init__(self, why: str = "") -> None:
        super().__init__(Text("The recording is longer than a minute", "Rekamannya lebih dari satu menit"), why)


class UnknownPair(Refused):
    """The model does not know the language; another model may."""

    def __init__(self, why: str = "") -> None:
        super().__init__(UNREADABLE, why)


def recognize(data: bytes, language: str) -> Heard:
    """What is said in a recording of at most INLINE_SECONDS and INLINE_BYTES, in `language` ("id-ID", "en-US").

    Answers within SPEECH_SECONDS. Raises `TooLong`, `Refused` for what is no sound, and `Unavailable`.
    """

    def ask(model: str) -> Any:
        config = _config(language, model)
        return _client().recognize(
            request={"recognizer": _recognizer(), "config": config, "content": data}, **_patience(float(settings.SPEECH_SECONDS()))
        )

    answer = _with_a_model_that_knows(language, ask)
    return _heard(answer.results, answer.metadata.total_billed_duration)


def start(name: str, language: str, *, model: str | None = None) -> str:
    """Starts to transcribe the private file `name`; the operation's name, with which any instance asks for the `outcome`.

    `model` is the one to ask alone. Starting twice is paid for twice. Raises `Refused` and `Unavailable`.
    """

    def ask(model: str) -> Any:
        request = {
            "recognizer": _recognizer(),
            "config": _config(language, model),
            "files": [{"uri": f"gs://{settings.STORAGE_BUCKET()}/{name}"}],
            "recognition_output_config": {"inline_response_config": {}},
        }
        return _client().batch_recognize(request=request, **_patience(ASKING, idempotent=False))

    operation = _asked(model, language, ask) if model else _with_a_model_that_knows(language, ask)
    started: str = operation.operation.name
    return started


def outcome(operation: str, language: str) -> Heard | None:
    """What an operation heard; None while it works. Raises `UnknownPair` (start again), `Refused` and `Unavailable`."""
    from google.api_core.exceptions import GoogleAPICallError, NotFound, from_grpc_status

    with _failures():
        try:
            state = _client().get_operation({"name": operation}, **_patience(ASKING))
        except NotFound as error:
            # Finished operations are kept for some days only.
            raise Refused(LOST, str(error)) from None
        if not state.done:
            return None
        try:
            if state.HasField("error"):
                raise from_grpc_status(state.error.code, state.error.message)
            return _unpacked(state.response.value)
        except GoogleAPICallError as error:
            if _is_unknown_pair(error):
                _remember(settings.SPEECH_MODEL(), language)
            if isinstance(error, _refusals()):
                raise
            # What has ended stays ended: asking again gives the same answer.
            raise Refused(LOST, str(error)) from error


def _unpacked(value: bytes) -> Heard:
    from google.api_core.exceptions import from_grpc_status
    from google.cloud.speech_v2 import BatchRecognizeResponse

    answer = BatchRecognizeResponse.deserialize(value)
    files = list(answer.results.values())
    for file in files:
        if file.error.code:
            raise from_grpc_status(file.error.code, file.error.message)
    return _heard((result for file in files for result in file.inline_result.transcript.results), answer.total_billed_duration)


def _heard(results: Iterable[Any], billed: timedelta | None = None) -> Heard:
    """The first alternative of each stretch of speech, one after the other; confidence by their lengths."""
    best = [result.alternatives[0] for result in results if result.alternatives]
    said = [(each.transcript.strip(), each.confidence) for each in best if each.transcript.strip()]
    # Zero says that the model does not tell.
    told = [(len(text), confidence) for text, confidence in said if confidence > 0]
    weight = sum(length for length, _ in told)
    confidence = round(sum(length * value for length, value in told) / weight, 4) if weight else None
    # The library gives no duration at all where the service did not tell one.
    return Heard(" ".join(text for text, _ in said), confidence, billed.total_seconds() if billed else 0.0)


# Models that said they do not know a language, and those that cannot punctuate it: not asked that again while this instance lives.
_unknown: set[tuple[str, str]] = set()
_unpunctuated: set[tuple[str, str]] = set()


def _remember(model: str, language: str) -> None:
    log.warning("the speech model does not know the language", model=model, language=language)
    _unknown.add((model, language))


def _with_a_model_that_knows(language: str, ask: Callable[[str], Any]) -> Any:
    """Asks SPEECH_MODEL, and SPEECH_FALLBACK_MODEL where the first does not know the language."""
    model, other = settings.SPEECH_MODEL(), settings.SPEECH_FALLBACK_MODEL()
    if (model, language) not in _unknown:
        try:
            return _asked(model, language, ask)
        except UnknownPair:
            _remember(model, language)
    return _asked(other, language, ask)


def _asked(model: str, language: str, ask: Callable[[str], Any]) -> Any:
    """Asks `model`, once more without punctuation where it has none for the language: that too is an error to the service."""
    try:
        with _failures():
            return ask(model)
    except Refused as refused:
        if "support feature" not in str(refused) or (model, language) in _unpunctuated:
            raise
        _unpunctuated.add((model, language))
    with _failures():
        return ask(model)


def _recognizer() -> str:
    return f"projects/{settings.PROJECT_ID()}/locations/{settings.SPEECH_LOCATION()}/recognizers/{settings.SPEECH_RECOGNIZER()}"


def _config(language: str, model: str) -> dict[str, Any]:
    return {
        "auto_decoding_config": {},
        "language_codes": [language],
        "model": model,
        "features": {"enable_automatic_punctuation": (model, language) not in _unpunctuated},
    }


def _patience(seconds: float, *, idempotent: bool = True) -> dict[str, Any]:
    """Waits `seconds` at most, tries again included: the library's own policy goes on for 5,000 seconds, whatever `timeout` says."""
    from google.api_core.exceptions import ServiceUnavailable
    from google.api_core.retry import Retry, if_exception_type

    again = Retry(if_exception_type(ServiceUnavailable), initial=0.3, maximum=3.0, timeout=seconds)
    return {"timeout": seconds, "retry": again if idempotent else None}


# functools.cache runs its function once for each thread that asks before the first answer is there.
_making = threading.Lock()


def _client() -> Any:
    with _making:
        return _made(settings.SPEECH_ENDPOINT(), settings.SPEECH_LOCATION())


@functools.cache
def _made(endpoint: str, location: str) -> Any:
    """The library's client; location and address have to name the same place. The local stack speaks without TLS and login."""
    from google.cloud.speech_v2 import SpeechClient
    from google.cloud.speech_v2.services.speech.transports import SpeechGrpcTransport

    host = "speech.googleapis.com" if location == "global" else f"{location}-speech.googleapis.com"
    return SpeechClient(transport=channels.transport(SpeechGrpcTransport, endpoint, host))


def _is_unknown_pair(error: Exception) -> bool:
    said = str(error).lower()
    # "… model is currently not supported for language : xx", 'The language "xx" is not supported by the model …',
    # 'The model "x" does not exist in the location named …'.
    return "model" in said and (("language" in said and "support" in said) or "does not exist" in said)


def _is_too_long(error: Exception) -> bool:
    said = str(error).lower()
    return any(word in said for word in ("too long", "longer than", "duration limit", "exceeds duration", "payload size"))


def _refusals() -> tuple[type[Exception], ...]:
    """The errors that say something about the recording or about what was asked, not about the service."""
    from google.api_core.exceptions import FailedPrecondition, InvalidArgument, OutOfRange

    return InvalidArgument, OutOfRange, FailedPrecondition


@contextmanager
def _failures() -> Iterator[None]:
    """Google's failures in our words."""
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except _refusals() as error:
        if _is_unknown_pair(error):
            raise UnknownPair(str(error)) from error
        if _is_too_long(error):
            raise TooLong(str(error)) from error
        raise Refused(UNREADABLE, str(error)) from error
    # What is missing or forbidden (a recognizer, a role) is ours to set right: the person may come back later.
    except (GoogleAPIError, GoogleAuthError) as error:
        if channels.was_silent(error):
            _made.cache_clear()
        raise Unavailable("hearing", f"{type(error).__name__}: {error}") from error
