"""Running ffmpeg: one at a time, for a bounded time, without a shell, and with its last words in the error."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from common import settings

# Characters of what it said that go into the error, from the end: the cause is in the last lines.
LAST_WORDS = 800

# An instance may be given two jobs, and two encoders need twice the memory and end no earlier.
_one_at_a_time = threading.Lock()


class Failed(Exception):
    """ffmpeg ended with an error, or was ended because it took too long; the message has its last words."""


def program() -> str:
    """The path of ffmpeg: the setting FFMPEG, else the one that the wheel brings."""
    chosen = settings.FFMPEG()
    if chosen:
        return chosen
    wheel: Any = import_module("imageio_ffmpeg")
    return str(wheel.get_ffmpeg_exe())


@cache
def version(path: str) -> str:
    """What the ffmpeg at `path` calls itself; two of the same version encode the same."""
    said = subprocess.run([path, "-version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=True, text=True)
    return said.stdout.partition("\n")[0]


def run(arguments: Iterable[str | Path], *, seconds: float, feed: Iterable[bytes] = ()) -> None:
    """Run ffmpeg with `arguments`, giving it what `feed` yields as its input, for at most `seconds`.

    Raises `Failed`, and whatever `feed` raises; ffmpeg has ended in every case.
    """
    command = [program(), "-hide_banner", "-loglevel", "error", "-y", *map(str, arguments)]
    with _one_at_a_time, tempfile.TemporaryFile() as said:
        # Its words go to a file, because a pipe that nobody reads while its input is written stops both when it is full.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
        late = threading.Timer(seconds, process.kill)
        late.start()
        try:
            _fed(process, feed)
            ended = process.wait()
        finally:
            late.cancel()
            process.kill()
            process.wait()
        if ended:
            raise Failed(f"ended with {ended}: {_last_words(said)}")


def _fed(process: "subprocess.Popen[bytes]", feed: Iterable[bytes]) -> None:
    assert process.stdin is not None
    # A broken pipe says that ffmpeg is gone; why, it says itself.
    with suppress(BrokenPipeError), process.stdin as pipe:
        for piece in feed:
            pipe.write(piece)


def _last_words(said: BinaryIO) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - LAST_WORDS))
    return said.read().decode(errors="replace").strip()
