"""From what age on a comic is to be read, and who is known to be of that age.

The levels are those of Indonesia's film ratings, which app stores accept for stories: for all, from 13, 17 and 21.
Who is not known, signed in or not, is shown what is for 13, as the app itself is offered in the stores;
whoever told a year of birth, what is surely for that age.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, get_args

from common import clock
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.problems import Forbidden, NotFound

Rating = Literal["all", "13", "17", "21"]
RATINGS: tuple[Rating, ...] = get_args(Rating)

UNKNOWN = 13


class AgeRestricted(Forbidden):
    """The comic is for older readers than the caller is known to be; `known` says whether the year of birth is."""

    detail = Text(
        "This comic is for readers from {age_rating} years; sign in and tell your year of birth to read it",
        "Komik ini untuk pembaca {age_rating} tahun ke atas; masuk dan isi tahun lahirmu untuk membacanya",
    )


class Rated(NamedTuple):
    """What of a comic decides who may read it, besides being public: its rating, and whose it is."""

    age_rating: str
    user_id: int


TOO_YOUNG = Text("This comic is for readers from {age_rating} years", "Komik ini untuk pembaca {age_rating} tahun ke atas")


def years(birth_year: int) -> int:
    """The age that somebody of that year has surely reached: the birthday may be the last day of this one."""
    return clock.today().year - birth_year - 1


def open_to(user: User | None) -> list[Rating]:
    """The ratings that a caller is shown."""
    age = UNKNOWN if user is None or user.birth_year is None else years(user.birth_year)
    return [rating for rating in RATINGS if rating == "all" or int(rating) <= age]


def check(row: Any, user: User | None) -> None:
    """Raises `AgeRestricted` for a comic's row (its `age_rating` and `user_id`) that is for older readers; an owner sees the own."""
    if row.age_rating in open_to(user) or (user is not None and row.user_id == user.id):
        return
    known = user is not None and user.birth_year is not None
    raise AgeRestricted(TOO_YOUNG if known else None, age_rating=row.age_rating, known=known)


def public(db: Db, comic: int, user: User | None) -> Rated:
    """A public comic that the caller may read; raises `NotFound` and `AgeRestricted`."""
    row = db.maybe("select age_rating, user_id from comics where id = :comic and is_public", comic=comic)
    if row is None:
        raise NotFound
    check(row, user)
    return Rated(*row)


def condition(ratings: Iterable[Rating]) -> str:
    """The condition that a comic is of one of `ratings`; empty where all are, so that no plan has to think of it."""
    shown = list(ratings)
    return "" if len(shown) == len(RATINGS) else f"c.age_rating in ({', '.join(repr(each) for each in shown)})"
