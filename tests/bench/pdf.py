"""What a PDF of 18 panels costs beside copying its pictures' bytes: `python -m tests.bench.pdf`.

In turns, in a process of its own that talks to a database and a storage in another: the whole job (18
pictures of 1024 × 1536 from storage, cover, watermark, progress, one file to storage), and the same
18 pictures read and stored as one file by the same client. CPU of that process alone; memory is its
highest resident set beyond what it had with the worker's routes loaded.
"""

import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from types import SimpleNamespace

from tests.bench import ROOT
from tests.bench.alone import api_on_its_own

ROUNDS, PANELS = 15, 18
RATIO, MEMORY = 5.0, 64.0


def main() -> int:
    """Print CPU, ratio and memory; 0 when both targets are met."""
    if len(sys.argv) > 1:
        return _measure(int(sys.argv[1]))
    with api_on_its_own() as api:
        api.services.settings.update(DATABASE_URL=os.environ["DATABASE_URL"])
        return subprocess.run([sys.executable, "-m", "tests.bench.pdf", str(_comic())], cwd=ROOT, check=False).returncode


def _comic() -> int:
    """A comic whose pictures are as detailed as drawn ones are: about 200 kB each."""
    from common import db
    from tests.exports import books

    with db.transaction() as making:
        user = making.value(
            "insert into users (full_name, email, referral_code_id, is_verified) values ('Siti', 's@contoh.id', 'S', true) returning id_users"
        )
    comic = books.comic(SimpleNamespace(user={"id_users": user}), panels=PANELS)
    with db.transaction() as painting:
        for panel in painting.all("select id from comic_panels where comic_id = :comic", comic=comic):
            books.paint(painting, comic, panel.id, _picture(panel.id))
    return comic


def _picture(seed: int) -> bytes:
    from PIL import Image

    noise = Image.effect_noise((256, 384), 60 + seed).convert("RGB").resize((1024, 1536), Image.Resampling.BICUBIC)
    saved = io.BytesIO()
    noise.save(saved, "JPEG", quality=85)
    return saved.getvalue()


def _measure(comic: int) -> int:
    from common import db, exports, jobs, media
    from common.clients import storage
    from functions.worker import documents
    from functions.worker.main import api

    assert api.routes
    with db.reading() as reading:
        pictures = [next(media.names((panel.image or {})["url"])) for panel in exports.content(reading, comic).panels]
    base = _memory("VmRSS")

    def copied() -> int:
        return storage.put_pieces(f"comics/{comic}/copy", (storage.get(name) for name in pictures), "application/octet-stream")

    def asked() -> jobs.Job:
        with db.transaction() as starting:
            starting.run("delete from exports")
            starting.run("delete from jobs")
            starting.run("delete from rate_limits")
            exports.start(starting, comic, "pdf")
        with db.transaction() as claiming:
            job = jobs.claim(claiming, claiming.value("select id from jobs where kind = 'pdf'"))
        assert job is not None
        return job

    measured: dict[str, list[float]] = {"the same bytes copied": [], "the whole PDF": []}
    with redirect_stdout(io.StringIO()):
        first = _cpu(partial(documents.make_pdf, asked()))
        grown = _memory("VmHWM") - base
        for _ in range(ROUNDS):
            measured["the same bytes copied"].append(_cpu(copied))
            measured["the whole PDF"].append(_cpu(partial(documents.make_pdf, asked())))
    floor, ours = (statistics.median(times) for times in measured.values())
    with db.reading() as reading:
        size = reading.value("select bytes from exports")
    print(
        f"{PANELS} panels, {size / 1e6:.1f} MB. CPU: copied {floor:.0f} ms, PDF {ours:.0f} ms, {ours / floor:.2f} x (at most {RATIO:.0f} x); "
    )
    print(
        f"the first in a new process, with all imports: {first:.0f} ms. Memory: {grown:.0f} MiB above the function (at most {MEMORY:.0f})"
    )
    return 0 if ours / floor <= RATIO and grown <= MEMORY else 1


def _cpu(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000


def _memory(field: str) -> float:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(field))


if __name__ == "__main__":
    sys.exit(main())
