"""Saying the same with fewer of the story's own sentences."""

import re
from collections import Counter

from common.i18n import Language
from common.writing.figures import Cast
from common.writing.limits import capitalized, ended, shorten
from common.writing.sentences import split
from common.writing.words import motifs

# Behind the first kind of cut what is left is a whole sentence, behind the second it trails off.
_CLAUSE_END = re.compile(
    r"(?:;|,?\s(?=(?:sehingga|karena|sambil|agar|supaya|tetapi|tapi|namun|lalu|kemudian|sedangkan|sementara"
    r"|because|while|so that|but|then)\b))\s*",
    re.IGNORECASE,
)
_COMMA = re.compile(r",\s")
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")


_LINK = re.compile(r"^(?:namun|tetapi|tapi|lalu|kemudian|maka|akibatnya|sementara itu|however|but|then|so)\b,?\s+", re.IGNORECASE)


def condensed(
    texts: list[tuple[str, str]],
    limit: int,
    importance: Counter[str],
    cast: Cast,
    language: Language,
    keep: tuple[int, ...] = (),
    most: int = 99,
) -> str:
    """The sentences of `texts` that matter most, in their order, in at most `limit` characters.

    A text is a pair: as told, and with names in place of pronouns, which a sentence needs when the one
    before it is left out. `keep` are positions (from 0, or from the end if negative) of sentences to
    take before all others, `most` is how many; `importance` counts the word roots of the whole story.
    """
    pairs = [pair for told, shown in texts for pair in _aligned(split(told), split(shown))]
    sentences = [told for told, _ in pairs]
    if len(" ".join(sentences)) <= limit and len(sentences) <= most:
        return " ".join(sentences)
    first = [position % len(sentences) for position in keep]
    rest = sorted(range(len(sentences)), key=lambda at: -_score(sentences[at], importance, cast, language))
    taken: dict[int, str] = {}
    for at in dict.fromkeys((*first, *rest)):
        if len(taken) == most:
            break
        room = limit - sum(len(text) + 1 for text in taken.values())
        # What has to be in shares the room; what only may be in comes whole or not at all.
        share = room if at not in first else room // max(1, len(set(first) - set(taken)))
        alone = capitalized(_LINK.sub("", pairs[at][1])) if at else sentences[at]
        text = trimmed(alone, share) if at in first or not taken else alone
        if text and len(text) <= room:
            taken[at] = text
    # Where the sentence before it stays, the teller's own pronouns read better (and are never longer by much).
    final = {at: sentences[at] if at - 1 in taken and len(sentences[at]) <= len(text) else text for at, text in taken.items()}
    return " ".join(final[at] for at in sorted(final))


def _aligned(told: list[str], shown: list[str]) -> list[tuple[str, str]]:
    """Sentences with their named twins; where the two were cut differently, each is its own twin."""
    told = [sentence for sentence in told if sentence]
    return list(zip(told, shown, strict=True)) if len(told) == len(shown) else [(sentence, sentence) for sentence in told]


def _score(sentence: str, importance: Counter[str], cast: Cast, language: Language) -> float:
    """How much of the story a sentence carries, for its length."""
    about = sum(importance[word] for word in motifs(sentence, language))
    figures = sum(figure.weight for figure in dict.fromkeys(figure for _, figure in cast.mentioned(sentence)))
    return float((about + figures / 4) / (40 + len(sentence)) ** 0.5)


def trimmed(sentence: str, limit: int) -> str:
    """`sentence` in at most `limit` characters: without asides, then without its last clauses, else trailing off with “…”."""
    sentence = sentence if len(sentence) <= limit else _ASIDE.sub("", sentence)
    if len(sentence) <= limit:
        return sentence
    ends = [match.start() for match in _CLAUSE_END.finditer(sentence) if limit // 2 <= match.start() < limit]
    if ends:
        return ended(sentence[: ends[-1]])
    commas = [match.start() for match in _COMMA.finditer(sentence) if limit // 2 <= match.start() < limit - 1]
    return sentence[: commas[-1]] + "…" if commas else shorten(sentence, limit)
