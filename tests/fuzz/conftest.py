"""A database of the fuzz' own, in which an administrator may do what he likes, and the sum of what was run at the end."""

import functools
import os

import pytest
from hypothesis.internal import charmap

from tests.fuzz import counting
from tests.support import apart
from tests.support.unlimited import UNLIMITED

# Schemathesis makes the strategy of a text anew for every case, and Hypothesis reads the codec's table from a file for
# each: a third of the time of drawing.
charmap.intervals_from_codec = functools.cache(charmap.intervals_from_codec)


@pytest.fixture(scope="session")
def fuzzed_database(database, gateway):
    """The address of the fuzz' own database."""
    return apart.made(database, "fuzz")


@pytest.fixture(scope="module", name="apart")
def everything_apart(fuzzed_database, services):
    """Everything in this module happens in the fuzz' own database and without limits."""
    with apart.inside(fuzzed_database, **UNLIMITED):
        yield


def pytest_sessionfinish(session):
    """Whoever claims so many cases can show them."""
    if not os.environ.get("PYTEST_XDIST_WORKER") and session.config.getoption("numprocesses", None):
        return
    counting.say(session.config)
