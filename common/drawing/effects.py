"""What is laid over a scene: shadows, weather, marks of feeling, and leaves close to the eye."""

import math
from random import Random

from common.drawing.colours import Colour, darker
from common.drawing.composition import Actor, stature
from common.drawing.geometry import Point, arc, oval, smooth, star
from common.drawing.pen import Pen
from common.drawing.plants import frond
from common.drawing.skies import Hour, rain

_LEAVES: dict[str, Colour] = {
    "riverbank": (44, 104, 66),
    "forest": (30, 84, 58),
    "paddies": (72, 128, 56),
    "village": (52, 110, 64),
    "park": (60, 124, 66),
    "beach": (48, 116, 80),
    "temple": (52, 104, 62),
    "mosque": (50, 112, 78),
}


def shadow(pen: Pen, actor: Actor) -> None:
    """The soft shadow on the ground under a figure."""
    wide = actor.unit * stature(actor.figure)[1] * (0.5 if actor.figure.species else 0.42)
    if pen.style.finish == "flat":
        pen.flat(oval(actor.x, actor.y, wide, wide * 0.16), darker((190, 186, 180), 0.1))
        return
    strength = 0.8 - pen.style.pale * 1.6
    pen.glow(actor.x + wide * 0.12, actor.y, wide * 1.25, wide * 0.32, (26, 18, 40), 0.85 * strength)
    pen.glow(actor.x, actor.y, wide * 0.8, wide * 0.16, (20, 12, 30), 0.7 * strength)


def weather(pen: Pen, hour: Hour, scene: str, size: tuple[int, int]) -> None:
    """Rain over all, where it rains."""
    if hour.name == "rain" and scene not in ("underwater", "space", "classroom", "kitchen", "palace", "home"):
        rain(pen, pen.rng, *size)


def breath(pen: Pen, mouth: Point, radius: float) -> None:
    """Bubbles that rise from a mouth under water."""
    for index in range(4):
        x, y = mouth[0] + radius * (0.9 + 0.3 * (index % 2)), mouth[1] - radius * (0.3 + 0.75 * index)
        size = radius * (0.12 + 0.05 * index)
        pen.stroke(arc(x, y, size, size, 0, 360, 14), radius * 0.05, (226, 248, 252))
        pen.dot(x - size * 0.35, y - size * 0.35, size * 0.22, size * 0.22, (255, 255, 255))


def foreground(pen: Pen, scene: str, size: tuple[int, int], rng: Random) -> None:
    """Leaves in a lower corner, dark and close, that lead the eye into the picture."""
    colour = _LEAVES.get(scene)
    width, height = size
    if not colour or pen.style.clutter < 0.5 or rng.random() < 0.25:
        return
    side = rng.choice((0, 1))
    reach = min(width, height) * 0.26
    for index, angle in enumerate((-98, -70, -44, -20)):
        turned = angle + rng.uniform(-7, 7)
        pen_angle = turned if side == 0 else -180 - turned
        x = -20 + index * 14 if side == 0 else width + 20 - index * 14
        frond(pen, x, height + 26, reach * rng.uniform(0.75, 1.0), pen_angle, darker(colour, 0.08 * index))


def emotion(pen: Pen, actor: Actor, mouth: Point, radius: float) -> None:
    """The small signs that comics put beside a head."""
    side = -1 if actor.flip else 1
    unit = radius * 0.7
    x, y = mouth[0] - side * radius * 1.5, mouth[1] - radius * 1.7
    if actor.mood == "surprised":
        for angle in (-130, -100, -70):
            turned = math.radians(angle if side > 0 else -180 - angle)
            start = (x + unit * 0.5 * math.cos(turned), y + unit * 0.5 * math.sin(turned))
            pen.stroke(
                [start, (x + unit * 1.1 * math.cos(turned), y + unit * 1.1 * math.sin(turned))], unit * 0.14, (255, 208, 70), curved=False
            )
    elif actor.mood == "angry":
        for dx, dy in ((-0.3, -0.3), (0.3, -0.3), (-0.3, 0.3), (0.3, 0.3)):
            pen.stroke(
                [
                    (x + dx * unit * 1.3, y + dy * unit * 0.3),
                    (x + dx * unit * 0.5, y + dy * unit * 0.5),
                    (x + dx * unit * 0.3, y + dy * unit * 1.3),
                ],
                unit * 0.14,
                (222, 58, 58),
            )
    elif actor.mood in ("laugh", "happy") and pen.style.blush and actor.talking:
        pen.shape(smooth(_heart(x, y, unit * 0.36), 3), (244, 96, 120), line=0.5, shade=0)
    elif actor.mood == "asleep":
        for index in range(3):
            size = unit * (0.4 + 0.2 * index)
            px, py = x - side * index * unit * 0.5, y - index * unit * 0.8
            pen.stroke(
                [
                    (px - size / 2, py - size / 2),
                    (px + size / 2, py - size / 2),
                    (px - size / 2, py + size / 2),
                    (px + size / 2, py + size / 2),
                ],
                unit * 0.13,
                (120, 140, 200),
                curved=False,
            )
    elif actor.mood == "thinking":
        pen.flat(star(x, y, unit * 0.5, unit * 0.2, 5), (255, 214, 90))


def _heart(x: float, y: float, r: float) -> list[Point]:
    return [
        (x, y + r),
        (x - r, y - r * 0.1),
        (x - r * 0.75, y - r * 0.8),
        (x - r * 0.2, y - r * 0.75),
        (x, y - r * 0.35),
        (x + r * 0.2, y - r * 0.75),
        (x + r * 0.75, y - r * 0.8),
        (x + r, y - r * 0.1),
    ]
