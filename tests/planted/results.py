"""The results of a whole run, as a file that is kept with the code."""

from datetime import UTC, datetime
from pathlib import Path

from tests.planted.faults import Fault
from tests.planted.running import Verdict
from tests.support.machine import machine

FILE = Path(__file__).parent / "results.md"


def table(faults: list[Fault], found: list[Verdict]) -> str:
    """What was planted, what goes wrong by it, and which test noticed."""
    lines = ["| fault | what goes wrong | planted in | caught by | seconds |", "|---|---|---|---|---:|"]
    lines += [
        f"| {fault.name} | {fault.wrong} | `{fault.file}` | {_by(verdict)} | {verdict.seconds:.0f} |"
        for fault, verdict in zip(faults, found, strict=True)
    ]
    return "\n".join(lines)


def _by(verdict: Verdict) -> str:
    if not verdict.caught:
        return f"**not caught** {verdict.by}".strip()
    file, _, test = verdict.by.partition("::")
    return f"`{file.removeprefix('tests/')}` {_sentence(test)}" if test else verdict.by


def _sentence(test: str) -> str:
    name, bracket, case = test.removeprefix("test_").partition("[")
    return name.replace("_", " ") + (f" ({case.removesuffix(']')})" if bracket else "").replace("|", "/")


def write(table: str, caught: int, found: list[Verdict]) -> None:
    """Keep the table of a whole run, with when and where it was made."""
    minutes = sum(verdict.seconds for verdict in found) / 60
    text = f"""# Do the tests bite

Written by `python -m tests.planted` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC ({machine()}).

**{caught} of {len(found)} faults are caught**, in {minutes:.0f} minutes of runs. Each was planted alone in a copy of the code
(tests/planted/faults.toml has the exact change), and the test files that belong to it were run until the first failure. All of
these files are green without a fault.

{table}
"""
    FILE.write_text(text)
