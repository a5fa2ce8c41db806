"""The gentle movement over a still, frame by frame.

Every frame is cut out at places that are no whole pixels and scaled from there: ffmpeg's zoompan
rounds both, and a slow movement then visibly trembles.
"""

import hashlib
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from .stills import Frame, Planes

if TYPE_CHECKING:
    from PIL.Image import Image

# How much closer the nearest frame is than the farthest, as a part of the still.
CLOSER = 0.065

# How far the movement leaves the middle, as parts of what the nearest frame leaves over at its sides and above.
# Sideways it stays nearly there, since most panels are as wide as the frame and words stand at their edges.
ASIDE, ALONG = 0.25, 0.6

# Frames that are made ahead of the encoder; each is 1.4 MB.
AHEAD = 4


class Path(NamedTuple):
    """From where to where: how close at both ends (parts of CLOSER), and the way out of the middle (-1 to 1 each)."""

    begin: float
    end: float
    aside: float
    along: float


def path(name: str) -> Path:
    """The movement over the picture of this name: always the same for the same, so that its film can be kept."""
    dice = hashlib.sha256(name.encode()).digest()
    begin, end = (0.0, 1.0) if dice[0] % 3 else (1.0, 0.0)
    return Path(begin, end, ASIDE * (dice[1] % 3 - 1), ALONG * (1 if dice[2] % 2 else -1))


def window(path: Path, at: float, width: float, height: float) -> tuple[float, float, float, float]:
    """What of a still of `width` by `height` is seen `at` 0 to 1 of the way: left, top, right, bottom in its pixels."""
    eased = (1 - math.cos(math.pi * at)) / 2
    close = path.begin + (path.end - path.begin) * eased
    part = CLOSER * close
    left = width * part / 2 * (1 + path.aside * close)
    top = height * part / 2 * (1 + path.along * close)
    return left, top, left + width * (1 - part), top + height * (1 - part)


def seen(still: Planes, path: Path, at: float, frame: Frame) -> Planes:
    """The frame that shows `still` at this point of the way."""
    from PIL import Image

    # Hamming's filter is a little sharper at the same cost, but lets edges tremble by a fifth of a pixel.
    how = Image.Resampling.BILINEAR
    whole = window(path, at, *still.y.size)
    half = window(path, at, *still.u.size)
    size = (frame.width // 2, frame.height // 2)
    return Planes(
        still.y.resize((frame.width, frame.height), how, box=whole),
        still.u.resize(size, how, box=half),
        still.v.resize(size, how, box=half),
    )


def mixed(one: Planes, other: Planes, share: float) -> Planes:
    """`one` with a `share` (0 to 1) of `other` in front of it."""
    from PIL import Image

    return Planes(*(Image.blend(a, b, share) for a, b in zip(one, other, strict=True)))


def black(frame: Frame) -> Planes:
    """A dark frame."""
    from PIL import Image

    half = (frame.width // 2, frame.height // 2)
    return Planes(Image.new("L", (frame.width, frame.height), 16), Image.new("L", half, 128), Image.new("L", half, 128))


class Mark(NamedTuple):
    """The watermark as it lies on a frame: its planes, how much of them covers, and where it is (even pixels)."""

    planes: Planes
    cover: "Image"
    left: int
    top: int


def mark(frame: Frame) -> Mark:
    """The watermark in the lower right corner."""
    from common.drawing import mark

    from .stills import planes

    picture = mark.picture(mark.letters(frame.width, frame.height))
    even = picture.crop((0, 0, picture.width + picture.width % 2, picture.height + picture.height % 2))
    margin = round(frame.width * mark.MARGIN)
    left, top = frame.width - even.width - margin, frame.height - even.height - margin
    return Mark(planes(even.convert("RGB")), even.getchannel("A"), left - left % 2, top - top % 2)


def marked(picture: Planes, mark: Mark) -> Planes:
    """The frame with the watermark on it; it stays where it is while everything else moves."""
    from PIL import Image

    half = mark.cover.resize(mark.planes.u.size, Image.Resampling.BOX)
    picture.y.paste(mark.planes.y, (mark.left, mark.top), mark.cover)
    picture.u.paste(mark.planes.u, (mark.left // 2, mark.top // 2), half)
    picture.v.paste(mark.planes.v, (mark.left // 2, mark.top // 2), half)
    return picture


def ahead(make: Callable[[int], bytes], numbers: Iterable[int]) -> Iterator[bytes]:
    """`make(number)` for each number, in order, a few of them made at the same time and before they are asked for."""
    # Pillow lets other threads run while it scales; more than two only wait for each other and the encoder.
    with ThreadPoolExecutor(2, thread_name_prefix="frames") as threads:
        coming: deque[Future[bytes]] = deque()
        try:
            for number in numbers:
                coming.append(threads.submit(make, number))
                if len(coming) > AHEAD:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for left in coming:
                left.cancel()
