"""`GET /v1/comics` with a hundred thousand public comics, against the references, in every way that it is asked."""

import json
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from common import pages
from infra.local import postgres
from tests.bench import database, servers
from tests.bench.comparing import Comparison, Question, Round, alternate, ask, compare, figures
from tests.bench.servers import Server

LIST = "/v1/comics"

PER_PAGE = 20

# Milliseconds of a round trip to a database in the same region.
NETWORK = 3.0

# A thousand ways to say the same, so that a page that is asked for again is none that an instance keeps for a second.
SAME_BUT_NEW = [{"Accept-Language": f"id;q=0.{number:03}"} for number in range(1, 1000)]

# Pages whose time is measured; the last of them that there is stands for the end of the list.
DEPTHS = (1, 10, 100, 1000, 5000)

MOMENTS = ("created_at", "updated_at", "published_at")


def run(server: postgres.Server, bundle: Path, rounds: int) -> dict[str, Any]:
    """Every comparison about the list; needs a seeded database and our staged bundle."""
    places = cursors(server)
    with contenders(server.database(), bundle) as (ours, orm, raw):
        same_content([ours, orm, raw], some_pages(places))
        plain = _plain(ours, orm, raw, places, rounds)
        kept = _kept(ours, raw, rounds)
        depth = _depth(ours, places, rounds)
    network = _network(server, bundle, places, rounds)
    parts = [plain, network, kept, depth]
    return {
        "comparisons": [each.to_json() for part in parts for each in part["comparisons"]],
        "figures": {name: values for part in parts for name, values in part.get("figures", {}).items()},
        "depth": depth["depth"],
    }


@contextmanager
def contenders(url: str, bundle: Path) -> Iterator[list[Server]]:
    """Ours and the two references, answering from one database."""
    with ExitStack() as running:
        started = [running.enter_context(each) for each in (servers.ours(bundle, url), servers.orm(url), servers.raw(url))]
        for each in started:
            each.first_answer(LIST)
        yield started


def cursors(server: postgres.Server) -> dict[int, str]:
    """The cursor of every page but the first, by the page's number."""
    with database.connected(server) as connection:
        rows = connection.run(
            "select total_views, id from (select total_views, id, row_number() over (order by total_views desc, id desc) as place,"
            " count(*) over () as all from comics where is_public) ranked where place % :size = 0 and place < ranked.all order by place",
            size=PER_PAGE,
        )
    return {number: pages.cursor("popularity", *row) for number, row in enumerate(rows, start=2)}


def some_pages(places: dict[int, str]) -> list[str]:
    """URLs from all over the list: by number, by cursor, and its end."""
    return [LIST, f"{LIST}?per_page=7&page=3", *(f"{LIST}?cursor={places[page]}" for page in (2, len(places) // 2, len(places) + 1))]


def same_content(answering: list[Server], paths: list[str]) -> None:
    """Raises unless all of them say the same, but for the order of keys and the spelling of times."""
    for path in paths:
        said = [_content(each, path) for each in answering]
        for server, other in zip(answering[1:], said[1:], strict=True):
            if other != said[0]:
                raise AssertionError(f"{server.name} and {answering[0].name} differ at {path}:\n{other}\n{said[0]}")


def _content(server: Server, path: str) -> Any:
    status, _, body = server.get(path)
    assert status == 200, f"{server.name} answered {status} to {path}"
    said = json.loads(body)
    for item in said["data"]:
        item |= {name: datetime.fromisoformat(item[name]) for name in MOMENTS if item[name]}
    return said


def _plain(ours: Server, orm: Server, raw: Server, places: dict[int, str], rounds: int) -> dict[str, Any]:
    gave = _asked({"ours": ours, "orm": orm, "raw": raw}, Question(_everywhere(places), SAME_BUT_NEW), rounds)
    what = "list of 20, any page, 16 connections"
    return {
        "comparisons": [
            _rate(what, orm, gave["ours"], gave["orm"], 3.5),
            _rate(what, raw, gave["ours"], gave["raw"], 0.5),
        ],
        "figures": {"16 connections": _figures(gave)},
    }


def _network(server: postgres.Server, bundle: Path, places: dict[int, str], rounds: int) -> dict[str, Any]:
    with servers.delayed(database.port(server), NETWORK) as port:
        url = server.database().replace(f":{database.port(server)}/", f":{port}/")
        with contenders(url, bundle) as (ours, orm, raw):
            question = Question(_everywhere(places), SAME_BUT_NEW, connections=1)
            gave = _asked({"ours": ours, "orm": orm, "raw": raw}, question, rounds)
    what = f"the same, database {NETWORK:.0f} ms away, 1 connection"
    return {
        "comparisons": [_rate(what, raw, gave["ours"], gave["raw"], 0.75)],
        "figures": {f"1 connection, {NETWORK:.0f} ms network": _figures(gave)},
    }


def _kept(ours: Server, raw: Server, rounds: int) -> dict[str, Any]:
    known = ours.get(LIST)[1]["etag"]
    repeated = _asked({"ours": ours, "raw": raw}, Question([LIST]), rounds)
    unchanged = _asked({"ours": ours, "raw": raw}, Question([LIST], [{"If-None-Match": known}], statuses=(200, 304)), rounds)
    return {
        "comparisons": [
            _rate("the same URL again within the cache time", raw, repeated["ours"], repeated["raw"], 0.9),
            _rate("the same URL with If-None-Match", raw, unchanged["ours"], unchanged["raw"], 0.9),
        ],
        "figures": {"same URL": _figures(repeated), "If-None-Match": _figures(unchanged)},
    }


def _depth(ours: Server, places: dict[int, str], rounds: int) -> dict[str, Any]:
    depths = [page for page in DEPTHS if page <= len(places) + 1]
    by_cursor = {f"cursor {page}": f"{LIST}?cursor={places[page]}" if page > 1 else LIST for page in depths}
    by_number = {f"page {page}": f"{LIST}?page={page}" for page in depths}

    def took(path: str) -> float:
        return ask(ours, Question([path], SAME_BUT_NEW, connections=1, seconds=1)).p50_ms

    gave = alternate({name: partial(took, path) for name, path in (by_cursor | by_number).items()}, max(3, rounds // 2))
    what = f"page {depths[-1]:,} by cursor, 1 connection"
    line = compare(what, "page 1 of ours", "ms", gave[f"cursor {depths[-1]}"], gave["cursor 1"], 1.2, "at most")
    middle = {name: statistics.median(times) for name, times in gave.items()}
    return {
        "comparisons": [line],
        "depth": {kind: {str(page): middle[f"{kind} {page}"] for page in depths} for kind in ("cursor", "page")},
    }


def _everywhere(places: dict[int, str]) -> list[str]:
    """Every page by its cursor, shuffled the same way each time."""
    paths = [LIST, *(f"{LIST}?cursor={place}" for place in places.values())]
    Random(1).shuffle(paths)
    return paths


def _asked(asked: dict[str, Server], question: Question, rounds: int) -> dict[str, list[Round]]:
    asking = {name: partial(ask, server, question) for name, server in asked.items()}
    alternate(asking, 1)
    return alternate(asking, rounds)


def _rate(what: str, reference: Server, ours: list[Round], theirs: list[Round], target: float) -> Comparison:
    mine, other = ([each.per_second for each in side] for side in (ours, theirs))
    return compare(what, reference.name, "requests/s", mine, other, target, "at least")


def _figures(gave: dict[str, list[Round]]) -> dict[str, Any]:
    return {name: {**figures(rounds), "rounds": [each.per_second for each in rounds]} for name, rounds in gave.items()}
