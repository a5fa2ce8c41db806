"""Fitting a story into its panels: long ones are gathered, short ones taken apart, so that each panel has its own content."""

import re
from bisect import bisect_left
from dataclasses import replace
from itertools import accumulate

from common.writing.figures import Cast
from common.writing.limits import capitalized, ended
from common.writing.moments import Moment, named, subject_of, without_words
from common.writing.sentences import split
from common.writing.speech import Manner
from common.writing.words import WORD, is_verb, listed

Beat = tuple[Moment, ...]

# A clause behind one of the first stands on its own (“Lalu …”), one behind the others leans on the clause before it.
_COORDINATING = listed("lalu kemudian tetapi tapi namun sedangkan sementara akhirnya but then so")
_SUBORDINATE = listed(
    "sehingga hingga sampai karena sebab agar supaya ketika saat maka sambil seraya sembari untuk seolah while because when until who"
)
_PREPOSITIONS = listed("di ke dari dengan pada kepada yang untuk dalam bersama in on at to with from for of into that")
_JOINT = re.compile(
    rf"(?:[;:]\s+|,?\s+(?=(?:{'|'.join(sorted(_COORDINATING | _SUBORDINATE))})\b)|,?\s+(?=(?:dan|and)\s+\w{{4,}})|,\s+(?!dan\b|and\b))",
    re.IGNORECASE,
)
_PHRASE = re.compile(rf"\s+(?=(?:{'|'.join(sorted(_PREPOSITIONS))})\b)", re.IGNORECASE)
_LEANS = re.compile(rf"^(?:{'|'.join(sorted(_SUBORDINATE | _PREPOSITIONS))})\b", re.IGNORECASE)
_AND = re.compile(r"^(?:dan|and)\s+", re.IGNORECASE)
_PRONOUNS = ("ia", "dia", "mereka", "aku", "saya", "kami", "kita", "he", "she", "they", "it", "we")
_DANGLING = re.compile(r",?\s+(?:dan|tetapi|tapi|namun|lalu|and|but)$", re.IGNORECASE)
# A caption shorter than this is not worth a panel of its own.
_PHRASE_LENGTH = 46
_LEAD = re.compile(r"^((?:lalu|kemudian|akhirnya|then|and|but|tetapi|namun)\s+)?(\w+)", re.IGNORECASE)


def arrange(moments: list[Moment], count: int, cast: Cast) -> list[Beat]:
    """`moments` as exactly `count` beats in their order, none of them empty; `moments` is not empty."""
    while len(moments) < count:
        wider = _taken_apart(moments, cast)
        if wider is None:
            return [(moment,) for moment in _with_views(moments, count)]
        moments = wider
    return _gathered(moments, count)


def _weight(moment: Moment) -> int:
    """How much room a moment asks for, in characters; an unspoken look still asks for some."""
    return 40 + len(moment.told) + sum(len(line.text) for line in moment.lines)


def _gathered(moments: list[Moment], count: int) -> list[Beat]:
    """`moments` in `count` runs of about equal weight, breaking at paragraphs where that is close."""
    ends = list(accumulate(_weight(moment) for moment in moments))
    breaks, start = [0], 0
    for number in range(1, count):
        target = ends[-1] * number / count
        low, high = start + 1, len(moments) - (count - number)
        at = min(max(bisect_left(ends, target) + 1, low), high)
        nearby = range(max(low, at - 2), min(high, at + 1) + 1)
        start = min(nearby, key=lambda place: _cost(moments, ends, place, target, ends[-1] / count))
        breaks.append(start)
    return [tuple(moments[a:b]) for a, b in zip(breaks, [*breaks[1:], len(moments)], strict=True)]


def _cost(moments: list[Moment], ends: list[int], place: int, target: float, share: float) -> float:
    """How bad a break before moment `place` is: away from its target, inside a paragraph, between question and answer."""
    before, after = moments[place - 1], moments[place]
    cost = abs(ends[place - 1] - target) / share
    cost -= 0.25 if before.paragraph != after.paragraph and not before.lines else 0
    cost += 0.25 if before.lines and after.lines and before.lines[-1].text.endswith("?") else 0
    # A gesture and what is said with it belong together.
    cost += 0.3 if before.paragraph == after.paragraph and not before.lines and after.lines and not after.told else 0
    return cost


def _taken_apart(moments: list[Moment], cast: Cast) -> list[Moment] | None:
    """`moments` with the longest divisible one in two; None when every one of them is as short as it can be."""
    for at in sorted(range(len(moments)), key=lambda number: -_weight(moments[number])):
        parts = _halves(moments[at], cast)
        if parts:
            return [*moments[:at], *parts, *moments[at + 1 :]]
    return None


def _halves(moment: Moment, cast: Cast) -> list[Moment]:
    if moment.told and moment.lines:
        # The words of the balloon came after the introduction and before what the tag tells.
        telling = replace(moment, lines=(), actors=_seen(moment.shown, cast) or moment.actors)
        speaking = replace(moment, told="", shown="")
        return [telling, speaking]
    if len(moment.lines) > 1:
        middle = len(moment.lines) // 2
        return [replace(moment, lines=moment.lines[:middle]), replace(moment, lines=moment.lines[middle:])]
    if moment.lines:
        return _halves_of_line(moment)
    return _halves_of_told(moment, cast)


def _halves_of_line(moment: Moment) -> list[Moment]:
    line = moment.lines[0]
    said = split(line.text)
    if len(said) < 2:
        return []
    middle = len(said) // 2
    parts = (" ".join(said[:middle]), " ".join(said[middle:]))
    return [replace(moment, lines=(replace(line, text=part, manner=_manner(part, line.manner)),)) for part in parts if part]


def _manner(text: str, manner: Manner) -> Manner:
    return "ask" if text.endswith("?") else "say" if manner == "ask" else manner


def _halves_of_told(moment: Moment, cast: Cast) -> list[Moment]:
    told = split(moment.told)
    if len(told) > 1:
        middle = len(told) // 2
        texts = [" ".join(told[:middle]), " ".join(told[middle:])]
    else:
        texts = _clauses(moment.told, cast)
    subject = subject_of(moment.shown, cast, "") or next(iter(moment.actors), "")
    scene = (moment.scene or moment.shown) if any("…" in text for text in texts) else ""
    halves = [(text, named(text, subject, cast)) for text in texts]
    return [replace(moment, told=text, shown=shown, scene=scene, actors=_seen(shown, cast) or moment.actors) for text, shown in halves]


def _clauses(text: str, cast: Cast) -> list[str]:
    """A sentence as two captions, cut where a clause (else a phrase) begins nearest to its middle; [] if it is too short."""
    for pattern in (_JOINT, _PHRASE):
        if pattern is _PHRASE and len(text) < _PHRASE_LENGTH:
            continue
        cuts = [m for m in pattern.finditer(text) if _is_cut(text[: m.start()], text[m.end() :])]
        if cuts:
            cut = min(cuts, key=lambda m: abs(m.start() + m.end() - len(text)) + _reluctance(text[m.end() :]))
            return _captions(text[: cut.start()], text[cut.end() :], cast)
    return []


def _reluctance(right: str) -> int:
    """Characters off the middle that a cut before `right` is worse than one before a conjunction of its own."""
    first = right.split()[0].lower()
    return 30 if first in ("dan", "and") else 0 if first in _COORDINATING | _SUBORDINATE else 20


def _is_cut(left: str, right: str) -> bool:
    """Whether both sides have three words, and a bare “dan” joins clauses and not two things of a list."""
    if min(len(WORD.findall(left)), len(WORD.findall(right))) < 3:
        return False
    after_and = _AND.sub("", right)
    first = after_and.split()[0].lower()
    return after_and == right or is_verb(first) or first in _PRONOUNS or first.endswith(("ed", "lah"))


def _captions(left: str, right: str, cast: Cast) -> list[str]:
    leans = _LEANS.match(right) is not None or (_LEANS.match(left.lstrip("…")) is not None and "," not in left)
    left = _DANGLING.sub("", left.rstrip(" ,;:"))
    if leans or not _begins_clause(right, cast):
        return [left + "…", "…" + ended(right)]
    lead = _LEAD.match(_AND.sub("", right))
    last_clause = _JOINT.split(left)[-1]
    subject = subject_of(last_clause, cast, "")
    if not subject and last_clause != left and _AND.match(right):
        return [left + "…", "…" + ended(right)]
    right = _AND.sub("", right)
    # “… lalu tersenyum” would lose who smiles; Indonesian gives the verb its pronoun back.
    if lead and subject and is_verb(lead[2].lower()) and not cast.mentioned(right[: lead.end(2)]) and not lead[2].lower().startswith("ter"):
        pronoun = "ia " if not re.search(r"\b(?:the|and|a)\b", left, re.IGNORECASE) else ""
        right = (lead[1] or "") + pronoun + right[lead.start(2) :]
    return [ended(left), capitalized(ended(right))]


def _begins_clause(right: str, cast: Cast) -> bool:
    """Whether `right` can stand as a sentence: it has a conjunction, a verb, or somebody at its start."""
    bare = _AND.sub("", right)
    first = bare.split()[0].lower().strip(",.")
    found = cast.mentioned(bare)
    return first in _COORDINATING or is_verb(first) or first in _PRONOUNS or bool(found and found[0][0] < 12)


def _seen(text: str, cast: Cast) -> tuple[str, ...]:
    return tuple(dict.fromkeys(figure.name for _, figure in cast.mentioned(text)))


def _with_views(moments: list[Moment], count: int) -> list[Moment]:
    """`moments` with as many further views, spread evenly, as make `count`; the first view opens before anything is said."""
    total = len(moments)
    shares = [count * (at + 1) // total - count * at // total for at in range(total)]
    found: list[Moment] = []
    camera = 1
    for number, (moment, share) in enumerate(zip(moments, shares, strict=True)):
        opening = 1 if number == 0 and share > 1 else 0
        camera -= opening
        views = [without_words(moment, camera + extra) for extra in range(share - 1)]
        camera += len(views)
        found += [*views[:opening], moment, *views[opening:]]
    return found
