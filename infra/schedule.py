"""What Cloud Scheduler calls, and how often; the local stack keeps the same times."""

from typing import NamedTuple


class Tick(NamedTuple):
    """A path of the worker and the seconds between two calls."""

    path: str
    seconds: int


SCHEDULE = (
    Tick("/internal/sweep", 60),
    Tick("/internal/pushes/sweep", 60),
    Tick("/internal/payments/sweep", 60),
    Tick("/internal/erasures", 3600),
    Tick("/internal/forgetting", 86400),
    Tick("/internal/recordings/forgetting", 3600),
    Tick("/internal/wallets/mature", 3600),
    Tick("/internal/rollups", 300),
)
