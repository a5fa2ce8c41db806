"""What a recording is, told from its bytes: format, codec, and how long it is where its header says so.

Callers choose names and types of what they send, so neither is looked at. Nothing here decodes
sound: the parsers read headers, skip everything else, and are bounded whatever the headers claim.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Literal, NamedTuple

from common.i18n import Text

Kind = Literal["m4a", "mp3", "ogg", "webm", "wav", "flac"]

# What to serve a recording as; the kind is also the ending of its name.
TYPES: dict[Kind, str] = {
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "webm": "audio/webm",
    "wav": "audio/wav",
    "flac": "audio/flac",
}

REASONS = {
    "empty": Text("The recording is empty", "Rekamannya kosong"),
    "unknown": Text(
        "This is not an audio recording; record in m4a, mp3, ogg (Opus), webm (Opus), wav or flac",
        "Ini bukan rekaman suara; rekamlah dalam format m4a, mp3, ogg (Opus), webm (Opus), wav, atau flac",
    ),
    "codec": Text(
        "The sound in this file is stored in a way that is not supported; record in m4a (AAC), mp3, ogg (Opus), webm (Opus), wav (16 bit) or flac",
        "Suara di berkas ini disimpan dengan cara yang tidak didukung; rekamlah dalam m4a (AAC), mp3, ogg (Opus), webm (Opus), wav (16 bit), atau flac",
    ),
    "damaged": Text(
        "The recording is damaged or was cut off; please record it again", "Rekamannya rusak atau terpotong; silakan rekam ulang"
    ),
}


class NotARecording(Exception):
    """The bytes are no recording that can be listened to; `reason` is a key of REASONS, `text` its sentence."""

    def __init__(self, reason: Literal["empty", "unknown", "codec", "damaged"]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = REASONS[reason]


class Claim(NamedTuple):
    """What a container's header says: its kind, and seconds of sound, None where it does not say."""

    kind: Kind
    seconds: float | None


@dataclass(frozen=True)
class Recording:
    """A recording: its kind, its size in bytes, and its length in seconds, None where no header tells."""

    kind: Kind
    bytes: int
    seconds: float | None

    @property
    def content_type(self) -> str:
        """The type that it is stored as."""
        return TYPES[self.kind]


def told(file: BinaryIO, size: int) -> Recording:
    """The recording in `file`, a seekable file of `size` bytes of which little is read; raises `NotARecording`."""
    if size == 0:
        raise NotARecording("empty")
    try:
        claim = _claim(file, size)
    except (struct.error, EOFError):
        # The header goes on where the file ends.
        raise NotARecording("damaged") from None
    if claim.seconds is not None and claim.seconds <= 0:
        raise NotARecording("empty")
    return Recording(claim.kind, size, claim.seconds)


def _claim(file: BinaryIO, size: int) -> Claim:
    from common.audio import ebml, flac, mp4, mpeg, ogg, riff

    start = mpeg.skipped(file)
    file.seek(start)
    head = file.read(12)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return riff.claim(file, size)
    if head[:4] == b"fLaC":
        return flac.claim(file, start)
    if head[:4] == b"OggS":
        return ogg.claim(file, size)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return ebml.claim(file, size)
    if head[4:8] in mp4.FIRST:
        return mp4.claim(file, size)
    return mpeg.claim(file, start, size)
