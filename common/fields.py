"""Fields of a person that more than one endpoint takes."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StringConstraints

from common import contacts


def _phone(text: str) -> str:
    number = contacts.phone(text)
    if number is None:
        raise ValueError("Not a phone number")
    return number


# Letters and signs that are drawn as nothing: the fillers of Hangul, and the empty cell of Braille.
BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def visible(name: str) -> bool:
    """Whether something of a name can be seen."""
    # What is left are separators, what controls others (joiners, directions), and marks, which are seen on a letter alone.
    return any(unicodedata.category(letter)[0] not in "ZCM" and letter not in BLANK for letter in name)


def _seen(name: str) -> str:
    if not visible(name):
        raise ValueError("Nothing of this can be seen")
    return name


FullName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100), AfterValidator(_seen)]
# 8 to 128 characters and nothing else demanded: length is what counts, and the cap keeps hashing cheap.
Password = Annotated[str, Field(min_length=8, max_length=128)]
# Old passwords may be shorter than new ones have to be.
KnownPassword = Annotated[str, Field(min_length=1, max_length=128)]
Phone = Annotated[str, Field(min_length=4, max_length=30), AfterValidator(_phone)]
Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(contacts.email)]
# Capitals do not matter where it is looked up (common/people.py).
ReferralCode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)]
# Python's \d takes any script's digits; a code has ours.
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
