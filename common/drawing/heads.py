"""A person's head: face, hair and what is worn on it. The head's centre is the origin, its chin is at y = 1."""

import math

from common.drawing.colours import Colour, darker, lighter, luminance, mix
from common.drawing.faces import DARK, Mood, brow, eye, feelings, mouth
from common.drawing.geometry import Point, arc, blob, limb, oval, rounded, smooth
from common.drawing.hats import hat
from common.drawing.pen import Pen
from common.drawing.wardrobe import Person


def width_of(pen: Pen, who: Person) -> float:
    """How wide the head is against its height: the shorter a style's people, the rounder."""
    return min(0.84 + max(0.0, 5.0 - pen.style.heads) * 0.062 + (0.05 if who.age == "child" else 0.0), 1.04)


def behind(pen: Pen, who: Person, turn: float) -> None:
    """The hair that hangs behind head and shoulders."""
    w = width_of(pen, who)
    back = darker(who.hair_colour, 0.12)
    if who.hair == "long":
        pen.shape(
            smooth(
                [
                    (0, -1.16),
                    (0.95 * w, -0.9),
                    (1.2 * w, 0.0),
                    (1.22 * w, 1.0),
                    (0.9 * w, 1.62),
                    (0, 1.45),
                    (-0.9 * w, 1.62),
                    (-1.22 * w, 1.0),
                    (-1.2 * w, 0.0),
                    (-0.95 * w, -0.9),
                ],
                5,
            ),
            back,
        )
    elif who.hair == "bob":
        pen.shape(
            smooth(
                [
                    (0, -1.16),
                    (0.95 * w, -0.9),
                    (1.2 * w, 0.0),
                    (1.16 * w, 0.72),
                    (0.7 * w, 0.98),
                    (0, 0.8),
                    (-0.7 * w, 0.98),
                    (-1.16 * w, 0.72),
                    (-1.2 * w, 0.0),
                    (-0.95 * w, -0.9),
                ],
                5,
            ),
            back,
        )
    elif who.hair == "ponytail":
        side = -1 if turn >= 0 else 1
        pen.shape(
            limb([(side * 0.6 * w, -0.85), (side * 1.35 * w, -0.7), (side * 1.5 * w, 0.3), (side * 1.25 * w, 1.1)], (0.3, 0.55, 0.6, 0.14)),
            back,
        )
    elif who.hair == "pigtails":
        for side in (-1, 1):
            pen.shape(
                limb(
                    [(side * 0.9 * w, -0.25), (side * 1.4 * w, 0.05), (side * 1.42 * w, 0.8), (side * 1.22 * w, 1.25)],
                    (0.26, 0.5, 0.5, 0.12),
                ),
                back,
            )
            pen.shape(oval(side * 1.06 * w, -0.16, 0.17, 0.17, 14), lighter(who.top, 0.15), line=0.6)
    elif who.hair == "bun":
        pen.shape(oval(-turn * 0.5, -1.12, 0.48, 0.42, 22), back)
    elif who.hair == "curly":
        pen.shape(blob(pen.rng, 0, -0.28, 1.34 * w, 1.18, 13, 0.1), back)


def head(pen: Pen, who: Person, mood: Mood, turn: float, talking: bool) -> None:
    """The head itself; `turn` (-1..1) is the side it looks to."""
    w = width_of(pen, who)
    veiled = who.hair == "hijab"
    if veiled:
        _veil(pen, who, w, turn)
        w *= 0.86
    else:
        for side in (-1, 1):
            if side * turn < 0.75:
                pen.shape(
                    oval(side * 0.97 * w - turn * 0.08, 0.16, 0.17, 0.22, 16), mix(who.skin, (220, 110, 90), 0.12), line=0.8, shade=0.4
                )
    chin = 0.9 if who.age == "child" or pen.style.heads < 3 else 0.82
    pen.shape(_face(w, chin, turn, 0.9 if veiled else 1.0), who.skin)
    _features(pen, who, mood, turn, talking, w)
    if not veiled:
        _front(pen, who, w, turn)
    if who.hat:
        hat(pen, who, w, turn)


def _face(w: float, chin: float, turn: float, tall: float) -> list[Point]:
    half = [(0.0, -1.0), (0.62, -0.86), (0.95, -0.36), (0.98, 0.12), (chin, 0.6), (chin * 0.56, 0.92)]
    right = [(x * w + turn * 0.07 * (y + 1) / 2, y * tall) for x, y in half]
    left = [(-x * w + turn * 0.07 * (y + 1) / 2, y * tall) for x, y in half[:0:-1]]
    return smooth([*right, (turn * 0.07, 1.0 * tall), *left], 5)


def _features(pen: Pen, who: Person, mood: Mood, turn: float, talking: bool, w: float) -> None:
    grown = pen.style.heads > 4.4 and who.age != "child"
    y = 0.06 if grown else 0.17
    gap = (0.46 if pen.style.eyes in ("real", "anime") else 0.41) * w
    size = (1.0 if grown else 1.14) * {"anime": 1.22, "real": 1.12}.get(pen.style.eyes, 1.0)
    feelings(pen, mood, turn, y + 0.36, gap, who.age == "child" or who.female)
    shift = turn * 0.22
    hair = darker(who.hair_colour, 0.1) if luminance(who.hair_colour) < 150 else mix(who.hair_colour, DARK, 0.35)
    for side in (-1, 1):
        x = side * gap * (1 - 0.14 * max(0.0, side * turn)) + shift
        eye(pen, x, y, size, mood, turn, who.iris, side if who.female else 0.0)
        if pen.style.eyes != "simple":
            brow(
                pen, x, y - 0.36 * size**0.5 - (0.04 if pen.style.eyes == "anime" else 0.0), side, mood, hair, 0.05 if who.female else 0.075
            )
    _nose(pen, who, shift + turn * 0.1, y + (0.3 if grown else 0.22))
    if who.beard:
        _beard(pen, who, w, shift)
    lips = (196, 84, 84) if who.female and who.age == "adult" else None
    mouth(pen, shift + turn * 0.04, 0.55 if grown else 0.56, 0.52 if pen.style.eyes != "anime" else 0.4, mood, talking, lips)
    if who.age == "elder" and pen.style.heads > 3:
        for side in (-1, 1):
            pen.stroke(
                arc(side * 0.5 * w + shift, 0.42, 0.16, 0.3, 200 if side > 0 else 340, 160 if side > 0 else 380, 5),
                0.025,
                darker(who.skin, 0.3),
            )
    if who.glasses:
        _glasses(pen, shift, y, gap)


def _nose(pen: Pen, who: Person, x: float, y: float) -> None:
    kind = pen.style.eyes
    shade = darker(mix(who.skin, (190, 80, 60), 0.25), 0.3)
    if kind == "real":
        pen.stroke([(x + 0.02, y - 0.22), (x + 0.1, y + 0.03), (x - 0.03, y + 0.06)], 0.045, shade)
    elif kind == "anime":
        pen.stroke([(x, y), (x + 0.04, y + 0.05)], 0.04, shade, curved=False)
    elif kind != "simple":
        pen.stroke(arc(x, y, 0.1, 0.085, -30, 160, 7), 0.055, shade)


def _beard(pen: Pen, who: Person, w: float, shift: float) -> None:
    colour = who.hair_colour
    if who.beard == "beard":
        outer: list[Point] = [
            (-0.95 * w, 0.2),
            (-0.86 * w, 0.75),
            (-0.4 * w, 1.16),
            (0, 1.3),
            (0.4 * w, 1.16),
            (0.86 * w, 0.75),
            (0.95 * w, 0.2),
        ]
        inner: list[Point] = [(0.7 * w, 0.42), (0.4 * w + shift, 0.4), (shift, 0.36), (-0.4 * w + shift, 0.4), (-0.7 * w, 0.42)]
        pen.shape(smooth(outer + inner, 4), colour, line=0.7, shade=0.7)
    for side in (-1, 1):
        pen.shape(
            smooth([(shift, 0.38), (shift + side * 0.22, 0.36), (shift + side * 0.42, 0.5), (shift + side * 0.18, 0.5), (shift, 0.47)], 4),
            colour,
            line=0.4,
            shade=0,
        )


def _glasses(pen: Pen, shift: float, y: float, gap: float) -> None:
    for side in (-1, 1):
        ring = oval(side * gap + shift, y, 0.3, 0.28, 22)
        pen.stroke([*ring, ring[0], ring[1]], 0.05, (60, 48, 60))
    pen.stroke([(shift - gap + 0.3, y), (shift + gap - 0.3, y)], 0.05, (60, 48, 60), curved=False)


def _veil(pen: Pen, who: Person, w: float, turn: float) -> None:
    cloth = lighter(who.top, 0.22)
    outer = [(0.0, -1.2), (0.72 * w, -1.02), (1.12 * w, -0.3), (1.1 * w, 0.5), (1.16 * w, 1.15), (1.05 * w, 1.75), (0.0, 2.02)]
    points = outer + [(-x, y) for x, y in outer[-2:0:-1]]
    pen.shape(smooth(points, 5), cloth)
    pen.ink([(0.34 + turn * 0.1, 1.08), (0.1, 1.42), (-0.4, 1.6)], 0.5)
    pen.ink([(0.7 * w, 0.85), (0.5 * w, 1.3)], 0.4)


def _front(pen: Pen, who: Person, w: float, turn: float) -> None:
    colour = who.hair_colour
    t = turn * 0.14
    kind = who.hair
    if kind == "bald":
        if who.age == "elder":
            for side in (-1, 1):
                pen.shape(blob(pen.rng, side * 0.98 * w, -0.08, 0.2, 0.34, 6, 0.14), colour, line=0.7, shade=0.5)
        return
    if kind == "curly":
        pen.shape(
            smooth(
                [(x * w, y) for x, y in ((-1.08, 0.0), (-1.2, -0.55), (-0.7, -1.2), (0, -1.36), (0.7, -1.2), (1.2, -0.55), (1.08, 0.0))]
                + [(math.cos(a) * 0.86 * w, -0.5 - 0.12 * (i % 2)) for i, a in enumerate((0.2, 0.8, 1.3, 1.8, 2.3, 2.9))],
                4,
            ),
            colour,
            shade=0.8,
        )
        return
    if kind == "spiky":
        tips: list[Point] = [
            (-1.06, -0.05),
            (-1.22, -0.62),
            (-0.92, -0.72),
            (-0.98, -1.2),
            (-0.52, -1.04),
            (-0.36, -1.44),
            (0.0, -1.12),
            (0.34, -1.46),
            (0.5, -1.06),
            (0.96, -1.24),
            (0.92, -0.74),
            (1.22, -0.64),
            (1.06, -0.05),
            (0.86, -0.34),
            (0.62, -0.22),
            (0.42, -0.56),
            (0.12, -0.3),
            (-0.16, -0.6),
            (-0.44, -0.3),
            (-0.66, -0.54),
            (-0.88, -0.26),
        ]
        pen.shape([(x * w + t * 0.5, y) for x, y in tips], colour, shade=0.8)
        _shine(pen, w, colour)
        return
    low = -0.02 if kind in ("short", "parted") else 0.3
    fringe: list[Point] = {
        "short": [(0.84, -0.34), (0.5, -0.6), (0.1, -0.46), (-0.3, -0.64), (-0.84, -0.34)],
        "parted": [(0.88, -0.3), (0.72, -0.62), (0.4, -0.72), (0.0, -0.5), (-0.5, -0.34), (-0.9, -0.3)],
        "long": [(0.86, 0.0), (0.72, -0.44), (0.2, -0.82), (-0.1, -0.84), (-0.66, -0.46), (-0.88, 0.0)],
        "bun": [(0.86, -0.08), (0.66, -0.56), (0.12, -0.76), (-0.4, -0.66), (-0.88, -0.08)],
    }.get(kind, [(0.9, -0.04), (0.78, -0.34), (0.42, -0.36), (0.14, -0.46), (-0.2, -0.34), (-0.56, -0.42), (-0.8, -0.32), (-0.9, -0.04)])
    top = [(-1.0, low), (-1.1, -0.5), (-0.72, -1.06), (0.0, -1.22), (0.72, -1.06), (1.1, -0.5), (1.0, low)]
    pen.shape(smooth([(x * w, y) for x, y in top] + [(x * w + t, y) for x, y in fringe], 5), colour, shade=0.8)
    _shine(pen, w, colour)


def _shine(pen: Pen, w: float, colour: Colour) -> None:
    if pen.style.shade == "cel" and pen.style.name != "Pixel Art":
        pen.stroke(arc(0, -0.2, 0.82 * w, 0.78, 222, 262, 6), 0.07, lighter(colour, 0.34))


def helmet(pen: Pen) -> None:
    """A glass bowl around the head, for those who walk where there is no air."""
    pen.stroke(arc(0, -0.1, 1.55, 1.5, 120, 420, 30), 0.1, (224, 236, 246))
    pen.stroke(arc(0, -0.1, 1.34, 1.28, 195, 250, 8), 0.13, (255, 255, 255))
    pen.shape(rounded(-1.0, 1.12, 1.0, 1.42, 0.12), (196, 204, 216), line=0.8)
