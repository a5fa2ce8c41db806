"""Pictures and recordings with bytes changed, cut, doubled or made up: a picture, a recording, or the refusal that is declared."""

import functools
import io
from pathlib import Path

from hypothesis import strategies as st

from common import audio, images
from tests.fuzz.parsing import EACH, fuzzed

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
KINDS = ("m4a", "mp3", "ogg", "wav", "webm", "flac")


@functools.cache
def picture(kind):
    """A small picture with colours, and with metadata that turns it where the format has such."""
    from PIL import Image

    drawn = Image.radial_gradient("L").resize((24, 16)).convert("RGB")
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn.save(out, kind, **({"exif": exif} if kind != "GIF" else {}))
    return out.getvalue()


@functools.cache
def recording(kind):
    return (RECORDINGS / f"timun.{kind}").read_bytes()[:20_000]


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["bit", "byte", "cut", "double", "zero", "insert", "long"]),
        st.integers(0, 30_000) | st.integers(0, 200),
        st.integers(0, 255),
    ),
    max_size=6,
)


def edited(data, edits):
    """`data` after each edit, which names what is done, where, and with which byte."""
    found = bytearray(data)
    for act, at, byte in edits:
        place = at % (len(found) + 1)
        match act:
            case "bit" | "byte" if place < len(found):
                found[place] = found[place] ^ (1 << byte % 8) if act == "bit" else byte
            case "cut":
                del found[place:]
            case "double":
                found[place:place] = found[place : place + byte * 4]
            case "zero":
                found[place : place + 8] = bytes(8)
            case "insert":
                found[place:place] = bytes([byte]) * (byte % 16)
            case "long":
                found[place : place + 4] = b"\xff\xff\xff" + bytes([byte])
    return bytes(found)


def looked(data):
    try:
        made = images.decode(data)
    except images.NotAnImage as refused:
        assert refused.text.en and refused.text.id
        return None
    assert made.mode == "RGB" and made.width * made.height <= images.MAX_PIXELS
    return made


@fuzzed(kind=st.sampled_from(["JPEG", "PNG", "WEBP"]), edits=EDITS)
def test_a_picture_is_decoded_or_refused(kind, edits):
    looked(edited(picture(kind), edits))


@fuzzed(kind=st.sampled_from(["GIF", "TIFF", "BMP", "ICO", "PPM"]), edits=EDITS)
def test_a_picture_of_another_format_is_refused(kind, edits):
    assert looked(edited(picture(kind), edits)) is None


@fuzzed(
    data=st.binary(max_size=500)
    | st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"]).map(lambda start: start + bytes(64))
)
def test_bytes_that_are_no_picture_are_refused(data):
    assert looked(data) is None


def heard(data):
    try:
        found = audio.told(io.BytesIO(data), len(data))
    except audio.NotARecording as refused:
        assert refused.text.en and refused.text.id
        return
    assert found.kind in audio.TYPES and found.bytes == len(data)
    assert found.seconds is None or found.seconds > 0


@fuzzed(kind=st.sampled_from(KINDS), edits=EDITS)
def test_a_recording_is_told_or_refused(kind, edits):
    heard(edited(recording(kind), edits))


STARTS = [
    b"RIFF\xff\xff\xff\xffWAVE",
    b"fLaC",
    b"OggS\0\x02",
    b"\x1a\x45\xdf\xa3",
    b"\0\0\0\x20ftypM4A ",
    b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
    b"\xff\xfb\x90\0",
]


@fuzzed(start=st.sampled_from([*STARTS, b""]), data=st.binary(max_size=400), times=st.sampled_from([1, 1, 1, 50]))
def test_bytes_that_begin_like_a_recording_are_told_or_refused(start, data, times):
    heard((start + data) * times)


def test_each_parser_is_given_some():
    assert EACH >= 100
