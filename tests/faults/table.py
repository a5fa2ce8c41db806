"""What was measured, a row for each service and fault."""

import os
from typing import NamedTuple

# The long editions take the clients' own deadlines and every fault; `python -m tests.faults` sets it.
LONG = os.environ.get("FAULTS") == "long"

# Seconds from the end of a fault to the first good answer.
RECOVERY = 5.0

ROWS: list["Row"] = []


class Row(NamedTuple):
    """What became of one use of a service under one fault; times in seconds, None where there was none."""

    service: str
    fault: str
    answer: str
    answered: float | None = None
    bound: float | None = None
    recovered: float | None = None


def shown() -> str:
    """The table as text."""
    heads = Row("service", "fault", "answer", "answered (s)", "at most", "recovered (s)")  # type: ignore[arg-type]
    lines = [[_cell(value) for value in row] for row in (heads, *ROWS)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)
