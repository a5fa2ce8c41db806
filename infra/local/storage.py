"""Cloud Storage on 127.0.0.1 over a folder: the JSON API for the client library, signed URLs for everyone else.

The JSON API asks for no login, because the library sends none to an emulator: whoever reaches the
port may use it. The XML-style paths (`/BUCKET/OBJECT`) are as strict as Google's: a valid V4
signature, or the public bucket. What is not served is answered with 501 and a sentence.
"""

import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote

from infra.local import storage_signatures as signatures
from infra.local.httpd import Request, Response, Server, json_response
from infra.local.keys import Keys
from infra.local.storage_objects import Condition, Objects, Problem, Resource, check_name, invalid, not_here
from infra.local.storage_responses import data_response, selected
from infra.local.storage_uploads import Session, Sessions, allowed_sizes, check_size, halves

# What a client may set on an object; Google's names.
FIELDS = ("contentType", "cacheControl", "contentDisposition", "contentLanguage", "contentEncoding", "metadata", "md5Hash", "crc32c")
# Parameters of the JSON API that do not change what is done.
HARMLESS = {"alt", "fields", "key", "name", "prettyPrint", "projection", "quotaUser", "uploadType", "upload_id", "userProject"}
# Headers of Google's own that the XML-style paths understand, and query parameters that they do not.
XML_HEADERS = {"x-goog-content-length-range", "x-goog-content-sha256", "x-goog-hash", "x-goog-resumable"}
XML_HEADERS |= {"x-goog-if-generation-match", "x-goog-if-metageneration-match"}
XML_SUBRESOURCES = {"acl", "compose", "generation", "partNumber", "retention", "tagging", "torrent", "uploadId", "uploads"}

# The buckets' CORS rule, as it is set on the real ones: any site may read and, with a signed URL, write.
CORS_METHODS = ("GET", "HEAD", "PUT", "POST")
CORS_HEADERS = "Content-Type, Content-Range, Content-Disposition, ETag, Location, Range"
CORS_HEADERS += ", x-goog-content-length-range, x-goog-if-generation-match, x-goog-resumable"
CORS_SECONDS = "3600"


class Storage:
    """One Cloud Storage: its objects, its uploads on the way, the signer it knows and its public bucket."""

    def __init__(self, folder: Path, keys: Keys, private: str, public: str) -> None:
        """Opens what `folder` holds, and makes the two buckets there unless they are."""
        self.objects = Objects(folder)
        self.sessions = Sessions()
        self.signer, self.key = keys.account["client_email"], keys.account_key
        self.public = public
        for bucket in (private, public):
            self.objects.make_bucket(bucket, exist_ok=True)

    def answer(self, request: Request) -> Response:
        """The response to any request; problems in the shape of the API that was asked."""
        json_api = re.match(r"/(storage|upload/storage|download/storage|resumable/upload/storage|batch/storage)/v1(/|$)", request.path)
        try:
            response = self._json(request) if json_api else self._xml(request)
        except Problem as problem:
            response = _json_problem(problem) if json_api else _xml_problem(problem)
        return _with_cors(request, response)

    # The JSON API

    def _json(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(200)
        for method, pattern, route in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and request.method in method.split():
                return route(self, request, *(unquote(part) for part in match.groups()))
        raise not_here(f"{request.method} {request.path}")

    def _get_bucket(self, request: Request, bucket: str) -> Response:
        _only(request)
        return json_response(selected(self.objects.bucket(bucket), request))

    def _make_bucket(self, request: Request) -> Response:
        _only(request, "project", "predefinedAcl", "predefinedDefaultObjectAcl")
        return json_response(self.objects.make_bucket(str(_json_body(request.body).get("name", ""))))

    def _list_objects(self, request: Request, bucket: str) -> Response:
        _only(request, "prefix", "delimiter", "pageToken", "maxResults")
        size = request.query.get("maxResults") or "1000"
        if not size.isdecimal() or int(size) == 0:
            raise invalid(f"Invalid maxResults: {size}")
        prefix, delimiter, after = (request.query.get(name, "") for name in ("prefix", "delimiter", "pageToken"))
        found, page = self.objects.page(bucket, prefix, delimiter, after, min(int(size), 1000))
        items = [self._item(request, resource) for resource in found]
        listing = {"kind": "storage#objects", "items": items, "prefixes": page.prefixes, "nextPageToken": page.after}
        return json_response(selected({name: value for name, value in listing.items() if value}, request))

    def _get_object(self, request: Request, bucket: str, name: str) -> Response:
        _only(request, "generation", "ifGenerationMatch", "ifMetagenerationMatch")
        if request.query.get("alt") == "media":
            return self._download(request, bucket, name)
        resource = self.objects.find(bucket, name)
        _condition(request).check(resource)
        return json_response(selected(self._item(request, resource), request))

    def _download(self, request: Request, bucket: str, name: str) -> Response:
        _only(request, "generation", "ifGenerationMatch", "ifMetagenerationMatch")
        return data_response(request, *self.objects.read(bucket, name, _condition(request)))

    def _remove_object(self, request: Request, bucket: str, name: str) -> Response:
        _only(request, "generation", "ifGenerationMatch", "ifMetagenerationMatch")
        self.objects.remove(bucket, name, _condition(request))
        return Response(204)

    def _copy_object(self, request: Request, bucket: str, name: str, verb: str, to_bucket: str, to_name: str) -> Response:
        source_parameters = ("sourceGeneration", "ifSourceGenerationMatch", "ifSourceMetagenerationMatch")
        _only(request, "ifGenerationMatch", "ifMetagenerationMatch", *source_parameters)
        source, data = self.objects.read(bucket, name, _condition(request, "Source"))
        sent = _fields(_json_body(request.body))
        # Fields that are sent take the place of all the source's; only without any are those copied.
        fields = sent or {field: source[field] for field in FIELDS if field in source}
        copy = self._item(request, self.objects.write(to_bucket, to_name, data, fields, _condition(request)))
        if verb == "copyTo":
            return json_response(selected(copy, request))
        done = {"kind": "storage#rewriteResponse", "done": True, "objectSize": copy["size"], "totalBytesRewritten": copy["size"]}
        return json_response(selected(done | {"resource": copy}, request))

    def _upload(self, request: Request, bucket: str) -> Response:
        _only(request, "ifGenerationMatch", "ifMetagenerationMatch", "predefinedAcl")
        kind = request.query.get("uploadType")
        if "upload_id" in request.query:
            return self._continue(request)
        if kind == "resumable":
            return self._begin(request, bucket)
        if kind == "multipart":
            metadata, content_type, data = halves(request)
            fields = _json_body(metadata)
        elif kind == "media":
            fields, content_type, data = {}, request.header("Content-Type"), request.body
        else:
            raise invalid(f"Unknown uploadType: {kind}")
        name = str(fields.get("name") or request.query.get("name", ""))
        fields = ({"contentType": content_type} if content_type else {}) | _sent_sums(request) | _fields(fields)
        resource = self.objects.write(bucket, name, data, fields, _condition(request))
        return json_response(selected(self._item(request, resource), request))

    def _begin(self, request: Request, bucket: str) -> Response:
        self.objects.bucket(bucket)
        fields = _json_body(request.body)
        name = str(fields.get("name") or request.query.get("name", ""))
        check_name(name)
        content_type = request.header("X-Upload-Content-Type")
        fields = ({"contentType": content_type} if content_type else {}) | _fields(fields)
        upload_id = self.sessions.open(Session(bucket, name, fields, _condition(request), allowed_sizes(""), xml=False))
        place = f"http://{request.header('Host')}/upload/storage/v1/b/{quote(bucket)}/o?uploadType=resumable&upload_id={upload_id}"
        return Response(200, b"", {"Location": place, "X-GUploader-UploadID": upload_id})

    def _continue(self, request: Request) -> Response:
        session, more = self.sessions.take(request.query["upload_id"], request, self.objects)
        if more or session.done is None:
            return more or Response(500)
        return Response(200, b"", _stored_headers(session.done)) if session.xml else json_response(self._item(request, session.done))

    def _item(self, request: Request, resource: Resource) -> Resource:
        """The object as the API shows it, with its links; the library downloads from `mediaLink`."""
        host, place = f"http://{request.header('Host')}", f"/storage/v1/b/{quote(resource['bucket'])}/o/{quote(resource['name'], safe='')}"
        media = f"{host}/download{place}?generation={resource['generation']}&alt=media"
        return resource | {"selfLink": f"{host}{place}", "mediaLink": media}

    # XML-style paths

    def _xml(self, request: Request) -> Response:
        bucket, _, name = unquote(request.path.removeprefix("/")).partition("/")
        if request.method == "OPTIONS":
            return _preflight(request)
        if request.header("Content-Type").startswith("multipart/form-data"):
            raise not_here("uploads by an HTML form with a POST policy.")
        signed = signatures.signed(request)
        if "upload_id" in request.query and request.method in ("PUT", "DELETE"):
            return self._continue(request)  # The session's address is itself the right to write.
        if signed:
            signatures.verify(request, self.signer, self.key)
        elif not (bucket == self.public and name and request.method in ("GET", "HEAD")):
            message = f"Anonymous caller does not have access to {bucket}/{name}, or it does not exist."
            raise Problem(403, "forbidden", "AccessDenied", message)
        if not bucket or not name:
            raise not_here("the XML API for whole buckets.")
        _only_known(request)
        return self._xml_object(request, bucket, name, signed)

    def _xml_object(self, request: Request, bucket: str, name: str, signed: bool) -> Response:
        if request.method in ("GET", "HEAD"):
            resource, data = self.objects.read(bucket, name, _xml_condition(request))
            return data_response(request, resource, data, may_override=signed)
        if request.method == "DELETE":
            self.objects.remove(bucket, name, _xml_condition(request))
            return Response(204)
        fields, sizes = _xml_fields(request), allowed_sizes(request.header("x-goog-content-length-range"))
        if request.method == "PUT":
            check_size(len(request.body), sizes)
            return Response(200, b"", _stored_headers(self.objects.write(bucket, name, request.body, fields, _xml_condition(request))))
        if request.method == "POST" and request.header("x-goog-resumable") == "start":
            self.objects.bucket(bucket)
            upload_id = self.sessions.open(Session(bucket, name, fields, _xml_condition(request), sizes, xml=True))
            return Response(201, b"", {"Location": f"http://{request.header('Host')}{request.path}?upload_id={upload_id}"})
        raise not_here(f"{request.method} of an object; a POST starts a resumable upload alone.")


def serve(folder: Path, keys: Keys, *, private: str, public: str, port: int = 0) -> Server:
    """A Cloud Storage over `folder` with the buckets `private` and `public`; it runs once the caller starts it.

    `keys` holds the service account whose signatures it accepts; unsigned reading works in `public`
    alone. Buckets made later through the API are private. Port 0 takes a free port.
    """
    return Server(Storage(folder, keys, private, public).answer, port)


Route = Callable[..., Response]
BUCKET = r"/b/([^/]+)"
OBJECT = BUCKET + r"/o/([^/]+)"
ROUTES: list[tuple[str, str, Route]] = [
    ("GET", f"/storage/v1{OBJECT}", Storage._get_object),
    ("GET", f"/download/storage/v1{OBJECT}", Storage._download),
    ("DELETE", f"/storage/v1{OBJECT}", Storage._remove_object),
    ("GET", f"/storage/v1{BUCKET}/o", Storage._list_objects),
    ("POST", f"/storage/v1{OBJECT}/(rewriteTo|copyTo){OBJECT}", Storage._copy_object),
    ("POST PUT DELETE", f"/(?:resumable/)?upload/storage/v1{BUCKET}/o", Storage._upload),
    ("GET", f"/storage/v1{BUCKET}", Storage._get_bucket),
    ("POST", "/storage/v1/b", Storage._make_bucket),
]


def _only(request: Request, *parameters: str) -> None:
    unknown = sorted(set(request.query) - HARMLESS - set(parameters))
    if unknown:
        raise not_here(f"the parameter {unknown[0]} of {request.method} {request.path}")


def _only_known(request: Request) -> None:
    """501 for what would silently do something else than at Google: a copy by header, a part of a multipart upload, …"""
    headers = {name.lower() for name in request.headers if name.lower().startswith("x-goog-")}
    unknown = sorted(name for name in headers - XML_HEADERS if not name.startswith("x-goog-meta-"))
    unknown += sorted(XML_SUBRESOURCES & set(request.query))
    if unknown:
        raise not_here(f"{unknown[0]} in {request.method} of an object.")


def _json_body(body: bytes) -> Resource:
    try:
        fields = json.loads(body or b"{}")
    except ValueError:
        raise invalid("Parse Error: the metadata is not JSON.", "parseError") from None
    if not isinstance(fields, dict):
        raise invalid("The metadata is not a JSON object.")
    return fields


def _fields(sent: Resource) -> Resource:
    fields = {name: sent[name] for name in FIELDS if sent.get(name) is not None}
    if fields.get("contentEncoding", "identity") not in ("", "identity"):
        raise not_here("objects with a Content-Encoding (Google would decode them on the way out).")
    return fields


def _condition(request: Request, of: str = "") -> Condition:
    names = (f"if{of}GenerationMatch", f"if{of}MetagenerationMatch", f"{of.lower()}Generation" if of else "generation")
    return Condition(*(_number(request.query.get(name)) for name in names))


def _xml_condition(request: Request) -> Condition:
    return Condition(*(_number(request.headers.get(f"x-goog-if-{kind}-match")) for kind in ("generation", "metageneration")))


def _number(text: str | None) -> int | None:
    if text is not None and not text.isdecimal():
        raise invalid(f"A generation is a number, not {text}.")
    return None if text is None else int(text)


def _xml_fields(request: Request) -> Resource:
    headers = {"contentType": "Content-Type", "cacheControl": "Cache-Control", "contentDisposition": "Content-Disposition"}
    headers |= {"contentLanguage": "Content-Language", "contentEncoding": "Content-Encoding", "md5Hash": "Content-MD5"}
    fields = {field: request.header(name) for field, name in headers.items() if request.header(name)}
    custom = {name.lower()[12:]: value for name, value in request.headers.items() if name.lower().startswith("x-goog-meta-")}
    return _fields(fields | _sent_sums(request) | ({"metadata": custom} if custom else {}))


def _sent_sums(request: Request) -> Resource:
    sent = dict(part.strip().split("=", 1) for part in request.header("X-Goog-Hash").split(",") if "=" in part)
    names = {"crc32c": "crc32c", "md5": "md5Hash"}
    return {field: sent[name] for name, field in names.items() if name in sent}


def _stored_headers(resource: Resource) -> dict[str, str]:
    sums = f"crc32c={resource['crc32c']},md5={resource['md5Hash']}"
    return {"ETag": f'"{resource["etag"]}"', "x-goog-generation": resource["generation"], "x-goog-hash": sums}


def _preflight(request: Request) -> Response:
    # A refused preflight is a 200 without the headers; the browser then stops by itself.
    if request.header("Origin") and request.header("Access-Control-Request-Method") in CORS_METHODS:
        allow = {"Access-Control-Allow-Methods": ", ".join(CORS_METHODS), "Access-Control-Allow-Headers": CORS_HEADERS}
        return Response(200, b"", allow | {"Access-Control-Max-Age": CORS_SECONDS})
    return Response(200)


def _with_cors(request: Request, response: Response) -> Response:
    asked = request.header("Access-Control-Request-Method") if request.method == "OPTIONS" else request.method
    if request.header("Origin") and asked in CORS_METHODS:
        response.headers |= {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": CORS_HEADERS}
    return response


def _json_problem(problem: Problem) -> Response:
    details = {"message": problem.message, "domain": "global", "reason": problem.reason}
    return json_response({"error": {"code": problem.status, "message": problem.message, "errors": [details]}}, problem.status)


def _xml_problem(problem: Problem) -> Response:
    parts = {"Code": problem.code, "Message": problem.message} | problem.details
    text = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts.items())
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error>{text}</Error>"
    return Response(problem.status, body.encode(), {"Content-Type": "application/xml; charset=UTF-8"})
