"""One world for a module, in a database of its own: hostile requests of administrators change what is everybody's."""

import pytest

from tests.security import world as worlds
from tests.support import apart
from tests.support.unlimited import UNLIMITED


@pytest.fixture(scope="session")
def attacked_database(database, gateway):
    """The address of the database that is attacked."""
    return apart.made(database, "attacked")


@pytest.fixture(scope="module")
def world(attacked_database, gateway, services):
    """Siti, Tono, Budi and those who work here, without limits that a person never reaches; see tests/security/world.py."""
    with apart.inside(attacked_database, **UNLIMITED):
        yield worlds.made(gateway, services)
