"""A real PostgreSQL, the local stack's stand-ins, and clients that hold every reply to the published document."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local import httpd, postgres, stack

# Every test is searched for secrets and people's addresses in what it logs and refuses.
from tests.security.canaries import leaks, nothing_leaks  # noqa: F401
from tests.support import people
from tests.support.client import Client

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def services() -> Iterator[stack.Stack]:
    """The stand-ins of the outside services; every bell is answered and does nothing, tests call the worker themselves."""
    folder = Path(tempfile.mkdtemp(prefix="mamastoria-stack-"))
    void = httpd.Server(lambda _: httpd.json_response({}))
    httpd.start(void)
    running = stack.start(folder, void.url, void.url)
    # One panel a page, because drawing is what takes time; the story test draws three pages.
    os.environ.update(running.settings, APP_ENV="test", PUBLIC_URL="http://gateway.test", PANELS_PER_PAGE="1")
    yield running
    running.stop()
    void.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hashing costs what it must in production; hundreds of people sign up here, and tests/bench/login.py measures the real thing."""
    from argon2 import PasswordHasher

    from common import passwords

    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._hasher = lambda: cheap


@pytest.fixture(scope="session")
def database(services: stack.Stack) -> Iterator[postgres.Server]:
    """A migrated database with the catalogue; tests bring their own people and comics, so nothing is cleaned up."""
    server, folder = postgres.temporary()
    os.environ["DATABASE_URL"] = server.database()
    from infra import migrations
    from infra.seed import loading

    migrations.upgrade()
    loading.load(pictures=False)
    yield server
    from common import db

    db.engine().dispose()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def gateway(database: postgres.Server) -> Iterator[Any]:
    """The gateway with every public function behind it, and the document that system serves."""
    from infra.local.gateway import Gateway
    from infra.openapi import document

    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(document(), file)
    os.environ["OPENAPI_FILE"] = file.name
    yield Gateway()
    Path(file.name).unlink()


@pytest.fixture
def api(gateway: Any, services: stack.Stack) -> Client:
    """An anonymous caller."""
    from common import db

    with db.reading() as reading:
        since = reading.value("select coalesce(max(id), 0) from jobs")
    return Client(gateway, services, since=since)


@pytest.fixture
def signed_in(api: Client) -> Any:
    """`signed_in()` is a caller with a new, verified account; `signed_in(name="Budi")` has that name."""
    return lambda **facts: people.signed_in(api, **facts)


@pytest.fixture
def mailbox(services: stack.Stack) -> Any:
    """What was mailed: `mailbox(address)` is the newest mail to an address, `mailbox.code(address)` the code in it."""

    def newest(address: str) -> dict[str, str]:
        return next(dict(entry) for entry in services.outbox.entries() if entry["to"] == address)

    def code(address: str) -> str:
        return re.search(r"\b\d{6}\b", newest(address)["subject"])[0]

    def count(address: str) -> int:
        return sum(entry["to"] == address for entry in services.outbox.entries())

    return SimpleNamespace(newest=newest, code=code, count=count)
