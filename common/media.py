"""Pictures as rows hold them and as replies show them.

A row holds a picture in its reply's own shape, with `@/` in place of where files are served. Whoever
shows it replaces that: by the public address when every reader may see it (in SQL, on the hot
lists), by a signed URL of the private file when only its owner may.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from common import settings
from common.clients import storage
from common.replies import Out

if TYPE_CHECKING:
    from common.images import Variant

PLACE = "@/"


class Picture(Out):
    """One rendering of a picture: where it is, its pixels, its size in bytes."""

    url: str
    width: int
    height: int
    bytes: int


class Image(Picture):
    """A picture with its renderings for reading (longest side 1024 pixels) and for lists (300)."""

    web: Picture
    thumb: Picture


def base() -> str:
    """What `@/` becomes for public files; SQL gets it as `:media`."""
    return settings.PUBLIC_MEDIA_URL().rstrip("/") + "/"


def public(place: str | None) -> str | None:
    """The address of a public file as rows hold it; an absolute URL of old times stays as it is."""
    return place and place.replace(PLACE, base(), 1)


def described(variants: Mapping[str, "Variant"], stem: str) -> tuple[dict[str, Any], dict[str, "Variant"]]:
    """A picture's row value, and the files to store for it by name; `stem` is their common name without its ending."""
    files = {f"{stem}.{kind}.{_ending(variant)}": variant for kind, variant in variants.items()}
    shown = {kind: _picture(name, variant) for (name, variant), kind in zip(files.items(), variants, strict=True)}
    return {**shown["original"], "web": shown["web"], "thumb": shown["thumb"]}, files


def _picture(name: str, variant: "Variant") -> dict[str, Any]:
    return {"url": PLACE + name, "width": variant.width, "height": variant.height, "bytes": len(variant.data)}


def _ending(variant: "Variant") -> str:
    return {"image/jpeg": "jpg", "image/webp": "webp"}[variant.content_type]


def names(value: Any) -> Iterator[str]:
    """The names of all files that a row's value (a picture, or anything holding some) refers to."""
    if isinstance(value, str) and value.startswith(PLACE):
        yield value.removeprefix(PLACE)
    elif isinstance(value, dict):
        for item in value.values():
            yield from names(item)
    elif isinstance(value, list):
        for item in value:
            yield from names(item)


PLACES = ("url", "image_url", "cover_url", "coverUrl")


def published(value: Any) -> Any:
    """`value` with the public address of every file it refers to."""
    return _replaced(value, {name: base() + name for name in _placed(value)})


def signed(value: Any) -> Any:
    """`value` with every file it refers to replaced by a signed URL; only the fields that hold places are looked at."""
    urls = storage.signed_urls(list(_placed(value)))
    return _replaced(value, urls)


def _placed(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from names(item) if key in PLACES else _placed(item)
    elif isinstance(value, list):
        for item in value:
            yield from _placed(item)


def _replaced(value: Any, urls: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _address(item, urls) if key in PLACES else _replaced(item, urls) for key, item in value.items()}
    return [_replaced(item, urls) for item in value] if isinstance(value, list) else value


def _address(place: Any, urls: dict[str, str]) -> Any:
    return urls[place.removeprefix(PLACE)] if isinstance(place, str) and place.startswith(PLACE) else place
