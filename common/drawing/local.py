"""The local artist: draws a storyboard panel with Pillow, without a network, the same bytes for the same brief."""

import io
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageFilter

from common.clients.artist import SIZES, Brief
from common.drawing import balloons, composition, effects, finishes, frames, scenery, skies
from common.drawing.balloons import Balloon
from common.drawing.beasts import beast
from common.drawing.builds import BEASTS
from common.drawing.cast import Figure, cast_of, speaks
from common.drawing.colours import dice, digest, mix, multiply
from common.drawing.composition import Actor
from common.drawing.creatures import creature
from common.drawing.geometry import Box, Point
from common.drawing.lettering import Block
from common.drawing.pen import Pen
from common.drawing.people import height_of, person
from common.drawing.stage import Stage
from common.drawing.styles import Style, style_named

# How much larger than the finished panel it is drawn, to smooth its edges.
OVERSAMPLE = 2
QUALITY = 88
# The most balloons one panel holds and stays readable.
MOST_LINES = 6


def draw(brief: Brief) -> bytes:
    """The panel as a baseline JPEG of `SIZES[brief.layout]` pixels (portrait for a layout it does not know)."""
    picture = panel(brief, SIZES.get(brief.layout, SIZES["portrait"]))
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=QUALITY, subsampling=0 if brief.style.name == "Pixel Art" else 2)
    return jpeg.getvalue()


@dataclass(frozen=True)
class Lettering:
    """Where a panel's words stand: the narrator's box, the balloons, and the y above which no head reaches."""

    told: tuple[Block, Box] | None
    spoken: list[Balloon]
    clear: float


def panel(brief: Brief, size: tuple[int, int], shot: str = "") -> Image.Image:
    """The panel as an RGB image of `size` pixels; `shot` ("wide", "medium" or "close") overrules what the number and seed say.

    The words are placed first and the figures stand in what room is left, so that no balloon covers a face.
    """
    style = style_named(brief.style.name)
    rng = dice(f"{brief.seed}/{brief.number}")
    cast = cast_of(brief)
    shot = shot or composition.shot_of(brief.number, digest(brief.style.name) + brief.seed, len(cast))
    words = lettering(brief, cast, style, size)
    said = [" ".join(line.text for line in brief.dialogues[:MOST_LINES] if speaks(one, line.speaker)) for one in cast]
    floor = size[1] * (0.93 if shot != "close" else 0.98)
    text = f"{brief.description} {brief.narration}"
    actors = composition.block(cast, said, text, (size[0], floor, size[1]), words.clear, shot, style.heads, _placing(brief))
    picture, mouths = _picture(brief, style, size, actors, shot, rng)
    balloons.letter(picture, words.spoken, mouths, style, rng, words.told)
    return picture


def lettering(brief: Brief, cast: tuple[Figure, ...], style: Style, size: tuple[int, int]) -> Lettering:
    """Captions and balloons in the upper part of a panel of `size` pixels."""
    page = frames.page_of(style, *size)
    told = balloons.caption(brief.narration, page, style, 0.2)
    top = told[1].bottom + 16 if told else page.top
    speeches = _speeches(brief, cast, composition.slots(cast, _placing(brief)), size[0])
    spoken = balloons.arrange(speeches, Box(page.left, top, page.right, page.bottom), style, size[1] * 0.5)
    return Lettering(told, spoken, max([one.box.bottom + 46 for one in spoken] + [top + size[1] * 0.07]))


def _placing(brief: Brief) -> Random:
    # Balloons and figures are placed apart but must agree on who stands where.
    return dice(f"{brief.seed}/places")


def _speeches(brief: Brief, cast: tuple[Figure, ...], places: list[float], width: int) -> list[balloons.Speech]:
    speeches = []
    for line in brief.dialogues[:MOST_LINES]:
        who = next((index for index, one in enumerate(cast) if speaks(one, line.speaker)), None)
        x = (places[who] if who is not None else 0.5) * width
        speeches.append(balloons.Speech(line.text, who, x))
    return speeches


def _picture(
    brief: Brief, style: Style, size: tuple[int, int], actors: list[Actor], shot: str, rng: Random
) -> tuple[Image.Image, list[tuple[Point, float]]]:
    scene = scenery.scene_of(*_background(brief))
    hour = skies.HOURS[_hour(brief, scene, rng)]
    canvas = scene_picture(style, scene, hour, size, shot, rng)
    pen = Pen(canvas, OVERSAMPLE, style, rng, haze=style.tone(hour.sky[-1]))
    # Figures keep more of their own colours than the place does, so that they stand out at night too.
    pen = pen.under(hour.light, light_of(scene, hour) * 0.6)
    spoken = {actor.index: _act(pen, actor, scene) for actor in actors}
    mouths = [spoken[index] for index in range(len(actors))]
    effects.weather(pen, hour, scene, size)
    effects.foreground(pen, scene, size, rng)
    picture = finishes.finish(canvas.reduce(OVERSAMPLE), style.finish, rng)
    return frames.framed(picture, style, rng), mouths


def scene_picture(
    style: Style, scene: str, hour: skies.Hour, size: tuple[int, int], shot: str, rng: Random, oversample: int = OVERSAMPLE
) -> Image.Image:
    """The background alone, `oversample` times larger than `size`, seen by a camera that stands elsewhere in every panel."""
    width, height = size
    lit = light_of(scene, hour)
    blur = style.distance * {"wide": 0.4, "medium": 1.0, "close": 1.8}[shot]
    # What is blurred anyway needs no smoother edges, and costs a quarter.
    scale = 1 if blur >= 1 else oversample
    # Whatever a scene leaves open between sky and ground is haze.
    canvas = Image.new(
        "RGB", (width * scale, height * scale), multiply(style.tone(mix(hour.sky[-1], (140, 160, 130), 0.35)), hour.light, lit)
    )
    pen = Pen(canvas, scale, style, rng, light=hour.light, lit=lit, haze=style.tone(hour.sky[-1]))
    horizon = height * rng.uniform(0.4, 0.5)
    zoom = {"wide": 1.0, "medium": 1.2, "close": 1.5}[shot] * rng.uniform(1.0, 1.08)
    shift = width * rng.uniform(-0.06, 0.06) * zoom
    camera = pen.at(width / 2 + shift, horizon, zoom, flip=rng.random() < 0.5, weight=0.85).at(-width / 2, -horizon)
    scenery.SCENES[scene](Stage(camera, rng, width, height, horizon, hour))
    if blur >= 1:
        return canvas.filter(ImageFilter.BoxBlur(blur * 0.7)).resize((width * oversample, height * oversample), Image.Resampling.BILINEAR)
    return canvas


def light_of(scene: str, hour: skies.Hour) -> float:
    """How strongly (0..1) the hour's light colours a scene; walls keep most of it out."""
    return hour.lit * (0.35 if scene in scenery.INDOORS else 1.0)


def _background(brief: Brief) -> tuple[str, str, str]:
    told = f"{brief.description} {brief.narration}"
    return (brief.background.name, brief.background.prompt, told) if brief.background else ("", "", told)


def _hour(brief: Brief, scene: str, rng: Random) -> str:
    """What the text says, else the background's own hour, else one that moves on with the story."""
    name, prompt, told = _background(brief)
    if scene in scenery.TIMELESS:
        return "day"
    found = skies.hour_in(told) or skies.hour_in(name) or skies.hour_in(prompt)
    if found:
        return found
    if scene == "city":
        return "night"
    late = brief.number / max(brief.total, 1)
    return rng.choice(("day", "day", "morning")) if late < 0.7 else rng.choice(("day", "evening", "evening"))


def _act(pen: Pen, actor: Actor, scene: str) -> tuple[Point, float]:
    """Draw one actor (and others of its kind behind it) and tell where it speaks and how large its head is."""
    one = actor.figure
    floating = scene == "underwater"
    if not floating:
        effects.shadow(pen, actor)
    for place in (-1, 1) if one.many else ():
        figure_on(
            pen.at(actor.x + place * actor.unit * 0.5, actor.y - actor.unit * 0.12, actor.unit * 0.72, actor.flip, weight=0.8), actor, scene
        )
    weight = min(max((actor.unit / 620) ** 0.5, 0.6), 1.35)
    mouth = figure_on(
        pen.at(actor.x, actor.y - (actor.unit * 0.08 if floating else 0), actor.unit, actor.flip, weight=weight), actor, scene
    )
    radius = actor.unit * composition.head_of(one, pen.style.heads)
    effects.emotion(pen, actor, mouth, radius)
    if floating:
        effects.breath(pen, mouth, radius)
    return mouth, radius


def figure_on(pen: Pen, actor: Actor, scene: str) -> Point:
    """Draw the actor's figure with its feet at the pen's origin and return where its mouth is on the page."""
    one = actor.figure
    pen = pen.at(-sum(composition.reach(one)) / 2, 0)
    if one.person:
        local = pen.at(0, 0, height_of(one.person))
        return person(local, one.person, actor.pose, actor.mood, 0.5, actor.talking, "space" if scene == "space" else "")
    if one.species in BEASTS:
        return beast(pen, one.species, actor.pose, actor.mood, actor.talking)
    return creature(pen, one.species, actor.pose, actor.mood, actor.talking, one.marks)
