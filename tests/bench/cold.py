"""From the start of a process to its first answer that came from the database."""

import statistics
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from infra.local import postgres
from tests.bench import servers
from tests.bench.comparing import alternate, compare
from tests.bench.servers import Server

LIST = "/v1/comics"

Starting = Callable[[Path, str], AbstractContextManager[Server]]


def run(server: postgres.Server, bundle: Path, rounds: int) -> dict[str, Any]:
    """Our comics function against the least that such a function can be written in, each a new process every time."""
    url = server.database()
    with servers.reference_bundle("cold") as reference:
        starts = {"ours": partial(_start, servers.ours, bundle, url), "cold": partial(_start, servers.cold, reference, url)}
        alternate(starts, 1)
        gave = alternate(starts, rounds)
    seconds = {name: [each[0] for each in found] for name, found in gave.items()}
    line = compare("process start to first answer from the database", servers.COLD, "s", seconds["ours"], seconds["cold"], 1.15, "at most")
    return {
        "comparisons": [line.to_json()],
        "starts": {
            name: {"seconds": times, "memory": statistics.median(each[1] for each in gave[name])} for name, times in seconds.items()
        },
    }


def _start(starting: Starting, bundle: Path, url: str) -> tuple[float, float]:
    with starting(bundle, url) as server:
        return server.first_answer(LIST), server.memory()
