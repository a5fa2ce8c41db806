"""How a registration becomes an account, whichever proof of an address came first.

Anybody may register with any address, so a proof says who owns the address and not who wrote the
registration. A proof that names its registration, by the id that /register answered, keeps what was
registered. One that does not name it gets no password and no other address from a row that a stranger
may have written.
"""

from contextlib import suppress
from typing import Any, Literal

from common import clock, codes, ledger, mails, people, settings
from common.db import Db, code
from common.i18n import Text
from common.problems import Problem, TooManyRequests

Proof = Literal["email", "phone"]

# The proven address as its indexes have it, and the column of the address that it is not.
ADDRESS = {"email": "lower(email)", "phone": "phone_number"}
OTHER = {"email": "phone_number", "phone": "email"}


class InvalidPhoneProof(Problem):
    """The token is no fresh phone sign-in of this app's Firebase project, or is for another number."""

    status = 400
    detail = Text("The phone number could not be verified; please try again", "Nomor telepon tidak dapat diverifikasi; silakan coba lagi")


# Whom an adoption brought (infra/adoption) is nobody who registered here, whatever was verified where they came from. An adoption that
# does not say how far its numbers go may have brought anybody.
REGISTERED_HERE = """
not exists (select from cache where key = 'adopted' and id_users <= coalesce(cast(substring(value #>> '{}', '^[0-9]+$') as bigint), id_users))
"""

# One proof verifies an account. Its other address is kept for signing in, unless somebody else has it,
# but is marked: whoever proves it later gets it.
VERIFY = """
update users u set is_verified = true, updated_at = :now,
    email = case when :proven = 'email' or not exists (select from users o where o.is_verified and lower(o.email) = lower(u.email)) then u.email end,
    phone_number = case when :proven = 'phone' or not exists (select from users o where o.is_verified and o.phone_number = u.phone_number)
                   then u.phone_number end,
    unproven = case when :proven = 'email' and u.phone_number is not null then 'phone' when :proven = 'phone' and u.email is not null then 'email' end
where id_users = :user
"""


def waiting(db: Db, proof: Proof, address: str, named: int | None) -> int | None:
    """The registration that waits for the proof of `address`: the one that the app names, or the latest, because today's app names none."""
    found: int | None = db.value(
        f"select id_users from users where {ADDRESS[proof]} = :address and not is_verified and id_users = coalesce(:named, id_users)"
        " order by id_users desc limit 1",
        address=address,
        named=named,
    )
    return found


# Who waits with a number and an e-mail, which is where their codes go. Strangers may register somebody's number as often as
# they like, so a code is looked for among the latest few.
MAILBOXES = """
select id_users, lower(email) as email from users
where phone_number = :number and email is not null and not is_verified and id_users = coalesce(:named, id_users)
order by id_users desc limit 10
"""


def send_code(db: Db, address: str, named: int | None) -> None:
    """Have a code sent for the registration that waits with `address`; where none does, the same work is done and no mail comes of it.

    A code that is asked for by a phone number, as today's app does, goes to the e-mail that was registered beside it. Raises
    `TooManyRequests` when the address asked for codes too often.
    """
    if "@" in address:
        codes.request(db, "verify", address, waiting(db, "email", address, named))
        return
    codes.request(db, "verify", address, None)
    found = next(iter(db.all(MAILBOXES, number=address, named=named)), None)
    # The number has its own limits and the e-mail keeps its own, of which whoever asks by the number is told nothing.
    with suppress(TooManyRequests):
        codes.request(db, "verify", found.email if found else f"{address}@", found.id_users if found else None)


def by_code(db: Db, address: str, given: str, named: int | None) -> int | None:
    """The account that a mailed code verifies, verified now; None when the code is not valid or is not for the registration that is `named`.

    `address` is the e-mail that the code was sent to, or the phone number that was registered beside it. The caller must
    return, not raise, for a wrong try to stay counted. Raises `InvalidCode` as `become_verified` does.
    """
    mailboxes = [address] if "@" in address else [row.email for row in db.all(MAILBOXES, number=address, named=named)]
    right = codes.used(db, "verify", mailboxes, given, named)
    if right is None:
        return None
    become_verified(db, right.user_id, "email", right.destination, named=named is not None)
    user: int = right.user_id
    return user


def become_verified(db: Db, user: int, proven: Proof, address: str, *, named: bool) -> None:
    """The one place where an account becomes real: unique address, welcome gift, referral, a mail of welcome.

    `address` is what was proven, and `named` whether the proof said whose registration it is for. Raises
    `InvalidCode` when the address is not this registration's any more.
    """
    row = _locked(db, user, proven, address, named=named)
    contested = take_from_others(db, user, proven, address)
    if row.is_verified:
        # Its second address: the gift and the letter came with the first.
        db.run("update users set unproven = null, updated_at = :now where id_users = :user", user=user, now=clock.now())
        return
    if not named and (contested or proven == "phone"):
        _disinherit(db, user, proven)
    _verify(db, user, proven)
    _welcome(db, user, row.referrals_for)


def _locked(db: Db, user: int, proven: Proof, address: str, *, named: bool) -> Any:
    """The row of the registration, held against a second proof of it.

    The address may be gone by now: a code lives on when somebody else proves its mailbox. An account
    that is verified already takes its second address only from whoever names it. A stranger may have
    put this address on it, and whoever types the stranger's code would be signed in to a trap.
    """
    row = db.one(
        f"select is_verified, unproven, referrals_for, {ADDRESS[proven]} as address from users where id_users = :user for update", user=user
    )
    if row.address != address or (row.is_verified and not (named and row.unproven == proven)):
        raise codes.InvalidCode
    return row


def _disinherit(db: Db, user: int, proven: Proof) -> None:
    """Take from a registration what would let a stranger in who wrote it: its password and its other address."""
    db.run(f"update users set password = null, {OTHER[proven]} = null where id_users = :user", user=user)


def _verify(db: Db, user: int, proven: Proof) -> None:
    try:
        db.run(VERIFY, user=user, proven=proven, now=clock.now())
    except Exception as error:
        if code(error) != "23505":
            raise
        # Somebody proved the same address between this code's sending and its use.
        raise codes.InvalidCode from error


def _welcome(db: Db, user: int, referrer: str | None) -> None:
    kredit, quota = settings.WELCOME_KREDIT(), settings.WELCOME_PUBLISH_QUOTA()
    ledger.grant(db, user, kredit=kredit, publish_quota=quota, reason="welcome", reference=f"user:{user}")
    # Whose account was adopted may have brought its referral.
    db.run(
        "insert into referrals (referrer_id, referred_user_id)"
        f" select id_users, :user from ({people.BY_REFERRAL_CODE}) referrer where id_users <> :user"
        " on conflict (referred_user_id) do nothing",
        user=user,
        code=referrer,
    )
    mails.queue(db, "welcome", user)


def take_from_others(db: Db, user: int, proven: Proof, address: str) -> bool:
    """Take a proven address from accounts that only claimed it, and from registrations that nobody verified; whether there were any.

    A registration without another address is deleted. An unverified account that came with an adopted database has
    books and comics of its own, so that one stays and keeps its only address, which opens nothing while it is unverified.
    """
    column = "phone_number" if proven == "phone" else "email"
    held = f"{ADDRESS[proven]} = :address and id_users <> :user"
    claimed = db.run(
        f"update users set {column} = null, unproven = null where {held} and is_verified and unproven = :proven",
        user=user,
        address=address,
        proven=proven,
    )
    deleted = db.run(
        f"delete from users where {held} and not is_verified and {OTHER[proven]} is null and {REGISTERED_HERE}", user=user, address=address
    )
    left = db.run(
        f"update users set {column} = case when {OTHER[proven]} is null then {column} end where {held} and not is_verified",
        user=user,
        address=address,
    )
    return claimed + deleted + left > 0
