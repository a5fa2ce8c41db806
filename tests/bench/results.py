"""What was measured, kept as figures (results.json) and told as tables (results.md)."""

import json
import os
import platform
from datetime import UTC, datetime
from typing import Any

from tests.bench import ROOT
from tests.bench.comparing import disturbed

FOLDER = ROOT / "tests" / "bench" / "results"

FILE, TABLE = FOLDER / "results.json", FOLDER / "results.md"

HEADINGS = {"lists": "The list of comics", "cold": "Cold start", "imports": "Imports"}


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


def machine() -> str:
    """The size of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} shared {platform.machine()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def met(name: str) -> bool:
    """Whether every target of a benchmark is reached."""
    return all(_met(line) for line in load()[name].get("comparisons", []))


def section(name: str) -> str:
    """One benchmark as Markdown."""
    told = load()[name]
    parts = [
        f"## {HEADINGS[name]}\n\n{told['machine']}; {told['when'][:10]}. Medians of alternating rounds; the ratios' quartiles in brackets. {told['disturbed']}\n"
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
        f"| {name} | {each['ms']:.0f} | {each['rss']:.0f} | {', '.join(f'{owner} {took:.0f}' for owner, took in each['modules'].items())} |"
        for name, each in functions.items()
    ]
    return "\n".join(
        ["| function | ms beyond the framework | MiB beyond it | ms by package (with tracing) |", "|---|---|---|---|", *rows, ""]
    )


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
