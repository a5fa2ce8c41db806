"""One world for a module: limits that a person never reaches are off, and the local DOKU tells this gateway what happened."""

import pytest

from common.payments import circuit
from infra.local import httpd
from tests.security import world as worlds
from tests.support.unlimited import UNLIMITED


@pytest.fixture(scope="module")
def world(gateway, services):
    """Siti, Tono, Budi and those who work here; see tests/security/world.py."""
    circuit.reset()
    # The queue's stand-in signs a token for each bell, which these thousands of requests do not need.
    bell = httpd.Server(lambda _: httpd.json_response({}))
    httpd.start(bell)
    with pytest.MonkeyPatch.context() as patching:
        for name, value in {**UNLIMITED, "TASKS_URL": bell.url}.items():
            patching.setenv(name, value)
        yield worlds.made(gateway, services)
    bell.stop()
    circuit.reset()
