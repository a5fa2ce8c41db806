"""Cloud SQL: the instance with its limits and backups, the database, and a user for each function."""

import shlex
from typing import Any, NamedTuple

from infra.gcp import connections, secrets
from infra.gcp.place import DATABASE, OWNER, Place, needs
from infra.gcp.steps import Step, gcloud, names, state

# The server's own settings. Slow and refused statements are logged, but not their DETAIL: it has the values that were bound,
# and those of the row that a constraint refused, people's addresses and stories among them.
SERVER = {"cloudsql.iam_authentication": "on", "log_min_duration_statement": "500", "log_error_verbosity": "terse"}


PASSWORD = "DB_PASSWORD"


class Setting(NamedTuple):
    """What gcloud is told of the instance, and how the instance shows it: paths in its settings with their values."""

    flag: str
    shown: dict[str, object]


def settings(place: Place, limit: int) -> list[Setting]:
    """All that is chosen of the instance, which may have `limit` connections."""
    tier, availability = place.options["DEPLOY_DB_TIER"], place.options["DEPLOY_DB_AVAILABILITY"]
    backup, server = "backupConfiguration", {**SERVER, "max_connections": str(limit)}
    return [
        Setting(f"--tier={tier}", {"tier": tier}),
        Setting(f"--availability-type={availability}", {"availabilityType": availability.upper()}),
        Setting("--storage-auto-increase", {"storageAutoResize": True}),
        # Two at night in Jakarta.
        Setting("--backup-start-time=19:00", {f"{backup}.enabled": True, f"{backup}.startTime": "19:00"}),
        Setting("--enable-point-in-time-recovery", {f"{backup}.pointInTimeRecoveryEnabled": True}),
        Setting("--retained-backups-count=14", {f"{backup}.backupRetentionSettings.retainedBackups": 14}),
        Setting("--retained-transaction-log-days=7", {f"{backup}.transactionLogRetentionDays": 7}),
        Setting("--deletion-protection", {"deletionProtectionEnabled": True}),
        # Nothing but connectors gets in, and those prove who they are to IAM before they see PostgreSQL.
        Setting("--connector-enforcement=REQUIRED", {"connectorEnforcement": "REQUIRED"}),
        Setting("--ssl-mode=ENCRYPTED_ONLY", {"ipConfiguration.sslMode": "ENCRYPTED_ONLY"}),
        Setting("--insights-config-query-insights-enabled", {"insightsConfig.queryInsightsEnabled": True}),
        Setting(f"--database-flags={','.join(map('='.join, server.items()))}", {"databaseFlags": server}),
    ]


def instance(place: Place) -> list[Step]:
    """The instance to make or to change; raises `TooFew` where the functions may take more connections than it has."""
    limit = connections.check(place)
    there = next((each for each in state("instances") if each["name"] == place.instance), None)
    wanted = settings(place, limit)
    flags = [each.flag for each in wanted]
    budget = f"{connections.wanted(place)} of {limit} connections may be taken"
    if there is None:
        first = [f"--database-version={place.options['DEPLOY_DB_VERSION']}", f"--region={place.region}", "--edition=enterprise"]
        what = f"database instance {place.instance}: {budget}; takes about ten minutes"
        return [gcloud(what, "sql", "instances", "create", place.instance, *first, *flags)]
    other = [path for each in wanted for path, value in each.shown.items() if _shown(there["settings"], path) != value]
    what = f"database instance {place.instance}: {', '.join(other)}; {budget}"
    return [gcloud(what, "sql", "instances", "patch", place.instance, *flags)] if other else []


def _shown(settings: dict[str, Any], path: str) -> object:
    """What an instance shows at a path; the server's settings by their names, since they are a list without an order."""
    found: Any = settings
    for name in path.split("."):
        found = (found or {}).get(name)
    return {each["name"]: each["value"] for each in found or []} if path == "databaseFlags" else found


def inside(place: Place) -> list[Step]:
    """The database and its users to make: the owner by password, each function as its service account."""
    found = []
    if DATABASE not in names(state("databases")):
        found.append(gcloud(f"database {DATABASE}", "sql", "databases", "create", DATABASE, f"--instance={place.instance}"))
    there = {each["name"] for each in state("users")}
    found += _owner(place, "set-password" if OWNER in there else "create")
    for function in needs():
        login = place.login(function)
        if login not in there:
            words = ("sql", "users", "create", login, f"--instance={place.instance}", "--type=cloud_iam_service_account")
            found.append(gcloud(f"database user {login}", *words))
    return found


def _owner(place: Place, verb: str) -> list[Step]:
    """The owner's password, which nobody shows: a label of its secret says which version opens which instance."""
    version = secrets.version(PASSWORD)
    opens = f"{place.instance}-{version}"
    kept: dict[str, Any] = next((each for each in state("secrets") if each["name"].endswith(f"/{PASSWORD}")), {})
    if verb != "create" and kept.get("labels", {}).get("opens") == opens:
        return []
    # Not as an argument, where the list of processes shows it: gcloud reads flags from a file as well.
    file = '"$DEPLOY_RUN/owner.flags"'
    # Read by itself, for inside of another command's words its failure would go unseen, and an empty password be set.
    read = f'password="$(gcloud secrets versions access {version} --secret={PASSWORD})"'
    change = shlex.join(["gcloud", "sql", "users", verb, OWNER, f"--instance={place.instance}"])
    note = shlex.join(["gcloud", "secrets", "update", PASSWORD, f"--update-labels=opens={opens}"])
    what = f"database user {OWNER}, who owns the tables: version {version} of {PASSWORD}"
    return [Step(what, f'{read} && printf \'"--password": "%s"\\n\' "$password" >{file} && {change} --flags-file={file} && {note}')]
