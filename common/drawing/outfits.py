"""Clothes over a body: what covers arms and legs, and what lies over shirt and skirt."""

from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import Point, limb, rounded, smooth, star
from common.drawing.pen import Pen
from common.drawing.wardrobe import Person

CREAM: Colour = (246, 240, 226)
GOLD: Colour = (236, 190, 76)
SHOE: Colour = (74, 56, 58)
_LONG = {"jacket", "coat", "robe", "koko", "kebaya", "royal", "gown", "hero", "space", "police"}
_SKIRTS = {"dress": 0.52, "robe": 0.96, "kebaya": 0.94, "gown": 1.04, "fisher": 0.56}


def body(who: Person) -> Colour:
    """The colour of the shirt."""
    return {
        "school": CREAM,
        "koko": CREAM,
        "space": (232, 236, 242),
        "police": (146, 128, 98),
        "fisher": lighter(who.top, 0.35),
        "batik": mix(who.top, (120, 70, 40), 0.3),
    }.get(who.outfit, who.top)


def sleeve(who: Person) -> tuple[Colour, bool]:
    """The colour of the sleeves, and whether they reach the wrist."""
    if who.outfit == "coat":
        return CREAM, True
    return body(who), who.outfit in _LONG or who.hair == "hijab"


def glove(who: Person) -> Colour:
    """The colour of the hands."""
    return {"space": (170, 180, 198), "hero": darker(who.top, 0.25)}.get(who.outfit, who.skin)


def legs(who: Person) -> tuple[str, Colour, Colour]:
    """How the legs are clad ("long", "short" or "bare"), in which colour, and the colour of the shoes."""
    kind = who.outfit
    if kind == "school":
        return ("bare" if who.female else "short"), (184, 50, 54), (44, 40, 52)
    if kind in ("shorts", "overall"):
        return ("short" if kind == "shorts" else "long"), who.bottom if kind == "shorts" else (74, 108, 168), (228, 226, 230)
    if kind == "farmer":
        return "short", (84, 92, 82), mix(who.skin, (120, 80, 60), 0.3)
    if kind == "dress":
        return "bare", who.top, lighter(who.top, 0.3)
    return (
        "long",
        {"space": (232, 236, 242), "hero": darker(who.top, 0.1), "koko": (92, 92, 110), "police": (108, 92, 70)}.get(kind, who.bottom),
        SHOE,
    )


def cape(pen: Pen, shoulder: float, wide: float, who: Person) -> None:
    """A hero's cape, behind the body."""
    colour: Colour = (206, 52, 60) if who.top[0] < 180 else (52, 84, 176)
    pen.shape(
        smooth(
            [
                (-wide, shoulder),
                (wide, shoulder),
                (wide * 1.5, shoulder * 0.5),
                (wide * 0.9, -0.1),
                (-wide * 1.2, -0.16),
                (-wide * 2.6, -0.2),
                (-wide * 1.9, shoulder * 0.55),
            ],
            5,
        ),
        colour,
    )


def over(pen: Pen, who: Person, shoulder: float, hip: float, wide: float, hips: float, sitting: bool) -> None:
    """Skirt, collar, belt, pattern and the like."""
    kind = "skirt" if who.outfit == "school" and who.female else who.outfit
    reach = {"skirt": 0.34, **_SKIRTS}.get(kind)
    if reach is not None:
        _skirt(pen, who, kind, hip, hips, reach * (0.4 if sitting else 1.0))
    draw = {
        "school": _school,
        "skirt": _school,
        "batik": _batik,
        "kebaya": _kebaya,
        "apron": _apron,
        "coat": _coat,
        "royal": _royal,
        "gown": _royal,
        "hero": _hero,
        "space": _suit,
        "overall": _overall,
        "koko": _buttons,
        "police": _buttons,
        "jacket": _jacket,
        "shirt": _collar,
        "farmer": _sash,
        "shorts": _stripe,
    }.get(kind)
    if draw:
        draw(pen, who, shoulder, hip, wide)


def _skirt(pen: Pen, who: Person, kind: str, hip: float, hips: float, reach: float) -> None:
    colour: Colour = {"skirt": (184, 50, 54), "kebaya": (140, 92, 58), "fisher": who.bottom}.get(kind, who.top)
    waist = hip * 1.22
    hem = hip * (1 - reach)
    flare = {"kebaya": 0.98, "fisher": 1.1, "robe": 1.35, "gown": 2.3}.get(kind, 1.75)
    pen.shape(
        smooth(
            [
                (-hips * 0.86, waist),
                (hips * 0.86, waist),
                (hips * 1.12, hip),
                (hips * flare, hem),
                (0, hem + 0.018),
                (-hips * flare, hem),
                (-hips * 1.12, hip),
            ],
            4,
        ),
        colour,
    )
    if kind == "kebaya":
        _motif(pen, hip, hem, hips * 0.8, 4)
    elif kind in ("gown", "dress"):
        for x in (-0.45, 0.1, 0.55):
            pen.ink([(x * hips, hip), (x * hips * flare, hem - 0.01)], 0.4)


def _motif(pen: Pen, top: float, bottom: float, half: float, rows: int) -> None:
    step = (bottom - top) / rows
    for row in range(rows):
        for side in (-0.62, 0.0, 0.62):
            x, y = (side + (0.3 if row % 2 else 0.0)) * half, top + step * (row + 0.5)
            pen.flat(star(x, y, half * 0.19, half * 0.08, 4), GOLD)


def _collar(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    for side in (-1, 1):
        pen.shape(
            [(0, shoulder + wide * 0.42), (side * wide * 0.2, shoulder - wide * 0.1), (side * wide * 0.5, shoulder + wide * 0.16)],
            lighter(body(who), 0.22),
            line=0.6,
            shade=0,
        )
    pen.ink([(0, shoulder + wide * 0.45), (0, hip * 1.02)], 0.4)


def _buttons(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    _collar(pen, who, shoulder, hip, wide)
    for index in range(3):
        pen.dot(wide * 0.12, shoulder + (hip - shoulder) * (0.36 + 0.2 * index), wide * 0.06, wide * 0.06, darker(body(who), 0.5))


def _school(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    _collar(pen, who, shoulder, hip, wide)
    pen.shape(
        [
            (0, shoulder + wide * 0.3),
            (wide * 0.16, shoulder + wide * 0.85),
            (0, shoulder + wide * 1.05),
            (-wide * 0.16, shoulder + wide * 0.85),
        ],
        (196, 44, 50),
        line=0.6,
        shade=0,
    )


def _batik(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    _motif(pen, shoulder + wide * 0.3, hip, wide * 0.85, 3)
    _collar(pen, who, shoulder, hip, wide)


def _kebaya(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    pen.shape(
        [
            (-wide * 0.34, shoulder),
            (0, shoulder + wide * 0.2),
            (wide * 0.34, shoulder),
            (wide * 0.1, hip * 1.25),
            (-wide * 0.1, hip * 1.25),
        ],
        lighter(who.top, 0.45),
        line=0.5,
        shade=0,
    )
    pen.shape(
        smooth(
            [(-wide * 0.98, hip * 1.22), (wide * 0.98, hip * 1.22), (wide * 0.95, hip * 1.02), (0, hip * 0.96), (-wide * 0.95, hip * 1.02)],
            3,
        ),
        who.top,
        line=0.8,
    )
    pen.dot(0, shoulder + wide * 0.62, wide * 0.1, wide * 0.1, GOLD)


def _apron(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    pen.shape(rounded(-wide * 0.56, shoulder + wide * 0.4, wide * 0.56, hip * 0.6, wide * 0.2), CREAM, line=0.8, shade=0.7)
    pen.shape(rounded(-wide * 0.3, hip * 1.08, wide * 0.3, hip * 0.82, wide * 0.1), lighter(who.top, 0.5), line=0.5, shade=0)


def _coat(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    for side in (-1, 1):
        pen.shape(
            smooth(
                [
                    (side * wide * 0.2, shoulder),
                    (side * wide * 0.9, shoulder + wide * 0.1),
                    (side * wide * 1.06, hip),
                    (side * wide * 1.08, hip * 0.5),
                    (side * wide * 0.42, hip * 0.48),
                    (side * wide * 0.36, shoulder + wide),
                ],
                3,
            ),
            CREAM,
            line=0.8,
            shade=0.6,
        )


def _royal(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    pen.shape(
        smooth(
            [
                (-wide * 0.9, shoulder),
                (wide * 0.9, shoulder),
                (wide * 0.5, shoulder + wide * 0.5),
                (0, shoulder + wide * 0.7),
                (-wide * 0.5, shoulder + wide * 0.5),
            ],
            4,
        ),
        GOLD,
        line=0.7,
    )
    pen.shape(rounded(-wide * 0.86, hip * 1.16, wide * 0.86, hip * 1.02, wide * 0.08), GOLD, line=0.7, shade=0.5)
    pen.dot(0, shoulder + wide * 0.42, wide * 0.11, wide * 0.11, (200, 48, 64))


def _hero(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    pen.shape(star(0, shoulder + wide * 0.8, wide * 0.44, wide * 0.2, 5), (255, 220, 76), line=0.6, shade=0)
    pen.shape(rounded(-wide * 0.84, hip * 1.14, wide * 0.84, hip * 1.02, wide * 0.06), (255, 220, 76), line=0.6, shade=0.4)


def _suit(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    pen.shape(
        rounded(-wide * 0.42, shoulder + wide * 0.6, wide * 0.42, shoulder + wide * 1.3, wide * 0.12), (150, 166, 190), line=0.7, shade=0.4
    )
    for x, colour in ((-0.2, (222, 72, 62)), (0.02, (250, 200, 70)), (0.24, (84, 176, 116))):
        pen.dot(wide * x, shoulder + wide * 0.95, wide * 0.08, wide * 0.08, colour)


def _overall(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    blue: Colour = (74, 108, 168)
    pen.shape(rounded(-wide * 0.6, shoulder + wide * 0.7, wide * 0.6, hip * 0.92, wide * 0.14), blue, line=0.8, shade=0.5)
    for side in (-1, 1):
        pen.shape(
            limb([(side * wide * 0.62, shoulder), (side * wide * 0.48, shoulder + wide * 0.8)], (wide * 0.2, wide * 0.2), 3),
            blue,
            line=0.6,
            shade=0,
        )
        pen.dot(side * wide * 0.46, shoulder + wide * 0.82, wide * 0.08, wide * 0.08, GOLD)


def _jacket(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    pen.shape(
        smooth([(-wide * 0.3, shoulder), (wide * 0.3, shoulder), (wide * 0.22, hip), (-wide * 0.22, hip)], 3), CREAM, line=0.6, shade=0.4
    )
    pen.ink([(-wide * 0.9, hip * 1.05), (wide * 0.9, hip * 1.05)], 0.5)


def _sash(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    for side in (-1, 1):
        towel = [
            (side * wide * 0.16, shoulder - wide * 0.06),
            (side * wide * 0.36, shoulder + wide * 0.3),
            (side * wide * 0.34, shoulder + wide * 1.1),
        ]
        pen.shape(limb(towel, (wide * 0.26, wide * 0.26, wide * 0.24), 4), CREAM, line=0.6, shade=0.4)
    pen.ink([(0, shoulder + wide * 0.7), (0, hip)], 0.4)


def _stripe(pen: Pen, who: Person, shoulder: float, hip: float, wide: float) -> None:
    middle = shoulder + (hip - shoulder) * 0.52
    band: list[Point] = [
        (-wide * 0.88, middle - wide * 0.14),
        (wide * 0.88, middle - wide * 0.14),
        (wide * 0.86, middle + wide * 0.16),
        (-wide * 0.86, middle + wide * 0.16),
    ]
    pen.flat(band, lighter(who.top, 0.5))
