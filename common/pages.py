"""Lists in pages: by number as today's app asks, or by cursor at constant cost however far one scrolls."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any

from pydantic import Field

from common.intake import Query
from common.problems import invalid

# No id, counter, score or moment in microseconds is larger; more would overflow in PostgreSQL. NaN compares as false.
MOST = 10**17


class PageQuery(Query):
    """`page` from 1 with `per_page` rows; `cursor` (a `next_cursor` of before) instead of `page` for endless scrolling."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(min_length=1, max_length=500)] | None = None

    @property
    def offset(self) -> int:
        """Rows to pass over; none when a cursor says where to go on."""
        return 0 if self.cursor else (self.page - 1) * self.per_page


def meta(asked: PageQuery, total: int, more: bool, next_cursor: str | None = None) -> dict[str, Any]:
    """The `meta` of a reply; `more` says whether rows follow, which a counter alone cannot know exactly."""
    return {
        "current_page": asked.page,
        "per_page": asked.per_page,
        "total": total,
        "total_pages": -(-total // asked.per_page),
        "has_next": more,
        "has_prev": asked.page > 1 or asked.cursor is not None,
        "next_cursor": next_cursor if more else None,
    }


def cursor(order: str, *keys: Any) -> str:
    """An opaque place in a list: the sort keys of the last row shown, good for that `order` only."""
    return urlsafe_b64encode(json.dumps([order, *keys], separators=(",", ":"), default=str).encode()).decode().rstrip("=")


def keys(asked: PageQuery, order: str, *kinds: type) -> list[Any] | None:
    """The sort keys in the query's cursor, each checked to be of its kind; None without a cursor.

    Raises a 422 that names `cursor` when it is not one of ours for this order.
    """
    if asked.cursor is None:
        return None
    try:
        padded = asked.cursor + "=" * (-len(asked.cursor) % 4)
        given_order, *values = json.loads(urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise invalid("query", "cursor", "Not a cursor of this list") from None
    fits = (
        given_order == order and len(values) == len(kinds) and all(type(value) is kind for value, kind in zip(values, kinds, strict=True))
    )
    if not fits or not all(-MOST <= value <= MOST for value in values):
        raise invalid("query", "cursor", "Not a cursor of this list")
    found: list[Any] = values
    return found
