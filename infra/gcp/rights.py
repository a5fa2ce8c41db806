"""Who may do what: every binding of a role that the deployment makes, and nothing else is ever added or taken away."""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

from common.clients.tasks import QUEUES
from common.needs import Use
from infra.gcp.place import BUILD_ACCOUNT, GATEWAY_ACCOUNT, TASKS_ACCOUNT, Place, needs, service
from infra.gcp.steps import Step, gcloud, state, written


class Binding(NamedTuple):
    """`member` has `role` on one resource; `kind` is one of KINDS."""

    kind: str
    resource: str
    role: str
    member: str


# How gcloud reads and sets the policy of a kind of resource; {} is the resource.
KINDS = {
    "project": "projects {}-iam-policy {name}",
    "account": "iam service-accounts {}-iam-policy {name}",
    "secret": "secrets {}-iam-policy {name}",
    "bucket": "storage buckets {}-iam-policy gs://{name}",
    "queue": "tasks queues {}-iam-policy {name} --location={region}",
    "service": "run services {}-iam-policy {name} --region={region}",
}

INTERNAL = tuple(dict.fromkeys(queue.function for queue in QUEUES.values()))

# Objects may be written without the right to change who may read them.
WRITER, READER, LISTER = "roles/storage.objectUser", "roles/storage.objectViewer", "roles/storage.legacyBucketReader"


def bindings(place: Place) -> list[Binding]:
    """Every binding of the environment."""
    found = [each for function in needs() for each in _function(place, function)]
    found += [each for function in needs() for each in _callers(place, function)]
    builder = f"serviceAccount:{place.account(BUILD_ACCOUNT)}"
    found.append(Binding("project", place.project, "roles/cloudbuild.builds.builder", builder))
    found.append(Binding("bucket", place.public_bucket, READER, "allUsers"))
    return sorted(set(found))


def _function(place: Place, function: str) -> Iterator[Binding]:
    """What the function's own account may do."""
    member = f"serviceAccount:{place.runner(function)}"
    for role in ("roles/cloudsql.client", "roles/cloudsql.instanceUser"):
        yield Binding("project", place.project, role, member)
    for secret in needs()[function].secrets:
        yield Binding("secret", secret, "roles/secretmanager.secretAccessor", member)
    for use in needs()[function].uses:
        for kind, resource, role in _grants(place, function, use):
            yield Binding(kind, resource, role, member)


def _grants(place: Place, function: str, use: Use) -> list[tuple[str, str, str]]:
    private, public, project = place.private_bucket, place.public_bucket, place.project
    return {
        "read": [("bucket", private, READER)],
        "write": [("bucket", private, WRITER)],
        "list": [("bucket", private, LISTER)],
        "publish": [("bucket", public, WRITER)],
        # Signing is a call to IAM about oneself.
        "sign": [("account", place.runner(function), "roles/iam.serviceAccountTokenCreator")],
        # Whoever makes a task has to be allowed to act as the account that its token is for.
        "enqueue": [
            *(("queue", queue, "roles/cloudtasks.enqueuer") for queue in QUEUES),
            ("account", place.account(TASKS_ACCOUNT), "roles/iam.serviceAccountUser"),
        ],
        "look": [("queue", queue, "roles/cloudtasks.viewer") for queue in QUEUES],
        "vertex": [("project", project, "roles/aiplatform.user")],
        # Text-to-Speech asks for no role of its own, only for a project to bill.
        "speech": [("project", project, "roles/speech.client"), ("project", project, "roles/serviceusage.serviceUsageConsumer")],
        "push": [("project", project, "roles/firebasecloudmessaging.admin")],
    }[use]


def _callers(place: Place, function: str) -> Iterator[Binding]:
    """Who may call the function: the gateway, or Tasks and Scheduler; never everybody."""
    caller = TASKS_ACCOUNT if function in INTERNAL else GATEWAY_ACCOUNT
    yield Binding("service", service(function), "roles/run.invoker", f"serviceAccount:{place.account(caller)}")


def resources(place: Place, kind: str, only: tuple[str, ...] = ()) -> list[str]:
    """The resources of a kind that somebody gets a role on (those of `only`, if given); a secret that nobody gave is none yet."""
    absent = set(state("absent")) if kind == "secret" else set()
    return sorted({each.resource for each in bindings(place) if each.kind == kind and (not only or each.resource in only)} - absent)


def reading(place: Place, kind: str, name: str) -> str:
    """The words of gcloud that read a resource's policy."""
    return KINDS[kind].format("get", name=name, region=place.region)


def steps(place: Place, kind: str, *only: str) -> list[Step]:
    """The policies of this kind that lack a binding, each set once, whole, with the etag that was read."""
    found = []
    for name in resources(place, kind, only):
        before = state(f"{kind}-policy-{name}") or {}
        after, added = merged(before, [each for each in bindings(place) if (each.kind, each.resource) == (kind, name)])
        if added:
            file = written(f"{kind}-policy-{name}.json", after)
            words = KINDS[kind].format("set", name=name, region=place.region).split()
            # The policy's file comes right after the resource's name.
            at = next(index for index, word in enumerate(words) if word.endswith(name)) + 1
            who = ", ".join(f"{each.member.partition(':')[2] or each.member} {each.role}" for each in added)
            found.append(gcloud(f"{kind} {name}: {who}", *words[:at], file, *words[at:]))
    return found


def merged(policy: dict[str, Any], wanted: list[Binding]) -> tuple[dict[str, Any], list[Binding]]:
    """The policy with what is missing added, and what that is; conditional bindings are left alone."""
    after = copy.deepcopy(policy)
    plain = {each["role"]: each for each in after.setdefault("bindings", []) if "condition" not in each}
    added = [each for each in wanted if each.member not in plain.get(each.role, {}).get("members", [])]
    for each in added:
        if each.role not in plain:
            plain[each.role] = {"role": each.role, "members": []}
            after["bindings"].append(plain[each.role])
        plain[each.role]["members"].append(each.member)
    return after, added
