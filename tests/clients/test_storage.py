"""The storage client, and signed URLs as the local Cloud Storage checks them, over real sockets."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client
from google.oauth2 import service_account

from common.clients import storage
from common.clients.errors import Unavailable
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


@pytest.fixture(autouse=True)
def stack(server: httpd.Server, stack_keys: keys.Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_BUCKET", PRIVATE)
    monkeypatch.setenv("PUBLIC_BUCKET", PUBLIC)
    monkeypatch.setenv("PUBLIC_MEDIA_URL", f"{server.url}/{PUBLIC}")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
    monkeypatch.setenv("STORAGE_SIGNING_KEY_FILE", str(stack_keys.account_file))


@pytest.fixture
def library(server: httpd.Server) -> Any:
    client: Any = Client
    nobody: Any = AnonymousCredentials
    return client(project="local", credentials=nobody(), client_options={"api_endpoint": server.url})


@pytest.fixture
def bucket(library: Any) -> Any:
    return library.bucket(PRIVATE)


def sign(server: httpd.Server, stack_keys: keys.Keys, bucket: Any, name: str, method: str = "GET", **what: Any) -> str:
    """A URL signed by the library itself, for what our client does not sign."""
    account: Any = service_account.Credentials
    credentials = account.from_service_account_file(str(stack_keys.account_file))
    what = {"expiration": timedelta(minutes=5)} | what
    url: str = bucket.blob(name).generate_signed_url(
        version="v4", method=method, credentials=credentials, api_access_endpoint=server.url, **what
    )
    return url


# Our client


def test_no_client_loads_googles_libraries_before_it_is_used() -> None:
    load = "import sys; from common.clients import mail, storage, tasks"
    # Some of Google's packages put the bare namespaces there at every start of Python.
    heavy = "('google.auth', 'google.api_core', 'google.cloud.storage', 'google.oauth2', 'requests', 'urllib3', 'cryptography')"
    check = f"print([name for name in sys.modules if name in {heavy}])"
    done = subprocess.run([sys.executable, "-c", f"{load}; {check}"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_stored_file_comes_back_byte_for_byte() -> None:
    storage.put("comics/1/ünïcode &?#%.jpg", PICTURE, "image/jpeg")
    assert storage.get("comics/1/ünïcode &?#%.jpg") == PICTURE


def test_storing_again_replaces_the_file() -> None:
    storage.put("again.txt", b"one", "text/plain")
    storage.put("again.txt", b"two", "text/plain")
    assert storage.get("again.txt") == b"two"


def test_a_file_of_twelve_megabytes_is_stored_in_resumable_chunks() -> None:
    data = os.urandom(12 * 1024 * 1024)
    storage.put("large.bin", data, "application/octet-stream")
    assert storage.get("large.bin") == data


def test_a_file_that_is_not_there_is_not_stored() -> None:
    with pytest.raises(storage.NotStored) as caught:
        storage.get("nothing/here.jpg")
    assert isinstance(caught.value, KeyError)


def test_deleting_takes_files_away_and_minds_no_absent_ones() -> None:
    names = [f"trash/{number}" for number in range(12)]
    for name in names:
        storage.put(name, b"x", "text/plain")
    storage.delete([*names, "trash/never-there"])
    storage.delete(names)
    for name in names:
        with pytest.raises(storage.NotStored):
            storage.get(name)


def test_a_published_picture_is_readable_by_all_until_it_is_unpublished() -> None:
    names = [f"comics/7/panels/{number} a.jpg" for number in range(5)]
    for name in names:
        storage.put(name, PICTURE, "image/jpeg")
    assert requests.get(storage.public_url(names[0]), timeout=5).status_code == 404
    storage.publish(names)
    storage.publish(names)
    for name in names:
        answer = requests.get(storage.public_url(name), timeout=5)
        assert (answer.status_code, answer.content) == (200, PICTURE)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"].startswith("public,") and "immutable" in answer.headers["Cache-Control"]
    storage.unpublish(names)
    storage.unpublish(names)
    assert [requests.get(storage.public_url(name), timeout=5).status_code for name in names] == [404] * 5
    assert storage.get(names[0]) == PICTURE


def test_publishing_a_missing_file_says_that_it_is_not_stored() -> None:
    with pytest.raises(storage.NotStored):
        storage.publish(["comics/7/missing.jpg"])


def test_a_catalogue_file_can_be_put_straight_into_the_public_bucket() -> None:
    storage.put("catalogue/styles/1.png", b"png", "image/png", public=True)
    assert requests.get(storage.public_url("catalogue/styles/1.png"), timeout=5).content == b"png"


def test_private_files_say_that_only_the_reader_may_cache_them() -> None:
    storage.put("mine.jpg", PICTURE, "image/jpeg")
    assert requests.get(storage.signed_url("mine.jpg"), timeout=5).headers["Cache-Control"].startswith("private")


def test_an_absolute_url_is_its_own_public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_MEDIA_URL", "https://media.example/")
    assert storage.public_url("https://lh3.example/a b.png") == "https://lh3.example/a b.png"
    assert storage.public_url("a/é b.png") == "https://media.example/a/%C3%A9%20b.png"


def test_a_signed_url_reads_a_private_file_and_a_part_of_it() -> None:
    storage.put("comics/2/página 1.jpg", PICTURE, "image/jpeg")
    url = storage.signed_url("comics/2/página 1.jpg")
    assert requests.get(url, timeout=5).content == PICTURE
    part = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=5)
    assert (part.status_code, part.content) == (206, PICTURE[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(PICTURE)}"
    assert requests.get(url, headers={"Range": "bytes=-4"}, timeout=5).content == PICTURE[-4:]
    assert requests.get(url, headers={"Range": f"bytes={len(PICTURE)}-"}, timeout=5).status_code == 416


def test_a_download_carries_the_wanted_file_name() -> None:
    storage.put("exports/2.pdf", b"%PDF", "application/pdf")
    answer = requests.get(storage.signed_url("exports/2.pdf", filename='Si "Kancil" é.pdf'), timeout=5)
    said = answer.headers["Content-Disposition"]
    assert said == "attachment; filename=\"Si _Kancil_ _.pdf\"; filename*=UTF-8''Si%20%22Kancil%22%20%C3%A9.pdf"


def test_the_same_signed_url_is_given_out_for_the_first_half_of_its_life() -> None:
    with time_machine.travel("2026-05-01T10:00:00Z", tick=False) as clock:
        first = storage.signed_url("cached.jpg", seconds=1000)
        clock.shift(499)
        assert storage.signed_url("cached.jpg", seconds=1000) == first
        assert storage.signed_url("cached.jpg", seconds=600) != first
        clock.shift(2)
        assert storage.signed_url("cached.jpg", seconds=1000) != first


def test_many_urls_are_signed_at_once_and_kept_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MOST_URLS", 10)
    storage.put("many/3.jpg", PICTURE, "image/jpeg")
    urls = storage.signed_urls(f"many/{number}.jpg" for number in range(40))
    assert list(urls) == [f"many/{number}.jpg" for number in range(40)]
    assert requests.get(urls["many/3.jpg"], timeout=5).content == PICTURE
    assert len(storage._urls) == 10
    assert storage.signed_urls([]) == {}


def test_an_app_uploads_a_file_itself_with_a_signed_upload() -> None:
    url, headers = storage.signed_upload("uploads/voice.mp3", "audio/mpeg", max_bytes=1000, seconds=60)
    assert requests.put(url, data=b"mp3" * 300, headers=headers, timeout=5).status_code == 200
    assert requests.put(url, data=b"another", headers=headers, timeout=5).status_code == 412
    assert storage.get("uploads/voice.mp3") == b"mp3" * 300
    assert requests.get(storage.signed_url("uploads/voice.mp3"), timeout=5).headers["Content-Type"] == "audio/mpeg"


def test_a_signed_upload_takes_neither_too_much_nor_nothing_nor_another_type() -> None:
    url, headers = storage.signed_upload("uploads/capped", "audio/mpeg", max_bytes=1000, seconds=60)
    too_large = requests.put(url, data=b"x" * 1001, headers=headers, timeout=5)
    assert too_large.status_code == 400 and "<Code>EntityTooLarge</Code>" in too_large.text
    assert requests.put(url, data=b"", headers=headers, timeout=5).status_code == 400
    wider = headers | {"x-goog-content-length-range": "0,9999"}
    assert requests.put(url, data=b"x", headers=wider, timeout=5).status_code == 403
    assert requests.put(url, data=b"x", headers=headers | {"Content-Type": "text/html"}, timeout=5).status_code == 403
    uncapped = {"Content-Type": "audio/mpeg"}
    assert requests.put(url, data=b"x" * 1001, headers=uncapped, timeout=5).status_code == 400
    with pytest.raises(storage.NotStored):
        storage.get("uploads/capped")


def test_urls_are_signed_by_iam_where_there_is_no_key_file(
    server: httpd.Server, stack_keys: keys.Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    key: Any = serialization.load_pem_private_key(stack_keys.account["private_key"].encode(), None)

    def google(request: httpd.Request) -> httpd.Response:
        calls.append(request.path)
        if request.path == "/token":
            return httpd.json_response({"access_token": "token-of-the-account", "expires_in": 3600, "token_type": "Bearer"})
        if request.header("Authorization") != "Bearer token-of-the-account":
            return httpd.json_response({}, 401)
        blob = base64.b64decode(json.loads(request.body)["payload"])
        signature = key.sign(blob, padding.PKCS1v15(), hashes.SHA256())
        return httpd.json_response({"keyId": "1", "signedBlob": base64.b64encode(signature).decode()})

    iam = httpd.Server(google)
    httpd.start(iam)
    account = tmp_path / "account.json"
    account.write_text(json.dumps(stack_keys.account | {"token_uri": f"{iam.url}/token"}))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
    monkeypatch.setenv("STORAGE_SIGNING_KEY_FILE", "")
    monkeypatch.setattr("google.auth.iam._IAM_SIGN_ENDPOINT", iam.url + "/v1/projects/-/serviceAccounts/{}:signBlob")
    storage.put("by-iam.jpg", PICTURE, "image/jpeg")
    try:
        urls = storage.signed_urls(["by-iam.jpg", "other.jpg", "third.jpg"])
        assert requests.get(urls["by-iam.jpg"], timeout=5).content == PICTURE
        assert calls.count("/token") == 1
        assert len([path for path in calls if path.endswith(":signBlob")]) == 3
    finally:
        storage._signer.cache_clear()
        iam.stop()


def test_a_storage_that_is_down_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{free.getsockname()[1]}")
        monkeypatch.setattr(storage, "RETRY", 0.3)
        for call in (
            lambda: storage.put("a", b"a", "text/plain"),
            lambda: storage.get("a"),
            lambda: storage.delete(["a", "b"]),
            lambda: storage.publish(["a"]),
            storage.ping,
        ):
            with pytest.raises(Unavailable):
                call()


def test_a_passing_fault_of_the_storage_is_not_noticed(server: httpd.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [503, 503]

    def now_and_then(request: httpd.Request) -> httpd.Response:
        return httpd.Response(failures.pop()) if failures else server.handle(request)

    shaky = httpd.Server(now_and_then)
    httpd.start(shaky)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", shaky.url)
    storage.put("shaky.txt", b"held", "text/plain")
    failures[:] = [502]
    assert storage.get("shaky.txt") == b"held"
    shaky.stop()


def test_the_readiness_check_is_cheap_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    storage.ping()
    assert storage.PING == 2
    monkeypatch.setattr(storage, "PING", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(Unavailable):
            storage.ping()
        assert time.monotonic() - began < 5


def test_a_missing_bucket_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_BUCKET", "no-such-bucket")
    with pytest.raises(Unavailable):
        storage.ping()
    with pytest.raises(Unavailable):
        storage.put("a", b"a", "text/plain")


# Signed URLs are checked as Google checks them


def test_a_tampered_signature_is_refused() -> None:
    storage.put("signed.jpg", PICTURE, "image/jpeg")
    url = storage.signed_url("signed.jpg")
    other = "0" if url[-1] != "0" else "1"
    answer = requests.get(url[:-1] + other, timeout=5)
    assert answer.status_code == 403
    assert "<Code>SignatureDoesNotMatch</Code>" in answer.text and "<CanonicalRequest>GET\n" in answer.text
    assert requests.get(url.replace("signed.jpg", "other.jpg"), timeout=5).status_code == 403
    assert requests.get(url.replace("X-Goog-Expires=3600", "X-Goog-Expires=7200"), timeout=5).status_code == 403
    assert requests.get(f"{url}&response-content-type=text/html", timeout=5).status_code == 403


def test_a_signature_of_somebody_else_is_refused(server: httpd.Server, bucket: Any, tmp_path: Path) -> None:
    stranger = keys.load(tmp_path)
    assert requests.get(sign(server, stranger, bucket, "signed.jpg"), timeout=5).status_code == 403


def test_an_expired_url_is_refused() -> None:
    storage.put("short.jpg", PICTURE, "image/jpeg")
    with time_machine.travel(time.time() - 3700):
        url = storage.signed_url("short.jpg", seconds=3600)
    answer = requests.get(url, timeout=5)
    assert answer.status_code == 400 and "<Code>ExpiredToken</Code>" in answer.text


def test_a_url_from_the_future_is_refused() -> None:
    with time_machine.travel(time.time() + 3600):
        url = storage.signed_url("early.jpg", seconds=600)
    assert requests.get(url, timeout=5).status_code == 403


def test_a_url_signed_for_reading_writes_nothing() -> None:
    storage.put("read-only.jpg", PICTURE, "image/jpeg")
    url = storage.signed_url("read-only.jpg")
    assert requests.put(url, data=b"evil", timeout=5).status_code == 403
    assert requests.delete(url, timeout=5).status_code == 403
    assert storage.get("read-only.jpg") == PICTURE


def test_a_private_file_without_a_signature_is_refused(server: httpd.Server) -> None:
    storage.put("secret.jpg", PICTURE, "image/jpeg")
    answer = requests.get(f"{server.url}/{PRIVATE}/secret.jpg", timeout=5)
    assert answer.status_code == 403 and "<Code>AccessDenied</Code>" in answer.text
    assert requests.get(f"{server.url}/{PRIVATE}/not-there.jpg", timeout=5).status_code == 403
    assert requests.put(f"{server.url}/{PUBLIC}/free.jpg", data=b"x", timeout=5).status_code == 403
    assert requests.get(f"{server.url}/{PUBLIC}", timeout=5).status_code == 403


def test_an_unknown_google_header_must_have_been_signed(server: httpd.Server, stack_keys: keys.Keys, bucket: Any) -> None:
    url = sign(server, stack_keys, bucket, "headers.jpg", "PUT")
    answer = requests.put(url, data=b"x", headers={"x-goog-meta-a": "1"}, timeout=5)
    assert answer.status_code == 400 and "MalformedSecurityHeader" in answer.text


def test_a_signed_put_can_insist_that_nothing_is_there_yet(server: httpd.Server, stack_keys: keys.Keys, bucket: Any) -> None:
    headers = {"x-goog-if-generation-match": "0"}
    url = sign(server, stack_keys, bucket, "once.txt", "PUT", headers=dict(headers))
    assert [requests.put(url, data=b"x", headers=headers, timeout=5).status_code for _ in range(2)] == [200, 412]


def test_public_files_are_revalidated_by_their_etag() -> None:
    storage.put("etag.jpg", PICTURE, "image/jpeg", public=True)
    first = requests.get(storage.public_url("etag.jpg"), timeout=5)
    again = requests.get(storage.public_url("etag.jpg"), headers={"If-None-Match": first.headers["ETag"]}, timeout=5)
    assert (again.status_code, again.content) == (304, b"")
    head = requests.head(storage.public_url("etag.jpg"), timeout=5)
    assert (head.headers["Content-Length"], head.content) == (str(len(PICTURE)), b"")


def test_a_browser_is_told_that_it_may_upload() -> None:
    url, _ = storage.signed_upload("uploads/browser.png", "image/png", max_bytes=10, seconds=60)
    ask = {"Origin": "http://app.example", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    answer = requests.options(url, headers=ask, timeout=5)
    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Content-Type", "x-goog-content-length-range", "x-goog-if-generation-match"} <= set(allowed)
    refused = requests.options(url, headers=ask | {"Access-Control-Request-Method": "DELETE"}, timeout=5)
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_a_signed_resumable_upload_keeps_its_size_cap(server: httpd.Server, stack_keys: keys.Keys, bucket: Any) -> None:
    headers = {"x-goog-content-length-range": "1,300000", "x-goog-resumable": "start", "Content-Type": "video/mp4"}
    url = sign(server, stack_keys, bucket, "videos/é 1.mp4", "POST", headers=dict(headers))
    place = requests.post(url, headers=headers, timeout=5).headers["Location"]
    first = requests.put(place, data=b"a" * 262144, headers={"Content-Range": "bytes 0-262143/*"}, timeout=5)
    assert (first.status_code, first.headers["Range"]) == (308, "bytes=0-262143")
    asked = requests.put(place, headers={"Content-Range": "bytes */*"}, timeout=5)
    assert (asked.status_code, asked.headers["Range"]) == (308, "bytes=0-262143")
    last = requests.put(place, data=b"b" * 1000, headers={"Content-Range": "bytes 262144-263143/263144"}, timeout=5)
    assert last.status_code == 200
    assert storage.get("videos/é 1.mp4") == b"a" * 262144 + b"b" * 1000
    second = requests.post(url, headers=headers, timeout=5).headers["Location"]
    assert requests.put(second, data=b"a" * 300001, timeout=5).status_code == 400


def test_a_signed_url_names_what_it_was_signed_for() -> None:
    query = parse_qs(urlsplit(storage.signed_url("who.jpg", seconds=90)).query)
    assert query["X-Goog-Algorithm"] == ["GOOG4-RSA-SHA256"] and query["X-Goog-Expires"] == ["90"]


def test_a_large_file_is_read_where_it_is_needed() -> None:
    data = bytes(range(256)) * 4096
    storage.put("parts/large", data, "audio/wav")
    with storage.opened("parts/large") as (file, size):
        assert size == len(data)
        for at in (0, 700_001, 5, size - 4):
            file.seek(at)
            assert file.read(4) == data[at : at + 4]
    with pytest.raises(storage.NotStored), storage.opened("parts/none"):
        pass


def test_files_of_a_folder_are_removed_by_their_age() -> None:
    now = datetime.now(UTC)
    for name in ("aging/a", "aging/b", "other/c"):
        storage.put(name, b"x", "text/plain")
    assert storage.delete_older("aging/", now - timedelta(minutes=1)) == 0
    assert storage.delete_older("aging/", now + timedelta(minutes=1)) == 2
    assert storage.get("other/c") == b"x"
    with pytest.raises(storage.NotStored):
        storage.get("aging/a")
