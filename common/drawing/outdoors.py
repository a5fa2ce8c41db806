"""Scenes in nature: river, forest, rice fields, beach, volcano and park."""

from common.drawing.colours import Colour, darker, lighter, mix
from common.drawing.geometry import Point, arc, blob, limb, rectangle, rounded, smooth
from common.drawing.plants import DEEP, LEAF, STRAW, bamboo, banana, bush, flower, grass, meadow, palm, reeds, rice, stone, tree
from common.drawing.skies import ripples, sky
from common.drawing.stage import Stage

GRASS: Colour = (124, 178, 88)
SAND: Colour = (242, 216, 160)
WATER: Colour = (88, 168, 196)
EARTH: Colour = (186, 144, 96)


def riverbank(s: Stage) -> None:
    """A slow river between wooded hills, seen from its grassy bank."""
    pen, rng, w = s.pen, s.rng, s.width
    sky(pen, s.hour, rng, w, s.horizon)
    s.range(s.horizon - 6, s.unit * 0.75, 3, (112, 140, 176), 0.55)
    s.range(s.horizon, s.unit * 0.36, 4, (92, 146, 112), 0.36)
    s.treeline(s.horizon + 8, s.unit * 0.34, (66, 130, 84), 0.2)
    bank = s.down(0.4)
    pen.wash(-w, s.horizon, 2 * w, bank + s.height * 0.1, mix(WATER, s.hour.sky[-1], 0.55), WATER, darker(WATER, 0.2))
    pen.wash(-w, s.horizon, 2 * w, s.horizon + s.unit * 0.1, mix(WATER, (66, 130, 84), 0.6), mix(WATER, s.hour.sky[-1], 0.4))
    ripples(pen, rng, -0.1 * w, 1.1 * w, s.horizon + 16, bank, lighter(WATER, 0.5), 26)
    edge = [
        (-0.4 * w, bank + s.unit * 0.1),
        (0.0, bank + s.unit * 0.04),
        (0.3 * w, bank + s.unit * 0.12),
        (0.62 * w, bank - s.unit * 0.02),
        (1.0 * w, bank + s.unit * 0.06),
        (1.4 * w, bank),
    ]
    shore = smooth(edge, 8, closed=False)
    pen.shape(
        [(x, y - s.unit * 0.02) for x, y in shore] + [(1.5 * w, s.height * 1.3), (-0.5 * w, s.height * 1.3)], darker(EARTH, 0.12), shade=0
    )
    pen.shape(
        [(x, y + s.unit * 0.03) for x, y in shore] + [(1.5 * w, s.height * 1.3), (-0.5 * w, s.height * 1.3)], GRASS, line=0.6, shade=0
    )
    pen.wash(-w, bank + s.unit * 0.26, 2 * w, s.height * 1.3, GRASS, darker(GRASS, 0.3))
    for part in (0.08, 0.34, 0.9):
        stone(pen, rng, (part + rng.uniform(-0.05, 0.05)) * w, bank + s.unit * 0.16, s.unit * rng.uniform(0.16, 0.3))
    reeds(pen, rng, w * rng.uniform(0.02, 0.2), bank + s.unit * 0.12, s.unit * 0.55)
    reeds(pen, rng, w * rng.uniform(0.8, 0.98), bank + s.unit * 0.1, s.unit * 0.5)
    tree(pen, rng, rng.choice((-0.02, 1.0)) * w, bank + s.unit * 0.3, s.unit * 1.7, LEAF)
    meadow(pen, rng, w, bank + s.unit * 0.3, s.height, darker(GRASS, 0.2), 34)


def forest(s: Stage) -> None:
    """A tropical forest: trunks behind trunks, light from a gap in the leaves."""
    pen, rng, w = s.pen, s.rng, s.width
    floor = s.down(0.22)
    pen.wash(-w, -s.height, 2 * w, floor, DEEP, (92, 156, 104), (206, 226, 150), (226, 236, 178))
    pen.glow(w * 0.5, s.horizon * 0.7, w * 0.62, s.horizon * 0.8, (255, 250, 206), 0.8)
    for far, count, base in ((0.62, 12, 0.0), (0.36, 8, 0.1)):
        layer = pen.distant(far)
        for index in range(count):
            x = (index + rng.random() * 0.8) / count * 1.5 * w - 0.25 * w
            wide = s.unit * rng.uniform(0.05, 0.09) * (1.6 - far)
            layer.shape(
                limb(
                    [(x, s.down(base) + 16), (x + rng.uniform(-12, 12), s.horizon * 0.4), (x + rng.uniform(-20, 20), -60)],
                    (wide * 1.5, wide, wide * 0.8),
                    5,
                ),
                (112, 92, 70),
                shade=0.7,
            )
        for _ in range(count):
            layer.shape(
                blob(rng, rng.uniform(-0.2, 1.2) * w, s.down(base) - s.unit * 0.02, s.unit * 0.32, s.unit * 0.15, 8, 0.18),
                mix(LEAF, DEEP, 1 - far),
                shade=0.6,
            )
    s.ground(floor, (126, 150, 82), (74, 100, 66))
    path: list[Point] = [
        (w * 0.46, floor),
        (w * 0.56, floor),
        (w * 0.74, s.down(0.6)),
        (w * 1.0, s.height * 1.2),
        (w * 0.04, s.height * 1.2),
        (w * 0.36, s.down(0.6)),
    ]
    pen.shape(smooth(path, 5), (190, 160, 108), line=0.4, shade=0)
    for index in range(7):
        y = -s.height * 0.02 + rng.random() * s.horizon * 0.16
        pen.shape(blob(rng, (index / 6 * 1.3 - 0.15) * w, y, s.unit * 0.5, s.unit * 0.3, 10, 0.14), mix(DEEP, LEAF, rng.random() * 0.7))
    for side in (0, 1):
        x = (0.0 if side == 0 else 1.0) * w + rng.uniform(-0.06, 0.06) * w
        wide = s.unit * rng.uniform(0.22, 0.32)
        trunk = [
            (x - wide * 1.4, s.down(0.34) + wide * 0.4),
            (x - wide * 0.6, s.down(0.2)),
            (x - wide * 0.45, s.horizon * 0.4),
            (x - wide * 0.6, -80),
            (x + wide * 0.6, -80),
            (x + wide * 0.45, s.horizon * 0.4),
            (x + wide * 0.6, s.down(0.2)),
            (x + wide * 1.4, s.down(0.34) + wide * 0.4),
        ]
        pen.shape(smooth(trunk, 5), (118, 86, 62))
        for _ in range(4):
            px, py = x + rng.uniform(-0.3, 0.3) * wide, s.horizon * rng.uniform(0.2, 1.1)
            pen.ink([(px, py), (px + 4, py + s.unit * 0.12)], 0.5)
        liana = x + (wide * 0.9 if side == 0 else -wide * 0.9)
        pen.stroke([(liana, -40), (liana + 18, s.horizon * 0.4), (liana - 6, s.horizon * 0.86)], s.unit * 0.018, (76, 122, 66))
    for _ in range(5):
        bush(
            pen,
            rng,
            rng.choice((rng.uniform(-0.05, 0.2), rng.uniform(0.8, 1.05))) * w,
            s.down(rng.uniform(0.26, 0.5)),
            s.unit * rng.uniform(0.24, 0.4),
            mix(LEAF, DEEP, rng.random()),
            rng.choice((None, (240, 120, 140), (250, 210, 90))),
        )
    meadow(pen, rng, w, s.down(0.3), s.height, (88, 138, 70), 30)


def paddies(s: Stage) -> None:
    """Terraced rice fields below a volcano."""
    pen, rng, w = s.pen, s.rng, s.width
    sky(pen, s.hour, rng, w, s.horizon)
    peak(s, w * rng.choice((0.28, 0.68)), s.horizon + 4, s.unit * 1.9, s.unit * 0.95, (122, 146, 182), 0.5)
    s.range(s.horizon, s.unit * 0.22, 5, (104, 158, 110), 0.34)
    s.treeline(s.horizon + 6, s.unit * 0.2, (74, 140, 82), 0.22, 26)
    steps = 6
    for index in range(steps):
        y = s.down(0.02 + 0.62 * (index / steps) ** 1.3)
        tone = ((158, 200, 90), (128, 184, 84), (186, 206, 96))[index % 3]
        sway = s.unit * 0.05 * (1 + index * 0.5)
        edge = smooth(
            [
                (-0.4 * w, y + sway),
                (0.05 * w, y - sway * 0.4),
                (0.35 * w, y + sway * 0.8),
                (0.7 * w, y - sway * 0.5),
                (1.0 * w, y + sway * 0.6),
                (1.4 * w, y - sway),
            ],
            8,
            closed=False,
        )
        low: list[Point] = [(1.4 * w, s.height * 1.3), (-0.4 * w, s.height * 1.3)]
        pen.shape([(x, py + 5 + index * 2) for x, py in edge] + low, darker(EARTH, 0.1), line=0.5, shade=0)
        pen.shape([(x, py + 14 + index * 6) for x, py in edge] + low, tone, line=0.5, shade=0)
        if index % 3 == 1:
            pen.shape(
                [(x, py + 22 + index * 7) for x, py in edge] + [(x, py + 34 + index * 12) for x, py in edge[::-1]],
                mix(WATER, s.hour.sky[-1], 0.5),
                line=0.3,
                shade=0,
            )
        for row in range(2 if pen.style.clutter > 0.5 else 1):
            rice(pen, rng, -0.1 * w, 1.1 * w, y + (30 + row * 30) * (0.5 + index * 0.28), 13 + index * 6, darker(tone, 0.2))
    hut(s, w * rng.choice((0.2, 0.8)), s.down(0.3), s.unit * 0.62)
    for part in (0.04, 0.96):
        palm(pen, rng, w * part, s.down(0.3), s.unit * rng.uniform(1.1, 1.4))
    s.ground(s.down(0.66), (176, 142, 94), (132, 102, 74))
    pen.shape(
        [(x, s.down(0.66) + rng.uniform(-6, 6)) for x in range(int(-0.2 * w), int(1.2 * w), 40)]
        + [(1.2 * w, s.down(0.71)), (-0.2 * w, s.down(0.71))],
        (132, 184, 84),
        line=0.5,
        shade=0,
    )
    meadow(pen, rng, w, s.down(0.7), s.height, (104, 160, 76), 26)


def hut(s: Stage, x: float, y: float, wide: float) -> None:
    """A field hut: a thatched roof on four posts."""
    pen = s.pen
    for dx in (-0.34, 0.34, -0.2, 0.2):
        pen.shape(rectangle(x + dx * wide - 4, y - wide * 0.62, x + dx * wide + 4, y), (128, 92, 60), line=0.6, shade=0.4)
    pen.shape(rectangle(x - wide * 0.4, y - wide * 0.24, x + wide * 0.4, y - wide * 0.17), (168, 124, 80), line=0.7, shade=0)
    pen.shape(
        smooth(
            [
                (x, y - wide * 1.06),
                (x + wide * 0.62, y - wide * 0.52),
                (x + wide * 0.3, y - wide * 0.5),
                (x - wide * 0.3, y - wide * 0.5),
                (x - wide * 0.62, y - wide * 0.52),
            ],
            3,
        ),
        STRAW,
    )
    for dx in (-0.3, -0.1, 0.12, 0.32):
        pen.ink([(x + dx * wide * 0.3, y - wide * 0.92), (x + dx * wide * 1.2, y - wide * 0.54)], 0.4)


def peak(s: Stage, x: float, y: float, wide: float, high: float, colour: Colour, far: float, smoke: bool = False) -> None:
    """A volcano's cone, with a plume if it smokes."""
    pen, rng = s.pen.distant(far), s.rng
    if smoke:
        for index in range(9):
            part = index / 8
            pen.shape(
                blob(
                    rng,
                    x + part * part * wide * 0.3 + rng.uniform(-8, 8),
                    y - high - part * high * 0.75,
                    wide * (0.05 + 0.11 * part),
                    wide * (0.05 + 0.08 * part),
                    8,
                    0.2,
                ),
                mix((196, 186, 190), (120, 108, 120), 1 - part),
                line=0.6,
            )
    left = [(x - wide * 0.75, y), (x - wide * 0.42, y - high * 0.3), (x - wide * 0.18, y - high * 0.78), (x - wide * 0.09, y - high)]
    right = [(x + wide * 0.09, y - high * 0.98), (x + wide * 0.2, y - high * 0.74), (x + wide * 0.44, y - high * 0.28), (x + wide * 0.8, y)]
    pen.shape(
        smooth([*left, (x, y - high * 0.95), *right], 5, closed=False)
        + [(x + wide * 0.8, y + high * 0.2), (x - wide * 0.75, y + high * 0.2)],
        colour,
    )
    for dx in (-0.05, 0.04, 0.1):
        pen.ink([(x + dx * wide, y - high * 0.82), (x + dx * 2.4 * wide, y - high * 0.5), (x + dx * 3.4 * wide, y - high * 0.24)], 0.5)


def beach(s: Stage) -> None:
    """A sandy beach with palms and an outrigger."""
    pen, rng, w = s.pen, s.rng, s.width
    sky(pen, s.hour, rng, w, s.horizon)
    s.pen.distant(0.45).shape(
        [*arc(w * rng.uniform(0.2, 0.8), s.horizon + 4, w * 0.24, s.unit * 0.2, 180, 360, 18)], (96, 150, 120), shade=0.6
    )
    shore = s.down(0.36)
    pen.wash(-w, s.horizon, 2 * w, shore + s.unit * 0.2, mix((58, 148, 190), s.hour.sky[-1], 0.3), (62, 164, 196), (132, 212, 212))
    ripples(pen, rng, -0.1 * w, 1.1 * w, s.horizon + 12, shore - 12, (226, 246, 246), 26)
    x, y = w * rng.uniform(0.3, 0.7), s.down(0.16)
    boat(s, x, y, s.unit * 0.5)
    for lift, colour in ((0.0, (250, 252, 248)), (0.05, (206, 190, 150)), (0.075, SAND)):
        edge = smooth(
            [
                (-0.4 * w, shore + s.unit * (0.1 + lift)),
                (0.1 * w, shore + s.unit * (0.0 + lift)),
                (0.45 * w, shore + s.unit * (0.1 + lift)),
                (0.8 * w, shore + s.unit * (0.02 + lift)),
                (1.4 * w, shore + s.unit * (0.12 + lift)),
            ],
            8,
            closed=False,
        )
        pen.shape(edge + [(1.4 * w, s.height * 1.3), (-0.4 * w, s.height * 1.3)], colour, line=0.4, shade=0)
    pen.wash(-w, shore + s.unit * 0.3, 2 * w, s.height * 1.3, SAND, darker(SAND, 0.16))
    for _ in range(round(26 * pen.style.clutter)):
        px, py = rng.uniform(-0.1, 1.1) * w, rng.uniform(shore + s.unit * 0.3, s.height)
        pen.dot(px, py, 4, 2.4, darker(SAND, 0.2))
    for _ in range(3):
        px, py = rng.uniform(0.05, 0.95) * w, s.down(rng.uniform(0.62, 0.94))
        flower(pen, px, py, 15, rng.choice(((244, 150, 130), (250, 236, 222))))
    side = rng.choice((0.02, 0.98))
    palm(pen, rng, w * side, s.down(0.52), s.unit * 1.9)
    palm(pen, rng, w * (1 - side), s.down(0.46), s.unit * 1.3)


def boat(s: Stage, x: float, y: float, wide: float) -> None:
    """A fishing boat with an outrigger and a striped sail."""
    pen = s.pen
    pen.shape([(x - wide * 0.02, y - wide * 0.1), (x + wide * 0.04, y - wide * 0.95), (x + wide * 0.5, y - wide * 0.24)], (244, 236, 214))
    pen.flat(
        [
            (x + wide * 0.03, y - wide * 0.6),
            (x + wide * 0.27, y - wide * 0.6),
            (x + wide * 0.4, y - wide * 0.4),
            (x + wide * 0.01, y - wide * 0.36),
        ],
        (222, 92, 76),
    )
    pen.shape(
        smooth(
            [
                (x - wide * 0.62, y - wide * 0.22),
                (x - wide * 0.3, y - wide * 0.08),
                (x + wide * 0.3, y - wide * 0.08),
                (x + wide * 0.62, y - wide * 0.24),
                (x + wide * 0.34, y + wide * 0.06),
                (x - wide * 0.34, y + wide * 0.06),
            ],
            4,
        ),
        (186, 96, 66),
    )
    pen.shape(
        limb([(x - wide * 0.56, y + wide * 0.14), (x + wide * 0.56, y + wide * 0.14)], (wide * 0.05, wide * 0.05), 4),
        (214, 186, 130),
        line=0.6,
        shade=0,
    )


def volcano(s: Stage) -> None:
    """The foot of a smoking volcano."""
    pen, rng, w = s.pen, s.rng, s.width
    sky(pen, s.hour, rng, w, s.horizon, 2)
    x = w * rng.uniform(0.36, 0.64)
    high = min(s.horizon * 0.62, s.unit * 1.7)
    pen.glow(x, s.horizon - high, w * 0.4, w * 0.34, (255, 130, 60), 0.75)
    peak(s, x, s.horizon + 8, w * 0.78, high, (116, 96, 108), 0.22, smoke=True)
    for dx in (-0.05, 0.02, 0.07):
        lava: list[Point] = [
            (x + dx * w * 0.4, s.horizon - high * 0.96),
            (x + dx * w * 1.1, s.horizon - high * 0.66),
            (x + dx * w * 1.5, s.horizon - high * 0.4),
        ]
        pen.shape(limb(lava, (w * 0.02, w * 0.013, w * 0.006), 5), (250, 120, 50), line=0.4, shade=0)
        pen.stroke(lava, w * 0.006, (255, 220, 120))
    s.range(s.horizon + s.unit * 0.04, s.unit * 0.2, 5, (96, 108, 86), 0.2)
    s.ground(s.horizon + s.unit * 0.06, (138, 122, 108), (84, 74, 80))
    for _ in range(7):
        depth = rng.uniform(0.08, 0.4)
        stone(pen, rng, rng.uniform(-0.05, 1.05) * w, s.down(depth), s.unit * (0.12 + depth * 0.5), (124, 112, 116))
    for part in (0.04, 0.95):
        stone(pen, rng, w * part, s.down(0.56), s.unit * 0.6, (104, 92, 100))
        px = w * part + rng.uniform(-20, 20)
        pen.shape(
            limb(
                [(px, s.down(0.4)), (px + 14, s.down(0.1)), (px + 40, s.horizon - s.unit * 0.3)],
                (s.unit * 0.07, s.unit * 0.05, s.unit * 0.02),
                5,
            ),
            (86, 68, 66),
        )
        pen.shape(
            limb([(px + 12, s.down(0.12)), (px - 40, s.horizon - s.unit * 0.1)], (s.unit * 0.035, s.unit * 0.014), 4),
            (86, 68, 66),
            line=0.7,
            shade=0,
        )
    for _ in range(round(22 * pen.style.clutter)):
        grass(pen, rng, rng.uniform(0, 1) * w, s.down(rng.uniform(0.2, 0.95)), 24, (142, 146, 84))


def park(s: Stage) -> None:
    """A playground on a lawn: a swing, a slide and flower beds."""
    pen, rng, w = s.pen, s.rng, s.width
    sky(pen, s.hour, rng, w, s.horizon)
    s.treeline(s.horizon + 10, s.unit * 0.44, (98, 164, 88), 0.3, 16)
    s.ground(s.horizon, (148, 200, 98))
    path = smooth([(w * 0.3, s.down(0.08)), (w * 0.5, s.down(0.2)), (w * 0.3, s.down(0.5)), (w * 0.62, s.height * 1.1)], 8, closed=False)
    pen.shape(limb(path, (s.unit * 0.05, s.unit * 0.14, s.unit * 0.3, s.unit * 0.7), 2), (232, 210, 166), line=0.4, shade=0)
    u, x, y = s.unit, w * rng.uniform(0.16, 0.28), s.down(0.3)
    for dx in (-0.34, 0.34):
        pen.shape(limb([(x + dx * u * 0.7, y - u * 0.86), (x + dx * u * 1.3, y)], (u * 0.045, u * 0.045), 3), (222, 84, 74))
    pen.shape(limb([(x - u * 0.28, y - u * 0.86), (x + u * 0.28, y - u * 0.86)], (u * 0.045, u * 0.045), 3), (222, 84, 74))
    for dx in (-0.08, 0.08):
        pen.ink([(x + dx * u, y - u * 0.84), (x + dx * u + u * 0.06, y - u * 0.26)], 0.8)
    pen.shape(rounded(x - u * 0.06, y - u * 0.28, x + u * 0.18, y - u * 0.23, 6), (250, 206, 80))
    x = w * rng.uniform(0.74, 0.86)
    for dx in (0.0, 0.16):
        pen.shape(limb([(x + dx * u, y - u * 0.66), (x + dx * u + 6, y)], (u * 0.04, u * 0.04), 3), (74, 132, 200))
    for rung in range(4):
        pen.ink([(x, y - u * (0.14 + rung * 0.13)), (x + u * 0.17, y - u * (0.14 + rung * 0.13))], 0.8)
    pen.shape(
        smooth(
            [
                (x, y - u * 0.68),
                (x - u * 0.16, y - u * 0.56),
                (x - u * 0.42, y - u * 0.14),
                (x - u * 0.62, y - u * 0.04),
                (x - u * 0.62, y + u * 0.04),
                (x - u * 0.34, y - u * 0.02),
                (x - u * 0.08, y - u * 0.42),
                (x, y - u * 0.58),
            ],
            4,
        ),
        (250, 196, 72),
    )
    tree(pen, rng, w * rng.choice((0.0, 1.0)), s.down(0.34), u * 1.6, (112, 176, 84))
    for part in (0.06, 0.9):
        bush(pen, rng, w * part, s.down(0.5), u * 0.42, LEAF, rng.choice(((244, 110, 130), (250, 220, 90), (246, 246, 250))))
    meadow(pen, rng, w, s.down(0.36), s.height, (112, 172, 80), 36)


def grove(s: Stage, x: float, y: float) -> None:
    """Bamboo and banana plants beside a house."""
    bamboo(s.pen, s.rng, x, y, s.unit * 1.2)
    banana(s.pen, s.rng, x + s.unit * 0.3, y + 10, s.unit * 0.8)
