"""Reference A: the list as FastAPI's and SQLAlchemy's own guides write it, on asyncpg.

Only the columns that the list shows are mapped, and the total is read from its counter as ours is: a
whole table or a `count(*)` would flatter us.
"""

import base64
import json
import os
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import AfterValidator, BaseModel, ConfigDict
from sqlalchemy import ForeignKey, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

MEDIA = os.environ["PUBLIC_MEDIA_URL"] + "/"

Session = async_sessionmaker(create_async_engine(os.environ["DATABASE_URL"].replace("pg8000", "asyncpg"), pool_size=16, max_overflow=0))


class Base(DeclarativeBase):
    """The mapped tables."""


class Counter(Base):
    """A maintained count."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class User(Base):
    """A comic's creator."""

    __tablename__ = "users"
    id_users: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    username: Mapped[str | None]
    profile_photo_path: Mapped[str | None]
    previous_rating: Mapped[int | None]
    previous_rating_name: Mapped[str | None]


class Comic(Base):
    """A comic as lists show it."""

    __tablename__ = "comics"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id_users"))
    title: Mapped[str]
    cover_url: Mapped[str | None]
    cover: Mapped[Any] = mapped_column(JSONB)
    synopsis: Mapped[str | None]
    tags: Mapped[str | None]
    genre: Mapped[Any] = mapped_column(JSONB)
    total_views: Mapped[int]
    total_likes: Mapped[int]
    total_comments: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    is_public: Mapped[bool]
    user: Mapped[User] = relationship()


Address = Annotated[str, AfterValidator(lambda place: place.replace("@/", MEDIA, 1))]


class Picture(BaseModel):
    """One rendering of a picture."""

    url: Address
    width: int
    height: int
    bytes: int


class Cover(Picture):
    """A picture with its smaller renderings."""

    web: Picture
    thumb: Picture


class Person(BaseModel):
    """What anybody may see of a creator."""

    model_config = ConfigDict(from_attributes=True)
    id_users: int
    full_name: str
    username: str | None
    profile_photo_path: Address | None
    previous_rating: int | None
    previous_rating_name: str | None


class ComicItem(BaseModel):
    """A comic in a list."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    user_id: int
    title: str
    cover_url: Address | None
    cover: Cover | None
    synopsis: str | None
    tags: str | None
    genre: list[str]
    total_views: int
    total_likes: int
    total_comments: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    user: Person


class Meta(BaseModel):
    """Where the page stands."""

    current_page: int
    per_page: int
    total: int
    total_pages: int
    has_next: bool
    has_prev: bool
    next_cursor: str | None


class Page(BaseModel):
    """The reply."""

    ok: bool
    meta: Meta
    data: list[ComicItem]


app = FastAPI()


@app.get("/v1/comics")
async def list_comics(
    page: Annotated[int, Query(ge=1)] = 1, per_page: Annotated[int, Query(ge=1, le=100)] = 20, cursor: str | None = None
) -> Page:
    """The most popular comics."""
    query = select(Comic).where(Comic.is_public).order_by(Comic.total_views.desc(), Comic.id.desc()).limit(per_page + 1)
    if cursor:
        _, *after = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        query = query.where(tuple_(Comic.total_views, Comic.id) < tuple_(*after))
    else:
        query = query.offset((page - 1) * per_page)
    async with Session() as session:
        found = (await session.scalars(query.options(joinedload(Comic.user, innerjoin=True)))).all()
        total = (await session.scalars(select(Counter.value).where(Counter.name == "public_comics"))).one()
    shown, more = found[:per_page], len(found) > per_page
    next_cursor = None
    if more:
        place = ["popularity", shown[-1].total_views, shown[-1].id]
        next_cursor = base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")
    meta = Meta(
        current_page=page,
        per_page=per_page,
        total=total,
        total_pages=-(-total // per_page),
        has_next=more,
        has_prev=page > 1 or cursor is not None,
        next_cursor=next_cursor,
    )
    return Page(ok=True, meta=meta, data=[ComicItem.model_validate(comic) for comic in shown])
