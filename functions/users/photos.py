"""The profile photo."""

import secrets
from collections.abc import Mapping
from typing import Any

from common import clock, jobs, media, pictures
from common.clients import storage
from common.db import Db, json, transaction
from common.images import Variant


def update(user: int, data: bytes) -> dict[str, Any]:
    """Store the picture in `data` as `user`'s photo in three sizes; the files of the one before are removed by a job.

    The files are stored before the row names them, outside any transaction: storage may take seconds,
    and a photo that nobody refers to is better than a reference to no photo. Raises `NotAPicture`,
    `TooManyPixels` or `Unavailable`.
    """
    photo, files = pictures.renewed(data, f"avatars/{user}-{secrets.token_urlsafe(12)}")
    try:
        _store(files)
        with transaction() as db:
            _replace(db, user, photo)
    except Exception:
        _forget(user, list(files))
        raise
    shown = media.published(photo)
    return {"profile_photo_url": shown["web"]["url"], "photo": shown}


def _store(files: Mapping[str, Variant]) -> None:
    for name, variant in files.items():
        storage.put(name, variant.data, variant.content_type, public=True)


def _replace(db: Db, user: int, photo: dict[str, Any]) -> None:
    before = db.one("select photo, profile_photo_path from users where id_users = :user for no key update", user=user)
    db.run(
        "update users set photo = cast(:photo as jsonb), profile_photo_path = :path, updated_at = :now where id_users = :user",
        user=user,
        photo=json(photo),
        path=photo["web"]["url"],
        now=clock.now(),
    )
    _remove(db, user, sorted({*media.names(before.photo), *media.names(before.profile_photo_path)}))


def _remove(db: Db, user: int, files: list[str]) -> None:
    if files:
        jobs.enqueue(db, "delete_files", f"photo:{user}:{secrets.token_urlsafe(9)}", user=user, payload={"files": files})


def _forget(user: int, files: list[str]) -> None:
    """What was stored for a photo that did not come to be is removed like an old one."""
    with transaction() as db:
        _remove(db, user, files)
