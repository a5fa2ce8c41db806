"""What the banner endpoints take and give."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, field_validator, model_validator

from common import settings
from common.comics.shapes import ComicItem
from common.intake import Id, Model
from common.media import Image
from common.replies import Out

# Comics that one banner may show.
MOST = 50

# Without a user's name before the host, which would look like the host.
PAGE = r"https://[^\s/?#@\\]+([/?#]\S*)?"
ADDRESS = r"^https://[^\s/?#@\\]+/\S+$"


def _leading(link: str) -> str:
    """Where a tap on a banner may lead: a page on the web, or a place in the app."""
    if not re.fullmatch(PAGE, link) and not re.fullmatch(rf"{re.escape(settings.APP_SCHEME())}://\S+", link):
        raise ValueError(f"A link begins with https:// or {settings.APP_SCHEME()}://")
    return link


def _sane(slug: str) -> str:
    if slug.isdigit():
        raise ValueError("A slug has a letter, else it would be read as an id")
    return slug


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Slug = Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"), AfterValidator(_sane)]
# JSON has no type for a moment: text in ISO 8601, with its zone.
Moment = Annotated[AwareDatetime, Field(strict=False)]


class Changes(Model):
    """What to change of a banner; what is left out stays, and null clears what may be missing.

    `link_url` is an https address or one of the app (`mamastoria://comics/12`). `image_url` is a picture
    elsewhere; one of our own is uploaded to the banner's image. `comic_ids` are all its comics, in their order.
    """

    title: Title = Field(default_factory=str)
    slug: Slug | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    link_url: Annotated[str, Field(max_length=500), AfterValidator(_leading)] | None = None
    image_url: Annotated[str, Field(max_length=500, pattern=ADDRESS)] | None = None
    is_active: bool = True
    display_order: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    shown_from: Moment | None = None
    shown_until: Moment | None = None
    comic_ids: Annotated[list[Id], Field(max_length=MOST)] = []

    @field_validator("shown_from", "shown_until", mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        """A number would be read as seconds since 1970."""
        if value is not None and not isinstance(value, str):
            raise ValueError("Write a moment as text in ISO 8601")
        return value

    @field_validator("comic_ids")
    @classmethod
    def _each_once(cls, value: list[int]) -> list[int]:
        if len(set(value)) < len(value):
            raise ValueError("Name each comic once")
        return value

    @model_validator(mode="after")
    def _some_time(self) -> "Changes":
        """Of a change that gives one end alone the database checks the other."""
        if self.shown_from and self.shown_until and self.shown_until <= self.shown_from:
            raise ValueError("shown_until is later than shown_from")
        return self


class NewBanner(Changes):
    """A banner; without a `slug` it gets one from its title."""

    title: Title


class Banner(Out):
    """A banner as readers see it; `image_url` is the picture's rendering for reading."""

    id: int
    title: str
    slug: str
    description: str | None
    image_url: str | None
    image: Image | None
    link_url: str | None
    is_active: bool
    display_order: int
    shown_from: datetime | None
    shown_until: datetime | None
    created_at: datetime
    updated_at: datetime


class BannerDetail(Banner):
    """A banner with those of its comics that readers may see."""

    comics: list[ComicItem]


class KeptBanner(Banner):
    """A banner as administrators see it, with the ids of all its comics."""

    comic_ids: list[int]
