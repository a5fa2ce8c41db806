"""Kredit and publish quota: append-only rows in `transactions`, and balances that equal their sum.

A price is reserved when work starts (available -> held), taken when it succeeded (held -> gone) or
released when it did not (held -> available). The database refuses the same movement twice, a second
settlement of one reservation, and a balance below zero; so none of this depends on callers' care.
"""

from typing import Any, Literal

from common.db import Db
from common.problems import InsufficientCredits

Unit = Literal["kredit", "publish_quota"]

# What either is moved for; functions/analytics/history.py says each to people. The last two are what the adoption books.
Reason = Literal["welcome", "purchase", "refund", "grant", "spend", "publish", "reserve", "take", "release", "opening", "legacy"]

# The balance and its row change in one statement, and the row lock that UPDATE takes is held to the
# end of the transaction: two spenders queue here, and the second sees what the first left.
MOVE = """
with moved as (
    update users set kredit = kredit + case when :unit = 'kredit' then cast(:amount as bigint) else 0 end,
                     kredit_held = kredit_held + case when :unit = 'kredit' then cast(:held as bigint) else 0 end,
                     publish_quota = publish_quota + case when :unit = 'publish_quota' then cast(:amount as bigint) else 0 end
    where id_users = :user
      and kredit + case when :unit = 'kredit' then cast(:amount as bigint) else 0 end >= 0
      and publish_quota + case when :unit = 'publish_quota' then cast(:amount as bigint) else 0 end >= 0
    returning id_users)
insert into transactions (user_id, type, unit, amount, held, reason, reference_id, description)
select id_users, case when :amount > 0 then 'credit' else 'debit' end, :unit, :amount, :held, :reason, :reference, :description from moved
returning id
"""


# What a purchase or a welcome brings, in one round trip: the callback of a paid invoice is waited for.
GRANT = """
with moved as (
    update users set kredit = kredit + cast(:kredit as bigint), publish_quota = publish_quota + cast(:publish_quota as bigint)
    where id_users = :user returning id_users)
insert into transactions (user_id, type, unit, amount, reason, reference_id, description)
select id_users, 'credit', unit, amount, :reason, :reference, :description
from moved, (values ('publish_quota', cast(:publish_quota as bigint)), ('kredit', cast(:kredit as bigint))) granted(unit, amount) where amount > 0
"""


def grant(db: Db, user: int, *, kredit: int, publish_quota: int, reason: Reason, reference: str, description: str | None = None) -> None:
    """Add both to what `user` has, each as a row of its own unless it is 0; raises a unique violation when this very grant was made before."""
    values = {"kredit": kredit, "publish_quota": publish_quota, "reason": reason, "reference": reference, "description": description}
    db.run(GRANT, user=user, **values)


def move(
    db: Db, user: int, unit: Unit, amount: int, reason: Reason, reference: str, *, held: int = 0, description: str | None = None
) -> bool:
    """Add `amount` (negative: take away) to what `user` has of `unit`, and `held` to what is reserved.

    `reason` and `reference` together name the movement for ever. False when there is not enough;
    raises a unique violation when this very movement was made before.
    """
    values: dict[str, Any] = {"amount": amount, "held": held, "reason": reason, "reference": reference, "description": description}
    return db.maybe(MOVE, user=user, unit=unit, **values) is not None


def reserve(db: Db, user: int, kredit: int, reference: str, description: str) -> None:
    """Hold `kredit` for `reference`; raises `InsufficientCredits` when the user has less. Nothing happens for a price of 0."""
    if kredit and not move(db, user, "kredit", -kredit, "reserve", reference, held=kredit, description=description):
        have = db.value("select kredit from users where id_users = :user", user=user)
        raise InsufficientCredits(need=kredit, have=have or 0)


def take(db: Db, user: int, kredit: int, reference: str) -> None:
    """The work succeeded: what was held for `reference` is spent."""
    if kredit:
        move(db, user, "kredit", 0, "take", reference, held=-kredit)


def release(db: Db, user: int, kredit: int, reference: str) -> None:
    """The work failed or was canceled: what was held for `reference` is the user's again."""
    if kredit:
        move(db, user, "kredit", kredit, "release", reference, held=-kredit)
