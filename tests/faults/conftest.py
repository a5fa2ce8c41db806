"""What fails here fails in a database of its own: the books of all are looked at, and other tests keep theirs by hand."""

import pytest

from tests.support import apart


@pytest.fixture(scope="session")
def failing_database(database, gateway):
    """Its address."""
    return apart.made(database, "faults")


@pytest.fixture(autouse=True)
def everything_apart(failing_database, services):
    """Each of these tests lives there; bells ring as ever, for they are among what fails."""
    with apart.inside(failing_database, TASKS_URL=services.settings["TASKS_URL"]):
        yield
