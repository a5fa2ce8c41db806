"""Every outside service fails in every way: nobody waits longer than its client says, and all is well soon after."""

from collections.abc import Iterator
from typing import Any

import pytest

from common import db
from common.clients import push
from infra import audit
from infra.local import httpd, vertex
from tests.faults import matrix
from tests.faults.services import SERVICES, Service
from tests.faults.table import LONG
from tests.support import faulty
from tests.support.faulty import Fault, Proxy

# An answer of HTTP is cut within its first line, within its headers, and within its body.
CUTS = (faulty.truncation(12), faulty.truncation(100), faulty.truncation(260))
LONGER: tuple[Fault, ...] = (faulty.SILENCE, faulty.RESET, faulty.REFUSAL, faulty.latency(0.3, 0.3), *CUTS[:2]) if LONG else ()
FAULTS = (faulty.TRICKLE, CUTS[2], *LONGER)

# Cloud Tasks' calls carry tokens whose keys are Google's, and every job that is tried again rings: these two have their own turn.
NEEDED_BY_OTHERS = ("GOOGLE_CERTS_URL", "TASKS_URL")


@pytest.fixture
def proxies(services: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Proxy]]:
    """A proxy in front of each service; writer, artist and embedder are Vertex AI's."""
    server = vertex.serve(vertex.Model(), 0)
    httpd.start(server)
    for setting, value in {"VERTEX_URL": server.url, "WRITER": "vertex", "ARTIST": "vertex", "EMBEDDER": "vertex"}.items():
        monkeypatch.setenv(setting, value)
    matrix.shorten(monkeypatch)
    push._service.cache_clear()
    with matrix.between(monkeypatch, {setting for service in SERVICES for setting in service.settings}) as made:
        yield made
    push._service.cache_clear()
    server.stop()


def apart(needed: bool) -> list[Service]:
    """The services that others need, or the others."""
    return [service for service in SERVICES if needed == (service.settings[0] in NEEDED_BY_OTHERS)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_no_request_and_no_job_waits_longer_than_its_client_says_and_all_is_well_soon_after(
    fault: Fault, api: Any, proxies: dict[str, Proxy]
) -> None:
    for needed in (False, True):
        matrix.check(api, proxies, apart(needed), fault)
    with db.reading() as reading:
        assert audit.differences(reading) == []
