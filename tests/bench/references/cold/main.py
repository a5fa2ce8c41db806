"""Reference C: functions-framework with SQLAlchemy's ORM on pg8000 and nothing else, as a first function is written."""

import os
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

engine = create_engine(os.environ["DATABASE_URL"])


class Base(DeclarativeBase):
    """The mapped tables."""


class User(Base):
    """A comic's creator."""

    __tablename__ = "users"
    id_users: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    username: Mapped[str | None]
    profile_photo_path: Mapped[str | None]


class Comic(Base):
    """A comic as the list shows it."""

    __tablename__ = "comics"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id_users"))
    title: Mapped[str]
    cover: Mapped[Any] = mapped_column(JSONB)
    synopsis: Mapped[str | None]
    tags: Mapped[str | None]
    genre: Mapped[Any] = mapped_column(JSONB)
    total_views: Mapped[int]
    published_at: Mapped[datetime | None]
    is_public: Mapped[bool]
    user: Mapped[User] = relationship()


def _shown(comic: Comic) -> dict[str, Any]:
    names = ("id", "user_id", "title", "cover", "synopsis", "tags", "genre", "total_views")
    person = {name: getattr(comic.user, name) for name in ("id_users", "full_name", "username", "profile_photo_path")}
    published = comic.published_at.isoformat() if comic.published_at else None
    return {**{name: getattr(comic, name) for name in names}, "published_at": published, "user": person}


def main(request: Any) -> dict[str, Any]:
    """The most popular comics."""
    query = select(Comic).where(Comic.is_public).order_by(Comic.total_views.desc(), Comic.id.desc()).limit(20)
    with Session(engine) as session:
        return {"ok": True, "data": [_shown(comic) for comic in session.scalars(query.options(joinedload(Comic.user, innerjoin=True)))]}
