"""Two who ask for a code at the same moment are one after the other."""

import pytest

from common import codes, db
from common.problems import TooManyRequests
from tests.support import people, waiting


def request(address):
    with db.transaction() as asking:
        codes.request(asking, "reset", address, None)


def test_of_two_codes_asked_for_at_the_same_moment_one_is_sent(database):
    address = people.address()
    with db.transaction() as asking:
        codes.request(asking, "reset", address, None)
        second = waiting.beside(lambda: request(address))
        assert second.waits
    with pytest.raises(TooManyRequests):
        second.end()
    with db.reading() as reading:
        assert reading.value("select count(*) from otp_requests where destination = :address", address=address) == 1
