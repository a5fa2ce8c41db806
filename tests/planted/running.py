"""One fault after another in a copy of the tree: planted, the tests run, taken out again."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

from tests.planted.faults import ROOT, Fault

# Seconds after which a run counts as hanging. The slowest file takes a sixth of it on a busy machine.
LIMIT = 300

# Seconds that a run which was told to stop may take to stop its database.
STOPPING = 20

LEFT_OUT = (".venv", ".git", ".local", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache", "__pycache__", "build")


@dataclass(frozen=True)
class Verdict:
    """What became of a run: `by` is the test that failed, or how else it ended; `seconds` how long it took."""

    how: str
    by: str
    seconds: float
    said: str = ""

    @property
    def caught(self) -> bool:
        """Whether the fault was noticed; code that does not even load proves nothing about the tests."""
        return self.how in ("failed", "hung")


class Tree:
    """A copy of the checkout in a folder of its own, in which one fault at a time may stand."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        shutil.copytree(ROOT, self.root, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))

    def with_fault(self, fault: Fault, limit: float = LIMIT) -> Verdict:
        """Plant `fault`, run its tests, and leave the tree as it was."""
        file = self.root / fault.file
        sound = file.read_bytes()
        try:
            self._write(file, fault.planted(sound.decode()).encode())
            return self.run(fault.tests, limit)
        finally:
            self._write(file, sound)

    def run(self, tests: tuple[str, ...], limit: float = LIMIT) -> Verdict:
        """Run test files here until the first failure."""
        command = [sys.executable, "-m", "pytest", "-n0", "-x", "-q", "--durations=0", "--tb=short", *tests]
        begun = time.monotonic()
        process = subprocess.Popen(
            command, cwd=self.root, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        try:
            said = process.communicate(timeout=limit)[0]
        except subprocess.TimeoutExpired:
            return Verdict("hung", f"no end within {limit:.0f} s", time.monotonic() - begun, _stopped(process))
        return _verdict(process.returncode, said, time.monotonic() - begun)

    def _write(self, file: Path, data: bytes) -> None:
        """Bytecode is told from its source by whole seconds and the size, so a fault written within a second of the last could go unseen."""
        file.write_bytes(data)
        Path(cache_from_source(str(file))).unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    """The caller's, without what would make the runs differ from a developer's, or read another tree."""
    unwanted = ("PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _stopped(process: "subprocess.Popen[str]") -> str:
    """Interrupted as by Ctrl-C, so that the run's database goes with it; killed when that does not help."""
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=STOPPING)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0]


def _verdict(code: int, said: str, seconds: float) -> Verdict:
    failed = re.search(r"^(?:FAILED|ERROR) (\S+::.+?)(?: - |$)", said, re.MULTILINE)
    if code == 0:
        return Verdict("passed", "", seconds, said)
    if code == 1 and failed:
        return Verdict("failed", failed[1], seconds, said)
    return Verdict("broken", f"pytest ended with {code}", seconds, said)
