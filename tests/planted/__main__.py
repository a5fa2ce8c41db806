"""Plant faults in money, accounts, ownership and states, one at a time, and see which of the ordinary tests notice.

Each is planted in a copy of the tree, so the checkout is never touched. First every test file that is
named must be green without a fault; then a fault counts as caught when one of its files fails or
hangs. Exits with 1 when fewer than 48 are caught, or when the list does not fit the code any more.
A whole run takes about a quarter of an hour with two jobs and writes tests/planted/results.md; one
that was interrupted goes on where it was, unless the code has changed.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.planted import faults, results
from tests.planted.faults import Fault
from tests.planted.progress import Progress
from tests.planted.running import LIMIT, Tree, Verdict

ENOUGH = 48


class Runs:
    """Trees to run in, lent out one at a time, and what was found in them."""

    def __init__(self, asked: argparse.Namespace, folders: ExitStack) -> None:
        self.asked, self._progress = asked, Progress(afresh=asked.afresh)
        self._sound: dict[str, float] = {}
        self._free: SimpleQueue[Tree] = SimpleQueue()
        for _ in range(asked.jobs):
            self._free.put(Tree(Path(folders.enter_context(tempfile.TemporaryDirectory(prefix="mamastoria-planted-")))))

    def green(self, test: str) -> bool:
        """Whether a test file passes without a fault; tried twice, because a busy machine makes the slowest ones fail."""
        verdict = self._found(f"green {test}", lambda tree: _first(tree.run((test,), self.asked.limit) for _ in range(2)), "passed")
        self._sound[test] = verdict.seconds
        print(f"{'green' if verdict.how == 'passed' else 'RED'}  {test}  {verdict.seconds:.0f} s  {verdict.by}", flush=True)
        if verdict.how != "passed":
            print(verdict.said[-4000:], file=sys.stderr, flush=True)
        return verdict.how == "passed"

    def planted(self, fault: Fault) -> Verdict:
        """What became of a fault."""
        verdict = self._found(fault.name, lambda tree: tree.with_fault(fault, self._patience(fault)), "passed", "failed", "hung")
        print(f"{'caught' if verdict.caught else 'MISSED'}  {fault.name}  {verdict.seconds:.0f} s  {verdict.by}", flush=True)
        if self.asked.verbose and not verdict.caught:
            print(verdict.said[-4000:], flush=True)
        return verdict

    def _patience(self, fault: Fault) -> float:
        """Seconds after which a run hangs: what is slow without the fault too, as on a busy machine, may take as long as five such runs."""
        usual: float = max(self.asked.limit, 5 * sum(self._sound.get(test, 0) for test in fault.tests))
        return usual

    def _found(self, name: str, run: Callable[[Tree], Verdict], *final: str) -> Verdict:
        """What was found before, or what `run` finds, which is kept when it ended in one of the ways that are `final`."""
        if (before := self._progress.of(name)) is not None:
            return before
        with self._tree() as tree:
            verdict = run(tree)
        if verdict.how in final:
            self._progress.keep(name, verdict)
        return verdict

    @contextmanager
    def _tree(self) -> Iterator[Tree]:
        tree = self._free.get()
        try:
            yield tree
        finally:
            self._free.put(tree)


def main() -> int:
    """Run what is asked for; 0 when enough of it is caught."""
    asked, listed = _asked(), faults.load()
    if wrong := faults.problems(listed):
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    chosen = [each for each in listed if not asked.only or each.name in asked.only]
    tests = list(dict.fromkeys(test for fault in chosen for test in fault.tests))
    with ExitStack() as folders, ThreadPoolExecutor(asked.jobs) as pool:
        runs = Runs(asked, folders)
        if not asked.unchecked and not all(list(pool.map(runs.green, tests))):
            return 1
        found = list(pool.map(runs.planted, chosen))
    return _told(chosen, found, whole=len(chosen) == len(listed), checked=not asked.unchecked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.planted", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="runs at the same time (2)")
    parser.add_argument("--only", action="append", metavar="NAME", choices=[each.name for each in faults.load()], help="this fault alone")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS", help=f"after which a run counts as hanging ({LIMIT})")
    parser.add_argument("--unchecked", action="store_true", help="leave out the runs without a fault, and keep no results")
    parser.add_argument("--afresh", action="store_true", help="forget what an interrupted run has found")
    parser.add_argument("--verbose", action="store_true", help="show what pytest says where nothing was caught")
    return parser.parse_args()


def _first(runs: Iterator[Verdict]) -> Verdict:
    """The first run that passed, or the last."""
    for verdict in runs:
        if verdict.how == "passed":
            break
    return verdict


def _told(chosen: list[Fault], found: list[Verdict], *, whole: bool, checked: bool) -> int:
    table, caught = results.table(chosen, found), sum(verdict.caught for verdict in found)
    print(f"\n{table}\n\n{caught} of {len(found)} faults are caught.")
    if whole and checked:
        results.write(table, caught, found)
    return 0 if caught >= (ENOUGH if whole else len(found)) else 1


if __name__ == "__main__":
    sys.exit(main())
