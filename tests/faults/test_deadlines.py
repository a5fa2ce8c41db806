"""The deadline of an answer: what moves is waited for, what drips or ends too early is not taken for an answer."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

import pytest
import requests

from common import deadlines
from infra.local import httpd
from tests.support import faulty
from tests.support.faulty import Proxy

BODY = bytes(range(256)) * 1200


@pytest.fixture
def line() -> Iterator[Proxy]:
    server = httpd.Server(lambda _: httpd.Response(200, BODY, {"X-Checksum": "there"}))
    httpd.start(server)
    proxy = Proxy(server.server_port)
    yield proxy
    proxy.close()
    server.stop()


def fetched(line: Proxy, timeout: float) -> Any:
    with deadlines.bounded(requests.Session()) as session:
        return session.get(line.url, timeout=timeout)


def test_an_answer_that_drips_ends_with_the_time_out_of_the_request(line: Proxy) -> None:
    line.become(faulty.TRICKLE)
    began = time.monotonic()
    # With requests' own time-out this takes three days and a half.
    with pytest.raises(requests.RequestException):
        fetched(line, 1.2)
    assert time.monotonic() - began < 6


def test_a_large_answer_that_keeps_moving_may_take_longer_than_the_time_out() -> None:
    piece, count = bytes(40_000), 5

    def answer(connection: Any) -> None:
        connection.recv(65_536)
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(piece) * count}\r\n\r\n".encode())
        for _ in range(count):
            time.sleep(0.8)
            connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=lambda: answer(listening.accept()[0]), daemon=True).start()
        with deadlines.bounded(requests.Session()) as session:
            got = session.get(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=3.0)
    assert len(got.content) == len(piece) * count and got.elapsed.total_seconds() < 3


@pytest.mark.parametrize("after", [5, 40, 90, 130, 5000])
def test_an_answer_that_ends_too_early_is_none_wherever_it_ends(after: int, line: Proxy) -> None:
    line.become(faulty.truncation(after))
    with pytest.raises(requests.RequestException):
        fetched(line, 5)
    line.mend()
    assert fetched(line, 5).content == BODY


def test_what_raises_within_a_deadline_raises_here_and_what_is_late_is_a_time_out() -> None:
    assert deadlines.within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        deadlines.within(5, lambda: 1 // 0)
    with pytest.raises(TimeoutError):
        deadlines.within(0.05, lambda: time.sleep(1))


def test_what_is_late_is_handed_over_to_be_discarded_and_what_is_in_time_is_not() -> None:
    discarded: SimpleQueue[int] = SimpleQueue()
    assert deadlines.within(5, lambda: 7, discarded.put) == 7
    with pytest.raises(TimeoutError):
        deadlines.within(0.05, lambda: time.sleep(0.2) or 8, discarded.put)
    assert discarded.get(timeout=5) == 8 and discarded.empty()


def test_each_outcome_is_either_returned_or_discarded_however_close_it_is() -> None:
    discarded: SimpleQueue[int] = SimpleQueue()
    returned, tries = 0, 200
    for number in range(tries):
        with suppress(TimeoutError):
            deadlines.within(0.002, lambda number=number: time.sleep(0.002) or number, discarded.put)
            returned += 1
    assert {discarded.get(timeout=5) for _ in range(tries - returned)} <= set(range(tries))
    time.sleep(0.05)
    assert discarded.empty()
