"""A panel's part of the film: pictures without sound, encoded once with the same parameters as all others.

Parts of equal parameters are joined by copying, so a film costs an encoding of what changed. A part
is kept under a hash of everything that it shows.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from . import ffmpeg, moving
from .stills import Frame, Planes

# Raised when the same panel is to give another part; all are then encoded anew.
EDITION = 1

# Seconds in which a panel takes the place of the one before, and in which the last one fades.
FADE = 0.4

# Quality first, with a limit to what a noisy picture may cost: a phone on a mobile network loads it.
# An own keyframe every two seconds lets players jump; scene cuts would only add more of them within a fade.
ENCODER = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-maxrate", "3M", "-bufsize", "6M", "-threads", "4"),
    *("-profile:v", "high", "-pix_fmt", "yuv420p", "-flags", "+cgop", "-sc_threshold", "0"),
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
)


@dataclass(frozen=True)
class Shot:
    """What a part of the film shows: names of the panel's picture and of the one before, how long, and whether the film ends with it."""

    picture: str
    before: str | None
    frames: int
    ends: bool
    marked: bool


def key(shot: Shot, frame: Frame) -> str:
    """A hash of everything that the part depends on, in 40 hexadecimal digits; file names never change their content."""
    told = json.dumps([EDITION, ffmpeg.version(ffmpeg.program()), ENCODER, frame, astuple(shot)])
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def encode(shot: Shot, frame: Frame, still: Callable[[str], Planes], to: Path, beat: Callable[[], None]) -> None:
    """Write the part to the file `to`; `still` gives a picture's still by its name, `beat` is called with every frame."""
    command = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{frame.width}x{frame.height}", "-r", str(frame.rate), "-i", "-"]
    command += [*ENCODER, "-g", str(2 * frame.rate), "-f", "mp4", str(to)]

    def feed() -> Iterator[bytes]:
        for each in frames(shot, frame, still):
            beat()
            yield each

    # A frame takes about 15 ms on two cores; what takes twenty times as long will not end.
    ffmpeg.run(command, seconds=60 + 0.3 * shot.frames, feed=feed())


def frames(shot: Shot, frame: Frame, still: Callable[[str], Planes]) -> Iterator[bytes]:
    """The part's frames as the encoder takes them: Y, U and V one after the other."""
    before = None if shot.before is None else moving.seen(still(shot.before), moving.path(shot.before), 1, frame)
    now, way = still(shot.picture), moving.path(shot.picture)
    dark, mark = moving.black(frame), moving.mark(frame)

    def make(number: int) -> bytes:
        seen = moving.seen(now, way, number / max(1, shot.frames - 1), frame)
        seen = _faded(seen, number, shot, frame, before, dark)
        return b"".join(plane.tobytes() for plane in (moving.marked(seen, mark) if shot.marked else seen))

    return moving.ahead(make, range(shot.frames))


def _faded(seen: Planes, number: int, shot: Shot, frame: Frame, before: Planes | None, dark: Planes) -> Planes:
    fade = min(round(FADE * frame.rate), shot.frames // 2)
    if before is not None and number < fade:
        return moving.mixed(before, seen, (number + 1) / (fade + 1))
    left = shot.frames - 1 - number
    if shot.ends and left < fade:
        return moving.mixed(seen, dark, 1 - left / fade)
    return seen
