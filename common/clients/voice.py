"""Text-to-Speech: a text of any length as samples, and samples as an MP3 that knows its own length.

The service takes 5,000 bytes of UTF-8 a request (https://cloud.google.com/text-to-speech/quotas), so
that a longer text goes in several, cut between sentences. It gives samples and not MP3, because
samples join without a gap and are counted; they are encoded once, at the end.
"""

import functools
import io
import re
import threading
import unicodedata
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from common import settings
from common.clients import channels
from common.clients.errors import Refused, Unavailable
from common.i18n import Text

# Bytes of one request; the service's own limit is 5,000.
PART_BYTES = 4_900
# Bytes after which a sentence is ended where it has a comma or a space: some voices refuse longer ones.
SENTENCE_BYTES = 800
# Samples a second, of every voice: what the newer ones speak at.
RATE = 24_000
# kbit/s of the MP3; a voice needs no more.
KILOBITS = 48
# Seconds for one request with its attempts; a full one takes the service a few.
SECONDS = 40.0

NOTHING_TO_SAY = Text("There is nothing in this text that can be spoken", "Tidak ada yang bisa diucapkan dalam teks ini")
UNSPEAKABLE = Text("This text cannot be spoken by this voice", "Teks ini tidak dapat diucapkan oleh suara ini")


@dataclass(frozen=True)
class Speech:
    """Spoken text: 16-bit mono samples, RATE a second."""

    samples: bytes

    @property
    def milliseconds(self) -> int:
        """How long it is, by its samples."""
        return round(len(self.samples) / 2 / RATE * 1000)


def normal(text: str) -> str:
    """`text` as it is spoken: one form of each letter, single spaces, no control characters.

    Line breaks become spaces, because what is told in two lines is still one sentence.
    """
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Co", "Cs") else letter for letter in composed)
    return " ".join(kept.split())


def speakable(text: str) -> bool:
    """Whether there is a letter or a digit in it: of punctuation and pictures alone the service makes an error."""
    return any(letter.isalnum() for letter in text)


def speak(text: str, voice: str) -> Speech:
    """`text`, already `normal`, in `voice`. Raises `Refused` and `Unavailable`."""
    if not speakable(text):
        raise Refused(NOTHING_TO_SAY)
    return Speech(b"".join(_samples(_synthesized(part, voice)) for part in parts(text) if speakable(part)))


def parts(text: str, limit: int = PART_BYTES) -> list[str]:
    """`text` in parts of at most `limit` bytes of UTF-8, cut after sentences where they fit, else between words, else within one."""
    found: list[str] = []
    for sentence in (piece for long in _sentences(text) for piece in _cut(long, min(limit, SENTENCE_BYTES))):
        joined = f"{found[-1]} {sentence}" if found else sentence
        if found and len(joined.encode()) <= limit:
            found[-1] = joined
        else:
            found.append(sentence)
    return found


def _sentences(text: str) -> list[str]:
    """Each with its marks: behind . ! ? … and closing quotes, and behind the full stops of other scripts."""
    found = re.findall(r".+?(?:[.!?…]+[\"'”’)]*(?=\s|$)|[。！？।۔]|$)", text, re.DOTALL)
    return [each.strip() for each in found if each.strip()]


def _cut(sentence: str, limit: int) -> Iterator[str]:
    while len(sentence.encode()) > limit:
        # Behind the last whole letter that fits.
        fits = len(sentence.encode()[: limit - 1].decode(errors="ignore"))
        comma, space = (sentence.rfind(mark, fits // 2, fits) for mark in (",", " "))
        at = next((found + 1 for found in (comma, space) if found >= 0), _before_mark(sentence, fits))
        yield sentence[:at].strip().rstrip(",") + "."
        sentence = sentence[at:].strip()
    if sentence:
        yield sentence


def _before_mark(sentence: str, at: int) -> int:
    """The nearest place up to `at` that does not part a letter from its accents, or an emoji from the rest of it."""
    start = at
    while at > start - 40 and at > 1 and (unicodedata.category(sentence[at])[0] == "M" or "\u200d" in sentence[at - 1 : at + 1]):
        at -= 1
    return at


def _samples(file: bytes) -> bytes:
    """The samples of a WAV file as the service gives it."""
    try:
        with wave.open(io.BytesIO(file)) as sound:
            if (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) != (1, 2, RATE):
                raise Unavailable("voice", f"samples of another form: {sound.getparams()}")
            return bytes(sound.readframes(sound.getnframes()))
    except (wave.Error, EOFError) as error:
        raise Unavailable("voice", f"no samples in the answer: {error}") from error


def _synthesized(text: str, voice: str) -> bytes:
    from google.api_core.exceptions import ServiceUnavailable
    from google.api_core.retry import Retry, if_exception_type

    request = {
        "input": {"text": text},
        "voice": {"language_code": "-".join(voice.split("-")[:2]), "name": voice},
        "audio_config": {"audio_encoding": "LINEAR16", "sample_rate_hertz": RATE},
    }
    # Without a policy of our own the library tries again for minutes, whatever `timeout` says.
    again = Retry(if_exception_type(ServiceUnavailable), initial=0.3, maximum=3.0, timeout=SECONDS)
    with _failures():
        answer = _client().synthesize_speech(request=request, timeout=SECONDS, retry=again)
    audio: bytes = answer.audio_content
    return audio


# functools.cache runs its function once for each thread that asks before the first answer is there.
_making = threading.Lock()


def _client() -> Any:
    with _making:
        return _made(settings.SPEECH_ENDPOINT())


@functools.cache
def _made(endpoint: str) -> Any:
    """The library's client; the local stack speaks without TLS and login."""
    from google.cloud.texttospeech import TextToSpeechClient
    from google.cloud.texttospeech_v1.services.text_to_speech.transports import TextToSpeechGrpcTransport

    return TextToSpeechClient(transport=channels.transport(TextToSpeechGrpcTransport, endpoint, "texttospeech.googleapis.com"))


@contextmanager
def _failures() -> Iterator[None]:
    """Google's failures in our words."""
    from google.api_core import exceptions as google
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except (google.InvalidArgument, google.OutOfRange) as error:
        raise Refused(UNSPEAKABLE, str(error)) from error
    except (google.GoogleAPIError, GoogleAuthError) as error:
        if channels.was_silent(error):
            _made.cache_clear()
        raise Unavailable("voice", f"{type(error).__name__}: {error}") from error
