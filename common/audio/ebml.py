"""WebM: elements within elements, each with a number and a size of variable length (EBML)."""

import struct
from typing import BinaryIO, NamedTuple

from common.audio import Claim, NotARecording

SEGMENT, CLUSTER, INFO, TRACKS, TRACK = 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B, 0xAE
SCALE, DURATION, CODEC, TIME, SIMPLE_BLOCK, BLOCK_GROUP = 0x2AD7B1, 0x4489, 0x86, 0xE7, 0xA3, 0xA0
ENTERED = (SEGMENT, CLUSTER, INFO, TRACKS, TRACK)
# Bytes of the longest whole number that the format knows.
LONGEST = 8
# Elements looked at; a browser writes about twenty blocks a second, so this is more than the minute that is answered at once.
MOST_ELEMENTS = 6000


class Element(NamedTuple):
    """An element: its number, and where its content begins and how long it is (None: to the end, as who streams writes it)."""

    number: int
    start: int
    size: int | None


class _Seen:
    """What was found on the way."""

    def __init__(self) -> None:
        self.scale = 1_000_000  # Nanoseconds of one tick.
        self.duration: float | None = None
        self.codecs: list[bytes] = []
        self.cluster = 0
        self.last: int | None = None

    @property
    def seconds(self) -> float | None:
        ticks = self.duration or self.last
        return None if ticks is None else ticks * self.scale / 1e9


def claim(file: BinaryIO, size: int) -> Claim:
    """Seconds of an Opus track: as the header says or, where a browser streamed, as the last block does."""
    seen, found = _Seen(), 0
    first = _element(file, 0)
    place = first.start + (first.size or 0)
    while place < size and found < MOST_ELEMENTS and not (seen.duration and seen.codecs):
        found += 1
        try:
            element = _element(file, place)
            _note(file, element, seen)
        except (EOFError, struct.error):
            break  # Cut off within a block: everything before it can be listened to.
        place = element.start if element.number in ENTERED or element.size is None else element.start + element.size
    if not seen.codecs:
        raise NotARecording("damaged")
    if b"A_OPUS" not in seen.codecs:
        raise NotARecording("codec" if any(codec.startswith(b"A_") for codec in seen.codecs) else "unknown")
    seconds = seen.seconds
    if found == MOST_ELEMENTS and seconds is not None and not seen.duration:
        seconds *= size / place  # The rest is as dense as what was looked at.
    return Claim("webm", seconds)


def _note(file: BinaryIO, element: Element, seen: _Seen) -> None:
    number, size = element.number, element.size or 0
    file.seek(element.start)
    if number == SCALE and size <= LONGEST:
        seen.scale = int.from_bytes(_content(file, size), "big") or seen.scale
    elif number == DURATION and size in (4, 8):
        seen.duration = _duration(_content(file, size))
    elif number == CODEC:
        seen.codecs.append(_content(file, size).rstrip(b"\0"))
    elif number == TIME and size <= LONGEST:
        seen.cluster = seen.last = int.from_bytes(_content(file, size), "big")
    elif number == SIMPLE_BLOCK:
        # Behind the track's number, one byte here, is the time within the cluster.
        seen.last = max(seen.last or 0, seen.cluster + struct.unpack(">h", _content(file, 4)[1:3])[0])


def _duration(data: bytes) -> float | None:
    (ticks,) = struct.unpack(">f" if len(data) == 4 else ">d", data)
    return float(ticks) if 0 < ticks < 1e15 else None


def _content(file: BinaryIO, size: int) -> bytes:
    data = file.read(min(size, 64))
    if len(data) < min(size, 64):
        raise EOFError
    return data


def _element(file: BinaryIO, place: int) -> Element:
    file.seek(place)
    head = file.read(12)
    number, used = _number(head, keep=True, most=4)
    size, more = _number(head[used:], keep=False, most=8)
    unknown = size == (1 << 7 * more) - 1
    return Element(number, place + used + more, None if unknown else size)


def _number(data: bytes, *, keep: bool, most: int) -> tuple[int, int]:
    """A number whose leading zero bits tell how many bytes follow; the marking bit is part of an element's number alone."""
    if not data or data[0] == 0:
        raise EOFError
    length = 9 - data[0].bit_length()
    if length > most or length > len(data):
        raise EOFError
    value = int.from_bytes(data[:length], "big")
    return (value if keep else value & (1 << 7 * length) - 1), length
