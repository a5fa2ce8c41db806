"""Whether the suite leans on its order: `python -m tests.shuffled --times 10` runs the whole of it in ten random orders.

Each run has a seed, which is printed: `--seeds 7` repeats that order. Prints a line for each run, keeps what a run said
that was not green, and ends with 1 when there was one. Ten runs take about an hour on two cores.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom

from tests.support.machine import machine


def main() -> int:
    """Run and tell."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--times", type=int, default=10, help="how many random orders (10)")
    asked.add_argument("--seeds", type=int, nargs="*", help="these orders instead")
    asked.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    given = asked.parse_args()
    seeds = given.seeds or [SystemRandom().randrange(1, 10**6) for _ in range(given.times)]
    print(f"{machine()}; {datetime.now(UTC):%Y-%m-%d}", flush=True)
    green = [_green(seed, given.pytest) for seed in seeds]
    return 0 if all(green) else 1


def _green(seed: int, arguments: list[str]) -> bool:
    """Whether the suite passes in the order of `seed`; prints its line, and what failed."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "randomly", f"--randomly-seed={seed}", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    counts = re.findall(r"^\d+ (?:passed|failed|error).* in .*$", done.stdout, re.MULTILINE) or done.stdout.splitlines()[-1:]
    print(f"seed {seed:6}  {time.monotonic() - started:4.0f} s  {' '.join(counts)}", flush=True)
    for line in re.findall(r"^(?:FAILED|ERROR) .*$", done.stdout, re.MULTILINE):
        print(f"    {line}", flush=True)
    if done.returncode != 0:
        said = Path(tempfile.gettempdir()) / f"shuffled-{seed}.txt"
        said.write_text(done.stdout + done.stderr)
        print(f"    all that it said: {said}", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
