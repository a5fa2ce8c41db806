"""Pages of lists that PostgreSQL writes as JSON: one statement a page, at the same cost however far one scrolls.

A list is declared by the SELECT of its rows, newest first; the page around it (how many, from where,
whether more follow, in all how many) is the same for every list.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from common import pages
from common.db import Db
from common.pages import PageQuery
from common.problems import NotFound
from common.replies import Json

# `total` counts rows up to here where nobody keeps a counter: counting them all would cost more than the page.
COUNTED = 1000

Start = Literal["top", "page", "cursor"]


@dataclass(frozen=True)
class Listing:
    """A list: `rows` is a SELECT of (`id`, `item`) in the list's order, with `:after` in its condition and `:limit` at its end.

    It is ordered by the column `id` downwards or, where `moment` is a column of points in time, by that
    and then by `id`; such a SELECT gives `key(moment)` as `key` too. Where rows are merged from several
    places, `:near` limits what is taken from each. `total` is an expression for the number of all rows (a
    maintained counter or `counted(...)`); where it is null, what the list belongs to does not exist.
    `also` are further columns of the statement, which become keys beside the data.
    """

    name: str
    rows: str
    id: str
    total: str
    moment: str | None = None
    also: str = ""


def key(moment: str) -> str:
    """A column of points in time as a cursor carries it: whole microseconds, so that nothing is rounded."""
    return f"(extract(epoch from {moment}) * 1000000)::bigint"


def of(value: str) -> str:
    """The place `:value` (an id) as the condition of `rows` names what the list belongs to.

    Its value is kept from the planner. Seeing that it is somebody's who holds much of the table, PostgreSQL walked the
    whole table by its primary key and left out what was not theirs: 70 ms where the list's own index takes half of one.
    """
    return f"(select cast(:{value} as bigint))"


def counted(condition: str) -> str:
    """An expression for the number of rows of `condition` (from … where …), counted up to `COUNTED`."""
    return f"(select count(*) from (select 1 {condition} limit {COUNTED}) counted)"


def page(db: Db, asked: PageQuery, listing: Listing, **values: Any) -> Json:
    """One page of `listing`; raises `NotFound` when what it belongs to does not exist."""
    after = pages.keys(asked, listing.name, *([int, int] if listing.moment else [int]))
    start: Start = "cursor" if after else "page" if asked.offset else "top"
    if after:
        values |= dict(zip(("key", "id") if listing.moment else ("id",), after, strict=True))
    elif asked.offset:
        values["offset"] = asked.offset
    row = db.one(statement(listing, start, asked.per_page), **values)
    if row.total is None:
        raise NotFound
    more = row.found > asked.per_page
    last = (row.last_key, row.last_id) if listing.moment else (row.last_id,)
    meta = pages.meta(asked, row.total, more, pages.cursor(listing.name, *last) if more else None)
    return Json(row.items, meta, beside={name: value for name, value in row._asdict().items() if name not in OWN})


OWN = {"items", "found", "last_key", "last_id", "total"}


@lru_cache(maxsize=256)
def statement(listing: Listing, start: Start, size: int) -> str:
    """The SQL of one variant; `size` is part of it, because PostgreSQL plans anew for a LIMIT that it cannot see."""
    limit = f"limit {size} + 1" + (" offset cast(:offset as bigint)" if start == "page" else "")
    near = f"limit {size} + 1" + (" + cast(:offset as bigint)" if start == "page" else "")
    rows = listing.rows.replace(":after", _after(listing) if start == "cursor" else "").replace(":limit", limit).replace(":near", near)
    last_key = f"max(key) filter (where place = {size}) as last_key," if listing.moment else ""
    return f"""
    select coalesce(json_agg(item order by place) filter (where place <= {size}), '[]')::text as items, count(*) as found,
           {last_key} max(id) filter (where place = {size}) as last_id, {listing.total} as total {"," + listing.also if listing.also else ""}
    from (select row_number() over () as place, listed.* from ({rows}) listed) page"""


def _after(listing: Listing) -> str:
    if listing.moment is None:
        return f"and {listing.id} < cast(:id as bigint)"
    moment = "timestamptz 'epoch' + cast(:key as bigint) * interval '1 microsecond'"
    return f"and ({listing.moment}, {listing.id}) < ({moment}, cast(:id as bigint))"
