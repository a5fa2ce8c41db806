"""Eyes, brows and mouths: what makes a figure feel something. A head is 1 high from its centre to its chin."""

from typing import Literal

from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import arc, oval, smooth
from common.drawing.pen import Pen

Mood = Literal["calm", "happy", "laugh", "sad", "cry", "angry", "surprised", "scared", "sly", "asleep", "thinking"]

DARK: Colour = (40, 28, 34)
EYE_WHITE: Colour = (255, 254, 250)
TEAR: Colour = (120, 196, 240)

_WIDE = {"surprised": 1.25, "scared": 1.2}


def eye(pen: Pen, x: float, y: float, size: float, mood: Mood, look: float = 0.0, iris: Colour = (92, 58, 38), lash: float = 0.0) -> None:
    """One eye at (x, y); `look` (-1..1) is where it looks, `size` 1 suits a human head, `lash` (-1 or 1) the side of its lashes."""
    local = pen.at(x, y, size)
    if mood in ("laugh", "asleep"):
        down = mood == "asleep"
        local.stroke(arc(0, 0.02 if down else 0.09, 0.17, 0.13 if down else 0.17, 15 if down else 195, 165 if down else 345, 8), 0.07, DARK)
        return
    wide = _WIDE.get(mood, 1.0)
    kind = pen.style.eyes
    if kind == "simple" and wide == 1.0:
        local.dot(0, 0, 0.085, 0.115, DARK)
    elif kind in ("dot", "simple"):
        _dot_eye(local, wide, look)
    elif kind == "anime":
        _anime_eye(local, wide, look, iris, lash)
    elif kind == "real":
        _real_eye(local, wide, look, iris, lash)
    else:
        _oval_eye(local, wide, look, lash)


def _dot_eye(pen: Pen, wide: float, look: float) -> None:
    if wide > 1:
        pen.shape(oval(0, 0, 0.17, 0.19, 18), EYE_WHITE, line=0.6, shade=0)
    pen.dot(look * 0.03, 0, 0.09, 0.135 if wide == 1 else 0.1, DARK)
    pen.dot(look * 0.03 - 0.03, -0.05, 0.032, 0.04, EYE_WHITE)


def _oval_eye(pen: Pen, wide: float, look: float, lash: float) -> None:
    pen.shape(oval(0, 0, 0.19 * wide, 0.235 * wide, 22), EYE_WHITE, line=0.6, shade=0)
    small = 1.0 if wide == 1 else 0.75
    pen.dot(look * 0.07, 0.03, 0.105 * small, 0.14 * small, DARK)
    pen.dot(look * 0.07 - 0.035, -0.03, 0.04, 0.05, EYE_WHITE)
    if lash:
        pen.stroke(arc(0, 0, 0.2, 0.245, 200, 340, 8), 0.06, DARK)


def _anime_eye(pen: Pen, wide: float, look: float, iris: Colour, lash: float) -> None:
    pen.flat(oval(0, 0.02, 0.2, 0.25 * wide, 22), EYE_WHITE)
    small = 1.0 if wide == 1 else 0.8
    x = look * 0.05
    pen.dot(x, 0.025, 0.15 * small, 0.22 * small, darker(iris, 0.55))
    pen.dot(x, 0.11, 0.115 * small, 0.115 * small, lighter(iris, 0.25))
    pen.dot(x, 0.03, 0.07 * small, 0.11 * small, (24, 16, 24))
    pen.dot(x - 0.06, -0.07, 0.055, 0.07, EYE_WHITE)
    pen.dot(x + 0.06, 0.12, 0.03, 0.035, EYE_WHITE)
    top = -0.23 * wide
    pen.stroke([(-0.22, -0.04), (-0.12, top * 0.88), (0.03, top), (0.15, top * 0.8), (0.23, -0.02)], 0.085, DARK)
    if lash:
        pen.stroke([(lash * 0.19, -0.1), (lash * 0.3, -0.18)], 0.06, DARK)
    pen.stroke([(-0.1, 0.27 * wide), (0.1, 0.27 * wide)], 0.025, mix(DARK, (200, 140, 120), 0.4))


def _real_eye(pen: Pen, wide: float, look: float, iris: Colour, lash: float) -> None:
    height = 0.115 * wide
    pen.flat(
        smooth([(-0.19, 0.02), (-0.06, -height), (0.1, -height * 0.85), (0.2, 0.0), (0.08, height * 0.75), (-0.08, height * 0.75)], 4),
        (250, 244, 238),
    )
    pen.dot(look * 0.06, 0.0, 0.095, 0.105, iris)
    pen.dot(look * 0.06, 0.0, 0.052, 0.058, (22, 16, 18))
    pen.dot(look * 0.06 - 0.03, -0.035, 0.026, 0.028, EYE_WHITE)
    pen.stroke([(-0.21, 0.03), (-0.07, -height * 1.1), (0.1, -height), (0.22, 0.0)], 0.06 if lash else 0.045, DARK)


def brow(pen: Pen, x: float, y: float, side: float, mood: Mood, colour: Colour, thick: float = 0.055) -> None:
    """One brow above an eye; `side` is -1 for the one on the left."""
    inner, outer = {
        "angry": (0.1, -0.08),
        "sly": (0.07, -0.05),
        "sad": (-0.1, 0.05),
        "cry": (-0.12, 0.06),
        "scared": (-0.12, 0.04),
        "surprised": (-0.1, -0.07),
        "thinking": (0.04 if side < 0 else -0.09, -0.02 if side < 0 else -0.06),
        "laugh": (-0.06, -0.01),
    }.get(mood, (0.0, 0.02))
    points = [(x - side * 0.15, y + inner), (x, y - 0.045 + (inner + outer) * 0.3), (x + side * 0.16, y + outer)]
    pen.stroke(points, thick, colour)


def mouth(pen: Pen, x: float, y: float, width: float, mood: Mood, talking: bool = False, lips: Colour | None = None) -> None:
    """A mouth centred at (x, y), `width` wide when it smiles; `talking` opens it."""
    line = max(width * 0.13, 0.045)
    inside: Colour = (122, 38, 44)
    if mood == "laugh" or (talking and mood in ("happy", "calm", "sly", "thinking")):
        deep = width * (0.75 if mood == "laugh" else 0.55)
        shape = smooth(
            [
                (x - width / 2, y - 0.02),
                (x, y + 0.02),
                (x + width / 2, y - 0.02),
                (x + width * 0.32, y + deep * 0.72),
                (x, y + deep),
                (x - width * 0.32, y + deep * 0.72),
            ],
            5,
        )
        pen.shape(shape, inside, line=0.6, shade=0, ink=DARK)
        pen.dot(x, y + deep * 0.74, width * 0.25, deep * 0.2, (236, 120, 116))
    elif mood in ("surprised", "scared") or (talking and mood in ("sad", "cry")):
        pen.shape(
            oval(x, y + width * 0.15, width * (0.22 if mood == "surprised" else 0.3), width * 0.32, 18), inside, line=0.6, shade=0, ink=DARK
        )
    elif mood == "angry":
        if talking:
            teeth = [
                (x - width * 0.42, y + 0.1),
                (x - width * 0.25, y - 0.06),
                (x + width * 0.25, y - 0.06),
                (x + width * 0.42, y + 0.1),
                (x + width * 0.25, y + 0.2),
                (x - width * 0.25, y + 0.2),
            ]
            pen.shape(teeth, inside, line=0.6, shade=0, ink=DARK)
            pen.flat(
                [(x - width * 0.28, y - 0.03), (x + width * 0.28, y - 0.03), (x + width * 0.32, y + 0.05), (x - width * 0.32, y + 0.05)],
                EYE_WHITE,
            )
        else:
            pen.stroke(arc(x, y + width * 0.3, width * 0.42, width * 0.28, 205, 335, 8), line, DARK)
    elif mood in ("sad", "cry"):
        pen.stroke(arc(x, y + width * 0.32, width * 0.36, width * 0.28, 210, 330, 8), line, DARK)
    elif mood == "sly":
        pen.stroke([(x - width * 0.34, y + 0.02), (x, y + 0.08), (x + width * 0.42, y - 0.06)], line, DARK)
    elif mood == "thinking":
        pen.stroke([(x - width * 0.24, y + 0.05), (x + width * 0.24, y)], line, DARK)
    else:
        deep = width * (0.34 if mood == "happy" else 0.22)
        pen.stroke(arc(x, y - deep * 0.5, width * 0.5, deep * 1.3, 25, 155, 8), line, (lips and darker(lips, 0.25)) or DARK)


def feelings(pen: Pen, mood: Mood, turn: float, cheek_y: float, gap: float, blush: bool) -> None:
    """What lies on the cheeks: colour, tears, a drop of sweat."""
    if blush and pen.style.blush and mood not in ("angry", "scared"):
        for side in (-1, 1):
            pen.glow(side * gap * 1.25 + turn * 0.16, cheek_y, 0.24, 0.16, (244, 120, 110), 0.75 if mood in ("happy", "laugh") else 0.5)
    if mood == "cry":
        for side in (-1, 1):
            x = side * gap + turn * 0.2
            pen.shape(
                smooth([(x, cheek_y - 0.12), (x + 0.09, cheek_y + 0.12), (x, cheek_y + 0.24), (x - 0.09, cheek_y + 0.12)], 4),
                TEAR,
                line=0.4,
                shade=0,
            )
    if mood == "scared":
        x = 0.72
        pen.shape(smooth([(x, -0.62), (x + 0.1, -0.36), (x, -0.26), (x - 0.1, -0.36)], 4), TEAR, line=0.4, shade=0)
