"""The same figures as files for spreadsheets; times and days are Jakarta's."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from common import clock, tables
from common.intake import Request
from common.replies import JSON, Reply

CSV = "text/csv"

COUNTS = ("views", "likes", "comments", "shares")
DAYS = ("date", "views", "readers", "likes", "comments", "shares")
MONTHS = ("month", *COUNTS, "earnings")
HISTORY = ("time_wib", "type", "unit", "amount", "description")
COMICS = ("id", "title", "published_wib", "total_views", "total_likes", "total_comments", "total_shares", "rating_average", "rating_count")
LATELY = tuple(f"{name}_30_days" for name in COUNTS)


def wanted(request: Request, given: str | None) -> bool:
    """Whether a file is asked for: by `format`, or else by an Accept header that prefers CSV."""
    return (given == "csv") if given else request.accept_mimetypes.best_match([JSON, CSV]) == CSV


def of(name: str, columns: Sequence[str], rows: Iterable[Any]) -> Reply:
    """A file of rows that have these columns."""
    return tables.reply(name, columns, map(attrgetter(*columns), rows))


def of_comics(rows: Iterable[dict[str, Any]]) -> Reply:
    """One's comics: all their totals, and the last thirty days."""
    return tables.reply("comics.csv", (*COMICS, *LATELY), map(_comic, rows))


def _comic(row: dict[str, Any]) -> tuple[object, ...]:
    average = round(row["rating_sum"] / row["rating_count"], 2) if row["rating_count"] else ""
    facts = {**row, "published_wib": local(row["published_at"]), "rating_average": average}
    return (*(facts[name] for name in COMICS), *(row[name] for name in COUNTS))


def local(moment: Any) -> str:
    """A moment as Jakarta's clocks show it; nothing where there is none."""
    return f"{moment.astimezone(clock.WIB):%Y-%m-%d %H:%M:%S}" if moment else ""
