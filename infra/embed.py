"""Give every public comic its vector, and the database its index over them: `python -m infra.embed`, as often as one likes.

What has its vector already is passed over, so it may be stopped and started again. To be run once for comics that
are older than embeddings, after EMBEDDER, EMBEDDING_MODEL or EMBEDDING_DIMENSIONS changed, and after pgvector became available.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from pg8000.core import CoreConnection
from pg8000.exceptions import DatabaseError

from common import connections, db, settings
from common.clients import embedder
from common.clients.errors import Unavailable
from common.comics import embeddings

# Comics that are looked at and saved together, and texts that are with the model at once.
BATCH, AT_ONCE = 200, 8

NEXT = f"{embeddings.TOLD} where c.id > :after and c.is_public order by c.id limit :limit"


class Done(NamedTuple):
    """How many comics got a vector, needed none, and did not get theirs."""

    made: int = 0
    kept: int = 0
    failed: int = 0


class OutOfOrder(Exception):
    """Not one of a whole batch got its vector: the service is down, or not set up."""


def make_index() -> bool:
    """Make pgvector's index over vectors of the present length where the extension can be had; whether it is there.

    Nobody waits for it: it is made CONCURRENTLY, which leaves an unusable index behind when it is interrupted.
    """
    dimensions = settings.EMBEDDING_DIMENSIONS()
    # A hundred thousand vectors take minutes.
    connection = connections.connect_patiently()
    try:
        connection.execute_simple("set lock_timeout = 0")
        # A graph that does not fit into it is built many times slower; a hundred thousand vectors of 256 take 150 MB.
        connection.execute_simple("set maintenance_work_mem = '256MB'")
        if not _has_extension(connection):
            return False
        _index(connection, embeddings.index(dimensions), dimensions)
        return True
    finally:
        connection.close()


def _index(connection: CoreConnection, name: str, dimensions: int) -> None:
    valid = connection.execute_simple(f"select indisvalid from pg_index where indexrelid = to_regclass('{name}')").rows
    if valid == [[False]]:
        connection.execute_simple(f"drop index concurrently {name}")
    if valid != [[True]]:
        connection.execute_simple(
            f"create index concurrently {name} on comic_embeddings using hnsw ((embedding::vector({dimensions})) vector_cosine_ops)"
            f" where cardinality(embedding) = {dimensions}"
        )


def _has_extension(connection: CoreConnection) -> bool:
    if not connection.execute_simple("select from pg_available_extensions where name = 'vector'").row_count:
        return False
    try:
        connection.execute_simple("create extension if not exists vector")
    except DatabaseError as error:
        # 42501: this login may not.
        if db.code(error) != "42501":
            raise
        return False
    return True


def fill() -> Done:
    """Give every public comic the vector of its present words by the present model. Raises `OutOfOrder`."""
    total = Done()
    for rows in _batches():
        done = _embedded(rows)
        if done.failed > AT_ONCE and not done.made:
            raise OutOfOrder
        total = Done(*(sum(each) for each in zip(total, done, strict=True)))
    return total


def _batches() -> Iterator[list[Any]]:
    after = 0
    while True:
        with db.reading() as reading:
            rows = reading.all(NEXT, after=after, limit=BATCH)
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _embedded(rows: list[Any]) -> Done:
    model = embedder.model()
    wanted = {row.id: embeddings.text(row) for row in rows if embeddings.wanting(row, model)}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        made = list(threads.map(_made, wanted.values()))
    with db.transaction() as saving:
        told = zip(wanted.items(), made, strict=True)
        embeddings.save(saving, model, [(comic, words, vector) for (comic, words), vector in told if vector is not None])
    missing = made.count(None)
    return Done(len(made) - missing, len(rows) - len(wanted), missing)


def _made(words: str) -> list[float] | None:
    try:
        return embedder.embed(words)
    except Unavailable as error:
        print(f"no vector: {error}", file=sys.stderr)
        return None


def main() -> int:
    """Make the index, fill it, say what was done; 1 when a comic got no vector."""
    try:
        found = make_index()
        done = fill()
    except OutOfOrder:
        print("no comic of a whole batch got its vector; nothing more was tried", file=sys.stderr)
        return 1
    print(f"{done.made} comics got a vector by {embedder.model()}, {done.kept} needed none, {done.failed} did not get theirs")
    print("the nearest are found by index" if found else "pgvector is not there, or this login may not create it: no index")
    return 1 if done.failed else 0


if __name__ == "__main__":
    sys.exit(main())
