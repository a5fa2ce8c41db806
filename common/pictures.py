"""Pictures that people send: checked and made anew, or refused with a sentence that helps."""

import secrets
import threading
from collections.abc import Callable
from typing import Any

from common import images, jobs, media
from common.clients import storage
from common.db import Db, transaction
from common.i18n import Text
from common.images import NotAnImage, Variant
from common.problems import Problem, TooLarge

# A picture of 40 megapixels takes half a gigabyte while it is made anew, and an instance serves eight
# requests at once: they take turns.
_turn = threading.Lock()

# Seconds after which the files of a change that was refused, or whose process died, are removed; no request takes as long.
ABANDONED = 600


class NotAPicture(Problem):
    """The bytes are not one still, undamaged JPEG, PNG or WebP."""

    status = 415
    detail = Text("Please choose a JPEG, PNG or WebP picture.", "Silakan pilih gambar JPEG, PNG, atau WebP.")


class TooManyPixels(TooLarge):
    """The picture is larger than is taken, in pixels or bytes."""

    detail = Text("The picture is too large.", "Gambar terlalu besar.")


def renewed(data: bytes, stem: str) -> tuple[dict[str, Any], dict[str, Variant]]:
    """The picture in `data` in three sizes without its metadata: the row value, and the files to store by name.

    `stem` is the files' common name. Raises `NotAPicture` or `TooManyPixels`; nothing in `data` can
    make it fail otherwise.
    """
    try:
        with _turn:
            made = images.variants(data)
    except NotAnImage as refused:
        kind = TooManyPixels if refused.reason in ("too_large", "too_many_pixels") else NotAPicture
        raise kind(refused.text) from None
    return media.described(made, stem)


def replaced(data: bytes, stem: str, write: Callable[[Db, dict[str, Any]], Any]) -> dict[str, Any]:
    """Store the picture in `data` for everybody in three sizes, and have `write` put it into its row; the row's value.

    `write` gives what the row held before, whose files a job removes. The files are stored before the
    row names them, outside any transaction: storage may take seconds, and a picture that nobody refers
    to is better than a reference to no picture; it is removed `ABANDONED` seconds later. Raises `NotAPicture`,
    `TooManyPixels` or `Unavailable`.
    """
    picture, files = renewed(data, f"{stem}-{secrets.token_urlsafe(12)}")
    guard = _subject()
    with transaction() as db:
        _removal(db, guard, picture, delay=ABANDONED)
    for name, variant in files.items():
        storage.put(name, variant.data, variant.content_type, public=True)
    with transaction() as db:
        remove(db, write(db, picture))
        # With the change or not at all: where the commit's answer is lost, nobody here knows whether it was made.
        jobs.cancel(db, guard)
    return picture


def remove(db: Db, held: Any) -> None:
    """Have the files of `held`, whatever a row held of pictures, removed by a job."""
    _removal(db, _subject(), held)


def _removal(db: Db, subject: str, held: Any, *, delay: int = 0) -> None:
    files = sorted(set(media.names(held)))
    if files:
        # Nobody's job: erasing an account ends the account's own, and these files are to go all the same.
        jobs.enqueue(db, "delete_files", subject, payload={"files": files}, delay=delay, attempts=100)


def _subject() -> str:
    return f"picture:{secrets.token_urlsafe(12)}"
