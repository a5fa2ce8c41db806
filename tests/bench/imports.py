"""What importing each function costs: time, memory, and which modules take it."""

import json
import re
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench import ROOT, servers
from tests.bench.comparing import alternate

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
    """Every function that has a `main.py`, staged as it is deployed and with compiled bytecode."""
    return {
        "functions": {
            each.name: function(each.name, rounds) for each in sorted((ROOT / "functions").iterdir()) if (each / "main.py").exists()
        }
    }


def function(name: str, rounds: int) -> dict[str, Any]:
    """Milliseconds and MiB beyond functions-framework, and the modules that take the most milliseconds by themselves and what they alone load."""
    with servers.bundled(name) as folder:
        alternate({name: lambda: _imported(folder)}, 1)
        gave = alternate({name: lambda: _imported(folder)}, rounds)[name]
        modules = _modules(folder)
    return {
        "ms": statistics.median(each[0] for each in gave) * 1000,
        "rss": statistics.median(each[2] - each[1] for each in gave),
        "total_rss": statistics.median(each[2] for each in gave),
        "modules": modules,
    }


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
