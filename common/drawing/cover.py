"""The cover of an exported comic: its first picture under a band with the title, and the author's name below.

Panels have their captions and balloons at the top, so the band lies there and the picture is shown
from below.
"""

import io
from dataclasses import dataclass
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter

from common.drawing import lettering
from common.drawing.colours import INK, WHITE, Colour

PAPER: Colour = (255, 241, 208)

# Bands with the colour of their rays; whichever differs most from the picture is taken.
BANDS: tuple[tuple[Colour, Colour], ...] = (
    ((204, 44, 58), (222, 66, 72)),
    ((32, 84, 168), (44, 102, 190)),
    ((92, 52, 140), (110, 68, 160)),
    ((0, 122, 124), (10, 142, 140)),
    ((226, 108, 24), (238, 128, 42)),
)
RAYS = 28

# Where the band ends at the left and at the right, as parts of the page's height.
LEFT, RIGHT = 0.37, 0.31

# How much is cut off at the picture's edges, where frames are.
TRIMMED = 0.022

# Letters of a title that a cover has room for.
LONGEST = 200


@dataclass(frozen=True)
class Words:
    """What the cover says: the title, who it is by ("by Siti"), and that an AI has helped."""

    title: str
    author: str
    disclosure: str


def draw(picture: bytes, words: Words) -> bytes:
    """A cover as large as `picture`, which is a baseline RGB JPEG as the cover is."""
    page = Image.open(io.BytesIO(picture))
    colours = _colours(page)
    _enlarge(page)
    _band(page, *colours)
    _title(page, words.title)
    _author(page, words.author)
    _disclosure(page, words.disclosure)
    saved = io.BytesIO()
    page.save(saved, "JPEG", quality=90)
    return saved.getvalue()


def _colours(picture: Image.Image) -> tuple[Colour, Colour]:
    mean = picture.resize((1, 1), Image.Resampling.BOX).tobytes()
    return max(BANDS, key=lambda band: sum(abs(ours - theirs) for ours, theirs in zip(band[0], mean, strict=True)))


def _enlarge(page: Image.Image) -> None:
    """Show the lower part of the picture without its frame; what is above will lie under the band."""
    width, height = page.size
    top = round(height * RIGHT)
    wide, high, bottom = width * (1 - 2 * TRIMMED), (height - top) * (1 - 2 * TRIMMED), height * (1 - TRIMMED)
    part = ((width - wide) / 2, bottom - high, (width + wide) / 2, bottom)
    page.paste(page.resize((width, height - top), Image.Resampling.BICUBIC, box=part), (0, top))


def _band(page: Image.Image, fill: Colour, ray: Colour) -> None:
    """Lay the band over the page; its parts are masks drawn twice as large, so that slanted edges are smooth."""
    width, height = page.width * 2, page.height * 2
    edge = [(0, height * LEFT), (width, height * RIGHT)]
    corners = [(0, 0), *edge, (width, 0)]
    line = min(width, height) // 90
    size = (width, round(height * LEFT) + 2 * line)
    rays = _rays((width / 2, height * 0.175), max(width, height))
    for colour, shapes, thick in ((fill, [corners], 0), (ray, rays, 0), (WHITE, [edge], line * 2), (INK, [edge], line)):
        mask = Image.new("L", size)
        pen = ImageDraw.Draw(mask)
        for shape in shapes:
            pen.line(shape, fill=255, width=thick) if thick else pen.polygon(shape, fill=255)
        if shapes is rays:
            pen.polygon([*edge, (width, height), (0, height)], fill=0)
        page.paste(colour, (0, 0), mask.reduce(2))


def _rays(middle: tuple[float, float], far: float) -> list[list[tuple[float, float]]]:
    steps = [2 * pi * number / RAYS for number in range(RAYS)]
    ends = [(middle[0] + far * cos(step), middle[1] + far * sin(step)) for step in steps]
    return [[middle, ends[number], ends[number + 1]] for number in range(0, RAYS, 2)]


def _title(page: Image.Image, title: str) -> None:
    width, high = page.width * 0.88, page.height * 0.28
    short = min(page.size)
    text = title if len(title) <= LONGEST else f"{title[:LONGEST].rstrip()}…"
    block = lettering.fit(lettering.plain(text), width, high, short * 15 // 100, short // 32)
    stroke = max(2, block.size // 14)
    pad = stroke * 4
    letters = Image.new("RGB", (round(block.width) + 2 * pad, round(block.height) + 2 * pad))
    lettering.write(ImageDraw.Draw(letters), block, letters.width / 2, pad, WHITE, centred=True)
    mask = letters.getchannel("R")
    outline = mask.filter(ImageFilter.GaussianBlur(stroke * 0.75)).point(lambda value: min(255, value * 7))
    x, y = (page.width - letters.width) // 2, round(page.height * 0.03 + (high - letters.height) / 2)
    page.paste(INK, (x + stroke // 2, y + stroke), outline)
    page.paste(INK, (x, y), outline)
    page.paste(WHITE, (x, y), mask)


def _author(page: Image.Image, author: str) -> None:
    """The author's name in a caption like those of the panels, above the last line."""
    short = min(page.size)
    size, pad, left = short * 44 // 1000, short // 40, short // 28
    block = lettering.fit(lettering.plain(author[:LONGEST]), page.width * 0.6, size * 1.5, size, size // 2)
    bottom = page.height - short // 13
    box = (left, bottom - block.height - pad, left + block.width + 2 * pad, bottom)
    pen = ImageDraw.Draw(page)
    pen.rounded_rectangle(box, radius=short // 110, fill=PAPER, outline=INK, width=max(2, short // 300))
    lettering.write(pen, block, left + pad, box[1] + pad * 0.4, INK, centred=False)


def _disclosure(page: Image.Image, text: str) -> None:
    size = max(10, min(page.size) * 24 // 1000)
    high = round(size * 1.9)
    top = page.height - high
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, top, page.width, page.height), fill=INK)
    block = lettering.fit(lettering.plain(text), page.width * 0.94, high, size, size // 2)
    lettering.write(pen, block, page.width / 2, top + (high - block.height) / 2, PAPER, centred=True)
