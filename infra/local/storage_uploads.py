"""The ways data comes in: in one piece with its metadata, or in chunks of a resumable upload."""

import re
import secrets
import threading
from dataclasses import dataclass, field

from infra.local.httpd import Request, Response
from infra.local.storage_objects import Condition, Objects, Problem, Resource, invalid

# Every chunk but the last is a multiple of this many bytes.
CHUNK = 256 * 1024
# Sessions that were never finished are forgotten, the oldest first.
MOST_SESSIONS = 1000


@dataclass
class Session:
    """A resumable upload on its way: where it goes, under which condition, and the bytes that came."""

    bucket: str
    name: str
    fields: Resource
    condition: Condition
    sizes: range
    xml: bool
    data: bytearray = field(default_factory=bytearray)
    done: Resource | None = None


class Sessions:
    """The resumable uploads of one server, in memory: a restart forgets them, and the client begins again."""

    def __init__(self) -> None:
        """None yet."""
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, session: Session) -> str:
        """Keeps `session`; its id is the whole right to write to it, as at Google."""
        upload_id = secrets.token_urlsafe(48)
        with self._lock:
            self._sessions[upload_id] = session
            while len(self._sessions) > MOST_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
        return upload_id

    def take(self, upload_id: str, request: Request, objects: Objects) -> tuple[Session, Response | None]:
        """Adds the request's bytes to an upload.

        Gives the session with, while more bytes are to come, the answer 308; with None once
        `session.done` holds the object. 404 for an unknown upload, 499 for one that was cancelled.
        """
        session = self._sessions.get(upload_id)
        if session is None:
            raise Problem(404, "notFound", "NoSuchUpload", "There is no such upload: it was finished long ago, cancelled or never begun.")
        if request.method == "DELETE":
            self._sessions.pop(upload_id, None)
            raise Problem(499, "clientClosedRequest", "RequestCanceled", "The upload was cancelled.")
        with self._lock:
            last = session.done is None and _add(session, request)
            if last or len(session.data) >= session.sizes.stop:
                check_size(len(session.data), session.sizes)
            if last:
                session.done = objects.write(session.bucket, session.name, bytes(session.data), session.fields, session.condition)
                session.data.clear()
        return session, None if session.done else _more(session)


def _add(session: Session, request: Request) -> bool:
    """Adds the request's chunk; whether it was the last one."""
    sent = request.header("Content-Range")
    if not sent:
        session.data[:] = request.body
        return True
    query = re.fullmatch(r"bytes \*/(\d+|\*)", sent)
    if query and not request.body:
        return query[1] == str(len(session.data))
    chunk = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", sent)
    if not chunk or int(chunk[2]) - int(chunk[1]) + 1 != len(request.body):
        raise invalid(f"Invalid Content-Range: {sent}")
    start, last = int(chunk[1]), chunk[3] != "*" and int(chunk[2]) + 1 == int(chunk[3])
    if start > len(session.data):
        raise invalid(f"The upload offset is {start}, which exceeds the {len(session.data)} bytes already uploaded.")
    if not last and len(request.body) % CHUNK:
        raise invalid(f"A chunk that is not the last must be a multiple of {CHUNK} bytes.")
    session.data[start:] = request.body
    return last


def _more(session: Session) -> Response:
    # The client reads how far the storage has come from this header; without it, nothing came.
    return Response(308, b"", {"Range": f"bytes=0-{len(session.data) - 1}"} if session.data else {})


def check_size(size: int, sizes: range) -> None:
    """400 for an upload of a `size` that is not among the `sizes` (bytes) its signature allows."""
    if size in sizes:
        return
    if size < sizes.start:
        raise invalid(f"Your proposed upload is smaller than the minimum of {sizes.start} bytes.", "EntityTooSmall")
    raise invalid(f"Your proposed upload exceeds the maximum of {sizes.stop - 1} bytes.", "EntityTooLarge")


def allowed_sizes(header: str) -> range:
    """The sizes that an x-goog-content-length-range header (`MIN,MAX` in bytes) allows; without one, any."""
    if not header:
        return range(2**62)
    bounds = re.fullmatch(r"(\d+),\s*(\d+)", header)
    if not bounds:
        raise invalid("x-goog-content-length-range must be MIN,MAX.")
    return range(int(bounds[1]), int(bounds[2]) + 1)


def halves(request: Request) -> tuple[bytes, str, bytes]:
    """The two parts of a multipart/related upload: metadata (JSON), the data's content type, the data."""
    boundary = re.search(r'boundary="?([^";]+)"?', request.header("Content-Type"))
    if not boundary:
        raise invalid("A multipart upload needs a boundary.")
    mark = b"--" + boundary[1].encode()
    try:
        _, first, rest = request.body.split(mark, 2)
        second = rest[: rest.rindex(mark + b"--")]
        (_, metadata), (head, data) = _part(first), _part(second)
    except ValueError:
        raise invalid("A multipart upload is metadata and data, each with a Content-Type, between boundaries.") from None
    kind = re.search(rb"^content-type:\s*(\S.*?)\s*$", head, re.IGNORECASE | re.MULTILINE)
    return metadata, kind[1].decode() if kind else "", data


def _part(part: bytes) -> tuple[bytes, bytes]:
    head, body = part.removeprefix(b"\r\n").split(b"\r\n\r\n", 1)
    return head, body.removesuffix(b"\r\n")
