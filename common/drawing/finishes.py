"""What is done to a picture last: the paper, the dots, the glow and the grain that make a style."""

import math
from collections.abc import Callable
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from common.drawing.colours import Colour, dice
from common.drawing.geometry import oval, star

Finish = Callable[[Image.Image, Random], Image.Image]


def finish(image: Image.Image, name: str, rng: Random) -> Image.Image:
    """`image` (RGB) with the finish called `name`; the size stays."""
    return _FINISHES[name](image, rng)


def _plain(image: Image.Image, rng: Random) -> Image.Image:
    return image


def _film(image: Image.Image, rng: Random) -> Image.Image:
    lit = _bloom(image, 168, 0.4, 10)
    lit = ImageEnhance.Contrast(lit).enhance(1.08)
    return _grained(_vignetted(lit, (30, 22, 30), 0.5), 5, 1)


def _anime(image: Image.Image, rng: Random) -> Image.Image:
    lit = ImageEnhance.Color(_bloom(image, 176, 0.62, 14)).enhance(1.1)
    return _tinted(lit, (120, 60, 170), (255, 190, 120), 0.08)


def _webtoon(image: Image.Image, rng: Random) -> Image.Image:
    return _tinted(_bloom(image, 150, 0.5, 18), (190, 150, 255), (255, 190, 190), 0.13)


def _screentone(image: Image.Image, rng: Random) -> Image.Image:
    grey = image.convert("L")
    # Light stays paper, darkness becomes solid ink, and only what lies between is dotted.
    levels = [0 if v < 46 else 255 if v > 186 else int(40 + (v - 46) * 1.45) for v in range(256)]
    toned = grey.point(levels)
    fine = _halftoned(toned, 9, 5.0)
    return fine.convert("RGB")


def _gouache(image: Image.Image, rng: Random) -> Image.Image:
    painted = _bloom(image, 186, 0.3, 14)
    painted = Image.blend(painted, _smeared(painted), 0.35)
    return _grained(_tinted(painted, (255, 248, 214), (120, 170, 110), 0.06), 8, 3, stretch=3)


def _watercolour(image: Image.Image, rng: Random) -> Image.Image:
    half = image.reduce(2)
    washed = Image.blend(half, half.filter(ImageFilter.BoxBlur(3)), 0.55)
    edges = half.convert("L").filter(ImageFilter.BoxBlur(1)).filter(ImageFilter.FIND_EDGES).point([min(v * 2, 255) for v in range(256)])
    washed.paste(
        ImageEnhance.Brightness(ImageEnhance.Color(washed).enhance(1.35)).enhance(0.72),
        (0, 0),
        edges.filter(ImageFilter.BoxBlur(1)).point([v * 6 // 10 for v in range(256)]),
    )
    picture = Image.blend(washed.resize(image.size, Image.Resampling.BICUBIC), image, 0.34)
    pools = _clouds(image.size, 44, 5).point([int(196 + v * 0.23) for v in range(256)])
    picture = ImageChops.screen(picture, Image.merge("RGB", [ImageChops.invert(pools)] * 3))
    paper = _clouds(image.size, 2, 6).point([int(240 + v * 0.06) for v in range(256)])
    return ImageChops.multiply(picture, Image.merge("RGB", [paper, paper, paper.point([int(v * 0.985) for v in range(256)])]))


def _pixels(image: Image.Image, rng: Random) -> Image.Image:
    cell = 7
    small = image.resize((max(image.width // cell, 1), max(image.height // cell, 1)), Image.Resampling.BOX)
    small = ImageEnhance.Contrast(small).enhance(1.16)
    return (
        small.quantize(40, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB").resize(image.size, Image.Resampling.NEAREST)
    )


def _inked(image: Image.Image, rng: Random) -> Image.Image:
    strong = ImageEnhance.Contrast(ImageEnhance.Color(image).enhance(1.12)).enhance(1.16)
    grey = strong.convert("L")
    middle = grey.point([255 if v > 206 or v < 30 else int(70 + v * 0.86) for v in range(256)])
    dots = _halftoned(middle, 8, 5.0)
    dotted = ImageChops.multiply(strong, Image.merge("RGB", [dots, dots, dots]))
    return _vignetted(Image.blend(strong, dotted, 0.26), (10, 8, 30), 0.42)


def _sparkled(image: Image.Image, rng: Random) -> Image.Image:
    picture = _bloom(image, 178, 0.4, 12)
    overlay = Image.new("L", image.size)
    draw = ImageDraw.Draw(overlay)
    for _ in range(26):
        x, y, size = rng.random() * image.width, rng.random() * image.height, rng.uniform(5, 20)
        draw.polygon(star(x, y, size, size * 0.24, 4), fill=rng.choice((150, 200, 235)))
    for _ in range(14):
        x, y, size = rng.random() * image.width, rng.random() * image.height, rng.uniform(6, 22)
        draw.polygon(oval(x, y, size, size), fill=60)
    picture.paste((255, 252, 246), (0, 0), overlay)
    return picture


def _chalk(image: Image.Image, rng: Random) -> Image.Image:
    soft = Image.blend(image, image.reduce(2).filter(ImageFilter.BoxBlur(3)).resize(image.size), 0.42)
    return _grained(_tinted(soft, (255, 226, 236), (226, 236, 255), 0.12), 9, 4)


_POP: tuple[Colour, ...] = (
    (12, 10, 16),
    (255, 255, 255),
    (236, 28, 56),
    (255, 226, 20),
    (0, 160, 226),
    (24, 60, 150),
    (255, 112, 176),
    (255, 150, 30),
    (255, 208, 160),
    (60, 180, 76),
    (128, 216, 240),
    (136, 66, 36),
    (150, 60, 170),
    (206, 236, 120),
)


def _popart(image: Image.Image, rng: Random) -> Image.Image:
    grey = image.convert("L")
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in _POP for channel in colour])
    flat = image.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")
    lights = _halftoned(grey.point([0 if v < 60 or v > 236 else int((v - 60) * 0.85) for v in range(256)]), 16, 6.0)
    flat.paste((255, 255, 255), (0, 0), lights.point([v * 62 // 100 for v in range(256)]))
    return flat


def _oils(image: Image.Image, rng: Random) -> Image.Image:
    half = image.reduce(2)
    strokes = half.filter(ImageFilter.MedianFilter(5))
    painted = Image.blend(strokes.resize(image.size, Image.Resampling.BICUBIC), image, 0.3)
    painted = ImageEnhance.Contrast(_bloom(painted, 150, 0.6, 20)).enhance(1.14)
    painted = _tinted(painted, (70, 60, 150), (255, 170, 80), 0.14)
    for _ in range(40):
        x, y, size = int(rng.random() * image.width), int(rng.random() * image.height), rng.choice((3, 5, 9))
        glow = Image.radial_gradient("L").resize((size * 6, size * 6)).point([max(0, 200 - v * 2) for v in range(256)])
        painted.paste((255, 236, 170), (x, y), glow)
    return _grained(_vignetted(painted, (18, 10, 30), 0.75), 9, 7, stretch=2)


def _newsprint(image: Image.Image, rng: Random) -> Image.Image:
    red, green, blue = ImageEnhance.Contrast(image).enhance(1.06).split()
    inks = [
        _halftoned(channel.point([int(40 + v * 0.9) for v in range(256)]), cell, 4.0)
        for channel, cell in ((red, 10), (green, 11), (blue, 12))
    ]
    dotted = Image.merge("RGB", [ImageChops.offset(inks[0], 3, 1), inks[1], ImageChops.offset(inks[2], -2, 2)])
    shifted = Image.merge("RGB", [ImageChops.offset(red, 3, 1), green, ImageChops.offset(blue, -2, 2)])
    aged = ImageChops.multiply(Image.blend(shifted, dotted, 0.3), Image.new("RGB", image.size, (255, 240, 206)))
    return _grained(_vignetted(aged, (120, 80, 40), 0.4), 18, 8)


def _rendered(image: Image.Image, rng: Random) -> Image.Image:
    lit = _bloom(image, 180, 0.5, 16)
    return _vignetted(ImageEnhance.Contrast(lit).enhance(1.04), (40, 30, 80), 0.3)


def _bloom(image: Image.Image, above: int, strength: float, radius: int) -> Image.Image:
    """Light that spills over from what is brighter than `above`."""
    small = image.reduce(4)
    curve = [int(max(0, v - above) * 255 / (255 - above) * strength) for v in range(256)] * 3
    light = small.point(curve).filter(ImageFilter.BoxBlur(radius / 4)).filter(ImageFilter.BoxBlur(radius / 3))
    return ImageChops.screen(image, light.resize(image.size, Image.Resampling.BILINEAR))


def _smeared(image: Image.Image) -> Image.Image:
    return image.reduce(3).filter(ImageFilter.MedianFilter(3)).resize(image.size, Image.Resampling.BICUBIC)


def _tinted(image: Image.Image, top: Colour, bottom: Colour, strength: float) -> Image.Image:
    """A veil of colour that passes from `top` to `bottom`."""
    strip = Image.new("RGB", (1, 2))
    strip.putdata([top, bottom])
    return Image.blend(
        image, strip.resize((1, image.height), Image.Resampling.BILINEAR).resize(image.size, Image.Resampling.NEAREST), strength
    )


def _vignetted(image: Image.Image, colour: Colour, strength: float) -> Image.Image:
    picture = image.copy()
    picture.paste(colour, (0, 0), _corners(image.size, int(strength * 100)))
    return picture


def _grained(image: Image.Image, amount: int, seed: int, stretch: int = 1) -> Image.Image:
    """Paper or film grain, at most `amount` of 255 brighter or darker."""
    noise = _noise(image.size, seed, stretch, amount)
    return ImageChops.add(image, noise, 1, -amount)


def _halftoned(grey: Image.Image, cell: int, contrast: float) -> Image.Image:
    """Dots on a grid turned by 45 degrees, larger where `grey` is darker, with smooth edges."""
    return ImageChops.subtract(grey, _screen(grey.size, cell), 1 / contrast, 128)


@cache
def _screen(size: tuple[int, int], cell: int) -> Image.Image:
    tile = Image.new("L", (cell, cell))
    tile.putdata(
        [int(127 + 120 * math.cos(2 * math.pi * x / cell) * math.cos(2 * math.pi * y / cell)) for y in range(cell) for x in range(cell)]
    )
    return _tiled(tile, size)


def _tiled(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    sheet = Image.new(tile.mode, size)
    sheet.paste(tile, (0, 0))
    wide, high = tile.size
    while wide < size[0]:
        sheet.paste(sheet.crop((0, 0, min(wide, size[0] - wide), high)), (wide, 0))
        wide *= 2
    while high < size[1]:
        sheet.paste(sheet.crop((0, 0, size[0], min(high, size[1] - high))), (0, high))
        high *= 2
    return sheet


@cache
def _noise(size: tuple[int, int], seed: int, stretch: int, amount: int) -> Image.Image:
    # Pillow's own noise cannot be seeded, and the same brief must give the same bytes.
    wide, high = size[0] // (2 * stretch) + 1, size[1] // 2 + 1
    raw = Image.frombytes("L", (wide, high), dice(seed).randbytes(wide * high)).point([v * 2 * amount // 255 for v in range(256)])
    grain = raw.resize((wide * 2 * stretch, high * 2), Image.Resampling.BILINEAR).crop((0, 0, *size))
    return Image.merge("RGB", [grain, grain, grain])


@cache
def _clouds(size: tuple[int, int], cell: int, seed: int) -> Image.Image:
    """Smooth random light and dark, spots about `cell` × 4 pixels wide."""
    wide, high = max(size[0] // (cell * 2), 3), max(size[1] // (cell * 2), 3)
    raw = Image.frombytes("L", (wide, high), dice(seed).randbytes(wide * high))
    return raw.resize(size, Image.Resampling.BICUBIC)


@cache
def _corners(size: tuple[int, int], strength: int) -> Image.Image:
    edge = Image.radial_gradient("L").point([int(max(0, v - 110) / 145 * strength * 1.6) for v in range(256)])
    return edge.resize(size, Image.Resampling.BILINEAR)


_FINISHES: dict[str, Finish] = {
    "plain": _plain,
    "film": _film,
    "bloom": _anime,
    "glow": _webtoon,
    "screentone": _screentone,
    "gouache": _gouache,
    "watercolour": _watercolour,
    "pixels": _pixels,
    "inked": _inked,
    "sparkle": _sparkled,
    "chalk": _chalk,
    "popart": _popart,
    "oils": _oils,
    "newsprint": _newsprint,
    "render": _rendered,
    "flat": _plain,
}
