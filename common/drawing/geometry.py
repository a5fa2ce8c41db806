"""Points and curves, in the drawing's own pixels with y pointing down."""

import math
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle by its edges, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Right minus left."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Bottom minus top."""
        return self.bottom - self.top

    @property
    def center(self) -> Point:
        """The middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def grown(self, by: float) -> "Box":
        """The box with every edge moved outwards by `by` pixels."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share any area."""
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


class Affine(NamedTuple):
    """A map of the plane: x' = a·x + b·y + c, y' = d·x + e·y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0

    def __call__(self, points: Iterable[Point]) -> list[Point]:
        """The points mapped."""
        a, b, c, d, e, f = self
        return [(a * x + b * y + c, d * x + e * y + f) for x, y in points]

    def at(self, x: float, y: float, size: float = 1.0, flip: bool = False, turn: float = 0.0) -> "Affine":
        """This map after one that turns by `turn` radians, mirrors, scales, and moves the origin to (x, y)."""
        cos, sin = math.cos(turn) * size, math.sin(turn) * size
        side = -1.0 if flip else 1.0
        a, b, c, d, e, f = self
        p, q, r, s = cos * side, -sin, sin * side, cos
        return Affine(a * p + b * r, a * q + b * s, a * x + b * y + c, d * p + e * r, d * q + e * s, d * x + e * y + f)


STRAIGHT = Affine()


def smooth(points: Sequence[Point], steps: int = 6, closed: bool = True) -> list[Point]:
    """A Catmull-Rom curve through `points`, `steps` samples from each to the next."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(index + k) % count] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(index + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for step in range(steps):
            curve.append(_catmull_rom(p0, p1, p2, p3, step / steps))
    if not closed:
        curve.append(points[-1])
    return curve


def _catmull_rom(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    tt, ttt = t * t, t * t * t
    w0, w1, w2, w3 = -ttt + 2 * tt - t, 3 * ttt - 5 * tt + 2, -3 * ttt + 4 * tt + t, ttt - tt
    return (
        (w0 * p0[0] + w1 * p1[0] + w2 * p2[0] + w3 * p3[0]) / 2,
        (w0 * p0[1] + w1 * p1[1] + w2 * p2[1] + w3 * p3[1]) / 2,
    )


def oval(x: float, y: float, rx: float, ry: float, n: int = 28, turn: float = 0.0) -> list[Point]:
    """An ellipse around (x, y) as `n` points, turned by `turn` radians."""
    cos, sin = math.cos(turn), math.sin(turn)
    points = []
    for index in range(n):
        angle = 2 * math.pi * index / n
        u, v = rx * math.cos(angle), ry * math.sin(angle)
        points.append((x + u * cos - v * sin, y + u * sin + v * cos))
    return points


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, n: int = 12) -> list[Point]:
    """Part of an ellipse from `start` to `end` degrees, clockwise from the right as the eye sees it."""
    return [
        (x + rx * math.cos(math.radians(start + (end - start) * i / n)), y + ry * math.sin(math.radians(start + (end - start) * i / n)))
        for i in range(n + 1)
    ]


def rectangle(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """The four corners, clockwise."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> list[Point]:
    """A rectangle with round corners."""
    r = max(0.0, min(radius, (right - left) / 2, (bottom - top) / 2))
    corners = ((right - r, top + r, -90), (right - r, bottom - r, 0), (left + r, bottom - r, 90), (left + r, top + r, 180))
    return [point for x, y, start in corners for point in arc(x, y, r, r, start, start + 90, 6)]


def limb(joints: Sequence[Point], widths: Sequence[float], steps: int = 5) -> list[Point]:
    """The outline of something long and soft (an arm, a tail, a trunk) along `joints`, as wide as `widths`, with round ends."""
    spine = smooth(joints, steps, closed=False)
    last = len(spine) - 1
    left: list[Point] = []
    right: list[Point] = []
    for index, (x, y) in enumerate(spine):
        before, after = spine[max(index - 1, 0)], spine[min(index + 1, last)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        half = _between(widths, index / last) / 2
        left.append((x + dy / length * half, y - dx / length * half))
        right.append((x - dy / length * half, y + dx / length * half))
    return left + _cap(spine[-2], spine[-1], widths[-1] / 2) + right[::-1] + _cap(spine[1], spine[0], widths[0] / 2)


def _between(values: Sequence[float], t: float) -> float:
    place = t * (len(values) - 1)
    index = min(int(place), len(values) - 2)
    return values[index] + (values[index + 1] - values[index]) * (place - index)


def _cap(before: Point, end: Point, radius: float) -> list[Point]:
    angle = math.atan2(end[1] - before[1], end[0] - before[0])
    return [
        (end[0] + radius * math.cos(angle + math.radians(turn)), end[1] + radius * math.sin(angle + math.radians(turn)))
        for turn in (-60, -30, 0, 30, 60)
    ]


def ridge(rng: Random, left: float, right: float, y: float, height: float, bumps: int, rough: float = 0.5) -> list[Point]:
    """A skyline from left to right around `y`: `bumps` summits up to `height` pixels high, jagged as far as `rough` (0..1)."""
    points: list[Point] = []
    step = (right - left) / (bumps * 2)
    for index in range(bumps * 2 + 1):
        high = height * (0.55 + 0.45 * rng.random()) if index % 2 else height * 0.35 * rng.random()
        points.append((left + step * index + rng.uniform(-0.25, 0.25) * step, y - high))
    curve = smooth(points, 5, closed=False)
    return [(x, y + rng.uniform(-1, 1) * rough * height * 0.06) for x, y in curve]


def blob(rng: Random, x: float, y: float, rx: float, ry: float, lobes: int = 9, depth: float = 0.16) -> list[Point]:
    """A leafy or cloudy outline around (x, y): an ellipse of `lobes` round bulges."""
    points: list[Point] = []
    start = rng.random() * math.pi
    for index in range(lobes):
        angle = start + 2 * math.pi * index / lobes
        swell = 1 + rng.uniform(-depth, depth) * 0.6
        points.append((x + rx * swell * math.cos(angle), y + ry * swell * math.sin(angle)))
        angle += math.pi / lobes
        points.append((x + rx * (1 - depth) * math.cos(angle), y + ry * (1 - depth) * math.sin(angle)))
    return smooth(points, 4)


def star(x: float, y: float, outer: float, inner: float, spikes: int, turn: float = -math.pi / 2) -> list[Point]:
    """A star of `spikes` points."""
    return [
        (
            x + (inner if i % 2 else outer) * math.cos(turn + math.pi * i / spikes),
            y + (inner if i % 2 else outer) * math.sin(turn + math.pi * i / spikes),
        )
        for i in range(spikes * 2)
    ]


def bounds(points: Sequence[Point]) -> Box:
    """The smallest box around `points`."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return Box(min(xs), min(ys), max(xs), max(ys))
