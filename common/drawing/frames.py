"""The edge of a panel: an inked border, a thin one, round corners, torn paper, or none."""

from random import Random

from PIL import Image, ImageDraw, ImageFilter

from common.drawing.geometry import Box, Point, rounded
from common.drawing.styles import Style

MARGINS = {"ink": 20, "thin": 14, "none": 0, "paper": 30, "round": 18}


def page_of(style: Style, width: int, height: int) -> Box:
    """The part of the panel inside the frame where lettering may stand."""
    pad = MARGINS[style.frame] + 24
    return Box(pad, pad, width - pad, height - pad)


def framed(image: Image.Image, style: Style, rng: Random) -> Image.Image:
    """`image` inside the frame of `style`, on its paper."""
    margin = MARGINS[style.frame]
    if not margin:
        return image
    sheet = Image.new("RGB", image.size, style.paper)
    mask = Image.new("L", (image.width * 2, image.height * 2))
    inner: list[Point] = _edge(style, image.width, image.height, margin, rng)
    ImageDraw.Draw(mask).polygon([(x * 2, y * 2) for x, y in inner], fill=255)
    small = mask.reduce(2)
    if style.frame == "paper":
        small = small.filter(ImageFilter.BoxBlur(3))
    sheet.paste(image, (0, 0), small)
    if style.frame in ("ink", "thin", "round"):
        width = {"ink": max(style.line, 4.0), "thin": 3.0, "round": 5.0}[style.frame]
        _line(sheet, inner, width, style)
    return sheet


def _edge(style: Style, width: int, height: int, margin: int, rng: Random) -> list[Point]:
    left, top, right, bottom = margin, margin, width - margin, height - margin
    if style.frame == "round":
        return rounded(left, top, right, bottom, 46)
    if style.frame != "paper":
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    points: list[Point] = []
    for x0, y0, x1, y1 in ((left, top, right, top), (right, top, right, bottom), (right, bottom, left, bottom), (left, bottom, left, top)):
        for part in range(26):
            x, y = x0 + (x1 - x0) * part / 26, y0 + (y1 - y0) * part / 26
            points.append((x + rng.uniform(-9, 9), y + rng.uniform(-9, 9)))
    return points


def _line(sheet: Image.Image, inner: list[Point], width: float, style: Style) -> None:
    mask = Image.new("L", (sheet.width * 2, sheet.height * 2))
    ImageDraw.Draw(mask).line([(x * 2, y * 2) for x, y in [*inner, inner[0], inner[1]]], fill=255, width=round(width * 2), joint="curve")
    sheet.paste(style.ink or (96, 84, 100), (0, 0), mask.reduce(2))
