"""A database of a folder's own beside the one that most tests share, for tests that change what is everybody's or look at all the books."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from common.payments import circuit
from infra.local import httpd, postgres


def made(server: postgres.Server, name: str) -> str:
    """The address of a new, migrated database with the catalogue."""
    from common import db
    from infra import migrations
    from infra.seed import loading

    connection = db.connections.connect()
    connection.autocommit = True
    connection.cursor().execute(f"create database {name}")
    connection.close()
    address = server.database(name)
    with pytest.MonkeyPatch.context() as patching:
        patching.setenv("DATABASE_URL", address)
        migrations.upgrade()
        loading.load(pictures=False)
    return address


@contextmanager
def inside(address: str, **settings: str) -> Iterator[None]:
    """Everything happens in that database and by these settings, and unless they say otherwise nobody answers bells."""
    # The queue's stand-in signs a token for each bell, which thousands of requests do not need.
    bell = httpd.Server(lambda _: httpd.json_response({}))
    httpd.start(bell)
    with pytest.MonkeyPatch.context() as patching:
        for name, value in {"TASKS_URL": bell.url, **settings, "DATABASE_URL": address}.items():
            patching.setenv(name, value)
        _forget()
        yield
    bell.stop()
    _forget()


def _forget() -> None:
    """What instances remember of one database they may not say of the other."""
    from infra.routes import APIS

    circuit.reset()
    for api in APIS:
        api._fresh.clear()
