"""The writer of the local stack: condenses or unfolds the story that was told, with no network and nothing invented.

The same story always gives the same script.
"""

from dataclasses import replace

from common.clients.writer import Script, ScriptPanel, Story
from common.writing import summary
from common.writing.beats import Beat, arrange
from common.writing.figures import Cast, Figure, cast
from common.writing.limits import SPEAKER, STORY, SYNOPSIS, clean, shorten
from common.writing.moments import Moment, moments
from common.writing.panels import Setting, panel, place_of, with_words
from common.writing.sentences import take_apart
from common.writing.words import language, motifs


def write(story: Story) -> Script:
    """The script of `story`: exactly `page_count` × `panels_per_page` panels in the language of its text."""
    text = shorten(clean(story.text, lines=True), STORY)
    told_in = language(text)
    telling = take_apart(text)
    figures = cast(telling.sentences, told_in)
    steps = moments(telling.sentences, figures, told_in)
    importance = motifs(text, told_in)
    setting = Setting(figures, told_in, importance, _hero(story, figures), _place(story, steps), story.panels_per_page)
    beats = arrange(steps or [_nothing_told(story)], story.page_count * story.panels_per_page, figures)
    return Script(
        title=summary.title(telling.title, text, figures, importance, told_in),
        synopsis=shorten(summary.synopsis(steps, figures, importance, told_in), SYNOPSIS),
        theme=summary.theme(text, figures, told_in),
        mood=summary.mood(text, story.genres, told_in),
        keywords=summary.keywords(figures, importance),
        panels=_panels(beats, setting),
    )


def _panels(beats: list[Beat], setting: Setting) -> tuple[ScriptPanel, ...]:
    places = ["", *map(place_of, beats)]
    made: dict[str, ScriptPanel] = {}
    for number, beat in enumerate(beats):
        drawn = panel(beat, number, len(beats), places[number], setting)
        if drawn.description in made:
            drawn = replace(drawn, description=with_words(drawn.description, drawn, setting.language))
        if drawn.description in made:
            drawn = replace(drawn, description=f"{drawn.description} ({number + 1}/{len(beats)})")
        made[drawn.description] = drawn
    return tuple(made.values())


def _hero(story: Story, figures: Cast) -> str:
    """Whom to show when a sentence names nobody: who the story is about, else the character that was chosen."""
    named: tuple[Figure, ...] = figures.figures
    return named[0].name if named else shorten(clean(story.characters[0]), SPEAKER) if story.characters else ""


def _place(story: Story, steps: list[Moment]) -> str:
    """Where to show it when a sentence does not say: the first place told, else the background that was chosen."""
    told = next((step.place for step in steps if step.place), "")
    return told or (shorten(clean(story.backgrounds[0]), SPEAKER) if story.backgrounds else "")


def _nothing_told(story: Story) -> Moment:
    """The one moment of a story without words."""
    return Moment("", "", (), tuple(shorten(clean(name), SPEAKER) for name in story.characters[:2]), "", 0, camera=0)
