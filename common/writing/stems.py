"""Stems of Indonesian words, light: affixes are cut where enough of the word remains, no dictionary is asked.

The order of the cuts is Tala's (A Study of Stemming Effects on Information Retrieval in Bahasa Indonesia,
2003): particle, possessive, prefix, suffix. What it gets wrong is alike in most of the letters: mengejar
and dikejar differ by the k that meng- swallows, and kutukan may be kutuk-an or kutu-kan.
"""

import re

from common.writing.words import root

_PARTICLE = re.compile(r"(?:lah|kah|pun)$")
_POSSESSIVE = re.compile(r"(?:ku|mu)$")
_SUFFIX = re.compile(r"(?:kan|an|i)$")
# meny- and peny- swallow an s, mem- and pem- before a vowel a p, men- and pen- before a vowel a t.
_NASAL = (
    (re.compile(r"^[mp]eny(?=[aiueo])"), "s"),
    (re.compile(r"^[mp]em(?=[aiueo])"), "p"),
    (re.compile(r"^[mp]en(?=[aiueo])"), "t"),
    (re.compile(r"^[mp]e(?:ng|m(?=[bfp])|n(?=[cdjstz])|(?=[lrwy]))"), ""),
)
# ke- is a prefix where -an stands behind; se- is not cut, because seberang, sekolah and semut would go with it.
_PREFIX = re.compile(r"^(?:memper|diper|ber|bel|ter|per|pel|di|ke(?=\w+an$))")
_VOWEL = re.compile(r"[aiueo]")


def stem(word: str) -> str:
    """The stem of a lower-case `word`, of two syllables or more: menyeberangi, diseberangi, seberangnya → seberang."""
    # Of five letters: sekolah and masalah end in no particle.
    found = _cut(_cut(root(word), _PARTICLE, 5), _POSSESSIVE)
    return _cut(_without_prefix(found), _SUFFIX)


def _cut(word: str, affix: re.Pattern[str], least: int = 4) -> str:
    return _if_enough(affix.sub("", word), word, least)


def _without_prefix(word: str) -> str:
    for nasal, swallowed in _NASAL:
        bare = nasal.sub(swallowed, word, count=1)
        if bare != word:
            return _if_enough(bare, word)
    return _cut(word, _PREFIX)


def _if_enough(bare: str, word: str, least: int = 4) -> str:
    """`bare`, unless less than a stem's two syllables and `least` letters are left of `word`."""
    return bare if len(bare) >= least and len(_VOWEL.findall(bare)) >= 2 else word
