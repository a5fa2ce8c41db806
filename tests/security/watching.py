"""What this process does to the outside while tests run: addresses it connects to, names it looks up, files it opens, programs it starts.

Python tells it itself, by its audit events; nothing is replaced, so real code runs. What the stand-ins of
the local stack do in their own threads is left out. What libraries in C do on their own (gRPC) is not
told; a canary that listens would hear that too.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any


@dataclass
class Seen:
    """What was done while somebody watched."""

    addresses: set[Any] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=set)


_watching: list[Seen] = []
_hooked: list[bool] = []


PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
TOLD = {"socket.connect", "socket.getaddrinfo", "open", *PROGRAMS}


def _told(event: str, given: tuple[Any, ...]) -> None:
    if not _watching or event not in TOLD or _is_a_stand_in():
        return
    for seen in _watching:
        if event == "socket.connect":
            seen.addresses.add(given[1])
        elif event == "socket.getaddrinfo":
            seen.names.add(str(given[0]))
        elif event == "open" and isinstance(given[0], str):
            seen.files.add(given[0])
        elif event in PROGRAMS:
            seen.programs.add(str(given[0]))


def _is_a_stand_in() -> bool:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if "/infra/local/" in file and not file.endswith("gateway.py"):
            return True
        frame = frame.f_back
    return False


@contextmanager
def watched() -> Iterator[Seen]:
    """What happens in the block."""
    if not _hooked:
        sys.addaudithook(_told)  # A hook stays for ever; without a watcher it returns at once.
        _hooked.append(True)
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)
