"""What people wear on their heads. The head's centre is the origin, its top is at y = -1."""

from common.drawing.colours import Colour, darker, lighter
from common.drawing.geometry import arc, limb, oval, rounded, smooth
from common.drawing.pen import Pen
from common.drawing.wardrobe import Person

GOLD: Colour = (240, 196, 74)
RUBY: Colour = (206, 54, 70)


def hat(pen: Pen, who: Person, w: float, turn: float) -> None:
    """The hat of `who` on a head `w` wide."""
    kind = who.hat
    if kind == "caping":
        pen = pen.at(0, -0.1, 0.5 + 0.42 * w if w < 0.95 else 0.86)
        pen.shape(
            smooth([(0, -2.0), (0.9, -1.22), (1.8, -0.52), (1.2, -0.36), (0, -0.3), (-1.2, -0.36), (-1.8, -0.52), (-0.9, -1.22)], 4),
            (226, 190, 118),
        )
        for x in (-0.9, -0.35, 0.35, 0.9):
            pen.ink([(x * 0.2, -1.75), (x * 1.1, -0.46)], 0.35)
    elif kind == "peci":
        pen.shape(
            smooth([(-0.98 * w, -0.5), (-0.86 * w, -1.32), (0, -1.42), (0.86 * w, -1.32), (0.98 * w, -0.5), (0, -0.62)], 3), (44, 40, 52)
        )
    elif kind in ("crown", "tiara"):
        _crown(pen, w, kind == "crown")
    elif kind == "toque":
        pen.shape(
            smooth(
                [(-0.8 * w, -0.9), (-1.15 * w, -1.6), (-0.6 * w, -2.05), (0, -2.15), (0.6 * w, -2.05), (1.15 * w, -1.6), (0.8 * w, -0.9)], 4
            ),
            (250, 248, 244),
        )
        pen.shape(rounded(-0.92 * w, -1.02, 0.92 * w, -0.58, 0.1), (240, 238, 236))
    elif kind in ("cap", "peaked"):
        _cap(pen, who, w, turn)
    elif kind == "hardhat":
        pen.shape([*arc(0, -0.5, 1.08 * w, 0.92, 180, 360, 14)], (250, 202, 60))
        pen.shape(rounded(-1.28 * w, -0.58, 1.28 * w, -0.4, 0.08), (240, 184, 44))
    else:
        _cloth(pen, who, w)


def _crown(pen: Pen, w: float, full: bool) -> None:
    high = -1.78 if full else -1.36
    base = -0.72 if full else -0.78
    xs = (-0.86, -0.92, -0.46, -0.24, 0.0, 0.24, 0.46, 0.92, 0.86)
    ys = (base, high + 0.1, base - 0.4, high - 0.02, base - 0.42, high - 0.02, base - 0.4, high + 0.1, base)
    if not full:
        ys = (base, base - 0.12, base - 0.2, base - 0.3, high - 0.1, base - 0.3, base - 0.2, base - 0.12, base)
    pen.shape([(x * w, y) for x, y in zip(xs, ys, strict=True)], GOLD)
    pen.dot(0, base - 0.18, 0.12, 0.14, RUBY)
    for side in (-1, 1):
        pen.dot(side * 0.5 * w, base - 0.14, 0.08, 0.09, (70, 130, 190))


def _cap(pen: Pen, who: Person, w: float, turn: float) -> None:
    colour = (48, 60, 104) if who.hat == "peaked" else who.top
    side = 1 if turn >= 0 else -1
    pen.shape([*arc(0, -0.48, 1.06 * w, 0.86, 180, 360, 14)], colour)
    pen.shape(
        smooth([(-0.5 * side, -0.52), (0.6 * side, -0.6), (1.62 * side * w, -0.36), (0.7 * side, -0.3), (-0.4 * side, -0.38)], 4),
        darker(colour, 0.25),
    )
    if who.hat == "peaked":
        pen.dot(0.1 * side, -0.9, 0.14, 0.14, GOLD)


def _cloth(pen: Pen, who: Person, w: float) -> None:
    kind = who.hat
    if kind == "blangkon":
        pen.shape(
            smooth([(-1.0 * w, -0.4), (-0.98 * w, -1.05), (0, -1.34), (0.98 * w, -1.05), (1.0 * w, -0.4), (0, -0.66)], 4), (98, 62, 44)
        )
        for x in (-0.5, 0, 0.5):
            pen.dot(x * w, -0.9, 0.09, 0.06, (220, 176, 96))
    elif kind in ("udeng", "band"):
        colour = (246, 240, 226) if kind == "udeng" else RUBY
        pen.shape(smooth([(-1.03 * w, -0.38), (-1.04 * w, -0.74), (0, -0.98), (1.04 * w, -0.74), (1.03 * w, -0.38), (0, -0.58)], 4), colour)
        if kind == "udeng":
            pen.shape(smooth([(0.02, -0.66), (-0.34, -1.3), (0.04, -1.06), (0.42, -1.36), (0.2, -0.66)], 3), colour, line=0.8)
    else:
        _ornament(pen, kind, w)


def _ornament(pen: Pen, kind: str, w: float) -> None:
    if kind == "ribbon":
        for side in (-1, 1):
            pen.shape(smooth([(0.5 * w, -1.0), (0.5 * w + side * 0.42, -1.28), (0.5 * w + side * 0.46, -0.8)], 4), RUBY, line=0.7)
        pen.dot(0.5 * w, -1.02, 0.11, 0.11, lighter(RUBY, 0.2))
    elif kind == "flower":
        for index in range(5):
            petal = arc(0.72 * w, -0.62, 0.17, 0.17, index * 72, index * 72, 1)[0]
            pen.shape(oval(petal[0], petal[1], 0.15, 0.15, 12), (255, 246, 240), line=0.4, shade=0)
        pen.dot(0.72 * w, -0.62, 0.1, 0.1, (250, 200, 70))
    elif kind == "feather":
        pen.shape(smooth([(-1.02 * w, -0.44), (-1.03 * w, -0.78), (0, -0.98), (1.03 * w, -0.78), (1.02 * w, -0.44), (0, -0.64)], 4), RUBY)
        for x, tall in ((-0.45, -1.5), (-0.18, -1.75), (0.1, -1.85), (0.38, -1.65)):
            pen.shape(limb([(x * w, -0.82), (x * 1.5 * w, tall)], (0.1, 0.22)), (236, 232, 224) if x < 0 else (70, 60, 60), line=0.6)
