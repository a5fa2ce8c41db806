"""How many cases were really run: each worker counts its own, and the last one to end prints the sum of all."""

import fcntl
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

# By (operation, who asked, status).
CASES: Counter[tuple[str, str, int]] = Counter()
# Requests that hypothesis drew, of which each is sent once as each caller.
DRAWN: Counter[str] = Counter()
STEPS: Counter[str] = Counter()
PARSED: Counter[str] = Counter()
SECONDS: Counter[str] = Counter()
SLOWEST: dict[str, float] = {}


def sent(operation: str, who: str, status: int, seconds: float) -> None:
    """One request was answered."""
    CASES[operation, who, status] += 1
    SLOWEST[operation] = max(seconds, SLOWEST.get(operation, 0.0))


def finish(run: str, workers: int) -> dict[str, Any] | None:
    """Lay down what this worker counted; the sum of all, for the last of `workers` of this `run`."""
    place = Path(tempfile.gettempdir()) / f"mamastoria-fuzz-{run}.json"
    with place.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        parts = [json.loads(line) for line in file]
        parts.append(_mine())
        if len(parts) < workers:
            file.write(json.dumps(parts[-1]) + "\n")
            return None
        place.unlink()
    return _added(parts)


def _mine() -> dict[str, Any]:
    return {
        "cases": [[*key, count] for key, count in CASES.items()],
        "drawn": sum(DRAWN.values()),
        "steps": dict(STEPS),
        "parsed": dict(PARSED),
        "seconds": dict(SECONDS),
        "slowest": SLOWEST,
        "memory": _megabytes(),
    }


def _megabytes() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _added(parts: list[dict[str, Any]]) -> dict[str, Any]:
    cases: Counter[tuple[str, str, int]] = Counter()
    slowest: dict[str, float] = {}
    for part in parts:
        cases.update({tuple(key): count for *key, count in part["cases"]})
        slowest = {name: max(part["slowest"].get(name, 0.0), slowest.get(name, 0.0)) for name in {*slowest, *part["slowest"]}}
    sums = {name: sum((Counter(part[name]) for part in parts), Counter()) for name in ("steps", "parsed", "seconds")}
    return {
        "cases": cases,
        "slowest": slowest,
        "drawn": sum(part["drawn"] for part in parts),
        **sums,
        "memory": max(part["memory"] for part in parts),
    }


def table(found: dict[str, Any], *, by_route: bool) -> str:
    """What was run, in words and, with `by_route`, line by line."""
    lines = [*_routes(found, by_route)] if found["cases"] else []
    if found["steps"]:
        lines.append(f"fuzz: {sum(found['steps'].values())} steps of people's ways: {_listed(found['steps'])}")
    if found["parsed"]:
        lines.append(
            f"fuzz: {sum(found['parsed'].values())} texts read by {len(found['parsed'])} parsers, {min(found['parsed'].values())} at least each"
        )
        lines += [f"  {count:>7} {name.replace('_', ' ')}" for name, count in sorted(found["parsed"].items()) if by_route]
    return "\n".join(lines)


def _routes(found: dict[str, Any], by_route: bool) -> list[str]:
    cases = found["cases"]
    operations, who, statuses = (_by(cases, place) for place in range(3))
    name, slowest = max(found["slowest"].items(), key=lambda each: each[1])
    seconds = found["seconds"]["routes"]
    lines = [
        f"fuzz: {sum(cases.values())} cases of {found['drawn']} drawn requests on {len(operations)} routes, "
        f"{min(operations.values())} to {max(operations.values())} a route, as {_listed(who)}",
        f"fuzz: answered {_listed(statuses)}; slowest {slowest * 1000:.0f} ms ({name}); "
        f"{seconds:.0f} s of processor, {sum(cases.values()) / max(seconds, 0.01):.0f} cases/s; {found['memory']} MB at most",
    ]
    for operation in sorted(operations) if by_route else ():
        answers = _by({key: count for key, count in cases.items() if key[0] == operation}, 2)
        lines.append(f"  {operations[operation]:>7} {operation:58} {_listed(answers)}")
    return lines


def _by(cases: Any, place: int) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for key, count in cases.items():
        found[key[place]] += count
    return found


def _listed(counts: Any) -> str:
    return ", ".join(f"{key} {count}" for key, count in sorted(counts.items(), key=lambda each: str(each[0])))


def say(config: Any) -> None:
    """Print it, past what pytest captures, once all workers of this run are done."""
    if not (CASES or STEPS or PARSED or os.environ.get("PYTEST_XDIST_WORKER")):
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone-{os.getpid()}")
    found = finish(run, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    if found is None or not (text := table(found, by_route=bool({"FUZZ_CASES", "PARSER_CASES"} & os.environ.keys()))):
        return
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{text}", file=sys.__stderr__, flush=True)
