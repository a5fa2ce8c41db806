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
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]

from infra import stage
from infra.local.postgres import free_port
from tests.bench import ROOT

OURS = "ours"
ORM = "FastAPI + async SQLAlchemy ORM + asyncpg"
RAW = "Starlette + raw asyncpg + orjson"
COLD = "functions-framework + SQLAlchemy ORM + pg8000"

# Nothing of this process' environment but the way to programs; above all nothing that forbids bytecode.
CLEAN = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore"}

MEDIA = "https://media.example/mamastoria"

# What a function needs to know callers and providers by; the harness signs with the same.
SETTINGS = {
    "JWT_SECRET": "bench-jwt-secret-of-at-least-32-bytes",
    "CODE_SECRET": "bench-code-secret",
    "DOKU_CLIENT_ID": "BRN-0001-BENCH",
    "DOKU_SECRET_KEY": "SK-bench-secret",
    "ACCESS_TOKEN_SECONDS": "86400",
    "TRUSTED_PROXIES": "1",
}

PROGRAMS = Path(sys.executable).parent


class Ask(NamedTuple):
    """A whole request; `body` is JSON text."""

    method: str
    path: str
    headers: dict[str, str] = {}
    body: str | None = None


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
        return float(sum(times.user + times.system for times in (each.cpu_times() for each in self._family)))

    def memory(self) -> float:
        """MiB of memory of all its processes, shared pages counted once."""
        return float(sum(each.memory_full_info().pss for each in self._family)) / 2**20

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """One GET on a connection of its own: status, headers by lower-case name, body."""
        return self.send(Ask("GET", path, headers or {}))

    def send(self, ask: Ask) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own: status, headers by lower-case name, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            about = {} if ask.body is None else {"Content-Type": "application/json"}
            connection.request(ask.method, ask.path, ask.body.encode() if ask.body else None, ask.headers | about)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def first_answer(self, path: str, method: str = "GET", expect: int = 200, headers: dict[str, str] | None = None) -> float:
        """Ask until there is an answer; seconds since the process was made. Raises what its log says when it has another status."""
        while True:
            try:
                status, _, body = self.send(Ask(method, path, headers or {}))
            except (ConnectionError, http.client.HTTPException):
                if self.process.poll() is not None or time.perf_counter() - self.started > 60:
                    raise RuntimeError(f"{self.name} did not start: {self.log.read_text()[-2000:]}") from None
                time.sleep(0.002)
                continue
            if status != expect:
                raise RuntimeError(f"{self.name} answered {status}: {body[:500]!r} {self.log.read_text()[-2000:]}")
            return time.perf_counter() - self.started


def ours(bundle: Path, database: str) -> AbstractContextManager[Server]:
    """The staged function in `bundle` on functions-framework's own server, as Cloud Functions starts it."""
    return _framework(OURS, bundle, database)


def orm(database: str) -> AbstractContextManager[Server]:
    """Reference A."""
    return _uvicorn(ORM, "orm", database)


def raw(database: str) -> AbstractContextManager[Server]:
    """Reference B."""
    return _uvicorn(RAW, "raw", database)


def cold(bundle: Path, database: str) -> AbstractContextManager[Server]:
    """Reference C; `bundle` is from `reference_bundle`."""
    return _framework(COLD, bundle, database)


def _framework(name: str, bundle: Path, database: str) -> AbstractContextManager[Server]:
    program = [str(PROGRAMS / "functions-framework"), "--target=main", f"--source={bundle / 'main.py'}", "--host=127.0.0.1"]
    return _running(name, program, bundle, database)


def _uvicorn(name: str, module: str, database: str) -> AbstractContextManager[Server]:
    # No line per request, as ours writes one: all that a reference can be spared is spared.
    program = [
        str(PROGRAMS / "uvicorn"),
        f"tests.bench.references.{module}:app",
        "--host=127.0.0.1",
        "--log-level=error",
        "--no-access-log",
    ]
    return _running(name, program, ROOT, database)


@contextmanager
def _running(name: str, program: list[str], folder: Path, database: str) -> Iterator[Server]:
    port = free_port()
    log = Path(tempfile.mkstemp(prefix="mamastoria-bench-", suffix=".log")[1])
    environment = {**CLEAN, **SETTINGS, "DATABASE_URL": database, "PUBLIC_MEDIA_URL": MEDIA, "THREADS": "8"}
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen([*program, f"--port={port}"], cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        yield Server(name, port, process, log, started)
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
    """The folder of one function as it is deployed, with compiled bytecode."""
    with _folder() as folder:
        yield _compiled(stage.stage(function, folder))


@contextmanager
def reference_bundle(name: str) -> Iterator[Path]:
    """The folder of a reference that runs on functions-framework, likewise."""
    with _folder() as folder:
        yield _compiled(Path(shutil.copytree(ROOT / "tests" / "bench" / "references" / name, folder / name, ignore=stage.LEFT_OUT)))


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mamastoria-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _compiled(bundle: Path) -> Path:
    compileall.compile_dir(bundle, quiet=1)
    return bundle


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
