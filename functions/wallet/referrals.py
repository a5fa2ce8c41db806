"""Who brought whom: one parent each, never oneself, never in a circle."""

from datetime import timedelta
from typing import Any

from common import clock, media, pages, people
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.problems import Conflict, NotFound, Problem
from common.replies import Answer

from .schemas import MyReferrals

# How long after registering one may still say who told one.
DAYS = 7

# Setting a parent looks at a whole chain and then adds to it, so two people naming each other at the
# same moment would both pass; this lock makes it one after the other. It happens once in an account's life.
LOCK = "select pg_advisory_xact_lock(hashtextextended('referrals', 0))"

# UNION, not UNION ALL: it ends even if a circle ever got in.
ABOVE = """
with recursive above as (
    select cast(:parent as bigint) as id
    union
    select r.referrer_id from referrals r join above on r.referred_user_id = above.id)
select exists (select from above where id = :user)
"""

PAGE = """
select r.id, r.referrer_id, r.referred_user_id, r.created_at, r.updated_at, u.full_name, u.username, u.profile_photo_path, u.created_at as joined_at
from referrals r join users u on u.id_users = r.referred_user_id
where r.referrer_id = :user and r.id < coalesce(cast(:before as bigint), 9223372036854775807) order by r.id desc limit :limit offset :offset
"""


class UnknownCode(Problem):
    """Nobody has this code."""

    status = 422
    detail = Text("Nobody has this referral code", "Kode referral ini tidak ditemukan")


class AlreadyReferred(Conflict):
    """There is a parent already, and it stays."""

    detail = Text("You were referred by somebody already", "Anda sudah memiliki pengundang")


class TooLate(Conflict):
    """The week after registering is over."""

    detail = Text(
        "A referral code can be entered within 7 days of registering", "Kode referral hanya bisa diisi dalam 7 hari sejak mendaftar"
    )


class NotThisCode(Conflict):
    """One's own code, or that of somebody whom one brought."""

    detail = Text("This code leads back to you", "Kode ini mengarah kembali kepada Anda")


def page(db: Db, user: User, asked: MyReferrals) -> Answer:
    """A page of the people the user brought, newest first, without their addresses."""
    before = pages.keys(asked, "referrals", int)
    rows = db.all(PAGE, user=user.id, before=before[0] if before else None, limit=asked.per_page + 1, offset=asked.offset)
    shown = rows[: asked.per_page]
    total = db.value("select count(*) from referrals where referrer_id = :user", user=user.id)
    cursor = pages.cursor("referrals", shown[-1].id) if shown else None
    return Answer([_shown(row) for row in shown], meta=pages.meta(asked, total, len(rows) > len(shown), cursor))


def _shown(row: Any) -> dict[str, Any]:
    person = {
        "id_users": row.referred_user_id,
        "full_name": row.full_name,
        "username": row.username,
        "profile_photo_path": media.public(row.profile_photo_path),
        "created_at": row.joined_at,
    }
    return {**row._asdict(), "referred_user": person}


def has_parent(db: Db, user: User) -> bool:
    """Whether somebody brought the user."""
    return bool(db.value("select true from referrals where referred_user_id = :user", user=user.id))


def is_code(db: Db, code: str) -> bool:
    """Whether somebody has this code; capitals do not matter."""
    return db.value(people.BY_REFERRAL_CODE, code=code) is not None


def set_parent(db: Db, user: User, code: str) -> None:
    """Say who brought the user, by code; raises `AlreadyReferred`, `TooLate`, `UnknownCode` or `NotThisCode`."""
    db.run(LOCK)
    if has_parent(db, user):
        raise AlreadyReferred
    joined = db.value("select created_at from users where id_users = :user", user=user.id)
    if clock.now() > joined + timedelta(days=DAYS):
        raise TooLate
    parent = db.value(people.BY_REFERRAL_CODE, code=code)
    if parent is None:
        raise UnknownCode
    if db.value(ABOVE, parent=parent, user=user.id):
        raise NotThisCode
    db.run("insert into referrals (referrer_id, referred_user_id) values (:parent, :user)", parent=parent, user=user.id)


def oneself(user: User, given: int | None) -> None:
    """Older apps name the account in the query; anybody but oneself does not exist."""
    if given not in (None, user.id):
        raise NotFound
