"""What one request and one row cost, for the README's chapter about scale: `python -m tests.bench.capacity`.

Readers' requests in the mix below go to the staged `comics` function over a database of 100,000 comics.
Kept in results/capacity.json are the processor time of the function and of PostgreSQL for one request, the
bytes of a reply, and the bytes on disk, indexes included, of a comic, a panel and a view.
`python -m infra.readme` then works out instances, connections and prices anew (infra/gcp/scale.py).
"""

import argparse
import json
import statistics
from datetime import UTC, datetime
from random import Random
from typing import Any

import psutil  # type: ignore[import-untyped]

from infra.local import postgres
from tests.bench import database, lists, results, servers
from tests.bench.comparing import Question, ask
from tests.bench.servers import Server
from tests.support.machine import machine

FILE = results.FOLDER / "capacity.json"

# What readers do, in requests of a hundred.
MIX = {"list": 45, "comic": 35, "search": 10, "similar": 10}

READ, PANELS, VIEWS = 2_000, 18, 200_000

FILL = (
    "insert into comic_panels (comic_id, page_number, panel_number, image_url, image, description, dialogues, narration)"
    " select c.id, 1 + n / 4, 1 + n % 4, '@/comics/' || c.id || '/panel-' || n || '.jpg', c.cover, left(c.story_idea, 120),"
    " jsonb_build_array(jsonb_build_object('character', 'Kancil', 'text', left(c.story_idea, 60))), left(c.story_idea, 90)"
    " from (select * from comics where is_public order by id limit cast(:read as int)) c, generate_series(0, cast(:panels as int) - 1) n",
    "insert into comic_views (comic_id, reader, day)"
    " select 1 + n % 1000, decode(md5(n::text), 'hex'), date '2026-01-01' + n / 20000 from generate_series(1, cast(:views as int)) n",
    "vacuum analyze comic_panels, comic_views",
)

SIZES = {"comic": ("comics", "comics"), "panel": ("comic_panels", "comic_panels"), "view": ("comic_views", "comic_views")}


def main() -> None:
    """Measure, keep and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--comics", type=int, default=100_000, help="public comics in the database (100000)")
    asked.add_argument("--rounds", type=int, default=7, help="rounds of four seconds (7)")
    given = asked.parse_args()
    with database.seeded(given.comics) as server, servers.bundled("comics") as bundle:
        sizes = _filled(server)
        with servers.ours(bundle, server.database()) as ours:
            ours.first_answer(lists.LIST)
            measured = _measured(server, ours, given.rounds)
    kept = {"when": datetime.now(UTC).date().isoformat(), "machine": machine(), "comics": given.comics, **measured, "bytes": sizes}
    FILE.write_text(json.dumps(kept, indent=1) + "\n")
    print(json.dumps(kept, indent=1))


def _filled(server: postgres.Server) -> dict[str, int]:
    """Give the comics panels and views; bytes on disk of one row of each table with its indexes."""
    values = {"read": READ, "panels": PANELS, "views": VIEWS}
    with database.connected(server) as connection:
        for statement in FILL:
            connection.run(statement, **{name: value for name, value in values.items() if f":{name}" in statement})
        return {
            name: connection.run(f"select pg_total_relation_size('{table}') / (select count(*) from {counted})")[0][0]
            for name, (table, counted) in SIZES.items()
        }


def _measured(server: postgres.Server, ours: Server, rounds: int) -> dict[str, Any]:
    paths = _paths(server)
    # As apps and browsers ask: they take gzip.
    question = Question(paths, [{**each, "Accept-Encoding": "gzip"} for each in lists.SAME_BUT_NEW], seconds=4.0)
    ask(ours, question)
    gave = []
    for _ in range(rounds):
        before = _database_cpu(server)
        told = ask(ours, question)
        gave.append((told, 1000 * (_database_cpu(server) - before) / (told.per_second * question.seconds)))
    return {
        "mix": MIX,
        "function_ms": round(statistics.median(told.cpu_ms for told, _ in gave), 3),
        "database_ms": round(statistics.median(spent for _, spent in gave), 3),
        "per_second": round(statistics.median(told.per_second for told, _ in gave)),
        "p50_ms": round(statistics.median(told.p50_ms for told, _ in gave), 1),
        "reply_bytes": round(statistics.mean(len(ours.get(path)[2]) for path in paths[:400])),
        "reply_gzip_bytes": round(statistics.mean(len(ours.get(path, {"Accept-Encoding": "gzip"})[2]) for path in paths[:400])),
        "function_mib": round(ours.memory()),
    }


def _paths(server: postgres.Server) -> list[str]:
    """Two thousand requests in the mix, in an order that is always the same."""
    places = lists.cursors(server)
    dice = Random(20261121)
    makers = {
        "list": lambda: f"{lists.LIST}?cursor={places[dice.choice(list(places)[:200])]}",
        "comic": lambda: f"/v1/comics/{dice.randint(1, READ)}",
        # Half of the searches are for a word that most comics have, half for what one has: its title's number.
        "search": lambda: f"{lists.LIST}?q={dice.choice([dice.choice(database.WORDS.split()), dice.randint(1, READ)])}&sort_by=newest",
        "similar": lambda: f"/v1/comics/{dice.randint(1, READ)}/similar",
    }
    return [makers[dice.choices(list(MIX), list(MIX.values()))[0]]() for _ in range(2_000)]


def _database_cpu(server: postgres.Server) -> float:
    """Seconds of processor time of PostgreSQL's processes; connections are kept, so none has ended between two looks."""
    family = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
    return float(sum(times.user + times.system for times in (each.cpu_times() for each in family)))


if __name__ == "__main__":
    main()
