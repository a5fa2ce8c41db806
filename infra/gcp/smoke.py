"""A deployment's smoke test, through the gateway: `python -m infra.gcp.smoke URL [SECONDS]`."""

import json
import sys
import time
import urllib.error
import urllib.request
from typing import NamedTuple


class Check(NamedTuple):
    """A request and its answer: `ours` tells our envelope from what a gateway says by itself."""

    method: str
    path: str
    statuses: tuple[int, ...]
    ours: bool


# One of each kind: an instance, all it needs, the database's lists, a caller who is refused by us, the provider's
# callback without a signature (which is off where DOKU's secret was not given), and a path that must not be reachable.
CHECKS = (
    Check("GET", "/health", (200,), True),
    Check("GET", "/health/ready", (200,), True),
    Check("GET", "/v1/genres", (200,), True),
    Check("GET", "/v1/comics", (200,), True),
    Check("GET", "/profile", (401,), True),
    Check("GET", "/v1/notifications", (401,), True),
    Check("POST", "/v1/subscriptions/payment-callback", (401, 404), True),
    Check("OPTIONS", "/v1/comics", (204,), False),
    Check("POST", "/internal/sweep", (404,), False),
)
PAUSE = 5.0


def failures(url: str) -> list[str]:
    """What is not as it should be, each as a sentence."""
    return [said for check in CHECKS if (said := _failure(url.rstrip("/"), check))]


def _failure(url: str, check: Check) -> str:
    request = urllib.request.Request(url + check.path, method=check.method, data=b"{}" if check.method == "POST" else None)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            status, body = reply.status, reply.read()
    except urllib.error.HTTPError as refused:
        status, body = refused.code, refused.read()
    except OSError as error:
        return f"{check.method} {check.path}: {error}"
    if status not in check.statuses:
        return f"{check.method} {check.path}: {status} instead of {' or '.join(map(str, check.statuses))}: {body[:200].decode(errors='replace')}"
    return "" if not check.ours or _is_ours(body) else f"{check.method} {check.path}: not our envelope"


def _is_ours(body: bytes) -> bool:
    try:
        return "ok" in json.loads(body)
    except ValueError:
        return False


def main() -> None:
    """Try until everything is right or the time is over: a gateway takes minutes to serve a new configuration everywhere."""
    url, end = sys.argv[1], time.monotonic() + float(sys.argv[2] if sys.argv[2:] else 300)
    while found := failures(url):
        if time.monotonic() > end:
            sys.exit("\n".join(["the smoke test failed:", *found]))
        time.sleep(PAUSE)
    print(f"    {len(CHECKS)} checks through {url} are right")


if __name__ == "__main__":
    main()
