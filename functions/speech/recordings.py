"""Recordings as they come: in a form or as an upload of one's own, told what they are, and rationed."""

import io
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from common import audio, clock, limits, settings, transcribing
from common.audio import NotARecording, Recording
from common.clients import hearing, storage
from common.clients.storage import NotStored
from common.db import transaction
from common.i18n import Text
from common.problems import NotFound, Problem, TooManyRequests, invalid

from .schemas import Recorded

# What Speech-to-Text takes at once; larger files are uploaded.
MAX_BYTES = hearing.INLINE_BYTES
# An hour of the samples that phones make of speech; a compressed hour is a quarter of that.
MAX_UPLOAD = 200_000_000
UPLOAD_SECONDS = 3600
UPLOADS_PER_HOUR = 60

HOUR = 3600


class UnsupportedAudio(Problem):
    """What was sent as audio is no recording that can be transcribed; `errors` names the field."""

    status = 415
    detail = audio.REASONS["unknown"]

    def __init__(self, detail: Text | None = None, field: str = "audio") -> None:
        super().__init__(detail)
        self.facts = {"errors": [{"loc": ["body", field], "msg": self.sentence.en, "type": "audio"}]}


class RecordingTooLong(Problem):
    """The recording is longer than is transcribed here; `errors` names the field."""

    status = 422
    detail = Text("The recording in `audio` is longer than {minutes} min", "Rekaman di `audio` lebih dari {minutes} menit")

    def __init__(self, minutes: int = 1, field: str = "audio") -> None:
        super().__init__(minutes=minutes)
        self.facts["errors"] = [{"loc": ["body", field], "msg": self.sentence.en.format(minutes=minutes), "type": "too_long"}]


@dataclass(frozen=True)
class Sent:
    """A recording that was sent: what it is, its bytes unless it is large, and its name in storage if it has one."""

    recording: Recording
    data: bytes | None
    name: str | None
    field: str

    @property
    def seconds(self) -> float:
        """Its length as it is counted: as its header says, and where none tells as long as its bytes may be."""
        # What tells no length (FLAC and MP4 as browsers stream them) is seldom stored in less than 32 kbit/s.
        return self.recording.seconds or self.recording.bytes / 4000

    @property
    def short(self) -> bool:
        """Whether it can be transcribed at once; where no header tells its length, that is to be tried."""
        seconds = self.recording.seconds
        return self.data is not None and (seconds is None or seconds <= hearing.INLINE_SECONDS)


def upload(user: int, content_type: str) -> dict[str, Any]:
    """A signed place of the account's own; nobody else can have what is put there transcribed."""
    with transaction() as db:
        _within(limits.hit(db, f"uploads:{user}", UPLOADS_PER_HOUR, HOUR))
    name = f"{_folder(user)}{secrets.token_urlsafe(18)}"
    url, headers = storage.signed_upload(name, content_type, MAX_UPLOAD, UPLOAD_SECONDS)
    expires = clock.now() + timedelta(seconds=UPLOAD_SECONDS)
    return {"object": name, "url": url, "headers": headers, "max_bytes": MAX_UPLOAD, "expires_at": expires}


def sent(user: int, file: bytes | None, asked: Recorded) -> Sent:
    """The recording of a request; raises `UnsupportedAudio`, `NotFound` for an upload that is not there, and a 422 for none."""
    if file is not None and asked.object is None:
        with _readable("audio"):
            return Sent(audio.told(io.BytesIO(file), len(file)), file, None, "audio")
    if file is None and asked.object is not None:
        return _uploaded(user, asked.object)
    raise invalid("body", "audio", "Send a recording as audio in a form, or the object of an upload", "missing")


def _uploaded(user: int, name: str) -> Sent:
    # Somebody else's upload answers as if it were not there.
    if not re.fullmatch(rf"{re.escape(_folder(user))}[\w-]{{1,100}}", name, re.ASCII):
        raise NotFound
    try:
        with _readable("object"), storage.opened(name) as (stored, size):
            recording = audio.told(stored, size)
            small = size <= hearing.INLINE_BYTES and (recording.seconds or 0) <= hearing.INLINE_SECONDS
            stored.seek(0)
            return Sent(recording, stored.read() if small else None, name, "object")
    except NotStored:
        raise NotFound from None


@contextmanager
def _readable(field: str) -> Iterator[None]:
    try:
        yield
    except NotARecording as refused:
        raise UnsupportedAudio(refused.text, field) from None


def rationed(user: int, sent: Sent) -> None:
    """Count a transcription and its minutes; raises `TooManyRequests`, which counts nothing, and `RecordingTooLong`."""
    longest = settings.RECORDING_MINUTES()
    if sent.seconds > longest * 60:
        raise RecordingTooLong(longest, sent.field)
    with transaction() as db:
        _within(limits.hit(db, f"transcriptions:{user}", settings.TRANSCRIPTIONS_PER_HOUR(), HOUR))
        _within(transcribing.ration(db, user, sent.seconds))


def _within(wait: int) -> None:
    if wait:
        raise TooManyRequests(retry_after=wait)


def keep(user: int, sent: Sent) -> str:
    """The recording's name in storage, where it is put unless it was uploaded."""
    if sent.name is not None:
        return sent.name
    assert sent.data is not None, "what is not in storage came in the request"
    name = f"{_folder(user)}{secrets.token_urlsafe(18)}"
    storage.put(name, sent.data, sent.recording.content_type)
    return name


def _folder(user: int) -> str:
    return f"recordings/{user}/"
