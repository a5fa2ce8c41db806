"""A fault in front of several services at once: what each answers, how soon, and how soon all is well again."""

import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from common import oidc
from tests.faults.services import Act, Service
from tests.faults.table import LONG, RECOVERY, ROWS, Row
from tests.social import scene
from tests.support.faulty import Fault, Proxy

# Seconds that the machine itself may take for what a fault does not slow: eight things at once on two shared cores.
OWN_WORK = 15.0

# Seconds until all has to be well again; beside other tests the machine's own part is not known.
SOON = RECOVERY if LONG else RECOVERY + OWN_WORK


class Outcome(NamedTuple):
    """What an act answered, and after how many seconds."""

    answer: str
    seconds: float


@contextmanager
def between(monkeypatch: pytest.MonkeyPatch, settings: Iterable[str]) -> Iterator[dict[str, Proxy]]:
    """A proxy in front of every address among `settings`, by its name; two that share a port share a proxy."""
    by_port: dict[int, Proxy] = {}
    proxies: dict[str, Proxy] = {}
    for setting in settings:
        found = re.search(r"(?:127\.0\.0\.1:|^)(\d+)(?=/|$)", os.environ[setting])
        if found is None:
            continue  # SMTP_HOST: its port is a setting of its own.
        port = int(found[1])
        proxy = proxies[setting] = by_port.get(port) or by_port.setdefault(port, Proxy(port))
        monkeypatch.setenv(setting, os.environ[setting].replace(str(port), str(proxy.port)))
    try:
        yield proxies
    finally:
        for proxy in by_port.values():
            proxy.close()


def check(api: Any, proxies: dict[str, Proxy], services: Iterable[Service], fault: Fault) -> None:
    """Hold all of `services` to their statement under `fault`, which all of their proxies have at once."""
    chosen = list(services)
    acts = {service: service.prepare(api) for service in chosen}
    oidc._certificates.cache_clear()
    faulty = {proxies[setting] for service in chosen for setting in service.settings if setting in proxies}
    for proxy in faulty:
        proxy.become(fault)
    outcomes = at_once(api, acts, max(service.bound() for service in chosen) + OWN_WORK)
    for proxy in faulty:
        proxy.mend()
    recovered = {service: _recovery(api, service, acts[service]) for service in chosen}
    ROWS.extend(
        Row(service.name, fault.name, outcomes[service].answer, outcomes[service].seconds, service.bound(), recovered[service])
        for service in chosen
    )
    for service in chosen:
        _judge(service, fault, outcomes[service], recovered[service])


def at_once(api: Any, acts: dict[Service, Act], seconds: float) -> dict[Service, Outcome]:
    """All acts together; one that has not ended within `seconds` is said to hang."""
    outcomes: dict[Service, Outcome] = {}
    began = time.monotonic()

    def run(service: Service, act: Act) -> None:
        try:
            answer = act(api)
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"[:300]
        outcomes[service] = Outcome(answer, time.monotonic() - began)

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, began + seconds + 3 - time.monotonic()))
    return {service: outcomes.get(service, Outcome("hangs", time.monotonic() - began)) for service in acts}


def _recovery(api: Any, service: Service, act: Act) -> float:
    """Seconds until the service's use is good again; a job that had failed is done by its next attempt."""
    began = time.monotonic()
    if service.good == "done":
        scene.change("update jobs set run_at = now() where status = 'queued'")
        again: Act = act
    else:
        again = service.prepare(api)
    began = time.monotonic()
    while (answer := again(api)) not in (service.good, "nothing to do"):
        if time.monotonic() - began > SOON:
            return time.monotonic() - began
        assert answer in service.bad, f"{service.name} answers {answer} after the fault"
        again = act if service.good == "done" else service.prepare(api)
        scene.change("update jobs set run_at = now() where status = 'queued'")
    return time.monotonic() - began


def _judge(service: Service, fault: Fault, outcome: Outcome, recovered: float) -> None:
    said = f"{service.name}, {fault.name}: {outcome.answer} after {outcome.seconds:.1f} s, well again after {recovered:.1f} s"
    assert outcome.answer in (service.good, *service.bad), said
    assert outcome.seconds <= service.bound() + OWN_WORK, said
    assert recovered <= SOON, said


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the long edition every client waits for a second or two: by its setting where it has one, else by its constant."""
    if LONG:
        return
    from common.clients import google_login, mail, push, storage, tasks, voice
    from common.payments import web

    for setting in ("VERTEX_SECONDS", "SPEECH_SECONDS"):
        monkeypatch.setenv(setting, "3")
    for module, constants in {
        storage: {"CONNECT": 0.5, "READ": 1.0, "RETRY": 1.5},
        google_login: {"CONNECT": 0.5, "READ": 1.0},
        web: {"CONNECT": 0.5, "READ": 1.0, "WHOLE": 2.0},
        mail: {"DEADLINE": 2.0},
        push: {"TIMEOUT": 1},
        oidc: {"FETCH": 1},
        tasks: {"DEADLINE": 2.0},
        voice: {"SECONDS": 3.0},
    }.items():
        for name, value in constants.items():
            monkeypatch.setattr(module, name, value)
