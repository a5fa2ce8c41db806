"""deploy.sh and its scripts, with a gcloud that answers what the test says; and what the README has operations do with them."""

import re
import shutil
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest

from common import clock, hashes, tokens
from common.wallet import vault
from infra.gcp import database, functions, place, secrets
from infra.routes import ROOT
from tests.infra.cloud import deployment


def test_a_mistyped_environment_is_not_taken_for_one_that_says_nothing(tmp_path):
    with pytest.raises(place.Wrong, match=r"there is no stagin\.env"):
        place.read(tmp_path / "stagin.env")
    said = deploy(tmp_path, "plan", "--project", "mama-test", "--env", "stagin")
    assert said.returncode == 1 and "there is no stagin.env" in said.stderr and "[1/" not in said.stdout


PYTHON = """
case "$*" in
  *smoke*) exit 1 ;;
  *serving) echo c2 ;;
  *point*) printf 'gateway\\techo pointed\\n' ;;
esac
"""


def script(folder, name, *words, **commands):
    """One script of infra/gcp whose gcloud and whose tables are these shell scripts."""
    for command, lines in ({"gcloud": "echo '[]'", "python": "exit 0"} | commands).items():
        (folder / command).write_text(f"#!/bin/sh\n{lines}\n")
        (folder / command).chmod(0o755)
    (folder / "changes").touch()
    told = {"DEPLOY_PROJECT": "p", "DEPLOY_RUN": str(folder), "DEPLOY_REGION": "r", "DEPLOY_GATEWAY_REGION": "r"}
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "DEPLOY_PYTHON": str(folder / "python"), **told}
    return subprocess.run(["bash", ROOT / f"infra/gcp/{name}.sh", *words], env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(("email", "said"), [("", True), ("siti@example.com", False)])
def test_alerts_that_reach_nobody_are_said_to(email, said, tmp_path):
    done = script(tmp_path, "monitoring", "alerts", python=f'case "$*" in *DEPLOY_ALERT_EMAIL) echo "{email}" ;; esac')
    assert (done.returncode, "DEPLOY_ALERT_EMAIL is not set" in done.stdout) == (0, said), done.stderr


NOT_YET = """
if [ -e "$DEPLOY_RUN/known" ]; then echo '[{"name": "video"}]'; else
  touch "$DEPLOY_RUN/known"
  echo "Cloud Scheduler API has not been used in project 840412 before. Wait a few minutes and retry." >&2
  exit 1
fi
"""


def test_looking_waits_for_a_service_that_was_only_just_enabled(tmp_path):
    done = script(tmp_path, "queues", gcloud=NOT_YET, sleep="exit 0")
    assert (done.returncode, "video" in (tmp_path / "queues.state").read_text()) == (0, True), done.stderr


def test_metrics_are_made_long_before_the_alerts_that_need_them_to_be_known():
    steps = re.search(r"^ALL=\((.*?)\)", (ROOT / "deploy.sh").read_text(), re.M | re.S)[1]
    assert steps.index("metrics") < steps.index("database") < steps.index(" functions") < steps.index("alerts")


@pytest.mark.parametrize(("before", "said"), [("c1", "back to c1"), ("c2", "the routes did not change, the code did")])
def test_a_failed_smoke_test_says_whether_the_gateway_went_back(before, said, tmp_path):
    (tmp_path / "before").write_text(before)
    done = script(tmp_path, "gateway", "smoke", python=PYTHON)
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert ("+ gateway" in done.stdout) == (before == "c1")


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_scripts_are_clean():
    scripts = [ROOT / "deploy.sh", *sorted((ROOT / "infra/gcp").glob("*.sh"))]
    checked = subprocess.run(["shellcheck", "-x", *scripts], cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    assert all("set -euo pipefail" in script.read_text() or "lib.sh" in script.read_text() for script in scripts)


CLOUD = """
case "$*" in
  *"versions list DB_PASSWORD"*) echo '[{"name": "x/versions/3", "state": "DISABLED"}, {"name": "x/versions/2", "state": "ENABLED"}]' ;;
  *"versions access 2 "*) echo "the newest that opens" ;;
  *projectNumber*) echo 123 ;;
  *) exit 1 ;;
esac
"""
INSIDE = """
case "$*" in
  "-m infra.embed") env ;;
  *) exec {python} "$@" ;;
esac
"""


def test_operations_run_a_command_with_the_settings_of_the_environment_as_the_owner_of_its_tables(tmp_path):
    checkout = deployment.copied(tmp_path)
    (checkout / "infra/gcp/trial.env").write_text(
        "# Trial\nEMBEDDING_MODEL=another-model\nMAIL_FROM=Mama <a@b.id>\nDEPLOY_DB_INSTANCE=restored\n"
    )
    for name, lines in (("gcloud", CLOUD), ("python", INSIDE.format(python=sys.executable))):
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DEPLOY_PYTHON": str(tmp_path / "python"), "HOME": str(tmp_path)}
    words = ["run", "infra.embed", "--project", "mama-test", "--env", "trial"]
    done = subprocess.run([checkout / "deploy.sh", *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert (told["EMBEDDING_MODEL"], told["MAIL_FROM"], told["PROJECT_ID"]) == ("another-model", "Mama <a@b.id>", "mama-test")
    assert told["CLOUD_SQL_INSTANCE"] == "mama-test:asia-southeast2:restored"
    assert (told["DB_PASSWORD"], told["DB_USER"], told["DB_IAM_LOGIN"]) == ("the newest that opens", place.OWNER, "false")


def test_the_readme_runs_its_commands_on_the_project_as_operations_have_to():
    said = (ROOT / "README.md").read_text()
    block = said[said.index("### Operating") : said.index("### Migrations in production")]
    assert set(re.findall(r"deploy\.sh run ([\w.]+)", block)) >= {"infra.audit", "infra.accounts", "infra.reseal", "infra.embed"}
    assert "versions access latest" not in said and ".venv/bin/python" not in block


def rotation():
    """The list of keys before the README's rotation and after each of its steps."""
    return ["old", *re.findall(r"^\| \d \| `([a-z,]+)` \|", (ROOT / "README.md").read_text(), re.M)]


def test_a_rotation_of_keys_ends_with_the_new_key_alone():
    assert rotation()[-1] == "new" and len(rotation()) > 2


@pytest.mark.parametrize(("before", "after"), list(pairwise(rotation())), ids=str)
def test_while_keys_rotate_a_token_of_a_function_that_is_deployed_opens_one_that_is_a_step_behind_and_the_other_way_round(
    before, after, monkeypatch
):
    for signing, reading in ((before, after), (after, before)):
        monkeypatch.setenv("JWT_SECRET", _keys(signing, "{0}" * 12))
        token = tokens.write("access", user=1, session=str(UUID(int=1)), pair=str(UUID(int=2)), issued_at=clock.now())
        monkeypatch.setenv("JWT_SECRET", _keys(reading, "{0}" * 12))
        assert tokens.read(token, "access") is not None
        monkeypatch.setenv("BANK_KEYS", _keys(signing, "{0}:{1}"))
        sealed = vault.seal("1234567890", owner=1)
        monkeypatch.setenv("BANK_KEYS", _keys(reading, "{0}:{1}"))
        assert vault.unseal(sealed, owner=1) == "1234567890"


def test_a_key_that_ends_with_a_newline_and_one_that_a_shell_has_read_are_one(monkeypatch):
    """Of the one Secret Manager is given, of the other the list of a rotation is made."""
    made = subprocess.run([sys.executable, "-m", "infra.gcp", "random", "JWT_SECRET"], cwd=ROOT, capture_output=True, text=True).stdout
    assert len(made) >= 32 and made == made.strip()
    monkeypatch.setenv("JWT_SECRET", f"{made}\n")
    token = tokens.write("access", user=1, session=str(UUID(int=1)), pair=str(UUID(int=2)), issued_at=clock.now())
    monkeypatch.setenv("JWT_SECRET", f"{made},{'new' * 12}\n")
    assert tokens.read(token, "access") is not None
    hashed = []
    for key in (f"{made}\n", made):
        monkeypatch.setenv("CODE_SECRET", key)
        hashed.append(hashes.keyed("reader", "10.0.0.1"))
    assert hashed[0] == hashed[1]


def _keys(names, form):
    return ",".join(form.format(name, b64encode(name.encode().ljust(32)).decode()) for name in names.split(","))


def test_a_password_that_cannot_be_read_is_not_set_as_an_empty_one(tmp_path, monkeypatch):
    here = place.Place("mama-test", "123", "asia-southeast2", "asia-northeast1", "production")
    there = {"users": [{"name": "mamastoria"}], "versions-of-DB_PASSWORD": [{"name": "1", "state": "ENABLED"}]}
    for module in (database, secrets):
        monkeypatch.setattr(module, "state", lambda name: there.get(name, []))
    [step] = [step for step in database.inside(here) if "owns the tables" in step.say]
    (tmp_path / "gcloud").write_text('#!/bin/sh\necho "$*" >>"$DEPLOY_RUN/asked"\ncase "$*" in *access*) exit 1 ;; esac\n')
    (tmp_path / "gcloud").chmod(0o755)
    told = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DEPLOY_RUN": str(tmp_path)}
    # As lib.sh does each step.
    done = subprocess.run(["bash", "-c", 'set -euo pipefail; if eval "$1"; then exit 0; else exit 1; fi', "_", step.command], env=told)
    assert done.returncode == 1 and len((tmp_path / "asked").read_text().splitlines()) == 1


def test_functions_alone_do_not_move_to_another_database_and_all_of_a_project_does(monkeypatch):
    """So an older checkout does not lead them back to the instance that a restored database has left behind."""
    old = place.Place("mama-test", "123", "asia-southeast2", "asia-northeast1", "production")
    on = {"environmentVariables": {"CLOUD_SQL_INSTANCE": "mama-test:asia-southeast2:mamastoria-2"}}
    monkeypatch.setattr(functions, "state", lambda name: [{"name": "p/functions/auth", "serviceConfig": on}, {"name": "p/functions/x"}])
    with pytest.raises(
        place.Wrong, match=r"run on mama-test:asia-southeast2:mamastoria-2, and .* says mama-test:asia-southeast2:mamastoria:"
    ):
        functions.steps(old, [], ROOT)
    assert functions.steps(replace(old, options=old.options | {"DEPLOY_DB_INSTANCE": "mamastoria-2"}), [], ROOT) == []
    monkeypatch.setenv("DEPLOY_MOVES", "yes")
    assert functions.steps(old, [], ROOT) == []


@pytest.mark.parametrize("words", [[], ["--project"], ["plan", "--force"], ["no_such_function", "--project", "p"]], ids=str)
def test_what_cannot_be_meant_is_answered_with_the_usage(words, tmp_path):
    said = deploy(tmp_path, *words)
    assert said.returncode == 2 and "deploy.sh plan" in said.stderr


STAND_IN = """
case "$*" in
  *functions-of) printf '%s\\n' auth comics ;;
esac
"""


def test_an_older_checkout_is_deployed_whole_by_the_readmes_line_whatever_a_later_release_left_behind(tmp_path):
    """Git leaves the compiled modules of a function that this checkout does not have."""
    for file in ("deploy.sh", "infra/setup.sh"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    for folder in ("auth", "comics", "later/__pycache__"):
        (tmp_path / "functions" / folder).mkdir(parents=True)
    (tmp_path / "infra/gcp").mkdir()
    for name in ("functions", "gateway"):
        (tmp_path / f"infra/gcp/{name}.sh").write_text(f'echo {name} "$@" >>"$ROLLED"\n')
    for name, lines in (("gcloud", "echo 123"), ("python", STAND_IN)):
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tmp_path / name).chmod(0o755)
    [line] = re.findall(r"`git checkout TAG && (\./deploy\.sh [^`]+)`", (ROOT / "README.md").read_text())
    told = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DEPLOY_PYTHON": str(tmp_path / "python"), "ROLLED": str(tmp_path / "rolled")}
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=told | {"DEPLOY_PROJECT": "p"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # Named by nobody, functions.sh takes all that this checkout declares.
    assert (tmp_path / "rolled").read_text().splitlines() == [
        "functions",
        *(f"gateway {each}" for each in ("config", "point", "smoke", "prune")),
    ]


def deploy(tmp_path, *words):
    """One `deploy.sh` with a gcloud that answers everything with a number."""
    gcloud = tmp_path / "gcloud"
    gcloud.write_text("#!/bin/sh\necho 123\n")
    gcloud.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DEPLOY_PYTHON": sys.executable, "HOME": str(tmp_path)}
    return subprocess.run([ROOT / "deploy.sh", *words], env=environment, capture_output=True, text=True)
