"""The processes that serve: the gateway with every public function in one, each internal function in another, as it runs in the cloud."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from common import settings

ROOT = Path(__file__).resolve().parent.parent.parent


def gateway(port: int) -> list[str]:
    """The command of the gateway on `port` of 127.0.0.1: as many threads as an instance has, and the front before them."""
    threads = ["--threads", str(settings.THREADS()), "--worker-class", "infra.local.front.Worker"]
    return ["gunicorn", "--bind", f"127.0.0.1:{port}", *threads, "--keep-alive", "30", "--log-level", "warning", "infra.local.serving:app"]


def function(name: str, port: int) -> list[str]:
    """The command of one function on `port`, as Cloud Functions starts it."""
    source = str(ROOT / "functions" / name / "main.py")
    return ["functions-framework", "--target", "main", "--source", source, "--host", "127.0.0.1", "--port", str(port)]


def start(command: list[str], log: Path, **environment: str) -> "subprocess.Popen[bytes]":
    """Start a program of this environment in a session of its own; what it says is added to `log`."""
    with log.open("ab") as said:
        return subprocess.Popen(
            [str(Path(sys.executable).parent / command[0]), *command[1:]],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )


def end(process: "subprocess.Popen[bytes]") -> None:
    """Let it finish what it does, for ten seconds at most."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait(url: str, log: Path, *, any_answer: bool = False) -> None:
    """Return when `url` answers well, or at all; after a minute it is said what the log says."""
    deadline = time.monotonic() + 60
    while True:
        try:
            urlopen(url, timeout=5).read()
            return
        except (URLError, ConnectionError, TimeoutError) as error:
            if any_answer and getattr(error, "code", None):
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"{url} does not answer ({error}); {log} ends:\n{log.read_text()[-3000:]}") from None
            time.sleep(0.05)
