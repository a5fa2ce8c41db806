"""The functions: their environment, secrets and limits, and which of them differ from what runs.

What a function is made of (its bundle, flags, environment and secret versions) is hashed into its label `made-of`;
a function whose label is right is left alone, so that deploying twice changes nothing.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.gcp import secrets
from infra.gcp.place import BUILD_ACCOUNT, DATABASE, GATEWAY, TASKS_ACCOUNT, Place, Wrong, needs, service
from infra.gcp.rights import INTERNAL
from infra.gcp.steps import Step, gcloud, state, written

# The front of Cloud Run appends the gateway's address after the caller's, which the gateway's own front appended.
PROXIES = 2


def addresses(place: Place) -> dict[str, str]:
    """Each function's URL: what the platform says of those that run, what it will most likely be of the others."""
    running = {each["name"].rpartition("/")[2]: each.get("serviceConfig", {}).get("uri") for each in state("functions")}
    return {function: running.get(service(function)) or place.address(function) for function in needs()}


def environment(place: Place, function: str) -> dict[str, str]:
    """The settings a function is given that are no secrets; the environment's file has the last word but on what `place.DECIDED` has."""
    known = addresses(place)
    return {
        "APP_ENV": place.env,
        "PROJECT_ID": place.project,
        "REGION": place.region,
        "PUBLIC_URL": public_url(),
        "TRUSTED_PROXIES": str(PROXIES),
        "CLOUD_SQL_INSTANCE": place.connection_name,
        "DB_NAME": DATABASE,
        "DB_IAM_LOGIN": "true",
        "DB_USER": place.login(function),
        "THREADS": str(needs()[function].threads),
        "STORAGE_BUCKET": place.private_bucket,
        "PUBLIC_BUCKET": place.public_bucket,
        "PUBLIC_MEDIA_URL": f"https://storage.googleapis.com/{place.public_bucket}",
        "WORKER_URL": known["worker"],
        "VIDEO_URL": known["video"],
        "TASKS_SERVICE_ACCOUNT": place.account(TASKS_ACCOUNT),
        **place.settings,
    }


def public_url() -> str:
    """Where the gateway answers, unless the environment's file names a domain in front of it."""
    gateway: dict[str, Any] = next((each for each in state("gateways") if each["name"].endswith(f"/{GATEWAY}")), {})
    return f"https://{gateway['defaultHostname']}" if gateway.get("defaultHostname") else ""


def steps(place: Place, wanted: list[str], builds: Path) -> list[Step]:
    """The functions among `wanted` to deploy, from their bundles in `builds`; raises `Wrong` as `_stay` does."""
    there = {each["name"].rpartition("/")[2]: each for each in state("functions")}
    if not (os.environ.get("DEPLOY_MOVES") or os.environ.get("DEPLOY_PLAN")):
        _stay(place, there.values())
    found = []
    for function in wanted:
        made_of = fingerprint(place, function, builds / function)
        running = there.get(service(function), {})
        if running.get("state") != "ACTIVE" or running.get("labels", {}).get("made-of") != made_of:
            what = f"function {service(function)}: {_share(place, function)}"
            found.append(gcloud(what, "functions", "deploy", service(function), *flags(place, function, builds / function, made_of)))
    return found


def _stay(place: Place, running: Iterable[dict[str, Any]]) -> None:
    """Raise `Wrong` where functions run on another instance of the database: an older checkout would lead them back to the one that was left."""
    settings = (each.get("serviceConfig", {}).get("environmentVariables", {}) for each in running)
    for instance in {each["CLOUD_SQL_INSTANCE"] for each in settings if "CLOUD_SQL_INSTANCE" in each} - {place.connection_name}:
        raise Wrong(
            f"functions run on {instance}, and this checkout says {place.connection_name}: set DEPLOY_DB_INSTANCE, or move with all"
        )


def _share(place: Place, function: str) -> str:
    need = needs()[function]
    return f"{need.memory}, {need.cpu} cpu, {need.threads} at once, {need.timeout} s, {need.min} to {place.most(need)} instances"


def flags(place: Place, function: str, bundle: Path, made_of: str) -> list[str]:
    """All that `gcloud functions deploy` is told about a function."""
    need = needs()[function]
    variables = written(f"{function}-environment.json", environment(place, function))
    return [
        "--gen2",
        f"--region={place.region}",
        f"--runtime={place.options['DEPLOY_RUNTIME']}",
        f"--source={bundle}",
        "--entry-point=main",
        "--trigger-http",
        "--no-allow-unauthenticated",
        # The gateway is none of Cloud Run's "internal" callers, Tasks and Scheduler are.
        f"--ingress-settings={'internal-only' if function in INTERNAL else 'all'}",
        f"--service-account={place.runner(function)}",
        f"--build-service-account=projects/{place.project}/serviceAccounts/{place.account(BUILD_ACCOUNT)}",
        f"--memory={need.memory}",
        f"--cpu={need.cpu}",
        f"--concurrency={need.threads}",
        f"--timeout={need.timeout}s",
        f"--min-instances={min(need.min, place.most(need))}",
        f"--max-instances={place.most(need)}",
        f"--env-vars-file={variables}",
        *_secrets(function),
        f"--update-labels=made-of={made_of}",
        "--serve-all-traffic-latest-revision",
    ]


def _secrets(function: str) -> list[str]:
    """The secrets by version: one given as a variable is read once, when an instance starts."""
    pinned = [f"{name}={name}:{found}" for name in needs()[function].secrets if (found := secrets.version(name))]
    return [f"--set-secrets={','.join(pinned)}"] if pinned else ["--clear-secrets"]


def fingerprint(place: Place, function: str, bundle: Path) -> str:
    """A hash of everything that makes the function what it is."""
    made = hashlib.sha256()
    for file in sorted(bundle.rglob("*")):
        if file.is_file():
            made.update(str(file.relative_to(bundle)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    told = flags(place, function, Path(), "")
    made.update(json.dumps([flag for flag in told if not flag.startswith("--env-vars-file")]).encode())
    made.update(json.dumps(environment(place, function), sort_keys=True).encode())
    return made.hexdigest()[:20]
