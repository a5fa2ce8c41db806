"""Who is in a panel: the chosen characters, who speaks, and the people and animals that its text names."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from common.clients.artist import Brief, Look
from common.drawing.colours import digest
from common.drawing.vocabulary import vocabulary
from common.drawing.wardrobe import Person, person, role_of, words_of

# The most figures one panel holds and stays readable.
MOST = 4

_SPECIES: dict[str, str] = {
    "kancil": "kancil pelanduk mousedeer mouse-deer",
    "buaya": "buaya crocodile alligator komodo biawak",
    "harimau": "harimau macan tiger",
    "gajah": "gajah elephant",
    "monyet": "monyet kera lutung monkey orangutan orang-utan beruk gorila",
    "kura": "kura-kura kura penyu turtle tortoise labi-labi",
    "burung": "burung bird nuri pipit merpati kakaktua jalak beo cendrawasih kutilang",
    "elang": "elang garuda eagle rajawali",
    "hantu": "burung-hantu owl",
    "kelinci": "kelinci rabbit bunny terwelu",
    "ular": "ular snake sanca piton",
    "ikan": "ikan fish lele hiu mas-koki",
    "kucing": "kucing cat kitten meong",
    "anjing": "anjing dog puppy",
    "ayam": "ayam chicken rooster hen jago",
    "bebek": "bebek itik angsa duck goose",
    "kambing": "kambing goat domba sheep",
    "sapi": "sapi cow banteng lembu",
    "kerbau": "kerbau buffalo",
    "singa": "singa lion",
    "beruang": "beruang bear panda",
    "rusa": "rusa kijang deer",
    "kuda": "kuda horse",
    "serigala": "serigala wolf anjing-hutan",
    "rubah": "rubah fox musang",
    "tikus": "tikus mouse rat hamster curut",
    "katak": "katak kodok frog toad",
    "semut": "semut ant",
    "kupu": "kupu-kupu butterfly",
    "lebah": "lebah bee tawon kumbang",
    "badak": "badak rhino rhinoceros",
}
SPECIES_BY_WORD = {word: species for species, words in _SPECIES.items() for word in words.split()}

_DISH = vocabulary("goreng bakar panggang geprek rica asin fried grilled")
_DISH_BEFORE = vocabulary("daging telur telor sate soto susu gulai bulu kulit mi bakso nasi")
_NOBODY = vocabulary("narator narrator narasi semua mereka everyone all suara teks sfx bersama")
_TITLES = vocabulary("si sang pak bu bapak ibu kak kakak adik dik mas mbak the raja putri kecil dan and")


@dataclass(frozen=True)
class Figure:
    """Somebody in the panel: an animal of `species`, or else `person`.

    `lines` counts what they say, `many` asks for a few of the kind, `marks` is a number that picks an animal's colours.
    """

    name: str
    words: frozenset[str]
    species: str = ""
    person: Person | None = None
    lines: int = 0
    chosen: bool = False
    many: bool = False
    marks: int = 0


def figure(look: Look, chosen: bool = False) -> Figure:
    """The figure a name and description speak of: an animal if the name or the description's beginning names one.

    A person may carry an animal's name: a description that speaks of a person alone decides.
    """
    names, told = words_of(look.name), words_of(look.prompt)
    species = species_in(names) or species_in(told[:14])
    if species and not species_in(told) and any(role_of(word) for word in told):
        species = None
    words = frozenset(names) - _TITLES or frozenset(names)
    who = None if species else person(look.name, look.prompt)
    return Figure(look.name, words, species or "", who, chosen=chosen, marks=digest(look.name))


def species_in(words: Iterable[str]) -> str | None:
    """The first species among `words`."""
    return next((SPECIES_BY_WORD[word] for word in words if word in SPECIES_BY_WORD), None)


def cast_of(brief: Brief) -> tuple[Figure, ...]:
    """Everybody in the panel, those who speak first, at most `MOST`."""
    told = words_of(" ".join((brief.description[:2000], brief.narration[:1000])))
    said = words_of(" ".join(f"{line.speaker} {line.text[:200]}" for line in brief.dialogues[:8]))
    chosen = [figure(look, chosen=True) for look in brief.characters[:8]]
    heard = frozenset(told + [word for line in brief.dialogues[:8] for word in words_of(line.speaker)])
    present = [one for one in chosen if _named(one, heard)] or chosen
    for line in brief.dialogues[:8]:
        present = _with_speaker(present, line.speaker)
    # A hero called Garuda is no eagle: the words of a name are spent on its bearer.
    names = {word for one in present if one.person for word in one.words}
    for one in _mentioned([word for word in told or said if word not in names]):
        if len(present) < MOST and not any(_same(one, other) for other in present):
            present.append(one)
    lines = {one.name: sum(speaks(one, line.speaker) for line in brief.dialogues[:8]) for one in present}
    counted = [_counted(one, lines[one.name], told) for one in present]
    return tuple(sorted(counted, key=lambda one: (one.lines == 0, not one.chosen))[:MOST])


def speaks(one: Figure, speaker: str) -> bool:
    """Whether `speaker`, as written in the script, is this figure."""
    names = words_of(speaker)
    if not names:
        return False
    if one.name.casefold() == speaker.strip().casefold() or (set(names) - _TITLES) & one.words:
        return True
    species = species_in(names)
    if species:
        return one.species == species
    roles = {role_of(name) for name in names} - {None}
    return bool(one.person and roles & one.person.roles)


def _with_speaker(present: list[Figure], speaker: str) -> list[Figure]:
    names = words_of(speaker)
    if not names or set(names) & _NOBODY or len(present) >= MOST or any(speaks(one, speaker) for one in present):
        return present
    return [*present, figure(Look(speaker.strip()[:60], ""))]


def _mentioned(told: list[str]) -> list[Figure]:
    """Animals and people by kind, in the order the text names them."""
    found: list[Figure] = []
    for index, word in enumerate(told):
        before = told[index - 1] if index else ""
        after = told[index + 1] if index + 1 < len(told) else ""
        half, _, twin = word.partition("-")
        single = half if half == twin and word not in SPECIES_BY_WORD else word
        if single in SPECIES_BY_WORD:
            if after not in _DISH and before not in _DISH_BEFORE:
                found.append(figure(Look(single, "")))
        elif role_of(single) and after.partition("-")[0] not in SPECIES_BY_WORD and single not in ("bu", "pak", "kak", "adik"):
            found.append(figure(Look(single, "")))
    return found


def _named(one: Figure, words: frozenset[str]) -> bool:
    if one.words & words:
        return True
    return bool(one.species) and any(
        SPECIES_BY_WORD.get(word.partition("-")[0], SPECIES_BY_WORD.get(word)) == one.species for word in words
    )


def _same(one: Figure, other: Figure) -> bool:
    if one.species or other.species:
        return one.species == other.species
    assert one.person and other.person
    return bool(one.words & other.words or one.person.roles & other.person.roles)


def _counted(one: Figure, lines: int, told: list[str]) -> Figure:
    many = bool(one.species) and any(
        word not in SPECIES_BY_WORD
        and word.partition("-")[0] == word.partition("-")[2]
        and SPECIES_BY_WORD.get(word.partition("-")[0]) == one.species
        for word in told
    )
    many = many or any(
        before in ("para", "kawanan", "gerombolan", "sekawanan", "many") and SPECIES_BY_WORD.get(word) == one.species
        for before, word in pairwise(told)
    )
    return replace(one, lines=lines, many=many)
