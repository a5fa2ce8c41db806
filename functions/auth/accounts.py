"""New accounts and their proof.

Anybody may register with any address, as often as codes are allowed: each registration is a row of
its own with its own password, and a code verifies the row it was sent for. So registering tells
nothing about who exists. What a proof makes of a registration is in common/newcomers.py.
"""

import secrets
from typing import Any

from common import codes, contacts, i18n, newcomers, oidc, passwords
from common.auth import Suspended
from common.db import Db, transaction
from common.i18n import Language, Text
from common.intake import Request
from common.problems import Problem

from . import sessions
from .devices import Device
from .schemas import Register, Verify

# Without 0, O, 1, I and L, which people mistake when they read a code to each other.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class NotRegistered(Problem):
    """The number is proven, and there is neither a registration nor an account with it."""

    status = 404
    detail = Text(
        "No account has this phone number yet; please register first", "Belum ada akun dengan nomor telepon ini; silakan daftar dahulu"
    )


def language(request: Request) -> Language:
    """The language in which a new account is written to: what its app asks for, else Indonesian, for today's app asks for none."""
    return i18n.asked(request.headers.get("Accept-Language")) or "id"


def register(db: Db, asked: Register, language: str) -> dict[str, Any]:
    """Write an unverified account and have a code sent to its e-mail; `language` is the one its mails are written in.

    Raises `TooManyRequests` when the address asked for codes too often.
    """
    hashed = passwords.hashed(asked.password)
    values = {"full_name": asked.full_name, "email": asked.email, "phone": asked.phone_number, "password": hashed}
    user = write(db, language, asked.referral_code, **values)
    if asked.email:
        codes.request(db, "verify", asked.email, user)
    return {"user_id": user, "email": asked.email, "phone_number": asked.phone_number, "verification_code_sent": asked.email is not None}


def write(db: Db, language: str, referrer: str | None, **values: str | None) -> int:
    """The row of an unverified account; its id."""
    user: int = db.value(
        "insert into users (full_name, email, phone_number, password, external_id, login_method, referral_code_id, referrals_for, language)"
        " values (:full_name, :email, :phone, :password, :external_id, :login_method, :code, :referrer, :language) returning id_users",
        code="".join(secrets.choice(LETTERS) for _ in range(8)),
        referrer=referrer,
        language=language,
        **{"email": None, "phone": None, "password": None, "external_id": None, "login_method": "mobile", **values},
    )
    return user


def verify(asked: Verify, device: Device) -> dict[str, Any] | Problem:
    """Verify an account by the code of the mail or by Firebase's proof of the phone, and sign in.

    A problem is returned, not raised, so that a wrong code stays counted. Firebase's keys may have to
    be fetched, which no transaction waits for.
    """
    number = oidc.phone(asked.firebase_id_token) if asked.firebase_id_token else None
    if asked.firebase_id_token and (number is None or (asked.phone_number and contacts.phone(asked.phone_number) != number)):
        return newcomers.InvalidPhoneProof()
    with transaction() as db:
        user = _by_phone(db, number, asked.user_id) if number else _by_code(db, asked)
        return user if isinstance(user, Problem) else sessions.signed_in(db, user, device)


def _by_code(db: Db, asked: Verify) -> int | codes.InvalidCode:
    user = newcomers.by_code(db, asked.address or "", asked.verification_code or "", asked.user_id)
    return codes.InvalidCode() if user is None else user


def _by_phone(db: Db, number: str, registration: int | None) -> int | Problem:
    """The account of a proven number: the verified one, or else the registration that this proof verifies.

    Proofs of one number are one after the other by a lock on it. An account that only claims the
    number is not signed in to: it may be somebody's trap.
    """
    db.value("select pg_advisory_xact_lock(hashtextextended(:number, 7))", number=number)
    row = db.maybe(
        "select id_users, suspended_at from users where phone_number = :number and is_verified and unproven is distinct from 'phone' and erased_at is null",
        number=number,
    )
    if row is not None:
        return Suspended() if row.suspended_at is not None else int(row.id_users)
    found = newcomers.waiting(db, "phone", number, registration)
    if found is None:
        return NotRegistered()
    newcomers.become_verified(db, found, "phone", number, named=registration is not None)
    return found
