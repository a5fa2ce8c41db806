"""Houses, stalls, towers, a temple and a mosque; each stands on y."""

import math
from random import Random

from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import Point, arc, limb, oval, rectangle, rounded, smooth, star
from common.drawing.pen import Pen

TILE: Colour = (198, 92, 66)
WOOD: Colour = (156, 108, 72)
STONE: Colour = (140, 132, 126)
GLASS: Colour = (150, 204, 226)
GOLD: Colour = (236, 190, 84)


def house(pen: Pen, rng: Random, x: float, y: float, wide: float, wall: Colour, roof: Colour = TILE) -> None:
    """A village house with a hipped tile roof and a porch."""
    high = wide * 0.5
    half = wide / 2
    pen.shape(rectangle(x - half, y - high, x + half, y), wall)
    pen.flat(rectangle(x - half, y - wide * 0.08, x + half, y), darker(wall, 0.2))
    door = x + wide * rng.choice((-0.2, 0.16))
    pen.shape(rectangle(door - wide * 0.08, y - wide * 0.3, door + wide * 0.08, y), WOOD, line=0.7, shade=0.5)
    pen.dot(door + wide * 0.05, y - wide * 0.14, 3, 3, GOLD)
    for dx in (-0.36, 0.36):
        if abs(x + dx * wide - door) > wide * 0.18:
            window(pen, x + dx * wide, y - wide * 0.26, wide * 0.17, wide * 0.18)
    pen.shape(
        [
            (x - half * 1.22, y - high * 0.92),
            (x - half * 0.62, y - high * 1.72),
            (x + half * 0.62, y - high * 1.72),
            (x + half * 1.22, y - high * 0.92),
        ],
        roof,
    )
    for row in range(1, 5):
        part = row / 5
        left, right = x - half * (0.62 + 0.6 * part), x + half * (0.62 + 0.6 * part)
        pen.ink([(left, y - high * (1.72 - 0.8 * part)), (right, y - high * (1.72 - 0.8 * part))], 0.35)
    pen.shape(
        limb([(x - half * 0.64, y - high * 1.72), (x + half * 0.64, y - high * 1.72)], (wide * 0.03, wide * 0.03), 3),
        darker(roof, 0.2),
        line=0.6,
        shade=0,
    )


def window(pen: Pen, x: float, y: float, wide: float, high: float, glass: Colour = GLASS, frame: Colour = (244, 236, 218)) -> None:
    """A window with a cross, centred at (x, y)."""
    pen.shape(rectangle(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2), frame, line=0.7, shade=0)
    pad = wide * 0.09
    pen.wash(x - wide / 2 + pad, y - high / 2 + pad, x + wide / 2 - pad, y + high / 2 - pad, glass, lighter(glass, 0.45))
    pen.flat(rectangle(x - pad / 2, y - high / 2, x + pad / 2, y + high / 2), frame)
    pen.flat(rectangle(x - wide / 2, y - pad / 2, x + wide / 2, y + pad / 2), frame)


def fence(pen: Pen, left: float, right: float, y: float, high: float) -> None:
    """A bamboo fence."""
    for up in (0.35, 0.75):
        pen.shape(rectangle(left, y - high * up - 3, right, y - high * up + 3), (206, 176, 118), line=0.5, shade=0)
    x = left
    while x < right:
        pen.shape(
            [
                (x - high * 0.08, y),
                (x - high * 0.08, y - high * 0.92),
                (x, y - high),
                (x + high * 0.08, y - high * 0.92),
                (x + high * 0.08, y),
            ],
            (222, 194, 136),
            line=0.6,
            shade=0.4,
        )
        x += high * 0.34


def stall(pen: Pen, rng: Random, x: float, y: float, wide: float, cloth: Colour) -> None:
    """A market stall: a striped awning over crates of fruit."""
    half = wide / 2
    for dx in (-0.9, 0.9):
        pen.shape(rectangle(x + dx * half - wide * 0.02, y - wide * 0.9, x + dx * half + wide * 0.02, y), WOOD, line=0.7, shade=0.5)
    pen.wash(x - half * 0.88, y - wide * 0.82, x + half * 0.88, y - wide * 0.3, (96, 78, 80), (132, 108, 96))
    for index in range(4):
        px = x - half * 0.66 + index * half * 0.44
        pen.stroke([(px, y - wide * 0.84), (px, y - wide * 0.7)], 3, (230, 214, 180), curved=False)
        pen.shape(
            oval(px, y - wide * 0.62, wide * 0.05, wide * 0.09, 16),
            rng.choice(((246, 212, 90), (220, 110, 60), (150, 190, 90))),
            line=0.6,
            shade=0.6,
        )
    pen.shape(rectangle(x - half, y - wide * 0.34, x + half, y), (190, 138, 92))
    for dx in (-0.5, 0.0, 0.5):
        pen.ink([(x + dx * half, y - wide * 0.33), (x + dx * half, y)], 0.4)
    for index, colour in enumerate(rng.sample(((232, 84, 66), (250, 180, 60), (126, 178, 80), (150, 84, 140), (246, 220, 110)), 4)):
        for row in range(2):
            for column in range(3 - row):
                px = x - half * 0.72 + index * half * 0.48 + (column - 1 + row * 0.5) * wide * 0.062
                pen.shape(oval(px, y - wide * (0.37 + row * 0.055), wide * 0.036, wide * 0.036, 12), colour, line=0.5, shade=0.6)
    stripes = 8
    for index in range(stripes):
        left, right = x - half * 1.12 + index * wide * 1.12 / stripes, x - half * 1.12 + (index + 1) * wide * 1.12 / stripes
        top_left, top_right = x - half * 0.9 + index * wide * 0.9 / stripes, x - half * 0.9 + (index + 1) * wide * 0.9 / stripes
        colour = cloth if index % 2 else (250, 244, 228)
        pen.shape(
            [
                (top_left, y - wide * 1.02),
                (top_right, y - wide * 1.02),
                (right, y - wide * 0.8),
                *arc((left + right) / 2, y - wide * 0.8, (right - left) / 2, wide * 0.05, 0, 180, 6),
                (left, y - wide * 0.8),
            ],
            colour,
            line=0.6,
            shade=0,
        )


def bunting(pen: Pen, left: float, right: float, y: float, sag: float) -> None:
    """Small coloured flags on a string."""
    line = [(left, y), ((left + right) / 2, y + sag), (right, y)]
    string = smooth(line, 8, closed=False)
    pen.stroke(string, 2.6, (120, 100, 90))
    for index in range(1, len(string) - 1):
        x0, y0 = string[index]
        step = (right - left) / 34
        colour = ((226, 74, 70), (250, 250, 244), (250, 196, 72), (84, 150, 206))[index % 4]
        pen.shape([(x0 - step / 1.4, y0), (x0 + step / 1.4, y0), (x0, y0 + step * 1.7)], colour, line=0.5, shade=0)


def tower(pen: Pen, rng: Random, x: float, y: float, wide: float, high: float, wall: Colour, lit: Colour | None) -> None:
    """A high building; its windows shine if `lit` is a colour."""
    pen.shape(rectangle(x, y - high, x + wide, y), wall, line=0.6, shade=0.5)
    if rng.random() < 0.4:
        pen.shape(rectangle(x + wide * 0.25, y - high - wide * 0.3, x + wide * 0.75, y - high), wall, line=0.6, shade=0)
        pen.ink([(x + wide * 0.5, y - high - wide * 0.3), (x + wide * 0.5, y - high - wide * 0.8)], 0.5)
    columns, rows = max(2, int(wide / 26)), int(min(high / 34, 18))
    cell_x, cell_y = wide / columns, high / max(rows, 1)
    for row in range(rows):
        for column in range(columns):
            glowing = lit is not None and rng.random() < 0.52
            colour = (lit if glowing and lit else lighter(wall, 0.16)) if lit else lighter(wall, 0.42)
            px, py = x + (column + 0.24) * cell_x, y - high + (row + 0.3) * cell_y
            (pen.under((255, 255, 255), 0) if glowing else pen).flat(rectangle(px, py, px + cell_x * 0.52, py + cell_y * 0.46), colour)


def monas(pen: Pen, x: float, y: float, high: float) -> None:
    """Jakarta's national monument with its golden flame."""
    pen.shape(
        [
            (x - high * 0.16, y - high * 0.16),
            (x + high * 0.16, y - high * 0.16),
            (x + high * 0.09, y - high * 0.08),
            (x + high * 0.09, y),
            (x - high * 0.09, y),
            (x - high * 0.09, y - high * 0.08),
        ],
        (214, 214, 222),
        line=0.7,
    )
    pen.shape(
        [
            (x - high * 0.034, y - high * 0.16),
            (x - high * 0.018, y - high * 0.86),
            (x + high * 0.018, y - high * 0.86),
            (x + high * 0.034, y - high * 0.16),
        ],
        (236, 236, 242),
        line=0.7,
    )
    pen.shape(rectangle(x - high * 0.045, y - high * 0.88, x + high * 0.045, y - high * 0.85), (214, 214, 222), line=0.7, shade=0)
    pen.under((255, 255, 255), 0).shape(
        smooth(
            [
                (x - high * 0.03, y - high * 0.88),
                (x - high * 0.034, y - high * 0.93),
                (x, y - high),
                (x + high * 0.034, y - high * 0.93),
                (x + high * 0.03, y - high * 0.88),
            ],
            4,
        ),
        (255, 206, 84),
        line=0.6,
    )


def stupa(pen: Pen, x: float, y: float, wide: float, stone: Colour = STONE) -> None:
    """A bell-shaped stupa of pierced stone."""
    pen.shape(rectangle(x - wide * 0.56, y - wide * 0.14, x + wide * 0.56, y), darker(stone, 0.08), line=0.7)
    bell = [
        (x - wide * 0.48, y - wide * 0.14),
        (x - wide * 0.44, y - wide * 0.5),
        (x - wide * 0.2, y - wide * 0.8),
        (x + wide * 0.2, y - wide * 0.8),
        (x + wide * 0.44, y - wide * 0.5),
        (x + wide * 0.48, y - wide * 0.14),
    ]
    pen.shape(smooth(bell, 4), stone)
    pen.shape(
        [
            (x - wide * 0.13, y - wide * 0.78),
            (x - wide * 0.1, y - wide * 0.96),
            (x, y - wide * 1.3),
            (x + wide * 0.1, y - wide * 0.96),
            (x + wide * 0.13, y - wide * 0.78),
        ],
        darker(stone, 0.05),
        line=0.8,
    )
    for row in range(2):
        for column in range(3 - row):
            px, py = x + (column - 1 + row * 0.5) * wide * 0.24, y - wide * (0.32 + row * 0.2)
            pen.flat([(px, py - wide * 0.06), (px + wide * 0.05, py), (px, py + wide * 0.06), (px - wide * 0.05, py)], darker(stone, 0.5))


def spire(pen: Pen, x: float, y: float, wide: float, high: float, stone: Colour = STONE) -> None:
    """A tall temple tower in receding tiers."""
    pen.shape(rectangle(x - wide * 0.62, y - high * 0.1, x + wide * 0.62, y), darker(stone, 0.1))
    pen.shape(rectangle(x - wide * 0.5, y - high * 0.4, x + wide * 0.5, y - high * 0.1), stone)
    for tier in range(5):
        half = wide * (0.54 - tier * 0.1)
        top, low = y - high * (0.52 + tier * 0.1), y - high * (0.4 + tier * 0.1)
        pen.shape(
            [(x - half, low), (x - half * 0.82, top), (x + half * 0.82, top), (x + half, low)],
            mix(stone, lighter(stone, 0.2), tier / 5),
            line=0.8,
        )
        for side in (-1, 1):
            pen.shape(
                smooth(
                    [
                        (x + side * half * 0.94 - wide * 0.04, low),
                        (x + side * half * 0.94, low - high * 0.08),
                        (x + side * half * 0.94 + wide * 0.04, low),
                    ],
                    2,
                ),
                stone,
                line=0.6,
                shade=0.4,
            )
    pen.shape(
        smooth([(x - wide * 0.1, y - high * 0.9), (x, y - high * 1.02), (x + wide * 0.1, y - high * 0.9)], 3), lighter(stone, 0.1), line=0.8
    )
    pen.shape(
        [
            *rectangle(x - wide * 0.13, y - high * 0.28, x + wide * 0.13, y - high * 0.1)[2:],
            (x - wide * 0.13, y - high * 0.26),
            *arc(x, y - high * 0.26, wide * 0.13, wide * 0.15, 180, 360, 8),
        ],
        (58, 48, 56),
        line=0.7,
        shade=0,
    )
    for dx in (-0.34, 0.34):
        pen.shape(
            rounded(x + dx * wide - wide * 0.06, y - high * 0.3, x + dx * wide + wide * 0.06, y - high * 0.17, 8),
            darker(stone, 0.28),
            line=0.5,
            shade=0,
        )


def mosque(pen: Pen, x: float, y: float, wide: float) -> None:
    """A white mosque with a green dome and two minarets."""
    white: Colour = (248, 246, 238)
    green: Colour = (64, 160, 132)
    for side in (-1, 1):
        mx = x + side * wide * 0.56
        pen.shape(rectangle(mx - wide * 0.045, y - wide * 0.92, mx + wide * 0.045, y), white, line=0.8)
        pen.shape(rectangle(mx - wide * 0.07, y - wide * 0.74, mx + wide * 0.07, y - wide * 0.7), GOLD, line=0.6, shade=0)
        _dome(pen, mx, y - wide * 0.92, wide * 0.14, green)
    pen.shape(rectangle(x - wide * 0.46, y - wide * 0.42, x + wide * 0.46, y), white)
    pen.shape(rectangle(x - wide * 0.3, y - wide * 0.54, x + wide * 0.3, y - wide * 0.42), darker(white, 0.06))
    _dome(pen, x, y - wide * 0.54, wide * 0.5, green)
    pen.shape(rectangle(x - wide * 0.48, y - wide * 0.44, x + wide * 0.48, y - wide * 0.4), GOLD, line=0.6, shade=0)
    for index in range(5):
        px = x + (index - 2) * wide * 0.18
        half = wide * (0.075 if index == 2 else 0.055)
        top = y - wide * (0.24 if index == 2 else 0.2)
        arch: list[Point] = [
            (px - half, y),
            (px - half, top),
            (px - half * 0.6, top - half * 1.1),
            (px, top - half * 1.7),
            (px + half * 0.6, top - half * 1.1),
            (px + half, top),
            (px + half, y),
        ]
        pen.shape(arch, (70, 96, 110) if index != 2 else WOOD, line=0.7, shade=0.4)


def _dome(pen: Pen, x: float, y: float, wide: float, colour: Colour) -> None:
    pen.shape(
        smooth(
            [
                (x - wide * 0.42, y),
                (x - wide * 0.5, y - wide * 0.2),
                (x - wide * 0.34, y - wide * 0.46),
                (x, y - wide * 0.68),
                (x + wide * 0.34, y - wide * 0.46),
                (x + wide * 0.5, y - wide * 0.2),
                (x + wide * 0.42, y),
            ],
            5,
        ),
        colour,
    )
    pen.ink([(x, y - wide * 0.66), (x, y - wide * 0.86)], 0.7)
    pen.flat(star(x, y - wide * 0.9, wide * 0.07, wide * 0.03, 5), GOLD)


def lamp_post(pen: Pen, x: float, y: float, high: float, shining: bool) -> None:
    """A street lamp, with its light if it shines."""
    pen.shape(
        limb([(x, y), (x, y - high * 0.9), (x + high * 0.12, y - high)], (high * 0.03, high * 0.022, high * 0.02), 5),
        (70, 76, 92),
        line=0.7,
        shade=0.4,
    )
    if shining:
        pen.glow(x + high * 0.16, y - high * 0.97, high * 0.5, high * 0.5, (255, 222, 140), 0.7)
    pen.under((255, 255, 255), 0).shape(
        oval(x + high * 0.16, y - high * 0.98, high * 0.06, high * 0.035, 16), (255, 244, 200), line=0.6, shade=0
    )


def paving(pen: Pen, width: float, horizon: float, bottom: float, middle: float, colour: Colour, rows: int = 7, columns: int = 9) -> None:
    """Lines of paving stones that run to a point on the horizon."""
    tone = darker(colour, 0.2)
    for index in range(rows):
        y = horizon + (bottom - horizon) * math.pow((index + 1) / rows, 1.7)
        pen.flat(rectangle(-width, y - 1 - index * 0.3, 2 * width, y + 1 + index * 0.4), tone)
    for index in range(-columns, columns + 1):
        x = middle + index * width * 0.3
        pen.flat(
            [(middle + index * width * 0.045, horizon), (middle + index * width * 0.045 + 1.6, horizon), (x + 4, bottom), (x - 2, bottom)],
            tone,
        )
