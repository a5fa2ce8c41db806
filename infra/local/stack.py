"""The outside services' stand-ins, started together in one process, and the settings that point at them.

The local stack and the tests use the same ones, and the functions talk to them with the same client
libraries as to Google.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local import httpd, keys, mail, storage, tasks

PROJECT, REGION = "mamastoria-local", "asia-southeast2"
PRIVATE, PUBLIC = "mamastoria-private", "mamastoria-public"
QUEUE = f"projects/{PROJECT}/locations/{REGION}/queues/generation"
WORKER_ACCOUNT = f"worker@{PROJECT}.iam.gserviceaccount.com"

# Local values of the secrets; in the cloud Secret Manager has others.
SECRETS = {
    "JWT_SECRET": "local-jwt-secret-of-at-least-32-bytes",
    "CODE_SECRET": "local-code-secret",
    "SMTP_PASSWORD": "",
    "DB_PASSWORD": "",
    "DOKU_CLIENT_ID": "BRN-0001-LOCAL",
    "DOKU_SECRET_KEY": "SK-local-secret",
}


@dataclass
class Stack:
    """The running stand-ins; `settings` are the environment of whatever is to use them."""

    keys: keys.Keys
    outbox: mail.Outbox
    settings: dict[str, str]
    stops: list[Callable[[], None]]

    def stop(self) -> None:
        """Stop every stand-in."""
        for stop in self.stops:
            stop()

    def worker_token(self) -> str:
        """The ID token with which Cloud Tasks and Scheduler call the worker."""
        return keys.id_token(self.keys, self.settings["WORKER_URL"], WORKER_ACCOUNT)


def start(folder: Path, worker_url: str) -> Stack:
    """Start storage (kept in `folder`), mail, queue and Google's keys; tasks are delivered to `worker_url`."""
    made = keys.load(folder / "keys", PROJECT)
    outbox = mail.Outbox()
    stored = storage.serve(folder / "storage", made, private=PRIVATE, public=PUBLIC)
    queue = tasks.serve(made, [QUEUE])
    certificates = keys.serve(made)
    post = mail.serve(outbox)
    servers: list[Any] = [stored, queue, certificates, post]
    for server in servers:
        httpd.start(server)
    settings = {
        **SECRETS,
        "PROJECT_ID": PROJECT,
        "REGION": REGION,
        "STORAGE_EMULATOR_HOST": stored.url,
        "STORAGE_BUCKET": PRIVATE,
        "PUBLIC_BUCKET": PUBLIC,
        "PUBLIC_MEDIA_URL": f"{stored.url}/{PUBLIC}",
        "STORAGE_SIGNING_KEY_FILE": str(made.account_file),
        "TASKS_URL": queue.url,
        "WORKER_URL": worker_url,
        "TASKS_SERVICE_ACCOUNT": WORKER_ACCOUNT,
        "GOOGLE_CERTS_URL": f"{certificates.url}{keys.CERTS_PATH}",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(post.port),
        "SMTP_TLS": "none",
        "WRITER": "local",
        "ARTIST": "local",
        "CORS_ORIGINS": "http://127.0.0.1:3000,http://localhost:3000",
    }
    return Stack(made, outbox, settings, _stops(servers))


def _stops(servers: Iterable[Any]) -> list[Callable[[], None]]:
    return [server.stop for server in servers]
