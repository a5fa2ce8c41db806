"""Several people and one moment: who brought whom, who cancels while a payout file is made, who earns while it is read back."""

import csv
import io

import pytest

from common import clock, db
from common.auth import User
from common.wallet import commissions
from functions.wallet import payouts, referrals, withdrawals
from tests.support import waiting
from tests.wallet import money

PATH = "/v1/admin/withdrawals/payouts"


@pytest.fixture
def finance(signed_in):
    return money.powerful(signed_in, "finance")


def as_user(caller):
    return User(caller.user["id_users"], "creator", "Siti", "id", "")


def test_whoever_names_somebody_who_is_naming_them_waits_and_is_refused(signed_in):
    siti, budi = signed_in(), signed_in()
    with db.transaction() as naming:
        referrals.set_parent(naming, as_user(siti), budi.user["referral_code_id"])
        back = waiting.beside(lambda: budi.post("/v1/referrals", {"code": siti.user["referral_code_id"]}))
        assert back.waits
    refused = back.end()
    assert (refused.status, refused.error) == (409, "NotThisCode")


def test_a_payout_file_waits_for_whoever_is_canceling_and_does_not_list_what_they_canceled(signed_in, finance):
    siti = money.creator(signed_in, 60_000)
    made = money.withdraw(siti, 60_000).data["id"]
    with db.transaction() as canceling:
        withdrawals.cancel(canceling, as_user(siti), made)
        file = waiting.beside(lambda: finance.get(PATH))
        assert file.waits
    listed = csv.DictReader(io.StringIO(file.end().body.decode("utf-8-sig")))
    assert str(made) not in {line["id"] for line in listed}
    assert money.purse(siti) == (60_000, 0, 0)


def test_whoever_cancels_while_a_payout_file_is_made_waits_and_is_refused(signed_in):
    siti = money.creator(signed_in, 60_000)
    made = money.withdraw(siti, 60_000).data["id"]
    with db.transaction() as listing:
        listing.run(payouts.SENT, ids=[row.id for row in listing.all(payouts.PAYABLE)], now=clock.now())
        cancel = waiting.beside(lambda: siti.post(f"/v1/withdrawals/{made}/cancel"))
        assert cancel.waits
    refused = cancel.end()
    assert (refused.status, refused.error) == (409, "BeingPaid")
    assert money.purse(siti) == (0, 0, 60_000)


def earning(signed_in):
    """Somebody with 200,000 rupiah, 60,000 of which they ask for, and a commission of 10,000 whose week is over; and the request."""
    creator, buyer = money.creator(signed_in, 200_000), signed_in()
    money.refer(creator, buyer)
    payment = money.paid(buyer.user["id_users"])
    with db.transaction() as writing:
        commissions.earn(writing, payment)
        writing.run("update commissions set available_at = now() where id_user = :user", user=creator.user["id_users"])
    return creator, money.withdraw(creator, 60_000).data


def test_while_a_file_is_read_back_its_people_withdraw_and_commissions_mature_and_nobody_fails(signed_in, finance):
    (siti, hers), (budi, his) = earning(signed_in), earning(signed_in)
    lines = [f"{each['id']},{each['receives']},paid,TRX-{each['id']}," for each in (his, hers)]
    file = {"csv": "\n".join(["id,transfer,status,reference,reason", *lines])}
    with db.transaction() as maturing:
        # The sweep begins with the older wallet, Siti's; the file has come through Budi's line and is at hers.
        maturing.run("select from creator_wallets where user_id = :user for update", user=siti.user["id_users"])
        reading = waiting.beside(lambda: finance.post(PATH, file, expect=200))
        assert reading.waits
        money.withdraw(budi, 50_000)
        assert commissions.mature(maturing) >= 2
    assert [each["outcome"] for each in reading.end().data] == ["approved", "approved"]
    assert money.purse(siti) == (150_000, 0, 0)
    assert money.purse(budi) == (100_000, 0, 50_000)
