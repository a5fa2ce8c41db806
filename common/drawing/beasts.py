"""Animals on four legs, facing right. A grown man is 1 high; the ground under the paws is y = 0."""

from common.drawing.builds import BEASTS, CREAM, DARK, HORN, PINK, Beast
from common.drawing.colours import darker, lighter, mix
from common.drawing.faces import Mood, brow, eye, feelings, mouth
from common.drawing.geometry import Point, arc, blob, limb, oval, smooth, star
from common.drawing.pen import Pen

_STEPS: dict[str, tuple[float, float, float, float]] = {
    "run": (0.42, -0.3, 0.34, -0.36),
    "jump": (0.38, 0.3, -0.34, -0.28),
    "walk": (0.16, -0.12, -0.14, 0.12),
}


def beast(pen: Pen, species: str, pose: str, mood: Mood, talking: bool = False) -> Point:
    """Draw an animal and return where its mouth is on the page."""
    build = BEASTS[species]
    lift = {"jump": 0.16, "run": 0.03, "cheer": 0.05}.get(pose, 0.0)
    lying = pose in ("sleep", "sit")
    mood = "asleep" if pose == "sleep" else mood
    pen = pen.at(0, -lift, build.size, turn=-0.12 if pose == "jump" else 0.0)
    drop = build.legs * 0.72 if lying else 0.0
    body = pen.at(0, drop)
    _tail(body, build)
    steps = _STEPS.get(pose, (0.03, -0.02, 0.02, -0.03))
    _legs(pen, build, steps, far=True, lying=lying)
    _neck(body, build)
    _trunk_and_belly(body, build)
    _legs(pen, build, steps, far=False, lying=lying)
    nod = {"sad": 0.1, "cry": 0.12, "scared": 0.06, "laugh": -0.04}.get(mood, 0.0)
    x, y = _head_at(build)
    head = body.at(x, y + nod, build.head)
    _head(head, build, mood, talking, 0.4)
    (mouth_at,) = head.map([(0.5, 0.55)])
    return mouth_at


def _head_at(build: Beast) -> Point:
    return 0.46 + build.neck * 0.45, -build.legs - build.deep * 0.86 - build.neck - build.head * 0.1


def _trunk_and_belly(pen: Pen, build: Beast) -> None:
    low, deep = -build.legs, build.deep
    back = [(-0.52, low - deep * 0.55), (-0.4, low - deep * 0.93), (-0.05, low - deep * 0.96), (0.3, low - deep), (0.52, low - deep * 0.72)]
    under = [(0.48, low - deep * 0.18), (0.2, low + 0.02), (-0.2, low + 0.01), (-0.46, low - deep * 0.16)]
    pen.shape(smooth(back + under, 6), build.coat)
    pen.flat(
        smooth(
            [
                (0.46, low - deep * 0.34),
                (0.4, low - deep * 0.1),
                (0.2, low),
                (-0.2, low - 0.01),
                (-0.36, low - deep * 0.1),
                (0.05, low - deep * 0.16),
            ],
            4,
        ),
        build.under,
    )
    _markings(pen, build, low, deep)


def _markings(pen: Pen, build: Beast, low: float, deep: float) -> None:
    if build.marks in ("stripes", "bands"):
        colour = DARK if build.marks == "stripes" else darker(build.coat, 0.24)
        for x in (-0.36, -0.18, 0.0, 0.18, 0.34):
            pen.flat(
                smooth(
                    [
                        (x - 0.035, low - deep * 0.95),
                        (x + 0.035, low - deep * 0.96),
                        (x + 0.04, low - deep * 0.55),
                        (x - 0.005, low - deep * 0.34),
                        (x - 0.01, low - deep * 0.6),
                    ],
                    3,
                ),
                colour,
            )
    elif build.marks == "patches":
        for x, y, r in ((-0.3, 0.62, 0.15), (0.12, 0.72, 0.13), (0.34, 0.42, 0.08), (-0.02, 0.34, 0.07)):
            pen.flat(blob(pen.rng, x, low - deep * y, r, r * 0.8, 6, 0.2), DARK)
    elif build.marks == "spots":
        for index in range(9):
            pen.dot(-0.36 + 0.09 * index, low - deep * (0.72 + 0.14 * (index % 2)), 0.02, 0.02, CREAM)
    elif build.marks == "patch":
        pen.flat(
            smooth([(-0.2, low - deep * 0.95), (0.16, low - deep * 0.96), (0.1, low - deep * 0.5), (-0.14, low - deep * 0.48)], 4),
            build.ear,
        )


def _legs(pen: Pen, build: Beast, steps: tuple[float, float, float, float], far: bool, lying: bool) -> None:
    coat = darker(build.coat, 0.2) if far else build.coat
    foot = darker(build.foot, 0.15) if far else build.foot
    shift = 0.11 if far else 0.0
    for x, step in ((0.33 + shift, steps[0 if not far else 1]), (-0.36 + shift, steps[2 if not far else 3])):
        top = -build.legs - build.deep * 0.3
        if lying:
            pen.shape(limb([(x - 0.1, -build.leg * 0.6), (x + 0.2, -build.leg * 0.5)], (build.leg * 1.2, build.leg), 4), coat, shade=0.6)
            continue
        hind = x < 0.1
        knee = (x + step * 0.45 + (-0.03 if hind else 0.02), -build.legs * 0.52)
        end = (x + step, -build.leg * 0.3 - abs(step) * build.legs * 0.5)
        wide = build.leg * (1.5 if hind else 1.2)
        pen.shape(limb([(x, top), knee, end], (wide * 1.2, build.leg * 1.05, build.leg * 0.9), 6), coat, shade=0.7)
        pen.shape(
            smooth(
                [
                    (end[0] - build.leg * 0.5, end[1] - 0.01),
                    (end[0] + build.leg * 0.45, end[1] - 0.02),
                    (end[0] + build.leg * 0.74, end[1] + build.leg * 0.34),
                    (end[0] - build.leg * 0.5, end[1] + build.leg * 0.34),
                ],
                4,
            ),
            foot,
            line=0.8,
            shade=0.3,
        )


def _neck(pen: Pen, build: Beast) -> None:
    x, y = _head_at(build)
    base = (0.34, -build.legs - build.deep * 0.62)
    wide = max(build.deep * 0.62, build.head * 0.8)
    if build.marks == "horse":
        pen.shape(limb([(0.2, base[1] - 0.12), (x - 0.14, y), (x - 0.02, y - build.head)], (0.12, 0.26, 0.1), 5), DARK, shade=0.4)
    pen.shape(limb([base, (x - 0.03, y + build.head * 0.2)], (wide, build.head * 0.95), 5), build.coat, shade=0.6)
    if build.marks == "throat":
        pen.flat(smooth([(0.5, base[1] + 0.02), (0.42, base[1] - 0.1), (x + 0.02, y + 0.28), (x + 0.1, y + 0.22)], 4), CREAM)


def _tail(pen: Pen, build: Beast) -> None:
    x, y = -0.48, -build.legs - build.deep * 0.72
    kind = build.tail
    if kind in ("long", "whip", "tuft"):
        wide = {"long": 0.11, "whip": 0.05, "tuft": 0.06}[kind]
        path = (
            [(x, y), (x - 0.22, y + 0.1), (x - 0.32, y - 0.16), (x - 0.2, y - 0.34)]
            if kind != "tuft"
            else [(x, y), (x - 0.12, y + 0.08), (x - 0.16, y + 0.36)]
        )
        pen.shape(limb(path, (wide, wide, wide * 0.8), 6), PINK if kind == "whip" else build.coat, shade=0.5)
        if kind == "tuft":
            pen.shape(oval(x - 0.16, y + 0.42, 0.06, 0.1, 14), darker(build.coat, 0.45), shade=0)
        elif build.marks == "stripes":
            pen.shape(oval(x - 0.2, y - 0.34, 0.06, 0.06, 12), DARK, shade=0)
    elif kind == "bush":
        pen.shape(
            smooth(
                [(x + 0.04, y), (x - 0.22, y + 0.14), (x - 0.5, y - 0.02), (x - 0.6, y - 0.3), (x - 0.34, y - 0.22), (x - 0.14, y - 0.14)],
                5,
            ),
            build.coat,
        )
        pen.flat(smooth([(x - 0.5, y - 0.06), (x - 0.6, y - 0.3), (x - 0.42, y - 0.22)], 4), build.under)
    elif kind == "puff":
        pen.shape(blob(pen.rng, x - 0.04, y + 0.2, 0.14, 0.14, 7, 0.12), build.under)
    elif kind == "hair":
        pen.shape(limb([(x, y), (x - 0.2, y + 0.06), (x - 0.26, y + 0.42)], (0.1, 0.18, 0.06), 5), DARK, shade=0.4)
    else:
        up = -0.24 if kind == "up" else 0.1
        pen.shape(limb([(x + 0.03, y), (x - 0.12, y + up * 0.6), (x - 0.16, y + up)], (0.1, 0.09, 0.05), 5), build.coat, shade=0.4)


def _head(pen: Pen, build: Beast, mood: Mood, talking: bool, turn: float) -> None:
    if build.marks == "mane":
        pen.shape(blob(pen.rng, -0.08, 0.02, 1.6, 1.62, 15, 0.1), (150, 84, 44))
    for side in (-1, 1):
        _ear(pen, build, side)
        _horn(pen, build, side)
    pen.shape(
        smooth(
            [
                (0, -0.98),
                (0.66, -0.82),
                (1.0, -0.2),
                (0.94, 0.42),
                (0.5, 0.86),
                (0.05, 0.92),
                (-0.5, 0.84),
                (-0.95, 0.4),
                (-1.0, -0.2),
                (-0.66, -0.82),
            ],
            5,
        ),
        build.coat,
    )
    _head_marks(pen, build)
    if build.muzzle:
        _muzzle(pen, build, mood, talking)
    feelings(pen, mood, turn, 0.3, 0.5, True)
    for side in (-1, 1):
        x = side * (0.42 - 0.05 * side * turn) + 0.16
        eye(pen, x, -0.12, 1.36 if build.head * build.size < 0.2 else 1.16, mood, turn, (96, 60, 36))
        if mood not in ("calm", "happy"):
            brow(pen, x, -0.5, side, mood, darker(build.coat, 0.6), 0.08)
    if build.marks == "trunk":
        _trunk(pen, build, mood, talking)


def _head_marks(pen: Pen, build: Beast) -> None:
    if build.marks == "stripes":
        for x, tall in ((-0.22, 0.3), (0.12, 0.36), (0.46, 0.28)):
            pen.flat([(x - 0.08, -0.92), (x + 0.08, -0.92), (x, -0.92 + tall)], DARK)
        for side in (-1, 1):
            pen.flat([(side * 0.98, 0.02), (side * 0.96, 0.22), (side * 0.66, 0.14)], DARK)
            pen.flat([(side * 0.95, 0.32), (side * 0.86, 0.5), (side * 0.62, 0.38)], DARK)
    if build.marks == "patch":
        pen.flat(oval(-0.24, -0.1, 0.36, 0.42, 18), build.ear)


def _muzzle(pen: Pen, build: Beast, mood: Mood, talking: bool) -> None:
    long = build.muzzle
    x, y = 0.2 + long * 0.35, 0.46
    pale = build.under if build.nose != (150, 90, 92) else (244, 190, 178)
    pen.shape(oval(x, y, 0.42 + long * 0.34, 0.3 + long * 0.22, 24, -0.08), pale, line=0.5, shade=0.4)
    mouth(pen, x + 0.02, y + 0.14, 0.5, mood, talking)
    nose_x = x + long * 0.22
    pen.shape(
        smooth([(nose_x - 0.19, y - 0.24), (nose_x + 0.19, y - 0.24), (nose_x + 0.08, y - 0.06), (nose_x - 0.08, y - 0.06)], 4),
        build.nose,
        line=0.5,
        shade=0,
    )
    pen.dot(nose_x - 0.06, y - 0.2, 0.05, 0.03, lighter(build.nose, 0.6))
    if build.marks in ("stripes", "bands") or build.tail in ("whip", "puff"):
        for side in (-1, 1):
            for rise in (-0.08, 0.06):
                pen.stroke(
                    [(x + side * 0.36, y + rise * 0.4), (x + side * 0.86, y + rise * 1.6)],
                    0.03,
                    DARK if build.marks != "bands" else (250, 248, 244),
                    curved=False,
                )
    if build.marks == "beard":
        pen.shape(smooth([(x - 0.2, y + 0.3), (x + 0.2, y + 0.32), (x + 0.06, y + 0.86)], 4), (214, 206, 192), line=0.8, shade=0)
    if build.horns == "nose":
        pen.shape(smooth([(x + 0.2, y - 0.22), (x + 0.52, y - 0.2), (x + 0.58, y - 0.95)], 2), HORN)


def _ear(pen: Pen, build: Beast, side: int) -> None:
    kind, inner = build.ears, build.ear
    coat = build.coat
    if kind == "fan":
        points = [(side * 0.5, -0.6), (side * 1.3, -1.0), (side * 1.9, -0.5), (side * 1.7, 0.4), (side * 1.1, 0.86), (side * 0.6, 0.5)]
        pen.shape(smooth(points, 5), coat)
        pen.flat(smooth([(px * 0.92 + side * 0.02, py * 0.8 - 0.02) for px, py in points[1:]], 5), inner)
    elif kind == "points":
        pen.shape(smooth([(side * 0.3, -0.78), (side * 0.74, -1.5), (side * 0.95, -0.4)], 2), coat)
        pen.flat([(side * 0.48, -0.8), (side * 0.74, -1.28), (side * 0.82, -0.6)], inner)
    elif kind == "flops":
        pen.shape(smooth([(side * 0.6, -0.8), (side * 1.1, -0.78), (side * 1.35, 0.0), (side * 1.12, 0.45), (side * 0.86, -0.1)], 5), inner)
    elif kind == "long":
        lean = side * 0.12
        pen.shape(limb([(side * 0.38, -0.7), (side * 0.46 + lean, -1.5), (side * 0.5 + lean, -2.1)], (0.36, 0.46, 0.2), 6), coat)
        pen.flat(limb([(side * 0.4, -0.9), (side * 0.47 + lean, -1.5), (side * 0.5 + lean, -1.95)], (0.12, 0.2, 0.08), 6), inner)
    elif kind == "leaf":
        pen.shape(
            smooth([(side * 0.5, -0.75), (side * 0.92, -1.32), (side * 1.3, -1.22), (side * 1.16, -0.66), (side * 0.82, -0.36)], 4), coat
        )
        pen.flat(smooth([(side * 0.68, -0.74), (side * 0.98, -1.14), (side * 1.18, -1.1), (side * 1.04, -0.7)], 4), inner)
    elif kind == "side":
        pen.shape(smooth([(side * 0.8, -0.5), (side * 1.4, -0.62), (side * 1.62, -0.3), (side * 1.2, -0.12), (side * 0.86, -0.2)], 4), coat)
        pen.flat(smooth([(side * 1.0, -0.42), (side * 1.36, -0.48), (side * 1.46, -0.32), (side * 1.1, -0.24)], 4), inner)
    else:
        size = 0.52 if kind == "disc" else 0.34
        pen.shape(oval(side * 0.72, -0.78, size, size, 20), coat)
        pen.flat(oval(side * 0.72, -0.76, size * 0.6, size * 0.6, 18), inner)


def _horn(pen: Pen, build: Beast, side: int) -> None:
    kind = build.horns
    if kind == "antlers":
        for path in ([(0.34, -0.85), (0.6, -1.5), (0.5, -2.1)], [(0.52, -1.3), (0.95, -1.6), (1.0, -1.95)]):
            pen.shape(limb([(side * x, y) for x, y in path], (0.16, 0.13, 0.07), 5), (150, 112, 76), line=0.8, shade=0.3)
    elif kind == "back":
        pen.shape(limb([(side * 0.34, -0.8), (side * 0.46, -1.35), (side * 0.8, -1.5)], (0.26, 0.2, 0.07), 5), HORN, line=0.8)
    elif kind == "short":
        pen.shape(limb([(side * 0.5, -0.8), (side * 0.86, -1.08), (side * 0.82, -1.36)], (0.22, 0.17, 0.06), 5), HORN, line=0.8)
    elif kind == "wide":
        pen.shape(
            limb([(side * 0.5, -0.74), (side * 1.3, -0.86), (side * 1.85, -1.34), (side * 1.7, -1.75)], (0.3, 0.28, 0.2, 0.06), 5),
            mix(HORN, DARK, 0.45),
            line=0.9,
        )


def _trunk(pen: Pen, build: Beast, mood: Mood, talking: bool) -> None:
    mouth(pen, 0.3, 0.66, 0.5, mood, talking or mood in ("laugh",))
    for side in (-0.42, 0.4):
        pen.shape(
            limb([(0.2 + side, 0.5), (0.3 + side * 1.3, 0.86), (0.5 + side * 1.3, 1.0)], (0.16, 0.13, 0.05), 4),
            (250, 246, 232),
            line=0.7,
            shade=0.3,
        )
    up = mood in ("happy", "laugh", "surprised")
    path = (
        [(0.22, 0.1), (0.36, 0.7), (0.86, 0.96), (1.36, 0.62), (1.42, 0.2)]
        if up
        else [(0.22, 0.1), (0.34, 0.8), (0.44, 1.4), (0.7, 1.85), (1.02, 1.8)]
    )
    pen.shape(limb(path, (0.62, 0.5, 0.4, 0.32, 0.26), 6), build.coat)
    for x, y, wide in ((0.34, 0.5, 0.2), (0.46, 0.72, 0.18)):
        pen.stroke(arc(x, y - 0.06, wide, 0.08, 20, 160, 5), 0.04, darker(build.coat, 0.3))
    if mood in ("laugh", "happy"):
        pen.flat(star(1.7, 0.0, 0.16, 0.05, 4), (255, 246, 210))
