"""What the social endpoints take and give."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from common.comics.shapes import ComicItem
from common.intake import Id, Model, Query
from common.people import Person
from common.replies import Out

# Comics that one request may name.
MOST = 100


class NewComment(Model):
    """A comment, with a rating in stars or without; a rating replaces the reader's earlier one of this comic."""

    content: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
    rating: Annotated[int, Field(ge=1, le=5)] | None = None


class Comment(Out):
    """What somebody wrote about a comic; `rating` is null where it was given without, or moved to a later comment."""

    id: int
    comic_id: int
    user_id: int
    content: str
    rating: int | None
    created_at: datetime
    updated_at: datetime
    user: Person


class Like(Out):
    """Who likes a comic, since when."""

    user_id: int
    comic_id: int
    created_at: datetime
    user: Person


class LikeStatus(Out):
    """Whether the caller likes a comic, and how many people do."""

    comic_id: int
    is_liked: bool
    total_likes: int


class Followed(Person):
    """A person in a list of followers or followed people, and since when."""

    followed_at: datetime


class FollowStatus(Out):
    """Whether the caller follows somebody."""

    user_id: int
    is_following: bool


class FollowCounts(Out):
    """How many people follow somebody, and how many that person follows."""

    user_id: int
    followers_count: int
    following_count: int


class ComicIds(Model):
    """Comics by id; the query's `comic_ids` do as well."""

    comic_ids: Annotated[list[Id], Field(max_length=MOST)] = []


class ComicIdsQuery(Query):
    """Comics by id, the parameter repeated for each."""

    comic_ids: Annotated[list[Id], Field(max_length=MOST)] = []


class Bookmark(ComicItem):
    """A saved comic, and since when."""

    bookmarked_at: datetime


class Saved(Out):
    """Which of the named comics are bookmarks now, and which readers cannot see: those are left out and nothing else."""

    comic_ids: list[int]
    not_found: list[int]


class Taken(Out):
    """Which of the named comics were taken off the list, and which were not on it."""

    comic_ids: list[int]
    not_found: list[int]


class Cleared(Out):
    """How many comics were taken off the history."""

    removed: int


class HistoryEntry(ComicItem):
    """A comic that the caller read, and when last."""

    read_at: datetime
