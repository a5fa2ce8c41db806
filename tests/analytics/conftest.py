"""A creator with comics, and a clock that stands where a test wants it."""

from datetime import datetime

import pytest

from common import clock
from tests.social import scene


@pytest.fixture
def signed_in(api):
    """As everywhere, `signed_in(name="Budi")` is a caller with a new, verified account."""
    return lambda **facts: scene.person(api, **facts)


@pytest.fixture
def admin(signed_in):
    """An administrator."""
    caller = signed_in(name="Ibu Admin")
    scene.change("update users set role = 'admin' where id_users = :user", user=caller.user["id_users"])
    return caller


@pytest.fixture
def it_is(monkeypatch):
    """`it_is("2026-03-01T00:30")` sets the clock to that moment in Jakarta."""

    def set_to(text):
        moment = datetime.fromisoformat(text).replace(tzinfo=clock.WIB)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to
