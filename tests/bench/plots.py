"""The figures of results.json as pictures: `python -m tests.bench.plots` draws them again."""

import itertools
import statistics
from collections.abc import Iterable
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.bench import results
from tests.bench.results import NAMES

INK, PALE, GRID = "#22313f", "#7b8794", "#e4e9ee"

COLOURS = {"ours": "#0f8b8d", "raw": "#ec9a29", "orm": "#a8201a", "cold": "#a8201a"}

PACKAGES = ("#0f8b8d", "#ec9a29", "#a8201a", "#5b6ee1", "#8fb339", "#b56bb0", "#3d5a80", "#d98c5f", "#6b8f71", "#c9a227", "#77574f")

PANELS = {
    "16 connections": "Any page, 16 connections, nothing kept",
    "1 connection, 3 ms network": "The same, database 3 ms away, 1 connection",
    "same URL": "The same URL again and again",
    "If-None-Match": "The same URL with If-None-Match",
}


def draw(everything: dict[str, Any]) -> None:
    """Every picture that there are figures for."""
    style: Any = {
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
    }
    with plt.rc_context({**style, "axes.edgecolor": GRID, "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True}):
        for name, pictures in {"lists": (throughput, depth), "growth": (growing,), "cold": (starts,), "imports": (imports,)}.items():
            for picture in pictures if name in everything else ():
                figure = picture(everything[name])
                _signed(figure, everything[name])
                figure.savefig(results.FOLDER / f"{picture.__name__}.png", dpi=110)
                plt.close(figure)


def throughput(told: dict[str, Any]) -> Figure:
    """Requests per second of each contender in each way of asking; a dot is a round."""
    figure, panels = plt.subplots(len(PANELS), 1, figsize=(10, 8.4), height_ratios=[3, 3, 2, 2])
    for panel, (key, title) in zip(panels, PANELS.items(), strict=True):
        contenders = told["figures"][key]
        _bars(panel, {name: contenders[name]["rounds"] for name in contenders})
        panel.set_title(title, loc="left", fontsize=10.5, fontweight="bold")
    panels[-1].set_xlabel("requests per second of one worker process: median, and each round as a dot")
    figure.suptitle("GET /v1/comics: 20 of 100,000 comics", x=0.02, ha="left", fontsize=15, fontweight="bold")
    figure.tight_layout(rect=(0, 0.03, 1, 0.98), h_pad=1.6)
    return figure


def _bars(panel: Axes, rounds: dict[str, list[float]]) -> None:
    names = list(rounds)
    middles = [statistics.median(rounds[name]) for name in names]
    panel.barh(names, middles, color=[COLOURS[name] for name in names], height=0.62, alpha=0.88)
    for place, (name, middle) in enumerate(zip(names, middles, strict=True)):
        panel.plot(rounds[name], [place] * len(rounds[name]), ".", color=INK, alpha=0.35, markersize=5)
        times = "" if name == "ours" else f"   ours is {_ratio(rounds['ours'], rounds[name]):.2f} ×"
        panel.annotate(f"{middle:,.0f}{times}", (max(rounds[name]), place), xytext=(8, 0), textcoords="offset points", va="center")
    panel.set_yticks(range(len(names)), [NAMES[name] for name in names])
    panel.invert_yaxis()
    panel.set_xlim(0, 1.28 * max(max(each) for each in rounds.values()))
    _grid(panel, "x")


def depth(told: dict[str, Any]) -> Figure:
    """Milliseconds of a page by how deep it lies, asked by cursor and by number."""
    figure, panel = plt.subplots(figsize=(8, 4.6))
    for kind, colour, label in (("page", COLOURS["orm"], "by page number"), ("cursor", COLOURS["ours"], "by cursor")):
        where, took = [int(page) for page in told["depth"][kind]], list(told["depth"][kind].values())
        panel.plot(where, took, "o-", color=colour, linewidth=2)
        panel.annotate(
            f"{label}, {took[-1]:.1f} ms", (where[-1], took[-1]), xytext=(10, 0), textcoords="offset points", color=colour, va="center"
        )
    panel.set_xscale("log")
    panel.set_xlim(0.9, where[-1] * 8)
    panel.set_ylim(bottom=0)
    panel.set_xticks(where, [f"{page:,}" for page in where])
    panel.minorticks_off()
    panel.set_xlabel("page of 20 comics")
    panel.set_ylabel("median ms of a request")
    _grid(panel, "y")
    panel.set_title("A page costs the same however deep it lies", loc="left", fontsize=14, fontweight="bold", pad=14)
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    return figure


def growing(told: dict[str, Any]) -> Figure:
    """Milliseconds of each request by how many comics there are, a panel for what belongs together."""
    kinds = told["growth"]
    figure, panels = plt.subplots(-(-len(kinds) // 2), 2, figsize=(13, 4.1 * -(-len(kinds) // 2)))
    for panel, (kind, requests) in zip(panels.flat, kinds.items(), strict=False):
        ends = {name: times[max(times, key=int)] for name, times in requests.items()}
        places = _apart(ends, 0.055 * max(max(times.values()) for times in requests.values()))
        for colour, (name, times) in zip(itertools.cycle(PACKAGES), requests.items(), strict=False):
            sizes = sorted(map(int, times))
            panel.plot(sizes, [times[str(size)] for size in sizes], "o-", color=colour, linewidth=1.6, markersize=4)
            panel.annotate(
                f"{name}, {ends[name]:.1f} ms",
                (sizes[-1] * 1.25, places[name]),
                color=colour,
                va="center",
                fontsize=8.5,
                annotation_clip=False,
            )
        panel.set_title(kind, loc="left", fontsize=10.5, fontweight="bold")
        panel.set_xscale("log")
        panel.set_xlim(sizes[0] * 0.5, sizes[-1] * 1.15)
        panel.set_ylim(0, max(1.12 * max(max(times.values()) for times in requests.values()), 1.05 * max(places.values())))
        panel.set_xticks(sizes, [f"{size:,}" for size in sizes])
        panel.minorticks_off()
        _grid(panel, "y")
    for panel in panels.flat[len(kinds) :]:
        panel.remove()
    figure.suptitle("What a request costs as the tables grow", x=0.02, ha="left", fontsize=15, fontweight="bold")
    figure.supxlabel("public comics in the database", fontsize=10)
    figure.supylabel("median ms of a request, one connection", fontsize=10)
    figure.subplots_adjust(left=0.07, right=0.82, top=0.91, bottom=0.07, wspace=0.62, hspace=0.3)
    return figure


def _apart(heights: dict[str, float], least: float) -> dict[str, float]:
    """The heights, moved up where two labels would lie on each other."""
    placed: dict[str, float] = {}
    last = float("-inf")
    for name in sorted(heights, key=lambda name: heights[name]):
        last = placed[name] = max(heights[name], last + least)
    return placed


def starts(told: dict[str, Any]) -> Figure:
    """Seconds from the start of a process to its first answer from the database; a dot is a start."""
    figure, panel = plt.subplots(figsize=(9, 2.9))
    seconds = {name: each["seconds"] for name, each in told["starts"].items()}
    for place, (name, times) in enumerate(seconds.items()):
        middle = statistics.median(times)
        panel.barh(place, middle, color=COLOURS[name], height=0.55, alpha=0.88)
        panel.plot(times, [place] * len(times), ".", color=INK, alpha=0.45)
        beside = f"{middle:.2f} s, {told['starts'][name]['memory']:.0f} MiB"
        panel.annotate(beside, (max(times), place), xytext=(8, 0), textcoords="offset points", va="center")
    panel.set_yticks(range(len(seconds)), [NAMES[name] for name in seconds])
    panel.invert_yaxis()
    panel.set_xlim(0, 1.3 * max(max(times) for times in seconds.values()))
    panel.set_xlabel("seconds: median, and each start as a dot")
    _grid(panel, "x")
    panel.set_title("Process start to first answer from the database", loc="left", fontsize=14, fontweight="bold", pad=10)
    figure.tight_layout(rect=(0, 0.07, 1, 1))
    return figure


def imports(told: dict[str, Any]) -> Figure:
    """Milliseconds that importing each function adds to functions-framework, by package."""
    functions = told["functions"]
    figure, panel = plt.subplots(figsize=(10, 1.9 + 0.42 * len(functions)))
    owners = _by_weight(functions.values())
    left = dict.fromkeys(functions, 0.0)
    for owner, colour in zip(owners, PACKAGES, strict=False):
        widths = [_share(each, owner) for each in functions.values()]
        panel.barh(list(functions), widths, left=list(left.values()), color=colour, height=0.66, label=owner)
        left = {name: left[name] + width for name, width in zip(functions, widths, strict=True)}
    rest = [each["ms"] - left[name] for name, each in functions.items()]
    panel.barh(list(functions), rest, left=list(left.values()), color="#c4ccd4", height=0.66, label="everything else")
    for place, each in enumerate(functions.values()):
        panel.annotate(
            f"{each['ms']:.0f} ms, +{each['rss']:.0f} MiB", (each["ms"], place), xytext=(6, 0), textcoords="offset points", va="center"
        )
    panel.invert_yaxis()
    panel.set_xlim(0, 1.25 * max(each["ms"] for each in functions.values()))
    panel.set_xlabel("ms beyond functions-framework itself, compiled bytecode")
    _grid(panel, "x")
    panel.legend(ncols=min(6, len(owners) + 1), loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, fontsize=8.5, borderaxespad=0.2)
    figure.suptitle("What a function's cold start imports", x=0.02, ha="left", fontsize=14, fontweight="bold")
    figure.tight_layout(rect=(0, 0.03, 1, 0.99))
    return figure


def _by_weight(functions: Iterable[dict[str, Any]]) -> list[str]:
    weights: dict[str, float] = {}
    for each in functions:
        for owner, took in each["modules"].items():
            weights[owner] = weights.get(owner, 0) + took
    weights.pop("everything else", None)
    return sorted(weights, key=lambda owner: -weights[owner])[:6]


def _share(function: dict[str, Any], owner: str) -> float:
    # Tracing makes imports slower; what it found is taken as shares of the time without it.
    return float(function["ms"] * function["modules"].get(owner, 0) / sum(function["modules"].values()))


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def _grid(panel: Axes, axis: Any) -> None:
    panel.grid(axis=axis, color=GRID, linewidth=0.9)
    panel.tick_params(length=0)


def _signed(figure: Figure, told: dict[str, Any]) -> None:
    figure.text(0.99, 0.012, f"{told['machine']} · {told['when'][:10]}", ha="right", fontsize=8, color=PALE)


if __name__ == "__main__":
    draw(results.load())
