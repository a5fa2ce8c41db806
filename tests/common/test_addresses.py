"""Where a request comes from is what our own proxies saw, whatever its sender writes."""

import pytest
from werkzeug.test import EnvironBuilder

from common import addresses
from common.intake import Request


def asked(forwarded=None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return Request(EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"}).get_environ())


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 192.0.2.1,203.0.113.9 ", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, None, "10.0.0.1"),
    ],
)
def test_an_address_that_the_sender_made_up_is_not_believed(monkeypatch, proxies, forwarded, address):
    monkeypatch.setenv("TRUSTED_PROXIES", str(proxies))
    assert addresses.client(asked(forwarded)) == address
