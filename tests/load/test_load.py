"""The load test, in seconds: everything that it states but memory, which takes minutes to say anything about."""

import select
import socket
import time
from http.client import HTTPConnection

import pytest

from common import settings
from infra.local import front, postgres, processes
from tests.load import checks, journal, stage, statements
from tests.load.__main__ import loaded
from tests.load.watching import Watcher


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    """A database of its own on the tests' server, filled; its URL."""
    url = database.database("load")
    with stage.looking(database.database()) as connection:
        connection.run("create database load")
    yield stage.prepared(url, comics=300, actors=60), url


def test_half_of_the_capacity_is_answered_three_times_it_is_refused_and_nothing_is_lost_or_doubled(world, tmp_path):
    made, url = world
    with stage.serving(made, url, tmp_path, {"gateway": postgres.free_port()}) as running:
        watcher = Watcher(running.connection, running.serving, every=0.25)
        capacity = running.ask(closed=16, seconds=1.0)
        told = loaded(running, max(40.0, capacity["answered_per_second"]), 2.5, 1.5, 2.5)
        watcher.stop()
        kept = journal.load(running.journal)
        found = checks.differences(running.connection, kept)
        audited, said = running.audit()
    claims = [
        *statements.about_answers(told, [*capacity["wrong"], *told["wrong"]]),
        *statements.about_servers(watcher, {"gateway": settings.THREADS()}),
        *statements.about_writes(found, kept["acknowledged"], audited, said),
    ]
    # Others use this machine too: a pause of theirs fills the line, also at half of the capacity, and says nothing of ours
    # about seconds; those are `python -m tests.load`'s.
    failed = [claim for claim in claims if claim.holds is False and "are refused" not in claim.claim]
    assert not failed, (failed, told["phases"])
    # A second says little about the capacity where others take what they need; that a full line refuses is tested below.
    assert told["phases"]["half"]["statuses"]["200"] > 0
    assert sum(kept["acknowledged"].values()) > 0


def test_the_journal_finds_what_is_lost_and_what_is_doubled(world):
    _, url = world
    known = {kind: {} for kind in ("likes", "bookmarks", "follows", "views", "drafts", "comments", "checkouts", "invoices")}
    with stage.looking(url) as connection:
        connection.run("begin")
        for table in ("comic_user", "bookmarks", "comic_views", "comments"):
            connection.run(f"delete from {table}")
        connection.run("insert into comments (comic_id, user_id, content) values (1, 1, 'sekali'), (1, 1, 'dua kali'), (1, 1, 'dua kali')")
        # More than the load can have written by chance.
        connection.run("update comics set total_comments = total_comments + 1000 where id = 1")
        said = checks.differences(
            connection,
            {
                **known,
                "likes": {(1, 2): [True], (1, 3): [False], (1, 4): [False, True]},
                "comments": {"sekali": [True], "dua kali": [True]},
            },
        )
        connection.run("rollback")
    assert "likes (1, 2): 0 rows, acknowledged was [True]" in said
    assert "comments dua kali: 2 rows, acknowledged was [True]" in said
    assert not any("(1, 3)" in each or "(1, 4)" in each or "sekali:" in each for each in said)
    assert any(each.startswith("comic 1 comments: moved by ") for each in said), "a counter that did not move with its rows"


SLOW = """
import pathlib, time
gate = pathlib.Path(__file__).parent / "open"
def app(environ, start):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    environ["wsgi.input"].read(length)
    while not gate.exists():
        time.sleep(0.005)
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""


@pytest.fixture
def slow(tmp_path):
    """A server behind the local front that answers, on one thread, once its gate (a file) is there; its port and the gate."""
    gate = tmp_path / "open"
    gate.touch()
    (tmp_path / "slow.py").write_text(SLOW)
    port = postgres.free_port()
    command = processes.gateway(port)
    command[command.index("--threads") + 1] = "1"
    command[-1] = "slow:app"
    server = processes.start(command, tmp_path / "log", PYTHONPATH=f"{tmp_path}:{processes.ROOT}")
    processes.wait(f"http://127.0.0.1:{port}/", tmp_path / "log")
    # Whoever was served stands in line until its connection is closed, which is after its answer.
    with socket.create_connection(("127.0.0.1", port)) as last:
        last.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while last.recv(4096):
            pass
    gate.unlink()
    yield port, gate
    gate.touch()
    processes.end(server)


def _line(port: int) -> list[HTTPConnection]:
    """So many who have asked and are not answered yet that the line is full: one more asked, and the one who was last was refused."""
    line = [HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(2 + front.WAITING)]
    for connection in line:
        connection.request("GET", "/")
    refused, _, _ = select.select([connection.sock for connection in line], [], [], 20)
    assert len(refused) == 1
    return [connection for connection in line if connection.sock not in refused]


def test_whoever_finds_the_line_full_is_told_so_at_once_and_the_connection_stays(slow):
    port, gate = slow
    line, late = _line(port), HTTPConnection("127.0.0.1", port, timeout=20)
    for language, said in (("id", "silakan coba lagi"), ("en", "please try again")):
        late.request("GET", "/", headers={"Accept-Language": language})
        answer = late.getresponse()
        assert (answer.status, answer.getheader("Retry-After")) == (503, str(front.RETRY_AFTER))
        assert '"error": "ServiceUnavailable"' in (told := answer.read().decode())
        assert said in told
    used = late.sock
    gate.touch()
    assert [connection.getresponse().read() for connection in line] == [b"ok"] * len(line)
    late.request("GET", "/")
    assert (late.getresponse().status, late.sock) == (200, used), "the same connection is served once there is room"


def test_a_refused_upload_gets_its_answer_and_not_a_reset(slow):
    port, gate = slow
    line = _line(port)
    assert _status(port, bytes(500_000)) == 503
    gate.touch()
    assert {connection.getresponse().status for connection in line} == {200}


def test_whoever_only_connects_takes_no_thread_from_those_who_ask(slow):
    port, gate = slow
    gate.touch()
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    began = time.monotonic()
    assert _status(port, b"") == 200
    # gunicorn gives each that is silent five seconds of a thread.
    assert time.monotonic() - began < 4
    for each in silent:
        each.close()


def _status(port: int, body: bytes) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/", body)
    return connection.getresponse().status
