"""New accounts and their proof.

Anybody may register with any address, as often as codes are allowed: each registration is a row of
its own with its own password, and a code verifies the row it was sent for. So nobody's password can
be slipped under an address that somebody else proves, and registering tells nothing about who exists.
"""

import secrets
from typing import Any

from common import clock, codes, ledger, passwords, settings
from common.db import Db, code

from .schemas import Register, Verify

# Without 0, O, 1, I and L, which people mistake when they read a code to each other.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def register(db: Db, asked: Register, language: str) -> dict[str, Any]:
    """Write an unverified account and have a code sent to its e-mail; `language` is the one its mails are written in.

    Raises `TooManyRequests` when the address asked for codes too often.
    """
    hashed = passwords.hashed(asked.password)
    user = db.value(
        "insert into users (full_name, email, phone_number, password, referral_code_id, referrals_for, language)"
        " values (:full_name, :email, :phone, :password, :code, :referrer, :language) returning id_users",
        full_name=asked.full_name,
        email=asked.email,
        phone=asked.phone_number,
        password=hashed,
        code=_referral_code(),
        referrer=asked.referral_code,
        language=language,
    )
    if asked.email:
        codes.request(db, "verify", asked.email, user)
    return {"user_id": user, "email": asked.email, "phone_number": asked.phone_number, "verification_code_sent": asked.email is not None}


def _referral_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def resend(db: Db, address: str) -> None:
    """Have another code sent, for the latest registration with `address`; an unknown address does the same work."""
    user = db.value(
        "select id_users from users where lower(email) = :address and not is_verified order by id_users desc limit 1", address=address
    )
    codes.request(db, "verify", address, user)


def verify(db: Db, asked: Verify) -> int | codes.InvalidCode:
    """Verify the account that the code was sent for; its id, or the problem to return so that the try is counted."""
    address = asked.address or ""
    user = codes.use(db, "verify", address, asked.verification_code)
    if user is None:
        return codes.InvalidCode()
    people.become_verified(db, user)
    return user
