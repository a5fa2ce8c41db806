"""What the export endpoints take and give."""

from typing import Annotated, Literal

from pydantic import Field

from common.exports import KINDS, Status
from common.exports import Kind as ExportKind
from common.intake import Model, Query
from common.replies import Out

# A kind that does not exist is nothing to be found, as in every other path.
Kind = Annotated[str, Field(json_schema_extra={"enum": list(KINDS)})]


class Document(Query):
    """Which document: `pdf`, or `cbz` for comic readers."""

    format: Literal["pdf", "cbz"] = "pdf"


class DownloadPermission(Model):
    """Whether readers of the published comic may download its exports."""

    allow_download: bool


class Started(Out):
    """An export that is being made, or is there; `features` are the words for what is in it."""

    comic_id: int
    kind: ExportKind
    status: Status
    progress: int
    panels_count: int
    features: list[str]


class Export(Out):
    """Where an export stands: `progress` is 0 to 100, `error` a sentence, `url` the current file's for a quarter of an hour."""

    status: Status
    progress: int
    error: str | None
    url: str | None


class Exports(Out):
    """Where all exports of a comic stand, and whether readers may download them."""

    pdf: Export
    cbz: Export
    video: Export
    allow_download: bool


class Canceled(Out):
    """An export that nobody makes any more."""

    comic_id: int
    kind: ExportKind
    status: Status


class Permission(Out):
    """Whether readers may download."""

    comic_id: int
    allow_download: bool


class Preview(Out):
    """A comic's video to be watched, where there is one and the caller may have it; the picture to show before."""

    comic_id: int
    video_url: str | None
    thumbnail_url: str | None


class ExportedMedia(Out):
    """Every file of a comic that the caller may have."""

    comic_id: int
    title: str
    pdf_url: str | None
    video_url: str | None
    cover_url: str | None
