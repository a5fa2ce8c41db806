"""Everything that a load test needs, started: database, stand-ins, the serving processes, and the sender."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pg8000.native import Connection

from infra.local import __main__ as local
from infra.local import google, httpd, postgres, processes, stack
from tests.load import ROOT, checks, world


@dataclass
class Stage:
    """What runs: the sender's pipes, a connection to look on with, sessions of the serving processes by name, and how to audit."""

    sender: "subprocess.Popen[str]"
    connection: Connection
    serving: dict[str, int]
    database: str
    folder: Path

    def ask(self, **phase: Any) -> dict[str, Any]:
        """Have the sender do a phase; what it tells."""
        assert self.sender.stdin and self.sender.stdout
        print(json.dumps(phase), file=self.sender.stdin, flush=True)
        line = self.sender.stdout.readline()
        if not line:
            raise RuntimeError("the sender ended; its error is above")
        told: dict[str, Any] = json.loads(line)
        return told

    @property
    def journal(self) -> Path:
        """What the sender knows of its writes."""
        return self.folder / "journal.json"

    def audit(self) -> tuple[bool, str]:
        """Whether the books balance, and what `python -m infra.audit` said."""
        done = subprocess.run(
            [sys.executable, "-m", "infra.audit"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.database},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode == 0, done.stdout + done.stderr


@contextmanager
def whole(*, comics: int, actors: int, plain: bool, seed: int) -> Iterator[Stage]:
    """All that `infra/local.sh` runs, over a database of its own that writes to disk."""
    with ExitStack() as ends:
        folder = Path(tempfile.mkdtemp(prefix="mamastoria-load-", dir="/var/tmp"))
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        server = postgres.start(folder / "postgres", durable=True)
        ends.callback(server.stop)
        ports = {name: postgres.free_port() for name in ("gateway", "worker", "video")}
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        services = stack.start(folder / "stack", urls["worker"], urls["video"])
        ends.callback(services.stop)
        os.environ.update(services.settings, DATABASE_URL=server.database(), PUBLIC_URL=urls["gateway"], APP_ENV="local")
        made = prepared(server.database(), comics=comics, actors=actors)
        _stand_ins(services, ends)
        yield ends.enter_context(serving(made, server.database(), folder, ports, plain=plain, seed=seed, then=partial(_schedule, services)))


def _stand_ins(services: stack.Stack, ends: ExitStack) -> None:
    """`/local/…`, as infra/local.sh serves it."""
    inside = httpd.Server(lambda request: google.token(services.google, request.path) or httpd.json_response({}, 404))
    httpd.start(inside)
    ends.callback(inside.stop)
    os.environ["LOCAL_STAND_INS_URL"] = inside.url


def _schedule(services: stack.Stack) -> None:
    threading.Thread(target=local._keep_schedule, args=(services,), daemon=True).start()


def prepared(url: str, *, comics: int, actors: int) -> world.World:
    """Bring an empty database to the head and fill it."""
    # In a process of its own: this one may have an engine for another database.
    script = "from infra import migrations; from infra.seed import loading; migrations.upgrade(); loading.load(pictures=False)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True, capture_output=True)
    with looking(url) as connection:
        made = world.filled(connection, comics=comics, actors=actors)
        checks.remember(connection)
    return made


@contextmanager
def looking(url: str) -> Iterator[Connection]:
    """A connection of the test's own to a database."""
    place, _, name = url.rpartition("/")
    connection = Connection("mamastoria", host="127.0.0.1", port=int(place.rpartition(":")[2]), database=name)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def serving(
    made: world.World,
    url: str,
    folder: Path,
    ports: dict[str, int],
    *,
    plain: bool = False,
    seed: int = 1,
    then: Callable[[], object] = lambda: None,
) -> Iterator[Stage]:
    """The serving processes of `ports` (the gateway, and perhaps internal functions) over a filled database, and the sender."""
    with ExitStack() as ends:
        sessions = {}
        for name, port in ports.items():
            command = processes.function(name, port) if name != "gateway" else processes.gateway(port)
            if plain and name == "gateway":
                # What an instance is when more reaches it than Cloud Run would let through.
                command = [word for word in command if word not in ("--worker-class", "infra.local.front.Worker")]
            started = processes.start(command, folder / f"{name}.log", DATABASE_URL=f"{url}?application_name={name}", TRUSTED_PROXIES="1")
            ends.callback(processes.end, started)
            sessions[name] = started.pid
        processes.wait(f"http://127.0.0.1:{ports['gateway']}/health/ready", folder / "gateway.log")
        then()
        sender = _sender(made, ports["gateway"], folder, seed, ends)
        yield Stage(sender, ends.enter_context(looking(url)), sessions, url, folder)


def _sender(made: world.World, port: int, folder: Path, seed: int, ends: ExitStack) -> "subprocess.Popen[str]":
    (folder / "world.json").write_text(made.written())
    sender = subprocess.Popen(
        [sys.executable, "-m", "tests.load.sender"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    ends.callback(sender.kill)
    assert sender.stdin
    given = {"port": port, "world": str(folder / "world.json"), "journal": str(folder / "journal.json"), "seed": seed}
    print(json.dumps(given), file=sender.stdin, flush=True)
    return sender
