"""What the hot routes cost as the tables grow: the same requests in databases of a thousand, a hundred thousand and two million comics.

Beside the comics grow the views, likes, comments, accounts, follows and notifications; see `population`. One instance of
each function, one connection: what is compared is the time of a request, not what a machine bears.
"""

import math
import statistics
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from tests.bench import hot, population, routes, statements
from tests.bench.comparing import alternate
from tests.bench.hot import World

SIZES = (1_000, 100_000, 2_000_000)

# How many times the cost among the fewest a route may cost among the most.
TARGET = 1.5

# Seconds of one round.
SECONDS = 1.0


def run(rounds: int, sizes: list[int], keep: Path | None = None) -> dict[str, Any]:
    """Median milliseconds of each route at each size, the pages that it reads, and what the tables take."""
    took, read = ({each.name: {} for kinds in hot.GROWING.values() for each in kinds} for _ in range(2))
    loads = {}
    for comics in sizes:
        with population.populated(comics, keep) as (server, loaded):
            loads[str(comics)] = vars(loaded)
            for name, (milliseconds, pages) in _size(hot.world(server, loaded), rounds).items():
                took[name][str(comics)], read[name][str(comics)] = milliseconds, pages
    return {
        "target": TARGET,
        "loads": loads,
        "growth": {kind: {each.name: took[each.name] for each in kinds} for kind, kinds in hot.GROWING.items()},
        "pages": read,
    }


def _size(world: World, rounds: int) -> dict[str, tuple[float, float]]:
    """Milliseconds and pages of every route, one function after the other."""
    kinds = sorted((each for some in hot.GROWING.values() for each in some), key=lambda each: each.function)
    found: dict[str, tuple[float, float]] = {}
    for function, some in groupby(kinds, lambda each: each.function):
        with routes.serving(world, function) as server:
            for route in some:
                asks = routes.sending(world, route)
                routes.ready(server, route, list(islice(asks, routes.COUNTED)))
                pages = statements.pages(world.server, server, list(islice(asks, routes.COUNTED)))
                turn = partial(routes.turn, world, server, route, asks, 1, SECONDS)
                alternate({route.name: turn}, 1)
                found[route.name] = statistics.median(each.p50_ms for each, _ in alternate({route.name: turn}, rounds)[route.name]), pages
    return found


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
