"""The JSON API of the local Cloud Storage, as Google's own library uses it, and the folder it keeps files in."""

import base64
import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core.exceptions import Conflict, GoogleAPIError, MethodNotImplemented, NotFound, PreconditionFailed
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

from common.clients import storage
from infra.local import httpd, keys
from infra.local import storage as stand_in

PRIVATE, PUBLIC = "stories-private", "stories-public"
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 8


@pytest.fixture(scope="module")
def stack_keys(tmp_path_factory: pytest.TempPathFactory) -> keys.Keys:
    return keys.load(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def server(stack_keys: keys.Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpd.Server]:
    running = stand_in.serve(tmp_path_factory.mktemp("storage"), stack_keys, private=PRIVATE, public=PUBLIC)
    httpd.start(running)
    yield running
    running.stop()


@pytest.fixture
def library(server: httpd.Server) -> Any:
    client: Any = Client
    nobody: Any = AnonymousCredentials
    return client(project="local", credentials=nobody(), client_options={"api_endpoint": server.url})


@pytest.fixture
def bucket(library: Any) -> Any:
    return library.bucket(PRIVATE)


def test_the_library_streams_an_upload_of_unknown_length(bucket: Any) -> None:
    data = os.urandom(700_000)
    with bucket.blob("stream.bin", chunk_size=256 * 1024).open("wb") as file:
        file.write(data)
    assert bucket.blob("stream.bin").download_as_bytes() == data
    assert bucket.blob("stream.bin").download_as_bytes(start=10, end=19) == data[10:20]
    chunked = bucket.blob("chunked.bin", chunk_size=256 * 1024)
    chunked.upload_from_file(io.BytesIO(data), size=len(data))
    assert bucket.blob("chunked.bin").download_as_bytes() == data


def test_an_uploads_session_can_be_handed_to_a_client(bucket: Any) -> None:
    place = bucket.blob("session.mp4").create_resumable_upload_session(content_type="video/mp4", size=10, origin="http://app.example")
    assert requests.put(place, data=b"0123456789", timeout=5).status_code == 200
    stored = bucket.get_blob("session.mp4")
    assert (stored.size, stored.content_type) == (10, "video/mp4")
    gone = bucket.blob("cancelled.mp4").create_resumable_upload_session()
    assert requests.delete(gone, timeout=5).status_code == 499
    assert requests.put(gone, data=b"x", timeout=5).status_code == 404


def test_the_fields_of_a_file_are_googles(bucket: Any) -> None:
    blob = bucket.blob("fields.txt")
    blob.metadata, blob.cache_control = {"panel": "3"}, "no-cache"
    blob.upload_from_string(b"hello", content_type="text/plain")
    found = bucket.get_blob("fields.txt")
    assert (found.size, found.content_type, found.metadata, found.cache_control) == (5, "text/plain", {"panel": "3"}, "no-cache")
    assert found.md5_hash == base64.b64encode(hashlib.md5(b"hello").digest()).decode()
    assert found.crc32c == "mnG7TA=="  # The well-known CRC32C of "hello", 9a71bb4c.
    assert found.time_created is not None and found.etag and found.metageneration == 1
    assert bucket.blob("fields.txt").exists() and not bucket.blob("fields.md").exists()
    assert found.download_as_bytes() == b"hello"  # Asks for that very generation.


def test_listing_goes_page_by_page_and_folds_folders(library: Any, bucket: Any) -> None:
    for name in ("list/a", "list/b/1", "list/b/2", "list/c", "list/d/1", "list/e", "listing"):
        bucket.blob(name).upload_from_string("x")
    pages = [[blob.name for blob in page] for page in library.list_blobs(PRIVATE, prefix="list/", page_size=4).pages]
    assert pages == [["list/a", "list/b/1", "list/b/2", "list/c"], ["list/d/1", "list/e"]]
    folded = library.list_blobs(PRIVATE, prefix="list/", delimiter="/", page_size=2)
    assert [[blob.name for blob in page] for page in folded.pages] == [["list/a"], ["list/c"], ["list/e"]]
    assert folded.prefixes == {"list/b/", "list/d/"}


def test_partial_answers_hold_what_was_asked_for_alone(server: httpd.Server, bucket: Any) -> None:
    bucket.blob("partial/one").upload_from_string("x")
    place = f"{server.url}/storage/v1/b/{PRIVATE}/o"
    wanted = {"prefix": "partial/", "fields": "items(name,size),nextPageToken"}
    assert requests.get(place, params=wanted, timeout=5).json() == {"items": [{"name": "partial/one", "size": "1"}]}
    assert requests.get(f"{place}/partial%2Fone", params={"fields": "name"}, timeout=5).json() == {"name": "partial/one"}


def test_preconditions_hold(bucket: Any) -> None:
    blob = bucket.blob("condition.txt")
    blob.upload_from_string("1", if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        bucket.blob("condition.txt").upload_from_string("2", if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        bucket.blob("condition.txt").delete(if_generation_match=1)
    with pytest.raises(PreconditionFailed):
        bucket.blob("condition.txt").download_as_bytes(if_generation_match=1)
    bucket.blob("condition.txt").delete(if_generation_match=blob.generation)
    with pytest.raises(NotFound):
        bucket.blob("condition.txt").download_as_bytes()


def test_of_many_writers_who_want_to_be_first_one_is(bucket: Any) -> None:
    def first(number: int) -> bool:
        try:
            bucket.blob("race.txt").upload_from_string(str(number), if_generation_match=0)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(first, range(16))) == 1


def test_data_that_does_not_fit_its_checksum_is_refused(server: httpd.Server, bucket: Any) -> None:
    place = f"{server.url}/upload/storage/v1/b/{PRIVATE}/o?uploadType=media&name=damaged.txt"
    for sent in ("crc32c=AAAAAA==", "md5=AAAAAAAAAAAAAAAAAAAAAA=="):
        answer = requests.post(place, data=b"hello", headers={"X-Goog-Hash": sent}, timeout=5)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == 400
    assert requests.post(place, data=b"hello", headers={"X-Goog-Hash": "crc32c=mnG7TA=="}, timeout=5).status_code == 200
    damaged = bucket.blob("damaged.txt")
    damaged.crc32c = "AAAAAA=="
    with pytest.raises(GoogleAPIError):
        damaged.upload_from_string(b"hello", checksum=None)


def test_copies_keep_the_fields_unless_new_ones_are_sent(library: Any, bucket: Any) -> None:
    source = bucket.blob("copy/from.txt")
    source.cache_control = "no-cache"
    source.upload_from_string(b"copied", content_type="text/x-story")
    copy = bucket.copy_blob(source, library.bucket(PUBLIC), "copy/to.txt")
    assert (copy.content_type, copy.cache_control) == ("text/x-story", "no-cache")
    changed = library.bucket(PUBLIC).blob("copy/changed.txt")
    changed.content_type = "text/plain"
    changed.rewrite(source)
    assert library.bucket(PUBLIC).get_blob("copy/changed.txt").cache_control is None


def test_buckets_can_be_made_and_are_private(server: httpd.Server, library: Any) -> None:
    made = library.create_bucket("new-bucket")
    assert library.get_bucket("new-bucket").name == "new-bucket"
    made.blob("a").upload_from_string("x")
    assert requests.get(f"{server.url}/new-bucket/a", timeout=5).status_code == 403
    with pytest.raises(Conflict):
        library.create_bucket("new-bucket")
    with pytest.raises(NotFound):
        library.get_bucket("other-bucket")


def test_what_the_stand_in_cannot_do_it_says(server: httpd.Server, bucket: Any) -> None:
    bucket.blob("part").upload_from_string("x")
    with pytest.raises(MethodNotImplemented, match="does not do this"):
        bucket.blob("whole").compose([bucket.blob("part")])
    with pytest.raises(MethodNotImplemented):
        list(bucket.list_blobs(match_glob="**.jpg"))
    form = requests.post(f"{server.url}/{PRIVATE}", data={"key": "form.bin"}, files={"file": b"zz"}, timeout=5)
    assert form.status_code == 501
    error = requests.patch(f"{server.url}/storage/v1/b/{PRIVATE}/o/part", json={}, timeout=5)
    assert error.status_code == 501 and error.json()["error"]["errors"][0]["reason"] == "notImplemented"


def test_no_name_leads_out_of_the_folder(stack_keys: keys.Keys, tmp_path: Path) -> None:
    home = tmp_path / "deep" / "storage"
    running = stand_in.serve(home, stack_keys, private=PRIVATE, public=PUBLIC)
    httpd.start(running)
    before = set(tmp_path.rglob("*")) - set(home.rglob("*"))
    place = f"{running.url}/upload/storage/v1/b/{PRIVATE}/o"
    for name in ("../../evil", "/etc/evil", "a/../../../../evil", "..\\evil", "evil\x00.json", "x" * 1024):
        answer = requests.post(place, params={"uploadType": "media", "name": name}, data=b"evil", timeout=5)
        assert (answer.status_code, answer.json().get("name")) == (200, name)
    for name in ("..", ".", "", "a\nb", "x" * 1025):
        assert requests.post(place, params={"uploadType": "media", "name": name}, data=b"evil", timeout=5).status_code == 400
    running.stop()
    assert set(tmp_path.rglob("*")) - set(home.rglob("*")) == before
    assert b"evil" in {file.read_bytes() for file in home.rglob("*.data")}


def test_files_survive_a_restart_and_a_crash_in_between(stack_keys: keys.Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = stand_in.serve(tmp_path, stack_keys, private=PRIVATE, public=PUBLIC)
    httpd.start(running)
    monkeypatch.setenv("STORAGE_BUCKET", PRIVATE)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", running.url)
    storage.put("kept.jpg", b"an earlier one", "image/jpeg")
    storage.put("kept.jpg", PICTURE, "image/jpeg")
    storage.put("gone.jpg", PICTURE, "image/jpeg")
    storage.delete(["gone.jpg"])
    running.stop()
    [data] = tmp_path.rglob("*.data")
    half = data.with_name(data.name.replace(".data", "9.data"))
    half.write_bytes(b"written, but its metadata never was")
    again = stand_in.serve(tmp_path, stack_keys, private=PRIVATE, public=PUBLIC)
    httpd.start(again)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", again.url)
    assert storage.get("kept.jpg") == PICTURE and not half.exists()
    with pytest.raises(storage.NotStored):
        storage.get("gone.jpg")
    again.stop()
