"""What the social endpoints take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from common.comics.ages import Rating
from common.comics.shapes import ComicDetail, ComicItem
from common.intake import Id, Model, Query
from common.pages import PageQuery
from common.people import Person
from common.replies import Out
from common.rules import Reason

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


SubjectType = Literal["comic", "comment", "user"]
Status = Literal["open", "upheld", "rejected"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class NewReport(Model):
    """What is reported and why; `other` needs words of one's own."""

    subject_type: SubjectType
    subject_id: Id
    reason: Reason
    detail: Words | None = None

    @model_validator(mode="after")
    def said(self) -> "NewReport":
        """A reason that says nothing needs words."""
        if self.reason == "other" and self.detail is None:
            raise ValueError("Tell what is wrong in detail")
        return self


class BlockedPerson(Person):
    """Somebody whom the caller blocks, and since when."""

    blocked_at: datetime


class Queue(PageQuery):
    """Which cases, and in what order."""

    status: Status = "open"
    sort: Literal["oldest", "most_reported"] = "oldest"


class Subject(Out):
    """What is reported: the title of its comic or the name of the person, the words, and whether readers see it now."""

    id: int
    title: str
    content: str | None
    comic_id: int | None
    age_rating: str | None
    is_shown: bool
    user: Person


class Case(Out):
    """A reported subject (null when it is gone), how many reported it for which reasons, and what was decided by whom."""

    id: int
    subject_type: SubjectType
    subject_id: int
    status: Status
    reports: int
    reasons: dict[str, int]
    decision: str | None
    note: str | None
    decided_by: int | None
    decided_at: datetime | None
    created_at: datetime
    updated_at: datetime
    subject: Subject | None


class Report(Out):
    """What somebody reported."""

    reason: str
    detail: str | None
    created_at: datetime
    user: Person


class CaseDetail(Case):
    """A case with its newest reports, and the whole comic where it is about one."""

    received: list[Report]
    comic: ComicDetail | None


class Decide(Model):
    """What becomes of a case; `reason` is told to whose it is, `note` only to other moderators."""

    decision: Literal["hide", "suspend", "reject", "restore"]
    reason: Reason | None = None
    note: Words | None = None


class Hide(Model):
    """Why something is hidden or somebody suspended: the reason is told, the note is for other moderators."""

    reason: Reason
    note: Words | None = None


class Restore(Model):
    """Words for other moderators."""

    note: Words | None = None


class Rate(Model):
    """From what age on a comic is to be read."""

    age_rating: Rating
    note: Words | None = None


class Reply(Model):
    """What to say to everybody who reported a case."""

    message: Words


class Told(Out):
    """How many people were told."""

    told: int
