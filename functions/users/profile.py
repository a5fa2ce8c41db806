"""The details of a profile: name, username, e-mail address, and how often they may change."""

import re
from datetime import datetime, timedelta
from typing import Any

from common import clock, codes, mails, newcomers, oidc, people, settings
from common.db import Db, code, constraint, json
from common.i18n import Text
from common.problems import Conflict, TooManyRequests, invalid

from .schemas import Details

# Letters that every reader tells apart, without joiners and marks that nobody sees; and neither blank nor @ nor /, so that no
# username is read as an address or a path.
USERNAME = re.compile(r"[A-Za-z0-9_.-]+")


class UsernameTaken(Conflict):
    """Somebody else has this username, in whatever case."""

    detail = Text("This username is taken", "Username ini sudah dipakai")


class PhoneTaken(Conflict):
    """Another account has proven this number."""

    detail = Text("This phone number belongs to another account", "Nomor telepon ini milik akun lain")


class UpdatesUsedUp(TooManyRequests):
    """The profile was changed as often as a month allows."""

    detail = Text(
        "Your profile was changed {limit} times this month; the next change is possible next month",
        "Profil Anda sudah diubah {limit} kali bulan ini; perubahan berikutnya bisa dilakukan bulan depan",
    )


def proven_phone(asked: Details) -> str | None:
    """The number that the request proves, if it does; Firebase's keys are asked for before any transaction begins.

    Raises `InvalidPhoneProof`, and `Unavailable` when the keys cannot be had.
    """
    if asked.firebase_id_token is None:
        return None
    number = oidc.phone(asked.firebase_id_token)
    if number is None:
        raise newcomers.InvalidPhoneProof
    return number


def update(db: Db, user: int, asked: Details, phone: str | None = None) -> dict[str, Any]:
    """Change name, username, language and a proven `phone` at once; have a new e-mail address asked for its code, and change nothing before it comes.

    The account's row is locked, so that changes at the same moment are counted one by one.
    Raises `UsernameTaken`, `PhoneTaken`, `UpdatesUsedUp`, a 422 for a new username that is none, or `TooManyRequests` for too many codes.
    """
    # The comics before the account, as whoever publishes or draws one locks them.
    db.all(SIGNED, user=user, full_name=asked.full_name, username=asked.username)
    row = _locked(db, user)
    changes = _changes(row, asked)
    email = asked.email if asked.email != (row.email or "").lower() or row.unproven == "email" else None
    phone = phone if phone != row.phone_number or row.unproven == "phone" else None
    if changes or email or phone:
        _within_quota(db, user)
    if changes:
        _rename(db, row, changes)
    if asked.language:
        db.run("update users set language = :language where id_users = :user", user=user, language=asked.language)
    if email:
        codes.request(db, "change_email", email, user)
    if phone:
        _set_phone(db, row, phone)
    return {**people.account(db, user), "pending_email": email}


def _locked(db: Db, user: int) -> Any:
    return db.one(
        "select id_users, full_name, username, email, phone_number, unproven, suspended_at from users where id_users = :user for no key update",
        user=user,
    )


def _changes(row: Any, asked: Details) -> dict[str, Any]:
    """Which names become others. Apps send along what stays, and a username of the old backend may have had any letters."""
    given = {"full_name": asked.full_name, "username": asked.username}
    changes = {field: {"from": getattr(row, field), "to": to} for field, to in given.items() if to not in (None, getattr(row, field))}
    if "username" in changes and not USERNAME.fullmatch(changes["username"]["to"]):
        raise invalid("body", "username", "A username has letters (A to Z), digits, dots, hyphens and underscores")
    return changes


# The comics whose author's name becomes another.
SIGNED = f"""
select c.id from comics c join users u on u.id_users = c.user_id
where c.user_id = :user and c.publisher = {people.BYLINE} and c.publisher <> coalesce(:username, nullif(u.username, ''), :full_name, u.full_name)
order by c.id for no key update of c
"""

# What was published under another name, by the old backend say, keeps it.
SIGN = f"""
update comics c set publisher = {people.BYLINE} from users u
where c.user_id = :user and u.id_users = c.user_id and c.publisher = :before and c.publisher <> {people.BYLINE}
"""


def _rename(db: Db, row: Any, changes: dict[str, Any]) -> None:
    """Change the names of a locked account, and the author's name of its comics."""
    user = row.id_users
    to = {field: change["to"] for field, change in changes.items()}
    try:
        db.run(
            "update users set full_name = coalesce(:full_name, full_name), username = coalesce(:username, username), updated_at = :now"
            " where id_users = :user",
            user=user,
            full_name=to.get("full_name"),
            username=to.get("username"),
            now=clock.now(),
        )
    except Exception as error:
        if code(error) != "23505" or constraint(error) != "uq_users_lower_username":
            raise
        raise UsernameTaken from error
    db.run(SIGN, user=user, before=row.username or row.full_name)
    _log(db, user, changes)


def _log(db: Db, user: int, changes: dict[str, Any]) -> int:
    entry: int = db.value(
        "insert into profile_updates_log (user_id, changes, created_at) values (:user, cast(:changes as jsonb), :now) returning id",
        user=user,
        changes=json(changes),
        now=clock.now(),
    )
    return entry


def confirm_email(db: Db, email: str, given: str) -> int | None:
    """Make `email` the address of the account that asked for it, and tell the old one if it was proven; None when the code is not valid.

    Codes that went to the old address are void from now on: it may be the reason for the change.
    Raises `UpdatesUsedUp`, which leaves the code good for next month, and `InvalidCode` when the account was
    suspended or somebody else proved the address meanwhile.
    """
    user = codes.use(db, "change_email", email, given)
    if user is None:
        return None
    row = _locked(db, user)
    if row.suspended_at is not None:
        # It may be suspended because of whoever asked for the change, who shall not take the account along.
        raise codes.InvalidCode
    _within_quota(db, user)
    _set_email(db, user, email)
    entry = _log(db, user, {"email": {"from": row.email, "to": email}})
    codes.withdraw(db, user, "reset", "delete", "change_email", "verify")
    if row.unproven != "email":
        mails.queue(db, "email_changed", user, log=entry)
    return user


def _set_email(db: Db, user: int, email: str) -> None:
    """Make a proven address the account's; accounts that only claimed it lose it, one that proved it keeps it."""
    newcomers.take_from_others(db, user, "email", email)
    try:
        db.run(
            "update users set email = :email, unproven = nullif(unproven, 'email'), updated_at = :now where id_users = :user",
            user=user,
            email=email,
            now=clock.now(),
        )
    except Exception as error:
        if code(error) != "23505":
            raise
        raise codes.InvalidCode from error


def _set_phone(db: Db, row: Any, phone: str) -> None:
    """Make a proven number the account's; accounts that only claimed it lose it, one that proved it keeps it."""
    user = row.id_users
    newcomers.take_from_others(db, user, "phone", phone)
    try:
        db.run(
            "update users set phone_number = :phone, unproven = nullif(unproven, 'phone'), updated_at = :now where id_users = :user",
            user=user,
            phone=phone,
            now=clock.now(),
        )
    except Exception as error:
        if code(error) != "23505":
            raise
        raise PhoneTaken from error
    entry = _log(db, user, {"phone_number": {"from": row.phone_number, "to": phone}})
    mails.queue(db, "phone_changed", user, log=entry)


def quota(db: Db, user: int) -> dict[str, Any]:
    """How many changes this month still allows, and when the next one begins."""
    start, end = _month()
    limit = settings.PROFILE_UPDATES_PER_MONTH()
    used = db.value("select count(*) from profile_updates_log where user_id = :user and created_at >= :start", user=user, start=start)
    return {"remaining_quota": max(0, limit - used), "monthly_quota": limit, "quota_resets_at": end}


def _within_quota(db: Db, user: int) -> None:
    left = quota(db, user)
    if left["remaining_quota"] == 0:
        wait = int((left["quota_resets_at"] - clock.now()).total_seconds()) + 1
        raise UpdatesUsedUp(retry_after=wait, limit=left["monthly_quota"])


def _month() -> tuple[datetime, datetime]:
    """The calendar month in Jakarta: its first moment and the next one's."""
    start = clock.now().astimezone(clock.WIB).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, (start + timedelta(days=32)).replace(day=1)
