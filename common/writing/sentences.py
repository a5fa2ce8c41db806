"""Sentences of a story with their direct speech, whatever way its teller typed it."""

import re
from dataclasses import dataclass

from common.writing.limits import capitalized, clean
from common.writing.words import ENGLISH, INDONESIAN, listed

_OPENERS = {"“": "”", "„": "”", "«": "»", '"': '"', "‘": "’", "'": "'", "”": "”"}
# How far a quote may reach, in characters; a stray mark must not swallow the rest of a story, nor the time to read it.
_LONGEST, _LONGEST_SINGLE = 3000, 800
_LONGEST_SENTENCE = 500
_MOST_PIECES = 8
_BULLET = re.compile(r"^(?:[-*•·–—▪◦‣]+|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+")
_LABEL = re.compile(r"^([^\W\d_][\w.'’ -]{0,38}?)\s*:\s*(\S.*)$")
_TITLES = listed("judul title")
_ASIDES = listed("tema theme genre tokoh karakter characters character latar setting catatan note moral style gaya") | {"pesan moral"}
_NARRATED = listed(
    """
    narasi narator narrator narration sinopsis synopsis adegan scene panel halaman page babak bagian bab chapter cerita
    """
)
# A full stop behind these ends no sentence; behind the ones in the second list it does before a capital.
_ABBREVIATIONS = listed(
    """
    dr drs dra ir prof hj kh st bpk sdr sdri tn ny nn yth jl gg kab kec mr mrs ms jr sr vs e.g i.e s.d a.n swt saw
    """
)
_ENDING_ABBREVIATIONS = listed("dll dsb dst dkk etc")
_BEFORE_NUMBERS = listed("no hal tgl rp rt rw bab vol")
# “Buatkan komik tentang seekor kucing …” is an order for a story; the story begins behind it.
_ANNOUNCED = re.compile(
    r"^(?:(?:tolong\s+|please\s+)?(?:buatkan|buat|tuliskan|tulis|bikin|write|create|make|tell)\s+(?:saya\s+|aku\s+|me\s+)?)?(?:ini\s+(?:adalah\s+)?)?"
    r"(?:(?:sebuah|an?|the)\s+)?(?:komik|kisah|cerita|dongeng|story|tale|comic)\s+(?:(?:pendek|lucu|short|funny)\s+)?"
    r"(?:(?:tentang|mengenai|of|about)\s+|(?=se(?:ekor|orang|buah)\b))",
    re.IGNORECASE,
)
_TERMINAL = re.compile(r"(\.{2,}|…+|[.!?]+[.!?…]*|。|！|？)[\"'”’»)\]]*")


@dataclass(frozen=True)
class Quote:
    """Direct speech in a sentence: its words and the narrated text right before and after it in that sentence."""

    text: str
    before: str
    after: str
    speaker: str = ""


@dataclass(frozen=True)
class Sentence:
    """One sentence as told: `parts` alternates narrated text (str) and `Quote`s; `paragraph` counts from 0."""

    parts: tuple["str | Quote", ...]
    paragraph: int

    @property
    def narrated(self) -> str:
        """What is told outside the direct speech, in one piece."""
        return " ".join(part for part in self.parts if isinstance(part, str)).strip()


@dataclass(frozen=True)
class Telling:
    """A story taken apart: the title its teller wrote ("" if none) and its sentences."""

    title: str
    sentences: tuple[Sentence, ...]


def take_apart(text: str) -> Telling:
    """The sentences of `text` in order; a first line that is a title (or is labelled so) is taken as the title."""
    title, paragraphs = _title(_paragraphs(clean(text, lines=True)))
    paragraphs[:1] = [capitalized(_ANNOUNCED.sub("", first)) if _ANNOUNCED.match(first) else first for first in paragraphs[:1]]
    sentences: list[Sentence] = []
    for number, paragraph in enumerate(paragraphs):
        speaker, said = _script_line(paragraph)
        if speaker:
            sentences.append(Sentence((Quote(said, "", "", speaker),), number))
        else:
            sentences += [_sentence(pieces, number) for pieces in _cut(_pieces(said))]
    return Telling(title, tuple(sentence for sentence in sentences if any(sentence.parts)))


# A line of this many characters that does not end a sentence was wrapped by an editor, not ended by its teller.
_WRAPPED = 60


def _paragraphs(text: str) -> list[str]:
    """Lines of `text` without bullets; a line that only wraps joins the line before it."""
    paragraphs: list[str] = []
    wraps = long = False
    for line in text.split("\n"):
        bare = _BULLET.sub("", line).strip()
        if wraps and bare and bare == line and (long or bare[0].islower()):
            paragraphs[-1] += " " + bare
        elif bare:
            paragraphs.append(bare)
        wraps = bool(bare) and not _TERMINAL.search(bare[-3:])
        long = len(line) >= _WRAPPED
    return paragraphs


def _title(paragraphs: list[str]) -> tuple[str, list[str]]:
    labelled = [p for p in paragraphs if (m := _LABEL.match(p)) and m[1].lower() in _TITLES]
    rest = [p for p in paragraphs if p not in labelled]
    rest = [p for p in rest if not ((m := _LABEL.match(p)) and m[1].lower() in _ASIDES)] or rest
    if labelled and rest:
        return _LABEL.sub(r"\2", labelled[0]), rest
    first = rest[0] if rest else ""
    heading = first.lstrip("# ").strip("*_ ")
    is_title = len(rest) > 1 and heading and len(heading) <= 60 and len(heading.split()) <= 9 and heading[0] not in _OPENERS
    # A heading does not end like a sentence, and what follows it does: a list of short ideas has no title.
    if is_title and not re.search(r"[.!?…,;:]$", heading) and not _LABEL.match(first) and re.search(r"[.!?…”\"]", rest[1]):
        return heading, rest[1:]
    return "", rest


def _script_line(paragraph: str) -> tuple[str, str]:
    """Speaker and speech of a line like “Kancil: Halo!”; an empty speaker when the line is narrated."""
    match = _LABEL.match(paragraph)
    if not match:
        return "", paragraph
    label, rest = match[1], match[2]
    if re.sub(r"[\d. ]+$", "", label).lower() in _NARRATED:
        return "", rest
    if all(word.lower() in INDONESIAN | ENGLISH for word in label.split()):  # “Pagi: …” is a time, nobody's name.
        return "", paragraph
    is_name = len(label.split()) <= 3 and all(word[0].isupper() for word in label.split()) and rest[0] not in _OPENERS
    return (label, rest) if is_name else ("", paragraph)


def _pieces(paragraph: str) -> list[tuple[str, bool]]:
    """`paragraph` as (text, is direct speech) in order; a quote that is never closed is ordinary text."""
    pieces: list[tuple[str, bool]] = []
    start = at = 0
    while at < len(paragraph):
        end = _closing(paragraph, at) if paragraph[at] in _OPENERS else -1
        if end < 0:
            at += 1
            continue
        pieces += [(paragraph[start:at], False), (paragraph[at + 1 : end].strip(), True)]
        start = at = end + 1
    pieces.append((paragraph[start:], False))
    return [(text, said) for text, said in pieces if text.strip()]


def _closing(text: str, at: int) -> int:
    """Where the quote that opens at `at` closes, or -1 when that mark opens nothing (an apostrophe, a stray mark)."""
    mark = text[at]
    if at + 1 >= len(text) or text[at + 1].isspace() or (at and text[at - 1].isalnum()):
        return -1
    is_single = mark in "'‘"
    farthest = at + (_LONGEST_SINGLE if is_single else _LONGEST)
    end = text.find(_OPENERS[mark], at + 1, farthest)
    while end >= 0 and is_single and end + 1 < len(text) and text[end + 1].isalnum():
        end = text.find(_OPENERS[mark], end + 1, farthest)
    if end < 0 and mark == "“":
        end = text.find('"', at + 1, farthest)
    return end if end > at + 1 else -1


def _cut(pieces: list[tuple[str, bool]]) -> list[list[tuple[str, bool]]]:
    """The pieces of a paragraph grouped into sentences; direct speech stays with what says who said it."""
    groups: list[list[tuple[str, bool]]] = [[]]
    for number, (text, said) in enumerate(pieces):
        if len(groups[-1]) >= _MOST_PIECES:
            groups.append([])
        if said:
            groups[-1].append((text, True))
            following = pieces[number + 1][0].lstrip() if number + 1 < len(pieces) else ""
            if re.search(r"[.!?…]$", text) and not following[:1].islower() and following[:1] not in (",", "-", "–", "—"):
                groups.append([])
            continue
        *whole, last = split(text)
        for sentence in whole:
            groups[-1].append((sentence, False))
            groups.append([])
        groups[-1].append((last, False))
        if _TERMINAL.search(last[-2:]):
            groups.append([])
    return [group for group in groups if group]


def split(text: str) -> list[str]:
    """Sentences of narrated `text` (at least one); abbreviations, numbers, initials and ellipses end none."""
    sentences, start = [], 0
    for match in _TERMINAL.finditer(text):
        if _ends(text, match):
            sentences.append(text[start : match.end()].strip())
            start = match.end()
    if text[start:].strip() or not sentences:
        sentences.append(text[start:].strip())
    return [part for sentence in sentences for part in _bounded(sentence)]


def _bounded(sentence: str) -> list[str]:
    """`sentence`, or pieces of it where somebody wrote a page without a full stop: cut at a comma, else at a space."""
    pieces = []
    while len(sentence) > _LONGEST_SENTENCE:
        window = sentence[:_LONGEST_SENTENCE]
        cut = max(window.rfind(", ") + 1, window.rfind(" lalu "), window.rfind(" then "))
        cut = cut if cut > _LONGEST_SENTENCE // 3 else window.rfind(" ")
        cut = cut if cut > 0 else _LONGEST_SENTENCE
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*pieces, sentence]


def _ends(text: str, match: re.Match[str]) -> bool:
    rest = text[match.end() :]
    if not rest.strip():
        return True
    if not rest[0].isspace() and match[1] not in ("。", "！", "？"):
        return False
    following = rest.lstrip()[0]
    if match[1].startswith(("..", "…")):
        return not following.islower()
    if match[1] != ".":
        return True
    start = max(0, match.start() - 24)
    written = re.split(r"[\s(“\"']", text[start : match.start()])[-1].rstrip(".")
    before = written.lower()
    if before in _ABBREVIATIONS or (before in _BEFORE_NUMBERS and following.isdigit()):
        return False
    if before in _ENDING_ABBREVIATIONS:
        return following.isupper()
    is_initial = len(written) == 1 and written.isupper() and written != "I"
    is_number_of_a_list = bool(re.fullmatch(r"(?:.*[.!?…]\s)?\d{1,2}", text[start : match.start()].strip(), re.DOTALL))
    return not is_initial and not is_number_of_a_list


def _sentence(pieces: list[tuple[str, bool]], paragraph: int) -> Sentence:
    parts: list[str | Quote] = []
    for number, (text, said) in enumerate(pieces):
        if not said:
            parts.append(text.strip() if number else _BULLET.sub("", text.strip()))
            continue
        before = pieces[number - 1][0].strip() if number and not pieces[number - 1][1] else ""
        after = pieces[number + 1][0].strip() if number + 1 < len(pieces) and not pieces[number + 1][1] else ""
        parts.append(Quote(text, before, after))
    return Sentence(tuple(part for part in parts if isinstance(part, Quote) or re.search(r"\w", part)), paragraph)
