"""How a registration becomes an account, whichever proof of an address came first."""

from typing import Literal

from common import clock, codes, ledger, mails, settings
from common.db import Db, code
from common.i18n import Text
from common.problems import Problem


class InvalidPhoneProof(Problem):
    """The token is no fresh phone sign-in of this app's Firebase project, or is for another number."""

    status = 400
    detail = Text("The phone number could not be verified; please try again", "Nomor telepon tidak dapat diverifikasi; silakan coba lagi")


# One proof verifies an account. Its other address is kept for signing in, unless somebody else has it,
# but is marked: whoever proves it later gets it.
VERIFY = """
update users u set is_verified = true, updated_at = :now,
    email = case when :proven = 'email' or not exists (select from users o where o.is_verified and lower(o.email) = lower(u.email)) then u.email end,
    phone_number = case when :proven = 'phone' or not exists (select from users o where o.is_verified and o.phone_number = u.phone_number)
                   then u.phone_number end,
    unproven = case when :proven = 'email' and u.phone_number is not null then 'phone' when :proven = 'phone' and u.email is not null then 'email' end
where id_users = :user returning *
"""


def become_verified(db: Db, user: int, proven: Literal["email", "phone"] = "email") -> None:
    """The one place where an account becomes real: unique address, welcome gift, referral, a mail of welcome.

    `proven` is the address that was proven. Raises `InvalidCode` when somebody proved the same address first.
    """
    address = db.one(
        "select lower(email) as email, phone_number as phone from users where id_users = :user for update", user=user
    )._asdict()[proven]
    take_from_others(db, user, proven, address)
    try:
        row = db.one(VERIFY, user=user, proven=proven, now=clock.now())
    except Exception as error:
        if code(error) != "23505":
            raise
        # Somebody proved the same address between this code's sending and its use.
        raise codes.InvalidCode from error
    kredit, quota = settings.WELCOME_KREDIT(), settings.WELCOME_PUBLISH_QUOTA()
    ledger.grant(db, user, kredit=kredit, publish_quota=quota, reason="welcome", reference=f"user:{user}")
    db.run(
        "insert into referrals (referrer_id, referred_user_id)"
        " select id_users, :user from users where referral_code_id = :code and is_verified and id_users <> :user",
        user=user,
        code=row.referrals_for,
    )
    mails.queue(db, "welcome", user)


def take_from_others(db: Db, user: int, proven: str, address: str) -> None:
    """Take a proven address from accounts that only claimed it, and from registrations that nobody verified."""
    column = "phone_number" if proven == "phone" else "email"
    other = "email" if proven == "phone" else "phone_number"
    held = f"{'phone_number' if proven == 'phone' else 'lower(email)'} = :address and id_users <> :user"
    db.run(
        f"update users set {column} = null, unproven = null where {held} and is_verified and unproven = :proven",
        user=user,
        address=address,
        proven=proven,
    )
    db.run(f"delete from users where {held} and not is_verified and {other} is null", user=user, address=address)
    db.run(f"update users set {column} = null where {held} and not is_verified", user=user, address=address)
