"""Run the load test; what it shows is in this package's docstring."""

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any

from common import settings
from infra.local import front
from tests.load import RESULTS, checks, journal, stage, statements, tables
from tests.load.statements import Statement
from tests.load.watching import Watcher
from tests.support.machine import machine

CONNECTIONS, TIMES = 16, 3


def main() -> int:
    """Measure, keep, print; 1 when a statement fails."""
    asked = _asked()
    with stage.whole(comics=asked.comics, actors=asked.people, plain=asked.plain, seed=asked.seed) as running:
        told = _run(running, asked)
    if not asked.plain:
        keep(told)
    print(tables.written(told))
    return 0 if all(each["holds"] is not False for each in told["statements"]) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="seconds at half of the capacity (600)")
    parser.add_argument("--over", type=int, default=120, help="seconds at three times the capacity (120)")
    parser.add_argument("--after", type=int, default=30, help="seconds at half again, in which latency has to come back (30)")
    parser.add_argument(
        "--warm", type=int, default=30, help="seconds before anything is measured, in which what is kept on purpose is kept (30)"
    )
    parser.add_argument("--calibrate", type=int, default=20, help="seconds in which the capacity is found out (20)")
    parser.add_argument("--comics", type=int, default=5_000, help="public comics in the database (5000)")
    parser.add_argument("--people", type=int, default=400, help="people who are signed in (400)")
    parser.add_argument("--seed", type=int, default=1, help="of what is chosen by chance (1)")
    parser.add_argument(
        "--plain", action="store_true", help="gunicorn's eight threads with nothing before them, to compare; nothing is kept"
    )
    return parser.parse_args()


def _run(running: stage.Stage, asked: argparse.Namespace) -> dict[str, Any]:
    watcher = Watcher(running.connection, running.serving, every=min(1.0, asked.seconds / 40))
    # What is compiled, cached and prepared at first is not what an instance can do.
    # So many connections want every thread of the server.
    running.ask(closed=4 * CONNECTIONS, seconds=asked.warm)
    capacity = running.ask(closed=CONNECTIONS, seconds=asked.calibrate)
    told = loaded(running, capacity["answered_per_second"], asked.seconds, asked.over, asked.after)
    watcher.stop()
    kept = journal.load(running.journal)
    found = checks.differences(running.connection, kept)
    audited, said = running.audit()
    pools = dict.fromkeys(running.serving, settings.THREADS())
    claims = [
        *statements.about_answers(told, [*capacity["wrong"], *told["wrong"]]),
        statements.about_recovery(told),
        *statements.about_servers(watcher, pools),
        *statements.about_memory(told, watcher, "gateway"),
        *statements.about_memory(told, watcher, "worker"),
        *statements.about_writes(found, kept["acknowledged"], audited, said),
    ]
    return _summary(asked, capacity, told, watcher, claims)


def loaded(running: stage.Stage, capacity: float, half: float, over: float, after: float) -> dict[str, Any]:
    """Half of a capacity, three times it, and half again, without a pause; what the sender told."""
    return running.ask(open=[["half", capacity / 2, half], ["over", TIMES * capacity, over], ["after", capacity / 2, after]])


def _summary(
    asked: argparse.Namespace, capacity: dict[str, Any], told: dict[str, Any], watcher: Watcher, claims: list[Statement]
) -> dict[str, Any]:
    begins = told["phases"]["half"]["from"]
    phases = {"capacity": {**capacity, "from": capacity["started"]}, **told["phases"]}
    for each in phases.values():
        each["servers"] = _seen(watcher, each["from"], each["from"] + each["seconds"])
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{machine()}, PostgreSQL and the sender on them too",
        "asked": {name: value for name, value in vars(asked).items() if name != "plain"},
        "server": "gunicorn, 8 threads, nothing before them"
        if asked.plain
        else f"gunicorn, 8 requests at once, at most {8 * front.WAITING} that wait, the others refused",
        "phases": {
            name: {key: value for key, value in each.items() if key not in ("from", "started", "wrong")} for name, each in phases.items()
        },
        "sender_busy": told["busy"],
        "statements": [vars(each) for each in claims],
        "timeline": [{**each, "at": round(each["at"] - begins)} for each in told["timeline"]],
        "watched": {name: _thinned(watcher.of(name), begins) for name in ("gateway", "worker", "video")},
    }


def _thinned(samples: list[dict[str, Any]], begins: float) -> list[dict[str, Any]]:
    """Some two hundred of them, which a picture can show."""
    every = max(1, len(samples) // 200)
    return [
        {
            "at": round(each["at"] - begins, 1),
            "mib": round(each["mib"], 1),
            **{name: each[name] for name in ("threads", "files", "connections")},
        }
        for each in samples[::every]
    ]


def _seen(watcher: Watcher, start: float, end: float) -> dict[str, Any]:
    seen = {name: watcher.of(name, start, end) for name in ("gateway", "worker")}
    return {
        name: {
            "mib": [round(each[0]["mib"], 1), round(each[-1]["mib"], 1)],
            "threads": max(one["threads"] for one in each),
            "connections": max(one["connections"] for one in each),
        }
        for name, each in seen.items()
        if each
    }


def keep(told: dict[str, Any]) -> None:
    """Write figures, table and, where matplotlib is installed, the picture."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "results.json").write_text(json.dumps(told, ensure_ascii=False) + "\n")
    (RESULTS / "results.md").write_text("# Load\n\n" + tables.written(told) + "\n")
    try:
        from tests.load import plot
    except ImportError:
        print("No picture: pip install -r tests/bench/requirements.txt")
        return
    plot.draw(told, RESULTS / "load.png")


if __name__ == "__main__":
    sys.exit(main())
