"""The two languages the API speaks, side by side where a text is written."""

from typing import Literal, NamedTuple

Language = Literal["id", "en"]


class Text(NamedTuple):
    """One sentence for a person, in both languages; `{name}` places are filled by `say`."""

    en: str
    id: str

    def say(self, language: Language, **values: object) -> str:
        """The sentence in `language` with its places filled; a value that is a `Text` is said in that language too."""
        said = {name: value.say(language) if isinstance(value, Text) else value for name, value in values.items()}
        return (self.id if language == "id" else self.en).format(**said)

    def ended(self) -> "Text":
        """The sentence with its end, for where another one follows: a full stop, unless it has one or another sign."""
        return Text(*(said if said.endswith((".", "!", "?", "…")) else f"{said}." for said in self))


def preferred(accept_language: str | None) -> Language:
    """The language to answer a request in: the one of the two that its `Accept-Language` header asks for first, else English."""
    return asked(accept_language) or "en"


def asked(accept_language: str | None) -> Language | None:
    """The language of the two that an `Accept-Language` header asks for first; None where it names neither.

    Quality values count (`en;q=0.4, id;q=0.9` is Indonesian); a malformed one counts as zero.
    `in` is the code Java and old Androids still send for Indonesian.
    """
    best: tuple[float, Language | None] = (0.0, None)
    for part in (accept_language or "").split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.strip().lower().split("-")[0]
        if primary not in ("id", "in", "en"):
            continue
        quality = _quality(parameters)
        if quality > best[0]:
            best = (quality, "en" if primary == "en" else "id")
    return best[1]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
