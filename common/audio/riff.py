"""WAV: chunks in a RIFF file; Speech-to-Text reads 16-bit samples, A-law and µ-law."""

import struct
from typing import BinaryIO

from common.audio import Claim, NotARecording

PCM, ALAW, MULAW, EXTENSIBLE = 1, 6, 7, 0xFFFE
BITS = {PCM: 16, ALAW: 8, MULAW: 8}
# Chunks before the samples; recorders write two or three.
MOST_CHUNKS = 100


def claim(file: BinaryIO, size: int) -> Claim:
    """Seconds from the samples that are there, because recorders that were cut off, or stream, write no true size."""
    place, rate = 12, 0
    for _ in range(MOST_CHUNKS):
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"fmt ":
            rate = _bytes_a_second(file.read(min(length, 40)))
        elif name == b"data":
            if not rate:
                raise NotARecording("damaged")
            there = size - place - 8
            return Claim("wav", (min(length, there) if 0 < length < 0xFFFFFFFF else there) / rate)
        place += 8 + length + length % 2
    raise NotARecording("damaged")


def _bytes_a_second(form: bytes) -> int:
    codec, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    if codec == EXTENSIBLE:
        (codec,) = struct.unpack("<H", form[24:26])
    if BITS.get(codec) != bits or not 1 <= channels <= 8 or not 8000 <= rate <= 48000:
        raise NotARecording("codec")
    return int(rate * channels * bits // 8)
