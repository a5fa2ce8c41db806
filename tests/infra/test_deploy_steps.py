"""Steps of the deployment by the real gcloud: once they are done, Google shows what was wanted, and there is nothing more to do."""

import functools
import json
import shlex
import subprocess
from dataclasses import replace

import pytest

from infra.gcp import connections, database, functions, monitoring, secrets, tables
from infra.gcp.place import Place
from tests.infra.cloud import deployment

pytestmark = pytest.mark.skipif(deployment.sdk() is None, reason="the Cloud SDK with its own Python is not installed")


def test_a_database_is_changed_when_any_of_its_settings_is_another_and_left_alone_otherwise(tmp_path, monkeypatch):
    place = Place("mama-test", "123", "asia-southeast2", "asia-northeast1", "production")
    listed = []
    monkeypatch.setattr(database, "state", lambda name: listed)
    [step] = database.instance(place)
    project = deployment.Deployment(tmp_path)
    try:
        made = project.calls(*shlex.split(step.command)[1:], "--project=mama-test")
        assert made.returncode == 0, made.stderr
        listed += project.cloud.named("instances").values()
    finally:
        project.stop()
    assert database.instance(place) == []
    paths = [path for each in database.settings(place, connections.check(place)) for path in each.shown]
    assert len(paths) > 12
    for path in paths:
        *above, last = path.split(".")
        holder = functools.reduce(dict.get, above, listed[0]["settings"])
        right = holder.pop(last)
        [step] = database.instance(place)
        assert path in step.say and "sql instances patch mamastoria" in step.command
        holder[last] = right


def test_metrics_and_alerts_that_are_there_as_google_shows_them_are_left_alone(tmp_path, monkeypatch):
    place = Place("mama-test", "123", "asia-southeast2", "asia-northeast1", "production")
    listed = {"metrics": [], "policies": [], "channels": [], "gateways": [], "uptime": []}
    monkeypatch.setattr(monitoring, "state", listed.__getitem__)
    monkeypatch.setattr(functions, "state", listed.__getitem__)
    monkeypatch.setenv("DEPLOY_RUN", str(tmp_path))
    steps = [*monitoring.metrics(place)[:4], *monitoring.alerts(place, 400)[:4]]
    project = deployment.Deployment(tmp_path)
    try:
        for step in steps:
            made = project.calls(*shlex.split(step.command)[1:], "--project=mama-test")
            assert made.returncode == 0, made.stderr
        listed |= {
            "metrics": list(project.cloud.named("metrics").values()),
            "policies": list(project.cloud.named("alertPolicies").values()),
        }
    finally:
        project.stop()
    assert not {step.say for step in steps} & {step.say for step in [*monitoring.metrics(place), *monitoring.alerts(place, 400)]}
    listed["metrics"][0]["filter"] = listed["policies"][0]["documentation"]["content"] = "another"
    again = {step.say for step in [*monitoring.metrics(place), *monitoring.alerts(place, 400)]}
    assert {step.say for step in steps} & again == {steps[0].say, steps[4].say}


def test_what_is_removed_from_a_bucket_is_gone_at_once_also_from_one_that_kept_it_for_a_week(tmp_path, monkeypatch):
    place = Place("mama-test", "123", "asia-southeast2", "asia-northeast1", "production")
    listed = []
    monkeypatch.setattr(tables, "state", lambda name: listed)
    monkeypatch.setenv("DEPLOY_RUN", str(tmp_path))
    project = deployment.Deployment(tmp_path)

    def brought():
        for step in tables.buckets(place):
            made = project.calls(*shlex.split(step.command)[1:], "--project=mama-test")
            assert made.returncode == 0, made.stderr
        listed[:] = json.loads(project.calls("storage", "buckets", "list", "--raw", "--project=mama-test", "--format=json").stdout)
        return {each["name"]: int(each["softDeletePolicy"]["retentionDurationSeconds"]) for each in listed}

    try:
        assert brought() == {"mama-test-private": 0, "mama-test-public": 0} and tables.buckets(place) == []
        for name in ("private", "public"):
            project.cloud.resources[f"b/mama-test-{name}"]["softDeletePolicy"] = {"retentionDurationSeconds": "604800"}
        listed[:] = project.cloud.named("b").values()
        assert brought() == {"mama-test-private": 0, "mama-test-public": 0} and tables.buckets(place) == []
    finally:
        project.stop()


def test_the_owner_of_the_tables_has_the_newest_password_that_is_enabled_also_after_a_rotation_and_on_another_instance(
    tmp_path, monkeypatch
):
    place = Place("mama-test", "123", "asia-southeast2", "asia-northeast1", "production")
    project = deployment.Deployment(tmp_path)
    told = project.environment | {"DEPLOY_RUN": str(tmp_path), "CLOUDSDK_CORE_PROJECT": "mama-test"}

    def known(name):
        found = list(project.cloud.named(name.partition("-")[0]).values())
        return [each for each in found if each.get("name") and "payload" not in each]

    for module in (database, secrets):
        monkeypatch.setattr(module, "state", known)

    def brought(to=place):
        """The password of the owner once the steps are done, and how many there were."""
        steps = [step for step in database.inside(to) if "owns the tables" in step.say]
        for step in steps:
            done = subprocess.run(["bash", "-c", step.command], env=told, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        return project.cloud.resources[f"projects/mama-test/instances/{to.instance}/users/mamastoria"]["password"], len(steps)

    def gives(password):
        given = ["gcloud", "secrets", "versions", "add", "DB_PASSWORD", "--data-file=-"]
        subprocess.run(given, env=told, input=password, text=True, check=True, capture_output=True)

    try:
        subprocess.run(["gcloud", "secrets", "create", "DB_PASSWORD"], env=told, check=True, capture_output=True)
        gives("first")
        assert (brought(), brought()) == (("first", 1), ("first", 0))
        gives("second")
        gives("third")
        project.cloud.resources["projects/mama-test/secrets/DB_PASSWORD/versions/3"]["state"] = "DISABLED"
        assert (brought(), brought()) == (("second", 1), ("second", 0))
        # A restored instance has the password of its day.
        users = "projects/mama-test/instances/{}/users/mamastoria"
        project.cloud.resources[users.format("mamastoria-2")] = project.cloud.resources[users.format("mamastoria")] | {"password": "first"}
        restored = replace(place, options=place.options | {"DEPLOY_DB_INSTANCE": "mamastoria-2"})
        assert (brought(restored), brought(restored)) == (("second", 1), ("second", 0))
    finally:
        project.stop()
