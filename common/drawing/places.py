"""Scenes where people live out of doors: village, market, city, temple, mosque yard and food stall."""

from common.drawing.buildings import GOLD, STONE, WOOD, bunting, fence, house, lamp_post, monas, mosque, paving, spire, stall, stupa, tower
from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import Point, arc, limb, oval, rectangle, rounded, smooth
from common.drawing.outdoors import grove, peak
from common.drawing.plants import bush, meadow, palm, tree
from common.drawing.skies import sky
from common.drawing.stage import Stage

WALLS: tuple[Colour, ...] = ((246, 226, 188), (222, 236, 226), (250, 214, 190), (216, 226, 244))


def village(s: Stage) -> None:
    """A lane between tiled houses with hills behind."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    sky(pen, s.hour, rng, w, s.horizon)
    s.range(s.horizon, u * 0.55, 3, (112, 152, 150), 0.45)
    s.treeline(s.horizon + 12, u * 0.34, (84, 146, 84), 0.24)
    s.ground(s.horizon + u * 0.04, (150, 190, 100))
    lane: list[Point] = [
        (w * 0.46, s.down(0.05)),
        (w * 0.54, s.down(0.05)),
        (w * 0.66, s.down(0.3)),
        (w * 1.1, s.height * 1.2),
        (w * -0.1, s.height * 1.2),
        (w * 0.34, s.down(0.3)),
    ]
    pen.shape(smooth(lane, 4), (222, 188, 138), line=0.5, shade=0)
    roofs: tuple[Colour, ...] = ((198, 92, 66), (170, 88, 66), (132, 96, 84))
    order = rng.sample(WALLS, 4)
    house(pen.distant(0.2), rng, w * 0.36, s.down(0.1), u * 0.42, order[0], roofs[1])
    house(pen.distant(0.16), rng, w * 0.68, s.down(0.11), u * 0.46, order[1], roofs[0])
    side = rng.choice((0.12, 0.88))
    grove(s, w * (1 - side) - u * 0.1, s.down(0.2))
    house(pen, rng, w * (1 - side), s.down(0.28), u * 0.8, order[2], roofs[2])
    house(pen, rng, w * side, s.down(0.36), u * 1.05, order[3], roofs[0])
    fence(pen, w * side - u * 0.6, w * side + u * 0.6, s.down(0.44), u * 0.2)
    bush(pen, rng, w * (1 - side), s.down(0.4), u * 0.4, flowers=(246, 130, 150))
    palm(pen, rng, w * (1.06 - side), s.down(0.42), u * 1.7)
    meadow(pen, rng, w, s.down(0.42), s.height, (120, 168, 80), 24)


def market(s: Stage) -> None:
    """A market street: two rows of stalls under flags."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    sky(pen, s.hour, rng, w, s.horizon, 2)
    for index in range(5):
        house(
            pen.distant(0.35),
            rng,
            w * (0.02 + index * 0.24),
            s.horizon + u * 0.1,
            u * 0.52,
            WALLS[index % 4],
            ((198, 92, 66), (150, 110, 96))[index % 2],
        )
    floor: Colour = (216, 194, 164)
    s.ground(s.horizon + u * 0.08, floor)
    paving(pen, w, s.horizon + u * 0.08, s.height * 1.1, w * 0.5, floor)
    cloths: list[Colour] = rng.sample(((222, 76, 66), (64, 140, 188), (84, 160, 96), (240, 160, 60), (146, 90, 160)), 5)
    for x, part, wide in ((0.3, 0.08, 0.36), (0.72, 0.08, 0.36), (0.1, 0.2, 0.56), (0.92, 0.2, 0.56)):
        stall(pen, rng, w * x, s.down(part) + u * 0.05, u * wide, cloths.pop())
    bunting(pen, -0.1 * w, 0.6 * w, s.horizon - u * 0.5, u * 0.2)
    bunting(pen, 0.4 * w, 1.1 * w, s.horizon - u * 0.62, u * 0.22)
    cloth: Colour = rng.choice(((222, 76, 66), (64, 140, 188), (240, 160, 60)))
    stall(pen, rng, w * rng.choice((-0.02, 1.02)), s.down(0.46), u * 0.95, cloth)
    for part in (0.2, 0.8):
        basket(s, w * (part + rng.uniform(-0.08, 0.08)), s.down(0.5), u * 0.24)


def basket(s: Stage, x: float, y: float, wide: float) -> None:
    """A woven basket full of vegetables."""
    for index in range(6):
        colour: Colour = ((112, 170, 76), (232, 96, 66), (250, 186, 70))[index % 3]
        s.pen.shape(
            oval(x + (index - 2.5) * wide * 0.16, y - wide * (0.5 + 0.08 * (index % 2)), wide * 0.14, wide * 0.14, 14), colour, line=0.7
        )
    s.pen.shape(
        smooth([(x - wide * 0.5, y - wide * 0.46), (x + wide * 0.5, y - wide * 0.46), (x + wide * 0.38, y), (x - wide * 0.38, y)], 3),
        (196, 148, 92),
    )
    for up in (0.14, 0.28):
        s.pen.ink([(x - wide * 0.42, y - wide * up), (x + wide * 0.42, y - wide * up)], 0.4)


def city(s: Stage) -> None:
    """Jakarta's skyline with the national monument, most itself at night."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    night = s.hour.name in ("night", "evening")
    sky(pen, s.hour, rng, w, s.horizon, 2)
    lights: tuple[Colour, ...] = ((255, 222, 130), (255, 240, 190), (160, 220, 250))
    if night:
        pen.glow(w * 0.5, s.horizon, w * 0.9, u * 0.8, (255, 168, 110), 0.42)
    for far, count, high, wall in ((0.5, 13, 1.1, (110, 122, 158)), (0.26, 9, 0.9, (84, 96, 138))):
        layer = pen.distant(far)
        for index in range(count):
            wide = 1.5 * w / count
            tone: Colour = mix(wall, (126, 104, 128), rng.random())
            tower(
                layer,
                rng,
                -0.25 * w + index * wide,
                s.horizon + u * 0.1,
                wide * rng.uniform(0.66, 0.94),
                u * high * rng.uniform(0.45, 1.15),
                tone,
                rng.choice(lights) if night else None,
            )
    monas(pen, w * rng.choice((0.34, 0.62)), s.horizon + u * 0.12, u * 1.25)
    s.treeline(s.horizon + u * 0.16, u * 0.14, (52, 98, 78), 0.05, 26)
    s.ground(s.horizon + u * 0.14, (92, 96, 116), (62, 64, 86))
    road: list[Point] = [
        (w * 0.44, s.horizon + u * 0.14),
        (w * 0.56, s.horizon + u * 0.14),
        (w * 1.3, s.down(0.62)),
        (w * -0.3, s.down(0.62)),
    ]
    pen.shape(road, (74, 78, 98), line=0.4, shade=0)
    for part in (0.1, 0.24, 0.42):
        y = s.horizon + u * 0.14 + (s.down(0.62) - s.horizon - u * 0.14) * part * 1.6
        pen.flat(
            [
                (w * 0.5 - 3 - part * 12, y),
                (w * 0.5 + 3 + part * 12, y),
                (w * 0.5 + 5 + part * 22, y + 14 + part * 50),
                (w * 0.5 - 5 - part * 22, y + 14 + part * 50),
            ],
            (240, 236, 214),
        )
    car(s, w * 0.33, s.down(0.34), u * 0.42, rng.choice(((214, 70, 66), (240, 190, 70))), night)
    car(s, w * 0.7, s.down(0.24), u * 0.26, (84, 140, 200), night)
    for part in (0.06, 0.95):
        lamp_post(pen, w * part, s.down(0.52), u * 1.3, night)
    pavement = s.down(0.56)
    s.ground(pavement, (190, 184, 186), (150, 144, 156))
    pen.flat(rectangle(-w, pavement - u * 0.02, 2 * w, pavement + u * 0.02), (226, 222, 218))
    paving(pen, w, pavement, s.height * 1.1, w * 0.5, (190, 184, 186), 4, 7)


def car(s: Stage, x: float, y: float, wide: float, colour: Colour, night: bool) -> None:
    """A small car that comes towards us."""
    pen = s.pen
    pen.glow(x, y, wide * 0.6, wide * 0.14, (20, 16, 36), 0.6)
    for dx in (-0.34, 0.34):
        pen.shape(
            rounded(x + dx * wide - wide * 0.09, y - wide * 0.2, x + dx * wide + wide * 0.09, y, wide * 0.05),
            (44, 42, 52),
            line=0.6,
            shade=0,
        )
    pen.shape(
        smooth(
            [
                (x - wide * 0.32, y - wide * 0.4),
                (x - wide * 0.24, y - wide * 0.66),
                (x + wide * 0.24, y - wide * 0.66),
                (x + wide * 0.32, y - wide * 0.4),
            ],
            3,
        ),
        (176, 214, 232),
        line=0.8,
    )
    pen.shape(rounded(x - wide * 0.46, y - wide * 0.44, x + wide * 0.46, y - wide * 0.1, wide * 0.12), colour)
    for dx in (-0.3, 0.3):
        if night:
            pen.glow(x + dx * wide, y - wide * 0.28, wide * 0.4, wide * 0.3, (255, 240, 180), 0.7)
        pen.under((255, 255, 255), 0).shape(
            oval(x + dx * wide, y - wide * 0.28, wide * 0.08, wide * 0.07, 16), (255, 250, 220), line=0.6, shade=0
        )


def temple(s: Stage) -> None:
    """Temple towers and stupas over a lawn, with stairs that lead up to them."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    sky(pen, s.hour, rng, w, s.horizon)
    peak(s, w * rng.choice((0.2, 0.8)), s.horizon, u * 1.5, u * 0.7, (130, 148, 184), 0.55)
    s.treeline(s.horizon + 8, u * 0.22, (92, 146, 96), 0.3)
    base = s.down(0.18)
    middle = w * rng.uniform(0.4, 0.6)
    far = pen.distant(0.12)
    for dx, high in ((-0.62, 0.95), (0.62, 0.95), (0.0, 1.5)):
        spire(
            far if dx else pen,
            middle + dx * u,
            base - u * 0.02,
            u * (0.4 if dx else 0.56),
            u * high,
            mix(STONE, (168, 146, 120), 0.5 if dx else 0.25),
        )
    s.ground(base, (146, 186, 96))
    for tier in range(3):
        wide, top = u * (1.5 + tier * 0.4), base + u * 0.07 * tier
        pen.shape(
            rectangle(middle - wide, top - u * 0.02, middle + wide, top + u * 0.08), lighter(STONE, 0.12 - tier * 0.06), line=0.8, shade=0.3
        )
    for step in range(6):
        y = base + u * 0.04 * step
        half = u * (0.16 + 0.02 * step)
        pen.shape(rectangle(middle - half, y - u * 0.03, middle + half, y + u * 0.02), lighter(STONE, 0.3), line=0.6, shade=0)
    for side in (-1, 1):
        stupa(pen, middle + side * u * 0.55, base + u * 0.24, u * 0.3)
        stupa(pen, middle + side * u * 1.0, base + u * 0.26, u * 0.3)
    path: list[Point] = [
        (middle - u * 0.24, base + u * 0.25),
        (middle + u * 0.24, base + u * 0.25),
        (w * 0.86, s.height * 1.15),
        (w * 0.14, s.height * 1.15),
    ]
    pen.shape(path, (214, 200, 172), line=0.5, shade=0)
    for index in range(5):
        y = base + u * 0.3 + (s.height - base) * (index / 5) ** 1.3
        pen.flat(rectangle(w * 0.2, y, w * 0.8, y + 2 + index), (196, 180, 152))
    meadow(pen, rng, w, s.down(0.5), s.height, (122, 166, 82), 22)
    for part in (0.02, 0.98):
        tree(pen, rng, w * part, s.down(0.4), u * rng.uniform(0.9, 1.3))


def mosque_yard(s: Stage) -> None:
    """The yard of a white mosque with a green dome."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    sky(pen, s.hour, rng, w, s.horizon)
    s.treeline(s.horizon + 10, u * 0.3, (96, 156, 98), 0.35)
    if s.hour.name in ("night", "evening"):
        pen.glow(w * 0.5, s.horizon, w * 0.6, u, (255, 214, 150), 0.4)
    mosque(pen, w * rng.uniform(0.42, 0.58), s.down(0.14), u * 1.3)
    floor: Colour = (232, 222, 204)
    s.ground(s.down(0.13), floor)
    paving(pen, w, s.down(0.13), s.height * 1.1, w * 0.5, floor, 8, 8)
    for part in (0.02, 0.97):
        palm(pen, rng, w * part, s.down(0.3), u * rng.uniform(1.3, 1.6))
        bush(pen, rng, w * part, s.down(0.34), u * 0.46, flowers=(250, 240, 240))
    for part in (0.2, 0.8):
        lamp_post(pen, w * part, s.down(0.24), u * 0.8, s.hour.name == "night")


def food_stall(s: Stage) -> None:
    """A food stall by the road: a cart under a lamp, benches and a steaming pot."""
    pen, rng, w, u = s.pen, s.rng, s.width, s.unit
    sky(pen, s.hour, rng, w, s.horizon, 2)
    for index in range(4):
        house(pen.distant(0.3), rng, w * (0.0 + index * 0.33), s.horizon + u * 0.1, u * 0.62, WALLS[index], (150, 104, 92))
    floor: Colour = (196, 178, 160)
    s.ground(s.horizon + u * 0.08, floor)
    x, y = w * rng.uniform(0.44, 0.58), s.down(0.24)
    for dx in (-0.74, 0.74):
        pen.shape(rectangle(x + dx * u - 6, y - u * 1.0, x + dx * u + 6, y + u * 0.06), WOOD, line=0.7)
    pen.shape(
        [(x - u * 0.92, y - u * 0.82), (x - u * 0.72, y - u * 1.14), (x + u * 0.72, y - u * 1.14), (x + u * 0.92, y - u * 0.82)],
        (222, 84, 70),
    )
    for index in range(7):
        left = x - u * 0.92 + index * u * 1.84 / 7
        pen.shape(
            arc(left + u * 0.131, y - u * 0.82, u * 0.131, u * 0.07, 0, 180, 8),
            (250, 240, 220) if index % 2 else (222, 84, 70),
            line=0.6,
            shade=0,
        )
    pen.glow(x, y - u * 0.62, u * 0.9, u * 0.6, (255, 220, 140), 0.75 if s.hour.name != "day" else 0.35)
    pen.shape(rectangle(x - u * 0.6, y - u * 0.42, x + u * 0.6, y + u * 0.05), (84, 152, 160))
    pen.shape(rectangle(x - u * 0.66, y - u * 0.46, x + u * 0.66, y - u * 0.4), WOOD, line=0.8, shade=0.4)
    pen.shape(rounded(x - u * 0.46, y - u * 0.32, x + u * 0.3, y - u * 0.1, 10), (250, 240, 214), line=0.7, shade=0)
    for index in range(5):
        pen.flat(
            rounded(x - u * 0.4 + index * u * 0.135, y - u * 0.25, x - u * 0.3 + index * u * 0.135, y - u * 0.17, 5),
            ((214, 70, 62), (232, 150, 60))[index % 2],
        )
    pen.shape(
        smooth([(x + u * 0.2, y - u * 0.46), (x + u * 0.22, y - u * 0.64), (x + u * 0.5, y - u * 0.64), (x + u * 0.52, y - u * 0.46)], 3),
        (176, 182, 190),
    )
    for dx in (0.28, 0.36, 0.44):
        pen.glow(x + dx * u, y - u * 0.78, u * 0.1, u * 0.2, (255, 255, 255), 0.55)
    for index, colour in enumerate(((232, 96, 70), (250, 196, 80), (126, 176, 84))):
        px = x - u * 0.46 + index * u * 0.19
        pen.shape(rounded(px, y - u * 0.66, px + u * 0.12, y - u * 0.46, 8), (222, 238, 242), line=0.7, shade=0.4)
        pen.flat(rectangle(px + 4, y - u * 0.58, px + u * 0.12 - 4, y - u * 0.47), colour)
    pen.shape(oval(x, y - u * 0.9, u * 0.06, u * 0.07, 18), (255, 240, 180), line=0.7, shade=0)
    for side in (-1, 1):
        bx, by = x + side * u * 0.62, s.down(0.42)
        for dx in (-0.2, 0.2):
            pen.shape(
                limb([(bx + dx * u, by - u * 0.14), (bx + dx * u * 1.1, by + u * 0.04)], (u * 0.04, u * 0.035), 3),
                darker(WOOD, 0.2),
                line=0.7,
                shade=0,
            )
        pen.shape(rounded(bx - u * 0.3, by - u * 0.19, bx + u * 0.3, by - u * 0.12, 8), WOOD)
    lamp_post(pen, w * rng.choice((0.03, 0.94)), s.down(0.3), u * 1.2, s.hour.name in ("night", "evening"))
    pen.dot(x, y - u * 0.9, u * 0.02, u * 0.02, GOLD)
