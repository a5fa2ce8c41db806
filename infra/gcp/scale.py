"""What the backend needs and costs at one, a hundred and ten thousand requests a second: `python -m infra.gcp.scale`.

Worked out from what one request costs (`python -m tests.bench.capacity`), what functions declare, and the
list prices below; the README's chapter about scale is this module's output.
"""

import json
import math
from dataclasses import dataclass
from typing import Any

from common.needs import Needs
from infra.gcp import connections
from infra.gcp.place import needs
from infra.routes import ROOT

MEASURED = ROOT / "tests/bench/results/capacity.json"

SECONDS = 730 * 3600
HOURS = 730
GIB = 2**30

# Assumptions, each on the careful side.
SLOWER = 2.0  # A shared processor of Cloud Run or Cloud SQL against one of the machine that measured.
BUSY = 0.6  # Cloud Run adds instances at 60 % (cloud.google.com/run/docs/about-instance-autoscaling); a database should not do more either.
CACHED = 0.6  # Of all requests, those of readers without a token that a CDN answers within max-age.
PICTURES = 20  # Pictures that are shown with a hundred requests.
PANELS = 18
# A panel's original, web and thumb picture, in bytes: assumed, not measured; the published copy doubles them.
PANEL_FILES = 2 * (250_000 + 100_000 + 14_000)
WEB_PICTURE = 100_000

# US dollars: list prices as those pages were last read, or assumed where it says so; look them up before relying on a sum. Jakarta is in Cloud Run's second price tier (cloud.google.com/functions/docs/locations).
JAKARTA = 1.4  # Against Iowa: Cloud Run's second tier; for Cloud SQL the upper end of what is said of Singapore (20 to 40 %).
PRICES = {
    "cpu": (0.000024 * JAKARTA, "vCPU second of Cloud Run", "cloud.google.com/run/pricing"),
    "memory": (0.0000025 * JAKARTA, "GiB second of Cloud Run, and of a vCPU kept warm", "cloud.google.com/run/pricing"),
    "request": (0.40 / 1e6, "request to Cloud Run", "cloud.google.com/run/pricing"),
    "gateway": (3.00 / 1e6, "call of API Gateway, up to a thousand million a month", "cloud.google.com/api-gateway/docs/pricing"),
    "gateway more": (1.50 / 1e6, "call of API Gateway beyond them", "cloud.google.com/api-gateway/docs/pricing"),
    "database cpu": (0.0413 * JAKARTA, "vCPU hour of Cloud SQL", "cloud.google.com/sql/pricing"),
    "database memory": (0.0070 * JAKARTA, "GiB hour of Cloud SQL", "cloud.google.com/sql/pricing"),
    "database disk": (0.17 * JAKARTA, "GiB of SSD a month", "assumed; cloud.google.com/sql/pricing"),
    "storage": (0.023, "GiB of standard storage a month", "assumed for Jakarta; cloud.google.com/storage/pricing"),
    "traffic": (0.12, "GiB to the internet", "cloud.google.com/storage/pricing-examples"),
    "cdn": (0.06, "GiB from Cloud CDN, 10 to 150 TiB a month", "cloud.google.com/cdn/pricing"),
    "lookup": (0.0075 / 1e4, "look into Cloud CDN", "cloud.google.com/cdn/pricing"),
    "balancer": (0.025 * HOURS, "load balancer a month", "cloud.google.com/load-balancing/pricing"),
    "balanced": (0.008, "GiB through the load balancer", "cloud.google.com/load-balancing/pricing"),
}


@dataclass(frozen=True)
class Stage:
    """A size: requests a second all month long, comics, and whether a CDN and a load balancer stand in the gateway's place."""

    name: str
    rate: float
    comics: int
    cdn: bool = False


STAGES = (
    Stage("1/s", 1, 10_000),
    Stage("100/s", 100, 1_000_000),
    Stage("10,000/s, as it is", 10_000, 10_000_000),
    Stage("10,000/s behind a CDN", 10_000, 10_000_000, cdn=True),
)


@dataclass(frozen=True)
class Size:
    """What a stage needs of each part."""

    instances: int
    held: int
    database_cores: float
    tier: str
    database_gib: float
    files_gib: float
    reaching: float
    api_gib: float
    picture_gib: float


def size(stage: Stage, cost: dict[str, Any], need: Needs) -> Size:
    """What is needed, from the `cost` of one request (capacity.json) and what the readers' function declares."""
    reaching = stage.rate * (1 - CACHED if stage.cdn else 1)
    database_cores = reaching * cost["database_ms"] / 1000 * SLOWER / BUSY
    rows = stage.comics * (cost["bytes"]["comic"] + PANELS * cost["bytes"]["panel"] + 10 * cost["bytes"]["view"])
    instances = need.min + math.ceil(_billed(reaching, cost))
    return Size(
        instances=instances,
        held=instances * need.threads,
        database_cores=database_cores,
        tier=_tier(database_cores, stage.comics * cost["bytes"]["comic"] / GIB),
        database_gib=rows / GIB,
        files_gib=stage.comics * PANELS * PANEL_FILES / GIB,
        reaching=reaching,
        api_gib=stage.rate * SECONDS * cost["reply_gzip_bytes"] / GIB,
        picture_gib=stage.rate * SECONDS * PICTURES / 100 * WEB_PICTURE / GIB,
    )


def _billed(rate: float, cost: dict[str, Any]) -> float:
    """The instances that are paid for at any moment: one request alone is billed 100 ms, many share an instance up to 60 %."""
    return max(min(rate * 0.1, 1.0), rate * float(cost["function_ms"]) / 1000 * SLOWER / BUSY)


def _tier(cores: float, hot_gib: float) -> str:
    """The smallest tier with so many cores whose memory holds the comics' rows and indexes, in Cloud SQL's usual shape."""
    for count in (2, 4, 8, 16, 32, 64, 96):
        if count >= cores and count * 3840 / 1024 >= hot_gib:
            return f"db-custom-{count}-{count * 3840}"
    return "more than one primary"


def month(stage: Stage, cost: dict[str, Any], need: Needs) -> dict[str, float]:
    """US dollars a month by part."""
    price = {name: each[0] for name, each in PRICES.items()}
    found, calls = size(stage, cost, need), stage.rate * SECONDS
    memory = int(need.memory.removesuffix("Mi")) / 1024
    reached = found.reaching * SECONDS
    kept_warm = sum(each.min for each in needs().values())
    cores = int(found.tier.split("-")[2]) if found.tier.startswith("db") else 96
    through = found.api_gib * (found.reaching / stage.rate)
    return {
        "functions": _billed(found.reaching, cost) * SECONDS * (price["cpu"] + memory * price["memory"])
        + kept_warm * SECONDS * (1 + memory) * price["memory"]
        + reached * price["request"],
        "gateway": 0.0 if stage.cdn else max(0, min(calls, 1e9) - 2e6) * price["gateway"] + max(0, calls - 1e9) * price["gateway more"],
        # A standby in another zone doubles a primary (availability "regional").
        "database": 2
        * (HOURS * (cores * price["database cpu"] + cores * 3.75 * price["database memory"]) + found.database_gib * price["database disk"]),
        "files": found.files_gib * price["storage"],
        "traffic of the API": found.api_gib * (price["cdn"] if stage.cdn else price["traffic"]),
        "traffic of pictures": found.picture_gib * (price["cdn"] if stage.cdn else price["traffic"]),
        "CDN and balancer": (1 + PICTURES / 100) * calls * price["lookup"] + price["balancer"] + through * price["balanced"]
        if stage.cdn
        else 0.0,
    }


def chapter() -> str:
    """The tables of the README's chapter."""
    cost, need = json.loads(MEASURED.read_text()), needs()["comics"]
    return "\n\n".join([_request(cost, need), _needed(cost, need), _paid(cost, need), _sources()])


def _request(cost: dict[str, Any], need: Needs) -> str:
    per_instance = need.cpu * BUSY / (cost["function_ms"] / 1000 * SLOWER)
    mix = ", ".join(f"{share} % {name}" for name, share in cost["mix"].items())
    return (
        f"Measured ({cost['machine']}; {cost['when']}; {cost['comics']:,} comics; {mix}): a reader's request takes "
        f"**{cost['function_ms']:.2f} ms** of a function's processor and **{cost['database_ms']:.2f} ms** of PostgreSQL's, and answers "
        f"{cost['reply_bytes'] / 1000:.0f} KB ({cost['reply_gzip_bytes'] / 1000:.1f} KB as gzip). A comic takes {cost['bytes']['comic']:,} bytes of the database with its "
        f"indexes, a panel {cost['bytes']['panel']:,}, a view {cost['bytes']['view']:,}. With processors half as fast, six tenths busy, an instance of `comics` serves "
        f"**{per_instance:.0f} requests a second**, and the {need.max} it may have now **{per_instance * need.max:,.0f}**."
    )


def _needed(cost: dict[str, Any], need: Needs) -> str:
    sizes = [size(stage, cost, need) for stage in STAGES]
    rows = [
        ("comics", [f"{stage.comics:,}" for stage in STAGES]),
        ("requests that reach a function, a second", [f"{each.reaching:,.0f}" for each in sizes]),
        ("instances of `comics`", [f"{each.instances:,}" for each in sizes]),
        ("connections they hold", [f"{each.held:,}" for each in sizes]),
        ("PostgreSQL's cores, six tenths busy", [_short(each.database_cores) for each in sizes]),
        ("tier, its rows in memory", [each.tier for each in sizes]),
        ("connections of that tier", [_offered(each.tier) for each in sizes]),
        ("database, GiB", [_short(each.database_gib) for each in sizes]),
        ("pictures, TiB", [_short(each.files_gib / 1024) for each in sizes]),
        ("replies, TiB a month", [_short(each.api_gib / 1024) for each in sizes]),
    ]
    return _table(["", *(stage.name for stage in STAGES)], [[name, *cells] for name, cells in rows])


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def _offered(tier: str) -> str:
    return f"{connections.offered(tier):,}" if tier.startswith("db") else "–"


def _paid(cost: dict[str, Any], need: Needs) -> str:
    paid = [month(stage, cost, need) for stage in STAGES]
    rows = [[name, *(f"{each[name]:,.0f}" for each in paid)] for name in paid[0]]
    return _table(
        ["US$ a month", *(stage.name for stage in STAGES)], [*rows, ["**together**", *(f"**{sum(each.values()):,.0f}**" for each in paid)]]
    )


def _sources() -> str:
    return _table(
        ["price", "US$", "source"],
        [[what, f"{price:.10f}".rstrip("0").rstrip("."), f"{source}"] for price, what, source in PRICES.values()],
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    print(chapter())
