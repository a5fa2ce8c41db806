"""Each function runs alone from its staged folder, under functions-framework, as the cloud runs it."""

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra import stage
from infra.local.postgres import free_port

FIRST = {"auth": ("GET", "/v1/auth/sessions", 401), "worker": ("POST", "/internal/sweep", 401), "system": ("GET", "/openapi.json", 200)}
FIRST |= {"banners": ("GET", "/v1/banners", 200)}
FIRST |= {"video": ("POST", "/internal/jobs/1", 401)}
FIRST |= {"exports": ("GET", "/v1/comics/1/exports", 401)}
FIRST |= {"users": ("GET", "/profile", 401)}
FIRST |= {"catalog": ("GET", "/v1/genres", 200), "comics": ("GET", "/v1/comics", 200), "drafts": ("GET", "/v1/comics/drafts", 401)}
FIRST |= {"wallet": ("GET", "/v1/banks", 200)}
FIRST |= {"social": ("GET", "/v1/feed", 401), "notifications": ("GET", "/v1/notifications", 401)}
FIRST |= {"subscriptions": ("GET", "/v1/subscriptions/packages", 200)}
FIRST |= {"speech": ("GET", "/v1/speech-to-text/1", 401)}
FIRST |= {"analytics": ("GET", "/v1/analytics/dashboard", 401)}
FIRST |= {"payment_callback": ("POST", "/v1/subscriptions/payment-callback", 401)}


@contextmanager
def running(bundle: Path):
    """The bundle under functions-framework, nothing of the checkout on its path."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "OPENAPI_FILE")}
    command = [Path(sys.executable).parent / "functions-framework", "--target", "main", "--source", bundle / "main.py", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=bundle, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def ask(port, method, path):
    for _ in range(400):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(method, path, headers={"Host": "function.example"})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        except ConnectionError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError("the bundle does not answer")


@pytest.mark.parametrize("function", stage.FUNCTIONS)
def test_a_bundle_answers_alone(function, tmp_path, database):
    method, path, status = FIRST[function]
    with running(stage.stage(function, tmp_path)) as port:
        answered, headers, body = ask(port, method, path)
        assert (answered, json.loads(body).get("ok", True)) == (status, status == 200)
        assert headers["X-Request-Id"]
        assert ask(port, method, "/no/such/path")[0] == 404


def test_a_bundle_holds_its_own_modules_and_the_common_ones_and_nothing_else(tmp_path):
    bundle = stage.stage("catalog", tmp_path)
    assert {each.name for each in bundle.iterdir()} == {
        "main.py",
        "schemas.py",
        "entries.py",
        "common",
        "requirements.txt",
        "constraints.txt",
    }
    assert not list(bundle.rglob("__pycache__"))


def test_the_documentation_is_part_of_the_system_bundle(tmp_path, database):
    with running(stage.stage("system", tmp_path)) as port:
        status, _, body = ask(port, "GET", "/openapi.json")
        assert status == 200 and "/v1/comics" in json.loads(body)["paths"]
        assert ask(port, "GET", "/docs")[0] == 200
        status, _, body = ask(port, "GET", "/postman.json")
        assert status == 200 and {"name": "auth"}.items() <= json.loads(body)["item"][0].items()
        status, _, body = ask(port, "GET", "/docs/errors")
        assert status == 200 and b"InsufficientCredits" in gzip.decompress(body)


def test_the_deploy_script_stages_what_it_is_told_and_explains_itself(tmp_path):
    wrong = subprocess.run(["./deploy.sh"], cwd=stage.ROOT, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2 and "deploy.sh stage" in wrong.stderr
