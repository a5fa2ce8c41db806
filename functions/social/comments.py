"""Comments on public comics, and the one rating that a reader gives a comic."""

from typing import Any

from common import audit, clock, lists, media
from common.auth import User
from common.comics import ages
from common.comics.shown import PERSON
from common.db import Db
from common.i18n import Text
from common.lists import Listing
from common.pages import PageQuery
from common.problems import Forbidden, NotFound
from common.replies import Json

from . import moderation, notices
from .apart import FROM_VIEWER, Blocked, between
from .schemas import NewComment

MODERATORS = ("moderator", "admin")


class NotYours(Forbidden):
    """Only whoever wrote a comment, or a moderator, deletes it."""

    detail = Text("You can only delete your own comments", "Kamu hanya dapat menghapus komentarmu sendiri")


ITEM = f"""json_build_object('id', m.id, 'comic_id', m.comic_id, 'user_id', m.user_id, 'content', m.content, 'rating', m.rating,
    'created_at', m.created_at, 'updated_at', m.updated_at, 'user', {PERSON})"""


def _listing(seen: str = "") -> Listing:
    return Listing(
        "comments",
        f"""select m.id, {lists.key("m.created_at")} as key, {ITEM} as item from comments m join users u on u.id_users = m.user_id
            where m.comic_id = {lists.of("comic")} and m.hidden_at is null {seen} :after order by m.created_at desc, m.id desc :limit""",
        id="m.id",
        moment="m.created_at",
        total="(select total_comments from comics where id = :comic and is_public)",
        also="(select json_object_agg(stars, readers) from comic_ratings where comic_id = :comic) as rating,"
        " (select json_build_array(age_rating, user_id) from comics where id = :comic) as rated",
    )


COMMENTS = _listing()
SEEN = _listing(f"and m.user_id not in {FROM_VIEWER}")

# Everybody who writes or deletes a comment takes the comic first: two that touch the same rating then never wait for each other.
LOCK = f"""
select c.user_id, c.age_rating, c.title, u.language, {between("c.user_id", ":user")} as apart from comics c join users u on u.id_users = c.user_id
where c.id = :comic and c.is_public for no key update of c
"""

# The reader's earlier rating is taken off its comment before the new one is written, as the unique index on ratings wants it.
WRITE = """
with before as (select id, rating from comments
                where comic_id = :comic and user_id = :user and rating is not null and cast(:rating as bigint) is not null),
     moved as (update comments m set rating = null, updated_at = :now from before where m.id = before.id returning before.rating, m.hidden_at),
     earlier as (select count(*) as ratings, coalesce(sum(rating), 0) as stars from moved where hidden_at is null),
     written as (insert into comments (comic_id, user_id, content, rating, created_at, updated_at)
                 select :comic, :user, :content, cast(:rating as bigint), :now, :now from earlier returning id),
     counted as (update comics c set total_comments = c.total_comments + 1,
                     rating_count = c.rating_count + case when cast(:rating as bigint) is null then 0 else 1 - e.ratings end,
                     rating_sum = c.rating_sum + coalesce(cast(:rating as bigint), 0) - e.stars
                 from earlier e where c.id = :comic and exists (select from written) returning c.total_comments)
select written.id, counted.total_comments as total from written, counted
"""

SHOW = f"select {ITEM}::text from comments m join users u on u.id_users = m.user_id where m.id = :comment"

FIND = """
select m.user_id, m.comic_id, m.hidden_at, c.is_public, c.user_id as author from comments m join comics c on c.id = m.comic_id
where m.id = :comment for no key update of c
"""

# What moderators have hidden is not counted any more.
DELETE = """
with gone as (delete from comments where id = :comment returning comic_id, hidden_at, case when hidden_at is null then rating end as rating)
update comics c set total_comments = c.total_comments - case when gone.hidden_at is null then 1 else 0 end,
    rating_count = c.rating_count - case when gone.rating is null then 0 else 1 end, rating_sum = c.rating_sum - coalesce(gone.rating, 0)
from gone where c.id = gone.comic_id
"""


def page(db: Db, comic: int, asked: PageQuery, viewer: User | None) -> Json:
    """The comments on a public comic, newest first, with its ratings beside them; raises `NotFound` and `AgeRestricted`.

    Whom a block keeps apart from `viewer` is left out; average and number are everybody's.
    """
    seen, values = (SEEN, {"viewer": viewer.id}) if viewer else (COMMENTS, {})
    found = lists.page(db, asked, seen, comic=comic, media=media.base(), **values)
    ages.check(ages.Rated(*found.beside.pop("rated")), viewer)
    found.beside["rating"] = summary(found.beside["rating"])
    return found


def summary(counted: dict[str, int] | None) -> dict[str, Any]:
    """Average (stars, two decimals; None without ratings), number and histogram of ratings from the readers of each number of stars."""
    histogram = {str(stars): (counted or {}).get(str(stars), 0) for stars in range(1, 6)}
    count = sum(histogram.values())
    total = sum(int(stars) * readers for stars, readers in histogram.items())
    return {"average": round(total / count, 2) if count else None, "count": count, "histogram": histogram}


def write(db: Db, user: User, comic: int, asked: NewComment) -> Json:
    """Comment on a public comic; the `Comment`. Raises `NotFound`, `AgeRestricted` or `Blocked`."""
    work = db.maybe(LOCK, comic=comic, user=user.id)
    if work is None:
        raise NotFound
    ages.check(work, user)
    if work.apart:
        raise Blocked
    row = db.one(WRITE, comic=comic, user=user.id, content=asked.content, rating=asked.rating, now=clock.now())
    notices.commented(db, notices.Work(comic, work.title, work.user_id, work.language), user, row.id, asked.content, row.total)
    return Json(db.value(SHOW, comment=row.id, media=media.base()))


def delete(db: Db, user: User, comment: int) -> None:
    """Delete a comment and its rating: one's own, or anybody's as a moderator.

    Raises `NotYours`, or `NotFound` where the caller cannot see it either.
    """
    row = db.maybe(FIND, comment=comment)
    if row is None:
        raise NotFound
    if user.id != row.user_id and user.role not in MODERATORS:
        raise NotYours if row.is_public and row.hidden_at is None else NotFound
    if not db.run(DELETE, comment=comment):
        # Somebody else deleted it while we waited for the comic.
        raise NotFound
    notices.uncommented(db, row.author, comment)
    if user.id != row.user_id:
        audit.record(db, user.id, "comment.delete", "comment", comment, before={"comic_id": row.comic_id, "user_id": row.user_id})
        moderation.close(db, user, "comment", comment, "upheld", "delete", None)
