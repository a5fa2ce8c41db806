"""The parts of Google's management APIs that a deployment calls, over dictionaries: what gcloud makes here can be asked about.

Resources live under their names; creating, reading, listing, changing and deleting are the same for most services, and
what differs has its own line in SPECIAL. A request that nothing answers is a 501, so that a test cannot pass by accident.
"""

import base64
import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Resource = dict[str, Any]

# How the id of a new resource is told: in the query, or in a field of the body.
ID = {"functions": "functionId", "apis": "apiId", "configs": "apiConfigId", "gateways": "gatewayId", "secrets": "secretId"}
STAGES = {
    "@type": "type.googleapis.com/google.cloud.functions.v2.OperationMetadata",
    "stages": [{"name": "BUILD", "state": "COMPLETE"}, {"name": "SERVICE", "state": "COMPLETE"}],
}
READS = ("getIamPolicy", "testIamPermissions", "access", "generateUploadUrl")
COLLECTIONS = "services|serviceAccounts|secrets|versions|queues|jobs|functions|apis|configs|gateways|metrics|alertPolicies|notificationChannels|uptimeCheckConfigs|budgets|instances|databases|users|b"


class Cloud:
    """All resources and policies of one pretended project, and every request that changed something."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.lock = threading.RLock()
        self.resources: dict[str, Resource] = {}
        self.policies: dict[str, Resource] = {}
        self.changes: list[tuple[str, str, Any]] = []
        self.unknown: list[str] = []
        self.uploads: dict[str, bytes] = {}
        self.refuse: str | None = None
        self.operations: dict[str, Resource] = {}
        self.clock = 0
        self.url = ""
        self.on_user: Callable[[str], object] = lambda name: None

    def members(self, resource: str, role: str) -> set[str]:
        """Who has `role` on `resource` (the end of its name is enough)."""
        found = [policy for name, policy in self.policies.items() if name == resource or name.endswith("/" + resource)]
        return {member for policy in found for each in policy["bindings"] if each["role"] == role for member in each["members"]}

    def roles(self, member: str) -> set[tuple[str, str]]:
        """What a member may do: the resource's kind and name, and the role."""
        return {
            ("/".join(name.split("/")[-2:]), each["role"])
            for name, policy in self.policies.items()
            for each in policy["bindings"]
            if member in each["members"]
        }

    def named(self, collection: str) -> dict[str, Resource]:
        """Every resource of a collection by the last part of its name."""
        return {name.rsplit("/", 1)[1]: each for name, each in self.resources.items() if name.split("/")[-2] == collection}

    def answer(self, method: str, url: str, body: bytes) -> tuple[int, Any]:
        """Status and JSON of one request."""
        parts = urlsplit(url)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query))
        with self.lock:
            if self.refuse and method != "GET" and re.search(self.refuse, path):
                return 400, _error(400, "refused by the test", "INVALID_ARGUMENT")
            self.clock += 1
            if method == "PUT" and path.startswith("/upload-source/"):
                self.uploads[path.rsplit("/", 1)[1]] = body
                return 200, {}
            given = json.loads(body) if body[:1] in (b"{", b"[") else {}
            status, found = self._answer(method, path, query, given)
            if status == 501:
                self.unknown.append(f"{method} {url} {body[:300]!r}")
            verb = path.rpartition(":")[2] if ":" in path else ""
            if method != "GET" and status < 300 and verb not in READS and "operations" not in path:
                self.changes.append((method, path, given))
            return status, found

    def _answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        for pattern, act in SPECIAL:
            if (matched := re.fullmatch(pattern, f"{method} {path}")) is not None:
                return act(self, matched, query, body)
        name = re.sub(r"^/(sql/v1beta4|storage/v1|v\d\w*|upload/storage/v1)/", "", path)
        name, _, verb = name.partition(":")
        if verb in ("getIamPolicy", "setIamPolicy"):
            return self._policy(name, verb, body)
        if verb:
            return 501, _error(501, f"no {method} {path}", "UNIMPLEMENTED")
        if name in self.operations:
            return 200, self.operations[name]
        # A function may be called `users`, as a collection is.
        if re.fullmatch(rf"(.*/)?({COLLECTIONS})", name) and not re.search(rf"(^|/)({COLLECTIONS})/[^/]+$", name):
            return self._list(name) if method == "GET" else self._create(name, query, body)
        return self._one(method, name, query, body)

    def _policy(self, name: str, verb: str, body: Any) -> tuple[int, Any]:
        kind, last = name.split("/")[-2:]
        if kind != "projects" and last not in self.named(kind):
            return 404, _error(404, f"{name} was not found", "NOT_FOUND")
        before = self.policies.get(name, {"etag": _etag(0), "bindings": [], "version": 1})
        if verb == "getIamPolicy":
            return 200, before
        policy = body.get("policy", body)
        if policy.get("etag") and base64.urlsafe_b64decode(policy["etag"]) != base64.urlsafe_b64decode(before["etag"]):
            return 409, _error(409, "There were concurrent policy changes.", "ABORTED")
        for member in (member for each in policy.get("bindings", []) for member in each["members"]):
            account = member.removeprefix("serviceAccount:")
            if (
                member != account
                and account.endswith(f"@{self.project}.iam.gserviceaccount.com")
                and account not in self.named("serviceAccounts")
            ):
                return 400, _error(400, f"Service account {account} does not exist.", "INVALID_ARGUMENT")
        self.policies[name] = {"version": 1, "etag": _etag(self.clock), "bindings": policy.get("bindings", [])}
        return 200, self.policies[name]

    def _list(self, name: str) -> tuple[int, Any]:
        found = [each for key, each in self.resources.items() if re.fullmatch(re.escape(name).replace(r"\-/", r"[^/]+/") + r"/[^/]+", key)]
        word = {
            "configs": "apiConfigs",
            "serviceAccounts": "accounts",
            "databases": "items",
            "users": "items",
            "instances": "items",
            "b": "items",
        }
        last = name.rpartition("/")[2]
        return 200, {word.get(last, last): found}

    def _create(self, name: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        last = name.rpartition("/")[2]
        chosen = query.get(ID.get(last, "")) or (body.get("name") or f"{last}-{self.clock}").rpartition("/")[2]
        key = f"{name}/{chosen}"
        if key in self.resources:
            return 409, _error(409, f"{key} already exists", "ALREADY_EXISTS")
        self.resources[key] = {
            **body,
            "name": chosen if last in ("instances", "databases", "users", "metrics", "b") else key,
            "createTime": _time(self.clock),
        }
        self._completed(last, key)
        return 200, self._operation(key) if last in ("functions", "apis", "configs", "gateways") else self.resources[key]

    def _completed(self, collection: str, key: str) -> None:
        """What the service itself adds to a new or changed resource."""
        made, last = self.resources[key], key.rpartition("/")[2]
        if collection == "functions":
            made |= {"state": "ACTIVE", "environment": "GEN_2", "url": f"https://{last}-uid.a.run.app"}
            made["serviceConfig"] |= {
                "uri": f"https://{last}-uid.a.run.app",
                "service": key.replace("functions", "services"),
                "revision": f"{last}-{self.clock}",
            }
            self.resources[key.replace("functions", "services")] = {"name": last}
        if collection in ("apis", "configs", "gateways"):
            made["state"] = "ACTIVE"
        if collection == "gateways":
            made["defaultHostname"] = f"{last}-abc.an.gateway.dev"
        if collection == "metrics":
            descriptor = made["metricDescriptor"]
            named = f"logging.googleapis.com/user/{last}"
            descriptor |= {"name": f"projects/{self.project}/metricDescriptors/{named}", "type": named, "unit": "1"}
            # What a field has by default is not shown.
            descriptor["labels"] = [
                {name: value for name, value in each.items() if value != "STRING"} for each in descriptor.pop("labels", [])
            ]
        if collection == "alertPolicies":
            made["conditions"] = [_condition(key, number, each) for number, each in enumerate(made["conditions"])]
        if collection == "b":
            # Seven days, unless the bucket says another time (cloud.google.com/storage/docs/soft-delete).
            made["softDeletePolicy"] = {"retentionDurationSeconds": "604800"} | (made.get("softDeletePolicy") or {})
        if collection in ("queues", "jobs"):
            made.setdefault("state", "RUNNING" if collection == "queues" else "ENABLED")

    def _operation(self, key: str) -> Resource:
        operation = f"projects/{self.project}/locations/global/operations/operation-{self.clock}"
        kind = {"functions": "google.cloud.functions.v2.Function"}.get(key.rsplit("/", 2)[-2], "google.protobuf.Struct")
        self.operations[operation] = {
            "name": operation,
            "done": True,
            "response": {"@type": f"type.googleapis.com/{kind}", "name": key},
            "metadata": STAGES if "Function" in kind else {},
        }
        return self.operations[operation]

    def _one(self, method: str, name: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if name not in self.resources:
            if method == "GET" and not re.search(rf"(^|/)({COLLECTIONS})/[^/]+$", name):
                return 501, _error(501, f"no {method} {name}", "UNIMPLEMENTED")
            return 404, _error(404, f"{name} was not found", "NOT_FOUND")
        if method == "DELETE":
            del self.resources[name]
            return 200, self._operation(name) if re.search("functions|apis|configs|gateways", name) else {}
        if method in ("PATCH", "PUT"):
            self.resources[name] = _merged(self.resources[name], body) | {"name": self.resources[name]["name"]}
            self._completed(name.rsplit("/", 2)[-2], name)
            if re.search("functions|apis|configs|gateways", name):
                return 200, self._operation(name)
        return 200, self.resources[name]


def _condition(policy: str, number: int, given: Resource) -> Resource:
    """A condition of an alert with a name of its own, and without a threshold of zero, which is a default."""
    limit = {name: value for name, value in given.get("conditionThreshold", {}).items() if value != 0}
    return given | {"name": f"{policy}/conditions/{number}"} | ({"conditionThreshold": limit} if limit else {})


def _merged(before: Any, change: Any) -> Any:
    if not isinstance(before, dict) or not isinstance(change, dict):
        return change
    return {**before, **{key: _merged(before.get(key), value) for key, value in change.items()}}


def _error(code: int, message: str, status: str) -> Resource:
    return {"error": {"code": code, "message": message, "status": status, "errors": [{"message": message, "reason": status}]}}


def _etag(number: int) -> str:
    return base64.b64encode(number.to_bytes(6, "big")).decode()


def _time(clock: int) -> str:
    return f"2026-01-01T{clock // 3600 % 24:02}:{clock // 60 % 60:02}:{clock % 60:02}Z"


def _enable(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    for service in body.get("serviceIds", []) or [matched[1] or ""]:
        name = f"projects/{cloud.project}/services/{service}"
        cloud.resources[name] = {"name": name, "state": "ENABLED", "config": {"name": service}}
    return 200, {"name": "operations/enabled", "done": True, "response": {}}


def _services(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, {"services": [each for name, each in cloud.resources.items() if re.fullmatch(r"projects/[^/]+/services/[^/]+", name)]}


def _service(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    known = cloud.resources.get(f"projects/{cloud.project}/services/{matched[1]}")
    return 200, known or {"name": f"projects/1/services/{matched[1]}", "state": "DISABLED", "config": {"name": matched[1]}}


def _account(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    email = f"{body['accountId']}@{cloud.project}.iam.gserviceaccount.com"
    name = f"projects/{cloud.project}/serviceAccounts/{email}"
    if name in cloud.resources:
        return 409, _error(409, "exists", "ALREADY_EXISTS")
    cloud.resources[name] = {**body["serviceAccount"], "name": name, "email": email}
    return 200, cloud.resources[name]


def _project(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, {"projectId": cloud.project, "projectNumber": "123456789012", "name": cloud.project, "lifecycleState": "ACTIVE"}


def _version(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    secret = f"projects/{cloud.project}/secrets/{matched[1]}"
    number = 1 + sum(name.startswith(f"{secret}/versions/") for name in cloud.resources)
    data = body["payload"]["data"]
    name = f"{secret}/versions/{number}"
    cloud.resources[name] = {
        "name": name,
        "state": "ENABLED",
        "createTime": _time(cloud.clock),
        "data": data,
        "clientSpecifiedPayloadChecksum": True,
    }
    return 200, {key: value for key, value in cloud.resources[name].items() if key != "data"}


def _access(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    """A version by number; `latest` is the newest one, also when it is disabled."""
    versions = {name.rpartition("/")[2]: each for name, each in cloud.resources.items() if f"/secrets/{matched[1]}/versions/" in name}
    number = max(versions, key=int, default="") if matched[2] == "latest" else matched[2]
    if number not in versions:
        return 404, _error(404, "no such secret", "NOT_FOUND")
    if versions[number]["state"] != "ENABLED":
        return 400, _error(400, f"Secret Version [{number}] is in {versions[number]['state']} state.", "FAILED_PRECONDITION")
    return 200, {"name": versions[number]["name"], "payload": {"data": versions[number]["data"]}}


def _upload_url(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, {
        "uploadUrl": f"{cloud.url}/upload-source/{cloud.clock}",
        "storageSource": {"bucket": "sources", "object": f"{cloud.clock}.zip"},
    }


def _runtimes(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, {"runtimes": [{"name": f"python3{minor}", "stage": "GA", "environment": "GEN_2"} for minor in (11, 12, 13)]}


def _queue(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    return cloud._create(matched[1], query, body)


def _paused(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    cloud.resources[matched[1]]["state"] = "PAUSED" if matched[2] == "pause" else "RUNNING"
    return 200, cloud.resources[matched[1]]


def _sql(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    method, name = matched[1], matched[2]
    if method == "POST":
        status, made = cloud._create(name, query, body)
        if status != 200:
            return status, made
        if name.endswith("/users"):
            cloud.on_user(body["name"])
        if name.endswith("/instances"):
            made |= {"kind": "sql#instance", "state": "RUNNABLE", "connectionName": f"{cloud.project}:{body['region']}:{body['name']}"}
    else:
        # A user is changed by its name in the query.
        cloud._one("PATCH", f"{name}/{query['name']}" if name.endswith("/users") else name, query, body)
    return 200, {
        "kind": "sql#operation",
        "name": f"op{cloud.clock}",
        "status": "DONE",
        "operationType": "CREATE",
        "targetId": "x",
        "targetProject": cloud.project,
    }


def _sql_operation(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    return 200, {
        "kind": "sql#operation",
        "name": matched[1],
        "status": "DONE",
        "operationType": "CREATE",
        "targetId": "x",
        "targetProject": cloud.project,
    }


def _bucket_policy(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    return cloud._policy(f"b/{matched[2]}", "getIamPolicy" if matched[1] == "GET" else "setIamPolicy", body)


def _metric(cloud: Cloud, matched: Any, query: dict[str, str], body: Any) -> tuple[int, Any]:
    return cloud._create(matched[1], query, body)


SPECIAL = (
    (r"POST /v1/projects/[^/]+/services:batchEnable", _enable),
    (r"POST /v1/projects/[^/]+/services/([^/:]+):enable", _enable),
    (r"GET /v1/projects/[^/]+/services", _services),
    (r"GET /v1/projects/[^/]+/services/([^/:]+)", _service),
    (r"POST /v1/projects/[^/]+/serviceAccounts", _account),
    (r"GET /v[13]/projects/[^/:]+", _project),
    (r"POST /v1/projects/[^/]+/secrets/([^/:]+):addVersion", _version),
    (r"GET /v1/projects/[^/]+/secrets/([^/:]+)/versions/(\w+):access", _access),
    (r"POST /v2/.*functions:generateUploadUrl", _upload_url),
    (r"GET /v2/.*/runtimes", _runtimes),
    (r"POST /v2/(.*queues/[^/:]+):(pause|resume)", _paused),
    (r"GET /sql/v1beta4/projects/[^/]+/operations/(.*)", _sql_operation),
    (r"(POST|PATCH|PUT) /sql/v1beta4/(.*)", _sql),
    (r"(GET|PUT) /storage/v1/b/([^/]+)/iam", _bucket_policy),
)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # Through the proxy the whole URL is the path.
        status, found = self.server.cloud.answer(self.command, self.path, body)
        text = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""


def serve(cloud: Cloud) -> ThreadingHTTPServer:
    """A server of `cloud` on a free port of 127.0.0.1; `cloud.url` is where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.cloud = cloud
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
