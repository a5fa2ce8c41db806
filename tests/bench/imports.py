"""What starting each function costs: until its first answer, in memory, and what of that its imports take, module by module.

The database behind it is empty but for its tables; the first answer is a list of it or, where only callers are
answered, what it says about one whom it does not know; the callback and the internal functions refuse. What a first
use imports (a cloud client, Pillow) comes later, where it is used.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from infra import stage
from tests.bench import database, hot, servers
from tests.bench.comparing import alternate
from tests.infra.test_bundles import FIRST

TOP = 6

# As functions-framework imports a function: the framework itself is there already.
MEASURED = """
import importlib.util, json, os, sys, time
import functions_framework
def resident():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
before = resident()
spec = importlib.util.spec_from_file_location("main", sys.argv[1] + "/main.py", submodule_search_locations=[sys.argv[1]])
sys.path.append(sys.argv[1])
sys.modules["main"] = module = importlib.util.module_from_spec(spec)
sys.stderr.write("HERE\\n")
started = time.perf_counter()
spec.loader.exec_module(module)
took = time.perf_counter() - started
print(json.dumps([took, before, resident()]))
"""


def run(rounds: int) -> dict[str, Any]:
    """Every function, public and internal, staged as it is deployed and with compiled bytecode."""
    os.environ.update(servers.SETTINGS)
    with database.seeded(0) as server:
        return {"functions": {name: function(name, rounds, server.database()) for name in sorted(stage.FUNCTIONS)}}


def function(name: str, rounds: int, url: str) -> dict[str, Any]:
    """Seconds to the first answer and MiB after it; milliseconds and MiB of the imports beyond functions-framework, and the modules that take the most."""
    with servers.bundled(name) as folder:
        turns = {"imported": lambda: _imported(folder), "started": lambda: _started(name, folder, url)}
        alternate(turns, 1)
        both = alternate(turns, rounds)
        gave, starts = both["imported"], both["started"]
        modules = _modules(folder)
    return {
        "seconds": statistics.median(each[0] for each in starts),
        "memory": statistics.median(each[1] for each in starts),
        "ms": statistics.median(each[0] for each in gave) * 1000,
        "rss": statistics.median(each[2] - each[1] for each in gave),
        "total_rss": statistics.median(each[2] for each in gave),
        "modules": modules,
    }


def _started(name: str, folder: Path, url: str) -> tuple[float, float]:
    method, path, expect = FIRST[name]
    # A token of nobody has a function that only answers callers ask the database who it is.
    stranger = hot.signed(0, str(uuid.uuid4()), str(uuid.uuid4())) if method == "GET" else {}
    with servers.ours(folder, url) as server:
        return server.first_answer(path, method, expect, stranger), server.memory()


def _imported(folder: Path) -> list[float]:
    found: list[float] = json.loads(_python(folder).stdout)
    return found


def _python(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *options, "-c", MEASURED, str(folder)]
    return subprocess.run(command, cwd="/", env=servers.CLEAN, capture_output=True, text=True, check=True)


def _modules(folder: Path) -> dict[str, float]:
    """Milliseconds by package, as `-X importtime` attributes them: what each of its modules took by itself."""
    told = _python(folder, "-X", "importtime").stderr
    took: dict[str, float] = {}
    for microseconds, module in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", told.partition("HERE\n")[2]):
        owner = _owner(module)
        took[owner] = took.get(owner, 0) + int(microseconds) / 1000
    largest = sorted(took, key=lambda owner: -took[owner])[:TOP]
    return {**{owner: took[owner] for owner in largest}, "everything else": sum(took[owner] for owner in took if owner not in largest)}


def _owner(module: str) -> str:
    top = module.split(".")[0]
    if top in ("main", "common"):
        return "ours"
    return "standard library" if top in sys.stdlib_module_names else top.removesuffix("_core").lstrip("_")
