"""The local artist: draws a storyboard panel with Pillow, without a network, the same bytes for the same brief."""

import io
from random import Random

from PIL import Image, ImageFilter

from common.clients.artist import SIZES, Brief
from common.drawing import balloons, composition, effects, finishes, frames, scenery, skies
from common.drawing.beasts import BEASTS, beast
from common.drawing.cast import Figure, cast_of, speaks
from common.drawing.colours import digest
from common.drawing.composition import Actor
from common.drawing.creatures import creature
from common.drawing.geometry import Box, Point
from common.drawing.pen import Pen
from common.drawing.people import person
from common.drawing.stage import Stage
from common.drawing.styles import Style, style_named

# How much larger than the finished panel it is drawn, to smooth its edges.
OVERSAMPLE = 2
QUALITY = 88


def draw(brief: Brief) -> bytes:
    """The panel as a baseline JPEG of `SIZES[brief.layout]` pixels (portrait for a layout it does not know)."""
    picture = panel(brief, SIZES.get(brief.layout, SIZES["portrait"]))
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=QUALITY, subsampling=0 if brief.style.name == "Pixel Art" else 2)
    return jpeg.getvalue()


def panel(brief: Brief, size: tuple[int, int], shot: str = "") -> Image.Image:
    """The panel as an RGB image of `size` pixels; `shot` ("wide", "medium" or "close") overrules what the number and seed say."""
    style = style_named(brief.style.name)
    rng = Random(f"{brief.seed}/{brief.number}")
    cast = cast_of(brief)
    shot = shot or composition.shot_of(brief.number, digest(brief.style.name) + brief.seed, len(cast))
    page = frames.page_of(style, *size)
    order = list(cast)
    told = balloons.caption(brief.narration, page, style, 0.2)
    speeches = _speeches(brief, order, composition.slots(cast, Random(f"{brief.seed}/slots")), size[0])
    top = told[1].bottom + 16 if told else page.top
    spoken = balloons.arrange(speeches, Box(page.left, top, page.right, page.bottom), style, size[1] * 0.5)
    clear = max([one.box.bottom + 46 for one in spoken] + [top + size[1] * 0.07])
    text = f"{brief.description} {brief.narration}"
    said = [" ".join(line.text for line in brief.dialogues[:6] if speaks(one, line.speaker)) for one in order]
    floor = size[1] * (0.93 if shot != "close" else 0.98)
    actors = composition.block(cast, said, text, (size[0], floor, size[1]), clear, shot, style.heads, Random(f"{brief.seed}/slots"))
    picture, mouths = _picture(brief, style, size, actors, shot, rng)
    balloons.letter(picture, spoken, mouths, style, rng, told)
    return picture


def _speeches(brief: Brief, order: list[Figure], places: list[float], width: int) -> list[balloons.Speech]:
    speeches = []
    for line in brief.dialogues[:6]:
        who = next((index for index, one in enumerate(order) if speaks(one, line.speaker)), None)
        x = (places[who] if who is not None else 0.5) * width
        speeches.append(balloons.Speech(line.text, who, x))
    return speeches


def _picture(
    brief: Brief, style: Style, size: tuple[int, int], actors: list[Actor], shot: str, rng: Random
) -> tuple[Image.Image, list[tuple[Point, float]]]:
    scene = scenery.scene_of(*_background(brief))
    hour = skies.HOURS[_hour(brief, scene, rng)]
    lit = hour.lit * (0.35 if scene in scenery.INDOORS else 1.0)
    canvas = scene_picture(style, scene, hour, lit, size, shot, rng)
    pen = Pen(canvas, OVERSAMPLE, style, rng, haze=style.tone(hour.sky[-1]))
    pen = pen.under(hour.light, lit * 0.6)
    spoken = {actor.index: _act(pen, actor, scene) for actor in actors}
    mouths = [spoken[index] for index in range(len(actors))]
    effects.weather(pen, hour, scene, size)
    effects.foreground(pen, scene, size, rng)
    picture = finishes.finish(canvas.reduce(OVERSAMPLE), style.finish, rng)
    return frames.framed(picture, style, rng), mouths


def scene_picture(
    style: Style, scene: str, hour: skies.Hour, lit: float, size: tuple[int, int], shot: str, rng: Random, oversample: int = OVERSAMPLE
) -> Image.Image:
    """The background alone, `oversample` times larger than `size`: a camera that looks at the scene from a place of its own in every panel."""
    width, height = size
    blur = style.distance * {"wide": 0.4, "medium": 1.0, "close": 1.8}[shot]
    # What is blurred anyway needs no smoother edges, and costs a quarter.
    scale = 1 if blur >= 1 else oversample
    canvas = Image.new("RGB", (width * scale, height * scale), style.paper)
    pen = Pen(canvas, scale, style, rng, light=hour.light, lit=lit, haze=style.tone(hour.sky[-1]))
    horizon = height * rng.uniform(0.4, 0.5)
    zoom = {"wide": 1.0, "medium": 1.2, "close": 1.5}[shot] * rng.uniform(1.0, 1.08)
    shift = width * rng.uniform(-0.06, 0.06) * zoom
    camera = pen.at(width / 2 + shift, horizon, zoom, flip=rng.random() < 0.5, weight=0.85).at(-width / 2, -horizon)
    scenery.SCENES[scene](Stage(camera, rng, width, height, horizon, hour))
    if blur >= 1:
        return canvas.filter(ImageFilter.BoxBlur(blur * 0.7)).resize((width * oversample, height * oversample), Image.Resampling.BILINEAR)
    return canvas


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
    return mouth, radius


def figure_on(pen: Pen, actor: Actor, scene: str) -> Point:
    """Draw the actor's figure with its feet at the pen's origin and return where its mouth is on the page."""
    one = actor.figure
    pen = pen.at(-sum(composition.reach(one)) / 2, 0)
    if one.person:
        local = pen.at(0, 0, composition.height_of(one.person))
        return person(local, one.person, actor.pose, actor.mood, 0.5, actor.talking, "space" if scene == "space" else "")
    if one.species in BEASTS:
        return beast(pen, one.species, actor.pose, actor.mood, actor.talking)
    return creature(pen, one.species, actor.pose, actor.mood, actor.talking, one.marks)
