"""The API as a Postman collection (v2.1), made of the OpenAPI document: https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html.

Folders are the groups; requests carry the document's examples. `base_url` and `token` are variables; whoever runs a
request that answers tokens has them stored, so that every other request is signed in.
"""

import json
import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Json = dict[str, Any]

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

# Runs after every answer; only tokens are looked at, and a refused sign-in changes nothing.
KEEP_TOKENS = """const data = (pm.response.headers.get("Content-Type") || "").includes("json") ? pm.response.json().data : null;
const tokens = data && (data.tokens || data);
if (tokens && tokens.access_token) {
  pm.collectionVariables.set("token", tokens.access_token);
  pm.collectionVariables.set("refresh_token", tokens.refresh_token);
}"""

SIGNS_IN = ("auth.login", "auth.verify", "auth.google_verify_token", "auth.refresh")


def collection(document: Json) -> Json:
    """The collection of a document; the same document gives the same collection, ids too, so that an import replaces the last one."""
    groups: dict[str, list[Json]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups.setdefault(operation["tags"][0], []).append(_item(method.upper(), path, operation))
    info = document["info"]
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE_URL, info["title"])),
            "name": info["title"],
            "description": info["description"],
            "version": info["version"],
            "schema": SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [
            {"key": "base_url", "value": document["servers"][0]["url"], "type": "string"},
            {"key": "token", "value": "", "type": "string"},
            {"key": "refresh_token", "value": "", "type": "string"},
        ],
        # What one begins with stands first.
        "item": [{"name": group, "item": groups[group]} for group in sorted(groups, key=lambda group: (group != "auth", group))],
    }


def _item(method: str, path: str, operation: Json) -> Json:
    request: Json = {"method": method, "header": _headers(operation), "url": _url(path, operation)}
    request["description"] = "\n\n".join(part for part in (operation["summary"], operation["description"]) if part)
    if not any("user" in way for way in operation["security"]):
        request["auth"] = {"type": "noauth"}
    if "requestBody" in operation:
        request["body"] = _body(operation)
    item: Json = {"name": operation["operationId"].partition(".")[2].replace("_", " "), "request": request, "response": []}
    status, answer = min(operation["responses"].items())
    for kind, content in answer.get("content", {}).items():
        item["response"].append(_answer(item["request"], status, answer["description"], kind, content["example"]))
    if operation["operationId"] in SIGNS_IN:
        item["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": KEEP_TOKENS.split("\n")}}]
    return item


def _headers(operation: Json) -> list[Json]:
    found = [{"key": "Accept-Language", "value": "id"}]
    if any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"]):
        found.append({"key": "Idempotency-Key", "value": "{{$guid}}"})
    return found


def _url(path: str, operation: Json) -> Json:
    """The address in the parts that Postman edits: a path's value is `:name` with an example, a query's is off until it is needed."""
    parts = [re.sub(r"{(\w+)}", r":\1", part) for part in path.strip("/").split("/")] if path != "/" else []
    given = {place: [each for each in operation["parameters"] if each["in"] == place] for place in ("path", "query")}
    query = [
        {"key": each["name"], "value": _text(each.get("example", each["schema"].get("default", ""))), "disabled": not each["required"]}
        for each in given["query"]
    ]
    raw = "{{base_url}}/" + "/".join(parts)
    asked = "&".join(f"{each['key']}={each['value']}" for each in query if not each["disabled"])
    url: Json = {"raw": f"{raw}?{asked}" if asked else raw, "host": ["{{base_url}}"], "path": parts}
    if query:
        url["query"] = query
    if given["path"]:
        url["variable"] = [{"key": each["name"], "value": _text(each["example"])} for each in given["path"]]
    return url


def _body(operation: Json) -> Json:
    content = operation["requestBody"]["content"]
    if "application/json" not in content:
        fields = content["multipart/form-data"]["schema"]["required"]
        return {"mode": "formdata", "formdata": [{"key": field, "type": "file", "src": []} for field in fields]}
    example = content["application/json"]["example"]
    if operation["operationId"] == "auth.refresh":
        example = {**example, "refresh_token": "{{refresh_token}}"}
    return {"mode": "raw", "raw": _json(example), "options": {"raw": {"language": "json"}}}


def _answer(request: Json, status: str, said: str, kind: str, example: Any) -> Json:
    body = example if isinstance(example, str) else _json(example)
    header = [{"key": "Content-Type", "value": kind}]
    return {"name": said, "originalRequest": request, "code": int(status), "header": header, "body": body}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
