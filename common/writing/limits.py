"""What the texts of a script may be: their greatest lengths, and cleaning and shortening that keep them."""

import re
import unicodedata

STORY = 60_000  # Of a longer text no writer reads more than this.
TITLE = 200
SYNOPSIS = 1000
DESCRIPTION = 1000
NARRATION = 500
SPEECH = 200
SPEAKER = 60
KEYWORD = 40
LABEL = 100  # Theme and mood; both are VARCHAR(255) in the database, and more than a phrase is no label.
KEYWORDS = 12
DIALOGUES = 3

# Bidirectional overrides would let a title reorder the page around it; a byte order mark and the
# noncharacters have no business inside a text. Zero-width joiners stay: emoji and scripts need them.
_UNWANTED = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_CONTROL_OR_SURROGATE = ("Cc", "Cs")
_ENDS = ".!?…"
_CLOSERS = "\"'”’»)]"


def clean(text: str, lines: bool = False) -> str:
    """`text` in NFC without control characters, lone surrogates and direction overrides, spaces collapsed.

    With `lines` the line breaks stay (each line stripped); else everything becomes one line.
    """
    text = unicodedata.normalize("NFC", re.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", text))
    text = _UNWANTED.sub("", text)
    text = "".join(c if c == "\n" or unicodedata.category(c) not in _CONTROL_OR_SURROGATE else " " for c in text)
    if not lines:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")


def shorten(text: str, limit: int) -> str:
    """`text` in at most `limit` characters: whole sentences if at least half fits, else whole words and “…”."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [m.end() for m in re.finditer(r"[.!?…]+[\"'”’»)]*(?=\s|$)", head)]
    if ends and ends[-1] >= limit // 2:
        return head[: ends[-1]]
    head = head[: limit - 1]
    cut = max(head.rfind(" "), head.rfind(", "))
    head = head[:cut] if cut > limit // 2 else head
    return head.rstrip(" ,;:–—-") + "…"


def ended(text: str) -> str:
    """`text` with a full stop when it does not end a sentence yet."""
    bare = text.rstrip(_CLOSERS + " ")
    if not bare or bare[-1] in _ENDS:
        return text
    return text.rstrip(" ,;:–—-") + "."


def capitalized(text: str) -> str:
    """`text` with its first letter upper-case, behind whatever quote or bracket opens it."""
    for at, character in enumerate(text):
        if character.isalnum():
            return text[:at] + character.upper() + text[at + 1 :]
    return text
