"""Buckets and objects in a folder on disk: what the local Cloud Storage keeps between two starts."""

import base64
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# An object's or a bucket's fields under the names Google's JSON API gives them.
Resource = dict[str, Any]


class Problem(Exception):
    """A refusal in the words of both APIs: `reason` is the JSON API's, `code` the XML API's."""

    def __init__(self, status: int, reason: str, code: str, message: str, **details: str) -> None:
        """`details` are further elements of the XML error, such as the string that was to be signed."""
        super().__init__(message)
        self.status, self.reason, self.code, self.message, self.details = status, reason, code, message, details


def not_here(sentence: str) -> Problem:
    """The problem of a request that this stand-in does not serve, though Google would."""
    return Problem(501, "notImplemented", "NotImplemented", f"The local Cloud Storage does not do this: {sentence}")


def invalid(message: str, code: str = "InvalidArgument") -> Problem:
    """The problem of a request that makes no sense."""
    return Problem(400, "invalid", code, message)


def no_object(bucket: str, name: str) -> Problem:
    """The problem of an object that is not there."""
    return Problem(404, "notFound", "NoSuchKey", f"No such object: {bucket}/{name}")


@dataclass(frozen=True)
class Condition:
    """What must hold of the object as it is now; a generation of 0 means that there is none.

    `only` names the one generation that is asked for; a bucket here keeps no older ones.
    """

    generation: int | None = None
    metageneration: int | None = None
    only: int | None = None

    def check(self, resource: Resource | None) -> None:
        """Raises the 412 problem (404 for `only`) unless `resource` (None: no such object) is as the condition says."""
        if resource and self.only not in (None, int(resource["generation"])):
            raise no_object(resource["bucket"], f"{resource['name']}#{self.only}")
        found = resource or {"generation": "0", "metageneration": "0"}
        for wanted, field in ((self.generation, "generation"), (self.metageneration, "metageneration")):
            if wanted is not None and wanted != int(found[field]):
                raise Problem(
                    412, "conditionNotMet", "PreconditionFailed", "At least one of the pre-conditions you specified did not hold."
                )


@dataclass(frozen=True)
class Page:
    """One page of a listing; `after` continues it (empty: there is no more)."""

    items: list[str]
    prefixes: list[str]
    after: str


class Objects:
    """All buckets under `folder`, each with its objects; used by many threads, by one process at a time.

    A file's name on disk is made of hashes and numbers alone, so no object's name can lead out of
    the folder. Data is written beside the old data and the small metadata file, replaced in one
    step, points at it: whoever reads, or starts after a crash, sees the old object or the new one.
    """

    def __init__(self, folder: Path) -> None:
        """Reads what `folder` holds; it is made when it is not there."""
        self._folder = folder
        self._lock = threading.RLock()
        self._clock = 0
        self._buckets: dict[str, Resource] = {}
        self._index: dict[str, dict[str, Resource]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*/bucket.json"):
            self._load(json.loads(file.read_text()), file.parent)

    def _load(self, bucket: Resource, home: Path) -> None:
        resources = [json.loads(file.read_text()) for file in home.glob("*.object.json")]
        self._buckets[bucket["name"]] = bucket
        self._index[bucket["name"]] = {resource["name"]: resource for resource in resources}
        kept = {self._data_file(resource) for resource in resources}
        for file in (*home.glob("*.data"), *home.glob("*.draft")):
            if file not in kept:
                file.unlink()  # A crash came between the data and its metadata, or before the old data went.

    def make_bucket(self, name: str, *, exist_ok: bool = False) -> Resource:
        """A new bucket's fields; 409 when there is one (`exist_ok`: that one's fields)."""
        with self._lock:
            if name in self._buckets and not exist_ok:
                raise Problem(409, "conflict", "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded.")
            if name not in self._buckets:
                self._check_bucket_name(name)
                now = _timestamp()
                bucket = {"kind": "storage#bucket", "id": name, "name": name, "timeCreated": now, "updated": now}
                bucket |= {"location": "ASIA-SOUTHEAST2", "storageClass": "STANDARD", "metageneration": "1", "projectNumber": "1"}
                self._home(name).mkdir(exist_ok=True)
                _replace(self._home(name) / "bucket.json", json.dumps(bucket).encode())
                self._buckets[name], self._index[name] = bucket, {}
            return self._buckets[name]

    def bucket(self, name: str) -> Resource:
        """The bucket's fields; 404 when there is none."""
        if name not in self._buckets:
            raise Problem(404, "notFound", "NoSuchBucket", "The specified bucket does not exist.")
        return self._buckets[name]

    def find(self, bucket: str, name: str) -> Resource:
        """The object's fields; 404 when it or the bucket is not there."""
        self.bucket(bucket)
        resource = self._index[bucket].get(name)
        if resource is None:
            raise no_object(bucket, name)
        return resource

    def read(self, bucket: str, name: str, condition: Condition) -> tuple[Resource, bytes]:
        """The object's fields and its data, of the same generation."""
        with self._lock:
            resource = self.find(bucket, name)
            condition.check(resource)
            file = open(self._data_file(resource), "rb")  # noqa: SIM115 - closed below, outside the lock.
        with file:  # An open file outlives its removal by a writer.
            return resource, file.read()

    def write(self, bucket: str, name: str, data: bytes, fields: Resource, condition: Condition) -> Resource:
        """Makes or replaces an object; `fields` are those a client may set.

        Sent checksums (`md5Hash`, `crc32c`) must be those of `data`, else 400.
        """
        check_name(name)
        sums = checksums(data)
        for field, value in sums.items():
            if fields.get(field) not in (None, value):
                raise invalid(f'Provided {field} "{fields[field]}" doesn\'t match calculated {field} "{value}".', "BadDigest")
        with self._lock:
            self.bucket(bucket)
            old = self._index[bucket].get(name)
            condition.check(old)
            resource = self._resource(bucket, name, fields | sums, len(data))
            _replace(self._data_file(resource), data)
            _replace(self._meta_file(resource), json.dumps(resource).encode())
            self._index[bucket][name] = resource
            if old:
                self._data_file(old).unlink(missing_ok=True)
        return resource

    def remove(self, bucket: str, name: str, condition: Condition) -> None:
        """Removes an object; 404 when it is not there."""
        with self._lock:
            resource = self.find(bucket, name)
            condition.check(resource)
            self._meta_file(resource).unlink(missing_ok=True)
            self._data_file(resource).unlink(missing_ok=True)
            del self._index[bucket][name]

    def page(self, bucket: str, prefix: str, delimiter: str, after: str, size: int) -> tuple[list[Resource], Page]:
        """At most `size` names and common prefixes of a bucket in order, those behind `after`; and the names' objects."""
        with self._lock:
            self.bucket(bucket)
            now = dict(self._index[bucket])
        page = paged((name for name in sorted(now) if name.startswith(prefix)), len(prefix), delimiter, after, size)
        return [now[name] for name in page.items], page

    def _resource(self, bucket: str, name: str, fields: Resource, size: int) -> Resource:
        # A generation is the microsecond of its writing; never twice the same, even within one.
        self._clock = max(time.time_ns() // 1000, self._clock + 1)
        generation, now = str(self._clock), _timestamp()
        fixed = {"kind": "storage#object", "id": f"{bucket}/{name}/{generation}", "bucket": bucket, "name": name, "size": str(size)}
        dates = {"timeCreated": now, "updated": now, "timeFinalized": now, "timeStorageClassUpdated": now}
        etag = base64.b64encode(f"{generation}/1".encode()).decode()
        numbers = {"generation": generation, "metageneration": "1", "etag": etag, "storageClass": "STANDARD"}
        return {"contentType": "application/octet-stream"} | fields | fixed | dates | numbers

    def _home(self, bucket: str) -> Path:
        return self._folder / hashlib.sha256(bucket.encode()).hexdigest()[:32]

    def _meta_file(self, resource: Resource) -> Path:
        return self._home(resource["bucket"]) / f"{_key(resource)}.object.json"

    def _data_file(self, resource: Resource) -> Path:
        return self._home(resource["bucket"]) / f"{_key(resource)}.{int(resource['generation'])}.data"

    @staticmethod
    def _check_bucket_name(name: str) -> None:
        plain = name.replace("-", "").replace("_", "").replace(".", "")
        if not (3 <= len(name) <= 222 and plain.isascii() and plain.isalnum() and plain == plain.lower()):
            raise invalid(f"Invalid bucket name: '{name}'", "InvalidBucketName")


def paged(names: Iterable[str], skip: int, delimiter: str, after: str, size: int) -> Page:
    """The page behind `after` of sorted `names` whose first `skip` letters are the prefix asked for.

    Names with `delimiter` behind the prefix are folded into one common prefix, which counts as one entry.
    """
    page = Page([], [], "")
    last = after
    for name in names:
        cut = name.find(delimiter, skip) if delimiter else -1
        entry = name if cut < 0 else name[: cut + len(delimiter)]
        if entry <= last:
            continue
        if len(page.items) + len(page.prefixes) == size:
            return Page(page.items, page.prefixes, last)
        (page.items if cut < 0 else page.prefixes).append(entry)
        last = entry
    return page


def check_name(name: str) -> None:
    """400 for a name that Google does not allow: 1 to 1024 bytes of UTF-8, no line break, not `.` or `..`."""
    if not 1 <= len(name.encode()) <= 1024 or "\r" in name or "\n" in name or name in (".", ".."):
        raise invalid(f"Invalid object name: {name!r}", "InvalidObjectName")
    if name.startswith(".well-known/acme-challenge/"):
        raise invalid("Object names may not start with .well-known/acme-challenge/", "InvalidObjectName")


def checksums(data: bytes) -> Resource:
    """The MD5 and CRC32C of `data` as an object's fields, base64."""
    import google_crc32c

    crc = google_crc32c.value(data).to_bytes(4, "big")
    return {"md5Hash": base64.b64encode(hashlib.md5(data).digest()).decode(), "crc32c": base64.b64encode(crc).decode()}


def _key(resource: Resource) -> str:
    return hashlib.sha256(str(resource["name"]).encode()).hexdigest()


def _timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f"{path.name}.draft")
    draft.write_bytes(data)
    os.replace(draft, path)
