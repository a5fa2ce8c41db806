"""Birds, facing right. A grown man is 1 high; the ground under the feet is y = 0."""

from dataclasses import dataclass

from common.drawing.colours import Colour, darker
from common.drawing.faces import Mood, brow, eye, feelings
from common.drawing.geometry import Point, limb, oval, smooth
from common.drawing.pen import Pen

CREAM: Colour = (252, 240, 214)
BEAK: Colour = (246, 172, 60)


@dataclass(frozen=True)
class Bird:
    """A bird's colours and build; `size` is its body's length against a man's height."""

    coats: tuple[Colour, ...]
    belly: Colour
    size: float
    legs: float = 0.2
    head: float = 0.26
    beak: str = "point"
    crest: str = ""


BIRDS: dict[str, Bird] = {
    "burung": Bird(((74, 146, 212), (226, 92, 74), (96, 172, 98), (244, 190, 70)), CREAM, 0.4, crest="tuft"),
    "elang": Bird(((122, 84, 58),), (214, 186, 150), 0.52, beak="hook"),
    "hantu": Bird(((150, 112, 78), (120, 104, 96)), (232, 212, 178), 0.42, legs=0.12, head=0.36, beak="small", crest="horns"),
    "ayam": Bird(((214, 120, 58), (250, 246, 238), (160, 74, 50)), (250, 226, 190), 0.44, legs=0.26, head=0.2, crest="comb"),
    "bebek": Bird(((252, 222, 110), (250, 248, 240)), (255, 246, 220), 0.42, legs=0.14, head=0.23, beak="flat"),
}


def bird(pen: Pen, species: str, pose: str, mood: Mood, talking: bool, marks: int) -> Point:
    """Draw a bird, in the air when it jumps or runs, and return where its beak is on the page."""
    build = BIRDS[species]
    coat = build.coats[marks % len(build.coats)]
    flying = pose in ("jump", "run", "cheer") and species in ("burung", "elang", "hantu")
    pen = pen.at(0, -0.2 if flying else 0.0, build.size)
    legs = build.legs
    for x in (-0.06, 0.1):
        if not flying:
            pen.stroke([(x, -legs - 0.1), (x + 0.01, -0.03)], 0.05, BEAK, curved=False)
            pen.stroke([(x - 0.06, 0.0), (x + 0.02, -0.04), (x + 0.14, 0.0)], 0.045, BEAK)
    y = -legs
    tail: list[Point] = [(-0.34, y - 0.3), (-0.78, y - 0.5), (-0.72, y - 0.28), (-0.36, y - 0.14)]
    if species == "ayam":
        tail = [(-0.3, y - 0.4), (-0.5, y - 0.86), (-0.78, y - 0.7), (-0.82, y - 0.4), (-0.4, y - 0.16)]
    pen.shape(smooth(tail, 5), darker(coat, 0.25))
    pen.shape(smooth([(-0.42, y - 0.3), (-0.1, y - 0.52), (0.24, y - 0.56), (0.36, y - 0.3), (0.16, y - 0.02), (-0.2, y - 0.04)], 6), coat)
    pen.flat(smooth([(0.34, y - 0.34), (0.3, y - 0.14), (0.12, y - 0.04), (-0.06, y - 0.06), (0.12, y - 0.26)], 5), build.belly)
    head = pen.at(0.26, y - 0.5 - build.head * 0.7, build.head)
    pen.shape(limb([(0.18, y - 0.4), (0.25, y - 0.54 - build.head * 0.3)], (0.38, build.head * 1.5), 4), coat, shade=0.2)
    _crest(head, build, coat)
    head.shape(oval(0, 0, 1, 0.96, 28), build.belly if species == "elang" else coat)
    if species == "hantu":
        for side in (-1, 1):
            head.flat(oval(side * 0.42 + 0.1, -0.05, 0.46, 0.5, 20), build.belly)
    _beak(head, build, talking or mood in ("laugh", "surprised"))
    feelings(head, mood, 0.4, 0.34, 0.44, True)
    for side in (-1, 1):
        x = side * 0.4 + 0.14
        eye(head, x, -0.12, 1.25, mood, 0.4, (120, 80, 30))
        if mood not in ("calm", "happy", "laugh"):
            brow(head, x, -0.5, side, mood, darker(coat, 0.6), 0.09)
    _wing(pen, y, coat, flying or mood in ("laugh", "surprised"))
    (at,) = head.map([(0.9, 0.35)])
    return at


def _wing(pen: Pen, y: float, coat: Colour, raised: bool) -> None:
    if raised:
        points = [
            (0.06, y - 0.36),
            (-0.06, y - 0.86),
            (-0.4, y - 1.1),
            (-0.36, y - 0.8),
            (-0.52, y - 0.72),
            (-0.36, y - 0.54),
            (-0.3, y - 0.3),
            (-0.1, y - 0.2),
        ]
    else:
        points = [
            (0.14, y - 0.36),
            (-0.06, y - 0.44),
            (-0.34, y - 0.34),
            (-0.56, y - 0.2),
            (-0.34, y - 0.18),
            (-0.3, y - 0.1),
            (-0.04, y - 0.12),
        ]
    pen.shape(smooth(points, 5), darker(coat, 0.14))


def _crest(pen: Pen, build: Bird, coat: Colour) -> None:
    if build.crest == "tuft":
        pen.shape(smooth([(-0.3, -0.8), (-0.42, -1.46), (-0.04, -1.16), (0.04, -1.5), (0.26, -0.84)], 4), darker(coat, 0.2))
    elif build.crest == "comb":
        pen.shape(
            smooth([(-0.4, -0.8), (-0.46, -1.4), (-0.12, -1.2), (0.04, -1.6), (0.26, -1.2), (0.5, -1.36), (0.5, -0.7)], 4), (214, 54, 58)
        )
    elif build.crest == "horns":
        for side in (-1, 1):
            pen.shape(smooth([(side * 0.3, -0.8), (side * 0.86, -1.36), (side * 0.86, -0.46)], 3), darker(coat, 0.2))


def _beak(pen: Pen, build: Bird, opened: bool) -> None:
    gape = 0.22 if opened else 0.0
    if build.beak == "flat":
        pen.shape(
            smooth([(0.2, 0.2), (0.8, 0.14), (1.4, 0.26 + gape), (1.36, 0.46 + gape), (0.3, 0.56 + gape)], 4),
            darker(BEAK, 0.14),
            line=0.8,
            shade=0.3,
        )
        pen.shape(smooth([(0.16, 0.16), (0.8, 0.04), (1.5, 0.2), (1.46, 0.34), (0.3, 0.4)], 4), BEAK, line=0.8, shade=0.3)
        return
    long = {"small": 0.72, "hook": 1.3}.get(build.beak, 1.3)
    left = 0.0 if build.beak == "small" else 0.34
    if gape:
        pen.shape([(left + 0.1, 0.34), (long * 0.92, 0.5 + gape), (left + 0.2, 0.62)], darker(BEAK, 0.25), line=0.8, shade=0)
    if build.beak == "hook":
        pen.shape(smooth([(0.34, 0.1), (0.9, 0.02), (1.28, 0.3), (1.2, 0.7), (1.0, 0.46), (0.4, 0.52)], 4), BEAK, line=0.9)
    elif build.beak == "small":
        pen.shape(smooth([(-0.1, 0.14), (0.3, 0.14), (0.12, 0.6)], 2), BEAK, line=0.8, shade=0.3)
    else:
        pen.shape(smooth([(left, 0.1), (long, 0.3), (left, 0.52)], 2), BEAK, line=0.9)
    if build.crest == "comb":
        pen.shape(oval(0.6, 0.76, 0.2, 0.32, 16), (214, 54, 58), line=0.7, shade=0.3)
