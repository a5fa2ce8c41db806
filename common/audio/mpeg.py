"""MP3: frames one after another, each with its own header, behind tags that others put in front."""

import struct
from typing import BinaryIO, NamedTuple

from common.audio import Claim, NotARecording

# kbit/s of layer III by the header's four bits: MPEG-1, and MPEG-2 with 2.5.
BIT_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}

# Bytes behind the tags in which a stream that was cut out of a longer one has to show a frame.
SEARCHED = 16_384
# Files up to here have their frames counted; the length of a larger one is reckoned from its first bit rate.
COUNTED = 10_000_000


class Frame(NamedTuple):
    """A frame by its header: bytes with the header, samples, samples a second."""

    bytes: int
    samples: int
    rate: int
    mono: bool
    version: int


def skipped(file: BinaryIO) -> int:
    """Where the file begins behind ID3v2 tags; each says its size in four times seven bits."""
    place = 0
    for _ in range(4):
        file.seek(place)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 0x7F:
            break
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        place += 10 + size + (10 if head[5] & 0x10 else 0)
    return place


def claim(file: BinaryIO, start: int, size: int) -> Claim:
    """Seconds of an MP3; raises `NotARecording("unknown")` for bytes that hold no row of frames."""
    file.seek(start)
    head = file.read(SEARCHED)
    at = _first(head, whole=start + len(head) >= size)
    first = frame(head[at : at + 4])
    assert first is not None
    frames = _counted_by_encoder(head[at : at + first.bytes], first)
    if frames is not None:
        return Claim("mp3", frames * first.samples / first.rate)
    if size > COUNTED:
        return Claim("mp3", (size - start - at) / first.bytes * first.samples / first.rate)
    file.seek(start + at)
    return Claim("mp3", _counted(file.read(COUNTED)))


def frame(header: bytes) -> Frame | None:
    """What the four bytes of a frame's header say; None when they are none of layer III."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bits, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer != 1 or bits in (0, 15) or rate == 3:
        return None
    kilobits, samples = BIT_RATES[1 if version == 3 else 2][bits], 1152 if version == 3 else 576
    hertz = RATES[version][rate]
    return Frame(samples // 8 * kilobits * 1000 // hertz + (header[2] >> 1 & 1), samples, hertz, header[3] >> 6 == 3, version)


def _first(head: bytes, whole: bool) -> int:
    """Where the first frame is: eleven set bits occur everywhere, so another frame has to follow each, three in all."""
    at = head.find(b"\xff")
    while at >= 0:
        place = at
        for number in range(3):
            found = frame(head[place : place + 4])
            if found is None:
                # A recording of one or two frames ends there.
                if number and whole and place >= len(head):
                    return at
                break
            place += found.bytes
        else:
            return at
        at = head.find(b"\xff", at + 1)
    raise NotARecording("codec" if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xF6 == 0xF0 else "unknown")


def _counted_by_encoder(data: bytes, first: Frame) -> int | None:
    """The number of frames that the encoder wrote into the first one (Xing, Info or VBRI)."""
    side = (17 if first.mono else 32) if first.version == 3 else (9 if first.mono else 17)
    xing, vbri = data[4 + side :], data[36:]
    if xing[:4] in (b"Xing", b"Info") and len(xing) >= 12 and xing[7] & 1:
        return int(struct.unpack(">I", xing[8:12])[0]) or None
    if vbri[:4] == b"VBRI" and len(vbri) >= 18:
        return int(struct.unpack(">I", vbri[14:18])[0]) or None
    return None


def _counted(data: bytes) -> float:
    """Seconds of the frames in `data`; what follows them (a tag, damage) counts for nothing."""
    place, seconds = 0, 0.0
    while found := frame(data[place : place + 4]):
        seconds += found.samples / found.rate
        place += found.bytes
    return seconds
