"""URLs are signed by IAM as the account that the metadata server names; when either fails, whoever wants a URL is told so soon."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from common.clients import storage
from common.clients.errors import Unavailable
from infra.local import httpd
from tests.faults.matrix import OWN_WORK, SOON
from tests.faults.table import LONG, ROWS, Row
from tests.social import scene
from tests.support import faulty
from tests.support.faulty import Fault, Proxy

ACCOUNT = "drafts@mamastoria-local.iam.gserviceaccount.com"
FAULTS = (faulty.TRICKLE, faulty.RESET, *((faulty.SILENCE, faulty.REFUSAL) if LONG else ()))

_names = iter(range(10**9))


def google(request: httpd.Request) -> httpd.Response:
    """The metadata server and IAM, as far as signing goes."""
    if request.path.endswith("/token"):
        return httpd.json_response({"access_token": "token-of-the-account", "expires_in": 3600, "token_type": "Bearer"})
    if request.path.endswith(":signBlob"):
        return httpd.json_response({"keyId": "1", "signedBlob": base64.b64encode(json.loads(request.body)["payload"].encode()).decode()})
    if request.path.endswith("/universe-domain"):
        return httpd.Response(200, b"googleapis.com", {"Content-Type": "application/text", "Metadata-Flavor": "Google"})
    found = httpd.json_response({"email": ACCOUNT, "scopes": ["https://www.googleapis.com/auth/cloud-platform"], "aliases": ["default"]})
    found.headers["Metadata-Flavor"] = "Google"
    return found


@pytest.fixture
def lines(services: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Proxy]]:
    """The networks to the metadata server and to IAM; the account is what a function of the cloud runs as."""
    from google.auth import compute_engine
    from google.auth.compute_engine import _metadata

    server = httpd.Server(google)
    httpd.start(server)
    proxies = {name: Proxy(server.server_port) for name in ("metadata", "IAM")}
    monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", f"127.0.0.1:{proxies['metadata'].port}")
    monkeypatch.setattr("google.auth.iam._IAM_SIGN_ENDPOINT", proxies["IAM"].url + "/v1/projects/-/serviceAccounts/{}:signBlob")
    monkeypatch.setattr("google.auth.default", lambda **_: (compute_engine.Credentials(), "mamastoria-local"))  # type: ignore[no-untyped-call]
    monkeypatch.setenv("STORAGE_SIGNING_KEY_FILE", "")
    if not LONG:
        monkeypatch.setattr(storage, "CONNECT", 0.5)
    storage._signer.cache_clear()
    yield proxies
    storage._signer.cache_clear()
    for proxy in proxies.values():
        proxy.close()
    server.stop()


def bound() -> float:
    """Seconds of a signature: the login and the signature each ask twice, and each time connect and wait."""
    return 2 * 2 * 2 * storage.CONNECT


def sign() -> tuple[str, float]:
    """Have a URL signed that nobody had; what came of it, and after how many seconds."""
    began = time.monotonic()
    try:
        storage.signed_url(f"test/{next(_names)}")
        answer = "signed"
    except Unavailable:
        answer = "unavailable"
    return answer, time.monotonic() - began


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("which", ["metadata", "IAM"])
def test_whoever_wants_a_url_is_told_soon_that_it_cannot_be_signed(which: str, fault: Fault, lines: dict[str, Proxy]) -> None:
    if which == "IAM":
        assert sign()[0] == "signed"
    lines[which].become(fault)
    answers = scene.at_once([sign] * 8)
    lines[which].mend()
    began = time.monotonic()
    while sign()[0] != "signed" and time.monotonic() < began + SOON:
        pass
    recovered = time.monotonic() - began
    longest = max(seconds for _, seconds in answers)
    ROWS.append(Row(f"signing: {which}", fault.name, "unavailable", longest, bound(), recovered))
    assert {answer for answer, _ in answers} == {"unavailable"}
    assert longest <= bound() + OWN_WORK
    assert recovered <= SOON
