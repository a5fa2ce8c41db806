"""Scenes indoors: classroom, kitchen, living room and throne hall."""

from common.drawing.buildings import GOLD, WOOD, paving, window
from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import Point, arc, limb, oval, rectangle, rounded, smooth, star
from common.drawing.pen import Pen
from common.drawing.plants import frond
from common.drawing.stage import Stage


def _room(s: Stage, wall: Colour, floor: Colour, planks: bool) -> float:
    """Wall, skirting and floor; returns the y where they meet."""
    pen, w = s.pen, s.width
    line = s.down(0.16)
    pen.wash(-w, -s.height, 2 * w, line, darker(wall, 0.1), wall, lighter(wall, 0.16))
    pen.glow(w * 0.3, s.horizon * 0.5, w * 0.7, s.horizon * 0.8, (255, 246, 214), 0.35)
    s.ground(line, floor)
    paving(pen, w, line, s.height * 1.1, w * 0.5, floor, 2 if planks else 7, 9)
    pen.shape(rectangle(-w, line - s.unit * 0.06, 2 * w, line + s.unit * 0.01), lighter(wall, 0.45), line=0.6, shade=0)
    return line


def _outlook(s: Stage, x: float, y: float, wide: float, high: float) -> None:
    """A window with the hour's sky behind it, and the light it throws."""
    window(s.pen, x, y, wide, high, mix(s.hour.sky[0], s.hour.sky[-1], 0.4))
    for side in (-1, 1):
        curtain = [
            (x + side * wide * 0.62, y - high * 0.58),
            (x + side * wide * 0.3, y - high * 0.58),
            (x + side * wide * 0.42, y + high * 0.1),
            (x + side * wide * 0.36, y + high * 0.6),
            (x + side * wide * 0.64, y + high * 0.6),
        ]
        s.pen.shape(smooth(curtain, 3), (240, 178, 120), line=0.7)
    s.pen.shape(
        limb([(x - wide * 0.72, y - high * 0.6), (x + wide * 0.72, y - high * 0.6)], (high * 0.04, high * 0.04), 3), WOOD, line=0.7, shade=0
    )


def classroom(s: Stage) -> None:
    """A primary school classroom: board, map, flag and desks."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    line = _room(s, (250, 232, 190), (206, 164, 116), True)
    x, y = w * rng.uniform(0.42, 0.58), line - u * 0.66
    pen.shape(rectangle(x - u * 0.68, y - u * 0.42, x + u * 0.68, y + u * 0.38), WOOD)
    pen.wash(x - u * 0.63, y - u * 0.37, x + u * 0.63, y + u * 0.33, (52, 110, 90), (64, 126, 102))
    chalk: Colour = (236, 244, 236)
    for index in range(3):
        for part in range(4):
            px = x + (part * 0.13 - 0.5) * u
            pen.stroke(
                [
                    (px, y + (index * 0.1 - 0.14) * u),
                    (px + u * 0.05, y + (index * 0.1 - 0.16) * u),
                    (px + u * 0.1 - index * 4, y + (index * 0.1 - 0.14) * u),
                ],
                5,
                chalk,
            )
    pen.stroke(arc(x + u * 0.36, y - u * 0.06, u * 0.16, u * 0.16, 0, 350, 18), 5, chalk)
    pen.stroke([(x + u * 0.36, y - u * 0.06), (x + u * 0.36, y - u * 0.2)], 5, chalk, curved=False)
    pen.shape(rectangle(x - u * 0.68, y + u * 0.38, x + u * 0.68, y + u * 0.42), darker(WOOD, 0.1), line=0.7, shade=0)
    for side in (-1, 1):
        _outlook(s, x + side * u * 1.12, y, u * 0.5, u * 0.6)
    flag_y = y - u * 0.66
    pen.shape(rectangle(x - u * 0.12, flag_y, x + u * 0.12, flag_y + u * 0.08), (222, 50, 56), line=0.6, shade=0)
    pen.shape(rectangle(x - u * 0.12, flag_y + u * 0.08, x + u * 0.12, flag_y + u * 0.16), (252, 250, 246), line=0.6, shade=0)
    for place, down, size in ((0.2, 0.26, 0.4), (0.52, 0.25, 0.38), (0.82, 0.26, 0.4), (0.02, 0.42, 0.6), (0.98, 0.42, 0.6)):
        desk(s, w * place, s.down(down) + u * 0.08, u * size)


def desk(s: Stage, x: float, y: float, wide: float) -> None:
    """A pupil's desk with books on it."""
    pen = s.pen
    for dx in (-0.4, 0.4):
        pen.shape(
            rectangle(x + dx * wide - wide * 0.03, y - wide * 0.4, x + dx * wide + wide * 0.03, y), darker(WOOD, 0.2), line=0.6, shade=0
        )
    pen.shape(
        [
            (x - wide * 0.46, y - wide * 0.52),
            (x + wide * 0.46, y - wide * 0.52),
            (x + wide * 0.54, y - wide * 0.38),
            (x - wide * 0.54, y - wide * 0.38),
        ],
        lighter(WOOD, 0.25),
        line=0.8,
    )
    pen.shape(rectangle(x - wide * 0.54, y - wide * 0.38, x + wide * 0.54, y - wide * 0.3), WOOD, line=0.8, shade=0.3)
    for index, colour in enumerate(((218, 82, 74), (70, 132, 190))):
        pen.shape(
            rectangle(x - wide * 0.2, y - wide * (0.49 + index * 0.06), x + wide * 0.16, y - wide * (0.43 + index * 0.06)),
            colour,
            line=0.6,
            shade=0,
        )


def kitchen(s: Stage) -> None:
    """A home kitchen: stove, shelves, window and a steaming wok."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    line = _room(s, (206, 228, 214), (222, 196, 160), False)
    tile: Colour = (236, 246, 240)
    pen.flat(rectangle(-w, line - u * 0.72, 2 * w, line - u * 0.06), tile)
    for index in range(34):
        px = -0.5 * w + index * u * 0.14
        pen.flat(rectangle(px, line - u * 0.72, px + 2, line - u * 0.06), darker(tile, 0.12))
    for index in range(5):
        pen.flat(rectangle(-w, line - u * (0.72 - index * 0.14), 2 * w, line - u * (0.72 - index * 0.14) + 2), darker(tile, 0.12))
    x = w * rng.uniform(0.36, 0.64)
    _outlook(s, x, line - u * 1.02, u * 0.6, u * 0.5)
    for side in (-1, 1):
        _shelf(s, x + side * u * 0.86, line - u * 0.96, u * 0.66)
    counter = line + u * 0.02
    pen.shape(rectangle(-w, counter - u * 0.42, 2 * w, counter + u * 0.08), (196, 132, 92), shade=0)
    for index in range(-4, 9):
        px = x + index * u * 0.42
        pen.shape(rounded(px + u * 0.03, counter - u * 0.34, px + u * 0.39, counter + u * 0.04, 8), (214, 152, 108), line=0.6, shade=0)
        pen.dot(px + u * 0.33, counter - u * 0.16, 5, 5, GOLD)
    pen.shape(rectangle(-w, counter - u * 0.47, 2 * w, counter - u * 0.4), (246, 240, 230), line=0.8, shade=0)
    sx = x + rng.choice((-0.72, 0.72)) * u
    pen.shape(rectangle(sx - u * 0.3, counter - u * 0.5, sx + u * 0.3, counter + u * 0.08), (226, 230, 236))
    pen.shape(rounded(sx - u * 0.22, counter - u * 0.3, sx + u * 0.22, counter, 10), (84, 92, 110), line=0.7, shade=0.3)
    pen.shape(arc(sx, counter - u * 0.64, u * 0.24, u * 0.14, 0, 180, 12), (66, 66, 78))
    pen.shape(oval(sx, counter - u * 0.64, u * 0.24, u * 0.05, 24), (240, 180, 90), line=0.8, shade=0)
    for dx, up in ((-0.1, 0.2), (0.06, 0.34), (0.0, 0.5)):
        pen.glow(sx + dx * u, counter - u * (0.66 + up), u * 0.15, u * 0.2, (255, 255, 255), 0.6)
    for index, colour in enumerate(((232, 84, 66), (126, 178, 80), (250, 190, 70))):
        pen.shape(oval(x + (index - 1) * u * 0.13, counter - u * 0.52, u * 0.07, u * 0.07, 16), colour, line=0.8)
    pen.shape(
        smooth(
            [
                (x - u * 0.26, counter - u * 0.52),
                (x + u * 0.26, counter - u * 0.52),
                (x + u * 0.16, counter - u * 0.42),
                (x - u * 0.16, counter - u * 0.42),
            ],
            3,
        ),
        (120, 160, 196),
    )


def _shelf(s: Stage, x: float, y: float, wide: float) -> None:
    pen = s.pen
    for row in range(2):
        py = y + row * wide * 0.44
        for index in range(4):
            px = x - wide * 0.36 + index * wide * 0.24
            tall = wide * s.rng.uniform(0.16, 0.28)
            pen.shape(
                rounded(px - wide * 0.08, py - tall, px + wide * 0.08, py, wide * 0.03),
                s.rng.choice(((230, 106, 82), (248, 204, 110), (120, 176, 156), (206, 222, 236))),
                line=0.7,
                shade=0.5,
            )
            pen.flat(rectangle(px - wide * 0.06, py - tall - wide * 0.02, px + wide * 0.06, py - tall + wide * 0.02), darker(WOOD, 0.2))
        pen.shape(rectangle(x - wide * 0.5, py, x + wide * 0.5, py + wide * 0.06), WOOD, line=0.7, shade=0)


def living_room(s: Stage) -> None:
    """A family's living room: sofa, lamp, pictures and a rug."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    line = _room(s, (246, 214, 182), (190, 142, 100), True)
    x = w * rng.uniform(0.4, 0.6)
    side = rng.choice((-1, 1))
    _outlook(s, x + side * u * 0.82, line - u * 0.82, u * 0.56, u * 0.66)
    for dx, dy, wide, colour in (
        (-0.2, 1.16, 0.34, (120, 170, 190)),
        (0.2, 1.06, 0.26, (236, 180, 110)),
        (-0.6, 1.04, 0.24, (160, 186, 120)),
    ):
        px, py = x + dx * u * -side * -1, line - dy * u
        pen.shape(rectangle(px - wide * u / 2, py - wide * u * 0.36, px + wide * u / 2, py + wide * u * 0.36), WOOD, line=0.8)
        pen.wash(px - wide * u * 0.43, py - wide * u * 0.29, px + wide * u * 0.43, py + wide * u * 0.29, lighter(colour, 0.5), colour)
        pen.flat(
            [
                (px - wide * u * 0.43, py + wide * u * 0.29),
                (px - wide * u * 0.1, py - wide * u * 0.08),
                (px + wide * u * 0.12, py + wide * u * 0.12),
                (px + wide * u * 0.28, py),
                (px + wide * u * 0.43, py + wide * u * 0.29),
            ],
            darker(colour, 0.25),
        )
    sofa: Colour = rng.choice(((92, 150, 150), (206, 112, 92), (122, 138, 190)))
    base = line + u * 0.14
    pen.glow(x, base, u * 0.95, u * 0.1, (40, 20, 30), 0.5)
    pen.shape(rounded(x - u * 0.72, base - u * 0.66, x + u * 0.72, base - u * 0.14, u * 0.14), sofa)
    for dx in (-0.33, 0.33):
        pen.shape(
            rounded(x + dx * u - u * 0.31, base - u * 0.3, x + dx * u + u * 0.31, base - u * 0.1, u * 0.06), lighter(sofa, 0.14), line=0.8
        )
    for dx in (-0.78, 0.78):
        pen.shape(rounded(x + dx * u - u * 0.12, base - u * 0.42, x + dx * u + u * 0.12, base, u * 0.08), darker(sofa, 0.06))
    pen.shape(rectangle(x - u * 0.7, base - u * 0.12, x + u * 0.7, base), darker(sofa, 0.14), line=0.8, shade=0)
    pen.shape(rounded(x - u * 0.56, base - u * 0.5, x - u * 0.3, base - u * 0.26, u * 0.05), (250, 210, 110), line=0.8)
    lx = x - side * u * 1.02
    pen.shape(rectangle(lx - 5, base - u * 0.95, lx + 5, base + u * 0.02), (120, 92, 70), line=0.7, shade=0)
    pen.glow(lx, base - u * 1.02, u * 0.62, u * 0.56, (255, 226, 150), 0.6)
    pen.shape(
        [
            (lx - u * 0.12, base - u * 1.2),
            (lx + u * 0.12, base - u * 1.2),
            (lx + u * 0.2, base - u * 0.94),
            (lx - u * 0.2, base - u * 0.94),
        ],
        (255, 232, 176),
    )
    px = x + side * u * 1.1
    for angle in (-130, -110, -90, -70, -50):
        frond(pen, px, base - u * 0.22, u * 0.5, angle, (84, 150, 96))
    pen.shape(
        smooth(
            [
                (px - u * 0.14, base - u * 0.26),
                (px + u * 0.14, base - u * 0.26),
                (px + u * 0.1, base + u * 0.02),
                (px - u * 0.1, base + u * 0.02),
            ],
            3,
        ),
        (206, 120, 80),
    )
    for scale, colour in ((1.0, (206, 84, 78)), (0.8, (250, 226, 180)), (0.58, (206, 84, 78))):
        pen.shape(oval(w * 0.5, s.down(0.58), u * 1.05 * scale, u * 0.36 * scale, 40), colour, line=0.6, shade=0)


def palace(s: Stage) -> None:
    """A throne hall with gilded columns and a red carpet."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    line = s.down(0.14)
    pen.wash(-w, -s.height, 2 * w, line, (110, 52, 62), (176, 96, 84), (238, 188, 132))
    pen.glow(w * 0.5, s.horizon * 0.8, w * 0.5, s.horizon * 0.8, (255, 226, 160), 0.7)
    floor: Colour = (226, 196, 154)
    s.ground(line, floor, (170, 126, 104))
    paving(pen, w, line, s.height * 1.1, w * 0.5, floor, 7, 9)
    middle = w * 0.5
    for side in (-1, 1):
        for depth, x in enumerate((0.34, 0.72, 1.18)):
            _column(
                pen, middle + side * x * u * 0.9, line + u * (0.02 + depth * 0.13), u * (0.1 + depth * 0.035), s.horizon * 1.35 + u * 0.1
            )
    pen.shape(
        [(middle - u * 0.2, line), (middle + u * 0.2, line), (middle + u * 0.95, s.height * 1.15), (middle - u * 0.95, s.height * 1.15)],
        (190, 44, 56),
        line=0.6,
        shade=0,
    )
    for side in (-1, 1):
        pen.flat(
            [
                (middle + side * u * 0.17, line),
                (middle + side * u * 0.19, line),
                (middle + side * u * 0.88, s.height * 1.15),
                (middle + side * u * 0.8, s.height * 1.15),
            ],
            GOLD,
        )
    for step in range(3):
        half = u * (0.42 + step * 0.09)
        pen.shape(
            rectangle(middle - half, line - u * 0.12 + step * u * 0.05, middle + half, line - u * 0.06 + step * u * 0.05),
            (236, 212, 172),
            line=0.7,
            shade=0,
        )
    pen.shape(
        smooth(
            [
                (middle - u * 0.24, line - u * 0.12),
                (middle - u * 0.26, line - u * 0.7),
                (middle - u * 0.1, line - u * 0.86),
                (middle, line - u * 0.96),
                (middle + u * 0.1, line - u * 0.86),
                (middle + u * 0.26, line - u * 0.7),
                (middle + u * 0.24, line - u * 0.12),
            ],
            4,
        ),
        GOLD,
    )
    pen.shape(rounded(middle - u * 0.17, line - u * 0.7, middle + u * 0.17, line - u * 0.3, 12), (176, 40, 54), line=0.7)
    pen.shape(rounded(middle - u * 0.3, line - u * 0.34, middle + u * 0.3, line - u * 0.24, 10), GOLD, line=0.8)
    pen.flat(star(middle, line - u * 0.84, u * 0.06, u * 0.025, 5), (255, 246, 214))
    for side in (-1, 1):
        banner = [
            (middle + side * u * 0.62 - u * 0.1, line - u * 1.35),
            (middle + side * u * 0.62 + u * 0.1, line - u * 1.35),
            (middle + side * u * 0.62 + u * 0.1, line - u * 0.75),
            (middle + side * u * 0.62, line - u * 0.66),
            (middle + side * u * 0.62 - u * 0.1, line - u * 0.75),
        ]
        pen.shape(banner, (66, 96, 150), line=0.8)
        pen.flat(star(middle + side * u * 0.62, line - u * 1.06, u * 0.065, u * 0.028, 8), GOLD)
    y = s.horizon * 0.3
    pen.glow(middle, y, u * 0.6, u * 0.4, (255, 234, 170), 0.8)
    pen.ink([(middle, -60), (middle, y - u * 0.1)], 0.8)
    pen.shape(arc(middle, y - u * 0.04, u * 0.34, u * 0.14, 0, 180, 14), GOLD, line=0.8)
    for index in range(5):
        pen.shape(oval(middle + (index - 2) * u * 0.15, y - u * 0.09, u * 0.03, u * 0.05, 12), (255, 248, 214), line=0.6, shade=0)
    if rng.random() < 0.5:
        pen.glow(w * 0.1, s.horizon * 0.5, u * 0.7, u * 1.2, (255, 240, 190), 0.35)


def _column(pen: Pen, x: float, y: float, wide: float, high: float) -> None:
    stone: Colour = (244, 224, 190)
    pen.shape(rectangle(x - wide * 0.42, y - high, x + wide * 0.42, y), stone)
    for dx in (-0.18, 0.06):
        pen.flat(rectangle(x + dx * wide, y - high, x + dx * wide + wide * 0.06, y), darker(stone, 0.14))
    base: list[Point] = rectangle(x - wide * 0.62, y - wide * 0.34, x + wide * 0.62, y)
    pen.shape(base, GOLD, line=0.8)
