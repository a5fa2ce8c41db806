"""Administrators and people, written straight into the database."""

import pytest

from tests.social import scene


@pytest.fixture
def signed_in(api):
    """As everywhere, `signed_in(name="Budi")` is a caller with a new, verified account."""
    return lambda **facts: scene.person(api, **facts)


@pytest.fixture
def admin(signed_in):
    """A caller who is an administrator."""
    caller = signed_in(name="Admin")
    scene.change("update users set role = 'admin' where id_users = :user", user=caller.user["id_users"])
    return caller


@pytest.fixture(autouse=True)
def no_other_banners(database):
    """Lists show all there are, so each test begins with none."""
    scene.change("delete from banners")
