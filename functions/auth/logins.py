"""Signing in with a password, slowly for whoever guesses.

A try is counted, and the count committed, before its hash is computed; so tries in parallel, from
however many addresses, get no more hashes than tries one by one. The owner's own devices have a
throttle of their own: a stranger's guesses keep strangers out, never the owner.
"""

from typing import Any, NamedTuple

from common import hashes, limits, passwords
from common.auth import Suspended
from common.db import Db, transaction
from common.i18n import Text
from common.problems import Forbidden, Problem, TooManyRequests, Unauthenticated

from . import devices, sessions
from .devices import Device
from .schemas import Login

# Ten tries, then a minute's pause that doubles up to an hour: sixteen in the first hour, one in each after.
FREE, FIRST, MOST, MEMORY = 10, 60, 3600, 86400

# Failed tries from one address, whatever the account, in a quarter of an hour. Whole towns share an
# address of their mobile network, so it is no smaller.
FROM_ADDRESS, WINDOW = 100, 900


# Accounts and registrations have an index each. One question for both, ordered, read every account there is.
BY_EMAIL = """
select id_users, password from (
    select id_users, password, is_verified from users where lower(email) = :address and is_verified and erased_at is null
    union all
    (select id_users, password, is_verified from users where lower(email) = :address and not is_verified and erased_at is null
     order by id_users desc limit 1)) found
order by is_verified desc limit 1
"""
BY_PHONE = BY_EMAIL.replace("lower(email)", "phone_number")


class InvalidCredentials(Unauthenticated):
    """The address or the password is wrong; which, is not told."""

    detail = Text("The e-mail, phone number or password is wrong", "Email, nomor telepon, atau kata sandi salah")


class NotVerified(Forbidden):
    """The password is right and the address is not proven yet."""

    detail = Text("Please verify your e-mail or phone number first", "Silakan verifikasi email atau nomor telepon Anda terlebih dahulu")


class Try(NamedTuple):
    """A try that was let through, with its counters; `user` and `stored` are None where there is no account."""

    user: int | None
    stored: str | None
    keys: tuple[str, str]


def login(asked: Login, device: Device) -> dict[str, Any] | Problem:
    """The account behind an address and password, signed in on `device`, or the problem to answer.

    The hash takes 40 ms, so no connection is held meanwhile. When the stored hash changed in that
    time (the same login twice at once, and the first renewed an old hash) the password is checked anew.
    """
    with transaction() as db:
        admitted = _admit(db, asked.address or "", device)
    if isinstance(admitted, Problem):
        return admitted
    stored = admitted.stored
    for _ in range(2):
        if not passwords.matches(asked.password, stored) or stored is None:
            break
        fresh = passwords.hashed(asked.password) if passwords.outdated(stored) else None
        with transaction() as db:
            row = _locked(db, admitted.user)
            if row is None:
                break
            if row.password == stored:
                return _settled(db, admitted, row, fresh) or sessions.signed_in(db, row.id_users, device)
            stored = row.password
    return InvalidCredentials()


def _admit(db: Db, address: str, device: Device) -> Try | TooManyRequests:
    row = _account(db, address)
    from_address = f"login from:{hashes.keyed('address', device.address).hex()[:32]}"
    wait = limits.hit(db, from_address, FROM_ADDRESS, WINDOW)
    key = _key(db, row, address, device)
    wait = wait or limits.slow(db, key, FREE, first=FIRST, most=MOST, memory=MEMORY)
    if wait:
        return TooManyRequests(retry_after=wait)
    return Try(row and row.id_users, row and row.password, (key, from_address))


def _key(db: Db, row: Any | None, address: str, device: Device) -> str:
    """By account, not by address: guessing by e-mail and by phone number is guessing at one password."""
    # Asked for nobody too, so that the time is the same.
    by = devices.known(db, row.id_users if row else 0, device)
    if row is None:
        return f"login:{hashes.keyed('address', address).hex()[:32]}"
    return f"login:{row.id_users}:{devices.fingerprint(device, by) if by else ''}"


def _account(db: Db, address: str) -> Any | None:
    """The verified account of the address or, where there is none, its latest registration."""
    return db.maybe(BY_EMAIL if "@" in address else BY_PHONE, address=address)


def _locked(db: Db, user: int | None) -> Any | None:
    """The account, held against whoever changes its password now: a session of the old one would outlive the change."""
    return db.maybe(
        "select id_users, password, is_verified, suspended_at from users where id_users = :user and erased_at is null for no key update",
        user=user,
    )


def _settled(db: Db, admitted: Try, row: Any, fresh: str | None) -> Problem | None:
    """The password was right: the try is no try any more, an old hash is renewed; the problem of an account that may not come in."""
    # The address before the account, as when the try was counted: in the other order two logins at once wait for each other.
    limits.forgive(db, admitted.keys[1], memory=WINDOW)
    limits.forgive(db, admitted.keys[0], memory=MEMORY)
    if fresh is not None:
        db.run("update users set password = :fresh where id_users = :user", fresh=fresh, user=row.id_users)
    if not row.is_verified:
        return NotVerified()
    return Suspended() if row.suspended_at is not None else None
