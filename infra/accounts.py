"""What operations do to accounts from the command line; each act is in the audit log.

python -m infra.accounts role EMAIL ROLE          make somebody creator, moderator, finance or admin (the first admin, too)
python -m infra.accounts suspend EMAIL REASON     the account opens nothing from its next request on
python -m infra.accounts restore EMAIL REASON     and opens everything again
"""

import argparse
import sys
from typing import Any

from common import audit, clock, contacts
from common.db import Db, transaction

ROLES = ("creator", "moderator", "finance", "admin")


class NoSuchAccount(Exception):
    """No account has proven that address."""


def set_role(email: str, role: str) -> None:
    """Give the account of `email` a role; raises `NoSuchAccount`."""
    with transaction() as db:
        row = _locked(db, email)
        db.run("update users set role = :role, updated_at = :now where id_users = :user", role=role, user=row.id_users, now=clock.now())
        audit.record(db, None, "account.role", "user", row.id_users, before={"role": row.role}, after={"role": role})


def suspend(email: str, reason: str) -> None:
    """Close everything to the account of `email`; its sessions stay and open nothing. Raises `NoSuchAccount`."""
    _set_suspended(email, True, reason)


def restore(email: str, reason: str) -> None:
    """Undo a suspension; raises `NoSuchAccount`."""
    _set_suspended(email, False, reason)


def _set_suspended(email: str, suspended: bool, reason: str) -> None:
    with transaction() as db:
        row = _locked(db, email)
        at = clock.now() if suspended else None
        db.run("update users set suspended_at = :at, updated_at = :now where id_users = :user", at=at, user=row.id_users, now=clock.now())
        before, after = ({"suspended": row.suspended_at is not None}, {"suspended": suspended})
        action = "account.suspend" if suspended else "account.restore"
        audit.record(db, None, action, "user", row.id_users, before=before, after=after, reason=reason)


def _locked(db: Db, email: str) -> Any:
    # An address that is only claimed, beside a proven phone number, is nobody's: its owner may be the one who is meant.
    row = db.maybe(
        "select * from users where lower(email) = :email and is_verified and unproven is distinct from 'email' for update",
        email=contacts.email(email),
    )
    if row is None:
        raise NoSuchAccount(f"no account has proven the address {email}")
    return row


def main() -> int:
    """Do what the command line asks; 1 when there is no such account."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.accounts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    acts = parser.add_subparsers(dest="act", required=True)
    role = acts.add_parser("role")
    role.add_argument("email")
    role.add_argument("role", choices=ROLES)
    for name in ("suspend", "restore"):
        act = acts.add_parser(name)
        act.add_argument("email")
        act.add_argument("reason")
    asked = parser.parse_args()
    try:
        match asked.act:
            case "role":
                set_role(asked.email, asked.role)
            case "suspend":
                suspend(asked.email, asked.reason)
            case "restore":
                restore(asked.email, asked.reason)
    except NoSuchAccount as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
