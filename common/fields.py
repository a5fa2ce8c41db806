"""Fields of a person that more than one endpoint takes."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StringConstraints

from common import contacts


def _phone(text: str) -> str:
    number = contacts.phone(text)
    if number is None:
        raise ValueError("Not a phone number")
    return number


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
