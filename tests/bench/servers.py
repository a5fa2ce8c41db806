"""The processes that are compared: ours as it runs in production, and the references."""

import compileall
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psutil

from infra.local.postgres import free_port
from tests.bench import ROOT

MEDIA = "https://media.example/mamastoria"

PROGRAMS = Path(sys.executable).parent


@dataclass
class Server:
    """A running server of `/v1/comics`; `started` is when its process was made, of `time.perf_counter`."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    started: float

    @cached_property
    def _family(self) -> list[psutil.Process]:
        return [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of processor time that it has used up to now, workers included."""
        return sum(times.user + times.system for each in self._family for times in [each.cpu_times()])

    def memory(self) -> float:
        """MiB of memory of all its processes, shared pages counted once."""
        return float(sum(each.memory_full_info().pss for each in self._family)) / 2**20

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own: status, headers by lower-case name, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def first_answer(self, path: str) -> float:
        """Ask until there is an answer; seconds since the process was made. Raises what its log says when it is not a 200."""
        while True:
            try:
                status, _, body = self.get(path)
            except (ConnectionError, http.client.HTTPException):
                if self.process.poll() is not None or time.perf_counter() - self.started > 60:
                    raise RuntimeError(f"{self.name} did not start: {self.log.read_text()[-2000:]}") from None
                time.sleep(0.002)
                continue
            if status != 200:
                raise RuntimeError(f"{self.name} answered {status}: {body[:500]!r} {self.log.read_text()[-2000:]}")
            return time.perf_counter() - self.started


@contextmanager
def ours(bundle: Path, database: str, name: str = "ours") -> Iterator[Server]:
    """The comics function on functions-framework's own server, as Cloud Functions starts it."""
    with _framework(bundle, database, name) as server:
        yield server


@contextmanager
def orm(database: str, name: str = "FastAPI + async ORM + asyncpg") -> Iterator[Server]:
    """Reference A."""
    with _uvicorn("orm", database, name) as server:
        yield server


@contextmanager
def raw(database: str, name: str = "Starlette + raw asyncpg + orjson") -> Iterator[Server]:
    """Reference B."""
    with _uvicorn("raw", database, name) as server:
        yield server


@contextmanager
def cold(bundle: Path, database: str, name: str = "functions-framework + ORM + pg8000") -> Iterator[Server]:
    """Reference C; `bundle` is its folder."""
    with _framework(bundle, database, name) as server:
        yield server


def _framework(bundle: Path, database: str, name: str) -> "contextmanager[Server]":
    program = [PROGRAMS / "functions-framework", "--target=main", f"--source={bundle / 'main.py'}", "--host=127.0.0.1"]
    return _running(name, [*program, "--port={port}"], bundle, database)


def _uvicorn(module: str, database: str, name: str) -> "contextmanager[Server]":
    program = [PROGRAMS / "uvicorn", f"tests.bench.references.{module}:app", "--host=127.0.0.1", "--log-level=error", "--no-access-log"]
    return _running(name, [*program, "--port={port}"], ROOT, database)


@contextmanager
def _running(name: str, command: list[str | Path], folder: Path, database: str) -> Iterator[Server]:
    port = free_port()
    log = Path(tempfile.mkstemp(prefix="mamastoria-bench-", suffix=".log")[1])
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": database, "PUBLIC_MEDIA_URL": MEDIA, "THREADS": "8"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(word).format(port=port) for word in command], cwd=folder, env=environment, stdout=output, stderr=output
        )
    try:
        yield Server(name, port, process, log, time.perf_counter())
    finally:
        _stop(process)
        log.unlink()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def bundled(function: str) -> Iterator[Path]:
    """The folder of one function as it is deployed, `common` beside its `main.py`, with compiled bytecode."""
    with _staged(ROOT / "functions" / function, ROOT / "common") as folder:
        yield folder


@contextmanager
def _staged(*sources: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mamastoria-bundle-"))
    try:
        first, *beside = sources
        shutil.copytree(first, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        for source in beside:
            shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(folder, quiet=1)
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def delayed(target: int, milliseconds: float) -> Iterator[int]:
    """A port that reaches `target` over a network whose round trip takes so long."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.delay", str(port), str(target), str(milliseconds / 2000)], cwd=ROOT)
    try:
        yield port
    finally:
        process.kill()
        process.wait()
