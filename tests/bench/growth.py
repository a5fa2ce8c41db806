"""What the hot routes cost as the tables grow: the same requests in databases of a thousand, a hundred thousand and two million comics.

Beside the comics grow the views, likes, comments, accounts, follows and notifications; see `population`. One instance of
each function and size, one connection: what is compared is the time of a request, not what a machine bears.
"""

import math
import statistics
from contextlib import ExitStack
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from tests.bench import hot, population, routes, statements
from tests.bench.comparing import alternate
from tests.bench.hot import Hot, World
from tests.bench.servers import Server

SIZES = (1_000, 100_000, 2_000_000)

# How many times the cost among the fewest a route may cost among the most.
TARGET = 1.5

# Seconds of one round.
SECONDS = 1.0


def run(rounds: int, sizes: list[int], keep: Path | None = None) -> dict[str, Any]:
    """Median milliseconds of each route at each size, the pages that it reads, and what the tables take."""
    with ExitStack() as opened:
        populated = {str(comics): opened.enter_context(population.populated(comics, keep)) for comics in sizes}
        found = _all({size: hot.world(*each) for size, each in populated.items()}, rounds)
    return {
        "target": TARGET,
        "loads": {size: vars(loaded) for size, (_, loaded) in populated.items()},
        "growth": {kind: {each.name: found[each.name][0] for each in kinds} for kind, kinds in hot.GROWING.items()},
        "pages": {name: pages for name, (_, pages) in found.items()},
    }


def _all(worlds: dict[str, World], rounds: int) -> dict[str, tuple[dict[str, float], dict[str, float]]]:
    """Milliseconds and pages of every route at each size, one function after the other."""
    kinds = sorted((each for some in hot.GROWING.values() for each in some), key=lambda each: each.function)
    found: dict[str, tuple[dict[str, float], dict[str, float]]] = {}
    for function, some in groupby(kinds, lambda each: each.function):
        with ExitStack() as opened:
            servers = {size: opened.enter_context(routes.serving(world, function)) for size, world in worlds.items()}
            found |= {route.name: _route(worlds, servers, route, rounds) for route in some}
    return found


def _route(worlds: dict[str, World], servers: dict[str, Server], route: Hot, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """A route in all sizes by turns: what else the machine has to do, all of them feel."""
    turns, pages = {}, {}
    for size, world in worlds.items():
        asks = routes.sending(world, route)
        routes.ready(servers[size], route, list(islice(asks, routes.COUNTED)))
        pages[size] = statements.pages(world.server, servers[size], list(islice(asks, routes.COUNTED)))
        turns[size] = partial(routes.turn, world, servers[size], route, asks, 1, SECONDS)
    alternate(turns, 1)
    return {size: statistics.median(each.p50_ms for each, _ in gave) for size, gave in alternate(turns, rounds).items()}, pages


def grown(times: dict[str, float]) -> float:
    """How many times its cost among the fewest a route costs among the most."""
    few, many = (times[size] for size in (min(times, key=int), max(times, key=int)))
    return many / few


def slope(times: dict[str, float]) -> float:
    """Milliseconds that ten times the comics add, as the line through all sizes has it; 0 for a single size."""
    if len(times) < 2:
        return 0.0
    return statistics.linear_regression([math.log10(int(size)) for size in times], list(times.values())).slope


def met(told: dict[str, Any]) -> bool:
    """Whether no route grows beyond the target; true of a benchmark of something else."""
    return all(grown(times) <= told["target"] for kinds in told.get("growth", {}).values() for times in kinds.values())
