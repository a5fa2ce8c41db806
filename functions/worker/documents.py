"""Making a comic's PDF and its comic-book archive: page by page from storage to storage, one page in memory at a time."""

from collections.abc import Callable, Iterator

from common import exports, jobs, media
from common.clients import storage
from common.db import transaction
from common.exports import Content, Kind
from common.i18n import Text
from common.jobs import Job

from . import cbz, pdf

BY = Text("by {author}", "oleh {author}")

Written = Callable[[Content, str, Iterator[bytes]], Iterator[bytes]]


def make_pdf(job: Job) -> None:
    """Make the PDF of the job's comic."""
    _make(job, "pdf", "application/pdf", _pdf)


def make_cbz(job: Job) -> None:
    """Make the comic-book archive of the job's comic."""
    _make(job, "cbz", "application/vnd.comicbook+zip", _cbz)


def _make(job: Job, kind: Kind, content_type: str, written: Written) -> None:
    with transaction() as db:
        content = exports.taken(db, job)
    key, name = exports.key(content, kind), exports.object_name(job, kind)
    size = storage.put_pieces(name, written(content, key, _pages(job, content)), content_type)
    try:
        with transaction() as db:
            exports.complete(db, job, key, name, size)
    except exports.VOID:
        storage.delete([name])
        raise


def _pages(job: Job, content: Content) -> Iterator[bytes]:
    """The cover and the panels' JPEGs, each told as progress before it is fetched."""
    for done, panel in enumerate(content.panels):
        with transaction() as db:
            jobs.heartbeat(db, job, 2 + 96 * done // len(content.panels), "exporting")
        # A picture's own place comes first, before those of its smaller renderings.
        picture = storage.get(next(media.names((panel.image or {})["url"])))
        if done == 0:
            yield _cover(content, picture)
        yield picture


def _cover(content: Content, picture: bytes) -> bytes:
    from common.drawing import cover

    by, disclosure = BY.say(content.language, author=content.author), exports.DISCLOSURE.say(content.language)
    return cover.draw(picture, cover.Words(content.title, by, disclosure))


def _pdf(content: Content, key: str, pages: Iterator[bytes]) -> Iterator[bytes]:
    about = pdf.About(content.title, content.author, exports.DISCLOSURE.say(content.language), content.created_at, key)
    return pdf.document(about, pages, _mark() if content.watermark else None)


def _mark() -> pdf.Mark:
    from common.drawing import mark

    # Twice the pixels of a usual screen: the mark stays sharp when somebody looks closely.
    picture = mark.picture(64)
    wide = mark.HEIGHT * picture.width / 64
    rgb = picture.convert("RGB").tobytes()
    return pdf.Mark(rgb, picture.getchannel("A").tobytes(), *picture.size, wide=wide, margin=mark.MARGIN)


def _cbz(content: Content, key: str, pages: Iterator[bytes]) -> Iterator[bytes]:
    disclosure, count = exports.DISCLOSURE.say(content.language), len(content.panels) + 1
    about = cbz.About(content.title, content.author, content.synopsis, disclosure, content.created_at, count)
    return cbz.archive(about, _stamped(pages) if content.watermark else pages)


def _stamped(pages: Iterator[bytes]) -> Iterator[bytes]:
    """The pages with the mark drawn into all but the cover: an archive has no layer to put it on."""
    from common.drawing import mark

    yield next(pages)
    yield from (mark.stamp(page) for page in pages)
