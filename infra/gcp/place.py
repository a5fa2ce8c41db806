"""Where a deployment goes, and the names of what it makes there."""

import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from common.needs import Needs
from common.settings import SETTINGS

HERE = Path(__file__).parent

GATEWAY = "mamastoria"
DATABASE = "mamastoria"
# Owns the tables and brings them to the newest schema; the functions log in as themselves.
OWNER = "mamastoria"

GATEWAY_ACCOUNT = "gateway-caller"
TASKS_ACCOUNT = "tasks-caller"
BUILD_ACCOUNT = "function-builder"

# What an environment's file may say about the deployment itself, besides the settings of the functions.
OPTIONS = {
    "DEPLOY_DB_INSTANCE": "mamastoria",
    "DEPLOY_DB_TIER": "db-custom-4-15360",
    "DEPLOY_DB_AVAILABILITY": "regional",
    "DEPLOY_DB_VERSION": "POSTGRES_17",
    "DEPLOY_RUNTIME": "python312",
    "DEPLOY_INSTANCES": "100",
    "DEPLOY_ALERT_EMAIL": "",
    "DEPLOY_BILLING_ACCOUNT": "",
    "DEPLOY_BUDGET": "500USD",
}

# Settings that are decided here, for more than the functions follows from them; with what decides them.
DECIDED = {
    "APP_ENV": "deploy.sh --env",
    "PROJECT_ID": "deploy.sh --project",
    "REGION": "deploy.sh --region",
    "DATABASE_URL": "DEPLOY_DB_INSTANCE",
    "CLOUD_SQL_INSTANCE": "DEPLOY_DB_INSTANCE",
    "DB_NAME": "infra/gcp/place.py",
    "DB_USER": "the function's own account",
    "DB_IAM_LOGIN": "the function's own account",
    "THREADS": "the function's Needs",
    "STORAGE_BUCKET": "the project's name",
    "PUBLIC_BUCKET": "the project's name",
    "WORKER_URL": "the function's address",
    "VIDEO_URL": "the function's address",
    "TASKS_SERVICE_ACCOUNT": "infra/gcp/place.py",
}


class Wrong(Exception):
    """The environment's file says something that cannot be."""


@dataclass(frozen=True)
class Place:
    """One environment: its project, where its parts are, and what its file says."""

    project: str
    number: str
    region: str
    gateway_region: str
    env: str
    settings: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=lambda: dict(OPTIONS))

    def account(self, name: str) -> str:
        """The e-mail address of the service account `name`."""
        return f"{name}@{self.project}.iam.gserviceaccount.com"

    def runner(self, function: str) -> str:
        """The account that `function` runs as."""
        return self.account(account_of(function))

    def login(self, function: str) -> str:
        """The database user of `function`: PostgreSQL's IAM names leave out the end of the address."""
        return f"{account_of(function)}@{self.project}.iam"

    def most(self, need: Needs) -> int:
        """The instances a function may have here: DEPLOY_INSTANCES percent of what it declares, and at least one."""
        return max(1, need.max * int(self.options["DEPLOY_INSTANCES"]) // 100)

    @property
    def private_bucket(self) -> str:
        """The bucket of everything; names are shared by all the world, so the project's is part of it."""
        return f"{self.project}-private"

    @property
    def public_bucket(self) -> str:
        """The bucket that everyone may read."""
        return f"{self.project}-public"

    @property
    def connection_name(self) -> str:
        """What the connector calls the database's instance."""
        return f"{self.project}:{self.region}:{self.instance}"

    @property
    def instance(self) -> str:
        """The database's instance; a restored database is always another one."""
        return self.options["DEPLOY_DB_INSTANCE"]

    def address(self, function: str) -> str:
        """The URL that Cloud Run gives a service of this name before anybody has seen it."""
        return f"https://{service(function)}-{self.number}.{self.region}.run.app"


def service(function: str) -> str:
    """What the platform calls a function, whose names have no underscores."""
    return function.replace("_", "-")


def account_of(function: str) -> str:
    """The id of a function's own account; ids have at least six letters, which `auth` has not."""
    return f"fn-{service(function)}"


@cache
def here() -> Place:
    """The place that deploy.sh chose, with the file of its environment."""
    env = os.environ["DEPLOY_ENV"]
    settings, options = read(HERE / f"{env}.env")
    return Place(
        os.environ["DEPLOY_PROJECT"],
        os.environ.get("DEPLOY_NUMBER", "0"),
        os.environ["DEPLOY_REGION"],
        os.environ["DEPLOY_GATEWAY_REGION"],
        env,
        settings,
        options,
    )


def read(file: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The functions' settings and the deployment's options of an environment's file.

    Raises `Wrong` for secrets, for what is decided here, for unknown names and where there is no file.
    """
    if not file.exists():
        raise Wrong(f"there is no {file.name} in infra/gcp: an environment is what its file says")
    settings, options = {}, dict(OPTIONS)
    known = {each.name: each for each in SETTINGS}
    for line in file.read_text().splitlines():
        name, given, value = line.partition("=")
        if line.startswith("#") or not given:
            continue
        if name in OPTIONS:
            options[name] = value
        elif name not in known:
            raise Wrong(f"{file.name}: there is no setting {name}")
        elif known[name].secret:
            raise Wrong(f"{file.name}: {name} is a secret, which belongs into Secret Manager")
        elif name in DECIDED:
            raise Wrong(f"{file.name}: {name} would move the functions alone; it is decided by {DECIDED[name]}")
        else:
            settings[name] = value
    return settings, options


@cache
def needs() -> dict[str, Needs]:
    """What each function needs, from its declaration; deploy.sh has it read once, since that loads every function."""
    kept = Path(os.environ.get("DEPLOY_RUN", "/nowhere")) / "needs.json"
    if kept.exists():
        return {name: Needs(**{key: _frozen(value) for key, value in said.items()}) for name, said in json.loads(kept.read_text()).items()}
    from infra.routes import APIS

    return {api.function: api.needs for api in APIS}


def needs_as_json() -> str:
    """What `needs` keeps."""
    return json.dumps({name: each._asdict() for name, each in needs().items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
