"""Who is in a story: names, beings that the lexicon knows, and whoever is said to speak."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from common.i18n import Language
from common.writing import speech
from common.writing.lexicon import BEINGS
from common.writing.limits import SPEAKER, capitalized, shorten
from common.writing.sentences import Quote, Sentence
from common.writing.words import ENGLISH, INDONESIAN, is_verb, listed, root

_CAPITALS = re.compile(r"[^\W\d_a-zà-öø-ÿ][\w'’-]*[^\W\d_](?:\s+[^\W\d_a-zà-öø-ÿ][\w'’-]*[^\W\d_])*")
_OF_A_PLACE = re.compile(
    r"(?:\b(?:desa|kota|pulau|negeri|kampung|kerajaan)(?:\s+\w+)?\s+bernama"
    r"|\b(?:di|ke|desa|kota|pulau|pantai|gunung|sungai|negeri|kampung|danau|hari|bulan|tanah|kerajaan|jalan|in|at|near|of))\s+$",
    re.IGNORECASE,
)
_NEVER_NAMES = listed("tuhan allah god lord nak ya pukul puluhan ratusan ribuan seluruh bus tn")
_HONORIFICS = listed(
    """
    pak bu ibu bapak ayah mbok mbah nenek kakek kak bang mas mbak om tante paman bibi si sang raja ratu putri pangeran tuan
    nyonya king queen princess prince mr mrs miss sir lady aunt uncle dr
    """
)
_MAXIMUM = 24
_NARRATOR = re.compile(r"\b(?:aku|saya)\b", re.IGNORECASE)
_NEAR = 32  # Characters before a name that decide whether it is a place's; looking at more made long texts slow.


@dataclass(frozen=True)
class Figure:
    """Somebody in the story: `name` as shown, the lower-case `forms` the text uses, and how much it is about them."""

    name: str
    forms: frozenset[str]
    weight: float
    is_named: bool


@dataclass(frozen=True)
class Cast:
    """The figures of a story, most important first, and the pattern that finds them in a text."""

    figures: tuple[Figure, ...]
    pattern: re.Pattern[str]

    def mentioned(self, text: str) -> list[tuple[int, Figure]]:
        """The figures `text` mentions, with the position of each mention, in order."""
        by_form = {form: figure for figure in self.figures for form in figure.forms}
        found = ((m.start(), by_form.get(m[1].lower())) for m in self.pattern.finditer(text))
        return [(at, figure) for at, figure in found if figure is not None]

    def named(self, words: str) -> Figure | None:
        """The first figure that `words` mention, if any."""
        found = self.mentioned(words)
        return found[0][1] if found else None


def cast(sentences: tuple[Sentence, ...], language: Language) -> Cast:
    """The figures of `sentences`, at most 24; empty when the story names nobody."""
    names = _names(sentences)
    beings = _beings(sentences, language)
    if language == "id" and sum(bool(_NARRATOR.search(sentence.narrated)) for sentence in sentences) > 1:
        names["aku"] = "Aku"
    forms = _merged(names, beings, _aliases(sentences, language, names))
    whole = _pattern(set().union(*forms.values())) if forms else _pattern(set())
    weights = _weights(sentences, whole, {form: name for name, listed in forms.items() for form in listed})
    figures = [
        Figure(_shown(name, names), frozenset(listed), weights[name] * (1.2 if name in names else 1), name in names)
        for name, listed in forms.items()
        if weights[name]
    ]
    figures.sort(key=lambda figure: -figure.weight)
    # “… ingin memiliki anak” puts no child into the picture when the child has a name of its own.
    kept = tuple(f for f in figures[:_MAXIMUM] if f.name != "Anak" or f.weight >= 8 or not names)
    return Cast(kept, _pattern({form for figure in kept for form in figure.forms}))


def _pattern(forms: set[str]) -> re.Pattern[str]:
    """Any of `forms` as a word, possibly doubled (buaya-buaya) and with a possessive or particle ending."""
    if not forms:
        return re.compile(r"(?!)")
    listed = "|".join(sorted(map(re.escape, forms), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])({listed})(?:-\1)?(?:nya|ku|mu|lah|pun|'s|’s|s|es)?(?![\w-])", re.IGNORECASE)


def _texts(sentences: tuple[Sentence, ...]) -> list[tuple[str, bool, bool]]:
    """Every text as (text, begins a sentence, is direct speech)."""
    found = []
    for sentence in sentences:
        for number, part in enumerate(sentence.parts):
            found.append((part.text, True, True) if isinstance(part, Quote) else (part, number == 0, False))
    return found


def _names(sentences: tuple[Sentence, ...]) -> dict[str, str]:
    """Proper names, lower case to as written: capitalized inside a sentence, or more than once at the start of one."""
    inside, starting, places = Counter[str](), Counter[str](), Counter[str]()
    written: dict[str, str] = {}
    texts = _texts(sentences)
    for text, begins, _ in texts:
        for match in _CAPITALS.finditer(text):
            before = text[max(0, match.start() - _NEAR) : match.start()]
            at_start = (begins and match.start() <= 2) or re.search(r"[.!?…:]\s*[\"“']?$", before) is not None
            name, moved = _bare_name(match[0])
            if not name:
                continue
            counter = places if _OF_A_PLACE.search(before) and not moved else starting if at_start and not moved else inside
            counter[name.lower()] += 1
            written.setdefault(name.lower(), name)
    for sentence in sentences:
        for part in sentence.parts:
            if isinstance(part, Quote) and part.speaker:
                inside[part.speaker.lower()] += 2
                written[part.speaker.lower()] = part.speaker
    lower = {word for text, _, _ in texts for word in re.findall(r"(?<![\w-])[a-zà-ÿ][\w'’-]*", text)}
    unsure = {name for name, count in starting.items() if " " not in name and (name in lower or root(name) in lower or is_verb(name))}
    sure = {name for name in inside if inside[name] + starting[name] > places[name]}
    sure |= {name for name in starting if (starting[name] > 1 or " " in name) and name not in unsure and starting[name] > places[name]}
    if not sure:
        sure = {name for name in starting if name not in unsure and not name.endswith("nya")}
    # “Tubuh Malin” at the start of a sentence is Malin's body; “Ibu Malin” is somebody.
    of_others = {name for name in sure if name.partition(" ")[2] in sure and name.split()[0] not in _HONORIFICS and not inside[name]}
    return {name: written[name] for name in written if name in sure - of_others}


def _bare_name(written: str) -> tuple[str, bool]:
    """`written` without leading words that are no name, and whether any were taken off."""
    words = written.split()
    moved = False
    while (
        words
        and words[0].lower() not in _HONORIFICS
        and (words[0].lower() in INDONESIAN | ENGLISH | _NEVER_NAMES or (words[0].isupper() and len(words[0]) > 3))
    ):
        words, moved = words[1:], True
    if words and words[0].lower() in ("si", "sang"):
        words, moved = words[1:], True
    name = re.sub(r"['’]s$", "", " ".join(words[:4]))
    return (name, moved) if len(name) > 1 and name.lower() not in _NEVER_NAMES | {"pak", "bu", "mas", "dr", "mr", "mrs"} else ("", moved)


def _beings(sentences: tuple[Sentence, ...], language: Language) -> set[str]:
    """Beings told of (lower case), and the heads of whatever is said to speak; those only talked about are left out."""
    pattern = re.compile(rf"(?<![\w-])({BEINGS[language]})(?:-\w+)?(?:nya|ku|mu|lah|s|es)?(?![\w-])", re.IGNORECASE)
    found: set[str] = set()
    for text, _, said in _texts(sentences):
        end = -9
        for match in () if said else pattern.finditer(text):
            # “bayi perempuan” is one being, and a “desa nelayan” is a village.
            if match.start() - end > 1 and not _OF_A_PLACE.search(text[max(0, match.start() - _NEAR) : match.start()]):
                found.add(match[1].lower())
            end = match.end()
    for sentence in sentences:
        for part in sentence.parts:
            name = speech.tagged_speaker(part.after) if isinstance(part, Quote) else None
            if name and not pattern.search(name) and name[0].islower() and speech.head(name) not in INDONESIAN | ENGLISH | _NEVER_NAMES:
                found.add(root(speech.head(name)))
    return found - {""}


def _aliases(sentences: tuple[Sentence, ...], language: Language, names: dict[str, str]) -> dict[str, str]:
    """Beings that turn out to be somebody with a name: “seorang pemuda bernama Malin”, “Mbok Srini adalah janda tua”."""
    if not names:
        return {}
    being = rf"({BEINGS[language]})(?:nya)?"
    name = "(" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + ")"
    called = re.compile(
        rf"\b{being}(?:\s+{being})?(?:\s+\w+){{0,2}}?,?\s+(?:yang\s+)?(?:bernama|diberi nama|dipanggil|dinamai|named|called)\s+{name}\b",
        re.IGNORECASE,
    )
    became = re.compile(
        rf"\b{name}\s+(?:\w+\s+){{0,2}}?(?:adalah|menjadi|ialah|was|is|became)\s+(?:seorang\s+|seekor\s+|an?\s+|the\s+)?(?:\w+\s+)??{being}\b",
        re.IGNORECASE,
    )
    found: dict[str, str] = {}
    for sentence in sentences:
        for match in called.finditer(sentence.narrated):
            found |= {form.lower(): match[3].lower() for form in (match[1], match[2]) if form}
        for match in became.finditer(sentence.narrated):
            found.setdefault(match[2].lower(), match[1].lower())
    return found


def _merged(names: dict[str, str], beings: set[str], aliases: dict[str, str]) -> dict[str, set[str]]:
    """Forms by the figure they stand for: “Malin” belongs to “Malin Kundang”, “janda” to “Mbok Srini”."""
    forms: dict[str, set[str]] = defaultdict(set)
    owner: dict[str, str] = {}
    for name in sorted(names, key=len, reverse=True):
        words = name.split()
        longer = next((other for other in forms if other != name and name in (other.split()[0], *_after_honorific(other))), None)
        owner[name] = longer or name
        forms[owner[name]].add(name)
        if len(words) > 1 and words[0] in beings and words[0] in _HONORIFICS and words[0] not in names:
            owner.setdefault(words[0], owner[name])
    if "aku" in forms:
        forms["aku"].add("saya")
    for being in sorted(beings):
        target = owner.get(being) or owner.get(aliases.get(being, ""), being)
        forms[target].add(being)
    return dict(forms)


def _after_honorific(name: str) -> list[str]:
    words = name.split()
    return [" ".join(words[1:])] if len(words) > 1 and words[0] in _HONORIFICS else []


def _weights(sentences: tuple[Sentence, ...], pattern: re.Pattern[str], owner: dict[str, str]) -> Counter[str]:
    """How much the story is about each figure: told of counts most, speaking more, being talked about little."""
    weights: Counter[str] = Counter()
    for number, sentence in enumerate(sentences):
        for part in sentence.parts:
            told = part if isinstance(part, str) else part.speaker
            for name in {owner[match[1].lower()] for match in pattern.finditer(told)}:
                weights[name] += 4 if number < 3 else 3
            if isinstance(part, Quote):
                tag = speech.tagged_speaker(part.after) or ""
                for match in pattern.finditer(tag):
                    weights[owner[match[1].lower()]] += 2
    for text, _, said in _texts(sentences):
        for match in pattern.finditer(text) if said else ():
            if weights[owner[match[1].lower()]]:
                weights[owner[match[1].lower()]] += 1
    first = next((m for sentence in sentences if (m := pattern.search(sentence.narrated))), None)
    if first:
        weights[owner[first[1].lower()]] += 3
    return weights


def _shown(name: str, names: dict[str, str]) -> str:
    return shorten(names.get(name) or " ".join(map(capitalized, name.split())), SPEAKER)
