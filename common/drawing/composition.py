"""Where everything in a panel stands: the shot, the figures on the ground, the camera on the scene."""

from dataclasses import dataclass, replace
from random import Random

from common.drawing.acting import about, mood_of, pose_of
from common.drawing.builds import BEASTS
from common.drawing.cast import SPECIES_BY_WORD, Figure
from common.drawing.creatures import REACH
from common.drawing.faces import Mood
from common.drawing.people import height_of

SHOTS = ("wide", "medium", "close", "medium", "wide", "medium", "close", "medium")
FLYING = frozenset({"kupu", "lebah"})


@dataclass(frozen=True)
class Actor:
    """A figure with its place: `index` is its place in the cast, feet at (x, y), `unit` the height of a man in pixels where it stands."""

    figure: Figure
    index: int
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


def stature(figure: Figure, heads: float = 4.0) -> tuple[float, float]:
    """Height and width of a figure in a man's height, in a style whose people are `heads` heads high."""
    if figure.person:
        tall = height_of(figure.person)
        return tall, tall * max(0.5, 1.3 / heads)
    left, right = reach(figure)
    return (BEASTS[figure.species].height if figure.species in BEASTS else REACH[figure.species][0]), right - left


def reach(figure: Figure) -> tuple[float, float]:
    """How far an animal reaches to the left and right of its place, facing right, in a man's height."""
    if figure.species in BEASTS:
        return BEASTS[figure.species].reach
    return REACH[figure.species][1:] if figure.species else (-0.23, 0.23)


def head_of(figure: Figure, heads: float) -> float:
    """The radius of a figure's head in a man's height, in a style whose people are `heads` heads high."""
    if figure.person:
        return height_of(figure.person) / heads / (1.6 if figure.person.age == "child" else 2.0)
    if figure.species in BEASTS:
        return BEASTS[figure.species].size * BEASTS[figure.species].head
    return {"monyet": 0.14, "buaya": 0.1, "elang": 0.12, "hantu": 0.14}.get(figure.species, 0.1)


def shot_of(number: int, seed: int, figures: int) -> str:
    """How near the camera is; it changes from panel to panel, and the first panel shows the place."""
    if number <= 1:
        return "wide" if figures != 1 else "medium"
    shot = SHOTS[(number + seed) % len(SHOTS)]
    return "medium" if shot == "close" and figures > 2 else shot


def slots(figures: tuple[Figure, ...], rng: Random) -> list[float]:
    """Where figures stand across the page, as parts of its width, left to right."""
    count = len(figures)
    if count == 1:
        return [rng.choice((0.4, 0.46, 0.54, 0.6))]
    if count == 2:
        return [rng.uniform(0.27, 0.33), rng.uniform(0.67, 0.73)]
    if count == 3:
        return [0.22, rng.uniform(0.47, 0.53), 0.78]
    return [0.17, 0.39, 0.62, 0.84]


def scales(figures: tuple[Figure, ...], width: float, room: float, shot: str, heads: float) -> list[float]:
    """A man's height in pixels for each figure, so that together they fill `width` and `room` pixels of height.

    Small animals are drawn larger than life, or a mouse beside an elephant would be a speck. Figures may
    overlap by a half: those behind stand higher on the page.
    """
    heights = [stature(one)[0] for one in figures]
    shown = [high**0.55 for high in heights]
    tallest = room * {"wide": 0.78, "medium": 0.96, "close": 1.3}[shot]
    units = [tallest * show / max(shown) / high for show, high in zip(shown, heights, strict=True)]
    low = [stature(one)[0] < 0.36 * stature(one)[1] for one in figures]
    alone = [width * (0.9 if len(figures) == 1 or flat else 0.7) for flat in low]
    units = [min(unit, most / stature(one, heads)[1]) for unit, most, one in zip(units, alone, figures, strict=True)]
    # Whoever stands behind a low animal is seen above it, so the two may share the page's width.
    most = {1: 1.0, 2: 1.1, 3: 1.22}.get(len(figures), 1.28) * width * (1.3 if any(low) and len(figures) > 1 else 1.0)
    together = sum(unit * stature(one, heads)[1] for unit, one in zip(units, figures, strict=True))
    return [unit * min(1.0, most / together) for unit in units]


def block(
    figures: tuple[Figure, ...],
    said: list[str],
    told: str,
    page: tuple[float, float, float],
    top: float,
    shot: str,
    heads: float,
    rng: Random,
) -> list[Actor]:
    """Actors in their places, those behind first; `page` is width, ground y and bottom y, no head reaches above `top`."""
    if not figures:
        return []
    width, floor, _ = page
    places = slots(figures, rng)
    units = scales(figures, width, floor - top, shot, heads)
    crowded = sum(unit * stature(one, heads)[1] for unit, one in zip(units, figures, strict=True)) > width * 0.96
    low = max(range(len(figures)), key=lambda index: (stature(figures[index])[1] / stature(figures[index])[0], index))
    actors: list[Actor] = []
    for index, (one, part, unit) in enumerate(zip(figures, places, units, strict=True)):
        high, wide = stature(one, heads)
        front = index == low if len(figures) < 4 else index % 2 == 1
        raised = (floor - top) * (0.2 if crowded else 0.04) if not front and len(figures) > 1 else 0.0
        y = max(floor - raised, min(top + high * unit, floor + high * unit * 0.3))
        if one.species in FLYING:
            y -= unit * 0.3
        half = min(wide * unit / 2, width * 0.47)
        x = min(max(part * width, half + 16), width - half - 16)
        flip = part > 0.5 if len(figures) != 3 or index != 1 else rng.random() < 0.5
        others = frozenset(word for other in figures if other is not one for word in called(other))
        mine = about(called(one), others, told) if len(figures) > 1 else told
        mood = mood_of(said[index], mine, rng)
        actors.append(Actor(one, index, x, y, unit, flip, pose_of(said[index], mine, mood, rng), mood, bool(said[index])))
    return sorted((_raised(actor, actors, top, heads) for actor in actors), key=lambda actor: actor.y)


def _raised(actor: Actor, actors: list[Actor], top: float, heads: float) -> Actor:
    """The actor, further up the page if somebody in front of it would hide its face, as far as there is room."""
    y = actor.y
    for other in actors:
        reach_of = (other.unit * stature(other.figure, heads)[1] + actor.unit * stature(actor.figure, heads)[1] * 0.5) / 2
        if other.y > actor.y and abs(other.x - actor.x) < reach_of:
            y = min(y, other.y - other.height + actor.height * 0.66)
    lowest = top + actor.height
    return replace(actor, y=max(y, min(lowest, actor.y), actor.y - actor.height * 0.45))


def called(figure: Figure) -> frozenset[str]:
    """Every word that means this figure."""
    species = frozenset(word for word, kind in SPECIES_BY_WORD.items() if kind == figure.species)
    return figure.words | species | (figure.person.roles if figure.person else frozenset())
