"""`deploy.sh` with the real gcloud and a pretended Google Cloud; `skipped` says why not, where there is no gcloud."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.infra.cloud import google

ROOT = Path(__file__).resolve().parents[3]
PROJECT = "mama-test"
SERVICES = """
APIGATEWAY CLOUDFUNCTIONS SECRETMANAGER SQL SERVICEUSAGE CLOUDRESOURCEMANAGER IAM STORAGE CLOUDTASKS CLOUDSCHEDULER MONITORING
LOGGING BILLINGBUDGETS ARTIFACTREGISTRY CLOUDBUILD
""".split()


def sdk() -> Path | None:
    """Where the Cloud SDK is, when it brings its own Python (from which commands can be forked)."""
    found = shutil.which("gcloud")
    script = Path(found).resolve().parent.parent if found else Path("/nowhere")
    places = (script, Path("/usr/lib/google-cloud-sdk"))
    return next((place for place in places if python(place).exists() and (place / "lib/gcloud.py").exists()), None)


def python(place: Path) -> Path:
    """The Python that the SDK brings."""
    return place / "platform/bundledpythonunix/bin/python3"


def copied(to: Path) -> Path:
    """What a deployment needs of the checkout, apart, so that whoever edits the original meanwhile changes nothing."""
    for folder in ("common", "functions", "infra"):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("deploy.sh", "requirements.txt"):
        shutil.copy(ROOT / file, to / file)
    return to


class Deployment:
    """A pretended project, a checkout's deploy.sh that sees nothing else, and the gcloud process behind it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.checkout = copied(folder / "checkout")
        self.cloud = google.Cloud(PROJECT)
        self.server = google.serve(self.cloud)
        (folder / "bin").mkdir()
        (folder / "token").write_text("ya29.pretended")
        command = folder / "bin/gcloud"
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {ROOT}/tests/infra/cloud/client.py "$@"\n')
        command.chmod(0o755)
        self.environment = self._environment() | environment
        self.gcloud = self._start()

    def _environment(self) -> dict[str, str]:
        url, port = f"{self.cloud.url}/", self.cloud.url.rpartition(":")[2]
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        return {
            **kept,
            "PATH": f"{self.folder}/bin:{kept['PATH']}",
            "GCLOUD_FORKS": str(self.folder / "gcloud.socket"),
            "CLOUDSDK_CONFIG": str(self.folder / "config"),
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
            "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(self.folder / "token"),
            # gcloud puts the region before the host of Cloud Run's API; only a proxy finds such a host here.
            "CLOUDSDK_PROXY_TYPE": "http",
            "CLOUDSDK_PROXY_ADDRESS": "127.0.0.1",
            "CLOUDSDK_PROXY_PORT": port,
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN": "http://run.pretended/",
            **{f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}": url for service in SERVICES},
            "DEPLOY_PYTHON": sys.executable,
            "DEPLOY_ATTEMPTS": "1",
            "DEPLOY_BUILDS": str(self.folder / "builds"),
            "DEPLOY_SMOKE_SECONDS": "0",
        }

    def _start(self) -> subprocess.Popen:
        place = sdk()
        command = [python(place), "-S", ROOT / "tests/infra/cloud/forks.py", self.environment["GCLOUD_FORKS"], place]
        process = subprocess.Popen(command, env=self.environment)
        while not Path(self.environment["GCLOUD_FORKS"]).exists():
            assert process.poll() is None
            time.sleep(0.05)
        return process

    def stop(self) -> None:
        """End the gcloud process and the pretended APIs."""
        self.gcloud.terminate()
        self.gcloud.wait(10)
        self.server.shutdown()
        self.server.server_close()

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        """One `deploy.sh`; what it changed in the cloud is `self.made` afterwards."""
        before = len(self.cloud.changes)
        command = [self.checkout / "deploy.sh", *words, "--project", PROJECT]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment | environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        self.made = self.cloud.changes[before:]
        assert self.cloud.unknown == []
        return done

    def calls(self, *words: str) -> subprocess.CompletedProcess:
        """One gcloud command."""
        return subprocess.run(["gcloud", *words], env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def changes(output: str) -> int:
    """How many changes deploy.sh says it made."""
    return int(re.search(r"^(\d+) changes", output, re.M)[1])
