"""The writer turns a story into a script; which writer does it is the setting WRITER.

Both writers take a `Story` and give a `Script` of exactly `page_count` × `panels_per_page` panels.
"""

from dataclasses import dataclass
from importlib import import_module

from common import settings


@dataclass(frozen=True)
class Story:
    """What the creator told; every text in it is data, never an instruction to a model.

    `text` is the summary the creator edited or, before that, the story idea itself; the script is in its language.
    """

    text: str
    page_count: int
    panels_per_page: int
    style: str
    genres: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialogue:
    """One speech balloon: who says what."""

    speaker: str
    text: str


@dataclass(frozen=True)
class ScriptPanel:
    """One panel as written: `page_number` and `panel_number` count from 1, `panel_number` within its page."""

    page_number: int
    panel_number: int
    description: str
    narration: str
    dialogues: tuple[Dialogue, ...]


@dataclass(frozen=True)
class Script:
    """A whole script; `title` is never empty and at most 200 characters."""

    title: str
    synopsis: str
    theme: str
    mood: str
    keywords: tuple[str, ...]
    panels: tuple[ScriptPanel, ...]


def write(story: Story) -> Script:
    """The script of `story` by the writer that the setting WRITER names (`local` or `vertex`).

    Raises `Refused` when the story cannot be written (with a reason for its creator) and
    `Unavailable` when the writer cannot be reached.
    """
    script: Script = import_module(f"common.writing.{settings.WRITER()}").write(story)
    return script
