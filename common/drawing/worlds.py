"""Scenes beyond the everyday: under the sea and in space."""

from dataclasses import replace

from PIL import Image

from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import Point, arc, blob, limb, oval, ridge, smooth
from common.drawing.plants import stone
from common.drawing.skies import hour_blue
from common.drawing.stage import Stage


def underwater(s: Stage) -> None:
    """A coral reef with shafts of light from the surface."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    pen.wash(-w, -s.height, 2 * w, s.height * 1.3, (60, 190, 214), (120, 218, 226), (38, 142, 190), (24, 92, 150), (24, 84, 138))
    for index in range(5):
        x = w * (0.05 + 0.22 * index + rng.uniform(-0.05, 0.05))
        shaft: list[Point] = [(x, -80), (x + w * 0.08, -80), (x - w * 0.06, s.down(0.5)), (x - w * 0.24, s.down(0.5))]
        pen.flat(shaft, mix((96, 206, 222), (160, 236, 236), 0.3))
    pen.image.paste(pen.image.reduce(32).resize(pen.image.size, Image.Resampling.BILINEAR))
    pen = replace(pen, haze=pen.style.tone((58, 160, 196)), paints={})
    reef = pen.distant(0.5)
    hills = ridge(rng, -0.4 * w, 1.4 * w, s.down(0.26), u * 0.5, 4, 0.2)
    reef.shape([*hills, (1.4 * w, s.height * 1.3), (-0.4 * w, s.height * 1.3)], (60, 116, 150), shade=0)
    for _ in range(6):
        _school(
            s,
            rng.uniform(0.1, 0.9) * w,
            rng.uniform(0.15, 0.8) * s.horizon,
            u * 0.06,
            rng.choice(((250, 200, 90), (250, 140, 90), (230, 240, 250))),
        )
    sand: Colour = (238, 216, 164)
    edge = ridge(rng, -0.4 * w, 1.4 * w, s.down(0.42), u * 0.12, 3, 0.0)
    pen.shape([*edge, (1.4 * w, s.height * 1.3), (-0.4 * w, s.height * 1.3)], sand, line=0.5, shade=0)
    pen.wash(-w, s.down(0.48), 2 * w, s.height * 1.3, sand, darker(mix(sand, (80, 150, 180), 0.3), 0.12))
    for part in (0.03, 0.16, 0.84, 0.97):
        coral(s, w * (part + rng.uniform(-0.04, 0.04)), s.down(rng.uniform(0.42, 0.56)), u * rng.uniform(0.4, 0.66))
    for part in (0.1, 0.24, 0.76, 0.92):
        weed(s, w * part, s.down(0.46), u * rng.uniform(0.6, 1.0))
    for part in (0.3, 0.68):
        stone(pen, rng, w * part, s.down(0.46), u * 0.24, (122, 132, 150))
    for _ in range(round(26 * pen.style.clutter)):
        size = rng.uniform(4, 15)
        bubble(s, rng.random() * w, rng.random() * s.down(0.6), size)


def bubble(s: Stage, x: float, y: float, size: float) -> None:
    """A bubble of air with its gleam."""
    s.pen.stroke(arc(x, y, size, size, 0, 360, 14), max(size * 0.16, 1.6), (216, 246, 250))
    s.pen.dot(x - size * 0.35, y - size * 0.35, size * 0.22, size * 0.22, (255, 255, 255))


def _school(s: Stage, x: float, y: float, size: float, colour: Colour) -> None:
    side = s.rng.choice((-1, 1))
    pen = s.pen.distant(0.25)
    for _ in range(4):
        px, py = x + s.rng.uniform(-3, 3) * size, y + s.rng.uniform(-1.6, 1.6) * size
        pen.shape(
            smooth([(px - side * size, py), (px, py - size * 0.42), (px + side * size * 0.8, py), (px, py + size * 0.42)], 4),
            colour,
            line=0.5,
            shade=0.5,
        )
        pen.shape(
            [(px - side * size * 0.8, py), (px - side * size * 1.4, py - size * 0.36), (px - side * size * 1.4, py + size * 0.36)],
            colour,
            line=0.5,
            shade=0,
        )


def coral(s: Stage, x: float, y: float, high: float) -> None:
    """A branching or a brain coral."""
    pen, rng = s.pen, s.rng
    colour: Colour = rng.choice(((240, 110, 120), (250, 160, 90), (196, 110, 190), (250, 206, 110)))
    if rng.random() < 0.4:
        pen.shape(blob(rng, x, y - high * 0.2, high * 0.42, high * 0.32, 9, 0.12), colour)
        for index in range(4):
            pen.stroke(
                arc(x, y - high * 0.1, high * (0.1 + 0.08 * index), high * (0.08 + 0.06 * index), 200, 340, 8), 5, lighter(colour, 0.35)
            )
        return
    for dx, lean, tall in ((-0.16, -0.3, 0.7), (0.0, 0.02, 1.0), (0.16, 0.32, 0.78), (-0.04, -0.16, 0.9), (0.08, 0.2, 0.86)):
        top = (x + (dx + lean) * high, y - tall * high)
        pen.shape(
            limb(
                [(x + dx * high * 0.4, y + 8), (x + (dx + lean * 0.3) * high, y - tall * high * 0.5), top],
                (high * 0.12, high * 0.1, high * 0.085),
                5,
            ),
            colour,
            line=0.9,
        )


def weed(s: Stage, x: float, y: float, high: float) -> None:
    """A few swaying ribbons of seaweed."""
    for index in range(3):
        sway = s.rng.choice((-1, 1)) * high * 0.1
        px = x + (index - 1) * high * 0.12
        points = [
            (px, y + 6),
            (px + sway, y - high * 0.3),
            (px - sway, y - high * 0.62),
            (px + sway * 0.6, y - high * s.rng.uniform(0.8, 1)),
        ]
        s.pen.shape(
            limb(points, (high * 0.05, high * 0.08, high * 0.07, high * 0.012), 6),
            mix((60, 150, 100), (140, 180, 80), index / 3),
            line=0.8,
            shade=0.5,
        )


def space(s: Stage) -> None:
    """The moon's ground under a sky of stars and planets."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    pen.wash(-w, -s.height, 2 * w, s.height, (16, 12, 44), (22, 18, 62), (40, 30, 96), (76, 50, 128))
    for _ in range(4):
        pen.glow(
            rng.random() * w, rng.random() * s.horizon, w * 0.4, w * 0.26, rng.choice(((150, 70, 170), (60, 110, 200), (214, 90, 140))), 0.4
        )
    for _ in range(110):
        size = rng.choice((1.2, 1.6, 2.2, 3.4))
        pen.dot(rng.uniform(-0.2, 1.2) * w, rng.uniform(-0.1, 1) * s.horizon, size, size, hour_blue(rng))
    side = rng.choice((0.24, 0.76))
    _planet(s, w * side, s.horizon * rng.uniform(0.42, 0.6), u * 0.36, (236, 168, 100), ringed=True)
    _planet(s, w * (1 - side), s.horizon * rng.uniform(0.24, 0.4), u * 0.2, (84, 156, 214), ringed=False)
    dust: Colour = (186, 182, 204)
    s.range(s.horizon + u * 0.06, u * 0.2, 4, (132, 128, 164), 0.0, 0.3)
    s.ground(s.horizon + u * 0.05, dust, (118, 112, 150))
    for _ in range(9):
        depth = rng.uniform(0.06, 0.95)
        x, y, wide = rng.uniform(-0.05, 1.05) * w, s.down(depth), u * (0.08 + 0.3 * depth)
        pen.shape(oval(x, y, wide, wide * 0.3, 30), darker(dust, 0.26), line=0.4, shade=0)
        pen.flat(oval(x + wide * 0.05, y + wide * 0.05, wide * 0.86, wide * 0.22, 26), darker(dust, 0.1))
    for part in (0.05, 0.93):
        stone(pen, rng, w * part, s.down(0.4), u * 0.4, (150, 146, 176))
    _rocket(s, w * (1 - side), s.down(0.16), u * 0.8)


def _planet(s: Stage, x: float, y: float, r: float, colour: Colour, ringed: bool) -> None:
    pen = s.pen
    pen.glow(x, y, r * 1.7, r * 1.7, lighter(colour, 0.3), 0.5)
    if ringed:
        pen.stroke(arc(x, y, r * 1.75, r * 0.42, 180, 360, 24), r * 0.13, lighter(colour, 0.5))
    pen.shape(oval(x, y, r, r, 44), colour, line=0.7)
    if ringed:
        for dy, tone in ((-0.36, 0.22), (0.04, 0.14), (0.4, 0.24)):
            half = r * (1 - dy * dy) ** 0.5 * 0.94
            pen.flat(
                smooth([(x - half, y + dy * r), (x, y + dy * r + r * 0.04), (x + half, y + dy * r), (x, y + dy * r + r * 0.14)], 5),
                darker(colour, tone),
            )
        pen.stroke(arc(x, y, r * 1.75, r * 0.42, 0, 180, 24), r * 0.15, lighter(colour, 0.55))
        return
    for dx, dy, wide in ((-0.3, -0.3, 0.4), (0.3, 0.2, 0.42), (-0.34, 0.44, 0.24)):
        pen.flat(blob(s.rng, x + dx * r, y + dy * r, wide * r, wide * r * 0.7, 6, 0.2), (112, 184, 110))


def _rocket(s: Stage, x: float, y: float, high: float) -> None:
    pen = s.pen
    for side in (-1, 1):
        pen.shape(
            smooth(
                [
                    (x + side * high * 0.1, y - high * 0.3),
                    (x + side * high * 0.26, y - high * 0.1),
                    (x + side * high * 0.24, y),
                    (x + side * high * 0.1, y - high * 0.1),
                ],
                3,
            ),
            (214, 70, 72),
        )
    pen.shape(
        smooth(
            [
                (x, y - high),
                (x + high * 0.13, y - high * 0.74),
                (x + high * 0.15, y - high * 0.4),
                (x + high * 0.1, y - high * 0.06),
                (x - high * 0.1, y - high * 0.06),
                (x - high * 0.15, y - high * 0.4),
                (x - high * 0.13, y - high * 0.74),
            ],
            5,
        ),
        (240, 240, 246),
    )
    pen.shape(
        smooth([(x, y - high), (x + high * 0.105, y - high * 0.8), (x, y - high * 0.77), (x - high * 0.105, y - high * 0.8)], 4),
        (214, 70, 72),
        line=0.7,
    )
    pen.shape(oval(x, y - high * 0.56, high * 0.07, high * 0.07, 20), (120, 190, 226), line=0.9)
