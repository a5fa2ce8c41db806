"""Animals that are not built like a dog: reptiles, fish, birds, monkeys and insects, facing right.

A grown man is 1 high; y = 0 is the ground, or for what swims and flies the place below it.
"""

import math
from collections.abc import Callable

from common.drawing.acting import POSES
from common.drawing.birds import bird
from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.faces import Mood, brow, eye, feelings, mouth
from common.drawing.geometry import Point, limb, oval, smooth
from common.drawing.pen import Pen

CREAM: Colour = (250, 238, 206)
DARK: Colour = (52, 40, 44)
TOOTH: Colour = (255, 252, 240)

# Height, and how far each reaches to the left and right of its place, in a man's height.
REACH: dict[str, tuple[float, float, float]] = {
    "buaya": (0.5, -1.1, 1.1),
    "kura": (0.5, -0.42, 0.6),
    "ular": (0.64, -0.6, 0.42),
    "ikan": (0.62, -0.58, 0.34),
    "burung": (0.5, -0.34, 0.32),
    "elang": (0.64, -0.42, 0.38),
    "hantu": (0.54, -0.34, 0.22),
    "ayam": (0.56, -0.38, 0.3),
    "bebek": (0.48, -0.34, 0.36),
    "monyet": (0.66, -0.3, 0.22),
    "katak": (0.42, -0.42, 0.42),
    "kupu": (0.7, -0.32, 0.32),
    "lebah": (0.66, -0.36, 0.32),
    "semut": (0.44, -0.42, 0.34),
}


def creature(pen: Pen, species: str, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    """Draw a creature and return where its mouth is on the page; `marks` picks among its colours."""
    mood = "asleep" if pose == "sleep" else mood
    if species in ("burung", "elang", "hantu", "ayam", "bebek"):
        return bird(pen, species, pose, mood, talking, marks)
    lift = {"jump": 0.14, "cheer": 0.04}.get(pose, 0.0)
    return _DRAW[species](pen.at(0, -lift), pose, mood, talking, marks)


def _crocodile(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    green: Colour = ((104, 150, 72), (92, 138, 96), (124, 142, 66))[marks % 3]
    belly: Colour = (232, 222, 158)
    for x in (-0.28, 0.22):
        pen.shape(limb([(x, -0.2), (x + 0.06, -0.04)], (0.13, 0.1), 4), darker(green, 0.22), shade=0.3)
    tail = [(-0.3, -0.2), (-0.66, -0.16), (-0.9, -0.06), (-1.1, -0.12 if pose in ("run", "jump") else -0.03)]
    pen.shape(limb(tail, (0.3, 0.22, 0.12, 0.03), 6), green, shade=0.6)
    for index in range(9):
        x = -0.86 + index * 0.13
        y = -0.12 - 0.2 * min(1.0, (x + 0.98) / 0.6)
        pen.shape([(x - 0.05, y + 0.02), (x, y - 0.085), (x + 0.06, y + 0.02)], darker(green, 0.2), line=0.7, shade=0)
    pen.shape(smooth([(-0.48, -0.24), (-0.2, -0.37), (0.2, -0.37), (0.42, -0.28), (0.4, -0.1), (0.0, -0.04), (-0.4, -0.08)], 6), green)
    pen.flat(smooth([(0.38, -0.16), (0.36, -0.09), (0.0, -0.05), (-0.34, -0.09), (0.0, -0.12)], 5), belly)
    for x in (-0.34, 0.14):
        pen.shape(limb([(x, -0.18), (x - 0.04, -0.06), (x + 0.07, -0.03)], (0.15, 0.12, 0.08), 4), green, shade=0.5)
    gape = 0.16 if talking or mood in ("laugh", "angry", "surprised") else 0.035
    head = pen.at(0.42, -0.3, 1.0)
    head.shape(
        smooth(
            [
                (-0.08, 0.02),
                (0.1, 0.1),
                (0.4, 0.1 + gape * 0.4),
                (0.62, 0.08 + gape * 0.7),
                (0.64, 0.14 + gape * 0.7),
                (0.4, 0.2 + gape * 0.3),
                (0.0, 0.2),
            ],
            5,
        ),
        belly,
        shade=0.5,
    )
    if gape > 0.1:
        head.flat(smooth([(0.08, 0.08), (0.36, 0.03), (0.6, 0.03), (0.58, 0.08 + gape * 0.7), (0.3, 0.12 + gape * 0.3)], 4), (150, 52, 56))
    head.shape(
        smooth(
            [
                (-0.14, 0.0),
                (-0.1, -0.17),
                (0.06, -0.2),
                (0.2, -0.1),
                (0.44, -0.06),
                (0.62, -0.09),
                (0.68, 0.0),
                (0.58, 0.06),
                (0.2, 0.06),
                (0.0, 0.1),
            ],
            6,
        ),
        green,
    )
    for index in range(6):
        x = 0.22 + index * 0.07
        head.shape([(x - 0.022, 0.045), (x + 0.022, 0.045), (x, 0.1)], TOOTH, line=0.4, shade=0)
    head.dot(0.6, -0.06, 0.025, 0.018, darker(green, 0.6))
    for x in (-0.02, 0.1):
        head.shape(oval(x, -0.18, 0.085, 0.09, 18), lighter(green, 0.12), line=0.8, shade=0.3)
        eye(head, x + 0.012, -0.19, 0.3, mood, 0.6, (190, 150, 40))
        if mood not in ("calm", "happy", "laugh"):
            brow(head.at(x, -0.28, 0.32), 0, 0, -1 if x < 0.05 else 1, mood, darker(green, 0.6), 0.14)
    return _at(pen, 0.96, -0.22)


def _turtle(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    skin: Colour = ((138, 176, 92), (120, 168, 120), (160, 170, 90))[marks % 3]
    shell: Colour = ((142, 100, 58), (116, 110, 62), (90, 112, 74))[(marks >> 3) % 3]
    for x in (-0.2, 0.2):
        pen.shape(limb([(x, -0.12), (x + 0.04, -0.02)], (0.12, 0.11), 4), darker(skin, 0.15), shade=0.4)
    pen.shape(limb([(-0.3, -0.1), (-0.42, -0.06)], (0.07, 0.02), 4), skin, shade=0)
    pen.shape(limb([(0.22, -0.14), (0.38, -0.2), (0.42, -0.3)], (0.14, 0.12, 0.13), 5), skin, shade=0.5)
    pen.shape(smooth([(-0.36, -0.08), (-0.3, -0.26), (0, -0.4), (0.3, -0.26), (0.36, -0.08), (0, -0.05)], 6), shell)
    for x, y, r in ((0, -0.24, 0.085), (-0.18, -0.19, 0.07), (0.18, -0.19, 0.07)):
        pen.shape(
            [(x + r * math.cos(i * 1.047), y + r * 0.9 * math.sin(i * 1.047)) for i in range(6)], lighter(shell, 0.24), line=0.6, shade=0.4
        )
    pen.shape(limb([(-0.36, -0.07), (0, -0.03), (0.36, -0.07)], (0.06, 0.07, 0.06), 5), lighter(shell, 0.4), line=0.8, shade=0.3)
    head = pen.at(0.44, -0.36, 0.13)
    head.shape(smooth([(0, -1), (0.8, -0.7), (1.1, 0.1), (0.7, 0.75), (0, 0.85), (-0.8, 0.6), (-1.0, -0.1), (-0.7, -0.8)], 5), skin)
    _face(head, mood, talking, 0.4, -0.12, 0.44, 1.25, 0.44)
    return _at(pen, 0.52, -0.31)


def _snake(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    skin: Colour = ((112, 164, 70), (186, 150, 62), (104, 136, 150))[marks % 3]
    pen.shape(limb([(-0.24, -0.04), (-0.44, -0.05), (-0.58, -0.01)], (0.11, 0.07, 0.02), 5), skin, shade=0.4)
    for x, y, rx, ry in ((0.0, -0.07, 0.34, 0.075), (0.01, -0.155, 0.27, 0.07), (0.02, -0.23, 0.19, 0.06)):
        pen.shape(oval(x, y, rx, ry, 30), skin, shade=0.9)
        for part in (-0.6, -0.1, 0.4):
            mark = x + part * rx
            pen.flat([(mark - 0.04, y + 0.01), (mark, y - 0.025), (mark + 0.04, y + 0.01), (mark, y + 0.04)], darker(skin, 0.4))
    pen.shape(limb([(0.0, -0.24), (0.14, -0.34), (0.08, -0.44), (0.14, -0.5)], (0.13, 0.12, 0.11, 0.12), 6), skin, shade=0.6)
    head = pen.at(0.16, -0.5, 0.12)
    if mood not in ("scared", "asleep"):
        head.stroke([(1.0, 0.35), (1.5, 0.42), (1.75, 0.28)], 0.09, (206, 60, 70))
        head.stroke([(1.5, 0.42), (1.72, 0.58)], 0.08, (206, 60, 70), curved=False)
    head.shape(smooth([(-0.7, -0.6), (0.1, -0.8), (0.9, -0.4), (1.2, 0.2), (0.8, 0.62), (0.0, 0.7), (-0.8, 0.4)], 5), skin)
    _face(head, mood, talking, 0.5, -0.2, 0.42, 1.2, 0.34)
    return _at(pen, 0.28, -0.46)


def _fish(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    skin: Colour = ((246, 142, 54), (86, 150, 214), (240, 198, 66), (226, 96, 120))[marks % 4]
    y = -0.3
    pen.shape(
        smooth([(-0.28, y), (-0.48, y - 0.2), (-0.56, y - 0.16), (-0.46, y), (-0.56, y + 0.17), (-0.48, y + 0.2)], 4), lighter(skin, 0.2)
    )
    pen.shape(smooth([(-0.12, y - 0.16), (0.0, y - 0.32), (0.2, y - 0.16)], 4), lighter(skin, 0.2))
    pen.shape(
        smooth(
            [(-0.32, y), (-0.14, y - 0.18), (0.12, y - 0.2), (0.32, y - 0.04), (0.32, y + 0.05), (0.12, y + 0.19), (-0.14, y + 0.17)], 6
        ),
        skin,
    )
    for x, wide in ((-0.1, 0.15), (0.06, 0.17)):
        pen.flat(
            smooth(
                [(x - 0.025, y - wide), (x + 0.025, y - wide), (x + 0.055, y), (x + 0.02, y + wide), (x - 0.03, y + wide), (x + 0.005, y)],
                4,
            ),
            CREAM,
        )
    pen.shape(smooth([(-0.02, y + 0.03), (-0.14, y + 0.12), (-0.04, y + 0.15)], 4), lighter(skin, 0.25), line=0.7, shade=0)
    eye(pen, 0.19, y - 0.055, 0.3, mood, 0.4, (60, 90, 110))
    mouth(pen.at(0.27, y + 0.05, 0.22), 0, 0, 0.4, mood, talking)
    return _at(pen, 0.3, y + 0.05)


def _monkey(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    fur: Colour = ((134, 90, 58), (112, 84, 66), (170, 100, 52))[marks % 3]
    face: Colour = (240, 208, 170)
    acted = POSES[pose]
    sitting = acted.kind != "stand"
    pen = pen.at(0, -acted.lift + (0.1 if sitting else 0.0), 0.64, turn=math.radians(acted.lean))
    pen.shape(
        limb([(-0.1, -0.24), (-0.36, -0.16), (-0.46, -0.42), (-0.3, -0.52), (-0.28, -0.42)], (0.06, 0.055, 0.05, 0.045, 0.03), 6),
        fur,
        shade=0.3,
    )
    _monkey_arm(pen, -0.13, acted.far_arm, fur, face)
    for side, angles in ((-1, acted.far_leg), (1, acted.near_leg)):
        knee = (side * 0.09 + 0.14 * math.sin(math.radians(angles[0])) + side * 0.03, -0.16)
        ankle = (knee[0] + 0.13 * math.sin(math.radians(angles[1])), -0.04)
        pen.shape(limb([(side * 0.08, -0.28), knee, ankle], (0.13, 0.11, 0.09), 5), fur, shade=0.6)
        pen.shape(
            smooth([(ankle[0] - 0.05, -0.05), (ankle[0] + 0.1, -0.05), (ankle[0] + 0.11, 0.0), (ankle[0] - 0.05, 0.0)], 4),
            face,
            line=0.8,
            shade=0.3,
        )
    pen.shape(smooth([(0, -0.6), (0.14, -0.52), (0.17, -0.34), (0.1, -0.2), (-0.1, -0.2), (-0.17, -0.34), (-0.14, -0.52)], 5), fur)
    pen.flat(oval(0.015, -0.37, 0.1, 0.13, 22), face)
    head = pen.at(0.03, -0.74, 0.22)
    for side in (-1, 1):
        head.shape(oval(side * 1.05, 0.05, 0.36, 0.4, 18), fur)
        head.flat(oval(side * 1.07, 0.07, 0.2, 0.24, 16), face)
    head.shape(oval(0, 0, 1.0, 0.98, 30), fur)
    head.flat(
        smooth(
            [
                (0.1, -0.42),
                (0.55, -0.62),
                (0.86, -0.2),
                (0.66, 0.2),
                (0.8, 0.56),
                (0.1, 0.88),
                (-0.58, 0.56),
                (-0.46, 0.2),
                (-0.66, -0.2),
                (-0.35, -0.62),
            ],
            5,
        ),
        face,
    )
    _face(head, mood, talking, 0.32, -0.14, 0.1, 1.05, 0.5)
    head.dot(0.04, 0.2, 0.05, 0.035, DARK)
    head.dot(0.22, 0.2, 0.05, 0.035, DARK)
    head.shape(smooth([(-0.25, -0.86), (0.0, -1.26), (0.1, -1.04), (0.28, -1.2), (0.3, -0.86)], 3), fur, shade=0)
    _monkey_arm(pen, 0.13, acted.near_arm, fur, face)
    (at,) = head.map([(0.2, 0.5)])
    return at


def _monkey_arm(pen: Pen, x: float, angles: tuple[float, float], fur: Colour, face: Colour) -> None:
    first, second = math.radians(angles[0]), math.radians(angles[1])
    elbow = (x + 0.17 * math.sin(first), -0.5 + 0.17 * math.cos(first))
    wrist = (elbow[0] + 0.16 * math.sin(second), elbow[1] + 0.16 * math.cos(second))
    pen.shape(limb([(x, -0.5), elbow, wrist], (0.1, 0.085, 0.075), 5), fur, shade=0.6)
    pen.shape(oval(wrist[0], wrist[1], 0.055, 0.055, 14), face, line=0.8, shade=0.3)


def _frog(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    skin: Colour = ((112, 176, 74), (84, 164, 110), (150, 168, 70))[marks % 3]
    for side in (-1, 1):
        pen.shape(
            smooth(
                [
                    (side * 0.1, -0.16),
                    (side * 0.28, -0.22),
                    (side * 0.3, -0.06),
                    (side * 0.42, -0.02),
                    (side * 0.4, 0.01),
                    (side * 0.14, 0.01),
                ],
                5,
            ),
            darker(skin, 0.12),
        )
    pen.shape(smooth([(0, -0.3), (0.2, -0.22), (0.22, -0.06), (0, -0.01), (-0.22, -0.06), (-0.2, -0.22)], 6), skin)
    pen.flat(oval(0.02, -0.1, 0.13, 0.08, 20), CREAM)
    for side in (-1, 1):
        pen.shape(limb([(side * 0.12, -0.12), (side * 0.14, -0.02)], (0.07, 0.06), 4), skin, shade=0.4)
        pen.shape(oval(side * 0.1 + 0.03, -0.34, 0.075, 0.075, 20), skin)
        eye(pen, side * 0.1 + 0.035, -0.345, 0.27, mood, 0.4, (150, 120, 40))
    pen.shape(
        smooth([(0.03, -0.34), (0.22, -0.28), (0.23, -0.2), (0.03, -0.14), (-0.17, -0.2), (-0.16, -0.28)], 6), skin, line=0, shade=0.3
    )
    mouth(pen.at(0.04, -0.22, 0.3), 0, 0, 0.72, mood if mood != "calm" else "happy", talking)
    return _at(pen, 0.06, -0.2)


def _butterfly(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    wing: Colour = ((244, 150, 66), (104, 156, 226), (226, 110, 160), (246, 206, 84))[marks % 4]
    y = -0.42
    for side in (-1, 1):
        pen.shape(smooth([(0, y), (side * 0.12, y - 0.2), (side * 0.3, y - 0.2), (side * 0.3, y - 0.04), (side * 0.14, y + 0.03)], 5), wing)
        pen.shape(smooth([(0, y + 0.02), (side * 0.16, y + 0.02), (side * 0.24, y + 0.14), (side * 0.12, y + 0.2)], 5), lighter(wing, 0.25))
        pen.dot(side * 0.21, y - 0.11, 0.04, 0.045, CREAM)
        pen.dot(side * 0.15, y + 0.1, 0.03, 0.03, CREAM)
        pen.stroke([(side * 0.02, y - 0.14), (side * 0.06, y - 0.24), (side * 0.1, y - 0.25)], 0.014, DARK)
    pen.shape(limb([(0, y - 0.1), (0, y + 0.16)], (0.07, 0.04), 5), mix(DARK, (120, 80, 60), 0.5), shade=0.3)
    head = pen.at(0, y - 0.13, 0.075)
    head.shape(oval(0, 0, 1, 1, 22), mix(DARK, (160, 110, 80), 0.7))
    _face(head, mood, talking, 0.0, -0.1, 0.4, 1.25, 0.4)
    return _at(pen, 0, y - 0.1)


def _bee(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    y = -0.4
    for side in (-0.1, 0.06):
        pen.shape(oval(side - 0.04, y - 0.2, 0.08, 0.15, 20, -0.4), (226, 240, 250), line=0.7, shade=0)
    pen.shape(oval(-0.04, y, 0.24, 0.16, 28), (250, 206, 70))
    for x in (-0.16, -0.04):
        pen.flat(limb([(x, y - 0.14), (x + 0.02, y), (x, y + 0.14)], (0.05, 0.06, 0.05), 4), DARK)
    pen.shape([(-0.27, y - 0.03), (-0.27, y + 0.03), (-0.34, y)], DARK, line=0.5, shade=0)
    head = pen.at(0.15, y - 0.02, 0.13)
    head.shape(oval(0, 0, 1, 0.96, 26), (250, 214, 92))
    _face(head, mood, talking, 0.3, -0.1, 0.4, 1.2, 0.42)
    for x in (-0.2, 0.5):
        head.stroke([(x, -0.9), (x + 0.1, -1.5), (x + 0.3, -1.6)], 0.12, DARK)
    return _at(pen, 0.18, y + 0.04)


def _ant(pen: Pen, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    skin: Colour = ((150, 70, 50), (96, 62, 60), (70, 60, 74))[marks % 3]
    for x in (-0.16, -0.06, 0.04):
        for side in (-1, 1):
            pen.stroke([(x, -0.14), (x + side * 0.07, -0.1), (x + side * 0.09, 0.0)], 0.022, darker(skin, 0.4))
    pen.shape(oval(-0.24, -0.17, 0.16, 0.12, 24, -0.2), skin)
    pen.shape(oval(-0.03, -0.15, 0.1, 0.075, 20), skin)
    head = pen.at(0.16, -0.24, 0.13)
    for x in (-0.3, 0.4):
        head.stroke([(x, -0.8), (x + 0.1, -1.4), (x + 0.5, -1.5)], 0.12, darker(skin, 0.4))
    head.shape(oval(0, 0, 1, 0.95, 26), lighter(skin, 0.08))
    _face(head, mood, talking, 0.35, -0.12, 0.4, 1.25, 0.42)
    return _at(pen, 0.2, -0.19)


def _at(pen: Pen, x: float, y: float) -> Point:
    (point,) = pen.map([(x, y)])
    return point


def _face(pen: Pen, mood: Mood, talking: bool, turn: float, y: float, mouth_y: float, size: float, gap: float) -> None:
    feelings(pen, mood, turn, y + 0.42, gap * 1.1, True)
    for side in (-1, 1):
        x = side * gap * (1 - 0.1 * side * turn) + turn * 0.3
        eye(pen, x, y, size, mood, turn, (92, 62, 36))
        if mood not in ("calm", "happy", "laugh"):
            brow(pen, x, y - 0.4, side, mood, DARK, 0.09)
    mouth(pen, turn * 0.4, mouth_y + (0.38 if mouth_y < 0.2 else 0.0), 0.5, mood, talking)


_DRAW: dict[str, Callable[[Pen, str, Mood, bool, int], Point]] = {
    "buaya": _crocodile,
    "kura": _turtle,
    "ular": _snake,
    "ikan": _fish,
    "monyet": _monkey,
    "katak": _frog,
    "kupu": _butterfly,
    "lebah": _bee,
    "semut": _ant,
}
