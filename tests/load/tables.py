"""A run as Markdown: a table of its phases, and what is claimed."""

from typing import Any

NAMES = {"capacity": "capacity, 16 connections", "half": "half of it", "over": "three times it", "after": "half again"}

HEAD = "| phase | s | offered/s | answered/s | answers | p50 ms | p95 | p99 | max | MiB | threads | connections |"


def written(told: dict[str, Any]) -> str:
    """Everything."""
    lines = [
        f"{told['machine']}; {told['when'][:10]}. {told['server']}. Latency counts from the time a request was due.",
        "",
        HEAD,
        "|---" * (HEAD.count("|") - 1) + "|",
        *(_row(NAMES[name], each) for name, each in told["phases"].items()),
        "",
        "| statement | found | |",
        "|---|---|---|",
        *(f"| {each['claim']} | {each['found']} | {_verdict(each['holds'])} |" for each in told["statements"]),
    ]
    return "\n".join(lines)


def _row(name: str, phase: dict[str, Any]) -> str:
    answers = ", ".join(f"{count:,} × {status}" for status, count in phase["statuses"].items())
    seen = phase["servers"].get("gateway")
    servers = [f"{seen['mib'][0]:.0f} → {seen['mib'][1]:.0f}", seen["threads"], seen["connections"]] if seen else ["", "", ""]
    cells = [name, phase["seconds"], phase["offered_per_second"], phase["answered_per_second"], answers, *phase["ms"].values(), *servers]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _verdict(holds: bool | None) -> str:
    return {True: "holds", False: "**FAILS**", None: "not said"}[holds]
