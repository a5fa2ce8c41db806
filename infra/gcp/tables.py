"""APIs, service accounts, queues, buckets and scheduled calls: what there should be, and the steps to what is missing."""

from typing import Any, NamedTuple

from common.clients.tasks import QUEUES
from infra.gcp.place import BUILD_ACCOUNT, GATEWAY_ACCOUNT, TASKS_ACCOUNT, Place, account_of, needs
from infra.gcp.steps import Step, gcloud, state, written
from infra.schedule import SCHEDULE, Tick

APIS = """
apigateway artifactregistry cloudbilling billingbudgets cloudbuild cloudfunctions cloudresourcemanager cloudscheduler cloudtasks
compute fcm iam iamcredentials logging monitoring run secretmanager servicecontrol servicemanagement serviceusage speech
sqladmin storage texttospeech aiplatform
""".split()


def apis(place: Place) -> list[Step]:
    """The services to enable."""
    enabled = {each["config"]["name"] for each in state("apis")}
    missing = [f"{each}.googleapis.com" for each in APIS if f"{each}.googleapis.com" not in enabled]
    return [gcloud(f"enable {', '.join(missing)}", "services", "enable", *missing)] if missing else []


def accounts(place: Place) -> list[Step]:
    """The service accounts to make: one for each function, and one each for who calls and who builds them."""
    there = {each["email"] for each in state("accounts")}
    return [
        gcloud(f"service account {name}", "iam", "service-accounts", "create", name, f"--display-name={what}")
        for name, what in wanted_accounts().items()
        if place.account(name) not in there
    ]


def wanted_accounts() -> dict[str, str]:
    """Every account by its id, with what it is for."""
    own = {account_of(function): f"Runs the function {function}" for function in needs()}
    return own | {
        GATEWAY_ACCOUNT: "API Gateway calls the public functions as this",
        TASKS_ACCOUNT: "Cloud Tasks and Scheduler call the internal functions as this",
        BUILD_ACCOUNT: "Builds the functions",
    }


# Calls a second; generation waits for models, and a video keeps two cores busy for minutes.
# The job's row decides about retries (common/work.py); the queue only repeats a bell that was not heard.
RATES = {"errands": "20", "generation": "20", "video": "1"}
RETRIES = {"max-attempts": "10", "min-backoff": "5s", "max-backoff": "300s", "max-doublings": "5", "max-retry-duration": "3600s"}

# Threads of the worker that jobs leave to Scheduler: its calls get a 429 where a busy hour has taken every one.
FOR_SCHEDULER = 2


def at_once(place: Place, queue: str) -> int:
    """The calls that a queue may have under way: together as many as all instances here have threads, less Scheduler's.

    A third of the worker's is left to errands, however many comics are drawn.
    """
    need = needs()[QUEUES[queue].function]
    threads = place.most(need) * need.threads
    errands = max(1, (threads - FOR_SCHEDULER) // 3)
    return {"errands": errands, "generation": max(1, threads - FOR_SCHEDULER - errands), "video": threads}[queue]


def queues(place: Place) -> list[Step]:
    """The queues to make or to change."""
    there = {each["name"].rpartition("/")[2]: each for each in state("queues")}
    found = []
    for name in QUEUES:
        wanted = {"max-concurrent-dispatches": str(at_once(place, name)), "max-dispatches-per-second": RATES[name], **RETRIES}
        flags = [f"--{flag}={value}" for flag, value in wanted.items()]
        where = f"--location={place.region}"
        if name not in there:
            found.append(gcloud(f"queue {name}", "tasks", "queues", "create", name, where, *flags))
        elif _rates(there[name], wanted) != _numbers(wanted):
            found.append(gcloud(f"rates of queue {name}", "tasks", "queues", "update", name, where, *flags))
        if there.get(name, {}).get("state") == "PAUSED":
            found.append(gcloud(f"resume queue {name}", "tasks", "queues", "resume", name, where))
    return found


def _rates(queue: dict[str, Any], wanted: dict[str, str]) -> dict[str, float]:
    """A queue's rates and retries as Cloud Tasks shows them, under the flags' names; what Cloud Tasks adds is left out."""
    shown = {**queue.get("rateLimits", {}), **queue.get("retryConfig", {})}
    dashed = {"".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name): value for name, value in shown.items()}
    return _numbers({name: value for name, value in dashed.items() if name in wanted})


def _numbers(given: dict[str, Any]) -> dict[str, float]:
    return {name: float(str(value).rstrip("s")) for name, value in given.items()}


# As infra/local/storage.py answers preflights: what a browser needs to send and to read files by signed URLs.
def _cors() -> list[dict[str, Any]]:
    from infra.local.storage import CORS_HEADERS, CORS_METHODS, CORS_SECONDS

    return [
        {
            "origin": ["*"],
            "method": list(CORS_METHODS),
            "responseHeader": CORS_HEADERS.split(", "),
            "maxAgeSeconds": int(CORS_SECONDS),
        }
    ]


class Bucket(NamedTuple):
    """A bucket: whether it is kept from the public whatever a policy says, and what in it ends by itself."""

    name: str
    closed: bool
    lifecycle: list[dict[str, Any]]


def _ends(days: int, *prefixes: str) -> dict[str, Any]:
    return {"action": {"type": "Delete"}, "condition": {"age": days, "matchesPrefix": list(prefixes)}}


ABANDONED: dict[str, Any] = {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 1}}


def wanted_buckets(place: Place) -> list[Bucket]:
    """The two buckets. The worker forgets recordings after a day; the rule is for what it could not."""
    return [
        Bucket(place.private_bucket, True, [_ends(2, "recordings/", "ready/"), ABANDONED]),
        Bucket(place.public_bucket, False, [ABANDONED]),
    ]


def buckets(place: Place) -> list[Step]:
    """The buckets to make or to change."""
    there = {each["name"]: each for each in state("buckets")}
    found = []
    for bucket in wanted_buckets(place):
        closed = ["--uniform-bucket-level-access", "--public-access-prevention" if bucket.closed else "--no-public-access-prevention"]
        if bucket.name not in there:
            where = [f"gs://{bucket.name}", f"--location={place.region}", "--soft-delete-duration=0"]
            found.append(gcloud(f"bucket {bucket.name}", "storage", "buckets", "create", *where, *closed))
        if not _as_wanted(there.get(bucket.name, {}), bucket):
            cors = written(f"{bucket.name}-cors.json", _cors())
            rules = written(f"{bucket.name}-lifecycle.json", {"rule": bucket.lifecycle})
            words = ["storage", "buckets", "update", f"gs://{bucket.name}", f"--cors-file={cors}", f"--lifecycle-file={rules}"]
            what = f"rules of bucket {bucket.name}: uniform access, CORS, what ends by itself, nothing kept that was removed"
            found.append(gcloud(what, *words, "--clear-soft-delete", *closed))
    return found


def _as_wanted(there: dict[str, Any], bucket: Bucket) -> bool:
    access = there.get("iamConfiguration", {})
    uniform = access.get("uniformBucketLevelAccess", {}).get("enabled", False)
    prevented = access.get("publicAccessPrevention", "inherited") == "enforced"
    rules = there.get("lifecycle", {}).get("rule", [])
    # Cloud Storage keeps what is removed for seven days unless told otherwise (docs: soft delete); what people erase is gone at once.
    if int(there.get("softDeletePolicy", {}).get("retentionDurationSeconds", 0)):
        return False
    return bool(uniform and prevented == bucket.closed and there.get("cors") == _cors() and rules == bucket.lifecycle)


def scheduler(place: Place) -> list[Step]:
    """The scheduled calls of the worker to make or to change."""
    worker = state("addresses")["worker"]
    there = {each["name"].rpartition("/")[2]: each for each in state("jobs")}
    return [step for tick in SCHEDULE if (step := _tick(place, tick, worker, there.get(job_name(tick)))) is not None]


def job_name(tick: Tick) -> str:
    """`/internal/payments/sweep` is the job `payments-sweep`."""
    return tick.path.removeprefix("/internal/").replace("/", "-")


def cron(seconds: int) -> str:
    """Every so many seconds as cron says it: whole minutes, hours at seven past, days at night in Jakarta."""
    if seconds % 86400 == 0:
        return "20 2 * * *" if seconds == 86400 else f"20 2 */{seconds // 86400} * *"
    if seconds % 3600 == 0:
        return "7 * * * *" if seconds == 3600 else f"7 */{seconds // 3600} * * *"
    assert seconds % 60 == 0, f"cron knows no {seconds} seconds"
    return "* * * * *" if seconds == 60 else f"*/{seconds // 60} * * * *"


def _tick(place: Place, tick: Tick, worker: str, there: dict[str, Any] | None) -> Step | None:
    caller, when = place.account(TASKS_ACCOUNT), cron(tick.seconds)
    target = (there or {}).get("httpTarget", {})
    token = target.get("oidcToken", {})
    shown = ((there or {}).get("schedule"), target.get("uri"), token.get("serviceAccountEmail"), token.get("audience"))
    if shown == (when, worker + tick.path, caller, worker):
        return None
    flags = {
        "location": place.region,
        "schedule": when,
        "time-zone": "Asia/Jakarta",
        "uri": worker + tick.path,
        "http-method": "POST",
        "oidc-service-account-email": caller,
        "oidc-token-audience": worker,
        "attempt-deadline": "180s",
    }
    words = ("scheduler", "jobs", "update" if there else "create", "http", job_name(tick))
    return gcloud(f"schedule {job_name(tick)}: {when}", *words, *(f"--{name}={value}" for name, value in flags.items()))
