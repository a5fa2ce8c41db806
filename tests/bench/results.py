"""What was measured, kept as figures (results.json) and told as tables (results.md)."""

import json
import math
from datetime import UTC, datetime
from typing import Any

from tests.bench import ROOT, growth
from tests.bench.comparing import disturbed
from tests.support.machine import machine

FOLDER = ROOT / "tests" / "bench" / "results"

FILE, TABLE = FOLDER / "results.json", FOLDER / "results.md"

HEADINGS = {
    "lists": "The list of comics",
    "routes": "The ten hottest routes",
    "growth": "As the tables grow",
    "cold": "Cold start",
    "imports": "Every function's start and imports",
}


def keep(name: str, measured: dict[str, Any]) -> None:
    """Put the figures of one benchmark in the place of its last ones."""
    FOLDER.mkdir(exist_ok=True)
    everything = load() | {
        name: {"when": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "disturbed": disturbed(), **measured}
    }
    FILE.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n")
    TABLE.write_text("# Benchmarks\n\n" + "\n".join(section(each) for each in HEADINGS if each in everything))


def load() -> dict[str, Any]:
    """The figures of every benchmark that was ever kept."""
    found: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def met(name: str) -> bool:
    """Whether every target of a benchmark is reached."""
    told = load()[name]
    return all(_met(line) for line in told.get("comparisons", [])) and growth.met(told)


def section(name: str) -> str:
    """One benchmark as Markdown."""
    told = load()[name]
    quartiles = "; the ratios' quartiles in brackets" if "comparisons" in told else ""
    parts = [
        f"## {HEADINGS[name]}\n\n{told['machine']}; {told['when'][:10]}. Medians of alternating rounds{quartiles}. {told['disturbed']}\n"
    ]
    if "comparisons" in told:
        parts.append(_targets(told["comparisons"]))
    for title, contenders in told.get("figures", {}).items():
        parts.append(_figures(title, contenders))
    if "depth" in told:
        parts.append(_depth(told["depth"]))
    if "starts" in told:
        parts.append(_starts(told["starts"]))
    if "functions" in told:
        parts.append(_functions(told["functions"]))
    if "routes" in told:
        parts.append(_routes(told))
    if "growth" in told:
        parts += [_growth(told), _sizes(told["loads"])]
    return "\n".join(parts)


def _targets(lines: list[dict[str, Any]]) -> str:
    rows = [
        f"| {line['what']} | {_figure(line['ours'])} {line['unit']} | {line['against']}: {_figure(line['theirs'])} {line['unit']} "
        f"| **{line['ratio']:.2f} ×** [{line['quartiles'][0]:.2f}–{line['quartiles'][1]:.2f}] | {line['wanted']} {line['target']} × | {'met' if _met(line) else 'MISSED'} |"
        for line in lines
    ]
    return "\n".join(["| what | ours | against | ratio | target | |", "|---|---|---|---|---|---|", *rows, ""])


def _figures(title: str, contenders: dict[str, Any]) -> str:
    rows = [
        f"| {NAMES[name]} | {each['per_second']:.0f} | {each['p50_ms']:.1f} | {each['p99_ms']:.1f} | {each['cpu_ms']:.2f} | {each['client']:,.0f} |"
        for name, each in contenders.items()
    ]
    head = f"| {title} | requests/s | p50 ms | p99 ms | CPU ms/request | client could ask/s |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows, ""])


def _depth(depth: dict[str, dict[str, float]]) -> str:
    rows = [f"| {int(page):,} | {depth['cursor'][page]:.2f} | {depth['page'][page]:.2f} |" for page in depth["cursor"]]
    return "\n".join(["| page | by cursor, ms | by number, ms |", "|---|---|---|", *rows, ""])


def _starts(starts: dict[str, Any]) -> str:
    rows = [
        f"| {NAMES[name]} | {min(each['seconds']):.2f}–{max(each['seconds']):.2f} | {each['memory']:.0f} |" for name, each in starts.items()
    ]
    return "\n".join(["| process | seconds, least and most | MiB after the answer |", "|---|---|---|", *rows, ""])


def _functions(functions: dict[str, Any]) -> str:
    rows = [
        f"| {name} | {each.get('seconds', math.nan):.2f} | {each.get('memory', math.nan):.0f} | {each['ms']:.0f} | {each['rss']:.0f} | {', '.join(f'{owner} {took:.0f}' for owner, took in each['modules'].items())} |"
        for name, each in functions.items()
    ]
    return "\n".join(
        [
            "| function | s to its first answer | MiB after it | ms of imports beyond the framework | MiB of them | ms by package (with tracing) |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _routes(told: dict[str, Any]) -> str:
    """Ten lines, and what they count."""
    rows = [_route(name, each) for name, each in told["routes"].items()]
    about = (
        f"One instance (a process of 8 threads) in front of {told['comics']:,} comics. Statements as the database logs them: the route's own + the one that knows the caller"
        " (+ begin and commit). 1 | 16 connections. Every callback is of another invoice; a login is its argon2id hash, at production's cost. CPU: the function + the database.\n"
    )
    head = "| route | statements | requests/s | p50 ms | p99 ms | CPU ms/request |"
    return "\n".join([about, head, "|---|---|---|---|---|---|", *rows, ""])


def _route(name: str, each: dict[str, Any]) -> str:
    said, one, many = each["statements"], each["connections"]["1"], each["connections"]["16"]
    around = f" (+ {said['around']:g})" if said["around"] else ""
    pairs = [f"{one[key]:.{digits}f} \\| {many[key]:.{digits}f}" for key, digits in (("per_second", 0), ("p50_ms", 1), ("p99_ms", 1))]
    cpu = f"{many['cpu_ms']:.2f} + {many['database_ms']:.2f}"
    return f"| {name} | {said['own']:g} + {said['caller']:g}{around} | {' | '.join(pairs)} | {cpu} |"


def _growth(told: dict[str, Any]) -> str:
    sizes = sorted(told["loads"], key=int)
    rows = [
        f"| {name} | {_each(times, sizes, '.2f', ' | ')} | {growth.slope(times):+.2f} | **{growth.grown(times):.2f} ×**"
        f" | {'met' if growth.grown(times) <= told['target'] else 'MISSED'} | {_each(told['pages'][name], sizes, ',.0f', ' → ')} |"
        for kinds in told["growth"].values()
        for name, times in kinds.items()
    ]
    about = f"Median ms of a request at one connection, by how many comics there are; the target is at most {told['target']} × from the fewest to the most. Pages are those of 8 KiB that its statements look at.\n"
    head = f"| request | {' | '.join(f'{int(size):,}' for size in sizes)} | ms per tenfold | growth | | pages |"
    return "\n".join([about, head, f"|---|{'---|' * len(sizes)}---|---|---|---|", *rows, ""])


def _each(found: dict[str, float], sizes: list[str], form: str, between: str) -> str:
    return between.join(format(found[size], form) for size in sizes)


def _sizes(loads: dict[str, Any]) -> str:
    most = loads[max(loads, key=int)]
    rows = [
        f"| {name} | {each['rows']:,} | {each['heap'] / each['rows']:.0f} + {each['indexes'] / each['rows']:.0f} | {(each['heap'] + each['indexes']) / 2**20:,.0f} |"
        for name, each in most["tables"].items()
    ]
    about = f"{most['comics']:,} comics took {most['seconds'] / 60:.0f} minutes to load ({most['indexing'] / 60:.0f} of them for indexes), and {most['bytes'] / 2**30:.1f} GiB on disk.\n"
    return "\n".join([about, "| table | rows | bytes a row: table + indexes | MiB |", "|---|---|---|---|", *rows, ""])


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def _met(line: dict[str, Any]) -> bool:
    return bool(line["ratio"] >= line["target"] if line["wanted"] == "at least" else line["ratio"] <= line["target"])


NAMES = {
    "ours": "MamaStoria",
    "orm": "FastAPI + async SQLAlchemy ORM + asyncpg",
    "raw": "Starlette + raw asyncpg + orjson",
    "cold": "functions-framework + SQLAlchemy ORM + pg8000",
}
