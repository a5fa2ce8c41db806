"""What is watched: metrics from the functions' log lines, alerts on them and on the platform's own, uptime, the budget."""

import re
from typing import Any, NamedTuple

from infra.gcp.functions import public_url
from infra.gcp.place import Place
from infra.gcp.steps import Step, gcloud, shows, state, written
from infra.gcp.tables import job_name
from infra.schedule import SCHEDULE


class Metric(NamedTuple):
    """A count of a resource's log lines; `value` is a field whose sum counts instead.

    `message` begins the line's message, `where` is what else Cloud Logging has to find in it.
    """

    name: str
    message: str = ""
    value: str = ""
    label: str = ""
    where: str = ""
    resource: str = "cloud_run_revision"


# Our own lines (common/log.py); tests/infra/test_deploy_tables.py finds each message in the code.
METRICS = (
    Metric("request-milliseconds", "request", value="ms", label="route"),
    Metric("unhandled-errors", "unhandled", label="route"),
    Metric("jobs-given-up", "job given up", label="kind"),
    Metric("mails-refused", "a mail was refused", label="why"),
    Metric("jobs-nobody-took", "rang again for jobs that nobody took"),
    Metric("payments-that-differ", "a payment differs from its invoice and was not granted"),
    Metric("payments-unsettled", "an invoice could not be settled"),
    Metric("notifications-unsettled", "a notification could not be settled and is kept for later"),
    Metric("refresh-tokens-reused", "refresh token reused"),
    # A call that was not let in, or failed, writes its line as well.
    Metric("sweep-milliseconds", "request", value="ms", where='jsonPayload.route="worker.sweep" AND jsonPayload.status<400'),
    # Scheduler's own log also knows the calls that never reached us, and those that took too long.
    Metric("scheduled-calls-failed", where="severity>=ERROR", resource="cloud_scheduler_job"),
)


class Alert(NamedTuple):
    """An alert: when `filter`, summed up by `aligner` over `seconds`, is above `above`; `what` is for whoever is woken.

    Where `above` is None: when there is nothing at all for `seconds`. With `by`, a label of the resource, each value of it counts alone.
    """

    name: str
    filter: str
    above: float | None
    seconds: int
    aligner: str
    what: str
    reducer: str = "REDUCE_SUM"
    by: str = ""


FUNCTION = 'resource.type = "cloud_run_revision"'


def _ours(name: str) -> str:
    return f'metric.type = "logging.googleapis.com/user/{name}" AND {FUNCTION}'


# Scheduler does not try again: of what comes once an hour or less each failure counts, of the others those that go on.
SELDOM = 3600


def _failed_calls(seldom: bool) -> str:
    jobs = ", ".join(f'"{job_name(tick)}"' for tick in SCHEDULE if (tick.seconds >= SELDOM) == seldom)
    failed = 'metric.type = "logging.googleapis.com/user/scheduled-calls-failed"'
    return f'{failed} AND resource.type = "cloud_scheduler_job" AND resource.labels.job_id = one_of({jobs})'


# INSTANCE is the environment's (DEPLOY_DB_INSTANCE).
DATABASE = 'resource.type = "cloudsql_database" AND resource.labels.database_id = monitoring.regex.full_match(".*:INSTANCE")'
RUN = "run.googleapis.com"
LATENCIES = f'metric.type = "{RUN}/request_latencies" AND {FUNCTION}'
ALERTS = (
    Alert(
        "Errors of ours",
        _ours("unhandled-errors"),
        5,
        300,
        "ALIGN_SUM",
        "More than five unhandled errors in five minutes: Error Reporting has their traces.",
    ),
    Alert(
        "Answers of 5xx",
        f'metric.type = "{RUN}/request_count" AND {FUNCTION} AND metric.labels.response_code_class = "5xx"',
        20,
        300,
        "ALIGN_SUM",
        "More than twenty answers of 5xx in five minutes.",
    ),
    Alert(
        "Slow answers",
        # Nobody waits for what a queue calls; whoever dictates waits for Speech-to-Text.
        f'{LATENCIES} AND resource.labels.service_name != one_of("worker", "video", "speech")',
        2000,
        600,
        "ALIGN_PERCENTILE_95",
        "One answer in twenty takes more than two seconds, for ten minutes.",
        "REDUCE_MAX",
    ),
    Alert(
        # Transcribing may take SPEECH_SECONDS, 50 unless it is set.
        "Dictation is slow",
        f'{LATENCIES} AND resource.labels.service_name = "speech"',
        40_000,
        600,
        "ALIGN_PERCENTILE_95",
        "One answer in twenty of the function speech takes more than forty seconds, for ten minutes: is Speech-to-Text slow?",
        "REDUCE_MAX",
    ),
    Alert(
        "Jobs wait",
        _ours("jobs-nobody-took"),
        5,
        600,
        "ALIGN_SUM",
        "Jobs were due and nobody took them: look at the queues and at the worker.",
    ),
    Alert(
        # Whoever rings again for jobs is silent, and says nothing about it: paused, not let in, or dead at its start.
        "Nobody sweeps",
        _ours("sweep-milliseconds"),
        None,
        600,
        "ALIGN_PERCENTILE_95",
        "No sweep has succeeded for ten minutes: lost jobs, payments and pushes stay lost until one does.",
        "REDUCE_MAX",
    ),
    Alert(
        "A scheduled call failed",
        _failed_calls(seldom=True),
        0,
        3600,
        "ALIGN_SUM",
        "What is called once an hour or a day failed, and is not tried again before its next time: the worker's log says why.",
        by="job_id",
    ),
    Alert(
        "A scheduled call fails again and again",
        _failed_calls(seldom=False),
        3,
        1800,
        "ALIGN_SUM",
        "More than three calls of one schedule failed within half an hour: the worker's log says why.",
        by="job_id",
    ),
    Alert(
        "Jobs given up",
        _ours("jobs-given-up"),
        10,
        3600,
        "ALIGN_SUM",
        "More than ten jobs were given up in an hour; their kredit went back.",
    ),
    Alert(
        # Some addresses are mistyped; that the server refuses all of our mail is told nowhere else.
        "Mails are refused",
        _ours("mails-refused"),
        10,
        3600,
        "ALIGN_SUM",
        "The mail server refused more than ten mails for good in an hour: is our sender verified, is a limit exceeded?",
    ),
    Alert(
        "A payment differs from its invoice",
        _ours("payments-that-differ"),
        0,
        300,
        "ALIGN_SUM",
        "Money came that does not fit an invoice; nothing was granted. A person has to look.",
    ),
    Alert(
        "Payments are not settled",
        _ours("payments-unsettled"),
        0,
        900,
        "ALIGN_SUM",
        "The sweep could not settle an invoice: it stays open until somebody looks.",
    ),
    Alert(
        "Notifications wait",
        _ours("notifications-unsettled"),
        3,
        900,
        "ALIGN_SUM",
        "Payment notifications could not be settled at once and wait for the sweep.",
    ),
    Alert(
        "Tasks pile up",
        'metric.type = "cloudtasks.googleapis.com/queue/depth" AND resource.type = "cloud_tasks_queue"',
        500,
        900,
        "ALIGN_MAX",
        "More than 500 tasks wait in a queue, for fifteen minutes.",
        "REDUCE_MAX",
    ),
    Alert(
        "The database's connections run out",
        f'metric.type = "cloudsql.googleapis.com/database/postgresql/num_backends" AND {DATABASE}',
        0,  # Set from the budget below.
        300,
        "ALIGN_MAX",
        "More than four fifths of the connections are taken.",
    ),
    Alert(
        "The database is full",
        f'metric.type = "cloudsql.googleapis.com/database/disk/utilization" AND {DATABASE}',
        0.85,
        900,
        "ALIGN_MAX",
        "Its disk grows by itself, and costs more.",
        "REDUCE_MAX",
    ),
    Alert(
        "The database works hard",
        f'metric.type = "cloudsql.googleapis.com/database/cpu/utilization" AND {DATABASE}',
        0.85,
        900,
        "ALIGN_MEAN",
        "More than 85 % of its processors, for fifteen minutes.",
        "REDUCE_MAX",
    ),
    Alert(
        "The API does not answer",
        'metric.type = "monitoring.googleapis.com/uptime_check/check_passed" AND resource.type = "uptime_url"',
        1,
        300,
        "ALIGN_NEXT_OLDER",
        "A place in the world could not get /health or /health/ready.",
        "REDUCE_COUNT_FALSE",
    ),
)
UPTIME = {"alive": "/health", "ready": "/health/ready"}


def metrics(place: Place) -> list[Step]:
    """The log-based metrics to make or to change."""
    there = {each["name"]: each for each in state("metrics")}
    found = []
    for metric in METRICS:
        body = metric_body(metric)
        if not shows(there.get(metric.name), body):
            verb = "update" if metric.name in there else "create"
            file = written(f"metric-{metric.name}.json", body)
            found.append(gcloud(f"metric {metric.name}", "logging", "metrics", verb, metric.name, f"--config-from-file={file}"))
    return found


def metric_body(metric: Metric) -> dict[str, Any]:
    """A metric as Cloud Logging takes it; an error's message goes on with its trace, so that only its beginning is compared."""
    message = re.escape(metric.message).replace("\\ ", " ")
    said = f'jsonPayload.message=~"^{message}(\\n|$)"' if message else ""
    body: dict[str, Any] = {
        "description": f"Lines of {metric.resource} that begin with: {metric.message or 'anything'}",
        "filter": " AND ".join(filter(None, [f'resource.type="{metric.resource}"', said, metric.where])),
        "metricDescriptor": {
            "metricKind": "DELTA",
            "valueType": "DISTRIBUTION" if metric.value else "INT64",
        },
    }
    if metric.label:
        # A text, as labels are that do not say what they are.
        body["metricDescriptor"]["labels"] = [{"key": metric.label}]
        body["labelExtractors"] = {metric.label: f"EXTRACT(jsonPayload.{metric.label})"}
    if metric.value:
        body["valueExtractor"] = f"EXTRACT(jsonPayload.{metric.value})"
    return body


def channel(place: Place) -> list[Step]:
    """The e-mail address that alerts go to."""
    email = place.options["DEPLOY_ALERT_EMAIL"]
    if not email or any(each.get("labels", {}).get("email_address") == email for each in state("channels")):
        return []
    words = ("beta", "monitoring", "channels", "create", "--display-name=MamaStoria on call", "--type=email")
    return [gcloud(f"alerts go to {email}", *words, f"--channel-labels=email_address={email}")]


def alerts(place: Place, connections: int) -> list[Step]:
    """The alerting policies to make or to change, and the uptime checks."""
    email = place.options["DEPLOY_ALERT_EMAIL"]
    told = [each["name"] for each in state("channels") if each.get("labels", {}).get("email_address") == email]
    there = {each["displayName"]: each for each in state("policies")}
    found = _uptime()
    for alert in ALERTS:
        body = alert_body(alert._replace(filter=alert.filter.replace("INSTANCE", place.instance)), told, connections)
        known = there.get(alert.name)
        if not shows(known, body):
            file = written(f"alert-{alert.name.replace(' ', '-')}.json", body)
            words = ["update", known["name"]] if known else ["create"]
            found.append(gcloud(f"alert: {alert.name}", "alpha", "monitoring", "policies", *words, f"--policy-from-file={file}"))
    return found


def alert_body(alert: Alert, channels: list[str], connections: int) -> dict[str, Any]:
    """A policy as Cloud Monitoring takes it."""
    return {
        "displayName": alert.name,
        "documentation": {"content": alert.what, "mimeType": "text/markdown"},
        "combiner": "OR",
        "conditions": [{"displayName": alert.name, **_condition(alert, connections)}],
        "notificationChannels": channels,
        "enabled": True,
    }


def _condition(alert: Alert, connections: int) -> dict[str, Any]:
    aggregation: dict[str, Any] = {"perSeriesAligner": alert.aligner, "crossSeriesReducer": alert.reducer}
    if alert.by:
        aggregation["groupByFields"] = [f"resource.label.{alert.by}"]
    if alert.above is None:
        # All series as one: each instance has its own, and those of instances that are gone are silent for ever.
        aligned = [{"alignmentPeriod": "60s", **aggregation}]
        return {"conditionAbsent": {"filter": alert.filter, "duration": f"{alert.seconds}s", "aggregations": aligned}}
    condition = {
        "filter": alert.filter,
        "comparison": "COMPARISON_GT",
        "thresholdValue": 0.8 * connections if "num_backends" in alert.filter else alert.above,
        "duration": "0s",
        "aggregations": [{"alignmentPeriod": f"{alert.seconds}s", **aggregation}],
    }
    return {"conditionThreshold": condition}


def _uptime() -> list[Step]:
    host = public_url().removeprefix("https://")
    there = {each["displayName"]: each for each in state("uptime")}
    if not host:
        return []
    words = ("monitoring", "uptime", "create")
    flags = ("--resource-type=uptime-url", "--protocol=https", "--period=5", "--timeout=20", "--validate-ssl=true")
    return [
        gcloud(f"uptime check {name}: {path}", *words, name, f"--resource-labels=host={host}", f"--path={path}", *flags)
        for name, path in UPTIME.items()
        if name not in there
    ]


def budget(place: Place) -> list[Step]:
    """The budget that warns at half, at four fifths and at all of DEPLOY_BUDGET a month."""
    account = place.options["DEPLOY_BILLING_ACCOUNT"]
    if not account or any(each["displayName"] == place.project for each in state("budgets")):
        return []
    words = ["billing", "budgets", "create", f"--billing-account={account}", f"--display-name={place.project}"]
    limits = [f"--threshold-rule=percent={part}" for part in ("0.5", "0.8", "1.0")]
    amount = f"--budget-amount={place.options['DEPLOY_BUDGET']}"
    return [
        gcloud(
            f"budget of {place.options['DEPLOY_BUDGET']} a month", *words, amount, f"--filter-projects=projects/{place.project}", *limits
        )
    ]
