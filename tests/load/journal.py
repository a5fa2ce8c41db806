"""What the sender knows of its own writes: which were acknowledged, which were refused, and of which no answer came.

A write whose answer never came may have happened, and may even happen later: nothing is written to its place again, and
the database may show either.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["done", "refused", "unknown"]


@dataclass
class Place:
    """One thing that is on or off (a like, a bookmark, a follow), or was said last (a draft's summary)."""

    possible: list[Any]
    open: bool = False
    lost: bool = False

    def begin(self) -> None:
        """A write is under way: no second one may race with it."""
        self.open = True

    def end(self, value: Any, outcome: Outcome) -> None:
        """How it ended: acknowledged it is so, refused it is as before, without an answer it may be either."""
        self.open = False
        if outcome == "done":
            self.possible = [value]
        elif outcome == "unknown":
            self.possible.append(value)
            self.lost = True

    @property
    def free(self) -> bool:
        """Whether another write may be sent."""
        return not self.open and not self.lost


def _off() -> Place:
    return Place([False])


@dataclass
class Journal:
    """The whole of it: places by who and what, and what happens at most once by its own words."""

    likes: dict[tuple[int, int], Place] = field(default_factory=lambda: defaultdict(_off))
    bookmarks: dict[tuple[int, int], Place] = field(default_factory=lambda: defaultdict(_off))
    follows: dict[tuple[int, int], Place] = field(default_factory=lambda: defaultdict(_off))
    views: dict[tuple[int, int], Place] = field(default_factory=lambda: defaultdict(_off))
    drafts: dict[int, Place] = field(default_factory=lambda: defaultdict(lambda: Place([None])))
    comments: dict[str, Place] = field(default_factory=lambda: defaultdict(_off))
    checkouts: dict[tuple[int, int], Place] = field(default_factory=lambda: defaultdict(_off))
    invoices: dict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))

    def acknowledged(self) -> dict[str, int]:
        """How many places there are in which something is known to have been written, by kind."""
        kinds = ("likes", "bookmarks", "follows", "views", "drafts", "comments", "checkouts")
        return {kind: sum(place.possible not in ([False], [None]) for place in getattr(self, kind).values()) for kind in kinds}

    def keep(self, file: Path) -> None:
        """Write it down."""
        places = {kind: [[key, place.possible] for key, place in found.items()] for kind, found in vars(self).items() if kind != "invoices"}
        file.write_text(json.dumps({**places, "invoices": list(self.invoices.items()), "acknowledged": self.acknowledged()}))


def load(file: Path) -> dict[str, Any]:
    """What `keep` wrote: for each kind what is possible by key, a tuple where it was one."""
    told = json.loads(file.read_text())
    return {
        kind: {tuple(key) if isinstance(key, list) else key: value for key, value in rows} if isinstance(rows, list) else rows
        for kind, rows in told.items()
    }
