"""An account as its owner sees it, and as others do."""

from datetime import datetime
from typing import Any

from common import media
from common.db import Db
from common.i18n import Language
from common.problems import NotFound
from common.replies import Out

# Whose referral code was typed, also for whom it is looked up in public. Codes that were adopted keep their capitals, and two may
# differ in them alone: the very one that was typed counts first, then the older account's.
BY_REFERRAL_CODE = """
select id_users from users where upper(referral_code_id) = upper(trim(:code)) and is_verified and suspended_at is null and erased_at is null
order by referral_code_id <> trim(:code), id_users limit 1
"""

# By what name somebody of the row `u` of users publishes.
BYLINE = "coalesce(nullif(u.username, ''), u.full_name)"


class Account(Out):
    """The signed-in person's own account; `balance` is the wallet's available rupiah."""

    id_users: int
    full_name: str
    username: str | None
    email: str | None
    phone_number: str | None
    referral_code_id: str
    is_verified: bool
    region: str | None
    city: str | None
    role: str
    login_method: str
    kredit: int
    balance: int
    profile_photo_path: str | None
    photo: media.Image | None
    publish_quota: int
    watermark: bool
    language: Language
    previous_rating: int | None
    previous_rating_name: str | None
    created_at: datetime
    updated_at: datetime


class Person(Out):
    """What anybody may see of somebody: never an e-mail or a phone number."""

    id_users: int
    full_name: str
    username: str | None
    profile_photo_path: str | None
    previous_rating: int | None
    previous_rating_name: str | None


def account(db: Db, user: int) -> dict[str, Any]:
    """The account `user` as an `Account`; raises `NotFound`."""
    row = db.maybe(
        "select u.*, coalesce(w.available, 0) as balance from users u left join creator_wallets w on w.user_id = u.id_users where u.id_users = :user",
        user=user,
    )
    if row is None:
        raise NotFound
    return {**row._asdict(), "profile_photo_path": media.public(row.profile_photo_path), "photo": media.published(row.photo)}
