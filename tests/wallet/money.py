"""Creators with rupiah, people with powers, and looks at what the database holds."""

from typing import Any

from common import db
from common.wallet import ledger

ACCOUNT = {"bank_code": "014", "account_number": "123-456 7890", "account_name": "Siti Rahma"}


def creator(signed_in: Any, rupiah: int = 0, **facts: Any) -> Any:
    """Somebody with `rupiah` available."""
    caller = signed_in(**facts)
    with db.transaction() as writing:
        writing.run("update users set language = 'id' where id_users = :user", user=caller.user["id_users"])
        if rupiah:
            ledger.credit(writing, caller.user["id_users"], rupiah, f"test:{caller.user['id_users']}", "Royalti")
    return caller


def powerful(signed_in: Any, role: str) -> Any:
    """Somebody with the role."""
    caller = signed_in(name=f"Petugas {role}")
    with db.transaction() as writing:
        writing.run("update users set role = :role where id_users = :user", role=role, user=caller.user["id_users"])
    return caller


def purse(caller: Any) -> tuple[int, int, int]:
    """Available, pending and held, as the person sees them."""
    wallet = caller.get("/v1/wallet").data
    return wallet["available"], wallet["pending"], wallet["held"]


def withdraw(caller: Any, amount: int, *, expect: int | None = 201, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    """Ask to be paid."""
    return caller.post("/v1/withdrawals", {"amount": amount, **ACCOUNT, **changes}, expect=expect, headers=headers)


def rows(sql: str, **values: Any) -> list[Any]:
    """What a statement finds."""
    with db.reading() as reading:
        return reading.all(sql, **values)


def notices(caller: Any) -> list[str]:
    """The titles of what the person was told, oldest first."""
    return [row.title for row in rows("select title from notifications where user_id = :user order by id", user=caller.user["id_users"])]


def paid(user: int, amount: int = 100_000, status: str = "success") -> Any:
    """An invoice of the user as the payments write it: a row with id, user_id and amount."""
    with db.transaction() as writing:
        return writing.one(
            "insert into payment_transactions (user_id, invoice_number, amount, status, paid_at)"
            " values (:user, 'TEST-' || gen_random_uuid(), :amount, :status, now()) returning id, user_id, amount",
            user=user,
            amount=amount,
            status=status,
        )


def refer(referrer: Any, referred: Any) -> None:
    """Have `referred` enter the code of `referrer`."""
    referred.post("/v1/referrals", {"code": referrer.user["referral_code_id"]}, expect=201)
