"""The local DOKU tells the gateway of these tests what happened, and a circuit opened by one test is no other's."""

import pytest

from common.payments import circuit
from tests.support import shop


@pytest.fixture(autouse=True)
def doku(api, services):
    circuit.reset()
    services.doku.deliver = lambda headers, body: shop.deliver(api, headers, body)
    yield services.doku
    circuit.reset()
