"""People who sign in with Google: their ID token names them, and becomes an account of ours.

Google's `sub` is the key. An account that is there already is linked by its e-mail only where both
sides verified it: ours by a proof, Google's by `email_verified`. An adopted account that waits unverified
has its `sub` from before the move and holds nobody up by it (infra/adoption). Google access tokens are not taken:
they say nothing about which app they were given to.
"""

from typing import Any

from common import fields, newcomers, oidc
from common.auth import Suspended
from common.clients import google_login
from common.clients.errors import Refused
from common.db import Db, transaction
from common.i18n import Text
from common.problems import Conflict, Problem, Unauthenticated

from . import accounts, sessions
from .devices import Device
from .schemas import GoogleToken


class InvalidGoogleToken(Unauthenticated):
    """It is no ID token of Google's for this app, has expired, or its e-mail is not verified."""

    detail = Text("Google sign-in did not succeed; please try again", "Masuk dengan Google tidak berhasil; silakan coba lagi")


class OtherGoogleAccount(Conflict):
    """The e-mail belongs to an account that is linked to another Google account."""

    detail = Text(
        "This e-mail belongs to an account with another Google sign-in", "Email ini milik akun yang terhubung dengan akun Google lain"
    )


def sign_in(asked: GoogleToken, device: Device, language: str) -> dict[str, Any] | Problem:
    """Sign in whoever the app's token, or its server auth code, names. What is outside comes before the transaction."""
    tokens: list[str | None] = [asked.id_token] if asked.id_token else []
    if asked.server_auth_code:
        tokens = [*tokens, _exchanged(asked.server_auth_code, "", None)]
    people = [oidc.person(token) if token else None for token in tokens]
    person = people[0]
    if person is None or any(each is None or each["sub"] != person["sub"] for each in people):
        return InvalidGoogleToken()
    return come_in(person, device, language, asked.referral_code)


def sign_in_by_code(code: str, redirect_uri: str, verifier: str, nonce: str, device: Device, language: str) -> dict[str, Any] | Problem:
    """Sign in whoever came back from the consent page with `code`; `nonce` is the one that was sent there."""
    token = _exchanged(code, redirect_uri, verifier)
    person = oidc.person(token) if token else None
    if person is None or person.get("nonce") != nonce:
        return InvalidGoogleToken()
    return come_in(person, device, language, None)


def _exchanged(code: str, redirect_uri: str, verifier: str | None) -> str | None:
    try:
        return google_login.exchange(code, redirect_uri, verifier)
    except Refused:
        return None


def come_in(person: dict[str, Any], device: Device, language: str, referral: str | None) -> dict[str, Any] | Problem:
    """Sign in the person of verified Google claims, linking or making the account."""
    with transaction() as db:
        # Two first sign-ins of one person at once are one after the other: the second finds the account.
        db.value("select pg_advisory_xact_lock(hashtextextended(:email, 7))", email=person["email"].lower())
        row = _known(db, person["sub"]) or _linked(db, person) or _awaited(db, person)
        if isinstance(row, Problem):
            return row
        user = row.id_users if row else _made(db, person, language, referral)
        if row is not None and row.suspended_at is not None:
            return Suspended()
        return sessions.signed_in(db, user, device, is_new_user=row is None)


def _known(db: Db, sub: str) -> Any | None:
    return db.maybe("select id_users, suspended_at from users where external_id = :sub and is_verified and erased_at is null", sub=sub)


def _linked(db: Db, person: dict[str, Any]) -> Any | Problem | None:
    """The account that proved the same e-mail, linked now; an address that an account only claims links nothing."""
    row = db.maybe(
        "select id_users, suspended_at, external_id from users"
        " where lower(email) = :email and is_verified and unproven is distinct from 'email' and erased_at is null for update",
        email=person["email"].lower(),
    )
    if row is not None and row.external_id is not None:
        return OtherGoogleAccount()
    if row is not None:
        _free(db, person["sub"])
        db.run("update users set external_id = :sub where id_users = :user", sub=person["sub"], user=row.id_users)
    return row


def _awaited(db: Db, person: dict[str, Any]) -> Any | None:
    """The account that an adoption brought from this Google account and that nobody verified, verified now by the same e-mail."""
    email = person["email"].lower()
    row = db.maybe(
        "select id_users, suspended_at from users where external_id = :sub and not is_verified and lower(email) = :email",
        sub=person["sub"],
        email=email,
    )
    if row is not None:
        # The old backend linked by an e-mail that nobody had proven: what else signs in may be a stranger's.
        db.run("update users set password = null, phone_number = null where id_users = :user", user=row.id_users)
        newcomers.become_verified(db, row.id_users, "email", email, named=False)
    return row


def _free(db: Db, sub: str) -> None:
    """Take the Google account from an adopted one that waits unverified; that one keeps all else, and its address for whoever proves it."""
    db.run("update users set external_id = null where external_id = :sub and not is_verified", sub=sub)


def _made(db: Db, person: dict[str, Any], language: str, referral: str | None) -> int:
    """A new account: without a password, and verified by what Google verified."""
    email = person["email"].lower()
    name = " ".join(str(person.get("name") or "").replace("\0", " ").split())[:100]
    name = name if len(name) >= 2 and fields.visible(name) else email.partition("@")[0][:100]
    _free(db, person["sub"])
    user = accounts.write(db, language, referral, full_name=name, email=email, external_id=person["sub"], login_method="google")
    newcomers.become_verified(db, user, "email", email, named=True)
    return user
