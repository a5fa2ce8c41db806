"""A text as a vector without a model: features of its words, hashed into places (feature hashing, Weinberger et al. 2009).

Features are the stems of the words that carry meaning, and pieces of four letters of each, by which
forms that the stems do not bring together are still near. The same text has the same vector on every machine.
"""

import math
from collections import Counter, defaultdict
from hashlib import blake2b

from common.writing.stems import stem
from common.writing.words import ENGLISH, INDONESIAN, words

# Changes whenever the vectors do, so that older ones are made anew.
NAME = "hashed-1"

# All pieces of a word together weigh this much of the word itself.
_PIECES = 0.5


def vector(text: str, dimensions: int) -> list[float]:
    """The unit vector of `text`; texts about the same things are near each other by their cosine."""
    places = [0.0] * dimensions
    for feature, weight in (_features(text) or {text: 1.0}).items():
        number = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big")
        # The sign comes from a bit of its own: features that share a place then cancel out as often as they add up.
        places[(number >> 1) % dimensions] += weight if number & 1 else -weight
    return unit(places)


def unit(vector: list[float]) -> list[float]:
    """`vector` at length 1; one without a direction points along the first axis."""
    length = math.hypot(*vector)
    return [value / length for value in vector] if length else [1.0, *([0.0] * (len(vector) - 1))]


def _features(text: str) -> dict[str, float]:
    """Each feature and its weight; what is said ten times is not ten times as much about it."""
    counted = Counter(stem(word) for word in words(text) if len(word) > 2 and word not in INDONESIAN and word not in ENGLISH)
    weights: dict[str, float] = defaultdict(float)
    for word, times in counted.items():
        weight = 1 + math.log(times)
        weights[word] += weight
        pieces = {f" {word} "[at : at + 4] for at in range(max(1, len(word) - 1))}
        for piece in pieces:
            weights[f"~{piece}"] += _PIECES * weight / math.sqrt(len(pieces))
    return weights
