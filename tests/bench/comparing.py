"""Side by side: the same question to each contender in turn, round after round, and what came of it.

A shared machine is never as fast twice, so each round gives one ratio between two neighbours in time,
and the median of those is the result; its quartiles say how far to trust it.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import psutil  # type: ignore[import-untyped]

from tests.bench import ROOT
from tests.bench.servers import Ask, Server

# Above this share of one processor the client would measure itself.
TOO_BUSY = 0.7


# Which share of the processors may be in use by others, and how long that is looked at, in seconds.
QUIET, SAMPLE = 0.15, 0.2


@dataclass
class Waiting:
    """For how many seconds a run may still wait for quiet, and in how many turns it had none."""

    left: float = 300
    turns: int = 0
    disturbed: int = 0


_wait = Waiting()


@dataclass(frozen=True)
class Question:
    """What the load generator asks, by how many connections, in each round for so many seconds; `asks` are whole requests instead of `paths`."""

    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=lambda: [{}])
    connections: int = 16
    seconds: float = 2.0
    statuses: tuple[int, ...] = (200,)
    asks: list[Ask] = field(default_factory=list)
    once: bool = False


@dataclass(frozen=True)
class Round:
    """What one contender did in one round."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    busy: float
    requests: int


@dataclass(frozen=True)
class Comparison:
    """One line of the results: how many times `theirs` is `ours`, and what was wanted."""

    what: str
    against: str
    unit: str
    ours: float
    theirs: float
    ratio: float
    quartiles: tuple[float, float]
    target: float
    wanted: Literal["at least", "at most"]

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.ratio >= self.target if self.wanted == "at least" else self.ratio <= self.target

    def to_json(self) -> dict[str, Any]:
        """As kept in results.json."""
        return asdict(self)


def alternate(contenders: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[Any]]:
    """What each contender's function gave in each round; each round begins with another one.

    A turn waits for the machine to have nothing else to do, and is had again when it did not stay so:
    under foreign load a server of many threads gets more of the processors than one of a single thread.
    """
    names = list(contenders)
    gave: dict[str, list[Any]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            gave[name].append(_undisturbed(contenders[name]))
    return gave


def _undisturbed(turn: Callable[[], Any]) -> Any:
    while True:
        while (before := _busy()) > QUIET and _wait.left > 0:
            _wait.left -= SAMPLE
        began = time.monotonic()
        gave = turn()
        quiet = before <= QUIET and _busy() <= QUIET
        if quiet or _wait.left <= 0:
            _wait.turns += 1
            _wait.disturbed += not quiet
            return gave
        _wait.left -= time.monotonic() - began


def _busy() -> float:
    """The share of all processors that is in use while nothing of ours is."""
    return float(psutil.cpu_percent(SAMPLE)) / 100


def disturbed() -> str:
    """In how many turns the machine had other work, as a sentence; empty when in none."""
    return f"The machine had other work in {_wait.disturbed} of {_wait.turns} turns." if _wait.disturbed else ""


def compare(
    what: str, against: str, unit: str, ours: list[float], theirs: list[float], target: float, wanted: Literal["at least", "at most"]
) -> Comparison:
    """The line of two contenders' figures, round by round."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return Comparison(what, against, unit, statistics.median(ours), statistics.median(theirs), middle, (low, high), target, wanted)


def ask(server: Server, question: Question) -> Round:
    """One round by the load generator, in a process of its own; raises when a reply has another status or the client was the bottleneck."""
    wish = {
        "port": server.port,
        "paths": question.paths,
        "headers": question.headers,
        "asks": question.asks,
        "once": question.once,
        "connections": question.connections,
        "seconds": question.seconds,
    }
    before = server.cpu()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"], input=json.dumps(wish), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"asking {server.name} failed: {done.stderr[-1000:]} {server.log.read_text()[-1000:]}")
    told, cpu = json.loads(done.stdout), server.cpu() - before
    if not set(told["statuses"]) <= {str(status) for status in question.statuses}:
        raise RuntimeError(f"{server.name} answered {told['statuses']}: {server.log.read_text()[-1000:]}")
    if told["busy"] > TOO_BUSY:
        raise RuntimeError(f"the load generator was busy {told['busy']:.0%} of the time and measured itself")
    return Round(told["per_second"], told["p50_ms"], told["p99_ms"], 1000 * cpu / told["requests"], told["busy"], told["requests"])


def figures(rounds: list[Round]) -> dict[str, float]:
    """The medians of a contender's rounds; `client` is how many requests a second the load generator had been good for."""
    middle = {name: statistics.median(getattr(each, name) for each in rounds) for name in ("per_second", "p50_ms", "p99_ms", "cpu_ms")}
    return {**middle, "client": statistics.median(each.per_second / each.busy for each in rounds)}
