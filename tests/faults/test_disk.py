"""Disks that are full and storage that refuses: a clear answer, nothing half done, and all goes on once there is room."""

import errno
import os
import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from common import connections, db
from common.clients import storage
from functions.video import making
from functions.video.stills import Frame
from infra import audit
from infra.local import httpd, postgres
from tests.exports import books
from tests.faults import services as uses
from tests.faults.table import LONG, RECOVERY, ROWS, Row
from tests.faults.test_restarts import restart
from tests.social import scene

MOUNTING = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount the small file system that is filled here")

KILO, MEGA = 1024, 1024 * 1024


@contextmanager
def disk(size: int) -> Iterator[Path]:
    """A file system of `size` bytes of its own, that PostgreSQL may write to."""
    folder = Path(tempfile.mkdtemp(prefix="mamastoria-disk-"))
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False)
        if mounted.returncode:
            pytest.skip(f"no small file system can be mounted here: {mounted.stderr.decode().strip()}")
        postgres._own(folder)
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], capture_output=True, check=False)
        folder.rmdir()


def fill(folder: Path) -> Path:
    """Take all the room that is left; the file to remove to give it back."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (MEGA, 4 * KILO):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as full:
                assert full.errno == errno.ENOSPC
    return filler


def text(seed: int) -> str:
    """Nine hundred characters that no compression makes small."""
    return f"{seed} " + "".join(random.Random(seed).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=900))


@contextmanager
def on(folder: Path, table: str) -> Iterator[None]:
    """The table in `folder` instead of where the others are."""
    _now(f"create tablespace small location '{folder}'")
    _now(f"alter table {table} set tablespace small")
    try:
        yield
    finally:
        _now(f"alter table {table} set tablespace pg_default")
        _now("drop tablespace small")


def _now(statement: str) -> None:
    connection = connections.connect()
    try:
        connection.execute_simple(statement)
    finally:
        connection.close()


@MOUNTING
def test_while_the_databases_disk_is_full_readers_read_and_writers_are_told_to_come_back(api: Any) -> None:
    writer, comic = scene.person(api), scene.comic(scene.person(api, "Penulis"))
    kept = []

    def write(number: int) -> str:
        answer = writer.post(f"/v1/comics/{comic}/comments", {"content": text(number)})
        kept.extend([answer.data["id"]] if answer.status == 201 else [])
        return uses.said(answer)

    with disk(2 * MEGA) as folder, on(folder, "comments"):
        assert write(0) == "201"
        filler = fill(folder)
        answers = [write(number) for number in range(1, 30)]
        assert set(answers) <= {"201", "503 Retry-After"} and answers[-1] == "503 Retry-After", answers
        assert writer.get(f"/v1/comics/{comic}/comments").data
        filler.unlink()
        began = time.monotonic()
        assert write(99) == "201"
        ROWS.append(Row("PostgreSQL", "disk of a table full", answers[-1], recovered=time.monotonic() - began))
        stored = [row.id for row in scene.rows("select id from comments where comic_id = :comic order by id", comic=comic)]
    assert stored == kept
    assert scene.rows("select total_comments as n from comics where id = :comic", comic=comic)[0].n == len(kept)


@pytest.mark.skipif(not LONG, reason="a database of its own is made for the long edition alone: python -m tests.faults")
@MOUNTING
def test_a_database_whose_log_finds_no_room_loses_nothing(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from infra import migrations
    from infra.seed import loading

    with disk(400 * MEGA) as folder:
        server = postgres.start(folder, durable=True, options=("max_wal_size=32MB", "min_wal_size=32MB"))
        monkeypatch.setenv("DATABASE_URL", server.database())
        migrations.upgrade()
        loading.load(pictures=False)
        writer, comic = scene.person(api), scene.comic(scene.person(api, "Penulis"))
        filler = fill(folder)
        kept, answers = [], set()
        for number in range(40_000):
            answer = writer.post(f"/v1/comics/{comic}/comments", {"content": text(number)})
            answers.add(uses.said(answer))
            kept += [answer.data["id"]] if answer.status == 201 else []
            if answer.status == 503 and len(answers) > 1:
                break
        assert answers == {"201", "503 Retry-After"}
        filler.unlink()
        began = time.monotonic()
        if server.process.poll() is not None:
            restart(server)
        while writer.post(f"/v1/comics/{comic}/likes").status != 200 and time.monotonic() < began + RECOVERY:
            time.sleep(0.1)
        recovered = time.monotonic() - began
        ROWS.append(Row("PostgreSQL", "disk full, log and all", f"{len(kept)} x 201, then 503 Retry-After", recovered=recovered))
        stored = {row.id for row in scene.rows("select id from comments where comic_id = :comic", comic=comic)}
        assert set(kept) <= stored and len(stored) - len(kept) <= 1
        assert recovered <= RECOVERY
        server.stop()


@pytest.fixture
def refusing(services: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Storage of which `refusing(status, after=n)` has every request but the first n refused, and `refusing(0)` none."""
    state = {"status": 0, "left": 0}
    url = os.environ["STORAGE_EMULATOR_HOST"]

    def handle(request: httpd.Request) -> httpd.Response:
        import requests

        if state["status"]:
            if state["left"] <= 0:
                return httpd.json_response({"error": {"code": state["status"], "message": "refused"}}, state["status"])
            state["left"] -= 1
        query = request.query
        answer = requests.request(request.method, url + request.path, params=query, data=request.body, headers=_sent(request), timeout=10)
        kept = {
            name: value for name, value in answer.headers.items() if name.lower() not in ("content-length", "connection", "date", "server")
        }
        return httpd.Response(answer.status_code, answer.content, kept)

    server = httpd.Server(handle)
    httpd.start(server)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
    if not LONG:
        monkeypatch.setattr(storage, "RETRY", 0.5)
    yield lambda status, after=0: state.update(status=status, left=after)
    server.stop()


def _sent(request: httpd.Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.lower() not in ("host", "content-length", "connection")}


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_storage_that_refuses_leaves_nothing_half_published_and_the_quota_as_it_was(status: int, api: Any, refusing: Any) -> None:
    person = scene.person(api)
    comic = books.comic(person, panels=2)
    uses.give(person, "publish_quota", 1)
    # Each of six files is looked at and copied, several at once: of the first seven requests one at least has copied something.
    refusing(status, after=7)
    began = time.monotonic()
    answer = person.post(f"/v1/comics/{comic}/publish", {})
    ROWS.append(Row("storage", f"{status} while publishing", uses.said(answer), time.monotonic() - began))
    assert uses.said(answer) == "503 Retry-After"
    settle()
    refusing(0)
    assert scene.rows("select is_public, published_at from comics where id = :comic", comic=comic) == [(False, None)]
    assert quota(person) == 1
    scene.change("update jobs set run_at = now() where kind = 'unpublish_files' and payload ->> 'comic' = :comic", comic=str(comic))
    api.work("unpublish_files")
    assert storage.names(f"comics/{comic}/", public=True) == []
    assert person.post(f"/v1/comics/{comic}/publish", {}).status == 200
    assert quota(person) == 0 and storage.names(f"comics/{comic}/", public=True)


def settle() -> None:
    """Wait until no thread copies any more: the first refusal is answered while others are on their way."""
    everybody = threading.Barrier(storage.PARALLEL)
    list(storage._threads("storage", storage.PARALLEL).map(lambda _: everybody.wait(30), range(storage.PARALLEL)))


def quota(person: Any) -> int:
    """What is left of a person's publish quota."""
    return int(scene.rows("select publish_quota as n from users where id_users = :user", user=person.user["id_users"])[0].n)


def video(api: Any, person: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """A video that is asked for; what is given has it tried once more and tells what became of it."""
    monkeypatch.setattr(making, "FRAME", Frame(90, 160, 8))
    comic = books.comic(person, panels=1)
    scene.change("update comic_panels set narration = null where comic_id = :comic", comic=comic)
    person.post(f"/v1/comics/{comic}/export/video", expect=202)
    job = uses.newest(comic)

    def outcome() -> str:
        scene.change("update jobs set run_at = now() where id = :job", job=job)
        return str(api.worker(f"/internal/jobs/{job}", "video").data["outcome"])

    return outcome


def kredit(person: Any) -> tuple[int, int]:
    """What a person has, and what is set aside of it."""
    have = scene.rows("select kredit, kredit_held from users where id_users = :user", user=person.user["id_users"])[0]
    return have.kredit, have.kredit_held


def test_a_storage_that_refuses_every_attempt_costs_no_kredit(api: Any, refusing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEO_KREDIT", "3")
    person = scene.person(api)
    uses.give(person, "kredit", 5)
    outcome = video(api, person, monkeypatch)
    assert kredit(person) == (2, 3)
    refusing(403)
    outcomes = [outcome() for _ in range(3)]
    refusing(0)
    ROWS.append(Row("storage", "403 at every attempt", ", ".join(outcomes)))
    assert outcomes == ["retry", "retry", "failed"]
    assert kredit(person) == (5, 0)
    with db.reading() as reading:
        assert audit.differences(reading, [person.user["id_users"]]) == []


@MOUNTING
def test_a_video_that_finds_no_room_is_made_when_there_is(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEO_KREDIT", "3")
    person = scene.person(api)
    uses.give(person, "kredit", 3)
    outcome = video(api, person, monkeypatch)
    with disk(MEGA) as folder:
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        filler = fill(folder)
        answer = outcome()
        ROWS.append(Row("video", "/tmp full", answer))
        assert answer == "retry" and kredit(person) == (0, 3)
        assert [each.name for each in folder.iterdir()] == ["filler"], "something was left behind"
        filler.unlink()
        assert outcome() == "done" and kredit(person) == (0, 0)
        monkeypatch.undo()
