"""The hour of a scene: its sky, its light, and its weather."""

from dataclasses import dataclass
from random import Random

from common.drawing.colours import WHITE, Colour, mix
from common.drawing.geometry import Point, oval, smooth
from common.drawing.pen import Pen
from common.drawing.wardrobe import words_of


@dataclass(frozen=True)
class Hour:
    """A time of day: the sky from top to horizon, and the light as colour and strength (0..1)."""

    name: str
    sky: tuple[Colour, ...]
    light: Colour
    lit: float
    cloud: Colour
    sun: Colour


HOURS: dict[str, Hour] = {
    "day": Hour("day", ((70, 158, 232), (134, 204, 246), (222, 242, 250)), (255, 252, 240), 0.2, (255, 255, 255), (255, 248, 206)),
    "morning": Hour("morning", ((118, 186, 232), (190, 224, 236), (255, 234, 196)), (255, 240, 210), 0.5, (255, 248, 236), (255, 240, 180)),
    "evening": Hour(
        "evening",
        ((98, 92, 168), (222, 126, 126), (255, 178, 96), (255, 220, 150)),
        (255, 196, 148),
        0.62,
        (255, 206, 176),
        (255, 226, 150),
    ),
    "night": Hour("night", ((14, 20, 56), (34, 50, 110), (74, 92, 152)), (116, 134, 206), 0.74, (86, 100, 158), (250, 246, 220)),
    "rain": Hour("rain", ((116, 134, 156), (158, 174, 188), (202, 212, 216)), (204, 214, 228), 0.6, (176, 188, 200), (226, 230, 226)),
}

_NAMED = {
    "night": "malam night bulan moon bintang tengah-malam midnight gelap",
    "evening": "senja sore sunset magrib maghrib petang dusk evening terbenam",
    "morning": "pagi fajar subuh morning dawn sunrise terbit",
    "rain": "hujan rain badai storm gerimis mendung banjir petir",
    "day": "siang terik noon cerah sunny",
}
_HOUR_BY_WORD = {word: hour for hour, words in _NAMED.items() for word in words.split()}


def hour_in(text: str) -> str | None:
    """The hour a text names first, as a key of `HOURS`."""
    return next((_HOUR_BY_WORD[word] for word in words_of(text[:1500]) if word in _HOUR_BY_WORD), None)


def sky(pen: Pen, hour: Hour, rng: Random, width: float, horizon: float, clouds: int = 4) -> None:
    """The sky from far above the page down to the horizon."""
    open_air = pen.under(WHITE, 0)
    open_air.wash(-width, -horizon * 0.4, width * 2, horizon + 4, *hour.sky)
    if hour.name == "night":
        _stars(open_air, rng, width, horizon)
    x = width * rng.choice((0.16, 0.3, 0.74, 0.86))
    if hour.name != "rain":
        _sun(open_air, hour, x, horizon * (0.72 if hour.name == "evening" else rng.uniform(0.2, 0.42)), width)
    for index in range(round(clouds * pen.style.clutter + 0.3)):
        cloud(
            open_air,
            hour,
            rng,
            rng.uniform(-0.05, 1.05) * width,
            horizon * (0.12 + 0.6 * (index + rng.random()) / max(clouds, 1)),
            width * rng.uniform(0.12, 0.24),
        )


def _sun(pen: Pen, hour: Hour, x: float, y: float, width: float) -> None:
    moon = hour.name == "night"
    size = width * (0.062 if moon else 0.07)
    pen.glow(x, y, size * 5, size * 5, hour.sun, 0.5 if moon else 0.75)
    pen.flat(oval(x, y, size, size, 40), hour.sun)
    if moon:
        for dx, dy, r in ((-0.3, -0.2, 0.2), (0.3, 0.25, 0.26), (0.2, -0.45, 0.12)):
            pen.dot(x + dx * size, y + dy * size, size * r, size * r * 0.9, (228, 222, 196))


def _stars(pen: Pen, rng: Random, width: float, horizon: float) -> None:
    for _ in range(70):
        size = rng.choice((1.4, 1.8, 2.4, 3.4))
        pen.dot(rng.uniform(-0.1, 1.1) * width, horizon * rng.random() * 0.9, size, size, mix((255, 250, 226), hour_blue(rng), 0.3))


def hour_blue(rng: Random) -> Colour:
    """A star's colour: most are white, a few blue or red."""
    return rng.choice(((255, 255, 255), (206, 224, 255), (255, 226, 200)))


def cloud(pen: Pen, hour: Hour, rng: Random, x: float, y: float, size: float) -> None:
    """A heap of round puffs with a flat base, lit from above."""
    puffs = [(rng.uniform(-0.75, 0.75), rng.uniform(0.3, 0.52)) for _ in range(5)] + [(0.0, 0.56), (-0.45, 0.42), (0.42, 0.44)]
    far = pen.distant(max(pen.far, 0.25))
    shadow = mix(hour.cloud, hour.sky[1], 0.5)
    base: list[Point] = smooth(
        [
            (x - size * 1.1, y),
            (x - size * 0.6, y - size * 0.1),
            (x + size * 0.6, y - size * 0.1),
            (x + size * 1.1, y),
            (x + size * 0.6, y + size * 0.09),
            (x - size * 0.6, y + size * 0.09),
        ],
        5,
    )
    far.flat(base, shadow)
    for dx, r in puffs:
        far.flat(oval(x + dx * size, y - r * size * 0.3, r * size * 0.8, r * size * 0.62, 24), shadow)
    for dx, r in puffs:
        far.flat(oval(x + dx * size - size * 0.03, y - r * size * 0.42, r * size * 0.72, r * size * 0.52, 24), hour.cloud)


def rain(pen: Pen, rng: Random, width: float, height: float) -> None:
    """Slanting rain over the whole picture."""
    for _ in range(150):
        x, y, long = rng.uniform(-0.1, 1.1) * width, rng.uniform(-0.05, 1) * height, rng.uniform(26, 62)
        pen.stroke([(x, y), (x - long * 0.25, y + long)], rng.choice((1.6, 2.4)), (222, 234, 246), curved=False)


def ripples(pen: Pen, rng: Random, left: float, right: float, top: float, bottom: float, colour: Colour, count: int) -> None:
    """Short waves that grow towards the reader."""
    for _ in range(count):
        depth = rng.random()
        y = top + (bottom - top) * depth
        x, wide = rng.uniform(left, right), 24 + 70 * depth
        pen.stroke([(x - wide, y), (x - wide * 0.4, y - 3 - 3 * depth), (x + wide * 0.2, y + 1), (x + wide, y - 2)], 2 + 4 * depth, colour)
