"""Social: likes, comments with ratings, follows and the feed of followed creators, bookmarks, and the reading history."""

from typing import Any

from common import auth
from common.api import Api
from common.auth import User
from common.comics.shapes import ComicItem
from common.db import Db
from common.i18n import Text
from common.intake import Id, invalid
from common.pages import PageQuery
from common.problems import NotFound
from common.replies import Answer

from . import bookmarks, comments, feed, follows, history, likes
from .schemas import (
    Bookmark,
    Cleared,
    ComicIds,
    ComicIdsQuery,
    Comment,
    FollowCounts,
    Followed,
    FollowStatus,
    HistoryEntry,
    Like,
    LikeStatus,
    NewComment,
    Saved,
    Taken,
)

api = Api("social")

LIKED = Text("Comic liked successfully", "Komik disukai")
ALREADY_LIKED = Text("Already liked", "Sudah disukai")
UNLIKED = Text("Comic unliked successfully", "Suka dibatalkan")
NOT_LIKED = Text("Not liked", "Belum disukai")
FOLLOWING = Text("You follow this creator now", "Kamu sekarang mengikuti kreator ini")
ALREADY_FOLLOWING = Text("Already following", "Sudah diikuti")
UNFOLLOWED = Text("You no longer follow this creator", "Kamu berhenti mengikuti kreator ini")
NOT_FOLLOWING = Text("Not following", "Belum diikuti")


@api.get(
    "/v1/comics/{comic}/comments",
    caller=auth.public,
    gives=list[Comment],
    raises=[NotFound],
    aliases=["/v1/comics/{comic}/review_comments"],
)
def list_comments(db: Db, comic: Id, query: PageQuery) -> Any:
    """List the comments on a public comic, newest first, with average, number and histogram of its ratings under `rating`."""
    return comments.page(db, comic, query)


@api.post(
    "/v1/comics/{comic}/comments",
    caller=auth.user,
    gives=Comment,
    status=201,
    message=Text("Comment added successfully", "Komentar ditambahkan"),
    raises=[NotFound],
    once=True,
)
def add_comment(db: Db, user: User, comic: Id, body: NewComment) -> Any:
    """Comment on a public comic, with a rating or without; a rating replaces one's earlier rating of this comic."""
    return comments.write(db, user, comic, body)


@api.delete(
    "/v1/comments/{comment_id}",
    caller=auth.user,
    message=Text("Comment deleted successfully", "Komentar dihapus"),
    raises=[NotFound, comments.NotYours],
)
def delete_comment(db: Db, user: User, comment_id: Id) -> None:
    """Delete one's own comment with its rating; moderators and administrators delete anybody's."""
    comments.delete(db, user, comment_id)


@api.get("/v1/comics/{comic}/likes", caller=auth.public, gives=list[Like], raises=[NotFound])
def list_likes(db: Db, comic: Id, query: PageQuery) -> Any:
    """List who likes a public comic, latest first."""
    return likes.likers(db, comic, query)


@api.post("/v1/comics/{comic}/likes", caller=auth.user, message=LIKED, raises=[NotFound])
def like(db: Db, user: User, comic: Id) -> Any:
    """Like a public comic; liking it again changes nothing."""
    return Answer(None, LIKED if likes.like(db, user, comic) else ALREADY_LIKED)


@api.delete("/v1/comics/{comic}/likes", caller=auth.user, message=UNLIKED)
def unlike(db: Db, user: User, comic: Id) -> Any:
    """Take one's like back; where there is none, nothing changes."""
    return Answer(None, UNLIKED if likes.unlike(db, user, comic) else NOT_LIKED)


@api.get("/v1/comics/{comic}/likes/status", caller=auth.user, gives=LikeStatus, raises=[NotFound])
def show_like_status(db: Db, user: User, comic: Id) -> Any:
    """Show whether one likes a public comic, and how many people do."""
    return likes.status(db, user, comic)


@api.post("/v1/users/{user_id}/follow", caller=auth.user, message=FOLLOWING, raises=[NotFound, follows.NotOneself])
def follow(db: Db, user: User, user_id: Id) -> Any:
    """Follow a creator; following again changes nothing."""
    return Answer(None, FOLLOWING if follows.follow(db, user, user_id) else ALREADY_FOLLOWING)


@api.delete("/v1/users/{user_id}/follow", caller=auth.user, message=UNFOLLOWED)
def unfollow(db: Db, user: User, user_id: Id) -> Any:
    """Follow a creator no more; where one did not, nothing changes."""
    return Answer(None, UNFOLLOWED if follows.unfollow(db, user, user_id) else NOT_FOLLOWING)


@api.get("/v1/users/{user_id}/followers", caller=auth.public, gives=list[Followed], raises=[NotFound])
def list_followers(db: Db, user_id: Id, query: PageQuery) -> Any:
    """List who follows somebody, latest first."""
    return follows.followers(db, user_id, query)


@api.get("/v1/users/{user_id}/following", caller=auth.public, gives=list[Followed], raises=[NotFound])
def list_following(db: Db, user_id: Id, query: PageQuery) -> Any:
    """List whom somebody follows, latest first."""
    return follows.following(db, user_id, query)


@api.get("/v1/users/{user_id}/follow-counts", caller=auth.public, gives=FollowCounts, raises=[NotFound])
def show_follow_counts(db: Db, user_id: Id) -> Any:
    """Show how many people follow somebody and how many that person follows."""
    return follows.counts(db, user_id)


@api.get("/v1/users/{user_id}/is-following", caller=auth.user, gives=FollowStatus, raises=[NotFound])
def show_follow_status(db: Db, user: User, user_id: Id) -> Any:
    """Show whether one follows somebody."""
    return follows.status(db, user, user_id)


@api.get("/v1/feed", caller=auth.user, gives=list[ComicItem])
def list_feed(db: Db, user: User, query: PageQuery) -> Any:
    """List the comics of the creators one follows, newest first."""
    return feed.page(db, user, query)


@api.get("/v1/bookmarks", caller=auth.user, gives=list[Bookmark])
def list_bookmarks(db: Db, user: User, query: PageQuery) -> Any:
    """List the comics one saved, latest first."""
    return bookmarks.page(db, user, query)


@api.post("/v1/bookmarks", caller=auth.user, gives=Saved, message=Text("Bookmarks saved", "Markah disimpan"))
def save_bookmarks(db: Db, user: User, body: ComicIds, query: ComicIdsQuery) -> Any:
    """Save comics for later; those that readers cannot see are named in `not_found` and left out."""
    return bookmarks.save(db, user, _named(body, query))


@api.delete("/v1/bookmarks", caller=auth.user, gives=Taken, message=Text("Bookmarks removed", "Markah dihapus"))
def remove_bookmarks(db: Db, user: User, body: ComicIds, query: ComicIdsQuery) -> Any:
    """Take comics off one's bookmarks; those that were none are named in `not_found`."""
    return bookmarks.remove(db, user, _named(body, query))


def _named(body: ComicIds, query: ComicIdsQuery) -> list[int]:
    """The comics that body and query name, at least one: some clients and proxies send no body with a DELETE."""
    if not body.comic_ids and not query.comic_ids:
        raise invalid("body", "comic_ids", "Name at least one comic", "missing")
    return [*body.comic_ids, *query.comic_ids]


@api.get("/v1/history", caller=auth.user, gives=list[HistoryEntry])
def list_history(db: Db, user: User, query: PageQuery) -> Any:
    """List what one read, latest first, and when."""
    return history.page(db, user, query)


@api.delete("/v1/history", caller=auth.user, gives=Cleared, message=Text("History cleared", "Riwayat dihapus"))
def clear_history(db: Db, user: User, query: ComicIdsQuery) -> Any:
    """Clear one's reading history; with `comic_ids` only those comics are taken off it."""
    return {"removed": history.clear(db, user, query.comic_ids)}


main = api.main()
