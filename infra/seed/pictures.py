"""The catalogue's pictures, drawn by the local artist: a scene for a style, a portrait for a character, a view for a background."""

import io
from collections.abc import Iterator
from random import Random
from typing import Literal

from PIL import Image

from common.clients.artist import Brief, Look
from common.drawing import finishes, frames, scenery, skies
from common.drawing.builds import BEASTS
from common.drawing.cast import Figure, figure
from common.drawing.colours import darker, lighter, mix
from common.drawing.composition import Actor, stature
from common.drawing.effects import shadow
from common.drawing.geometry import blob
from common.drawing.local import figure_on, panel, scene_picture
from common.drawing.pen import Pen
from common.drawing.styles import style_named
from infra.seed.catalogue import BACKGROUNDS, CHARACTERS, STYLES, Style, Template

Kind = Literal["styles", "characters", "backgrounds", "music"]

# Pixels of every picture; drawn twice as large and reduced.
SIDE = 512
CONTENT_TYPE = "image/webp"
# The style in which characters and backgrounds are shown.
PLAIN_STYLE = "Cartoon"


def object_name(kind: Kind, row_id: int) -> str:
    """Where a row's picture, or a track's sound, is stored in the public bucket."""
    return f"catalog/{kind}/{row_id}.{'wav' if kind == 'music' else 'webp'}"


def pictures() -> Iterator[tuple[str, bytes, str]]:
    """Every picture of the catalogue as (object name, bytes, content type)."""
    for style in STYLES:
        yield object_name("styles", style.id), _webp(style_sample(style)), CONTENT_TYPE
    for character in CHARACTERS:
        yield object_name("characters", character.id), _webp(portrait(character)), CONTENT_TYPE
    for background in BACKGROUNDS:
        yield object_name("backgrounds", background.id), _webp(view(background)), CONTENT_TYPE


def style_sample(style: Style) -> Image.Image:
    """The same small scene in every style, so that they can be compared."""
    heroes = (Look("Siti", CHARACTERS[0].description_prompt), Look("Kancil", CHARACTERS[14].description_prompt))
    meadow = Look("Tepi Sungai", "")
    brief = Brief(
        "Siti tersenyum menyapa Kancil, siang cerah", "", (), Look(style.name, style.prompt_modifier), heroes, meadow, "square", 2, 3, 11
    )
    return panel(brief, (SIDE * 2, SIDE * 2), shot="medium")


def portrait(character: Template) -> Image.Image:
    """A character from head to foot before a plain ground of its own colour."""
    style = style_named(PLAIN_STYLE)
    who = figure(Look(character.name, character.description_prompt))
    size = SIDE * 2
    canvas = Image.new("RGB", (size, size))
    pen = Pen(canvas, 1, style, Random(character.id))
    hue = mix(who.person.top, (255, 240, 200), 0.5) if who.person else ((206, 228, 190), (250, 222, 176), (196, 224, 236))[character.id % 3]
    pen.wash(0, 0, size, size, lighter(hue, 0.5), lighter(hue, 0.15))
    pen.flat(blob(pen.rng, size * 0.5, size * 0.52, size * 0.43, size * 0.43, 11, 0.06), lighter(hue, 0.62))
    actor = _posed(who, size)
    pen.flat(blob(pen.rng, actor.x, actor.y + size * 0.012, size * 0.4, size * 0.06, 9, 0.06), darker(hue, 0.1))
    shadow(pen, actor)
    figure_on(pen.at(actor.x, actor.y, actor.unit, weight=1.5), actor, "")
    return canvas


def _posed(who: Figure, size: int) -> Actor:
    high, wide = stature(who, style_named(PLAIN_STYLE).heads)
    unit = min(size * 0.8 / (high * (1.12 if who.person and who.person.hat else 1.0)), size * 0.84 / wide)
    pose = ("wave", "hips", "explain", "relaxed", "talk")[who.marks % 5] if who.species not in BEASTS else "stand"
    x = size * 0.5
    return Actor(who, 0, x, size * 0.5 + min(high * unit * 0.55, size * 0.43), unit, False, pose, "happy", False)


def view(background: Template) -> Image.Image:
    """A background without anybody in it."""
    style = style_named(PLAIN_STYLE)
    scene = scenery.scene_of(background.name, background.description_prompt, "")
    name = "day" if scene in scenery.TIMELESS else skies.hour_in(f"{background.name} {background.description_prompt}") or "day"
    rng = Random(background.id)
    size = (SIDE * 2, SIDE * 2)
    hour = skies.HOURS[name]
    # The reduction to SIDE smooths the edges, so it needs no oversampling of its own.
    picture = scene_picture(style, scene, hour, size, "wide", rng, oversample=1)
    return frames.framed(finishes.finish(picture, style.finish, rng), style, rng)


def _webp(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0).save(encoded, "WEBP", quality=84, method=2)
    return encoded.getvalue()
