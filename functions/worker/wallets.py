"""Commissions whose week is over."""

from common.db import transaction
from common.wallet import commissions

# One transaction holds the locks of so many wallets at most, so that nobody who withdraws waits long.
AT_ONCE = 100


def mature() -> int:
    """Make every due commission available; how many there were."""
    matured = 0
    while True:
        with transaction() as db:
            done = commissions.mature(db, AT_ONCE)
        matured += done
        if done < AT_ONCE:
            return matured
