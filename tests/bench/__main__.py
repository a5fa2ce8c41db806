"""Measure and say whether the targets are met: `python -m tests.bench [lists] [cold] [imports] [--rounds N] [--comics N]`.

Everything runs on this machine, in turns; a run of all takes about twelve minutes. Results go to
tests/bench/results: figures, tables and plots. Best on a machine that has nothing else to do.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from tests.bench import missing

NAMES = ("lists", "cold", "imports")


def main() -> int:
    """Run what is asked for; 0 when every target of it is met."""
    if lacking := missing():
        print(f"The benchmarks need {', '.join(lacking)}: pip install -r tests/bench/requirements.txt", file=sys.stderr)
        return 2
    asked = _asked()
    names = asked.names or list(NAMES)
    from tests.bench import plots, results

    for name, measured in _measured(names, asked.rounds, asked.comics):
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
    return parser.parse_args()


def _measured(names: list[str], rounds: int, comics: int) -> Iterator[tuple[str, Any]]:
    from tests.bench import cold, database, imports, lists, servers

    if "imports" in names:
        yield "imports", imports.run(max(3, rounds // 3))
    if {"lists", "cold"} & set(names):
        with database.seeded(comics) as server, servers.bundled("comics") as bundle:
            for name, run in (("lists", lists.run), ("cold", cold.run)):
                if name in names:
                    yield name, run(server, bundle, rounds)


if __name__ == "__main__":
    sys.exit(main())
