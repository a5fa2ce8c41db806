"""What a login costs beside the bare password hash: `python -m tests.bench.login`.

One person signs in again and again, through the gateway and the real rules, on an otherwise idle
machine; then the hash alone is computed as often. Both are printed in milliseconds.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from infra.local import postgres, stack
from tests.support import people
from tests.support.client import Client

ROUNDS = 200


def main() -> None:
    """Print the login, the hash and what is left when the one is taken from the other."""
    with _api() as api:
        siti = people.signed_in(api)
        body = {"identifier": siti.user["email"], "password": people.PASSWORD, "device_id": "bench-install-0001"}
        from common import passwords

        stored = passwords.hashed(people.PASSWORD)
        logins = _timed(lambda: api.post("/login", body, expect=200))
        hashes = _timed(lambda: passwords.matches(people.PASSWORD, stored))
    for name, times in (("login", logins), ("argon2id", hashes)):
        print(f"{name:9} median {statistics.median(times):6.1f} ms   p95 {statistics.quantiles(times, n=20)[18]:6.1f} ms")
    print(f"{'beside':9} median {statistics.median(logins) - statistics.median(hashes):6.1f} ms")


def _timed(act: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        with redirect_stdout(StringIO()):  # Its log lines.
            act()
        times.append((time.perf_counter() - started) * 1000)
    return times[ROUNDS // 10 :]


@contextmanager
def _api() -> Iterator[Client]:
    folder = Path(tempfile.mkdtemp(prefix="mamastoria-bench-"))
    services = stack.start(folder, "http://127.0.0.1:9")
    server, data = postgres.temporary()
    os.environ.update(services.settings, APP_ENV="test", DATABASE_URL=server.database())
    try:
        with redirect_stdout(StringIO()):
            from infra import migrations
            from infra.local.gateway import Gateway

            migrations.upgrade()
            yield Client(Gateway(), services)
    finally:
        services.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
