"""Rupiah of creators: append-only rows in `wallet_transactions`, and wallets that equal their sum.

A wallet has three places: `pending` (earned, not yet the creator's to take), `available`, and `held`
(asked for, not yet paid). Every movement is one statement that changes the wallet and writes its row;
the database refuses the same movement twice, a second end of one hold, and a place below zero.
"""

from typing import Literal

from common import clock
from common.db import Db

Reason = Literal["commission", "credit", "mature", "reverse", "hold", "paid", "return"]

# Movements that change what the creator earned in all; the others move it between places or out.
EARNINGS: tuple[Reason, ...] = ("commission", "credit", "reverse")

# The row lock that UPDATE takes is held to the end of the transaction: of thirty-two withdrawals at
# once the second waits here, and then sees what the first left. `overdrawn` is only ever switched on
# by a reversal, so the CHECK of the table stops every other movement below zero.
MOVE = """
with moved as (
    update creator_wallets set available = available + cast(:available as bigint), pending = pending + cast(:pending as bigint),
        held = held + cast(:held as bigint), lifetime = lifetime + cast(:earned as bigint),
        overdrawn = (overdrawn or cast(:overdraw as boolean)) and available + cast(:available as bigint) < 0, updated_at = :now
    where user_id = :user and (cast(:available as bigint) >= 0 or available + cast(:available as bigint) >= 0 or cast(:overdraw as boolean))
    returning id)
insert into wallet_transactions (wallet_id, available, pending, held, reason, reference, description, created_at)
select id, :available, :pending, :held, :reason, :reference, :description, :now from moved
returning id
"""


def open(db: Db, user: int) -> None:
    """Give `user` an empty wallet unless there is one."""
    db.run("insert into creator_wallets (user_id) values (:user) on conflict (user_id) do nothing", user=user)


def move(
    db: Db,
    user: int,
    reason: Reason,
    reference: str,
    *,
    available: int = 0,
    pending: int = 0,
    held: int = 0,
    overdraw: bool = False,
    description: str | None = None,
) -> bool:
    """Add rupiah (negative: take away) to the places of the user's wallet.

    `reason` and `reference` together name the movement for ever. `overdraw` lets `available` fall
    below zero, which the wallet then says. False when there is not enough; raises a unique violation
    when this very movement was made before.
    """
    row = db.maybe(
        MOVE,
        user=user,
        available=available,
        pending=pending,
        held=held,
        earned=available + pending if reason in EARNINGS else 0,
        overdraw=overdraw,
        reason=reason,
        reference=reference,
        description=description,
        now=clock.now(),
    )
    return row is not None


def credit(db: Db, user: int, amount: int, reference: str, description: str) -> None:
    """`amount` rupiah of earnings become available at once."""
    open(db, user)
    move(db, user, "credit", reference, available=amount, description=description)


def hold(db: Db, user: int, amount: int, withdrawal: int) -> bool:
    """Set `amount` rupiah aside for a withdrawal; False when less is available."""
    return move(db, user, "hold", f"withdrawal:{withdrawal}", available=-amount, held=amount)


def pay(db: Db, user: int, amount: int, withdrawal: int) -> None:
    """The held `amount` of a withdrawal has left us."""
    move(db, user, "paid", f"withdrawal:{withdrawal}", held=-amount)


def give_back(db: Db, user: int, amount: int, withdrawal: int) -> None:
    """The held `amount` of a withdrawal that will not be paid is available again."""
    move(db, user, "return", f"withdrawal:{withdrawal}", available=amount, held=-amount)
