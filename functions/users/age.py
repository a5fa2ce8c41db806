"""The year of birth that a person tells, which opens comics for older readers."""

from dataclasses import replace
from typing import Any

from common import clock, limits
from common.auth import User
from common.comics import ages
from common.db import Db
from common.problems import TooManyRequests, invalid

# A mistyped year can be put right, but nobody tries years until one fits: tellings of one account in a year.
TELLINGS, YEAR = 3, 365 * 86400

YOUNGEST, OLDEST = 3, 120


def told(user: User) -> dict[str, Any]:
    """What the account told, and what it is shown."""
    return {"birth_year": user.birth_year, "age_ratings": ages.open_to(user)}


def tell(db: Db, user: User, birth_year: int) -> dict[str, Any] | TooManyRequests:
    """Store the year of birth; telling the same again changes nothing. Returns the problem of too many changes."""
    this_year = clock.today().year
    if not this_year - OLDEST <= birth_year <= this_year - YOUNGEST:
        raise invalid("body", "birth_year", f"A year from {this_year - OLDEST} to {this_year - YOUNGEST}")
    if birth_year != user.birth_year:
        wait = limits.hit(db, f"age:{user.id}", TELLINGS, YEAR)
        if wait:
            return TooManyRequests(retry_after=wait)
        db.run(
            "update users set birth_year = :year, updated_at = :now where id_users = :user", year=birth_year, user=user.id, now=clock.now()
        )
    return told(replace(user, birth_year=birth_year))
