"""Try every fault at full length and print what was answered: `python -m tests.faults [--seconds 60] [-k WORDS]`.

Takes about ten minutes, nearly all of which is waiting for deadlines; 1 when a statement does not hold.
"""

import argparse
import datetime
import os
import sys
from pathlib import Path

import pytest


def main() -> int:
    """Run the long editions and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60, help="how long the database is restarted every five seconds (60)")
    parser.add_argument("-k", default="", help="only the tests whose name has these words, as pytest takes them")
    asked = parser.parse_args()
    os.environ |= {"FAULTS": "long", "FAULTS_SECONDS": str(asked.seconds)}
    options = ["-q", "-n0", "-p", "no:cacheprovider", "--durations=0", "--durations-min=100000", "--show-capture=no", "--tb=short"]
    ended = pytest.main([str(Path(__file__).parent), *options, *(["-k", asked.k] if asked.k else [])])
    from tests.faults import table
    from tests.support.machine import machine

    print(
        f"\n{table.shown()}\n\n{datetime.date.today()}, {machine()}; what is in the table was {'as it has to be' if not ended else 'NOT as it has to be'}."
    )
    return 1 if ended else 0


if __name__ == "__main__":
    sys.exit(main())
