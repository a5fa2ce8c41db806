"""Cloud SQL: the instance with its limits and backups, the database, and a user for each function."""

import shlex
from typing import Any

from infra.gcp import connections
from infra.gcp.place import DATABASE, INSTANCE, OWNER, Place, needs
from infra.gcp.steps import Step, gcloud, names, state


def instance(place: Place) -> list[Step]:
    """The instance to make or to change; raises `TooFew` where the functions may take more connections than it has."""
    limit = connections.check(place)
    there = next((each for each in state("instances") if each["name"] == INSTANCE), None)
    flags = _flags(place, limit)
    budget = f"{connections.wanted(place)} of {limit} connections may be taken"
    if there is None:
        first = [f"--database-version={place.options['DEPLOY_DB_VERSION']}", f"--region={place.region}", "--edition=enterprise"]
        return [
            gcloud(
                f"database instance {INSTANCE}: {budget}; takes about ten minutes", "sql", "instances", "create", INSTANCE, *first, *flags
            )
        ]
    if not _as_wanted(there["settings"], place, limit):
        return [gcloud(f"database instance {INSTANCE}: {budget}", "sql", "instances", "patch", INSTANCE, *flags)]
    return []


def _flags(place: Place, limit: int) -> list[str]:
    return [
        f"--tier={place.options['DEPLOY_DB_TIER']}",
        f"--availability-type={place.options['DEPLOY_DB_AVAILABILITY']}",
        "--storage-auto-increase",
        "--backup-start-time=19:00",  # Two at night in Jakarta.
        "--enable-point-in-time-recovery",
        "--retained-backups-count=14",
        "--retained-transaction-log-days=7",
        "--deletion-protection",
        # Nothing but connectors gets in, and those prove who they are to IAM before they see PostgreSQL.
        "--connector-enforcement=REQUIRED",
        "--ssl-mode=ENCRYPTED_ONLY",
        f"--database-flags=cloudsql.iam_authentication=on,max_connections={limit},log_min_duration_statement=500",
        "--insights-config-query-insights-enabled",
    ]


def _as_wanted(settings: dict[str, Any], place: Place, limit: int) -> bool:
    backup, flags = settings.get("backupConfiguration", {}), {each["name"]: each["value"] for each in settings.get("databaseFlags", [])}
    shown = {
        "tier": settings.get("tier"),
        "availability": str(settings.get("availabilityType", "")).lower(),
        "recovery": backup.get("pointInTimeRecoveryEnabled"),
        "backups": backup.get("enabled"),
        "protected": settings.get("deletionProtectionEnabled"),
        "connectors": settings.get("connectorEnforcement"),
        "login": flags.get("cloudsql.iam_authentication"),
        "connections": flags.get("max_connections"),
    }
    wanted = {
        "tier": place.options["DEPLOY_DB_TIER"],
        "availability": place.options["DEPLOY_DB_AVAILABILITY"],
        "recovery": True,
        "backups": True,
        "protected": True,
        "connectors": "REQUIRED",
        "login": "on",
        "connections": str(limit),
    }
    return shown == wanted


def inside(place: Place) -> list[Step]:
    """The database and its users to make: the owner by password, each function as its service account."""
    found = []
    if DATABASE not in names(state("databases")):
        found.append(gcloud(f"database {DATABASE}", "sql", "databases", "create", DATABASE, f"--instance={INSTANCE}"))
    there = {each["name"] for each in state("users")}
    if OWNER not in there:
        found.append(_owner())
    for function in needs():
        login = place.login(function)
        if login not in there:
            words = ("sql", "users", "create", login, f"--instance={INSTANCE}", "--type=cloud_iam_service_account")
            found.append(gcloud(f"database user {login}", *words))
    return found


def _owner() -> Step:
    # Not as an argument, where the list of processes shows it: gcloud reads flags from a file as well.
    file = '"$DEPLOY_RUN/owner.flags"'
    read = '"$(gcloud secrets versions access latest --secret=DB_PASSWORD)"'
    create = shlex.join(["gcloud", "sql", "users", "create", OWNER, f"--instance={INSTANCE}"])
    return Step(
        f"database user {OWNER}, who owns the tables", f'printf \'"--password": "%s"\\n\' {read} >{file} && {create} --flags-file={file}'
    )
