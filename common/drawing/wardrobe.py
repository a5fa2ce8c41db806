"""How a person looks, read from a name and a description in Indonesian or English."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from common.drawing.colours import CLOTH, NAMED, Colour, dice, digest
from common.drawing.vocabulary import BOTTOMS, DETAILS, GREY, OTHERS, ROLES, TOPS, WOMEN

Age = Literal["child", "adult", "elder"]

SKINS: tuple[Colour, ...] = ((246, 210, 174), (236, 192, 150), (224, 174, 130), (204, 150, 108), (168, 116, 80))
HAIR: tuple[Colour, ...] = ((42, 32, 34), (54, 38, 34), (70, 46, 36), (34, 30, 40))


@dataclass(frozen=True)
class Person:
    """What is the same about a person in every panel."""

    name: str
    age: Age = "adult"
    female: bool = False
    skin: Colour = SKINS[1]
    hair: str = "short"
    hair_colour: Colour = HAIR[0]
    iris: Colour = (92, 58, 38)
    outfit: str = "shirt"
    top: Colour = CLOTH[0]
    bottom: Colour = (70, 78, 110)
    hat: str = ""
    glasses: bool = False
    beard: str = ""
    stout: float = 1.0
    roles: frozenset[str] = frozenset()


def words_of(text: str) -> list[str]:
    """The words of a text in small letters; `kura-kura` is one word."""
    return re.findall(r"\w+(?:-\w+)*", text.casefold())


_ROLE_BY_WORD = {word: (role, traits) for role, words, traits in reversed(ROLES) for word in words.split()}
_DETAIL_BY_WORD = {word: traits for words, traits in DETAILS for word in words.split()}
_HAIR_COLOURS = {"grey": GREY, "gray": GREY, "white": GREY, "silver": GREY, "uban": GREY, "beruban": GREY}


def role_of(word: str) -> str | None:
    """The role a word names (`grandmother` is `nenek`), if any."""
    found = _ROLE_BY_WORD.get(word)
    return found[0] if found else None


def person(name: str, description: str = "") -> Person:
    """The person that `name` and `description` speak of; what they leave open is decided by the name, always the same."""
    words = words_of(f"{name} {description}")
    look, told = _guess(name, words)
    found: dict[str, object] = {}
    roles: set[str] = set()
    for word in words:
        role, traits = _ROLE_BY_WORD.get(word, (None, {}))
        for key, value in traits.items():
            found.setdefault(key, value)
        if role:
            roles.add(role)
    details: dict[str, object] = {}
    for word in words:
        for key, value in _DETAIL_BY_WORD.get(word, {}).items():
            details.setdefault(key, value)
    if found.get("hat") and details.get("hat") == "cap":
        del details["hat"]  # "topi koki" is the cook's hat, not any hat.
    found.update(details)
    found.update(told)
    age = _age(f"{name} {description}")
    if age or not (roles or words_of(description)):
        # A bare first name is most often a child's in the stories told here.
        found["age"] = age or "child"
    return _groomed(replace(look, **found, roles=frozenset(roles)), words)  # type: ignore[arg-type]


def _age(text: str) -> Age | None:
    """The age that a number of years tells, if the text has one."""
    years = re.search(r"(\d{1,2})[ -]*(?:tahun|year|yo\b)", text.casefold())
    if not years:
        return None
    return "child" if int(years[1]) < 15 else "elder" if int(years[1]) > 59 else "adult"


def _guess(name: str, words: Iterable[str]) -> tuple[Person, dict[str, object]]:
    rng = dice(digest(name))
    named = [word for word in words_of(name) if word not in _ROLE_BY_WORD]
    female = any(word in WOMEN for word in named) or (bool(named) and named[0][-1] in "aiy" and rng.random() < 0.35)
    look = Person(
        name,
        female=female,
        skin=rng.choice(SKINS[:4]),
        hair=rng.choice(("long", "ponytail", "bob", "bun") if female else ("short", "short", "spiky", "parted")),
        hair_colour=rng.choice(HAIR),
        iris=rng.choice(((92, 58, 38), (70, 46, 34), (58, 70, 60))),
        top=rng.choice(CLOTH),
        bottom=rng.choice(((70, 78, 110), (92, 74, 62), (62, 92, 92), (104, 66, 72))),
    )
    return look, _colours(list(words))


def _colours(words: list[str]) -> dict[str, object]:
    """The colours of top and bottom: Indonesian names the piece before its colour, English after it."""
    told: dict[str, object] = {}
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        near = {before, after}
        if word in _HAIR_COLOURS and (near & {"rambut", "hair", "haired", "janggut", "beard"} or word.endswith("uban")):
            told["hair_colour"] = _HAIR_COLOURS[word]
        elif word in NAMED and word != "batik":
            piece = next((kind for kind in (before, after) if kind in TOPS | BOTTOMS | OTHERS), "")
            if piece not in OTHERS:
                told.setdefault("bottom" if piece in BOTTOMS else "top", NAMED[word])
    return told


def _groomed(look: Person, words: list[str]) -> Person:
    """Age, sex and outfit brought into agreement."""
    if look.age == "elder" and look.hair_colour in HAIR:
        look = replace(look, hair_colour=GREY)
    if look.female and look.hair in ("short", "spiky", "parted") and "short" not in words:
        look = replace(look, hair=("bob", "ponytail", "long", "pigtails")[digest(look.name) % 4])
    if not look.female and look.hair in ("long", "ponytail", "bob", "bun", "pigtails"):
        look = replace(look, hair=("short", "parted", "spiky")[digest(look.name) % 3])
    if look.age == "child" and look.outfit == "shirt":
        look = replace(look, outfit="dress" if look.female and digest(look.name) % 2 else "shorts")
    if look.female and look.age == "adult" and look.outfit == "shirt" and digest(look.name) % 3 == 0:
        look = replace(look, outfit="dress")
    if look.hat not in ("", "ribbon", "flower", "tiara") and look.hair in ("spiky", "curly", "parted"):
        look = replace(look, hair="short")
    return replace(look, beard="") if look.female else look
