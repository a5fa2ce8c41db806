"""The whole of `deploy.sh all` with the real gcloud: everything that would exist afterwards, and nothing twice."""

import base64
import json
import os
import re
import socketserver
import threading
import zipfile
from io import BytesIO
from urllib.request import Request, urlopen
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pg8000.dbapi
import pytest

from common.settings import SETTINGS
from infra.gcp import connections, monitoring, secrets, tables
from infra.gcp.place import service
from infra.local import postgres
from infra.routes import APIS, INTERNAL, PUBLIC_APIS
from infra.schedule import SCHEDULE
from tests.infra.cloud import deployment

pytestmark = pytest.mark.skipif(deployment.sdk() is None, reason="the Cloud SDK with its own Python is not installed")

GIVEN = {"GOOGLE_CLIENT_SECRET": "google's", "DOKU_SECRET_KEY": "SK-of,two keys", "SMTP_PASSWORD": "pass word"}
ACCOUNT = "serviceAccount:{}@mama-test.iam.gserviceaccount.com"


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def served(gateway):
    server = make_server("127.0.0.1", 0, gateway, server_class=Threaded, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def own_database():
    """An empty server, in which the pretended Cloud SQL makes the users that gcloud asks for."""
    import shutil

    server, folder = postgres.temporary()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def only_with_time():
    if os.environ.get("DEPLOY_TEST") != "all":
        pytest.skip("takes minutes: DEPLOY_TEST=all runs it")


@pytest.fixture(scope="module")
def first(tmp_path_factory, served, services, own_database):
    """A project in which `deploy.sh all` ran once from nothing; its output is `first.output`.

    Some three hundred gcloud commands take a minute on a quiet machine, so this is for CI's slower half: DEPLOY_TEST=all.
    """
    only_with_time()
    url = own_database.database()
    storage = services.settings["STORAGE_EMULATOR_HOST"]
    ask(f"{storage}/storage/v1/b", {"name": "mama-test-public"})
    elsewhere = {"DATABASE_URL": url, "DEPLOY_SMOKE_URL": served, "STORAGE_EMULATOR_HOST": storage}
    project = deployment.Deployment(tmp_path_factory.mktemp("cloud"), **elsewhere)
    project.storage = storage
    project.cloud.on_user = lambda name: name == "mamastoria" or run_sql(url, f'create role "{name}" login')
    done = project.run("all", "--from-env", **GIVEN)
    assert done.returncode == 0, done.stdout + done.stderr
    project.output = done.stdout
    project.database_url = url
    yield project
    project.stop()


def ask(url, body=None):
    data = json.dumps(body).encode() if body else None
    with urlopen(Request(url, data, {"Content-Type": "application/json"})) as reply:
        return json.load(reply)


def run_sql(url, *statements):
    from common.connections import _addressed

    connection = pg8000.dbapi.connect(**_addressed(url))
    connection.autocommit = True
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    found = cursor.fetchall() if cursor.description else []
    connection.close()
    return found


def config(project, function):
    return project.cloud.named("functions")[service(function)]["serviceConfig"]


def test_one_function_is_deployed_alone_and_the_gateway_with_it(tmp_path, served):
    project = deployment.Deployment(tmp_path, DEPLOY_SMOKE_URL=served)
    try:
        for account in ("gateway-caller", "fn-catalog"):
            assert project.calls("iam", "service-accounts", "create", account, "--project=mama-test").returncode == 0
        done = project.run("catalog", "--env", "staging")
        assert done.returncode == 0, done.stdout + done.stderr
        assert set(project.cloud.named("functions")) == {"catalog"}
        assert config(project, "catalog")["environmentVariables"]["APP_ENV"] == "staging"
        assert "secretEnvironmentVariables" not in config(project, "catalog")
        assert project.cloud.named("gateways")["mamastoria"]["apiConfig"].rpartition("/")[2] in project.cloud.named("configs")
        wrong = project.calls("functions", "deploy", "catalog", "--memry=512Mi")
        assert wrong.returncode == 2 and "--memory" in wrong.stderr
    finally:
        project.stop()


def test_a_failed_smoke_test_goes_back_to_tested_routes_also_after_a_run_that_died_and_says_when_only_code_is_new(tmp_path, served):
    only_with_time()
    project = deployment.Deployment(tmp_path, DEPLOY_SMOKE_URL=served)
    broken = {"DEPLOY_SMOKE_URL": "http://127.0.0.1:9"}
    try:
        assert project.run("gateway").returncode == 0
        tested = served_config(project)
        code = project.run("gateway", **broken)
        assert (code.returncode, project.made) == (1, []) and "the routes did not change, the code did" in code.stderr
        # Another region is another address of each function. A run that dies within its test leaves no mark of it.
        assert project.run("gateway", "--region", "asia-southeast1").returncode == 0
        died = served_config(project)
        del project.cloud.named("configs")[died]["labels"]
        again = project.run("gateway", "--region", "asia-southeast1", **broken)
        assert (again.returncode, served_config(project)) == (1, tested) and f"back to {tested}" in again.stderr
        assert died != tested
    finally:
        project.stop()


def test_every_function_is_deployed_with_what_it_declares(first):
    assert set(first.cloud.named("functions")) == {service(api.function) for api in APIS}
    for api in APIS:
        made, needs = config(first, api.function), api.needs
        limits = (made["availableMemory"], made["availableCpu"], made["maxInstanceRequestConcurrency"], made["timeoutSeconds"])
        assert limits == (needs.memory, str(needs.cpu), needs.threads, needs.timeout)
        assert (made.get("minInstanceCount") or 0, made["maxInstanceCount"]) == (needs.min, needs.max)
        assert made["ingressSettings"] == ("ALLOW_INTERNAL_ONLY" if api.function in INTERNAL else "ALLOW_ALL")
        assert first.cloud.named("functions")[service(api.function)]["buildConfig"]["entryPoint"] == "main"


def test_every_function_gets_its_settings_and_knows_where_the_others_are(first):
    known = {each.name for each in SETTINGS}
    for api in APIS:
        given = config(first, api.function)["environmentVariables"]
        assert set(given) - {"LOG_EXECUTION_ID"} <= known
        assert given["APP_ENV"] == "production" and given["THREADS"] == str(api.needs.threads)
        assert given["WORKER_URL"] == "https://worker-uid.a.run.app" and given["VIDEO_URL"] == "https://video-uid.a.run.app"
        assert given["PUBLIC_URL"] == "https://mamastoria-abc.an.gateway.dev" and int(given["TRUSTED_PROXIES"]) > 0
        assert given["DB_USER"] == f"fn-{service(api.function)}@mama-test.iam" and given["DB_IAM_LOGIN"] == "true"
        assert given["TASKS_SERVICE_ACCOUNT"] == "tasks-caller@mama-test.iam.gserviceaccount.com"


def test_a_function_sees_its_own_secrets_alone_by_version_and_one_that_was_not_given_is_left_out(first):
    for api in APIS:
        mounted = {each["key"]: each["version"] for each in config(first, api.function).get("secretEnvironmentVariables", [])}
        assert mounted == {name: "1" for name in api.needs.secrets if name != "MIDTRANS_SERVER_KEY"}
    assert "MIDTRANS_SERVER_KEY is not given" in first.output


def test_every_secret_is_kept_and_our_own_keys_are_ones_the_code_takes(first):
    kept = {
        name.split("/")[-3]: base64.b64decode(each["data"]).decode() for name, each in first.cloud.resources.items() if "/versions/" in name
    }
    assert set(kept) == {each.name for each in SETTINGS if each.secret} - {"MIDTRANS_SERVER_KEY"}
    assert {name: kept[name] for name in GIVEN} == GIVEN
    assert min(len(kept[name]) for name in secrets.OURS) >= 32
    assert {name for name in secrets.OURS if kept[name] != kept[name].strip()} == set()
    assert len(base64.b64decode(kept["BANK_KEYS"].partition(":")[2])) == 32


def test_no_secret_is_printed_or_put_into_a_functions_environment(first):
    kept = [base64.b64decode(each["data"]).decode() for name, each in first.cloud.resources.items() if "/versions/" in name]
    everything = first.output + json.dumps(
        [each["serviceConfig"]["environmentVariables"] for each in first.cloud.named("functions").values()]
    )
    assert [value for value in kept if value in everything] == []


def test_every_function_runs_as_its_own_account_with_no_more_than_it_declares(first):
    for api in APIS:
        account = f"fn-{service(api.function)}"
        assert config(first, api.function)["serviceAccountEmail"] == f"{account}@mama-test.iam.gserviceaccount.com"
        roles = {role for _, role in first.cloud.roles(ACCOUNT.format(account))}
        assert ("roles/aiplatform.user" in roles) == ("vertex" in api.needs.uses)
        assert ("roles/speech.client" in roles) == ("speech" in api.needs.uses)
        assert ("roles/iam.serviceAccountTokenCreator" in roles) == ("sign" in api.needs.uses)
        assert ("roles/cloudtasks.enqueuer" in roles) == ("enqueue" in api.needs.uses)
        assert ("roles/secretmanager.secretAccessor" in roles) == bool(api.needs.secrets)


def test_the_callbacks_account_can_read_no_file(first):
    held = first.cloud.roles(ACCOUNT.format("fn-payment-callback"))
    assert not [role for _, role in held if "storage" in role]
    assert {name for name, role in held if role.endswith("secretAccessor")} == {"secrets/DOKU_SECRET_KEY"}


def test_nobody_is_editor_or_owner_and_only_the_public_bucket_is_everybodys(first):
    roles = {each["role"] for policy in first.cloud.policies.values() for each in policy["bindings"]}
    assert not roles & {"roles/editor", "roles/owner", "roles/viewer"}
    everybody = first.cloud.roles("allUsers") | first.cloud.roles("allAuthenticatedUsers")
    assert everybody == {("b/mama-test-public", "roles/storage.objectViewer")}


def test_the_gateway_may_call_the_public_functions_and_tasks_the_internal_ones(first):
    for api in APIS:
        caller = "tasks-caller" if api.function in INTERNAL else "gateway-caller"
        assert first.cloud.members(f"services/{service(api.function)}", "roles/run.invoker") == {ACCOUNT.format(caller)}


def test_whoever_enqueues_may_act_as_the_account_of_the_tasks(first):
    actors = first.cloud.members("serviceAccounts/tasks-caller@mama-test.iam.gserviceaccount.com", "roles/iam.serviceAccountUser")
    assert actors == {ACCOUNT.format(f"fn-{service(api.function)}") for api in APIS if "enqueue" in api.needs.uses}


def test_the_database_is_protected_backed_up_and_large_enough(first):
    settings = first.cloud.named("instances")["mamastoria"]["settings"]
    flags = {each["name"]: each["value"] for each in settings["databaseFlags"]}
    assert settings["deletionProtectionEnabled"] and settings["backupConfiguration"]["pointInTimeRecoveryEnabled"]
    assert settings["connectorEnforcement"] == "REQUIRED" and flags["cloudsql.iam_authentication"] == "on"
    assert int(flags["max_connections"]) >= connections.RESERVED + sum(api.needs.max * api.needs.threads for api in APIS)
    users = first.cloud.named("users")
    assert {name for name, each in users.items() if each.get("type") == "CLOUD_IAM_SERVICE_ACCOUNT"} == {
        f"fn-{service(api.function)}@mama-test.iam" for api in APIS
    }


def test_the_schema_is_the_newest_and_functions_may_change_rows_and_no_tables(first):
    asked = "select has_table_privilege(:who, 'comics', 'insert'), has_schema_privilege(:who, 'public', 'create')"
    found = run_sql(first.database_url, asked.replace(":who", "'fn-payment-callback@mama-test.iam'"))
    assert list(found[0]) == [True, False]


def test_a_new_project_has_its_catalogue_with_pictures_and_packages(first):
    rows = run_sql(first.database_url, "select (select count(*) from styles), (select count(*) from subscription_packages)")
    assert min(rows[0]) > 0
    stored = ask(f"{first.storage}/storage/v1/b/mama-test-public/o?maxResults=5")["items"]
    assert stored


def test_the_buckets_have_their_rules_and_the_private_one_cannot_be_opened(first):
    private, public = (first.cloud.resources[f"b/mama-test-{name}"] for name in ("private", "public"))
    for bucket in (private, public):
        assert bucket["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"]
        assert "x-goog-resumable" in bucket["cors"][0]["responseHeader"]
    assert private["iamConfiguration"]["publicAccessPrevention"] == "enforced"
    assert public["iamConfiguration"]["publicAccessPrevention"] == "inherited"
    assert "recordings/" in private["lifecycle"]["rule"][0]["condition"]["matchesPrefix"]


def test_the_queues_have_rates_and_retries(first):
    queues = first.cloud.named("queues")
    assert set(queues) == {"errands", "generation", "video"}
    assert {name: each["rateLimits"]["maxConcurrentDispatches"] for name, each in queues.items()} == {
        "errands": 6,
        "generation": 12,
        "video": 4,
    }
    assert queues["generation"]["retryConfig"]["maxAttempts"] == 10


def test_every_scheduled_call_is_a_job_with_a_token_made_out_to_the_worker(first):
    jobs = first.cloud.named("jobs")
    assert {job["httpTarget"]["uri"] for job in jobs.values()} == {f"https://worker-uid.a.run.app{tick.path}" for tick in SCHEDULE}
    for job in jobs.values():
        token = job["httpTarget"]["oidcToken"]
        assert token == {
            "audience": "https://worker-uid.a.run.app",
            "serviceAccountEmail": "tasks-caller@mama-test.iam.gserviceaccount.com",
        }


def test_the_gateway_serves_a_configuration_with_every_route_and_the_functions_real_addresses(first):
    gateway = first.cloud.named("gateways")["mamastoria"]
    made = first.cloud.resources[gateway["apiConfig"].removeprefix("/")]
    assert made["gatewayServiceAccount"].endswith("gateway-caller@mama-test.iam.gserviceaccount.com")
    document = json.loads(base64.b64decode(made["openapiDocuments"][0]["document"]["contents"]))
    assert set(document["paths"]) == {path for api in PUBLIC_APIS for route in api.routes for path in route.aliases}
    assert document["paths"]["/v1/comics"]["get"]["x-google-backend"]["jwt_audience"] == "https://comics-uid.a.run.app"


def test_what_is_watched_and_the_apis_it_takes_are_there(first):
    assert set(first.cloud.named("metrics")) == {metric.name for metric in monitoring.METRICS}
    assert {each["displayName"] for each in first.cloud.named("alertPolicies").values()} == {alert.name for alert in monitoring.ALERTS}
    assert {each["httpCheck"]["path"] for each in first.cloud.named("uptimeCheckConfigs").values()} == {"/health", "/health/ready"}
    assert {f"{each}.googleapis.com" for each in tables.APIS} <= set(first.cloud.named("services"))


def test_a_functions_bundle_is_what_was_uploaded(first):
    bundles = [zipfile.ZipFile(BytesIO(data)) for data in first.cloud.uploads.values()]
    assert len(bundles) >= len(APIS)
    assert all({"main.py", "requirements.txt", "common/api.py"} <= set(bundle.namelist()) for bundle in bundles)
    assert not [name for bundle in bundles for name in bundle.namelist() if name.endswith((".pyc", ".env")) or name.startswith("tests")]


def test_running_it_again_changes_nothing(first):
    again = first.run("all", "--from-env", **GIVEN)
    assert (again.returncode, deployment.changes(again.stdout), first.made) == (0, 0, []), again.stdout + again.stderr


def test_the_database_alone_is_made_without_touching_anything_that_needs_its_tables(first):
    done = first.run("database", "--from-env", **GIVEN)
    assert (done.returncode, deployment.changes(done.stdout), first.made) == (0, 0, []), done.stdout + done.stderr
    assert re.findall(r"^\[\d/(\d)\] (\w+)$", done.stdout, re.M) == [("4", each) for each in ("apis", "accounts", "secrets", "database")]


def test_a_secret_without_a_version_is_left_out_of_functions_until_it_is_given_again(first):
    [cut] = [name for name in first.cloud.resources if "/secrets/SMTP_PASSWORD/versions/" in name]
    del first.cloud.resources[cut]
    done = first.run("worker")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SMTP_PASSWORD" not in {each["key"] for each in config(first, "worker")["secretEnvironmentVariables"]}
    again = first.run("all", "--from-env", **GIVEN)
    assert (again.returncode, cut in first.cloud.resources) == (0, True), again.stdout + again.stderr
    assert "SMTP_PASSWORD" in {each["key"] for each in config(first, "worker")["secretEnvironmentVariables"]}


def served_config(project):
    return project.cloud.named("gateways")["mamastoria"]["apiConfig"].rpartition("/")[2]


def test_a_rollback_serves_the_configuration_before_and_a_deployment_the_newest_again_unless_it_fails_the_test(first):
    newest, before = served_config(first), first.cloud.named("gateways")["mamastoria"]["labels"]["previous"]
    back = first.run("rollback")
    assert (back.returncode, served_config(first)) == (0, before), back.stdout + back.stderr
    broken = first.run("gateway", DEPLOY_SMOKE_URL="http://127.0.0.1:9")
    assert (broken.returncode, served_config(first)) == (1, before)
    assert "not done: gateway smoke, gateway prune" in broken.stderr
    again = first.run("gateway")
    assert (again.returncode, served_config(first)) == (0, newest), again.stdout + again.stderr
    assert set(first.cloud.named("configs")) == {newest, before}


def test_a_failure_stops_it_and_says_what_is_done_and_what_is_not(first):
    first.cloud.resources = {name: each for name, each in first.cloud.resources.items() if not name.endswith("queues/video")}
    first.cloud.refuse = "/queues"
    failed = first.run("all", "--from-env", **GIVEN)
    first.cloud.refuse = None
    assert failed.returncode == 1
    assert "done: apis, monitoring metrics, accounts, secrets, database, buckets\n" in failed.stderr
    assert "not done: queues, migrate, catalogue, gateway reserve, functions" in failed.stderr
    assert "refused by the test" in failed.stderr


def test_the_status_shows_what_runs_and_what_would_change(first):
    said = first.run("status")
    assert said.returncode == 0, said.stderr
    assert "payment-callback" in said.stdout and served_config(first) in said.stdout and "0 changes would be made" in said.stdout
    assert first.made == []


def test_destroying_takes_a_word_and_leaves_all_data(first):
    assert first.run("destroy").returncode == 2 and first.made == []
    gone = first.run("destroy", "--yes-really")
    assert gone.returncode == 0, gone.stderr
    assert not first.cloud.named("functions") and not first.cloud.named("gateways") and not first.cloud.named("jobs")
    assert first.cloud.named("instances") and first.cloud.named("secrets") and "b/mama-test-private" in first.cloud.resources


def test_a_plan_says_what_would_be_made_and_makes_nothing(first):
    plan = first.run("plan", "--from-env")
    assert plan.returncode == 0, plan.stderr
    assert first.made == [] and deployment.changes(plan.stdout) > len(APIS)
    assert "+ function payment-callback: 512Mi" in plan.stdout and "+ gateway mamastoria with routes-" in plan.stdout
