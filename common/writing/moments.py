"""A story as moments: what is told, who is seen where, and who says what, with pronouns traced to their figures."""

import re
from dataclasses import dataclass, replace

from common.i18n import Language
from common.writing import speech
from common.writing.figures import Cast
from common.writing.lexicon import PLACE
from common.writing.limits import capitalized, ended
from common.writing.sentences import Quote, Sentence

_CLAUSE = re.compile(
    r"^(?:di|ke|dari|pada|ketika|saat|setelah|sebelum|karena|dengan|dalam|untuk|sesampainya|in|on|at|when|after|before|with|from|under|one)\b[^,]*,\s*",
    re.IGNORECASE,
)
_SUBJECT_PRONOUN = re.compile(r"\b(ia|dia|he|she)\b", re.IGNORECASE)
_OWNED = re.compile(r"\w{3,}nya\b|\b(?:his|her|ia|dia|he|she|him)\b", re.IGNORECASE)
_THEY = re.compile(r"\b(?:mereka semua|mereka berdua|mereka|keduanya|they all|they both|they)\b", re.IGNORECASE)
_MANY = re.compile(r"(?:\bpara\s+|\bsemua\s+|\bpuluhan\s+|\bthe\s+)$", re.IGNORECASE)
_DONE_TO = re.compile(r"\bme\w{3,}nya\b|\b\w+ed\s+(?:him|her)\b", re.IGNORECASE)
_HABIT = re.compile(r"^(?:setiap|tiap|every|each)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One thing said: by whom (a name to show), the words, how it is said, and to whom ("" if to nobody)."""

    speaker: str
    text: str
    manner: speech.Manner
    listener: str


@dataclass(frozen=True)
class Moment:
    """One step of the story.

    `told` is what the caption may say, in the story's own words; `shown` says the same with names in
    place of pronouns, for whoever has to draw it. `actors` are the figures in sight, `place` is where
    ("" as long as the story has not said). `scene` is the whole sentence when the moment is only a
    phrase of it. `camera` is None, or a number for a view that adds no words.
    """

    told: str
    shown: str
    lines: tuple[Line, ...]
    actors: tuple[str, ...]
    place: str
    paragraph: int
    scene: str = ""
    camera: int | None = None


@dataclass
class _Thread:
    """What a reader keeps in mind from sentence to sentence."""

    subject: str = ""
    is_many: bool = False
    place: str = ""
    recent: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    paragraph: int = -1
    last_was_speech: bool = False


def moments(sentences: tuple[Sentence, ...], cast: Cast, language: Language) -> list[Moment]:
    """One moment for every sentence of a story in `language` with the figures of `cast`."""
    thread = _Thread()
    return [_moment(sentence, cast, language, thread) for sentence in sentences]


def _moment(sentence: Sentence, cast: Cast, language: Language, thread: _Thread) -> Moment:
    narrated = sentence.narrated
    before, they = thread.subject, _they(narrated, cast, thread)
    found = PLACE[language].search(narrated)
    place = re.sub(r"^(?:atas|top of)\s+", "", found[1], flags=re.IGNORECASE) if found else thread.place
    lines = tuple(_line(part, sentence, cast, thread) for part in sentence.parts if isinstance(part, Quote))
    told = _told(sentence, lines)
    subject = subject_of(narrated, cast, before)
    actors = _actors(narrated, cast, subject, before, they) + tuple(line.speaker for line in lines if line.speaker)
    shown = named(told, before, cast, _group(they, thread.is_many, language))
    thread.place = thread.place if _HABIT.search(narrated) else place
    thread.is_many = thread.is_many if they else _is_many(narrated, cast)
    thread.subject = lines[-1].speaker if lines else subject
    thread.recent = tuple(dict.fromkeys(reversed((*thread.recent, *actors))))[:4][::-1]
    thread.paragraph, thread.last_was_speech = sentence.paragraph, bool(lines)
    return Moment(told, shown, lines, tuple(dict.fromkeys(actors)), place, sentence.paragraph)


def _actors(text: str, cast: Cast, subject: str, before: str, they: tuple[str, ...]) -> tuple[str, ...]:
    """Who is in sight in the narrated `text`, pronouns and possessives included."""
    meant = (subject,) if subject and not they and _OWNED.search(text) else ()
    named_here = dict.fromkeys(figure.name for _, figure in cast.mentioned(text))
    other = (before,) if before != subject and before and len(named_here) < 2 and _DONE_TO.search(text) else ()
    return (*they, *meant, *named_here, *other)


def _they(text: str, cast: Cast, thread: _Thread) -> tuple[str, ...]:
    """Whom a “mereka” in `text` means that comes before any name: a group told of before, or the last two or all."""
    pronoun = _THEY.search(text)
    if not pronoun or any(at < pronoun.start() for at, _ in cast.mentioned(text)):
        return ()
    if thread.is_many and thread.subject:
        return (thread.subject,)
    return thread.recent[-3:] if re.search(r"semua|all", pronoun[0], re.IGNORECASE) else thread.recent[-2:]


def _is_many(text: str, cast: Cast) -> bool:
    """Whether the first figure of `text` is told of as a group (“para buaya”, “buaya-buaya”, “the crocodiles”)."""
    found = cast.pattern.search(_CLAUSE.sub("", text)) or cast.pattern.search(text)
    if not found:
        return False
    is_plural = "-" in found[0] or (found[0].lower().endswith("s") and not found[1].lower().endswith("s"))
    article = _MANY.search(found.string[: found.start()])
    return is_plural or bool(article and article[0].strip().lower() != "the")


def _group(they: tuple[str, ...], is_many: bool, language: Language) -> str:
    """How to name those whom a “mereka” means."""
    if len(they) == 1 and is_many:
        return f"para {they[0]}" if language == "id" else f"the {they[0]}s"
    joint = " dan " if language == "id" else " and "
    return joint.join((", ".join(they[:-1]), they[-1])) if len(they) > 1 else "".join(they)


def subject_of(text: str, cast: Cast, before: str) -> str:
    """Who `text` is about: its first figure, or `before` when a pronoun comes first or nobody is named."""
    clause = _CLAUSE.sub("", text)
    for part in (clause, text):
        found = cast.mentioned(part)
        if found:
            pronoun = _SUBJECT_PRONOUN.search(part)
            return before if pronoun and pronoun.start() < found[0][0] and before else found[0][1].name
    return before


def named(text: str, subject: str, cast: Cast, group: str = "") -> str:
    """`text` with its first pronoun replaced by `subject` (“mereka” by `group`), unless it names somebody before."""
    pronoun = (_THEY if group else _SUBJECT_PRONOUN).search(text)
    name = group or subject
    if not pronoun or not name or any(at < pronoun.start() for at, _ in cast.mentioned(text)):
        return text
    return capitalized(text[: pronoun.start()] + name + text[pronoun.end() :])


def _told(sentence: Sentence, lines: tuple[Line, ...]) -> str:
    """The caption of a sentence: its narration without the tags that only say who speaks."""
    if not lines:
        return capitalized(ended(sentence.narrated))
    told: list[str] = []
    quotes = [part for part in sentence.parts if isinstance(part, Quote)]
    for number, (quote, line) in enumerate(zip(quotes, lines, strict=True)):
        told += speech.without_tag(quote.before if not number else "", quote.after, line.speaker)
    return " ".join(capitalized(ended(text)) for text in told)


def _line(quote: Quote, sentence: Sentence, cast: Cast, thread: _Thread) -> Line:
    speaker = _speaker(quote, sentence, cast, thread)
    if speaker:
        thread.speakers = (*thread.speakers[-3:], speaker)
    text = quote.text.strip(" ,;–—-")
    if quote.text.rstrip().endswith(","):
        text = ended(text)
    manner = speech.manner_of(quote.text, quote.before, quote.after)
    return Line(
        speaker, capitalized(text), manner, "" if manner in ("think", "pray") else _listener(quote, speaker, sentence, cast, thread)
    )


def _listener(quote: Quote, speaker: str, sentence: Sentence, cast: Cast, thread: _Thread) -> str:
    """Whom `speaker` talks to: who is called by name, else who was last in sight."""
    told = [figure.name for _, figure in cast.mentioned(sentence.narrated)]
    candidates = [*_called(quote, cast), *told, thread.subject, *reversed(thread.recent)]
    return next((name for name in candidates if name and name != speaker), "")


def _speaker(quote: Quote, sentence: Sentence, cast: Cast, thread: _Thread) -> str:
    """Who says `quote`: as tagged, as introduced, or as the run of the conversation has it."""
    if quote.speaker:
        figure = cast.named(quote.speaker)
        return figure.name if figure else quote.speaker
    tagged = speech.tagged_speaker(quote.after)
    introduced = speech.introduced_speaker(quote.before) if tagged is None else None
    words = tagged if tagged is not None else introduced
    if words is not None:
        figure = cast.named(words)
        if figure:
            return figure.name
        told = f"{quote.before} {words}" if introduced is not None else quote.before
        return subject_of(told, cast, _addresser(quote, cast, thread)) if introduced is not None else _addresser(quote, cast, thread)
    if sentence.narrated and cast.named(sentence.narrated):
        return subject_of(sentence.narrated, cast, thread.subject)
    return _next_speaker(quote, sentence, cast, thread)


def _addresser(quote: Quote, cast: Cast, thread: _Thread) -> str:
    """Whom a pronoun means that speaks: the subject, unless the subject is the one spoken to by name."""
    return _not_addressed(quote, cast, [thread.subject, *reversed(thread.speakers)])


def _next_speaker(quote: Quote, sentence: Sentence, cast: Cast, thread: _Thread) -> str:
    """Whose turn it is: the same speaker within a paragraph, the other one in a new paragraph."""
    if sentence.paragraph == thread.paragraph:
        turns = [thread.speakers[-1] if thread.last_was_speech and thread.speakers else thread.subject]
    else:
        last = thread.speakers[-1] if thread.speakers else ""
        turns = [name for name in reversed(thread.speakers) if name != last]
        turns += [figure.name for figure in cast.figures if figure.name != last]
    return _not_addressed(quote, cast, [*turns, thread.subject, *(figure.name for figure in cast.figures)])


def _not_addressed(quote: Quote, cast: Cast, candidates: list[str]) -> str:
    """The first of `candidates` whom the words of `quote` do not call by name (“Kabar apa itu, Kancil?”)."""
    called = _called(quote, cast)
    named_candidates = [name for name in candidates if name]
    return next((name for name in named_candidates if name not in called), named_candidates[0] if named_candidates else "")


def _called(quote: Quote, cast: Cast) -> list[str]:
    """Whom the words of `quote` call by name: at their start, behind a comma, behind “hai”."""
    calls = re.compile(
        r"(?:^|,\s+|[!?]\s+|\b(?:hai|hei|halo|wahai|hey|hello|oh|terima kasih|thank you)\b,?\s+)(?:para\s+|sang\s+|hai\s+)*$", re.IGNORECASE
    )
    ends = re.compile(r"^[\w-]+(?:\s+[\w-]+)?\s*[,!?.]|^[\w-]+$")
    found = cast.mentioned(quote.text)
    # Only what stands around a name matters, and looking no farther keeps a monologue of a whole book fast.
    around = [("…" + quote.text[at - 40 : at] if at > 40 else quote.text[:at], quote.text[at : at + 60], figure) for at, figure in found]
    return [figure.name for before, after, figure in around if calls.search(before) and ends.match(after)]


def without_words(moment: Moment, camera: int) -> Moment:
    """A further view of `moment` that shows it and says nothing; its lines stay as what has just been said."""
    return replace(moment, told="", camera=camera)
