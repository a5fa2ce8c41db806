"""A panel as it stands on the upright frame: whole, on a blurred and darkened enlargement of itself.

Pictures are planes of Y, U and V, the latter two at half the size, because that is what the encoder
takes: converting a still once costs less than converting each of its frames.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image


class Frame(NamedTuple):
    """The film's frame in pixels (both even), and how many there are in a second; 48,000 divides by it."""

    width: int
    height: int
    rate: int


class Planes(NamedTuple):
    """A picture in eight-bit Y, U and V of BT.709, in the limited range of video."""

    y: "Image"
    u: "Image"
    v: "Image"


# A still has more pixels than the frame, so that what a moving frame shows is always scaled down: at one to one,
# bands of sharp and soft wander through the picture while it moves.
FINER = 1.25

# The part of the frame's width or height that a panel takes before the film moves closer.
SHARE = 0.95

# BT.709 in limited range, for Pillow's conversion by matrix.
_R, _G, _B = 0.2126, 0.7152, 0.0722
_Y, _C = 219 / 255, 224 / 255
_U, _V = _C / (2 * (1 - _B)), _C / (2 * (1 - _R))
MATRIX = (
    *(_R * _Y, _G * _Y, _B * _Y, 16.0),
    *(-_R * _U, -_G * _U, (1 - _B) * _U, 128.0),
    *((1 - _R) * _V, -_G * _V, -_B * _V, 128.0),
)


def still(data: bytes, frame: Frame) -> Planes:
    """The panel in the JPEG `data` on its background, FINER times as large as `frame`."""
    from PIL import Image

    from common import images

    picture = images.decode(data)
    wide, high = round(frame.width * FINER), round(frame.height * FINER)
    scale = SHARE * min(wide / picture.width, high / picture.height)
    panel = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))), Image.Resampling.LANCZOS)
    sheet = _background(picture, wide, high)
    place = ((wide - panel.width) // 2, (high - panel.height) // 2)
    shape = _rounded(panel.size, wide * 0.02)
    _shadow(sheet, shape, place, wide * 0.02)
    sheet.paste(panel, place, shape)
    return planes(sheet)


def planes(picture: "Image") -> Planes:
    """An RGB picture as planes."""
    from PIL import Image

    y, u, v = picture.convert("RGB", MATRIX).split()
    half = (picture.width // 2, picture.height // 2)
    return Planes(y, u.resize(half, Image.Resampling.BOX), v.resize(half, Image.Resampling.BOX))


def _background(picture: "Image", wide: int, high: int) -> "Image":
    """The picture filling everything, far out of focus. It is blurred while it is small: afterwards it would take a second."""
    from PIL import Image, ImageEnhance, ImageFilter, ImageOps

    small = ImageOps.fit(picture, (90, round(90 * high / wide)), Image.Resampling.BOX)
    soft = ImageEnhance.Brightness(small.filter(ImageFilter.GaussianBlur(7))).enhance(0.55)
    return soft.resize((wide, high), Image.Resampling.BICUBIC)


def _rounded(size: tuple[int, int], radius: float) -> "Image":
    from PIL import Image, ImageDraw

    # Drawn at twice the size, since Pillow's edges are not smooth.
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius * 2, fill=255)
    return mask.resize(size, Image.Resampling.BOX)


def _shadow(sheet: "Image", shape: "Image", place: tuple[int, int], depth: float) -> None:
    from PIL import Image, ImageFilter

    around = Image.new("L", sheet.size)
    around.paste(shape.point(lambda value: value * 5 // 9), (place[0], place[1] + round(depth / 3)))
    small = around.resize((sheet.width // 4, sheet.height // 4), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(depth / 4))
    sheet.paste((8, 6, 12), mask=small.resize(sheet.size, Image.Resampling.BILINEAR))
