"""Bank account numbers under the newest key: `python -m infra.reseal`, after a new key was put first in BANK_KEYS."""

from common.db import transaction
from common.wallet import vault

# Locked while they are changed; few at a time, so that nobody waits to cancel or to be paid.
AT_ONCE = 200

NEXT = """
select id, user_id, account_number from withdrawal_requests where id > :after and account_number <> '' order by id limit :limit for update
"""


def reseal() -> int:
    """Seal again what was sealed with an older key; how many there were. Raises `Misconfigured` when such a key is gone already."""
    after = changed = 0
    while True:
        with transaction() as db:
            rows = db.all(NEXT, after=after, limit=AT_ONCE)
            for row in rows:
                if vault.stale(row.account_number):
                    sealed = vault.seal(vault.unseal(row.account_number, owner=row.user_id), owner=row.user_id)
                    db.run("update withdrawal_requests set account_number = :sealed where id = :id", sealed=sealed, id=row.id)
                    changed += 1
        if not rows:
            return changed
        after = rows[-1].id


if __name__ == "__main__":
    print(f"{reseal()} account numbers sealed with the newest key")
