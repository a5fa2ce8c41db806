"""How many connections all instances together may take of the database, and whether its tier has them."""

import re

from infra.gcp.place import Place, needs

# Migrations, a person who looks, and what PostgreSQL and Cloud SQL keep for themselves.
RESERVED = 20

# Cloud SQL's defaults by memory in MiB; a tier may be told to take more, and then lacks memory for queries.
BY_MEMORY = ((120 * 1024, 1000), (60 * 1024, 800), (30 * 1024, 600), (15 * 1024, 500), (7680, 400), (6 * 1024, 200), (3840, 100))
SHARED_CORES = {"db-f1-micro": 25, "db-g1-small": 50}


class TooFew(Exception):
    """The database's tier has fewer connections than the instances may take."""


def wanted(place: Place) -> int:
    """The connections that all instances of all functions may hold at once: a pool has as many as there are threads."""
    return sum(place.most(each) * each.threads for each in needs().values())


def offered(tier: str) -> int:
    """The connections that a tier has memory for; raises `ValueError` for a tier that is unknown."""
    if tier in SHARED_CORES:
        return SHARED_CORES[tier]
    found = re.fullmatch(r"db-(?:custom|perf-optimized-N)-\d+-(\d+)", tier)
    if found is None:
        raise ValueError(f"unknown tier {tier}: use db-custom-CORES-MEMORY")
    return next((count for least, count in BY_MEMORY if int(found[1]) >= least), 50)


def check(place: Place) -> int:
    """The `max_connections` to set; raises `TooFew` where the tier has not that many."""
    tier, need = place.options["DEPLOY_DB_TIER"], wanted(place) + RESERVED
    if offered(tier) < need:
        raise TooFew(
            f"{tier} has {offered(tier)} connections and the functions may take {need}: "
            "choose a larger DEPLOY_DB_TIER or fewer DEPLOY_INSTANCES (percent of Needs.max)"
        )
    return offered(tier)
