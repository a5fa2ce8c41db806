"""What the comics endpoints take and give."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from common.comics.ages import Rating
from common.intake import Id, Model, Query
from common.pages import PageQuery


def _told(text: str) -> str:
    """Text with something in it: blanks, dots and invisible letters are no story, and would cost as much as one."""
    if sum(letter.isalpha() for letter in text) < 5:
        raise ValueError("Tell a story in words")
    return text


class StoryIdea(Model):
    """A story to make a comic of."""

    story_idea: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=20_000), AfterValidator(_told)]
    page_count: Annotated[int, Field(ge=1, le=25)]
    genre_ids: Annotated[list[Id], Field(min_length=1, max_length=12)]
    style_id: Id
    layout: Literal["portrait", "square", "landscape"] = "portrait"


class Summary(Model):
    """What the story is; the next script is written from it."""

    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=50, max_length=20_000), AfterValidator(_told)]


class Characters(Model):
    """Who plays: one `character_key` as today's app sends it, or several `character_ids`."""

    character_key: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    character_ids: Annotated[list[Id], Field(min_length=1, max_length=8)] | None = None

    @model_validator(mode="after")
    def named(self) -> "Characters":
        """One of the two is needed."""
        if self.character_key is None and self.character_ids is None:
            raise ValueError("Give a character_key or character_ids")
        return self


class Backgrounds(Model):
    """Where it plays."""

    background_ids: Annotated[list[Id], Field(min_length=1, max_length=12)]


class AgeRating(Model):
    """From what age on a comic is to be read: `all`, or years."""

    age_rating: Rating


class Publish(Model):
    """The last changes before readers see it."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)] | None = None
    synopsis: Annotated[str, Field(max_length=2_000)] | None = None


class ComicQuery(PageQuery):
    """Which comics, in what order; `genre` and `style` by name or id, several genres separated by commas."""

    q: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    genre: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    style: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    sort_by: Literal["popularity", "newest", "trending"] = "popularity"
    user_id: Id | None = None


class ShelfQuery(PageQuery):
    """A page of one of the web site's lists, which calls `per_page` `limit`."""

    per_page: Annotated[int, Field(ge=1, le=100)] = 10
    limit: Annotated[int, Field(ge=1, le=100)] | None = None

    def by(self, order: Literal["newest", "trending"]) -> ComicQuery:
        """This page of all comics in `order`."""
        return ComicQuery(page=self.page, per_page=self.limit or self.per_page, cursor=self.cursor, sort_by=order)


class Read(Model):
    """How far one has read; today's app says nothing, and what else it might send is passed over."""

    model_config = ConfigDict(extra="ignore", strict=True, defer_build=True)

    # Counted from 1 in reading order.
    last_panel: Annotated[int, Field(ge=1, le=1_000)] | None = None


class Limit(Query):
    """How many to show at most."""

    limit: Annotated[int, Field(ge=1, le=50)] = 10
