"""Lists of public comics: filters, orders and pages, each variant one prepared statement.

A page costs the same however deep it is when asked by cursor. `total` is a maintained counter for the
whole list; for a filtered one it counts up to `COUNTED` rows, because counting all of them would cost
more than the page, and a sample says where even that is not needed.
"""

import re
from functools import lru_cache
from typing import Any, Literal

from common import media, pages, prepared
from common.auth import User
from common.comics import ages
from common.comics.ages import Rating
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.replies import Json

from .schemas import ComicQuery

COUNTED = 1000

# A search walks its list's order for so many comics at most; how many of the first fit says whether that is worth it.
WALKED, PROBED, LIKELY = 30_000, 1000, 2

# So many comics are a sample, of pages from all over the table. Where this many of it fit, or more, and with them twice
# COUNTED of all, nothing is counted: the index of words names all that have one, a hundred thousand, before the first is counted.
SAMPLED, SURE = 2000, 4

# The same places each time, so that a total is the same again; four to a page, which is what a comic's size leaves room for.
# TABLESAMPLE asks of every page of the table whether it is one of the sample.
PLACES = """select ('(' || page * pages / (cast({sampled} as bigint) / 4) || ',' || place || ')')::tid
    from (select pg_relation_size('comics') / current_setting('block_size')::int as pages) as size,
         generate_series(0, {sampled} / 4 - 1) page, generate_series(1, 4) place"""

Start = Literal["top", "page", "cursor"]

# Each order's column, and how its value travels in a cursor: all as whole numbers, so that nothing is rounded.
ORDERS = {
    "popularity": ("c.total_views", "{}"),
    "newest": ("c.published_at", "timestamptz 'epoch' + {} * interval '1 microsecond'"),
    "trending": ("c.trending_score", "{}"),
}
KEYS = {
    "popularity": "c.total_views",
    "newest": "(extract(epoch from c.published_at) * 1000000)::bigint",
    "trending": "c.trending_score",
}

FILTERS = {
    "q": "c.search @@ to_tsquery('indonesian', :q)",
    "genre": "c.genre ?| cast(:genre as text[])",
    "style": "c.style_id = cast(:style as bigint)",
    "user_id": "c.user_id = cast(:user_id as bigint)",
}


# Whoever blocks somebody is not shown what they made. Hashed: comparing with an array of a thousand took a hundred times as long.
UNBLOCKED = "c.user_id not in (select blocked_id from blocks where blocker_id = cast(:viewer as bigint))"


def page(db: Db, asked: ComicQuery, viewer: User | None = None) -> Json:
    """A page of `ComicItem`s for `viewer`; a search, genre or style that matches nothing gives an empty page."""
    kinds = (int,) if asked.sort_by != "trending" else (float,)
    after = pages.keys(asked, asked.sort_by, *kinds, int)
    filters = _filters(db, asked)
    start: Start = "cursor" if after else "page" if asked.offset or asked.q else "top"
    # No search says that it has found more, so no page by number is further: it would sort all that have the word. A cursor goes on.
    beyond = asked.q is not None and asked.offset >= COUNTED
    place = {"key": after[0], "id": after[1]} if after else {"offset": 0 if beyond else asked.offset} if start == "page" else {}
    size = {"limit": asked.per_page} if filters else {}
    signed = {"viewer": viewer.id} if viewer else {}
    sql = _statement(asked.sort_by, frozenset(filters), start, asked.per_page, tuple(ages.open_to(viewer)), bool(signed))
    row = db.one(sql, media=media.base(), **filters, **place, **size, **signed)
    if beyond:
        return Json("[]", pages.meta(asked, row.total, False))
    more = row.found > asked.per_page
    return Json(row.items, pages.meta(asked, row.total, more, pages.cursor(asked.sort_by, row.last_key, row.last_id) if more else None))


def _filters(db: Db, asked: ComicQuery) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if asked.q is not None:
        values["q"] = search_terms(asked.q)
    if asked.genre is not None:
        values["genre"] = _genre_names(db, [each.strip() for each in asked.genre.split(",") if each.strip()])
    if asked.style is not None:
        values["style"] = _style_id(db, asked.style)
    if asked.user_id is not None:
        values["user_id"] = asked.user_id
    return values


def search_terms(text: str) -> str:
    """A tsquery of all words in `text`; the last also matches longer words, since people search while they type."""
    *stretches, last = [each for each in text.split() if re.search(r"\w", each)] or [""]
    return " & ".join([*map(_term, stretches), _term(last, ":*")]) if last else ""


def _term(stretch: str, ending: str = "") -> str:
    """A stretch without blanks: all of its words, or, where it has signs besides, what PostgreSQL made of the same stretch in a title.

    Its parser takes Vol.2 and Ayah/Ibu for names of files and -1990 for a number; quoted, it cuts them as it did there. The whole is asked
    for as it is: each of its parts as a beginning would cost as much as a search of its own.
    """
    words = re.findall(r"\w+", stretch)
    parts = " & ".join(f"'{word}'" for word in words) + ending
    whole = stretch.replace("\\", "\\\\").replace("'", "''")
    return parts if words == [stretch] else f"('{whole}' | ({parts}))"


def _genre_names(db: Db, given: list[str]) -> list[str]:
    """Names for ids, as comics hold names; a name stays as it is."""
    if not any(each.isdigit() for each in given):
        return given
    named = {str(row.id): row.name for row in db.all("select id, name from genres")}
    return [named.get(each, each) for each in given]


def _style_id(db: Db, given: str) -> int:
    """The id for an id or a name; 0, which no style has, for anything else."""
    found: int | None = db.value(
        "select id from styles where lower(name) = lower(:given) or id::text = :given order by id limit 1", given=given
    )
    return found or 0


@lru_cache(maxsize=256)
def _statement(order: str, filters: frozenset[str], start: Start, size: int, ratings: tuple[Rating, ...], signed: bool) -> str:
    """The SQL of one variant.

    Without a filter the size is part of the text, so that PostgreSQL keeps its plan: with a LIMIT that it
    cannot see it would plan anew each time, which takes as long as the page. With a filter that is
    wanted: what is best for a rare word is a hundred times worse for a common one.
    """
    column, from_cursor = ORDERS[order]
    limit = "cast(:limit as bigint)" if filters else str(size)
    sorting = f"order by {column} desc, c.id desc limit {limit} + 1 {'offset :offset' if start == 'page' else ''}"
    seen = [each for each in (ages.condition(ratings), UNBLOCKED if signed else "") if each]
    chosen = " and ".join(["c.is_public", *(FILTERS[name] for name in sorted(filters)), *seen])
    after = (
        f"and ({column}, c.id) < ({from_cursor.format(f'cast(:key as {_type(order)})')}, cast(:id as bigint))" if start == "cursor" else ""
    )
    # A creator's comics are at hand in an index of their own; of everything else there may be many.
    total = _exactly(chosen) if "user_id" in filters else _counted(chosen, seen, _counter(ratings)) if filters else _counter(ratings)
    shown = f"where {chosen} {after} {sorting}"
    before = ""
    if "q" in filters:
        before, total, shown = _search(column, chosen, seen, after, _counter(ratings))
    elif filters or start == "page":
        # Ids first, else PostgreSQL makes JSON of rows that it then passes over or sorts away.
        shown = f"where c.id = any(array(select c.id from comics c {shown})) order by {column} desc, c.id desc"
    return f"""{before}
    select coalesce(json_agg(item) filter (where place <= {limit}), '[]')::text as items, count(*) as found,
           max(key) filter (where place = {limit}) as last_key, max(id) filter (where place = {limit}) as last_id, {total} as total
    from (select row_number() over () as place, listed.* from (
        select c.id, {KEYS[order]} as key, json_build_object({PUBLIC_ITEM}) as item
        from comics c join users u on u.id_users = c.user_id {shown}) listed) page"""


def _search(column: str, chosen: str, seen: list[str], after: str, public: str) -> tuple[str, str, str]:
    """What stands before a search's SELECT, its total, and which comics it shows.

    What many comics fit is found soon by walking the list's own order, also where each of two words is frequent and both
    are not; what few of the first fit is looked up and sorted. PostgreSQL takes a word that it has no figures about for
    one of two hundred: among two million comics it walked past all of them to show the 25 that had it, until the
    statement's time was over; and for a frequent word, a genre and a style it read all of the style, for two seconds.

    Where a share s of N comics fits, `enough` are found by walking `enough` / s, or by looking up s * N: equally many when s
    is the root of `enough` / N. Half of that share, because what is looked up lies scattered.
    """
    further = "" if after else "offset cast(:offset as bigint)"
    enough = f"cast(:limit as bigint) + 1{'' if after else ' + cast(:offset as bigint)'}"
    order = f"order by {column} desc, c.id desc"
    open_to = " and ".join(["c.is_public", *seen])
    first_of = f"(select * from comics c where {open_to} {after} {order} limit %d) c where {chosen}"
    before = f"""{prepared.ANEW}
    with probed as materialized (
        select count(*) >= greatest({LIKELY}, {PROBED} / 2 * sqrt(({enough}) / greatest(1.0, {public}))) as likely from {first_of % PROBED}),
    walked as materialized (select c.id from {first_of % WALKED} and (select likely from probed) {order} limit {enough}),
    known as materialized (select count(*) >= {enough} as enough from walked),
    matched as materialized (select c.id, {column} from comics c where {chosen} and not (select enough from known))"""
    first = f"select id from walked where (select enough from known) {further}"
    rest = f"select c.id from matched c where true {after} {order} limit cast(:limit as bigint) + 1 {further}"
    shown = f"where c.id = any(array({first}) || array({rest})) {order}"
    looked_up = f"(select least(count(*), {COUNTED}) from matched)"
    return before, f"(case when (select enough from known) then {_counted(chosen, seen, public)} else {looked_up} end)", shown


def _counted(chosen: str, seen: list[str], public: str) -> str:
    """How many comics fit, up to COUNTED."""
    sample = f"""select count(*) as of, count(*) filter (where {chosen}) as fit from comics c
        where {" and ".join(["c.is_public", *seen])} and c.ctid = any(array({PLACES.format(sampled=SAMPLED)}))"""
    sure = f"select fit >= {SURE} and fit * {public} >= 2 * {COUNTED} * of from ({sample}) sample"
    return f"(case when ({sure}) then {COUNTED} else {_exactly(chosen)} end)"


def _exactly(chosen: str) -> str:
    return f"(select count(*) from (select 1 from comics c where {chosen} limit {COUNTED}) counted)"


def _counter(ratings: tuple[Rating, ...]) -> str:
    """How many comics are public, less those that are rated otherwise; whom one blocks is not counted off."""
    others = ", ".join(f"'public_comics:{rating}'" for rating in ages.RATINGS if rating not in ratings)
    if not others:
        return "(select value from counters where name = 'public_comics')"
    return f"""(select sum(case name when 'public_comics' then value else -value end)::bigint from counters
        where name in ('public_comics', {others}))"""


def _type(order: str) -> str:
    return "float8" if order == "trending" else "bigint"
