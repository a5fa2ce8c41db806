"""A request that ends before its body does, as phones send them in a tunnel: with the server that serves, and sockets that close."""

import contextlib
import json
import socket
import struct
import time

import pytest

from infra.local import postgres, processes
from tests.support import stories

PHOTO = b'--grens\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG'


@pytest.fixture(scope="module")
def server(gateway, tmp_path_factory):
    """The server's port and its log."""
    port, log = postgres.free_port(), tmp_path_factory.mktemp("cut_off") / "log"
    running = processes.start(processes.gateway(port), log)
    processes.wait(f"http://127.0.0.1:{port}/v1/genres", log)
    yield port, log
    processes.end(running)


def asked(port, path, begun, *headers):
    """A connection on which the server has read the head and the beginning of a request's body, and nothing more will come."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", "Expect: 100-continue", *headers, "", ""])
    connection.sendall(head.encode())
    assert b"100 Continue" in connection.recv(4096), "the server waits for the body"
    connection.sendall(begun)
    return connection


def ended(connection):
    """The answer to a sender who says that nothing more comes, and listens."""
    connection.shutdown(socket.SHUT_WR)
    with contextlib.closing(connection), connection.makefile("rb") as answer:
        return answer.read()


def reset(connection):
    """The end of a sender who is gone at once, and hears nothing."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def logged(log, since):
    """What the server says of the one request that ended after `since` bytes of its log."""
    deadline = time.monotonic() + 20
    while not (lines := log.read_text()[since:].splitlines()) or '"message": "request"' not in lines[-1]:
        assert time.monotonic() < deadline, lines
        time.sleep(0.02)
    return [json.loads(line) if line.startswith("{") else line for line in lines]


JSON, FORM = "Content-Type: application/json", "Content-Type: multipart/form-data; boundary=grens"
WAYS = {
    "a body that never came": (JSON, "Content-Length: 100", b""),
    "half a body": (JSON, "Content-Length: 100", b'{"t'),
    "a body that is whole but for a few spaces": (JSON, "Content-Length: 100", b'{"title": "Kancil"}'),
    "half a piece": (JSON, "Transfer-Encoding: chunked", b'13\r\n{"title'),
    "a piece without its end": (JSON, "Transfer-Encoding: chunked", b'13\r\n{"title": "Kancil"}'),
    "a last piece without its end": (JSON, "Transfer-Encoding: chunked", b'13\r\n{"title": "Kancil"}\r\n0\r\n'),
    "what is no piece": (JSON, "Transfer-Encoding: chunked", b"zz\r\n"),
    "no last piece": (JSON, "Transfer-Encoding: chunked", b'13\r\n{"title": "Kancil"}\r\n'),
}


@pytest.mark.parametrize("end", [ended, reset])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_request_that_is_cut_off_does_nothing_and_is_no_error_of_ours(way, end, siti, server, api):
    (port, log), (*headers, begun) = server, way
    since = len(log.read_text())
    answer = end(asked(port, f"/v1/comics/{siti.comic}/publish", begun, f"Authorization: Bearer {siti.token}", *headers))
    (line,) = logged(log, since)
    assert (line["severity"], line["route"], line["status"]) == ("INFO", "comics.publish", 400)
    assert answer is None or b'"error": "CutOff"' in answer
    api.get(f"/v1/comics/show/{siti.comic}", expect=404)


@pytest.mark.parametrize("end", [ended, reset])
def test_a_photo_that_is_cut_off_is_not_taken_and_no_error_of_ours(end, siti, server):
    port, log = server
    since, headers = len(log.read_text()), (f"Authorization: Bearer {siti.token}", FORM, "Content-Length: 100000")
    end(asked(port, "/profile/update-photo", PHOTO, *headers))
    (line,) = logged(log, since)
    assert line["severity"] == "INFO" and line["status"] in (400, 422)


@pytest.fixture
def siti(signed_in):
    person = signed_in()
    person.comic = stories.drawn(person)
    return person
