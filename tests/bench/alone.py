"""The whole API in this process, for benchmarks of one rule rather than of a server."""

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
from tests.support.client import Client

ROUNDS = 200


def timed(act: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each run of `act`, without its log lines and without the first tenth."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        with redirect_stdout(StringIO()):
            act()
        times.append((time.perf_counter() - started) * 1000)
    return times[rounds // 10 :]


def line(name: str, times: list[float]) -> str:
    """A line with the median and the 95th percentile."""
    return f"{name:28} median {statistics.median(times):6.2f} ms   p95 {statistics.quantiles(times, n=20)[18]:6.2f} ms"


@contextmanager
def api_on_its_own(*, durable: bool = False) -> Iterator[Client]:
    """The gateway over a fresh database; `durable` has it write to disk before a commit returns, as production does."""
    folder = Path(tempfile.mkdtemp(prefix="mamastoria-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    services = stack.start(folder / "stack", "http://127.0.0.1:9", "http://127.0.0.1:9")
    server = postgres.start(folder / "postgres", durable=durable)
    os.environ.update(services.settings, APP_ENV="test", PUBLIC_URL="http://gateway.test", DATABASE_URL=server.database())
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
