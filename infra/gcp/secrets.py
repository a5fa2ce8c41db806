"""Secret Manager: the secrets there should be, and which version of each is given to functions."""

import base64
import secrets as source
from typing import Any

from common.settings import SETTINGS, Setting
from infra.gcp.place import Place, Wrong
from infra.gcp.steps import Step, gcloud, names, state

# Our own keys are made here and shown to nobody; the others come from the dashboards of those who gave them.
OURS = ("JWT_SECRET", "CODE_SECRET", "BANK_KEYS", "DB_PASSWORD")
SECRETS: list[Setting[Any]] = [each for each in SETTINGS if each.secret]


def there() -> list[str]:
    """Those of our secrets that exist, with versions or without."""
    known = names(state("secrets"))
    return [each.name for each in SECRETS if each.name in known]


def version(name: str) -> str:
    """The newest version of a secret that is enabled, or an empty string."""
    enabled = [each["name"].rpartition("/")[2] for each in state(f"versions-of-{name}") if each["state"] == "ENABLED"]
    return max(enabled, key=int, default="")


def to_give() -> list[Setting[Any]]:
    """What somebody has to give: the secrets of others that have no version to use, since what they are for is off."""
    return [each for each in SECRETS if each.name not in OURS and not version(each.name)]


def steps(place: Place) -> list[Step]:
    """The secrets to make: our own keys at random, the others from what was asked for (see secrets.sh).

    Raises `Wrong` for a key of ours whose versions are all disabled: what it has sealed or signed another one could not open.
    """
    given = [each.name for each in to_give() if each.name in state("given")]
    ours = [_made(name, f'"$DEPLOY_PYTHON" -m infra.gcp random {name}') for name in OURS if _is_missing(name)]
    return ours + [_made(name, f'printf %s "${{{name}}}"') for name in given]


def _is_missing(name: str) -> bool:
    if state(f"versions-of-{name}") and not version(name):
        raise Wrong(f"{name} has no version that is enabled: enable one with gcloud secrets versions enable NUMBER --secret={name}")
    return not version(name)


def _made(name: str, value: str) -> Step:
    # Making a secret with its value is two calls: whoever was stopped between them left one without a version.
    words = ("versions", "add", name) if name in there() else ("create", name, "--replication-policy=automatic")
    return gcloud(f"secret {name}", "secrets", *words, "--data-file=-", pipe=value)


def random(name: str) -> str:
    """A new key of ours, in the form in which its setting is read."""
    if name == "BANK_KEYS":
        return f"first:{base64.b64encode(source.token_bytes(32)).decode()}"
    return source.token_urlsafe(48)
