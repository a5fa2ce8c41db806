"""The files that were made from a comic: who may have them, and the signed addresses under which they are had.

The database is asked first and left; signing asks Google, and nothing of ours waits for that.
"""

import re
import unicodedata
from typing import Any

from common import clock, exports, media, settings
from common.auth import User
from common.clients import storage
from common.comics import ages
from common.db import Db, reading
from common.exports import ENDINGS, Kind, State
from common.i18n import Language, Text
from common.problems import Conflict, NotFound

# Bytes of a file's name before its ending: file systems take 255, and phones add "(1)".
NAME_BYTES = 180

# Whoever may see a comic finds it here; `may` says whether its files are theirs too.
SEEN = """
select c.id, c.title, c.cover, c.cover_url, c.is_public, c.user_id, c.age_rating,
       c.user_id = cast(:viewer as bigint) or (c.is_public and c.allow_download) as may
from comics c where c.id = :comic and (c.is_public or c.user_id = cast(:viewer as bigint))
"""


class NotExported(Conflict):
    """There is no file that shows the comic as it is now."""

    detail = Text(
        "The comic has changed or was never exported; export it again first", "Komik berubah atau belum diekspor; ekspor lagi dulu"
    )


def standing(comic: int, language: Language) -> dict[str, Any]:
    """Where each export stands, with its error in `language`, for the owner."""
    with reading() as db:
        content = exports.content(db, comic)
        states = exports.states_of(db, content)
        allowed = db.value("select allow_download from comics where id = :comic", comic=comic)
    return {"allow_download": allowed, **{kind: _shown(state, content.title, comic, language) for kind, state in states.items()}}


def _shown(state: State, title: str, comic: int, language: Language) -> dict[str, Any]:
    url = _address(state.object_name, filename(title, comic, state.kind)) if state.object_name else None
    error = state.error.say(language) if state.error else None
    return {"status": state.status, "progress": state.progress, "error": error, "url": url}


def permit(db: Db, comic: int, allow: bool) -> dict[str, Any]:
    """Say whether readers may download; what is exported stays the same."""
    db.run("update comics set allow_download = :allow, updated_at = :now where id = :comic", comic=comic, allow=allow, now=clock.now())
    return {"comic_id": comic, "allow_download": allow}


def download(user: User, comic: int, kind: Kind) -> str:
    """The address of a current file; raises `NotFound` for whoever may not have it, and `NotExported`."""
    with reading() as db:
        row = _seen(db, comic, user)
        if not row.may:
            raise NotFound
        name = exports.current(db, exports.content(db, comic), kind)
    if name is None:
        raise NotExported
    return _address(name, filename(row.title, comic, kind))


def preview(user: User | None, comic: int) -> dict[str, Any]:
    """The video to be watched in place, and the cover's thumbnail; raises `NotFound`."""
    with reading() as db:
        row = _seen(db, comic, user)
        name = exports.current(db, exports.content(db, comic), "video") if row.may else None
    return {"comic_id": comic, "video_url": name and _address(name), "thumbnail_url": _cover(row, "thumb")}


def all_of(user: User, comic: int) -> dict[str, Any]:
    """The addresses of the files that `user` may have; raises `NotFound`."""
    with reading() as db:
        row = _seen(db, comic, user)
        states = exports.states_of(db, exports.content(db, comic)) if row.may else {}
    urls = {
        kind: _address(state.object_name, filename(row.title, comic, kind)) if state.object_name else None for kind, state in states.items()
    }
    cover = _cover(row, "web")
    return {"comic_id": comic, "title": row.title, "pdf_url": urls.get("pdf"), "video_url": urls.get("video"), "cover_url": cover}


def _seen(db: Db, comic: int, user: User | None) -> Any:
    row = db.maybe(SEEN, comic=comic, viewer=user.id if user else None)
    if row is None:
        raise NotFound
    ages.check(row, user)
    return row


def _cover(row: Any, size: str) -> str | None:
    # A comic of the old backend has one address for every size.
    url: str | None = row.cover_url
    if row.cover is not None:
        shown = media.published(row.cover) if row.is_public else media.signed(row.cover)
        url = shown[size]["url"]
    return url


def _address(name: str, filename: str | None = None) -> str:
    return storage.signed_url(name, seconds=settings.DOWNLOAD_SECONDS(), filename=filename)


def filename(title: str, comic: int, kind: Kind) -> str:
    """`Kancil dan Buaya.pdf`: the title as every file system takes it."""
    # Marks that turn the direction of writing could make "gpj.exe" look like "exe.jpg".
    plain = "".join(letter for letter in unicodedata.normalize("NFC", title) if unicodedata.category(letter)[0] != "C")
    plain = " ".join(re.sub(r'[\\/:*?"<>|]', " ", plain).split())
    short = plain.encode()[:NAME_BYTES].decode(errors="ignore").strip(" .")
    return f"{short or f'Komik {comic}'}.{ENDINGS[kind]}"
