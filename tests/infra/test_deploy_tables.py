"""What the deployment's tables promise, without a cloud."""

import ast
import re
import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from common import jobs, settings
from functions.worker.kinds import KINDS
from infra.gcp import connections, database, functions, gateway, models, monitoring, place, rights, secrets, smoke, tables
from infra.gcp.rights import Binding
from infra.local import postgres
from infra.routes import APIS, ROOT
from infra.schedule import SCHEDULE

HERE = place.Place("mama-test", "123", "asia-southeast2", "asia-northeast1", "production")


def test_a_policy_keeps_what_others_bound_and_conditions_and_gets_only_what_is_missing():
    before = {
        "etag": "abc",
        "bindings": [
            {"role": "roles/owner", "members": ["user:siti@example.com"]},
            {"role": "roles/run.invoker", "members": ["user:budi@example.com"], "condition": {"title": "till Friday"}},
        ],
    }
    wanted = [
        Binding("project", "p", "roles/run.invoker", "serviceAccount:a"),
        Binding("project", "p", "roles/owner", "user:siti@example.com"),
    ]
    after, added = rights.merged(before, wanted)
    assert added == wanted[:1] and after["etag"] == "abc"
    assert after["bindings"][:2] == before["bindings"]
    assert after["bindings"][2:] == [{"role": "roles/run.invoker", "members": ["serviceAccount:a"]}]
    assert rights.merged(after, wanted)[1] == []


def test_operations_are_told_of_models_that_google_retires_in_time_and_of_those_nobody_looked_up():
    assert models.told({}, date(2026, 11, 22)) == []
    assert models.told({"VERTEX_TEXT_MODEL": "gemini-2.5-flash"}, date(2026, 11, 22)) == [
        "VERTEX_TEXT_MODEL=gemini-2.5-flash: Google has retired it on 2026-10-20; choose another model"
    ]
    (soon,) = models.told({"VERTEX_IMAGE_MODEL": "gemini-2.5-flash-image"}, date(2026, 11, 22))
    assert "retires it on 2027-03-15" in soon
    (unknown,) = models.told({"EMBEDDING_MODEL": "text-of-tomorrow"}, date(2026, 11, 22))
    assert "EMBEDDING_MODEL=text-of-tomorrow: nobody has noted" in unknown
    assert len(models.told({}, date(2030, 1, 1))) == 2, "no date of the embedding model was announced"


def test_accounts_have_ids_that_google_takes():
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", name) for name in tables.wanted_accounts())
    assert len(tables.wanted_accounts()) == len(APIS) + 3


@pytest.mark.parametrize("percent", [100, 50, 25, 1])
def test_jobs_take_as_many_threads_as_there_are_and_leave_scheduler_its_own(percent, monkeypatch):
    monkeypatch.setattr(tables, "state", lambda name: [])
    here = replace(HERE, options={**place.OPTIONS, "DEPLOY_INSTANCES": str(percent)})
    taken = {step.command.split()[4]: int(re.search(r"max-concurrent-dispatches=(\d+)", step.command)[1]) for step in tables.queues(here)}
    threads = {name: here.most(place.needs()[name]) * place.needs()[name].threads for name in ("worker", "video")}
    assert taken["generation"] + taken["errands"] == threads["worker"] - tables.FOR_SCHEDULER and taken["video"] == threads["video"]
    # However many comics are drawn at once, somebody who waits for a code is mailed.
    assert all(count >= 1 for count in taken.values())
    assert {kind: jobs.queue(kind) for kind in ("panels", "mail_code")} == {"panels": "generation", "mail_code": "errands"}
    assert {jobs.queue(kind) for kind in KINDS} == {"errands", "generation"}


def kept(monkeypatch, given=(), **versions):
    """Secrets with the states of their versions, oldest first; the others of ours are there and fine."""
    versions = {name: ["ENABLED"] for name in secrets.OURS} | versions
    found = {
        f"versions-of-{name}": [{"name": f"secrets/{name}/versions/{number}", "state": each} for number, each in enumerate(states, 1)][::-1]
        for name, states in versions.items()
    }
    found |= {"secrets": [{"name": f"projects/1/secrets/{name}"} for name in versions], "given": list(given)}
    for module in (secrets, functions):
        monkeypatch.setattr(module, "state", lambda name: found.get(name, []))


def test_a_secret_whose_making_was_cut_short_gets_its_value_and_is_no_functions_until_then(monkeypatch):
    kept(monkeypatch, ["SMTP_PASSWORD", "DOKU_SECRET_KEY"], JWT_SECRET=[], SMTP_PASSWORD=[])
    commands = [step.command.partition("| ")[2] for step in secrets.steps(HERE)]
    assert commands == [
        "gcloud secrets versions add JWT_SECRET --data-file=-",
        "gcloud secrets create DOKU_SECRET_KEY --replication-policy=automatic --data-file=-",
        "gcloud secrets versions add SMTP_PASSWORD --data-file=-",
    ]
    assert functions._secrets("notifications") == ["--clear-secrets"]
    assert functions._secrets("auth") == ["--set-secrets=CODE_SECRET=CODE_SECRET:1"]


def test_the_newest_version_that_is_enabled_is_a_functions_and_a_disabled_secret_is_off(monkeypatch):
    kept(monkeypatch, CODE_SECRET=["ENABLED"] * 10 + ["DISABLED"], SMTP_PASSWORD=["DISABLED"])
    assert secrets.version("CODE_SECRET") == "10"
    assert "SMTP_PASSWORD" in {each.name for each in secrets.to_give()} and secrets.steps(HERE) == []
    assert functions._secrets("worker") == ["--set-secrets=CODE_SECRET=CODE_SECRET:10"]


def test_a_key_of_ours_that_is_disabled_is_not_replaced_by_one_that_cannot_open_what_it_sealed(monkeypatch):
    kept(monkeypatch, BANK_KEYS=["DESTROYED", "DISABLED"])
    with pytest.raises(place.Wrong, match="BANK_KEYS has no version that is enabled"):
        secrets.steps(HERE)


def test_every_scheduled_call_can_be_said_in_cron():
    assert {tables.cron(tick.seconds) for tick in SCHEDULE} <= {"* * * * *", "*/5 * * * *", "7 * * * *", "20 2 * * *"}
    assert len({tables.job_name(tick) for tick in SCHEDULE}) == len(SCHEDULE)
    with pytest.raises(AssertionError):
        tables.cron(90)


def test_a_database_that_is_too_small_is_refused_before_anything_is_made(monkeypatch):
    monkeypatch.setattr(place, "OPTIONS", {**place.OPTIONS, "DEPLOY_DB_TIER": "db-f1-micro"})
    small = place.Place(*("mama-test", "123", "asia-southeast2", "asia-northeast1", "production"), options=dict(place.OPTIONS))
    with pytest.raises(connections.TooFew, match="25 connections and the functions may take"):
        connections.check(small)
    assert connections.check(HERE) >= connections.wanted(HERE) + connections.RESERVED
    with pytest.raises(ValueError, match="unknown tier"):
        connections.offered("db-n1-standard-1")


def test_the_databases_log_tells_of_slow_and_refused_statements_without_what_was_said_in_them():
    """Cloud SQL's log as ours is configured, on a server of our own: what people wrote is bound to statements, and stays out."""
    options = [f"{name}={value}" for name, value in database.SERVER.items() if not name.startswith("cloudsql.")]
    server, folder = postgres.temporary(options=tuple(options))
    try:
        with create_engine(server.database(), isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("create table people (email text unique, age int check (age > 12))"))
            connection.execute(text("select :email, pg_sleep(0.6)"), {"email": "lambat@contoh.id"})
            for email, age in (("siti@contoh.id", 20), ("siti@contoh.id", 20), ("budi@contoh.id", 3)):
                with suppress(DBAPIError):
                    connection.execute(text("insert into people values (:email, :age)"), {"email": email, "age": age})
        said = server.log.read_text()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    assert "duration: " in said and "duplicate key" in said and "violates check constraint" in said
    assert "contoh.id" not in said


def test_an_environments_file_takes_settings_and_options_and_neither_secrets_nor_typing_errors(tmp_path):
    file = tmp_path / "staging.env"
    file.write_text("# Staging\nDOKU_URL=https://api-sandbox.doku.com\nDEPLOY_DB_TIER=db-custom-2-7680\n")
    settings, options = place.read(file)
    assert settings == {"DOKU_URL": "https://api-sandbox.doku.com"} and options["DEPLOY_DB_TIER"] == "db-custom-2-7680"
    for line, why in (("JWT_SECRET=x", "is a secret"), ("DOKU_UR=x", "no setting DOKU_UR")):
        file.write_text(line)
        with pytest.raises(place.Wrong, match=why):
            place.read(file)


def test_an_environments_file_cannot_move_the_functions_away_from_what_the_rest_of_the_deployment_uses(tmp_path, monkeypatch):
    monkeypatch.setattr(functions, "state", lambda name: [])
    file = tmp_path / "staging.env"
    # A domain, balancers and a CDN in front are for the file to say.
    for name in set(functions.environment(HERE, "comics")) - {"PUBLIC_URL", "TRUSTED_PROXIES", "PUBLIC_MEDIA_URL"} | {"DATABASE_URL"}:
        file.write_text(f"{name}=elsewhere\n")
        with pytest.raises(place.Wrong, match=f"{name} would move the functions alone"):
            place.read(file)
    file.write_text("PUBLIC_MEDIA_URL=https://cdn.example.com\n")
    assert place.read(file)[0] == {"PUBLIC_MEDIA_URL": "https://cdn.example.com"}


def test_a_restored_database_is_moved_to_by_one_option(monkeypatch):
    asked = {"instances": [{"name": "mamastoria", "settings": {}}], "policies": [], "channels": [], "gateways": []}
    for module in (database, functions, monitoring, secrets):
        monkeypatch.setattr(module, "state", lambda name: asked.get(name, []))
    written = {}
    monkeypatch.setattr(monitoring, "written", lambda name, body: written.setdefault(name, str(body)))
    there = replace(HERE, options={**place.OPTIONS, "DEPLOY_DB_INSTANCE": "mamastoria-2"})
    assert functions.environment(there, "comics")["CLOUD_SQL_INSTANCE"] == "mama-test:asia-southeast2:mamastoria-2"
    steps = [*database.instance(there), *database.inside(there)]
    assert len(steps) > len(APIS)
    assert all(re.search(r"(--instance=|instances create )mamastoria-2( |$)", step.command) for step in steps)
    monitoring.alerts(there, 400)
    watched = [body for body in written.values() if "cloudsql_database" in body]
    assert watched and all(':mamastoria-2"' in body for body in watched)


@pytest.mark.parametrize("file", sorted((ROOT / "infra/gcp").glob("*.env")), ids=lambda file: file.name)
def test_the_environments_that_are_kept_here_can_be_read_and_their_databases_are_large_enough(file):
    _, options = place.read(file)
    here = place.Place("mama-test", "123", "asia-southeast2", "asia-northeast1", file.stem, options=options)
    assert connections.check(here) >= connections.wanted(here) + connections.RESERVED


@pytest.mark.parametrize("metric", [each for each in monitoring.METRICS if each.message], ids=lambda metric: metric.name)
def test_what_is_counted_in_the_log_is_written_there(metric):
    calls = [
        node
        for folder in ("common", "functions")
        for file in (ROOT / folder).rglob("*.py")
        if metric.message in file.read_text()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "log"
    ]
    said = [call for call in calls if call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == metric.message]
    assert said
    told = {keyword.arg for call in said for keyword in call.keywords}
    assert {metric.value, metric.label} - {""} <= told


def test_alerts_that_look_at_our_own_metrics_name_ones_that_exist():
    named = {name for alert in monitoring.ALERTS for name in re.findall(r"user/([\w-]+)", alert.filter)}
    assert named <= {metric.name for metric in monitoring.METRICS}
    bodies = {alert.name: monitoring.alert_body(alert, [], 400) for alert in monitoring.ALERTS}
    assert bodies["The database's connections run out"]["conditions"][0]["conditionThreshold"]["thresholdValue"] == 320


def test_no_function_whose_requests_wait_for_speech_has_to_answer_within_two_seconds():
    waiting = {place.service(api.function) for api in APIS if "speech" in api.needs.uses}
    [slow] = [alert for alert in monitoring.ALERTS if alert.name == "Slow answers"]
    assert waiting <= set(re.findall(r'"([\w-]+)"', slow.filter.partition("service_name")[2]))
    limits = {alert.above for alert in monitoring.ALERTS if alert.filter.endswith('service_name = "speech"')}
    assert limits and max(limits) < 1000 * settings.SPEECH_SECONDS.default


def test_somebody_is_woken_when_no_sweep_succeeds_and_one_that_fails_is_none():
    [alert] = [alert for alert in monitoring.ALERTS if alert.above is None]
    condition = monitoring.alert_body(alert, [], 400)["conditions"][0]["conditionAbsent"]
    # Sweeps come every minute, and each writes a line with its route.
    assert int(condition["duration"].rstrip("s")) == 10 * next(tick.seconds for tick in SCHEDULE if tick.path == "/internal/sweep")
    assert condition["aggregations"][0]["crossSeriesReducer"] == "REDUCE_MAX"
    [metric] = [each for each in monitoring.METRICS if f"user/{each.name}" in condition["filter"]]
    counted = monitoring.metric_body(metric)["filter"]
    [worker] = [api for api in APIS if api.function == "worker"]
    sweep = {route.name for route in worker.routes if route.path == "/internal/sweep"}
    assert set(re.findall(r'jsonPayload.route="([^"]+)"', counted)) == sweep and "jsonPayload.status<400" in counted


@pytest.mark.parametrize("tick", SCHEDULE, ids=lambda tick: tick.path)
def test_somebody_is_woken_when_every_call_of_a_schedule_fails(tick):
    """One call fewer than fit into an alert's window, since the first may come at its end; and at least one."""
    job = f'"{tables.job_name(tick)}"'
    watching = [alert for alert in monitoring.ALERTS if "scheduled-calls-failed" in alert.filter and job in alert.filter]
    assert watching
    for alert in watching:
        assert max(1, alert.seconds // tick.seconds - 1) > alert.above
        aggregation = monitoring.alert_body(alert, [], 400)["conditions"][0]["conditionThreshold"]["aggregations"][0]
        assert aggregation["groupByFields"] == ["resource.label.job_id"]


def test_a_call_of_the_schedule_that_fails_once_in_a_minute_wakes_nobody():
    alerts = [alert for alert in monitoring.ALERTS if "scheduled-calls-failed" in alert.filter and '"sweep"' in alert.filter]
    assert [alert.above >= 1 for alert in alerts] == [True]


def test_old_configurations_go_but_never_the_one_that_is_served_or_the_one_to_go_back_to(monkeypatch):
    listed = [{"name": f"apis/mamastoria/configs/c{number}", "createTime": f"2026-01-0{number}"} for number in range(1, 9)]
    served = [{"name": "gateways/mamastoria", "apiConfig": "configs/c1", "labels": {"previous": "c2"}}]
    monkeypatch.setattr(gateway, "state", lambda name: {"configs": listed, "gateways": served}[name])
    assert [step.command.split()[4] for step in gateway.prune(HERE)] == ["c3"]


def served(monkeypatch, now, previous="", tested=()):
    """A gateway that serves `now`, whose label says `previous`, beside three configurations of which some are tested."""
    configs = [{"name": f"configs/{name}", "labels": {"tested": "yes"} if name in tested else {}} for name in ("c1", "c2", "c3")]
    gateways = [{"name": "gateways/mamastoria", "apiConfig": f"configs/{now}", "labels": {"previous": previous} if previous else {}}]
    monkeypatch.setattr(gateway, "state", lambda name: {"configs": configs, "gateways": gateways}[name])


def test_the_gateway_goes_back_to_what_was_tested_last(monkeypatch):
    served(monkeypatch, "c2", previous="c1", tested=("c1", "c2"))
    assert gateway.back() == "c2"
    assert "previous=c2" in gateway.point(HERE, "c3")[0].command
    assert "previous=c2" in gateway.point(HERE, "c1")[0].command
    assert gateway.tested(HERE) == []


def test_what_a_run_left_untested_is_nothing_to_go_back_to(monkeypatch):
    served(monkeypatch, "c2", previous="c1", tested=("c1",))
    assert gateway.back() == "c1"
    assert "previous=c1" in gateway.point(HERE, "c3")[0].command
    assert "previous=c2" in gateway.point(HERE, "c1")[0].command
    assert "c2 --api=mamastoria --update-labels=tested=yes" in gateway.tested(HERE)[0].command
    served(monkeypatch, "c2")
    assert gateway.back() == "c2"


class Careless(BaseHTTPRequestHandler):
    """A gateway whose functions let everybody in."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"ok": true}')

    do_POST = do_OPTIONS = do_GET

    def log_message(self, *arguments):
        pass


def test_a_deployment_that_lets_in_whom_it_should_refuse_fails_its_smoke_test():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = smoke.failures(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    assert [each.partition(": ")[0] for each in failed] == [
        "GET /profile",
        "GET /v1/notifications",
        "POST /v1/subscriptions/payment-callback",
        "OPTIONS /v1/comics",
        "POST /internal/sweep",
    ]
    assert "200 instead of 401 or 404" in failed[2]
