"""What `GET /v1/comics/{comic}/similar` asks of the database, with and without vectors: `python -m tests.bench.similar`.

In catalogues of ten and of a hundred thousand comics, each embedded by the local embedder with the command of
operations. Printed are milliseconds of the one statement, and how many of the truly nearest the index finds.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any
from unittest.mock import patch

from tests.bench import database
from tests.bench.alone import line, timed

ROUNDS = 400


def main() -> None:
    """Print both ways for both sizes; other sizes can be given on the command line."""
    for comics in [int(size) for size in sys.argv[1:]] or [10_000, 100_000]:
        with database.seeded(comics) as server:
            os.environ.update(DATABASE_URL=server.database(), EMBEDDER="local", EMBEDDING_DIMENSIONS="256")
            print(f"{comics:,} comics: {_prepared(server)}")
            _measure(server, Random(7).sample(range(1, comics), ROUNDS))


def _prepared(server: Any) -> str:
    """Give every comic a style and a vector; what it took. The index comes after the rows, which is many times faster."""
    from infra import embed

    with database.connected(server) as connection:
        connection.run("drop index ix_comic_embeddings_nearest_256")
        connection.run("insert into styles (name) select 'Gaya ' || n from generate_series(1, 8) n")
        connection.run("update comics set style_id = (select min(id) from styles) + (hashint8(id) & 7)")
        began = time.perf_counter()
        done = embed.fill()
        filled = time.perf_counter()
        assert embed.make_index()
        made = time.perf_counter()
        connection.run("vacuum (analyze) comics, comic_embeddings")
    return f"{done.made:,} embedded in {filled - began:.0f} s, index in {made - filled:.0f} s"


def _measure(server: Any, chosen: list[int]) -> None:
    from common import db
    from common.comics import embeddings
    from functions.comics import discovery

    for name, indexed in (("by what it shares", False), ("and by vector", True)):
        with db.reading() as reading, patch.object(embeddings, "indexed", lambda *_, answer=indexed: answer):
            print(line(name, _asked(partial(discovery.similar, reading), chosen)))
    print(f"{'of the 40 nearest found':28} {_recall(server, chosen[:50]):6.0%}")


def _asked(similar: Callable[[int, int], object], chosen: list[int]) -> list[float]:
    comics = iter(chosen)
    return timed(lambda: similar(next(comics), 10), ROUNDS)


NEAREST = """
select array_agg(comic_id) from (select comic_id from comic_embeddings where cardinality(embedding) = 256 and model = 'hashed-1/256'
order by embedding::vector(256) <=> (select embedding::vector(256) from comic_embeddings where comic_id = :comic) limit 40) n
"""


def _recall(server: Any, chosen: list[int]) -> float:
    with database.connected(server) as connection:
        found = [set(connection.run(NEAREST, comic=comic)[0][0]) for comic in chosen]
        connection.run("set enable_indexscan = off")
        nearest = [set(connection.run(NEAREST, comic=comic)[0][0]) for comic in chosen]
    return statistics.mean(len(some & all) / 40 for some, all in zip(found, nearest, strict=True))


if __name__ == "__main__":
    main()
