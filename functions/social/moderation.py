"""What moderators do: hide and bring back comics and comments, suspend people, set age ratings.

Each act locks its subject first and then the open case about it, which it closes; it is written into
the audit log and told to those concerned, all in the transaction that does it. Nobody decides about
their own.
"""

import uuid
from datetime import datetime
from typing import Any

from common import audit, clock, jobs, mails
from common.auth import User
from common.clients import storage
from common.comics import copies, states
from common.db import Db, transaction
from common.i18n import Text
from common.problems import Conflict, Forbidden, NotFound
from common.rules import REASONS

from . import notices, outcomes
from .schemas import Hide, Rate

STAFF = ("moderator", "finance", "admin")


class OwnCase(Forbidden):
    """It is the moderator's own; somebody else decides."""

    detail = Text("This is your own; somebody else has to decide", "Ini milikmu sendiri; orang lain yang harus memutuskan")


class NotOverStaff(Forbidden):
    """Administrators alone suspend and restore those who work here; administrators are left to the command line."""

    detail = Text("You cannot suspend or restore this person", "Kamu tidak dapat menangguhkan atau memulihkan orang ini")


class Changed(Conflict):
    """Somebody changed the comic while its pictures were being copied."""

    detail = Text("The comic was changed meanwhile; try again", "Komik berubah sementara itu; coba lagi")


CLOSE = """
update moderation_cases set status = :status, decision = :decision, note = :note, decided_by = :by, decided_at = :now, updated_at = :now
where subject_type = :type and subject_id = :subject and status = 'open' returning id, subject_type, subject_id
"""

# What was decided against it before is decided anew.
UNDO = """
update moderation_cases set status = 'rejected', decision = 'restore', note = :note, decided_by = :by, decided_at = :now, updated_at = :now
where id = (select id from moderation_cases where subject_type = :type and subject_id = :subject and status = 'upheld' order by id desc limit 1)
"""

# The comic is locked before its comment, as everywhere. A rating that is hidden is none.
COMMENT = """
select m.id, m.user_id, m.comic_id, m.hidden_at, c.title, c.user_id as author from comments m join comics c on c.id = m.comic_id
where m.id = :comment for no key update of c
"""

HIDE_COMMENT = """
with hidden as (update comments set hidden_at = :now where id = :comment and hidden_at is null returning comic_id, rating)
update comics c set total_comments = c.total_comments - 1, rating_count = c.rating_count - case when h.rating is null then 0 else 1 end,
    rating_sum = c.rating_sum - coalesce(h.rating, 0) from hidden h where c.id = h.comic_id
"""

RESTORE_COMMENT = """
with back as (update comments set hidden_at = null where id = :comment and hidden_at is not null returning comic_id, rating)
update comics c set total_comments = c.total_comments + 1, rating_count = c.rating_count + case when b.rating is null then 0 else 1 end,
    rating_sum = c.rating_sum + coalesce(b.rating, 0) from back b where c.id = b.comic_id
"""


def hide_comic(db: Db, by: User, comic: int, asked: Hide) -> bool:
    """Hide a comic: invisible to all but its owner from this commit on, its public files removed right after; False when it was."""
    row = states.lock(db, comic)
    _not_own(by, row.user_id)
    hides = row.hidden_at is None
    if hides:
        db.run("update comics set hidden_at = :now where id = :comic", comic=comic, now=clock.now())
        if row.published_at is not None:
            copies.take_back(db, row)
        audit.record(db, by.id, "comic.hide", "comic", comic, after={"reason": asked.reason}, reason=asked.note)
        why = {"title": row.title, "reason": REASONS[asked.reason]}
        outcomes.tell(db, row.user_id, outcomes.COMIC_HIDDEN, outcomes.COMIC_HIDDEN_WHY, {"comic_id": comic}, **why)
    close(db, by, "comic", comic, "upheld", "hide", asked.note)
    return hides


def restore_comic(by: User, comic: int, note: str | None) -> bool:
    """Bring a hidden comic back; False when it was not hidden.

    The pictures are copied before readers see it, outside any transaction and guarded by the job that
    removes them again, as when it is published. Raises `StillRemoving` and `Changed`.
    """
    guard = f"comic:{comic}:copies:{uuid.uuid4()}"
    with transaction() as db:
        row = states.lock(db, comic)
        since = clock.now()
        files = _needed(db, by, row, since)
        if files:
            copies.guard(db, guard, comic, files)
    storage.publish(files)
    with transaction() as db:
        row = states.lock(db, comic)
        needed = _needed(db, by, row, since)
        if not set(needed) <= set(files):
            raise Changed
        if row.hidden_at is not None:
            db.run("update comics set hidden_at = null where id = :comic", comic=comic)
            audit.record(db, by.id, "comic.restore", "comic", comic, reason=note)
            outcomes.tell(db, row.user_id, outcomes.COMIC_RESTORED, outcomes.COMIC_RESTORED_WHY, {"comic_id": comic}, title=row.title)
        if needed:
            # Where its owner took the comic back meanwhile, nobody needs the copies: the guard removes them.
            jobs.cancel(db, guard)
        _undo(db, by, "comic", comic, note)
    return row.hidden_at is not None


def _needed(db: Db, by: User, row: Any, since: datetime) -> list[str]:
    """The files that readers will need once the comic is not hidden any more; raises unless copies made after `since` are there."""
    _not_own(by, row.user_id)
    if row.hidden_at is None or row.published_at is None:
        return []
    copies.none_going(db, row.id, since)
    return copies.of(db, row)


def rate_comic(db: Db, by: User, comic: int, asked: Rate) -> None:
    """Set a comic's age rating, below which its owner cannot go."""
    row = states.lock(db, comic)
    _not_own(by, row.user_id)
    db.run("update comics set age_rating = :rating, least_age_rating = :rating where id = :comic", comic=comic, rating=asked.age_rating)
    before = {"age_rating": row.age_rating, "least_age_rating": row.least_age_rating}
    audit.record(db, by.id, "comic.rate", "comic", comic, before=before, after={"age_rating": asked.age_rating}, reason=asked.note)
    if asked.age_rating != row.age_rating:
        about = {"title": row.title, "rating": outcomes.rated(asked.age_rating)}
        outcomes.tell(db, row.user_id, outcomes.COMIC_RATED, outcomes.COMIC_RATED_WHY, {"comic_id": comic}, **about)


def hide_comment(db: Db, by: User, comment: int, asked: Hide) -> bool:
    """Hide a comment and its rating, and the notice that quotes it; False when it was hidden."""
    row = _comment(db, by, comment)
    hides = bool(db.run(HIDE_COMMENT, comment=comment, now=clock.now()))
    if hides:
        notices.uncommented(db, row.author, comment)
        audit.record(db, by.id, "comment.hide", "comment", comment, after={"reason": asked.reason}, reason=asked.note)
        why = {"title": row.title, "reason": REASONS[asked.reason]}
        about = {"comment_id": comment, "comic_id": row.comic_id, "user_id": row.author}
        outcomes.tell(db, row.user_id, outcomes.COMMENT_HIDDEN, outcomes.COMMENT_HIDDEN_WHY, about, **why)
    close(db, by, "comment", comment, "upheld", "hide", asked.note)
    return hides


def restore_comment(db: Db, by: User, comment: int, note: str | None) -> bool:
    """Bring a hidden comment back; False when it was not hidden."""
    row = _comment(db, by, comment)
    back = bool(db.run(RESTORE_COMMENT, comment=comment))
    if back:
        audit.record(db, by.id, "comment.restore", "comment", comment, reason=note)
        about = {"comment_id": comment, "comic_id": row.comic_id, "user_id": row.author}
        outcomes.tell(db, row.user_id, outcomes.COMMENT_RESTORED, outcomes.COMMENT_RESTORED_WHY, about, title=row.title)
    _undo(db, by, "comment", comment, note)
    return back


def _comment(db: Db, by: User, comment: int) -> Any:
    row = db.maybe(COMMENT, comment=comment)
    if row is None:
        raise NotFound
    _not_own(by, row.user_id)
    return row


def suspend(db: Db, by: User, user: int, asked: Hide) -> bool:
    """Suspend somebody: no token opens anything from this commit on; False when the account was. A mail tells why."""
    row = _person(db, by, user)
    suspends = row.suspended_at is None
    if suspends:
        db.run("update users set suspended_at = :now where id_users = :user", user=user, now=clock.now())
        audit.record(db, by.id, "user.suspend", "user", user, after={"reason": asked.reason}, reason=asked.note)
        mails.queue(db, "suspended", user, reason=asked.reason)
    close(db, by, "user", user, "upheld", "suspend", asked.note)
    return suspends


def unsuspend(db: Db, by: User, user: int, note: str | None) -> bool:
    """Open a suspended account again; False when it was not suspended."""
    row = _person(db, by, user)
    if row.suspended_at is not None:
        db.run("update users set suspended_at = null where id_users = :user", user=user)
        audit.record(db, by.id, "user.restore", "user", user, reason=note)
        outcomes.tell(db, user, outcomes.ACCOUNT_RESTORED, outcomes.ACCOUNT_RESTORED_WHY, {"user_id": user})
    _undo(db, by, "user", user, note)
    return row.suspended_at is not None


def _person(db: Db, by: User, user: int) -> Any:
    row = db.maybe("select role, suspended_at from users where id_users = :user and erased_at is null for no key update", user=user)
    if row is None:
        raise NotFound
    _not_own(by, user)
    _not_over_staff(by, row.role)
    return row


def _not_over_staff(by: User, role: str) -> None:
    # Restoring too: whom operations have suspended still has the sessions of before.
    if role in STAFF and (by.role != "admin" or role == "admin"):
        raise NotOverStaff


def _not_own(by: User, owner: int) -> None:
    if by.id == owner:
        raise OwnCase


def close(db: Db, by: User, kind: str, subject: int, status: str, decision: str, note: str | None) -> bool:
    """End the open case about a subject, and tell whoever reported it; False where there is none."""
    row = db.maybe(CLOSE, type=kind, subject=subject, status=status, decision=decision, note=note, by=by.id, now=clock.now())
    if row is not None:
        outcomes.tell_reporters(db, row, "decided", outcomes.UPHELD if status == "upheld" else outcomes.REJECTED)
    return row is not None


def _undo(db: Db, by: User, kind: str, subject: int, note: str | None) -> None:
    close(db, by, kind, subject, "rejected", "restore", note)
    db.run(UNDO, type=kind, subject=subject, by=by.id, note=note, now=clock.now())
