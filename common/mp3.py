"""Samples as an MP3 that is exactly as long as they are.

An MP3 frame holds a fixed number of samples, and the encoder runs some behind: without a note, players
hear a short silence in front and behind, and nobody knows the true length. The note is LAME's
"Info" frame, which the wheel does not write (http://gabriel.mp3-tech.org/mp3infotag.html).
"""

import struct

from common.audio import mpeg

# Samples by which LAME runs behind.
DELAY = 576


def encoded(samples: bytes, rate: int, kilobits: int) -> bytes:
    """An MP3 of 16-bit mono `samples`, `rate` of them a second, at a constant `kilobits` a second."""
    import lameenc

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_in_sample_rate(rate)
    encoder.set_out_sample_rate(rate)
    encoder.set_channels(1)
    encoder.set_bit_rate(kilobits)
    encoder.set_quality(4)
    sound = bytes(encoder.encode(samples)) + bytes(encoder.flush())
    return _info(sound, len(samples) // 2) + sound


def _info(sound: bytes, samples: int) -> bytes:
    """A silent frame with the number of frames and bytes, and how many samples at both ends are none of ours."""
    first = mpeg.frame(sound[:4])
    assert first is not None, "an encoder's output begins with a frame"
    place, frames = 0, 0
    while each := mpeg.frame(sound[place : place + 4]):
        place, frames = place + each.bytes, frames + 1
    behind = frames * first.samples - DELAY - samples
    # No padding byte, so that the frame's length is what is written here.
    header = bytes((sound[0], sound[1], sound[2] & 0xFD, sound[3]))
    side = bytes(17 if first.version == 3 else 9)
    own = first.bytes - (sound[2] >> 1 & 1)
    tag = b"Info" + struct.pack(">III", 3, frames, own + len(sound))
    lame = b"LAME3.100" + bytes(12) + (DELAY << 12 | max(0, min(behind, 4095))).to_bytes(3, "big") + bytes(12)
    return (header + side + tag + lame).ljust(own, b"\0")
