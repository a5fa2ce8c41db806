"""The ten hottest routes: statements, requests per second, latency and processor time of one instance of each function."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from tests.bench import database, hot, population, servers, statements
from tests.bench.comparing import Question, Round, alternate, ask, figures
from tests.bench.hot import Hot, World
from tests.bench.servers import Ask, Server

CONNECTIONS = (1, 16)

# Requests whose statements are counted, after as many that make a server ready.
COUNTED = 10

# Seconds of one round, and how many requests a round of those has that are never sent twice.
SECONDS, ONCE = 2.0, 1500


def run(rounds: int, comics: int, keep: Path | None = None) -> dict[str, Any]:
    """All ten, in a database of so many comics."""
    with population.populated(comics, keep) as (server, loaded):
        world = hot.world(server, loaded)
        return {"comics": comics, "routes": {each.name: _measured(world, each, rounds) for each in hot.HOT}}


def _measured(world: World, route: Hot, rounds: int) -> dict[str, Any]:
    with serving(world, route.function) as server:
        asks = sending(world, route)
        ready(server, route, list(islice(asks, COUNTED)))
        found = statements.counted(world.server, server, list(islice(asks, COUNTED)), route.status)
        turns = {str(number): partial(turn, world, server, route, asks, number, SECONDS) for number in CONNECTIONS}
        alternate(turns, 1)
        gave = alternate(turns, rounds)
    return {
        "function": route.function,
        "statements": found,
        "connections": {
            number: {**figures([each for each, _ in turns]), "database_ms": statistics.median(spent for _, spent in turns)}
            for number, turns in gave.items()
        },
    }


def sending(world: World, route: Hot) -> Iterator[Ask]:
    """The requests of a route in their order: for ever, or each once."""
    return iter(route.asks(world)) if route.once else cycle(route.asks(world))


def ready(server: Server, route: Hot, asks: list[Ask]) -> None:
    """Send the first requests, which an instance prepares itself with; raises where one is refused."""
    server.first_answer("/v1/nothing", expect=404)
    for each in asks:
        status, _, body = server.send(each)
        if status != route.status:
            raise RuntimeError(f"{each.method} {each.path} answered {status}: {body[:500]!r}")


def turn(world: World, server: Server, route: Hot, asks: Iterator[Ask], connections: int, seconds: float) -> tuple[Round, float]:
    """A round, and the milliseconds of processor time that the database took for each of its requests."""
    given = list(islice(asks, ONCE))
    question = Question(asks=given, once=route.once, connections=connections, seconds=seconds, statuses=(route.status,))
    before = database.cpu(world.server)
    gave = ask(server, question)
    return gave, 1000 * (database.cpu(world.server) - before) / gave.requests


@contextmanager
def serving(world: World, function: str) -> Iterator[Server]:
    """The staged function, as Cloud Functions starts it, on the world's database."""
    with servers.bundled(function) as bundle, servers.ours(bundle, world.server.database()) as server:
        yield server
