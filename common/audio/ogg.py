"""Ogg: pages; the first holds the codec's header, the last one tells how many samples there were."""

import struct
from typing import BinaryIO

from common.audio import Claim, NotARecording

# A page has at most 65,307 bytes, so the last one begins within so many of the end.
LAST_PAGE = 65_536
# Opus counts at 48 kHz whatever was recorded.
RATE = 48_000
PAGE = struct.Struct("<4sBBqIIIB")


def claim(file: BinaryIO, size: int) -> Claim:
    """Seconds of an Opus stream; any other codec is refused."""
    file.seek(0)
    _, _, _, _, serial, _, _, segments = PAGE.unpack(file.read(PAGE.size))
    file.seek(PAGE.size + segments)
    header = file.read(19)
    if not header.startswith(b"OpusHead"):
        raise NotARecording("codec")
    (skipped,) = struct.unpack("<H", header[10:12])
    last = _last_position(file, size, serial)
    # What was cut out of a longer stream begins anywhere, so that a position need not be a length.
    return Claim("ogg", None if last is None else max(0.0, (last - skipped) / RATE))


def _last_position(file: BinaryIO, size: int, serial: int) -> int | None:
    file.seek(max(0, size - LAST_PAGE))
    tail = file.read(LAST_PAGE)
    at = tail.rfind(b"OggS")
    while at >= 0:
        if at + PAGE.size <= len(tail):
            _, version, _, position, stream, *_ = PAGE.unpack_from(tail, at)
            # -1: no packet ends on this page.
            if version == 0 and stream == serial and position >= 0:
                return int(position)
        at = tail.rfind(b"OggS", 0, at)
    return None
