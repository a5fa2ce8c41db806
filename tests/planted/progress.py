"""What an interrupted run has found already; it counts as long as nothing in the code and the tests changes."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from tests.planted.faults import ROOT
from tests.planted.results import FILE
from tests.planted.running import LEFT_OUT, Verdict

FOLDER = ROOT / ".local" / "planted"


class Progress:
    """The verdicts of runs on exactly this code, by what was run."""

    def __init__(self, *, afresh: bool = False) -> None:
        self._file, self._lock = FOLDER / f"{_digest()}.jsonl", Lock()
        FOLDER.mkdir(parents=True, exist_ok=True)
        for file in FOLDER.glob("*.jsonl"):
            if afresh or file != self._file:
                file.unlink()
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        self._found = {name: Verdict(**verdict) for name, verdict in map(json.loads, lines)}

    def of(self, name: str) -> Verdict | None:
        """What was found when `name` was run, if it was."""
        return self._found.get(name)

    def keep(self, name: str, verdict: Verdict) -> None:
        """Remember what was found; what pytest said in full is left out."""
        with self._lock, self._file.open("a") as file:
            file.write(json.dumps([name, {**asdict(verdict), "said": ""}]) + "\n")


def _digest() -> str:
    """A hash of every file that a run could read."""
    read = hashlib.sha256()
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(set(inner) - set(LEFT_OUT))
        for file in (Path(folder, name) for name in sorted(names)):
            if file != FILE and file.is_file():
                read.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return read.hexdigest()[:16]
