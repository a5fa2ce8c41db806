"""What is seen from outside while the servers work: memory, threads and open files by /proc, connections by PostgreSQL itself."""

import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

from pg8000.native import Connection

# pg_stat_activity names each process by the application name that its address of the database holds.
CONNECTIONS = "select application_name, count(*) from pg_stat_activity where backend_type = 'client backend' and datname = current_database() group by 1"

PROC = Path("/proc")


class Watcher:
    """Looks once in `every` seconds until it is stopped; `watched` are sessions of processes by name."""

    def __init__(self, connection: Connection, watched: dict[str, int], every: float = 1.0) -> None:
        self.samples: list[dict[str, Any]] = []
        self._connection, self._watched, self._every = connection, watched, every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._stopped.wait(self._every):
            connections = dict(self._connection.run(CONNECTIONS))
            for name, session in self._watched.items():
                self.samples.append({"at": time.monotonic(), "name": name, **_looked(session), "connections": connections.get(name, 0)})

    def of(self, name: str, start: float = 0, end: float = float("inf")) -> list[dict[str, Any]]:
        """The samples of one process between two moments of `time.monotonic`."""
        return [each for each in self.samples if each["name"] == name and start <= each["at"] <= end]

    def memory(self, name: str, start: float, end: float) -> float | None:
        """MiB, the median between two moments; None where nobody looked."""
        found = [each["mib"] for each in self.of(name, start, end)]
        return round(median(found), 1) if found else None


def _looked(session: int) -> dict[str, Any]:
    """Memory (MiB, shared pages counted once), threads and open files of all processes of a session."""
    found = {"mib": 0.0, "threads": 0, "files": 0}
    for process in _processes(session):
        try:
            found["mib"] += _kib(process / "smaps_rollup", "Pss:") / 1024
            found["threads"] += _kib(process / "status", "Threads:")
            found["files"] += len(list((process / "fd").iterdir()))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _processes(session: int) -> list[Path]:
    return [process for process in PROC.iterdir() if process.name.isdigit() and _session(process) == session]


def _session(process: Path) -> int | None:
    try:
        # The name stands in parentheses and may hold anything.
        return int((process / "stat").read_text().rpartition(")")[2].split()[3])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _kib(file: Path, name: str) -> int:
    return next(int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(name))
