"""The artist draws a panel; which artist does it is the setting ARTIST."""

from dataclasses import dataclass
from importlib import import_module

from common import settings
from common.clients.writer import Dialogue

# Pixels of a drawn panel by the comic's layout.
SIZES: dict[str, tuple[int, int]] = {"portrait": (1024, 1536), "square": (1024, 1024), "landscape": (1536, 1024)}


@dataclass(frozen=True)
class Look:
    """A chosen template (style, character or background): its name and what it tells an artist."""

    name: str
    prompt: str


@dataclass(frozen=True)
class Brief:
    """All an artist needs to draw one panel; the texts are data, never instructions to a model.

    `characters` are the ones the creator chose (possibly none); `background` the one for this panel.
    `number` of `total` counts the comic's panels from 1; `seed` is the same whenever this panel is
    drawn and another for every version, so that drawing again gives another picture.
    """

    description: str
    narration: str
    dialogues: tuple[Dialogue, ...]
    style: Look
    characters: tuple[Look, ...]
    background: Look | None
    layout: str
    number: int
    total: int
    seed: int


def draw(brief: Brief) -> bytes:
    """The picture of one panel, an encoded JPEG or PNG of `SIZES[brief.layout]` pixels.

    Raises `Refused` when the artist will not draw it (with a reason for its creator) and
    `Unavailable` when the artist cannot be reached.
    """
    picture: bytes = import_module(f"common.drawing.{settings.ARTIST()}").draw(brief)
    return picture
