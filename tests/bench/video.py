"""What the video of 18 panels costs beside encoding its frames once: `python -m tests.bench.video [--panels N]`.

The whole job, in a process of its own, with narration off (72 s of silent panels of 4 s, drawn by the local
artist, with music) from storage to storage. After each part that it encodes the same frames are encoded once
more, from a file of raw frames with the same settings: that is the reference, and its time is taken
off the job's. CPU is that of this process and ffmpeg; it is what a busy machine shows truly. Then one panel is changed and the job is done again. Memory is the highest sum of the resident
sets of this process and ffmpeg's, without what the folder of temporary files takes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.bench import ROOT
from tests.bench.alone import api_on_its_own

RATIO, AGAIN = 1.7, 0.2


def main() -> int:
    """Print times, ratios and memory; 0 when both targets are met."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--panels", type=int, default=18)
    given.add_argument("--comic", type=int, help="measure this comic, in the database and storage of the environment")
    asked = given.parse_args()
    if asked.comic:
        return _measure(asked.comic, asked.panels)
    with api_on_its_own():
        command = [sys.executable, "-m", "tests.bench.video", "--panels", str(asked.panels), "--comic", str(_comic(asked.panels))]
        return subprocess.run(command, cwd=ROOT, check=False).returncode


def _comic(panels: int) -> int:
    from common import db
    from common.clients import storage
    from infra.seed import music
    from tests.exports import books

    storage.put("catalog/music/1.wav", music.music(music.MUSIC[0]), music.CONTENT_TYPE, public=True)
    with db.transaction() as making:
        user = making.value(
            "insert into users (full_name, email, referral_code_id, is_verified) values ('Siti', 's@contoh.id', 'S', true) returning id_users"
        )
        track = making.value("insert into asset_music (name, file_url, duration) values ('A', '@/catalog/music/1.wav', 14) returning id")
    comic = books.comic(SimpleNamespace(user={"id_users": user}), panels=panels, music_id=track)
    with db.transaction() as painting:
        painting.run("update comic_panels set narration = null")
        for number, panel in enumerate(painting.all("select id from comic_panels where comic_id = :comic order by id", comic=comic)):
            books.paint(painting, comic, panel.id, _drawn(number, panels))
    return comic


def _drawn(number: int, total: int) -> bytes:
    from common.clients.artist import Brief, Look
    from common.clients.writer import Dialogue
    from common.drawing import local

    told = "Kancil berdiri di tepi sungai dan berbicara dengan buaya"
    said = (Dialogue("Kancil", "Hai, Buaya! Berbarislah dari tepi ini sampai ke seberang."),)
    style, who, where = Look("Cartoon", ""), (Look("Kancil", "kancil kecil yang cerdik"),), Look("Tepi Sungai", "tepi sungai yang tenang")
    return local.draw(Brief(told, f"Halaman {number + 1}.", said, style, who, where, "portrait", number + 1, total, seed=number))


def _measure(comic: int, panels: int) -> int:
    from common import db
    from functions.video import segments
    from tests.exports import books

    encode, once, aside = segments.encode, Clock(), Clock()

    def compared(shot: Any, frame: Any, still: Any, to: Path, beat: Any) -> None:
        encode(shot, frame, still, to, beat)
        with aside:
            _encode_once(once, shot, frame, still)

    segments.encode = compared
    memory = _Memory()
    first = _job(comic, aside)
    reference = once.spent
    with db.transaction() as changing:
        panel = changing.value(
            "select id from comic_panels where comic_id = :comic order by id offset :half limit 1", comic=comic, half=panels // 2
        )
        books.paint(changing, comic, panel, _drawn(99, panels))
    again = _job(comic, aside)
    print(f"{panels} panels, {panels * 4} s at 720 x 1280, {segments.ENCODER[3]}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"the frames encoded once   {reference[0]:6.1f} s            CPU {reference[1]:6.1f} s")
    for name, took, than, target in (("the whole job", first, reference, RATIO), ("again, one panel changed", again, first, AGAIN)):
        print(
            f"{name:24}  {took[0]:6.1f} s   {took[0] / than[0]:5.2f} x   CPU {took[1]:6.1f} s   {took[1] / than[1]:5.2f} x   (target {target} x)"
        )
    print(f"memory with ffmpeg        {memory.most / 1024:6.0f} MiB, of it {memory.before / 1024:.0f} MiB before the first job")
    return 0 if first[0] <= RATIO * reference[0] and again[0] <= AGAIN * first[0] else 1


class Clock:
    """A stopwatch: seconds of wall and of CPU (children's too) spent within it."""

    def __init__(self) -> None:
        self.spent = (0.0, 0.0)

    def __enter__(self) -> None:
        self.begun = _now()

    def __exit__(self, *_: object) -> None:
        wall, cpu = _now()
        self.spent = (self.spent[0] + wall - self.begun[0], self.spent[1] + cpu - self.begun[1])


def _now() -> tuple[float, float]:
    return time.perf_counter(), sum(os.times()[:4])


def _encode_once(once: Clock, shot: Any, frame: Any, still: Any) -> None:
    """Encode the shot's frames from a file, which is in the page cache."""
    from functions.video import ffmpeg, segments

    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        raw = Path(folder) / "raw"
        with raw.open("wb") as writing:
            writing.writelines(segments.frames(shot, frame, still))
        command = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{frame.width}x{frame.height}", "-r", str(frame.rate), "-i", str(raw)]
        with once:
            ffmpeg.run([*command, *segments.ENCODER, "-g", str(2 * frame.rate), "-f", "mp4", Path(folder) / "once.mp4"], seconds=300)


def _job(comic: int, aside: Clock) -> tuple[float, float]:
    """Seconds of the whole job, without what was spent aside."""
    from common import db, exports, work
    from functions.video.kinds import KINDS

    with redirect_stdout(StringIO()):
        with db.transaction() as asking:
            exports.start(asking, comic, "video")
        with db.reading() as reading:
            job = reading.value("select id from jobs where comic_id = :comic and kind = 'video' and status = 'queued'", comic=comic)
        before, whole = aside.spent, Clock()
        with whole:
            assert work.on(job, KINDS) == "done"
    return whole.spent[0] - aside.spent[0] + before[0], whole.spent[1] - aside.spent[1] + before[1]


class _Memory:
    """The highest sum of the resident sets of this process and its children, in KiB, looked at twenty times a second."""

    def __init__(self) -> None:
        self.before = self.most = self._now()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.most = max(self.most, self._now())
            time.sleep(0.05)

    def _now(self) -> int:
        own = os.getpid()
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return sum(self._resident(process) for process in (str(own), *children))

    def _resident(self, process: str) -> int:
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    sys.exit(main())
