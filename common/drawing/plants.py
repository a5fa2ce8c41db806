"""Trees, grass, flowers, rice and stones; each stands on y and is `high` pixels high."""

import math
from random import Random

from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import Point, blob, limb, oval, smooth, star
from common.drawing.pen import Pen

LEAF: Colour = (86, 152, 74)
DEEP: Colour = (48, 110, 74)
BARK: Colour = (120, 84, 58)
STRAW: Colour = (214, 184, 96)


def tree(pen: Pen, rng: Random, x: float, y: float, high: float, leaf: Colour = LEAF) -> None:
    """A broad tree with a crown in three heaps."""
    wide = high * 0.07
    lean = rng.uniform(-0.05, 0.05) * high
    pen.shape(
        smooth(
            [
                (x - wide * 1.7, y),
                (x - wide * 0.8, y - high * 0.14),
                (x - wide * 0.6 + lean, y - high * 0.5),
                (x + wide * 0.6 + lean, y - high * 0.5),
                (x + wide * 0.8, y - high * 0.14),
                (x + wide * 1.8, y),
            ],
            5,
        ),
        BARK,
    )
    for side in (-1, 1):
        pen.shape(
            limb([(x + lean * 0.8, y - high * 0.38), (x + side * high * 0.16 + lean, y - high * 0.56)], (wide, wide * 0.5), 4),
            BARK,
            line=0.7,
            shade=0,
        )
    crown = ((-0.22, 0.56, 0.25, 0.19), (0.23, 0.58, 0.25, 0.19), (0.0, 0.76, 0.31, 0.25))
    for index, (dx, up, rx, ry) in enumerate(crown):
        tone = darker(leaf, 0.12) if index < 2 else leaf
        pen.shape(blob(rng, x + dx * high + lean, y - up * high, rx * high, ry * high, 9, 0.13), tone)
    for _ in range(4):
        dx, up = rng.uniform(-0.2, 0.1), rng.uniform(0.7, 0.9)
        pen.flat(blob(rng, x + dx * high + lean, y - up * high, high * 0.06, high * 0.035, 5, 0.2), lighter(leaf, 0.2))


def palm(pen: Pen, rng: Random, x: float, y: float, high: float, leaf: Colour = (92, 160, 80)) -> None:
    """A coconut palm that leans."""
    lean = rng.choice((-1, 1)) * rng.uniform(0.1, 0.22) * high
    wide = high * 0.045
    top = (x + lean, y - high * 0.8)
    pen.shape(limb([(x, y + 3), (x + lean * 0.2, y - high * 0.35), top], (wide * 1.7, wide * 1.1, wide * 0.8), 8), (158, 120, 84))
    for index in range(4):
        part = 0.15 + index * 0.17
        px, py = x + lean * part * part, y - high * 0.8 * part
        pen.ink([(px - wide * 0.5, py), (px + wide * 0.5, py - 2)], 0.4)
    for angle in (-172, -148, -116, -84, -54, -28, -6, 14, 190):
        far = math.radians(angle + rng.uniform(-8, 8))
        long = high * rng.uniform(0.3, 0.38)
        tip = (top[0] + long * math.cos(far), top[1] + long * math.sin(far) * 0.62 + high * 0.1)
        middle = ((top[0] + tip[0]) / 2, (top[1] + tip[1]) / 2 - high * 0.1)
        pen.shape(
            limb([top, middle, tip], (high * 0.02, high * 0.075, high * 0.008), 5),
            leaf if angle > -100 else darker(leaf, 0.1),
            line=0.7,
            shade=0.5,
        )
    for dx in (-0.026, 0.02):
        pen.shape(oval(top[0] + dx * high, top[1] + high * 0.03, high * 0.026, high * 0.028, 14), (126, 92, 58), line=0.6)


def banana(pen: Pen, rng: Random, x: float, y: float, high: float) -> None:
    """A banana plant: a green stem and broad drooping leaves."""
    pen.shape(limb([(x, y), (x, y - high * 0.5)], (high * 0.11, high * 0.08), 5), (150, 178, 92), shade=0.7)
    for side, up, droop in ((-1, 0.98, 0.1), (1, 0.95, 0.12), (-1, 0.8, 0.36), (1, 0.78, 0.38), (0.1, 1.06, 0.0)):
        tip = (x + side * high * 0.42, y - high * (up - droop))
        middle = (x + side * high * 0.24, y - high * up)
        pen.shape(
            limb([(x, y - high * 0.46), middle, tip], (high * 0.03, high * 0.2, high * 0.02), 6),
            mix(LEAF, (150, 200, 80), rng.uniform(0.1, 0.5)),
            line=0.8,
        )
        pen.ink([(x, y - high * 0.46), middle, tip], 0.35)


def bamboo(pen: Pen, rng: Random, x: float, y: float, high: float) -> None:
    """A few bamboo canes."""
    for index in range(4):
        cx = x + index * high * 0.05
        top = (cx + rng.uniform(-0.08, 0.16) * high, y - high * rng.uniform(0.8, 1))
        pen.shape(
            limb([(cx, y), ((cx + top[0]) / 2 - 4, y - high * 0.5), top], (high * 0.026, high * 0.024, high * 0.008), 5),
            (132, 172, 82),
            line=0.7,
        )
        for part in (0.35, 0.55, 0.75, 0.92):
            px, py = cx + (top[0] - cx) * part, y + (top[1] - y) * part
            pen.flat(
                smooth(
                    [
                        (px, py),
                        (px + high * 0.08, py + high * 0.015),
                        (px + high * 0.12, py + high * 0.05),
                        (px + high * 0.05, py + high * 0.03),
                    ],
                    3,
                ),
                LEAF,
            )


def bush(pen: Pen, rng: Random, x: float, y: float, wide: float, leaf: Colour = LEAF, flowers: Colour | None = None) -> None:
    """A low bush, in flower if a colour is given."""
    pen.shape(blob(rng, x, y - wide * 0.26, wide * 0.52, wide * 0.32, 8, 0.14), leaf)
    if flowers:
        for _ in range(6):
            pen.dot(x + rng.uniform(-0.4, 0.4) * wide, y - wide * rng.uniform(0.1, 0.45), wide * 0.035, wide * 0.035, flowers)


def grass(pen: Pen, rng: Random, x: float, y: float, high: float, colour: Colour = LEAF) -> None:
    """A tuft of five blades."""
    for index in range(5):
        dx = (index - 2) * high * 0.14
        tip = (x + dx * 2.4 + rng.uniform(-3, 3), y - high * rng.uniform(0.6, 1))
        pen.flat(
            [(x + dx - high * 0.06, y), (x + dx * 1.5, y - high * 0.4), tip, (x + dx + high * 0.08, y)],
            colour if index % 2 else darker(colour, 0.12),
        )


def meadow(pen: Pen, rng: Random, width: float, top: float, bottom: float, colour: Colour, count: int = 40) -> None:
    """Tufts and small flowers strewn over the ground, larger towards the reader."""
    places = sorted(rng.random() for _ in range(round(count * pen.style.clutter)))
    for depth in places:
        x, y = rng.uniform(-0.1, 1.1) * width, top + (bottom - top) * depth
        if rng.random() < 0.24:
            flower(pen, x, y, 5 + 13 * depth, rng.choice(((250, 226, 110), (246, 246, 240), (240, 150, 170))))
        else:
            grass(pen, rng, x, y, 12 + 34 * depth, colour)


def flower(pen: Pen, x: float, y: float, size: float, colour: Colour) -> None:
    """A flower seen from above."""
    pen.flat(star(x, y, size, size * 0.5, 5), colour)
    pen.dot(x, y, size * 0.3, size * 0.3, (240, 180, 60))


def rice(pen: Pen, rng: Random, left: float, right: float, y: float, high: float, colour: Colour) -> None:
    """A row of rice plants."""
    step = high * 0.55
    x = left
    while x < right:
        for lean in (-0.35, -0.1, 0.16, 0.38):
            tip = (x + lean * high + rng.uniform(-2, 2), y - high * rng.uniform(0.75, 1.0))
            pen.flat([(x - high * 0.05, y), tip, (x + high * 0.06, y)], colour if lean < 0.1 else darker(colour, 0.14))
        x += step * rng.uniform(0.8, 1.2)


def reeds(pen: Pen, rng: Random, x: float, y: float, high: float) -> None:
    """Cattails by the water."""
    for index in range(5):
        tip = (x + (index - 2) * high * 0.13 + rng.uniform(-4, 4), y - high * rng.uniform(0.7, 1))
        pen.stroke([(x + (index - 2) * high * 0.05, y), tip], high * 0.03, (92, 136, 76), curved=False)
        if index % 2 == 0:
            pen.shape(limb([tip, (tip[0], tip[1] + high * 0.2)], (high * 0.06, high * 0.07), 3), (132, 88, 54), line=0.6, shade=0.4)


def stone(pen: Pen, rng: Random, x: float, y: float, wide: float, colour: Colour = (150, 150, 156)) -> None:
    """A boulder."""
    half = wide / 2
    points: list[Point] = [
        (x - half, y),
        (x - half * 0.86, y - half * rng.uniform(0.5, 0.8)),
        (x - half * 0.2, y - half * rng.uniform(0.85, 1.1)),
        (x + half * 0.5, y - half * rng.uniform(0.7, 0.95)),
        (x + half, y - half * 0.15),
        (x + half * 0.7, y + half * 0.12),
        (x - half * 0.6, y + half * 0.1),
    ]
    pen.shape(smooth(points, 3), colour)
    pen.flat(
        smooth(
            [
                (x - half * 0.6, y - half * 0.5),
                (x - half * 0.2, y - half * 0.8),
                (x + half * 0.15, y - half * 0.7),
                (x - half * 0.2, y - half * 0.52),
            ],
            3,
        ),
        lighter(colour, 0.22),
    )


def frond(pen: Pen, x: float, y: float, long: float, angle: float, colour: Colour = DEEP) -> None:
    """A large leaf close to the eye, growing from (x, y) at `angle` degrees."""
    local = pen.at(x, y, long, turn=math.radians(angle))
    local.shape(smooth([(0, 0), (0.25, -0.16), (0.65, -0.17), (1.0, 0.0), (0.65, 0.15), (0.25, 0.15)], 6), colour, shade=0.7)
    local.stroke([(0.02, 0), (0.5, -0.02), (0.95, 0)], 0.016, lighter(colour, 0.25))
    for part in (0.25, 0.42, 0.6, 0.76):
        for side in (-1, 1):
            local.stroke([(part, -0.01), (part + 0.12, side * 0.11)], 0.008, lighter(colour, 0.2), curved=False)
