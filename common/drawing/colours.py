"""Colours: mixing them, and reading their names in Indonesian and English."""

import colorsys
from random import Random
from zlib import crc32

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
INK: Colour = (34, 28, 40)

NAMED: dict[str, Colour] = {
    "merah": (214, 62, 58),
    "red": (214, 62, 58),
    "marun": (128, 36, 48),
    "maroon": (128, 36, 48),
    "biru": (62, 118, 196),
    "blue": (62, 118, 196),
    "navy": (38, 54, 104),
    "toska": (50, 168, 164),
    "teal": (40, 140, 140),
    "hijau": (74, 152, 84),
    "green": (74, 152, 84),
    "kuning": (244, 200, 70),
    "yellow": (244, 200, 70),
    "oranye": (240, 142, 54),
    "orange": (240, 142, 54),
    "jingga": (240, 142, 54),
    "ungu": (134, 88, 170),
    "purple": (134, 88, 170),
    "pink": (240, 140, 168),
    "krem": (238, 222, 188),
    "cream": (238, 222, 188),
    "cokelat": (140, 92, 58),
    "coklat": (140, 92, 58),
    "brown": (140, 92, 58),
    "putih": (244, 242, 236),
    "white": (244, 242, 236),
    "hitam": (52, 48, 58),
    "black": (52, 48, 58),
    "abu-abu": (140, 142, 150),
    "grey": (140, 142, 150),
    "gray": (140, 142, 150),
    "emas": (226, 178, 66),
    "gold": (226, 178, 66),
    "golden": (226, 178, 66),
    "indigo": (66, 70, 140),
    "batik": (146, 88, 48),
}

CLOTH: tuple[Colour, ...] = (
    (206, 74, 66),
    (62, 118, 178),
    (238, 178, 62),
    (74, 148, 96),
    (134, 92, 164),
    (232, 122, 74),
    (54, 150, 158),
    (222, 110, 140),
    (94, 110, 170),
    (168, 122, 66),
    (110, 158, 70),
    (188, 66, 104),
)


def mix(one: Colour, other: Colour, amount: float) -> Colour:
    """`one` moved towards `other` by `amount` (0..1)."""
    keep = 1 - amount
    return (
        int(one[0] * keep + other[0] * amount + 0.5),
        int(one[1] * keep + other[1] * amount + 0.5),
        int(one[2] * keep + other[2] * amount + 0.5),
    )


def lighter(colour: Colour, amount: float) -> Colour:
    """Towards white by `amount` (0..1)."""
    return mix(colour, WHITE, amount)


def darker(colour: Colour, amount: float) -> Colour:
    """Towards a cool black by `amount` (0..1); pure black makes shadows look dirty."""
    return mix(colour, (24, 18, 44), amount)


def multiply(colour: Colour, light: Colour, amount: float) -> Colour:
    """`colour` under coloured `light`, as far as `amount` (0..1)."""
    lit = (colour[0] * light[0] // 255, colour[1] * light[1] // 255, colour[2] * light[2] // 255)
    return mix(colour, lit, amount)


def adjust(colour: Colour, saturation: float = 1.0, value: float = 1.0, hue: float = 0.0) -> Colour:
    """`colour` with saturation and brightness multiplied and its hue turned by `hue` (1.0 is a full circle)."""
    h, s, v = colorsys.rgb_to_hsv(colour[0] / 255, colour[1] / 255, colour[2] / 255)
    r, g, b = colorsys.hsv_to_rgb((h + hue) % 1.0, min(1.0, s * saturation), min(1.0, v * value))
    return round(r * 255), round(g * 255), round(b * 255)


def luminance(colour: Colour) -> float:
    """How bright the eye sees it, 0..255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def digest(text: str) -> int:
    """A number that is the same for the same text on every machine; Python's own `hash` is not."""
    return crc32(text.casefold().encode("utf-8", "replace"))


def dice(seed: int | str) -> Random:
    """Chance that falls the same for the same seed: a panel must come out alike whenever it is drawn."""
    return Random(seed)
