"""MP4 (m4a): boxes within boxes; the sound's track says its codec, and how long it is."""

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from common.audio import Claim, NotARecording

# What a file may begin with; QuickTime's of old have no ftyp.
FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
# Boxes looked at in one file; a recording has about thirty.
MOST_BOXES = 2000


class Box(NamedTuple):
    """A box: its four letters, and where its content begins and ends."""

    name: bytes
    start: int
    end: int


class _Reader:
    """Walks boxes, each header once; what a header claims beyond its surrounding box is cut off."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = MOST_BOXES

    def boxes(self, start: int, end: int) -> Iterator[Box]:
        while start + 8 <= end:
            self._left -= 1
            if self._left < 0:
                raise NotARecording("damaged")
            size, name = struct.unpack(">I4s", self.bytes(start, 8))
            head = 8
            if size == 1:
                (size,), head = struct.unpack(">Q", self.bytes(start + 8, 8)), 16
            if size == 0:
                size = end - start
            if size < head:
                raise NotARecording("damaged")
            yield Box(name, start + head, min(start + size, end))
            start += size

    def find(self, box: Box, *path: bytes) -> Box | None:
        for name in path:
            found = next((each for each in self.boxes(box.start, box.end) if each.name == name), None)
            if found is None:
                return None
            box = found
        return box

    def bytes(self, start: int, count: int) -> bytes:
        self._file.seek(start)
        data = self._file.read(count)
        if len(data) < count:
            raise EOFError
        return data


def claim(file: BinaryIO, size: int) -> Claim:
    """Seconds of the first track with AAC in it; a recording that was cut off has no index and cannot be read at all."""
    reader = _Reader(file)
    index = next((box for box in reader.boxes(0, size) if box.name == b"moov"), None)
    if index is None:
        raise NotARecording("damaged")
    sounds = [box for box in reader.boxes(index.start, index.end) if box.name == b"trak" and _is_sound(reader, box)]
    for track in sounds:
        entries = reader.find(track, b"mdia", b"minf", b"stbl", b"stsd")
        if entries is not None and reader.bytes(entries.start + 12, 4) == b"mp4a":
            return Claim("m4a", _seconds(reader, reader.find(track, b"mdia", b"mdhd")))
    raise NotARecording("codec" if sounds else "unknown")


def _is_sound(reader: _Reader, track: Box) -> bool:
    handler = reader.find(track, b"mdia", b"hdlr")
    return handler is not None and reader.bytes(handler.start + 8, 4) == b"soun"


def _seconds(reader: _Reader, header: Box | None) -> float | None:
    """The track's length; recorders that write in fragments do not say it here."""
    if header is None:
        raise NotARecording("damaged")
    if reader.bytes(header.start, 1) == b"\1":
        scale, duration = struct.unpack(">IQ", reader.bytes(header.start + 20, 12))
        unknown = 2**64 - 1
    else:
        scale, duration = struct.unpack(">II", reader.bytes(header.start + 12, 8))
        unknown = 2**32 - 1
    return duration / scale if scale and duration not in (0, unknown) else None
