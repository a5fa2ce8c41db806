"""The whole API on one port, nothing outside needed: `infra/local.sh [--port 8080] [--data DIR] [--fresh]`."""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.request import Request, urlopen

from infra.local import google, httpd, postgres, processes, stack
from infra.local.stack import Stack
from infra.schedule import SCHEDULE

T = TypeVar("T")

ROOT = processes.ROOT


def main() -> int:
    """Start everything, say where it is, stay until Ctrl-C, stop everything."""
    asked = _asked()
    # Said for both, because a shell starts background commands with SIGINT ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _interrupted)
    stops: list[Callable[[], object]] = []
    try:
        _run(asked.port, asked.data.resolve(), asked.fresh, stops)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    finally:
        for stop in reversed(stops):
            stop()
    return 0


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra/local.sh", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="port of the gateway on 127.0.0.1 (8080)")
    parser.add_argument("--data", type=Path, default=ROOT / ".local", help="where database, files and keys are kept (.local)")
    parser.add_argument("--fresh", action="store_true", help="forget what was kept and start anew")
    return parser.parse_args()


def _run(port: int, data: Path, fresh: bool, stops: list[Callable[[], object]]) -> None:
    if fresh and data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    stops.append(_alone(port, data))
    ports = {"worker": postgres.free_port(), "video": postgres.free_port()}
    urls = {name: f"http://127.0.0.1:{number}" for name, number in ports.items()}
    server = _step("database", lambda: postgres.start(_database_folder(data, fresh), durable=True))
    stops.append(server.stop)
    services = _step("stand-ins for storage, mail, queue and sign-in", lambda: stack.start(data, urls["worker"], urls["video"]))
    stops.append(services.stop)
    os.environ.update(services.settings, DATABASE_URL=server.database("mamastoria"), PUBLIC_URL=f"http://127.0.0.1:{port}", APP_ENV="local")
    os.environ.update(stack.read(ROOT / ".env"))
    os.environ["OPENAPI_FILE"] = str(data / "openapi.json")
    _prepare(server, data)
    inside = httpd.Server(lambda request: _local(services, request))
    httpd.start(inside)
    stops.append(inside.stop)
    os.environ["LOCAL_STAND_INS_URL"] = inside.url
    _step("functions", lambda: _serve(port, ports, data, stops))
    threading.Thread(target=_keep_schedule, args=(services,), daemon=True).start()
    _say_where(port, services)
    signal.pause()


def _alone(port: int, data: Path) -> Callable[[], object]:
    """Make sure that nothing else uses the port or the data; gives back what lets go of the data."""
    held = (data / "lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit(f"Another stack is running on {data}; stop it, or choose another folder with --data.") from None
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(f"Port {port} is in use; choose another with --port.") from None
    return held.close


def _database_folder(data: Path, fresh: bool) -> Path:
    """Where the database lives: with the rest, unless the user that PostgreSQL runs as may not go there."""
    if postgres.reachable(data):
        return data / "postgres"
    folder = Path("/var/tmp") / f"mamastoria-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    if fresh and folder.exists():
        shutil.rmtree(folder)
    return folder


def _prepare(server: postgres.Server, data: Path) -> None:
    from infra import migrations, openapi
    from infra.local import people
    from infra.seed import loading

    _create_database(server)
    _step("tables", migrations.upgrade)
    _step("catalogue with its pictures", loading.load)
    _step("administrator", people.administrator)
    (data / "openapi.json").write_text(json.dumps(openapi.document(), ensure_ascii=False))


def _create_database(server: postgres.Server) -> None:
    from pg8000.dbapi import connect

    connection = connect(user="mamastoria", host="127.0.0.1", port=int(server.url.rpartition(":")[2]), database="postgres")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("select 1 from pg_database where datname = 'mamastoria'")
    if not cursor.fetchall():
        cursor.execute("create database mamastoria")
    connection.close()


def _serve(port: int, internal: dict[str, int], data: Path, stops: list[Callable[[], object]]) -> None:
    commands = {"gateway": processes.gateway(port), **{name: processes.function(name, own) for name, own in internal.items()}}
    for name, command in commands.items():
        stops.append(partial(processes.end, processes.start(command, data / f"{name}.log")))
    processes.wait(f"http://127.0.0.1:{port}/health/ready", data / "gateway.log")
    for name, own in internal.items():
        processes.wait(f"http://127.0.0.1:{own}/", data / f"{name}.log", any_answer=True)


def _local(services: Stack, request: httpd.Request) -> httpd.Response:
    if request.path == "/local/outbox":
        return httpd.json_response(services.outbox.entries())
    if request.path == "/local/payments":
        return httpd.json_response(services.doku.listed())
    token = google.token(services.google, request.path) if request.method == "GET" else None
    return token or httpd.json_response(
        {"detail": "Here are /local/outbox, /local/payments, /local/google-token/EMAIL and /local/phone-token/NUMBER."}, 404
    )


def _keep_schedule(services: Stack) -> None:
    """Scheduler's part."""
    due = {tick: time.monotonic() + min(tick.seconds, 30) for tick in SCHEDULE}
    while True:
        time.sleep(1)
        for tick in [each for each, at in due.items() if at <= time.monotonic()]:
            due[tick] = time.monotonic() + tick.seconds
            call = Request(services.settings["WORKER_URL"] + tick.path, b"", {"Authorization": f"Bearer {services.worker_token()}"})
            try:
                urlopen(call, timeout=60).read()
            except OSError as error:
                print(f"{tick.path}: {error}", flush=True)


def _step(what: str, act: Callable[[], T]) -> T:
    started = time.monotonic()
    result = act()
    took = time.monotonic() - started
    if took > 1:
        print(f"  {what}: {took:.1f} s", flush=True)
    return result


def _say_where(port: int, services: Stack) -> None:
    here = f"http://127.0.0.1:{port}"
    print(
        f"""
MamaStoria is up.

  API           {here}
  documentation {here}/docs
  outbox        {here}/local/outbox
  files         {services.settings["PUBLIC_MEDIA_URL"]}
  database      {os.environ["DATABASE_URL"]}
  administrator admin@mamastoria.local / local-admin-password

Ctrl-C stops it.""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
