"""Social: likes, comments with ratings, follows and the feed of followed creators, bookmarks, and the reading history."""

from typing import Any

from common import auth
from common.api import Api
from common.auth import User
from common.comics import ages, copies
from common.comics.shapes import ComicItem
from common.db import Db
from common.i18n import Text
from common.intake import Id, invalid
from common.needs import Needs
from common.pages import PageQuery
from common.problems import NotFound, TooManyRequests
from common.replies import Answer

from . import blocks, bookmarks, cases, comments, feed, follows, history, likes, moderation, reports
from .apart import Blocked
from .schemas import (
    BlockedPerson,
    Bookmark,
    Case,
    CaseDetail,
    Cleared,
    ComicIds,
    ComicIdsQuery,
    Comment,
    Decide,
    FollowCounts,
    Followed,
    FollowStatus,
    Hide,
    HistoryEntry,
    Like,
    LikeStatus,
    NewComment,
    NewReport,
    Queue,
    Rate,
    Reply,
    Restore,
    Saved,
    Taken,
    Told,
)

api = Api("social", needs=Needs(max=5, uses=("enqueue", "publish", "read", "sign")))

LIKED = Text("Comic liked successfully", "Komik disukai")
ALREADY_LIKED = Text("Already liked", "Sudah disukai")
UNLIKED = Text("Comic unliked successfully", "Suka dibatalkan")
NOT_LIKED = Text("Not liked", "Belum disukai")
FOLLOWING = Text("You follow this creator now", "Kamu sekarang mengikuti kreator ini")
ALREADY_FOLLOWING = Text("Already following", "Sudah diikuti")
UNFOLLOWED = Text("You no longer follow this creator", "Kamu berhenti mengikuti kreator ini")
NOT_FOLLOWING = Text("Not following", "Belum diikuti")
BLOCKED = Text("This person is blocked", "Orang ini diblokir")
UNBLOCKED = Text("This person is not blocked any more", "Blokir dibatalkan")
HIDDEN = Text("Hidden", "Disembunyikan")
RESTORED = Text("Brought back", "Ditampilkan lagi")


@api.get(
    "/v1/comics/{comic}/comments",
    caller=auth.maybe_user,
    gives=list[Comment],
    raises=[NotFound, ages.AgeRestricted],
    aliases=["/v1/comics/{comic}/review_comments"],
)
def list_comments(db: Db, user: User | None, comic: Id, query: PageQuery) -> Any:
    """List the comments on a public comic, newest first, with average, number and histogram of its ratings under `rating`."""
    return comments.page(db, comic, query, user)


@api.post(
    "/v1/comics/{comic}/comments",
    caller=auth.user,
    gives=Comment,
    status=201,
    message=Text("Comment added successfully", "Komentar ditambahkan"),
    raises=[NotFound, ages.AgeRestricted, Blocked],
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


@api.post("/v1/comics/{comic}/likes", caller=auth.user, message=LIKED, raises=[NotFound, ages.AgeRestricted, Blocked])
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


@api.post("/v1/users/{user_id}/follow", caller=auth.user, message=FOLLOWING, raises=[NotFound, follows.NotOneself, Blocked])
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


@api.post("/v1/users/{user_id}/block", caller=auth.user, message=BLOCKED, raises=[NotFound, blocks.NotYourself])
def block(db: Db, user: User, user_id: Id) -> None:
    """Block somebody: both stop following each other, and neither comments on the other's comics or reads the other's comments."""
    blocks.block(db, user, user_id)


@api.delete("/v1/users/{user_id}/block", caller=auth.user, message=UNBLOCKED)
def unblock(db: Db, user: User, user_id: Id) -> None:
    """Block somebody no more; where one did not, nothing changes."""
    blocks.unblock(db, user, user_id)


@api.get("/v1/blocks", caller=auth.user, gives=list[BlockedPerson])
def list_blocks(db: Db, user: User, query: PageQuery) -> Any:
    """List whom one blocks, latest first."""
    return blocks.page(db, user, query)


@api.post(
    "/v1/reports",
    caller=auth.user,
    status=201,
    message=Text("Thank you; somebody will look at it", "Terima kasih; laporanmu akan diperiksa"),
    raises=[NotFound, reports.OwnWork, TooManyRequests],
)
def report(db: Db, user: User, body: NewReport) -> Any:
    """Report a comic, a comment or a person to the moderators; reporting it again before they decide changes nothing."""
    return reports.report(db, user, body)


@api.get("/v1/admin/reports", caller=auth.moderator, gives=list[Case])
def list_reports(db: Db, query: Queue) -> Any:
    """List what was reported, one case for each subject, oldest or most reported first."""
    return cases.page(db, query)


@api.get("/v1/admin/reports/{report_id}", caller=auth.moderator, gives=CaseDetail, raises=[NotFound])
def show_report(db: Db, report_id: Id) -> Any:
    """Show a case with its newest reports and, where it is about a comic, all of the comic, also while it is hidden."""
    return cases.detail(db, report_id)


@api.post(
    "/v1/admin/reports/{report_id}/decide",
    caller=auth.moderator,
    message=Text("Decided", "Diputuskan"),
    raises=[NotFound, cases.AlreadyDecided, moderation.OwnCase, moderation.NotOverStaff, moderation.Changed, copies.StillRemoving],
)
def decide_report(user: User, report_id: Id, body: Decide) -> None:
    """Decide a case: hide or suspend, reject it, or restore what was hidden; those concerned are told."""
    cases.decide(user, report_id, body)


@api.post("/v1/admin/reports/{report_id}/reply", caller=auth.moderator, gives=Told, message=Text("Sent", "Terkirim"), raises=[NotFound])
def reply_to_report(db: Db, user: User, report_id: Id, body: Reply) -> Any:
    """Say something to everybody who reported a case."""
    return Told(told=cases.reply(db, user, report_id, body.message))


@api.post("/v1/admin/comics/{comic}/hide", caller=auth.moderator, message=HIDDEN, raises=[NotFound, moderation.OwnCase])
def hide_comic(db: Db, user: User, comic: Id, body: Hide) -> None:
    """Hide a comic from everybody but its owner, who is told why; hiding it again changes nothing."""
    moderation.hide_comic(db, user, comic, body)


@api.post(
    "/v1/admin/comics/{comic}/restore",
    caller=auth.moderator,
    message=RESTORED,
    raises=[NotFound, moderation.OwnCase, moderation.Changed, copies.StillRemoving],
)
def restore_comic(user: User, comic: Id, body: Restore) -> None:
    """Bring a hidden comic back; where it is not hidden, nothing changes."""
    moderation.restore_comic(user, comic, body.note)


@api.put(
    "/v1/admin/comics/{comic}/age-rating",
    caller=auth.moderator,
    message=Text("Age rating set", "Batas usia disimpan"),
    raises=[NotFound, moderation.OwnCase],
)
def rate_comic(db: Db, user: User, comic: Id, body: Rate) -> None:
    """Set a comic's age rating, below which its owner cannot go; the owner is told."""
    moderation.rate_comic(db, user, comic, body)


@api.post("/v1/admin/comments/{comment_id}/hide", caller=auth.moderator, message=HIDDEN, raises=[NotFound, moderation.OwnCase])
def hide_comment(db: Db, user: User, comment_id: Id, body: Hide) -> None:
    """Hide a comment with its rating from everybody; whoever wrote it is told why."""
    moderation.hide_comment(db, user, comment_id, body)


@api.post("/v1/admin/comments/{comment_id}/restore", caller=auth.moderator, message=RESTORED, raises=[NotFound, moderation.OwnCase])
def restore_comment(db: Db, user: User, comment_id: Id, body: Restore) -> None:
    """Bring a hidden comment back; where it is not hidden, nothing changes."""
    moderation.restore_comment(db, user, comment_id, body.note)


@api.post(
    "/v1/admin/users/{user_id}/suspend",
    caller=auth.moderator,
    message=Text("Suspended", "Ditangguhkan"),
    raises=[NotFound, moderation.OwnCase, moderation.NotOverStaff],
)
def suspend_user(db: Db, user: User, user_id: Id, body: Hide) -> None:
    """Suspend somebody, who is told why by mail; administrators alone suspend those who work here."""
    moderation.suspend(db, user, user_id, body)


@api.post(
    "/v1/admin/users/{user_id}/restore",
    caller=auth.moderator,
    message=RESTORED,
    raises=[NotFound, moderation.OwnCase, moderation.NotOverStaff],
)
def restore_user(db: Db, user: User, user_id: Id, body: Restore) -> None:
    """Open a suspended account again; where it is not suspended, nothing changes. Administrators alone restore those who work here."""
    moderation.unsuspend(db, user, user_id, body.note)


main = api.main()
