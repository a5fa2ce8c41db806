"""Speech-to-Text v2 and Text-to-Speech on 127.0.0.1, for Google's own clients: gRPC, both on one port.

It speaks with espeak-ng where that is installed and hums for as long where it is not. It cannot
listen: it knows the recordings of `tests/recordings` by their bytes, and what it said itself by its
samples, and says so of all others. Importing gRPC takes most of a second, so that it begins with
the first call: until then a plain socket holds the port.
"""

import hashlib
import io
import json
import math
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from common import audio
from common.audio import mpeg
from infra.local import speaking

RECORDINGS = Path(__file__).resolve().parent.parent.parent / "tests" / "recordings"

# What Google's service takes.
INLINE_BYTES, INLINE_SECONDS, TEXT_BYTES = 10 * 1024 * 1024, 60.0, 5000
# What the stand-in's models know: one of them no Indonesian, so that the way around that is walked here too.
MODELS = {"chirp_2": ("id-ID", "en-US"), "chirp_3": ("en-US",), "long": ("id-ID", "en-US")}
# Models that refuse to be asked for punctuation.
UNPUNCTUATED = ("long",)
UNKNOWN = "(The local Speech-to-Text does not know this recording: it knows those in tests/recordings, and its own voice.)"

VOICES = [f"{language}-{kind}-{letter}" for language in ("id-ID", "en-US") for kind in ("Standard", "Wavenet") for letter in "ABCD"]

# Seconds that a batch takes.
BATCH_SECONDS = 1.0


class Speech:
    """Both services: what was asked (`calls`), what was said, and the operations on their way."""

    def __init__(self, storage_url: str, recordings: Path = RECORDINGS) -> None:
        """Files are read from the storage at `storage_url`."""
        self.calls: Counter[str] = Counter()
        self.batch_seconds, self.inline_seconds = BATCH_SECONDS, INLINE_SECONDS
        # The code and the words with which operations end that should fail.
        self.batch_error: tuple[int, str] | None = None
        self._storage_url = storage_url
        # Texts by the length and the hash of their samples.
        self._said: dict[int, dict[bytes, str]] = {}
        self._operations: dict[str, tuple[float, Any]] = {}
        known = recordings / "heard.json"
        self._known: dict[str, str] = json.loads(known.read_text()) if known.exists() else {}

    def recognize(self, request: Any, context: Any) -> Any:
        """Speech.Recognize."""
        import grpc
        from google.cloud import speech_v2

        self.calls["recognize"] += 1
        self._check(request, context)
        if len(request.content) > INLINE_BYTES:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Request payload size exceeds the limit: {INLINE_BYTES} bytes.")
        try:
            text, billed = self._heard(request.content, self.inline_seconds)
        except ValueError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return speech_v2.RecognizeResponse(
            results=_results(text, request.config.language_codes[0]), metadata={"total_billed_duration": billed}
        )

    def batch_recognize(self, request: Any, context: Any) -> Any:
        """Speech.BatchRecognize: the operation is there at once, and done after `batch_seconds`."""
        from google.longrunning import operations_pb2

        self.calls["batch_recognize"] += 1
        self._check(request, context, batch=True)
        name = (
            f"{request.recognizer.partition('/recognizers/')[0]}/operations/{hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:20]}"
        )
        self._operations[name] = (time.monotonic(), request)
        return operations_pb2.Operation(name=name)

    def get_operation(self, request: Any, context: Any) -> Any:
        """Operations.GetOperation."""
        import grpc
        from google.longrunning import operations_pb2

        self.calls["get_operation"] += 1
        begun, asked = self._operations.get(request.name, (0.0, None))
        if asked is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Operation not found: {request.name}")
        operation = operations_pb2.Operation(name=request.name, done=time.monotonic() - begun >= self.batch_seconds)
        if operation.done:
            refusal = _unknown_pair(asked)
            error = (3, refusal) if refusal else self.batch_error
            if error:
                operation.error.code, operation.error.message = error
            else:
                found = self._batch(asked)
                operation.response.Pack(type(found).pb(found))
        return operation

    def _batch(self, asked: Any) -> Any:
        from google.cloud import speech_v2
        from google.rpc import status_pb2

        results: dict[str, Any] = {}
        total = timedelta()
        for file in asked.files:
            try:
                text, billed = self._heard(self._stored(file.uri), 8 * 3600.0)
                total += billed
                found = speech_v2.BatchRecognizeResults(results=_results(text, asked.config.language_codes[0]))
                results[file.uri] = speech_v2.BatchRecognizeFileResult(inline_result={"transcript": found})
            except FileNotFoundError as error:
                results[file.uri] = speech_v2.BatchRecognizeFileResult(error=status_pb2.Status(code=5, message=str(error)))
            except ValueError as error:
                results[file.uri] = speech_v2.BatchRecognizeFileResult(error=status_pb2.Status(code=3, message=str(error)))
        return speech_v2.BatchRecognizeResponse(results=results, total_billed_duration=total)

    def _check(self, request: Any, context: Any, *, batch: bool = False) -> None:
        import grpc

        wrong = None
        if "/recognizers/" not in request.recognizer:
            wrong = f"Invalid resource name: {request.recognizer!r}"
        elif not request.config.language_codes:
            wrong = "Invalid recognition 'config': bad language_codes"
        elif "auto_decoding_config" not in request.config:
            wrong = "Invalid recognition 'config': the local service finds out the encoding by itself alone"
        elif request.config.features.enable_automatic_punctuation and request.config.model in UNPUNCTUATED:
            wrong = "Recognizer does not support feature: automatic_punctuation"
        elif not batch:
            wrong = _unknown_pair(request)
        if wrong:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, wrong)

    def _stored(self, uri: str) -> bytes:
        bucket, _, name = uri.removeprefix("gs://").partition("/")
        try:
            with urlopen(f"{self._storage_url}/download/storage/v1/b/{bucket}/o/{quote(name, safe='')}?alt=media", timeout=20) as answer:
                data: bytes = answer.read()
        except OSError:
            raise FileNotFoundError(f"Requested entity was not found: {uri}") from None
        return data

    def _heard(self, data: bytes, longest: float) -> tuple[str, timedelta]:
        """What is said and how much of it is billed; raises ValueError with Google's words for what it would not take."""
        try:
            seconds = _seconds(data)
        except audio.NotARecording:
            raise ValueError("Audio data does not appear to be in a supported encoding. If you believe this to be incorrect, ...") from None
        if seconds > longest:
            raise ValueError(f"Audio is too long: at most {longest:.0f} seconds are recognized this way.")
        known = self._known.get(hashlib.sha256(data).hexdigest())
        return known if known is not None else self._recalled(data), timedelta(seconds=math.ceil(seconds))

    def _recalled(self, data: bytes) -> str:
        """What this voice said itself, part for part; silence is nothing."""
        samples = speaking.samples(data)
        if samples is None:
            return UNKNOWN
        words = []
        while samples.strip(b"\0"):
            length, text = next(
                ((size, said) for size in sorted(self._said, reverse=True) if (said := self._said[size].get(_digest(samples[:size])))),
                (0, ""),
            )
            if not length:
                return UNKNOWN
            words.append(text)
            samples = samples[length:]
        return " ".join(words)

    def synthesize(self, request: Any, context: Any) -> Any:
        """TextToSpeech.SynthesizeSpeech, LINEAR16 alone."""
        import grpc
        from google.cloud import texttospeech

        self.calls["synthesize"] += 1
        text, config = request.input.text, request.audio_config
        wrong = None
        if len(text.encode()) > TEXT_BYTES:
            wrong = f"Either `input.text` or `input.ssml` is longer than the limit of {TEXT_BYTES} bytes."
        elif not text.strip():
            wrong = "Input text not set."
        elif request.voice.name not in VOICES or not request.voice.name.startswith(f"{request.voice.language_code}-"):
            wrong = f"Voice '{request.voice.name}' does not exist. Is it misspelled?"
        elif config.audio_encoding != texttospeech.AudioEncoding.LINEAR16:
            wrong = "The local voice speaks LINEAR16 alone."
        if wrong:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, wrong)
        sound = speaking.spoken(text, request.voice.name, config.sample_rate_hertz or 24000, config.speaking_rate or 1.0)
        samples = speaking.samples(sound) or b""
        self._said.setdefault(len(samples), {})[_digest(samples)] = text
        return texttospeech.SynthesizeSpeechResponse(audio_content=sound)

    def voices(self, request: Any, context: Any) -> Any:
        """TextToSpeech.ListVoices."""
        from google.cloud import texttospeech

        given = [texttospeech.Voice(language_codes=[name[:5]], name=name, natural_sample_rate_hertz=24000) for name in VOICES]
        return texttospeech.ListVoicesResponse(voices=[each for each in given if each.name.startswith(request.language_code)])


def _seconds(data: bytes) -> float:
    """How long a recording is: an MP3 by its frames, whatever the first of them says of the others; the rest is believed."""
    told = audio.told(io.BytesIO(data), len(data)).seconds or 0.0
    place, heard = mpeg.skipped(io.BytesIO(data)), 0.0
    while found := mpeg.frame(data[place : place + 4]):
        heard += found.samples / found.rate
        place += found.bytes
    return max(told, heard)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _unknown_pair(request: Any) -> str | None:
    model, language = request.config.model, request.config.language_codes[0]
    if model not in MODELS:
        return f'The model "{model}" does not exist in the location named "local".'
    if language not in MODELS[model]:
        return f"Invalid recognition 'config': The requested model is currently not supported for language : {language}."
    return None


def _results(text: str, language: str) -> list[Any]:
    from google.cloud import speech_v2

    if not text:
        return []
    best = speech_v2.SpeechRecognitionAlternative(transcript=text, confidence=0.94)
    return [speech_v2.SpeechRecognitionResult(alternatives=[best], language_code=language.lower())]


def _grpc_server(speech: Speech) -> tuple[Any, int]:
    from concurrent import futures

    import grpc
    from google.cloud import speech_v2, texttospeech
    from google.longrunning import operations_pb2

    def unary(act: Callable[[Any, Any], Any], takes: Any, gives: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(act, request_deserializer=takes, response_serializer=gives)

    operation = operations_pb2.Operation.SerializeToString
    asking = operations_pb2.GetOperationRequest.FromString
    handlers = {
        "google.cloud.speech.v2.Speech": {
            "Recognize": unary(speech.recognize, speech_v2.RecognizeRequest.deserialize, speech_v2.RecognizeResponse.serialize),
            "BatchRecognize": unary(speech.batch_recognize, speech_v2.BatchRecognizeRequest.deserialize, operation),
        },
        "google.longrunning.Operations": {"GetOperation": unary(speech.get_operation, asking, operation)},
        "google.cloud.texttospeech.v1.TextToSpeech": {
            "SynthesizeSpeech": unary(
                speech.synthesize, texttospeech.SynthesizeSpeechRequest.deserialize, texttospeech.SynthesizeSpeechResponse.serialize
            ),
            "ListVoices": unary(speech.voices, texttospeech.ListVoicesRequest.deserialize, texttospeech.ListVoicesResponse.serialize),
        },
    }
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.max_receive_message_length", 16 * 1024 * 1024)])
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(name, methods) for name, methods in handlers.items()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


class Server:
    """The port of both services; the server behind it is made when somebody first calls."""

    def __init__(self, speech: Speech) -> None:
        """Bound to a free port, asleep."""
        self.speech = speech
        self._door = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._door.getsockname()[1]}"
        self._server: Any = None

    def start(self) -> None:
        """Wait for the first call, in a thread."""
        threading.Thread(target=self._open, daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        if self._server is not None:
            self._server.stop(0)

    def _open(self) -> None:
        port = 0
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            if self._server is None:
                self._server, port = _grpc_server(self.speech)
            behind = socket.create_connection(("127.0.0.1", port))
            for one, other in ((caller, behind), (behind, caller)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def serve(storage_url: str) -> Server:
    """Both services over the storage at `storage_url`."""
    return Server(Speech(storage_url))
