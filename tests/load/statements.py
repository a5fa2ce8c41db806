"""What is claimed of a run, each with the figure that shows it and whether it holds."""

from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from common import settings
from tests.load.watching import Watcher

# Memory may grow by so much, in percent; seconds until latency is back; refused at half of the capacity, of a thousand.
GROWTH, BACK, REFUSED = 5.0, 5.0, 1.0

# Latency is back when 95 of 100 take no longer than so many times what they took before, or than so many milliseconds;
# of fewer requests nothing is said.
TIMES, MILLISECONDS, FEW = 2.0, 100.0, 10

# Seconds at half of the capacity in which everything that is kept on purpose has been kept once.
SHORT = 120

# Threads beside those that answer, each of which may have one more for a call to the outside: gunicorn's own, and what
# client libraries keep.
OTHERS = 6


@dataclass(frozen=True)
class Statement:
    """A claim, what was found, and whether it holds; None where the run was too short to say."""

    claim: str
    found: str
    holds: bool | None


def about_answers(told: dict[str, Any], wrong: list[str]) -> list[Statement]:
    """What clients got; `told` is what the sender told of its open phases."""
    half, over = told["phases"]["half"], told["phases"]["over"]
    lost = half["statuses"].get("timed out", 0) + half["statuses"].get("connection broken", 0)
    refused = 1000 * half["statuses"].get("503", 0) / max(1, half["offered"])
    patience = {name: over["statuses"].get(name, 0) for name in ("503", "timed out", "connection broken")}
    return [
        Statement("no 5xx but 503 with Retry-After, and no other surprise", "; ".join(wrong[:5]) or "none", not wrong),
        Statement("at half of the capacity nobody waits in vain", f"{lost} timed out or broken", lost == 0),
        Statement(f"and at most {REFUSED:g} in 1000 are refused", f"{refused:.2f} in 1000", refused <= REFUSED),
        Statement(
            "overload breaks no connection",
            ", ".join(f"{count} {name}" for name, count in patience.items()),
            patience["connection broken"] == 0,
        ),
    ]


def about_recovery(told: dict[str, Any], *, floor: float = MILLISECONDS) -> Statement:
    """How soon after the overload latency is what it was before: 95 of 100 take no more than `TIMES` as long, or than `floor` ms."""
    limit = max(floor, TIMES * float(told["phases"]["half"]["ms"]["p95"]))
    after = _back(told, limit)
    claim = f"{BACK:g} s after the overload, 95 of 100 take at most {limit:.0f} ms again"
    return Statement(claim, "not in this run" if after is None else f"after {after} s", after is not None and after <= BACK)


def _back(told: dict[str, Any], limit: float) -> int | None:
    """Whole seconds after the overload from which on latency is back for good; None when it is not by the end.

    A second's 95th percentile is one of a few requests, so from a second on means all that were due from then on together.
    """
    ended = told["phases"]["after"]["from"]
    for second in range(int(told["phases"]["after"]["seconds"])):
        took = [took for at, took in told["after"] if at - ended >= second]
        if len(took) > FEW and quantiles(took, n=20)[18] * 1000 <= limit:
            return second
    return None


def about_servers(watcher: Watcher, pools: dict[str, int]) -> list[Statement]:
    """What the serving processes took: connections never beyond the pool (`pools` by process), threads never beyond those of the server."""
    found = []
    for name, size in pools.items():
        most = max(each["connections"] for each in watcher.of(name))
        found.append(Statement(f"{name}: database connections never above the pool of {size}", f"at most {most}", most <= size))
    threads = max(each["threads"] for each in watcher.of("gateway"))
    most = 2 * settings.THREADS() + OTHERS
    found.append(Statement(f"gateway: threads never above its {most}", f"at most {threads}", threads <= most))
    return found


def about_memory(told: dict[str, Any], watcher: Watcher, name: str) -> list[Statement]:
    """Growth between equal points: after warming up and at the end of the half load, and under the same load after the overload."""
    points = memory(told, watcher, name)
    found = []
    for claim, start, end in (("through the load", "warm", "end of half"), ("through the overload", "end of half", "after")):
        one, other = points[start], points[end]
        short = one is None or other is None or told["phases"]["half"]["seconds"] < SHORT
        growth = None if short else 100 * (other - one) / one
        said = "too short to say" if growth is None else f"{one} to {other} MiB, {growth:+.1f} %"
        found.append(
            Statement(f"{name}: memory grows by less than {GROWTH:g} % {claim}", said, None if growth is None else growth < GROWTH)
        )
    return found


def memory(told: dict[str, Any], watcher: Watcher, name: str) -> dict[str, float | None]:
    """MiB at three points under the same load: warm, at the end of the half load, and after the overload."""
    half, after = told["phases"]["half"], told["phases"]["after"]
    tenth = half["seconds"] / 10
    return {
        "warm": watcher.memory(name, half["from"] + tenth, half["from"] + 2 * tenth),
        "end of half": watcher.memory(name, half["from"] + 9 * tenth, half["from"] + 10 * tenth),
        "after": watcher.memory(name, after["from"] + after["seconds"] / 2, after["from"] + after["seconds"]),
    }


def about_writes(differences: list[str], acknowledged: dict[str, int], audited: bool, said: str) -> list[Statement]:
    """The journal, and the books."""
    what = ", ".join(f"{count} {kind}" for kind, count in acknowledged.items())
    checks = said.count("\nok") + said.startswith("ok")
    return [
        Statement("no acknowledged write lost or doubled", "; ".join(differences[:5]) or what, not differences),
        Statement("infra.audit is clean", f"{checks} checks" if audited else said[-500:], audited),
    ]
