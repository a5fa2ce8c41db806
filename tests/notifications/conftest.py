"""People who sign in without the time that registering takes."""

import pytest

from tests.social import scene


@pytest.fixture
def signed_in(api):
    """As everywhere, `signed_in(name="Budi")` is a caller with a new, verified account."""
    return lambda **facts: scene.person(api, **facts)
