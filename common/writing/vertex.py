"""The writer of production: Gemini on Vertex AI, whose answers are checked before anything believes them."""

import json
from typing import Any

from common import log, settings
from common.clients import vertex
from common.clients.errors import Unavailable
from common.clients.writer import Dialogue, Script, ScriptPanel, Story
from common.writing import limits
from common.writing.limits import clean, shorten
from common.writing.words import VOICE, language

_LANGUAGES = {"id": "Indonesian (bahasa Indonesia)", "en": "English"}

_INSTRUCTION = """\
You write scripts for a comic studio whose readers are families in Indonesia. Turn the story you are given into one comic script.

Length: exactly {pages} pages with exactly {per_page} panels on each page, {total} panels in all, in reading order. page_number runs \
from 1 to {pages}; panel_number runs from 1 to {per_page} and starts again at 1 on every page.
Language: write every text in {language}.
Story: keep its characters, its events and its order, and spread its beginning, middle and end evenly over the pages. Where it is \
shorter than the comic, show a moment from several sides; do not invent another plot. Keep it fit for readers of all ages.
Texts: title at most 80 characters; synopsis two or three sentences; theme and mood a few words each; keywords 3 to 8 single words.
Each panel: description says what is seen, for an artist who reads nothing else: who (by name, with the looks that stay the same \
throughout), where, doing what, and the camera's view, at most 400 characters and never any lettering; narration is the caption, at \
most 220 characters, or empty; dialogues are at most two balloons of at most 90 characters, each with its speaker's name.
The data is a JSON object: story; style, genres, characters and backgrounds are what its teller chose, to be used where they fit."""

_AGAIN = """

An earlier answer was thrown away because of this: {problems}. Answer again from the start, complete, and mind it."""


def _text() -> dict[str, Any]:
    return {"type": "STRING"}


# No minItems, maxItems or maxLength: on an array of this size they make the service answer 400 ("too
# many states for serving") or 500. The instruction asks for the counts and `_script` checks them.
_SCHEMA: dict[str, Any] = {
    "type": "OBJECT",
    "properties": {
        "title": _text(),
        "synopsis": _text(),
        "theme": _text(),
        "mood": _text(),
        "keywords": {"type": "ARRAY", "items": _text()},
        "panels": {
            "type": "ARRAY",
            "items": {
                "type": "OBJECT",
                "properties": {
                    "page_number": {"type": "INTEGER"},
                    "panel_number": {"type": "INTEGER"},
                    "description": _text(),
                    "narration": _text(),
                    "dialogues": {
                        "type": "ARRAY",
                        "items": {
                            "type": "OBJECT",
                            "properties": {"speaker": _text(), "text": _text()},
                            "required": ["speaker", "text"],
                            "propertyOrdering": ["speaker", "text"],
                        },
                    },
                },
                "required": ["page_number", "panel_number", "description", "narration", "dialogues"],
                "propertyOrdering": ["page_number", "panel_number", "description", "narration", "dialogues"],
            },
        },
    },
    "required": ["title", "synopsis", "theme", "mood", "keywords", "panels"],
    "propertyOrdering": ["title", "synopsis", "theme", "mood", "keywords", "panels"],
}


class _Misfit(Exception):
    """The model's answer is not a script of this story; the message says why, in our words alone."""


def write(story: Story) -> Script:
    """The script of `story` by Gemini: exactly `page_count` × `panels_per_page` panels, every text within `limits`.

    An answer that does not fit is asked for once more. Raises `Refused` with a reason for the
    creator, and `Unavailable` after at most twice VERTEX_SECONDS.
    """
    try:
        return _asked(story)
    except (_Misfit, vertex.Unusable) as problem:
        log.warning("script did not fit, asking again", why=str(problem))
        problems = str(problem)
    try:
        return _asked(story, _AGAIN.format(problems=problems))
    except _Misfit as problem:
        raise Unavailable("vertex", f"the script does not fit: {problem}") from problem


def _asked(story: Story, more: str = "") -> Script:
    total = story.page_count * story.panels_per_page
    instruction = _INSTRUCTION.format(
        pages=story.page_count, per_page=story.panels_per_page, total=total, language=_LANGUAGES[language(story.text)]
    )
    return _script(vertex.generate_json(instruction + more, _data(story), _SCHEMA, settings.VERTEX_TEXT_MODEL()), story)


def _data(story: Story) -> str:
    """What the creator told and chose, on one line of JSON: no text in it can begin a line of its own."""
    told = {
        "story": shorten(clean(story.text, lines=True), limits.STORY),
        "style": clean(story.style),
        "genres": [clean(genre) for genre in story.genres],
        "characters": [clean(character) for character in story.characters],
        "backgrounds": [clean(background) for background in story.backgrounds],
    }
    return json.dumps(told, ensure_ascii=False)


def _script(answer: dict[str, Any], story: Story) -> Script:
    """`answer` as a script, cleaned and shortened; `_Misfit` when something is missing, miscounted or of the wrong type."""
    return Script(
        title=_said(answer, "title", limits.TITLE, needed=True),
        synopsis=_said(answer, "synopsis", limits.SYNOPSIS, needed=True),
        theme=_said(answer, "theme", limits.LABEL),
        mood=_said(answer, "mood", limits.LABEL),
        keywords=_keywords(answer),
        panels=_panels(answer, story),
    )


def _said(holder: dict[str, Any], name: str, limit: int, needed: bool = False) -> str:
    value = holder.get(name)
    if not isinstance(value, str):
        raise _Misfit(f"{name} is missing or no text")
    text = shorten(clean(value), limit)
    if needed and not text:
        raise _Misfit(f"{name} is empty")
    return text


def _keywords(answer: dict[str, Any]) -> tuple[str, ...]:
    words = answer.get("keywords")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise _Misfit("keywords is no list of texts")
    cleaned = (shorten(clean(word), limits.KEYWORD) for word in words[: 2 * limits.KEYWORDS])
    return tuple(dict.fromkeys(word for word in cleaned if word))[: limits.KEYWORDS]


def _panels(answer: dict[str, Any], story: Story) -> tuple[ScriptPanel, ...]:
    listed = answer.get("panels")
    total = story.page_count * story.panels_per_page
    if not isinstance(listed, list) or len(listed) != total:
        found = len(listed) if isinstance(listed, list) else "no"
        raise _Misfit(f"panels has {found} panels, not {total} ({story.page_count} pages of {story.panels_per_page})")
    voice = VOICE.say(language(story.text))
    return tuple(_panel(panel, number, story.panels_per_page, voice) for number, panel in enumerate(listed))


def _panel(panel: object, number: int, per_page: int, voice: str) -> ScriptPanel:
    """Panel `number` (from 0) of the script; `voice` is who speaks where nobody is named."""
    page, place = number // per_page + 1, number % per_page + 1
    if not isinstance(panel, dict):
        raise _Misfit(f"panel {number + 1} is no object")
    if (panel.get("page_number"), panel.get("panel_number")) != (page, place):
        raise _Misfit(f"panel {number + 1} of the list has to be page_number {page}, panel_number {place}")
    return ScriptPanel(
        page_number=page,
        panel_number=place,
        description=_said(panel, "description", limits.DESCRIPTION, needed=True),
        narration=_said(panel, "narration", limits.NARRATION),
        dialogues=_dialogues(panel, voice),
    )


def _dialogues(panel: dict[str, Any], voice: str) -> tuple[Dialogue, ...]:
    """The first balloons that say something; the rest of a crowded panel is dropped rather than asked for again."""
    listed = panel.get("dialogues")
    if not isinstance(listed, list) or not all(isinstance(line, dict) for line in listed):
        raise _Misfit("dialogues is no list of objects")
    lines = (Dialogue(_said(line, "speaker", limits.SPEAKER) or voice, _said(line, "text", limits.SPEECH)) for line in listed[:10])
    return tuple(line for line in lines if line.text)[: limits.DIALOGUES]
