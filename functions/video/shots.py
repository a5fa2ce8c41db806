"""Which parts a comic's film has, and how long each is."""

import math
from collections.abc import Callable

from common import media, narrations, settings
from common.clients import voice
from common.clients.errors import Refused
from common.exports import Content, Panel
from common.i18n import Text
from common.narrations import Narration

from . import sound
from .segments import Shot

# Seconds of a panel without narration, and the fewest of one with: a single word would flash by.
SILENT, SHORTEST = 4.0, 2.5

# Letters a second that no voice speaks; they take half as many.
UNHEARD_OF = 25

TOO_LONG = Text(
    "The video would be longer than {minutes} minutes; please shorten the narrations",
    "Videonya akan lebih panjang dari {minutes} menit; silakan persingkat narasinya",
)


def narrated(content: Content, beat: Callable[[int], None]) -> list[Narration | None]:
    """Each panel's narration as sound, None where it has nothing to say; `beat` is called with each panel's place.

    Only the narration is spoken: what the characters say stands in the picture, and one voice for
    all of them confuses who speaks. Raises `Refused` when it would be longer than VIDEO_MINUTES at any speed.
    """
    texts = [_told(before, panel) for before, panel in zip((None, *content.panels), content.panels, strict=False)]
    # Asked before the first word: each of them is paid for.
    if sum(letter.isalnum() for text in texts for letter in text) > settings.VIDEO_MINUTES() * 60 * UNHEARD_OF:
        raise _too_long()
    spoken: list[Narration | None] = []
    for place, text in enumerate(texts):
        beat(place)
        spoken.append(narrations.spoken(text) if text else None)
    return spoken


def _told(before: Panel | None, panel: Panel) -> str:
    """What is spoken while the panel is seen; nothing where there is nothing to say, or it was said."""
    text = voice.normal(panel.narration)
    return text if voice.speakable(text) and not _said(before, panel) else ""


def _said(before: Panel | None, panel: Panel) -> bool:
    """Whether the panel before told the same: a page's narration is that of all its panels, and is told once."""
    return before is not None and before.page == panel.page and before.narration == panel.narration


def shots(content: Content, spoken: list[Narration | None], rate: int) -> list[Shot]:
    """The film's parts in order, `rate` frames a second; raises `Refused` when it would be longer than VIDEO_MINUTES."""
    lengths = [_frames(narration, rate) for narration in spoken]
    if sum(lengths) > settings.VIDEO_MINUTES() * 60 * rate:
        raise _too_long()
    names = [picture(panel) for panel in content.panels]
    last = len(names) - 1
    return [
        Shot(name, names[place - 1] if place else None, frames, place == last, content.watermark)
        for place, (name, frames) in enumerate(zip(names, lengths, strict=True))
    ]


def _too_long() -> Refused:
    minutes = settings.VIDEO_MINUTES()
    return Refused(Text(TOO_LONG.say("en", minutes=minutes), TOO_LONG.say("id", minutes=minutes)))


def picture(panel: Panel) -> str:
    """The private file of the panel's picture; its own place comes before those of its smaller renderings."""
    return next(media.names((panel.image or {})["url"]))


def _frames(narration: Narration | None, rate: int) -> int:
    if narration is None:
        return round(SILENT * rate)
    return math.ceil(max(SHORTEST, sound.LEAD + narration.milliseconds / 1000 + sound.TAIL) * rate)
