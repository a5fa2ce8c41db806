"""The gateway: its configurations are immutable and named after their content; pointing it at one is the deployment."""

import hashlib
from typing import Any

from infra.gcp.functions import addresses
from infra.gcp.place import GATEWAY, GATEWAY_ACCOUNT, Place
from infra.gcp.steps import Step, gcloud, state, written

# At most a hundred fit; a few are enough to go back to.
KEPT = 5

# The label of a configuration through which the smoke test went well; labels are all of one that can be changed.
TESTED = "tested"


def document(place: Place) -> tuple[str, str]:
    """The document for the functions' addresses, and the id of its configuration."""
    from infra.gateway import gateway_document
    from infra.gateway import written as spelled

    text = spelled(gateway_document(addresses(place).__getitem__))
    return text, f"routes-{hashlib.sha256((text + place.account(GATEWAY_ACCOUNT)).encode()).hexdigest()[:12]}"


def config(place: Place) -> list[Step]:
    """The API and the configuration to make."""
    text, name = document(place)
    written("config.name", name)
    there = {each["name"].rpartition("/")[2] for each in state("configs")}
    found = []
    if GATEWAY not in {each["name"].rpartition("/")[2] for each in state("apis-of-gateway")}:
        found.append(gcloud(f"API {GATEWAY}", "api-gateway", "apis", "create", GATEWAY))
    if name not in there:
        file = written("gateway.json", text)
        words = ["api-gateway", "api-configs", "create", name, f"--api={GATEWAY}", f"--openapi-spec={file}"]
        account = f"--backend-auth-service-account={place.account(GATEWAY_ACCOUNT)}"
        found.append(gcloud(f"gateway configuration {name}", *words, account))
    return found


def point(place: Place, name: str) -> list[Step]:
    """The gateway made, or pointed at the configuration `name`; its label keeps the one to go back to."""
    there = _gateway()
    where = (f"--api={GATEWAY}", f"--api-config={name}", f"--location={place.gateway_region}")
    if there is None:
        return [gcloud(f"gateway {GATEWAY} with {name}", "api-gateway", "gateways", "create", GATEWAY, *where)]
    before, safe = current(there), back()
    if before == name:
        return []
    labels = f"--update-labels=previous={before if safe == name else safe}"
    return [gcloud(f"gateway {GATEWAY}: {before} → {name}", "api-gateway", "gateways", "update", GATEWAY, *where, labels)]


def _gateway() -> dict[str, Any] | None:
    return next((each for each in state("gateways") if each["name"].endswith(f"/{GATEWAY}")), None)


def current(gateway: dict[str, Any]) -> str:
    """The configuration that the gateway serves."""
    name: str = gateway["apiConfig"].rpartition("/")[2]
    return name


def previous() -> str:
    """The configuration to go back to, or an empty string."""
    gateway = _gateway() or {}
    name: str = gateway.get("labels", {}).get("previous", "")
    return name if name in {each["name"].rpartition("/")[2] for each in state("configs")} else ""


def serving() -> str:
    """The configuration that the gateway serves, or an empty string."""
    gateway = _gateway()
    return current(gateway) if gateway else ""


def back() -> str:
    """Where the gateway goes when the smoke test fails: to what it serves now, or to the one before where that alone was tested.

    A run that dies between pointing the gateway and the end of its test leaves an untested one behind.
    """
    now, before = serving(), previous()
    return before if before in _tested() and now not in _tested() else now


def tested(place: Place) -> list[Step]:
    """The configuration that is served to be marked as tested."""
    name = serving()
    if not name or name in _tested():
        return []
    words = ("api-gateway", "api-configs", "update", name, f"--api={GATEWAY}", f"--update-labels={TESTED}=yes")
    return [gcloud(f"gateway configuration {name} is tested", *words)]


def _tested() -> set[str]:
    return {each["name"].rpartition("/")[2] for each in state("configs") if TESTED in each.get("labels", {})}


def prune(place: Place) -> list[Step]:
    """The configurations to remove: all but the newest few, the one that is served and the one to go back to."""
    newest = sorted(state("configs"), key=lambda each: each.get("createTime", ""), reverse=True)
    names = [each["name"].rpartition("/")[2] for each in newest]
    old = [name for name in names[KEPT:] if name not in (serving(), previous())]
    words = ("api-gateway", "api-configs", "delete")
    return [gcloud(f"remove the old configuration {name}", *words, name, f"--api={GATEWAY}") for name in old]
