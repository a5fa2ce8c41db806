"""What a story is called and what it is about: title, synopsis, theme, mood and keywords."""

import re
from collections import Counter

from common.i18n import Language, Text
from common.writing.condense import condensed
from common.writing.figures import Cast, Figure
from common.writing.lexicon import GENRE_MOODS, MOODS, THEMES, Cue
from common.writing.limits import KEYWORD, KEYWORDS, LABEL, TITLE, capitalized, clean, shorten
from common.writing.moments import Moment
from common.writing.sentences import split
from common.writing.words import KIN, WORD, listed

_SYNOPSIS = 420
_LINE = 60
_SMALL = listed("dan di ke dari yang untuk dengan pada si and of the in on at to with a an for")
_TALE = Text("The Tale of {who}", "Kisah {who}")
_PAIR = Text("{first} and {second}", "{first} dan {second}")
_WORDLESS = Text("A Story Without Words", "Cerita Tanpa Kata")
_THEME = Text("The adventure of {who}", "Petualangan {who}")
_NO_THEME = Text("A story from everyday life", "Cerita kehidupan sehari-hari")
_FIRST_THEN = Text("{first}, then {then}", "{first}, lalu {then}")
_COLOURS = "merah|emas|biru|hijau|putih|hitam|ajaib|kuning|perak|kecil|besar|pelangi|red|golden|blue|green|white|black|magic|silver"


def title(given: str, text: str, cast: Cast, importance: Counter[str], language: Language) -> str:
    """What to call the story: its teller's title, a short idea itself, or who and what it is mostly about."""
    if given:
        return shorten(given, TITLE)
    plain = clean(text)
    if not re.search(r"[a-zA-Z]", plain):  # Words of other scripts are not told apart here.
        return shorten(split(plain)[0].rstrip(".。 "), _LINE) if re.search(r"\w", plain) else _WORDLESS.say(language)
    words = WORD.findall(plain)
    if words and len(words) <= 7 and not re.search(r"[.!?…].*\w", plain):
        return shorten(_title_case(plain.rstrip(" .!?,;:")), TITLE)
    figures = cast.figures
    if figures:
        return shorten(_about(figures, text, importance, language), TITLE)
    things = [word for word, _ in importance.most_common(2)]
    if things:
        return shorten(_joined([_with_colour(thing, text) for thing in things], language), TITLE)
    return shorten(_title_case(" ".join(plain.split()[:6])), _LINE)


def _about(figures: tuple[Figure, ...], text: str, importance: Counter[str], language: Language) -> str:
    hero = _with_article(figures[0], language)
    second = figures[1] if len(figures) > 1 else None
    if second and second.weight >= max(4, figures[0].weight * 0.3):
        other = second.name + "nya" if language == "id" and second.name.lower() in KIN else _with_article(second, language)
        return _joined([hero, other], language)
    forms = {word for figure in figures for form in figure.forms for word in form.split()}
    least = 1 if len(WORD.findall(text)) < 40 else 2
    thing = next((word for word, count in importance.most_common(8) if count >= least and word not in forms), "")
    return _joined([hero, _with_colour(thing, text)], language) if thing else _TALE.say(language, who=hero)


def _with_article(figure: Figure, language: Language) -> str:
    return figure.name if language == "id" or figure.is_named else f"the {figure.name}"


def _joined(names: list[str], language: Language) -> str:
    return capitalized(names[0] if len(names) == 1 else _PAIR.say(language, first=names[0], second=names[1]))


def _with_colour(thing: str, text: str) -> str:
    """A motif with the colour it goes by, if it goes by one: payung → Payung Merah."""
    after = re.search(rf"\b{re.escape(thing)}\s+(?:{_COLOURS})\b", text, re.IGNORECASE)
    before = re.search(rf"\b(?:{_COLOURS})\s+{re.escape(thing)}\b", text, re.IGNORECASE)
    found = after or before
    return _title_case(found[0].lower() if found else thing)


def _title_case(text: str) -> str:
    words = text.split()
    return " ".join(word if number and word.lower() in _SMALL else capitalized(word) for number, word in enumerate(words))


def synopsis(moments: list[Moment], cast: Cast, importance: Counter[str], language: Language) -> str:
    """Two or three sentences of the story with its beginning and its end."""
    told = [(moment.shown, moment.shown) for moment in moments if moment.shown]
    said = [(line.text, line.text) for moment in moments for line in moment.lines]
    if len(told) < 2 and said:
        told = [*told, *said]
    if not told:
        return ""
    return condensed(told, _SYNOPSIS, importance, cast, language, keep=(0, -1), most=3)


def theme(text: str, cast: Cast, language: Language) -> str:
    """What the story is about in a phrase, by the words that speak for it."""
    strongest = _strongest(THEMES, text)
    if strongest:
        return strongest[0].say(language)
    hero = next((figure.name for figure in cast.figures if figure.name != "Aku"), "")
    return shorten(_THEME.say(language, who=hero) if hero else _NO_THEME.say(language), LABEL)


def mood(text: str, genres: tuple[str, ...], language: Language) -> str:
    """How the story feels at first and, where that differs, at its end; by its genres if its words do not tell."""
    cut = len(text) * 2 // 3
    first, then = _strongest(MOODS, text[:cut]), _strongest(MOODS, text[cut:])
    if first and then and then[0] != first[0]:
        return _FIRST_THEN.say(language, first=first[0].say(language), then=then[0].say(language))
    if first or then:
        return (first or then)[0].say(language)
    wanted = " ".join(genres).lower()
    by_genre = next((name for signs, name in GENRE_MOODS if any(sign in wanted for sign in signs.split())), MOODS[3].name)
    return by_genre.say(language)


def _strongest(cues: tuple[Cue, ...], text: str) -> list[Text]:
    counted = [(len(cue.signs.findall(text)), -number, cue.name) for number, cue in enumerate(cues)]
    best = max(counted)
    return [best[2]] if best[0] else []


def keywords(cast: Cast, importance: Counter[str]) -> tuple[str, ...]:
    """Figures and motifs, most important first, at most 12."""
    figures = [figure.name for number, figure in enumerate(cast.figures[:5]) if number < 2 or figure.weight >= 8]
    forms = {word for figure in cast.figures for form in figure.forms for word in re.split(r"[\s-]", form)}
    counted = [(word, count) for word, count in importance.most_common(40) if not {word, word.removesuffix("s")} & forms]
    often = sum(count > 1 for _, count in counted)
    things = [word for word, _ in counted[: max(often, 6 - len(figures))]]
    found = dict.fromkeys(shorten(word, KEYWORD) for word in [*figures, *things])
    return tuple(found)[:KEYWORDS]
