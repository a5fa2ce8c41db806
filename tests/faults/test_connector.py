"""Cloud SQL's own connector before a server that says nothing: whoever waits is told so in time, and after it all is well again.

The connector is the real one, with an Admin API and a server of its TLS on 127.0.0.1; behind that is the tests' PostgreSQL.
"""

import asyncio
import datetime
import json
import ssl
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common import connections
from infra.local import httpd, postgres
from tests.faults.matrix import SOON
from tests.social.scene import at_once
from tests.support import faulty
from tests.support.faulty import Proxy

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])


class Authority:
    """Who signs the server's certificate, which is its own, and each client's."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self.sign(self._key.public_key())

    def sign(self, key: Any) -> str:
        now = datetime.datetime.now(datetime.UTC)
        made = x509.CertificateBuilder().subject_name(NAME).issuer_name(NAME).public_key(key).serial_number(x509.random_serial_number())
        made = made.not_valid_before(now - datetime.timedelta(minutes=5)).not_valid_after(now + datetime.timedelta(hours=1))
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        return made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def context(self, folder: Path) -> ssl.SSLContext:
        file = folder / "server.pem"
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_text(self._key.private_bytes(*form).decode() + self.certificate)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(file)
        return made


def admin(authority: Authority) -> httpd.Server:
    """The two calls of Cloud SQL's Admin API that the connector makes before it connects."""

    def answer(request: httpd.Request) -> httpd.Response:
        if request.path.endswith("connectSettings"):
            addresses = [{"type": "PRIMARY", "ipAddress": "127.0.0.1"}]
            told = {"region": "here", "ipAddresses": addresses, "databaseVersion": "POSTGRES_17"}
            return httpd.json_response({**told, "serverCaCert": {"cert": authority.certificate}})
        key = serialization.load_pem_public_key(json.loads(request.body)["public_key"].encode())
        return httpd.json_response({"ephemeralCert": {"cert": authority.sign(key)}})

    made = httpd.Server(answer)
    httpd.start(made)
    return made


async def relay(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What goes to the server's end of TLS goes on to PostgreSQL, and back."""
    there, back = await asyncio.open_connection("127.0.0.1", port)

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            target.write(data)
        target.close()

    await asyncio.gather(pump(reader, back), pump(there, writer), return_exceptions=True)


async def ended() -> None:
    """End all that the loop still does; a handshake that was silenced would go on for a minute."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def front(database: postgres.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The network between the connector and its server, with the settings of an instance on Cloud SQL."""
    from google.cloud.sql import connector
    from google.oauth2.credentials import Credentials

    authority, loop = Authority(), asyncio.new_event_loop()
    api = admin(authority)
    handle = partial(relay, int(database.url.rpartition(":")[2]))
    serving = loop.run_until_complete(asyncio.start_server(handle, "127.0.0.1", 0, ssl=authority.context(tmp_path)))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    proxy = Proxy(serving.sockets[0].getsockname()[1])
    for name, value in {"DATABASE_URL": "", "CLOUD_SQL_INSTANCE": "tests:here:one", "DB_NAME": "postgres", "DB_PASSWORD": "-"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(connector.connector, "SERVER_PROXY_PORT", proxy.port)
    made = partial(connector.Connector, credentials=Credentials(token="-"), sqladmin_api_endpoint=api.url)
    monkeypatch.setattr(connector, "Connector", made)
    monkeypatch.setattr(connections, "REACH", 0.5)
    connections._connector.cache_clear()
    yield proxy
    # First, so that a connector which still waits for the server is told that nobody comes.
    proxy.close()
    connections._connector().close()
    connections._connector.cache_clear()
    loop.call_soon_threadsafe(serving.close)
    asyncio.run_coroutine_threadsafe(ended(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    api.stop()


def asked() -> Any:
    """What a new connection answers, or why there is none."""
    try:
        made = connections.connect()
    except OSError as error:
        return error
    try:
        return made.execute_simple("select 1").rows[0][0]
    finally:
        made.close()


def waiting() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "within"}


def test_a_server_that_accepts_and_says_nothing_does_not_take_the_connector_with_it(front: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked() == 1
    before = waiting()
    monkeypatch.setattr(connections, "CONNECT_BY_CONNECTOR", 1.5)
    front.become(faulty.SILENCE)
    began = time.monotonic()
    answers = at_once([asked] * 16)
    assert time.monotonic() - began < 10 and all(isinstance(each, TimeoutError) for each in answers), answers
    # What is under way ends, in two seconds; to work for all the others, who have gone by now, would take eight.
    until = began + 1.5 + 5
    while waiting() - before and time.monotonic() < until:
        time.sleep(0.05)
    assert waiting() <= before
    front.mend()
    began = time.monotonic()
    monkeypatch.setattr(connections, "CONNECT_BY_CONNECTOR", 15)
    assert at_once([asked] * 4) == [1] * 4
    assert time.monotonic() - began < SOON
