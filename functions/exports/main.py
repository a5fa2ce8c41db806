"""Exports: a comic as a PDF, a comic-book archive or a video, and who may download them."""

from typing import Any

from common import auth, exports, jobs
from common.api import Api
from common.auth import User
from common.comics import ages, states
from common.db import Db
from common.i18n import Language, Text
from common.intake import Id
from common.needs import Needs
from common.problems import InsufficientCredits, NotFound, TooManyRequests
from common.replies import Reply

from . import files, making
from .schemas import Canceled, Document, DownloadPermission, ExportedMedia, Exports, Kind, Permission, Preview, Started

api = Api("exports", needs=Needs(uses=("enqueue", "read", "sign")))

STARTING = [exports.NotDrawn, states.WrongState, TooManyRequests, jobs.AlreadyRunning]


@api.post(
    "/v1/comics/{comic}/exportPdf",
    caller=auth.owner,
    gives=Started,
    status=202,
    message=Text("The document is being made", "Dokumen sedang dibuat"),
    raises=STARTING,
    once=True,
)
def export_pdf(db: Db, comic: Id, query: Document) -> Any:
    """Make the PDF, or with `format=cbz` the comic-book archive; nothing is made anew that is current."""
    return making.start(db, comic, query.format)


@api.post(
    "/v1/comics/{comic}/export/video",
    caller=auth.owner,
    gives=Started,
    status=202,
    message=Text("The video is being made", "Video sedang dibuat"),
    raises=[InsufficientCredits, *STARTING],
    once=True,
    aliases=["/v1/comics/{comic}/generate-video"],
)
def export_video(db: Db, comic: Id) -> Any:
    """Make the narrated video; nothing is made anew that is current."""
    return making.start(db, comic, "video")


@api.get("/v1/comics/{comic}/exports", caller=auth.owner, gives=Exports)
def show_exports(comic: Id, language: Language) -> Any:
    """Show where the comic's exports stand: status, progress, error, and the address of what is there."""
    return files.standing(comic, language)


@api.post(
    "/v1/comics/{comic}/exports/{kind}/cancel",
    caller=auth.owner,
    gives=Canceled,
    message=Text("Export canceled", "Ekspor dibatalkan"),
    raises=[making.NothingToCancel],
    once=True,
)
def cancel_export(db: Db, comic: Id, kind: Kind) -> Any:
    """Stop making an export; its price is given back once."""
    return making.cancel(db, comic, kind)


@api.put(
    "/v1/comics/{comic}/download-permission",
    caller=auth.owner,
    gives=Permission,
    message=Text("Download permission saved", "Izin unduh disimpan"),
)
def set_download_permission(db: Db, comic: Id, body: DownloadPermission) -> Any:
    """Let the readers of one's published comic download its exports, or no longer."""
    return files.permit(db, comic, body.allow_download)


@api.get(
    "/v1/comics/{comic}/download/pdf",
    caller=auth.user,
    status=302,
    gives="text/plain",
    message=Text("To the file", "Ke berkasnya"),
    raises=[NotFound, ages.AgeRestricted, files.NotExported],
)
def download_pdf(user: User, comic: Id, query: Document) -> Any:
    """Send the caller to the PDF, or with `format=cbz` to the archive: the owner, and readers where the owner allows it."""
    return _to(files.download(user, comic, query.format))


@api.get(
    "/v1/comics/{comic}/download/video",
    caller=auth.user,
    status=302,
    gives="text/plain",
    message=Text("To the file", "Ke berkasnya"),
    raises=[NotFound, ages.AgeRestricted, files.NotExported],
)
def download_video(user: User, comic: Id) -> Any:
    """Send the caller to the video: the owner, and readers where the owner allows it."""
    return _to(files.download(user, comic, "video"))


@api.get("/v1/comics/{comic}/preview-video", caller=auth.maybe_user, gives=Preview, raises=[NotFound, ages.AgeRestricted])
def preview_video(user: User | None, comic: Id) -> Any:
    """Give the addresses of a comic's video and of the picture to show before it plays."""
    return files.preview(user, comic)


@api.get(
    "/v1/comics/{comic}/exported-media",
    caller=auth.user,
    gives=ExportedMedia,
    raises=[NotFound, ages.AgeRestricted],
    aliases=["/v1/comics/exported-media/{comic}"],
)
def exported_media(user: User, comic: Id) -> Any:
    """Give the addresses of a comic's files that the caller may have."""
    return files.all_of(user, comic)


def _to(url: str) -> Reply:
    return Reply(302, b"", "text/plain", {"Location": url, "Cache-Control": "private, no-store"})


main = api.main()
