"""FLAC: the first block tells the rate and the number of samples."""

from typing import BinaryIO

from common.audio import Claim, NotARecording


def claim(file: BinaryIO, start: int) -> Claim:
    """Seconds from STREAMINFO; an encoder that streams leaves the number of samples at zero."""
    file.seek(start + 4)
    block = file.read(38)
    if len(block) < 38 or block[0] & 0x7F or block[1:4] != b"\x00\x00\x22":
        raise NotARecording("damaged")
    packed = int.from_bytes(block[14:22], "big")
    rate, samples = packed >> 44, packed & (1 << 36) - 1
    if not 8000 <= rate <= 48000:
        raise NotARecording("codec")
    return Claim("flac", samples / rate if samples else None)
