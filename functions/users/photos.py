"""The profile photo."""

from typing import Any

from common import clock, media, pictures
from common.db import Db, json


def update(user: int, data: bytes) -> dict[str, Any]:
    """Make the picture in `data` `user`'s photo in three sizes; the files of the one before are removed by a job.

    Raises `NotAPicture`, `TooManyPixels` or `Unavailable`.
    """
    photo = pictures.replaced(data, f"avatars/{user}", lambda db, picture: _write(db, user, picture))
    shown = media.published(photo)
    return {"profile_photo_url": shown["web"]["url"], "photo": shown}


def _write(db: Db, user: int, photo: dict[str, Any]) -> list[Any]:
    """The photo of before, and the address in which old accounts alone have theirs."""
    before = db.one("select photo, profile_photo_path from users where id_users = :user for no key update", user=user)
    db.run(
        "update users set photo = cast(:photo as jsonb), profile_photo_path = :path, updated_at = :now where id_users = :user",
        user=user,
        photo=json(photo),
        path=photo["web"]["url"],
        now=clock.now(),
    )
    return [before.photo, before.profile_photo_path]
