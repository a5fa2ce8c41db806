"""Measure and say whether the targets are met: `python -m tests.bench [lists] [routes] [growth] [cold] [imports] [--rounds N] [--comics N] [--sizes N,N]`.

Everything runs on this machine, in turns; a run of all takes about an hour, of which half goes into loading two million
comics for `growth`; `--keep FOLDER` keeps loaded databases there, and takes what it finds. Results go to
tests/bench/results: figures, tables and plots. Best on a machine that has nothing else to do.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import missing

NAMES = ("lists", "routes", "growth", "cold", "imports")


def main() -> int:
    """Run what is asked for; 0 when every target of it is met."""
    if lacking := missing():
        print(f"The benchmarks need {', '.join(lacking)}: pip install -r tests/bench/requirements.txt", file=sys.stderr)
        return 2
    asked = _asked()
    names = asked.names or list(NAMES)
    from tests.bench import plots, results

    for name, measured in _measured(names, asked):
        results.keep(name, measured)
        print(results.section(name), flush=True)
    plots.draw(results.load())
    print(f"Tables and plots are in {results.FOLDER}")
    return 0 if all(results.met(name) for name in names) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="what to measure; without a name all of it")
    parser.add_argument("--rounds", type=int, default=15, help="how often each contender has its turn (15)")
    parser.add_argument("--comics", type=int, default=100_000, help="public comics in the database (100000)")
    parser.add_argument("--sizes", type=_sizes, default=None, help="public comics in the databases of growth (1000,100000,2000000)")
    parser.add_argument("--keep", type=Path, help="a folder for the databases of routes and growth, which are else gone afterwards")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted(int(size) for size in text.split(","))


def _measured(names: list[str], asked: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    from tests.bench import cold, database, growth, imports, lists, routes, servers

    rounds, comics = asked.rounds, asked.comics
    if "routes" in names:
        yield "routes", routes.run(max(1, rounds // 5), comics, asked.keep)
    if "growth" in names:
        yield "growth", growth.run(max(1, rounds // 5), asked.sizes or list(growth.SIZES), asked.keep)
    if "imports" in names:
        yield "imports", imports.run(max(3, rounds // 3))
    if {"lists", "cold"} & set(names):
        with database.seeded(comics) as server, servers.bundled("comics") as bundle:
            for name, run in (("lists", lists.run), ("cold", cold.run)):
                if name in names:
                    yield name, run(server, bundle, rounds)


if __name__ == "__main__":
    sys.exit(main())
