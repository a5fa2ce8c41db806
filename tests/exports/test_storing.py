"""Files of any size stored piece by piece, by the real client against the local storage."""

import secrets

import pytest

from common.clients import storage

MEGABYTE = 1024 * 1024


def test_a_file_stored_in_pieces_is_whole(services):
    name, pieces = f"test/{secrets.token_hex(6)}", [bytes([number]) * (MEGABYTE + 7) for number in range(6)]
    assert storage.put_pieces(name, iter(pieces), "application/pdf") == 6 * (MEGABYTE + 7)
    assert storage.get(name) == b"".join(pieces)


def test_a_file_whose_pieces_end_in_an_error_is_not_stored(services):
    name = f"test/{secrets.token_hex(6)}"

    def pieces():
        for _ in range(6):
            yield bytes(MEGABYTE)
        raise RuntimeError("the worker lost its lease")

    with pytest.raises(RuntimeError, match="lease"):
        storage.put_pieces(name, pieces(), "application/pdf")
    with pytest.raises(storage.NotStored):
        storage.get(name)
