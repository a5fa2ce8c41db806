"""What the analytics endpoints take and give. Days and months are Jakarta's; amounts are rupiah unless they say kredit."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from common.intake import Id, Query
from common.pages import PageQuery
from common.replies import Out

# Absent, the Accept header decides.
Format = Literal["json", "csv"]


class Shown(Query):
    """As JSON, or as a file for spreadsheets."""

    format: Format | None = None


class Days(Shown):
    """The last `days` days, today included; of one comic where `comic_id` is given."""

    days: Annotated[int, Field(ge=1, le=90)] = 7
    comic_id: Id | None = None


class Months(Shown):
    """The last `months` months, this one included."""

    months: Annotated[int, Field(ge=1, le=24)] = 6


class WhichYear(Shown):
    """A year; absent: this one."""

    year: Annotated[int, Field(ge=2000, le=2999)] | None = None


class History(PageQuery):
    """A page of one's own movements; as a file, all of them."""

    format: Format | None = None


class PlatformDays(Shown):
    """The last `days` days, today included."""

    days: Annotated[int, Field(ge=1, le=366)] = 30


class Counts(Out):
    """What readers did; a reader of several comics, or on several days, is several views."""

    views: int
    likes: int
    comments: int
    shares: int


class Day(Out):
    """A day; `readers` are the different people (or addresses, of those who are not signed in) among the views."""

    date: date
    views: int
    readers: int
    likes: int
    comments: int
    shares: int


class Month(Out):
    """A month, as 2026-01, and what was earned in it."""

    month: str
    views: int
    likes: int
    comments: int
    shares: int
    earnings: int


class Year(Out):
    """A year: the comics begun in it, what readers did in it, what was earned in it."""

    year: int
    total_comics: int
    total_views: int
    total_likes: int
    total_comments: int
    total_shares: int
    total_earnings: int
    months: list[Month]


class OwnComic(Counts):
    """A comic of one's own over the last thirty days; `reach[0]` is how many readers came to the first panel, and so on."""

    id: int
    title: str
    cover_url: str | None
    published_at: datetime | None
    total_views: int
    reach: list[int]


class Dashboard(Out):
    """One's totals, the last thirty days, and one's comics that were read most in them."""

    total_comics: int
    total_published: int
    total_views: int
    total_likes: int
    total_comments: int
    total_shares: int
    total_followers: int
    rating_average: float | None
    rating_count: int
    total_earnings: int
    active_subscription: bool
    publish_quota: int
    current_balance: int
    current_credits: int
    today: Counts
    last_30_days: Counts
    comics: list[OwnComic]


class Movement(Out):
    """A movement of kredit or publish quota: what it added (negative: took away), and what it was, in words."""

    id: int
    type: Literal["credit", "debit"]
    unit: Literal["kredit", "publish_quota"]
    amount: int
    description: str
    created_at: datetime


class Work(Out):
    """How well a kind of generation went: of those that ended, and in seconds from asking to seeing."""

    done: int
    failed: int
    success_rate: float | None
    median_seconds: float | None
    p95_seconds: float | None


class Retention(Out):
    """Of those who came `days` days before, the share that was there again; null where nobody had come."""

    cohort: int
    returned: int
    rate: float | None


class PlatformCounts(Counts):
    """What a day and a span of days have in common."""

    new_users: int
    mau: int
    retention_d1: Retention
    retention_d7: Retention
    retention_d30: Retention
    comics_started: int
    comics_finished: int
    comics_published: int
    scripts: Work
    panels: Work
    revenue: int
    refunds: int
    net_revenue: int
    payments: int
    paying_users: int
    arpu: int | None


class PlatformDay(PlatformCounts):
    """The platform on a day. `wau` and `mau` are the different people of the 7 and 30 days that end with it; `arpu` is by `dau`."""

    date: date
    users: int
    dau: int
    wau: int
    readers: int


class Period(PlatformCounts):
    """The platform over thirty days; `arpu` is by everybody who was active, `arppu` by those who paid."""

    start: date
    end: date
    dau_average: float
    stickiness: float | None
    arppu: int | None


class Creator(Counts):
    """A creator who was read most."""

    user_id: int
    name: str
    username: str | None


class Master(Out):
    """How MamaStoria is doing; figures are as of `updated_at`, a few minutes ago."""

    updated_at: datetime | None
    today: PlatformDay
    last_30_days: Period
    previous_30_days: Period
    top_creators: list[Creator]
