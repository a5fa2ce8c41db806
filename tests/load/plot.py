"""A run as a picture."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

BLUE, GREEN, RED, GREY = "#2563a8", "#2e8b57", "#c0392b", "#8a8a8a"


def draw(told: dict[str, Any], file: Path) -> None:
    """Rates, latency and memory over the seconds of a run, one below the other."""
    figure, (rates, latency, memory) = plt.subplots(3, 1, figsize=(11, 9), sharex=True, gridspec_kw={"height_ratios": [3, 3, 2]})
    seconds = [each for each in told["timeline"] if each["at"] <= _end(told)]
    at = [each["at"] for each in seconds]
    _rates(rates, at, seconds)
    _latency(latency, at, seconds)
    _memory(memory, told)
    for axes in (rates, latency, memory):
        _phases(axes, told)
        axes.grid(True, color="#e4e4e4")
        axes.spines[["top", "right"]].set_visible(False)
    memory.set_xlabel("seconds")
    memory.set_xlim(0, _end(told))
    figure.suptitle(f"The whole API under load: half of its capacity, three times it, half again\n{told['machine']}", fontsize=10)
    figure.tight_layout()
    figure.savefig(file, dpi=110)
    plt.close(figure)


def _end(told: dict[str, Any]) -> float:
    return float(sum(told["phases"][name]["seconds"] for name in ("half", "over", "after")))


def _rates(axes: Axes, at: list[int], seconds: list[dict[str, Any]]) -> None:
    axes.plot(at, [each["offered"] for each in seconds], color=GREY, lw=1, label="offered")
    axes.plot(at, [each["answered"] for each in seconds], color=GREEN, lw=1.4, label="answered")
    axes.plot(at, [each["refused"] for each in seconds], color=RED, lw=1, label="refused (503 with Retry-After)")
    axes.set_ylabel("requests per second")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _latency(axes: Axes, at: list[int], seconds: list[dict[str, Any]]) -> None:
    for name, colour in (("p50", BLUE), ("p95", GREY)):
        axes.plot(
            at,
            [each[name] if each[name] is not None else float("nan") for each in seconds],
            color=colour,
            lw=1.2,
            label=f"{name} of what was answered",
        )
    axes.set_yscale("log")
    axes.set_ylabel("milliseconds since due")
    axes.yaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _memory(axes: Axes, told: dict[str, Any]) -> None:
    for name, colour in (("gateway", BLUE), ("worker", GREEN)):
        looked = told["watched"][name]
        axes.plot([each["at"] for each in looked], [each["mib"] for each in looked], color=colour, lw=1.4, label=f"{name}, MiB")
    looked = told["watched"]["gateway"]
    axes.plot(
        [each["at"] for each in looked], [each["connections"] for each in looked], color=RED, lw=1, label="gateway's database connections"
    )
    axes.set_ylim(bottom=0)
    axes.set_ylabel("MiB, connections")
    axes.legend(loc="center right", frameon=False, fontsize=9)


def _phases(axes: Axes, told: dict[str, Any]) -> None:
    over = told["phases"]["half"]["seconds"]
    axes.axvspan(over, over + told["phases"]["over"]["seconds"], color=RED, alpha=0.06, lw=0)
