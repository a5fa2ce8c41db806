"""A database of the fuzz' own, in which an administrator may do what he likes, and the sum of what was run at the end."""

import os

import pytest

from common.payments import circuit
from infra.local import httpd
from infra.routes import APIS
from tests.fuzz import counting
from tests.support.unlimited import UNLIMITED


@pytest.fixture(scope="session")
def fuzzed_database(database, gateway):
    """The address of an empty, migrated database with the catalogue, beside the one of all other tests."""
    from common import db
    from infra import migrations
    from infra.seed import loading

    connection = db.connections.connect()
    connection.autocommit = True
    connection.cursor().execute("create database fuzz")
    connection.close()
    address = database.database("fuzz")
    with pytest.MonkeyPatch.context() as patching:
        patching.setenv("DATABASE_URL", address)
        migrations.upgrade()
        loading.load(pictures=False)
    return address


@pytest.fixture(scope="module")
def apart(fuzzed_database, services):
    """Everything in this module happens in the fuzz' own database, without limits, and with nobody who answers bells."""
    bell = httpd.Server(lambda _: httpd.json_response({}))
    httpd.start(bell)
    with pytest.MonkeyPatch.context() as patching:
        for name, value in {**UNLIMITED, "DATABASE_URL": fuzzed_database, "TASKS_URL": bell.url}.items():
            patching.setenv(name, value)
        _forget()
        yield
    bell.stop()
    _forget()


def _forget() -> None:
    """What instances remember of one database they may not say of the other."""
    circuit.reset()
    for api in APIS:
        api._fresh.clear()


def pytest_sessionfinish(session):
    """Whoever claims so many cases can show them."""
    if not os.environ.get("PYTEST_XDIST_WORKER") and session.config.getoption("numprocesses", None):
        return
    counting.say(session.config)
