"""Where everything in a panel stands: the shot, the figures on the ground, the camera on the scene."""

from dataclasses import dataclass
from random import Random

from common.drawing.acting import mood_of, pose_of
from common.drawing.beasts import BEASTS
from common.drawing.cast import Figure
from common.drawing.creatures import SIZES
from common.drawing.faces import Mood
from common.drawing.people import height_of

SHOTS = ("wide", "medium", "close", "medium", "wide", "medium", "close", "medium")
FLYING = frozenset({"kupu", "lebah"})


@dataclass(frozen=True)
class Actor:
    """A figure with its place: feet at (x, y), `unit` the height of a man in pixels where it stands."""

    figure: Figure
    x: float
    y: float
    unit: float
    flip: bool
    pose: str
    mood: Mood
    talking: bool

    @property
    def height(self) -> float:
        """From the feet to the top of the head, in pixels."""
        return self.unit * stature(self.figure)[0]


def stature(figure: Figure) -> tuple[float, float]:
    """Height and width of a figure, in a man's height."""
    if figure.person:
        tall = height_of(figure.person)
        return tall, tall * 0.46
    if figure.species in BEASTS:
        build = BEASTS[figure.species]
        return build.height, build.size * 1.5
    high, aspect = SIZES[figure.species]
    return high, high * aspect


def shot_of(number: int, seed: int, figures: int) -> str:
    """How near the camera is; it changes from panel to panel, and the first panel shows the place."""
    if number <= 1:
        return "wide" if figures != 1 else "medium"
    shot = SHOTS[(number + seed) % len(SHOTS)]
    return "medium" if shot == "close" and figures > 2 else shot


def slots(count: int, rng: Random) -> list[float]:
    """Where figures stand across the page, as parts of its width, left to right."""
    if count == 1:
        return [rng.choice((0.36, 0.42, 0.56, 0.64))]
    if count == 2:
        return [rng.uniform(0.26, 0.32), rng.uniform(0.68, 0.74)]
    if count == 3:
        return [0.21, rng.uniform(0.47, 0.53), 0.79]
    return [0.16, 0.39, 0.62, 0.85]


def scales(figures: tuple[Figure, ...], width: float, room: float, shot: str) -> list[float]:
    """A man's height in pixels for each figure, so that together they fill `width` and `room` pixels of height.

    Small animals are drawn larger than life, or a mouse beside an elephant would be a speck.
    """
    heights = [stature(one)[0] for one in figures]
    shown = [high**0.55 for high in heights]
    fill = {"wide": 0.72, "medium": 0.96, "close": 1.32}[shot]
    tallest = room * fill
    units = [tallest * show / max(shown) / high for show, high in zip(shown, heights, strict=True)]
    wide = sum(unit * stature(one)[1] for unit, one in zip(units, figures, strict=True))
    limit = width * (0.98 if shot != "close" else 1.12)
    return [unit * min(1.0, limit / wide) for unit in units]


def block(figures: tuple[Figure, ...], said: list[str], told: str, page: tuple[float, float, float], top: float, shot: str, rng: Random) -> list[Actor]:
    """Actors in their places; `page` is width, ground y and bottom y, `top` the y above which heads must not reach."""
    width, floor, bottom = page
    units = scales(figures, width, floor - top, shot)
    actors: list[Actor] = []
    for index, (one, part, unit) in enumerate(zip(figures, slots(len(figures), rng), units, strict=True)):
        mood = mood_of(said[index], told, rng)
        pose = pose_of(said[index], told, mood, rng)
        high, wide = stature(one)
        y = floor - (0.03 * (bottom - top) if index % 2 else 0.0)
        if high * unit > y - top:
            y = top + high * unit
        if one.species in FLYING:
            y -= unit * 0.3
        half = min(wide * unit / 2, width * 0.46)
        x = min(max(part * width, half * 0.9 + 10), width - half * 0.9 - 10)
        flip = part > 0.5 if len(figures) != 3 or index != 1 else rng.random() < 0.5
        actors.append(Actor(one, x, y, unit, flip, pose, mood, bool(said[index])))
    return actors
