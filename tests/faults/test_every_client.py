"""Nothing calls the outside that no fault test covers: found in the code's imports and in the settings that are addresses."""

import ast
from pathlib import Path

from common import settings
from tests.faults.services import SERVICES

ROOT = Path(__file__).resolve().parents[2]

# Modules with which a program can reach another one.
NETWORK = (
    "requests",
    "urllib.request",
    "urllib3",
    "http.client",
    "httpx",
    "aiohttp",
    "socket",
    "smtplib",
    "ftplib",
    "grpc",
    "pg8000",
    "google.cloud",
    "google.auth",
    "firebase_admin",
)

# Those that use some of it without calling anybody, and why; PostgreSQL is test_database.py's.
CALL_NOBODY = {
    "common.deadlines": "bounds what the others call",
    "common.prepared": "PostgreSQL's messages, on a connection of common.connections",
    "common.db": "PostgreSQL's errors",
    "common.connections": "PostgreSQL: test_database.py, test_restarts.py",
    "common.clients.channels": "channels of hearing and voice",
}

# Addresses that are told to others or opened by browsers, and never called by us.
NEVER_CALLED = {
    "PUBLIC_URL", "CORS_ORIGINS", "GOOGLE_REDIRECT_URIS", "GOOGLE_AUTH_URL", "PUBLIC_MEDIA_URL", "PAYMENT_RETURN_URL", "WORKER_URL", "VIDEO_URL", "TOKEN_ISSUER",
}  # fmt: skip

# Where else the same is tried: PostgreSQL; Midtrans, over the same call as DOKU.
ELSEWHERE = {"DATABASE_URL", "MIDTRANS_SNAP_URL", "MIDTRANS_API_URL"}


def reaches_out(file: Path) -> bool:
    """Whether a module of ours imports what calls the outside, wherever in it."""
    imported = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            imported |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return any(name == each or name.startswith(f"{each}.") for name in imported for each in NETWORK)


def module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_every_module_that_calls_the_outside_has_its_faults_tried() -> None:
    files = [file for folder in ("common", "functions") for file in sorted((ROOT / folder).rglob("*.py"))]
    calling = {module(file) for file in files if reaches_out(file)}
    covered = {f"common.{path}.{service.client}" for service in SERVICES for path in ("clients", "payments")} | {"common.oidc"}
    assert calling - set(CALL_NOBODY) - covered == set()
    assert set(CALL_NOBODY) <= calling, "an exception that is none any more"


def test_every_address_that_is_called_has_its_faults_tried() -> None:
    named = {
        each.name
        for each in settings.SETTINGS
        if each.name.endswith(("_URL", "_URLS", "_URIS", "_HOST", "_ENDPOINT", "_ORIGINS", "_ISSUER"))
    }
    by_value = {each.name for each in settings.SETTINGS if "://" in str(each.default)}
    covered = {setting for service in SERVICES for setting in service.settings} | ELSEWHERE
    assert (named | by_value) - NEVER_CALLED - covered == set()


def test_every_client_says_how_long_it_takes_at_most_and_that_is_within_a_functions_time() -> None:
    from common.needs import USUAL
    from functions.worker.main import api as worker

    for service in SERVICES:
        assert 0 < service.bound() < (worker.needs.timeout if service.good == "done" else USUAL.timeout), service.name
