"""Files in Cloud Storage: a private bucket for everything, a public one for what every reader may see.

A name (`comics/12/panels/3/web.jpg`) is the same in both buckets. Whatever has to be replaced gets
a new name: public files are cached for ever by browsers.
"""

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from urllib.parse import quote

from common import deadlines, settings
from common.clients.errors import Unavailable

GOOGLE = "https://storage.googleapis.com"

# Seconds. An attempt may take CONNECT + READ, and none begins after RETRY, so that a call to a
# storage that says nothing ends within 20. A transfer that keeps moving may take longer.
CONNECT, READ, RETRY = 3.0, 6.0, 11.0
PING = 2.0

PRIVATE_CACHE = "private, max-age=3600"
# A browser keeps a public file for ever; caches in between ask again each hour, so that what was
# unpublished or taken down is gone from them soon.
PUBLIC_CACHE = "public, max-age=31536000, s-maxage=3600, immutable"

# Bytes of a file that is stored piece by piece which are in memory at once, and go in one request.
PIECE = 2 * 1024 * 1024

# Files copied, removed or signed at once; the library's connection pool holds ten.
PARALLEL = 8
# Signed URLs kept in memory, about half a kilobyte each.
MOST_URLS = 4000


class NotStored(KeyError):
    """There is no file of this name."""


def put(name: str, data: bytes, content_type: str, *, public: bool = False) -> None:
    """Stores `data` as `name`, replacing what was there; may be repeated.

    `content_type` is what readers are told. Raises `Unavailable`.
    """
    blob = _bucket(public).blob(name)
    blob.cache_control = PUBLIC_CACHE if public else PRIVATE_CACHE
    with _failures():
        blob.upload_from_string(data, content_type=content_type, **_patience())


def put_pieces(name: str, pieces: Iterable[bytes], content_type: str) -> int:
    """Stores a private file of any size as its `pieces` come, and gives its size in bytes; may be repeated.

    When `pieces` raises, nothing is stored. Raises `Unavailable`.
    """
    blob = _bucket().blob(name)
    blob.cache_control = PRIVATE_CACHE
    with _failures(), blob.open("wb", chunk_size=PIECE, content_type=content_type, **_patience()) as file:
        return sum(file.write(piece) for piece in pieces)


def get(name: str, *, public: bool = False) -> bytes:
    """The file's bytes, checked against the checksum that storage keeps.

    Raises `NotStored` when there is no such file, and `Unavailable`.
    """
    with _failures(name):
        data: bytes = _bucket(public).blob(name).download_as_bytes(**_patience())
    return data


@contextmanager
def opened(name: str) -> Iterator[tuple[BinaryIO, int]]:
    """The private file as one that is read where it is needed, by quarters of a megabyte, and its size in bytes.

    Raises `NotStored` when there is no such file, and `Unavailable`, also while it is read.
    """
    with _failures(name):
        blob = _bucket().blob(name, chunk_size=256 * 1024)
        blob.reload(**_patience())
        with blob.open("rb", **_patience()) as file:
            yield file, blob.size


def delete(names: Iterable[str], *, public: bool = False) -> None:
    """Removes files; those that are not there are fine. Raises `Unavailable`."""
    _each(functools.partial(_delete, public), names)


def delete_folder(prefix: str, *, public: bool = False) -> None:
    """Removes every file whose name begins with `prefix`, also those that no row names any more. Raises `Unavailable`."""
    delete(names(prefix, public=public), public=public)


def names(prefix: str, *, public: bool = False) -> list[str]:
    """The names of all files that begin with `prefix`. Raises `Unavailable`."""
    with _failures():
        bucket = settings.PUBLIC_BUCKET() if public else settings.STORAGE_BUCKET()
        return [blob.name for blob in _client(settings.STORAGE_EMULATOR_HOST()).list_blobs(bucket, prefix=prefix, **_patience())]


def delete_older(prefix: str, before: datetime) -> int:
    """Removes the private files whose name begins with `prefix` and that were stored before `before` (UTC); how many. Raises `Unavailable`."""
    with _failures():
        blobs = list(_client(settings.STORAGE_EMULATOR_HOST()).list_blobs(settings.STORAGE_BUCKET(), prefix=prefix, **_patience()))
    old = [blob.name for blob in blobs if blob.time_created < before]
    delete(old)
    return len(old)


def publish(names: Iterable[str]) -> None:
    """Copies private files to the public bucket under the same names, inside storage; may be repeated.

    Raises `NotStored` when a private file is missing (others may have been copied), and `Unavailable`.
    """
    _each(_copy, names)


def unpublish(names: Iterable[str]) -> None:
    """Removes the public copies; the private files stay. Raises `Unavailable`.

    Caches on the way to readers may show a copy for up to an hour more (see PUBLIC_CACHE).
    """
    delete(names, public=True)


def public_url(name: str) -> str:
    """Where everyone reads a public file; an absolute http(s) URL is given back as it is."""
    if name.startswith(("https://", "http://")):
        return name
    return f"{settings.PUBLIC_MEDIA_URL().rstrip('/')}/{quote(name)}"


def signed_url(name: str, *, seconds: int | None = None, filename: str | None = None) -> str:
    """A URL with which anyone can read the private file for a while, at least for half of `seconds`.

    `seconds` is the whole life (SIGNED_URL_SECONDS unless given, at most a week); calls within the
    first half of it give the same URL, so that apps can cache by it. With `filename` a browser
    saves the file under that name instead of showing it. Whether the file exists is not looked up.
    Raises `Unavailable`.
    """
    return _signed_urls([name], settings.SIGNED_URL_SECONDS() if seconds is None else seconds, filename)[name]


def signed_urls(names: Iterable[str]) -> dict[str, str]:
    """`signed_url` of many private files by name; those not in memory are signed in parallel."""
    return _signed_urls(list(dict.fromkeys(names)), settings.SIGNED_URL_SECONDS(), None)


def signed_upload(name: str, content_type: str, max_bytes: int, seconds: int) -> tuple[str, dict[str, str]]:
    """A URL and the headers with which a client PUTs a private file itself, once, within `seconds`.

    The headers are part of the signature and have to be sent as they are: storage takes no other
    type, and neither an empty file nor one over `max_bytes`. Raises `Unavailable`.
    """
    # Generation 0 is a file that is not there: what was looked at and counted cannot be replaced by something else.
    once = {"x-goog-if-generation-match": "0"}
    headers = {"Content-Type": content_type, "x-goog-content-length-range": f"1,{max_bytes}", **once}
    return _sign(name, seconds, method="PUT", headers=dict(headers)), headers


def ping() -> None:
    """Returns when the private bucket answers within two seconds; raises `Unavailable` otherwise."""
    try:
        # The library's timeouts count each step for itself; only another thread bounds the whole.
        _threads("storage-ping", 1).submit(_list_nothing).result(timeout=PING)
    except Late:
        raise Unavailable("storage", f"no answer in {PING:.0f} s") from None


def _list_nothing() -> None:
    with _failures():
        next(iter(_bucket().list_blobs(prefix="ready/", max_results=1, fields="nextPageToken", timeout=PING, retry=None)), None)


def _delete(public: bool, name: str) -> None:
    try:
        with _failures(name):
            _bucket(public).blob(name).delete(**_patience())
    except NotStored:
        pass


def _copy(name: str) -> None:
    with _failures(name):
        source = _bucket().blob(name)
        source.reload(**_patience())
        # Storage takes either all of the source's fields or none: the cache rule has to change, so
        # the type has to be said again.
        copy = _bucket(public=True).blob(name)
        copy.cache_control, copy.content_type = PUBLIC_CACHE, source.content_type
        token, _, _ = copy.rewrite(source, **_patience())
        while token:
            token, _, _ = copy.rewrite(source, token=token, **_patience())


def _each(act: Callable[[str], None], names: Iterable[str]) -> None:
    """Does `act` for every name, several at once; the first failure is raised and what has not begun is dropped."""
    several = list(dict.fromkeys(names))
    if len(several) == 1:
        act(several[0])
    elif several:
        list(_threads("storage", PARALLEL).map(act, several))


# Signed URLs in memory: what they are for, the URL, and when it ends (seconds since 1970).
_urls: OrderedDict[tuple[object, ...], tuple[str, float]] = OrderedDict()
_urls_lock = threading.Lock()


def _signed_urls(names: list[str], seconds: int, filename: str | None) -> dict[str, str]:
    place = (settings.STORAGE_EMULATOR_HOST(), settings.STORAGE_BUCKET(), settings.STORAGE_SIGNING_KEY_FILE(), seconds, filename)
    now = time.time()
    with _urls_lock:
        kept = {name: _urls.get((*place, name), ("", 0.0)) for name in names}
    fresh = {name: url for name, (url, end) in kept.items() if end - now >= seconds / 2}

    def sign(name: str) -> None:
        url = _sign(name, seconds, **_as_download(filename))
        fresh[name] = url
        with _urls_lock:
            _urls[(*place, name)] = (url, now + seconds)
            _urls.move_to_end((*place, name))
            while len(_urls) > MOST_URLS:
                _urls.popitem(last=False)

    _each(sign, (name for name in names if name not in fresh))
    return {name: fresh[name] for name in names}


def _as_download(filename: str | None) -> dict[str, str]:
    if filename is None:
        return {}
    # Old downloaders read the plain form alone; what it cannot hold becomes an underscore.
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%' else "_" for letter in filename)
    return {"response_disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"}


def _sign(name: str, seconds: int, **what: Any) -> str:
    with _failures():
        signer = _logged_in(settings.STORAGE_SIGNING_KEY_FILE())
        url: str = (
            _bucket()
            .blob(name)
            .generate_signed_url(
                version="v4",
                expiration=timedelta(seconds=seconds),
                credentials=signer,
                api_access_endpoint=settings.STORAGE_EMULATOR_HOST() or GOOGLE,
                **what,
            )
        )
    return url


# functools.cache runs its function once for each thread that asks before the first answer is
# there, and every one of them would log in for itself.
_making = threading.Lock()


def _bucket(public: bool = False) -> Any:
    with _failures(), _making:
        client = _client(settings.STORAGE_EMULATOR_HOST())
    return client.bucket(settings.PUBLIC_BUCKET() if public else settings.STORAGE_BUCKET())


@functools.cache
def _client(endpoint: str) -> Any:
    """The library's client; with an `endpoint` of the local stack it logs in nowhere."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    if not endpoint:
        made = Client(project=settings.PROJECT_ID())
    else:
        made = Client(project=settings.PROJECT_ID(), credentials=AnonymousCredentials(), client_options={"api_endpoint": endpoint})
    deadlines.bounded(made._http)
    return made


# Until when (of the monotonic clock) whoever comes after a login that failed is told of it: those who waited for it would
# otherwise wait for their own turn to fail.
_login_failed = [0.0]


def _logged_in(key_file: str) -> Any:
    with _making:
        if time.monotonic() < _login_failed[0]:
            raise Unavailable("storage", "the login for signing failed a moment ago")
        try:
            return _signer(key_file)
        except Exception:
            _login_failed[0] = time.monotonic() + 1
            raise


@functools.cache
def _signer(key_file: str) -> Any:
    """Credentials that sign: with the key in `key_file`, else through IAM signBlob as the account this runs as.

    The account needs roles/iam.serviceAccountTokenCreator on itself. Given an e-mail and a token,
    the storage library would open a new connection for each signature and wait two minutes for
    it; IAM's signer over one session does the same call on a kept connection, in bounded time.
    """
    from google.oauth2 import service_account

    credentials: Any = service_account.Credentials
    if key_file:
        return credentials.from_service_account_file(key_file)
    import google.auth
    import requests
    from google.auth import iam
    from google.auth.transport.requests import Request

    account: Any = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])[0]
    call = functools.partial(_twice, Request(deadlines.bounded(requests.Session())))
    account.refresh(call)  # Before that an account on Cloud Run calls itself "default".
    email = getattr(account, "service_account_email", None)
    if email is None:
        raise settings.Misconfigured("a person's login cannot sign URLs: set STORAGE_SIGNING_KEY_FILE")
    signer: Any = iam.Signer
    return credentials(signer(call, account, email), email, "https://oauth2.googleapis.com/token")


def _twice(call: Any, *asked: Any, **options: Any) -> Any:
    """A call of the metadata server or of IAM, and one more; the libraries' own repetitions go on for three quarters of a minute."""
    from google.auth.exceptions import RefreshError, TransportError

    options["timeout"] = CONNECT
    try:
        return call(*asked, **options)
    except TransportError:
        pass
    try:
        return call(*asked, **options)
    except TransportError as error:
        raise RefreshError(str(error)) from error


@functools.cache
def _threads(name: str, size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, thread_name_prefix=name)


def _patience() -> dict[str, Any]:
    """How long the library waits and tries again; every call here may be repeated."""
    from google.cloud.storage.retry import DEFAULT_RETRY

    return {"timeout": (CONNECT, READ), "retry": DEFAULT_RETRY.with_timeout(RETRY).with_delay(initial=0.3, maximum=2.0)}


@contextmanager
def _failures(name: str = "") -> Iterator[None]:
    """Google's failures in our words; a 404 is `NotStored` where the file's `name` is given."""
    from google.api_core.exceptions import GoogleAPIError, NotFound
    from google.auth.exceptions import GoogleAuthError
    from google.cloud.storage.exceptions import DataCorruption, InvalidResponse

    try:
        yield
    except NotFound as error:
        if name:
            raise NotStored(name) from None
        raise Unavailable("storage", str(error)) from error
    # requests' exceptions are OSErrors, and so is a key file that cannot be read.
    except (GoogleAPIError, GoogleAuthError, InvalidResponse, DataCorruption, OSError) as error:
        raise Unavailable("storage", f"{type(error).__name__}: {error}") from error
