"""What is in a film: its boxes as ISO 14496-12 has them, its pictures, and its sound, decoded."""

import array
import io
import math
import struct
import subprocess
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from functions.video import ffmpeg

INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"}


class Box(NamedTuple):
    """A box: where it is (its parents' types and its own), where it begins, and its content."""

    path: tuple[str, ...]
    start: int
    data: bytes


def boxes(data: bytes, path: tuple[str, ...] = (), start: int = 0) -> list[Box]:
    """Every box of the file, those within others too, in order."""
    found, place = [], 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        assert 8 <= size <= len(data) - place, "a box is longer than what holds it"
        box = Box((*path, kind.decode("latin-1")), start + place, data[place + 8 : place + size])
        found.append(box)
        found += boxes(box.data, box.path, start + place + 8) if kind in INSIDE else []
        place += size
    return found


class Track(NamedTuple):
    """A track: vide or soun, its codec's four letters, seconds, samples, and the numbers of its keyframes from 1."""

    kind: str
    codec: str
    seconds: float
    samples: int
    keys: list[int]
    entry: bytes


class Film:
    """A film's file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.boxes = boxes(data)
        self.order = [box.path[0] for box in self.boxes if len(box.path) == 1]
        traks = [index for index, box in enumerate(self.boxes) if box.path[-1] == "trak"]
        self.tracks = [self._track(one, other) for one, other in zip(traks, [*traks[1:], None], strict=True)]

    def _track(self, begin: int, end: int | None) -> Track:
        inside = {box.path[-1]: box.data for box in self.boxes[begin:end]}
        # The edit's length is in ticks of the movie, and is what players play.
        ticks = struct.unpack_from(">I", next(box.data for box in self.boxes if box.path == ("moov", "mvhd")), 12)[0]
        seconds = struct.unpack_from(">I", inside["elst"], 8)[0] / ticks
        samples = sum(struct.unpack_from(">I", inside["stts"], 8 + 8 * n)[0] for n in range(struct.unpack_from(">I", inside["stts"], 4)[0]))
        count = struct.unpack_from(">I", inside["stss"], 4)[0] if "stss" in inside else 0
        keys = list(struct.unpack_from(f">{count}I", inside["stss"], 8)) if count else []
        return Track(inside["hdlr"][8:12].decode(), inside["stsd"][12:16].decode(), seconds, samples, keys, inside["stsd"][8:])

    @property
    def video(self) -> Track:
        """The pictures."""
        return next(track for track in self.tracks if track.kind == "vide")

    @property
    def audio(self) -> Track:
        """The sound."""
        return next(track for track in self.tracks if track.kind == "soun")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return struct.unpack_from(">HH", self.video.entry, 32)

    @property
    def profile(self) -> int:
        """The H.264 profile's number: 100 is High."""
        return self.video.entry[self.video.entry.index(b"avcC") + 5]

    def pictures(self) -> list[Image.Image]:
        """Every frame, decoded."""
        width, height = self.size
        raw = _decoded(self.data, "-f", "rawvideo", "-pix_fmt", "rgb24")
        step = width * height * 3
        return [Image.frombytes("RGB", (width, height), raw[at : at + step]) for at in range(0, len(raw), step)]

    def picture(self, at: float, rate: int) -> Image.Image:
        """The frame that is seen at a second."""
        raw = _decoded(self.data, "-vf", f"select=eq(n\\,{round(at * rate)})", "-frames:v", "1", "-c:v", "png", "-f", "image2pipe")
        return Image.open(io.BytesIO(raw)).convert("RGB")

    def sound(self, rate: int = 8000) -> "array.array[int]":
        """Its samples, `rate` of them a second."""
        return array.array("h", _decoded(self.data, "-f", "s16le", "-ac", "1", "-ar", str(rate)))

    def loudness(self, begin: float, end: float) -> float:
        """Root mean square of the samples between two seconds, of 32768."""
        part = self.sound()[round(begin * 8000) : round(end * 8000)]
        return math.sqrt(sum(sample * sample for sample in part) / len(part))


def _decoded(data: bytes, *how: str) -> bytes:
    command = [ffmpeg.program(), "-hide_banner", "-loglevel", "error", "-i", "-", *how, "-"]
    # What players accept silently stops here: a timestamp that runs backwards at a joint, for instance.
    ended = subprocess.run(command, input=data, capture_output=True, timeout=60, check=True)
    assert not ended.stderr, ended.stderr.decode()
    return ended.stdout


def of(path: Path) -> Film:
    """The film in a file."""
    return Film(path.read_bytes())
