"""A withdrawal whose process dies anywhere, and is asked for again, sets the amount aside exactly once."""

import uuid

from tests.support import killing
from tests.wallet.money import creator, purse, rows, withdraw

AMOUNT = 60_000


def test_a_withdrawal_killed_at_any_point_and_asked_again_is_held_once(signed_in):
    siti = creator(signed_in, 10_000_000)

    def request(key):
        return lambda: withdraw(siti, AMOUNT, headers={"Idempotency-Key": key})

    passed = killing.points(request(str(uuid.uuid4())))
    print(f"\na withdrawal was killed at {len(passed)} points:", *passed, sep="\n  ")
    assert "before commit" in passed and "after commit" in passed
    for done, point in enumerate(range(len(passed)), start=2):
        key = str(uuid.uuid4())
        killing.at(point, request(key))
        asked = request(key)().data
        assert asked["status"] == "pending"
        assert purse(siti) == (10_000_000 - done * AMOUNT, 0, done * AMOUNT), passed[point]
        held = rows("select id from withdrawal_requests where user_id = :user", user=siti.user["id_users"])
        assert len(held) == done, passed[point]
