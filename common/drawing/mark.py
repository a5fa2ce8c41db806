"""The watermark: the name of MamaStoria, small and half transparent, in the corner of a page."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

from common.drawing import lettering

NAME = "MamaStoria"

# Parts of the page's shorter side: how high the letters are, and how far from the edges the mark stays.
HEIGHT, MARGIN = 0.030, 0.022


@cache
def picture(size: int) -> Image.Image:
    """The mark in RGBA with letters of `size` pixels: white, with a soft shadow that keeps it legible on white."""
    pad = size // 3
    width, height = round(lettering.measure(NAME, size)) + 2 * pad, round(size * 1.1) + 2 * pad
    letters = Image.new("RGB", (width, height))
    lettering.write(ImageDraw.Draw(letters), lettering.fit(NAME, width, height, size, size), pad, pad, (255, 255, 255), centred=False)
    mask = letters.getchannel("R")
    shadow = mask.filter(ImageFilter.GaussianBlur(size / 9)).point(lambda value: min(255, value * 2))
    mark = Image.new("RGBA", mask.size, (20, 16, 24, 0))
    mark.putalpha(shadow.point(lambda value: value * 5 // 9))
    white = Image.new("RGBA", mask.size, (255, 255, 255, 0))
    white.putalpha(mask.point(lambda value: value * 4 // 5))
    return Image.alpha_composite(mark, white)


def letters(width: float, height: float) -> int:
    """The mark's size on a page of `width` by `height` pixels."""
    return max(10, round(min(width, height) * HEIGHT))


def stamp(jpeg: bytes) -> bytes:
    """A page (a baseline RGB JPEG) with the mark drawn into its lower right corner, for files that have no layers."""
    page = Image.open(io.BytesIO(jpeg))
    mark = picture(letters(*page.size))
    margin = round(min(page.size) * MARGIN)
    page.paste(mark, (page.width - mark.width - margin, page.height - mark.height - margin), mark)
    stamped = io.BytesIO()
    page.save(stamped, "JPEG", quality=92)
    return stamped.getvalue()
