"""Asking to be paid, being paid, being refused, giving up, and thirty-two requests at once."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from common import db
from common.wallet import ledger, vault
from tests.social import scene
from tests.wallet import money

ROUNDS = int(os.environ.get("WITHDRAWAL_ROUNDS", "20"))


@pytest.fixture
def siti(signed_in):
    return money.creator(signed_in, 100_000)


@pytest.fixture(scope="module")
def admin(gateway, services):
    from tests.support import people
    from tests.support.client import Client

    return money.powerful(lambda **facts: people.signed_in(Client(gateway, services), **facts), "admin")


def test_a_withdrawal_sets_its_amount_aside_and_shows_only_the_end_of_the_account_number(siti):
    made = money.withdraw(siti, 60_000).data
    assert (made["amount"], made["fee"], made["receives"], made["status"]) == (60_000, 2_500, 57_500, "pending")
    assert (made["bank_code"], made["bank_name"], made["account_number"]) == ("014", "Bank Central Asia (BCA)", "******7890")
    assert money.purse(siti) == (40_000, 0, 60_000)
    assert siti.get("/v1/withdrawals").data == [made]


def test_the_wallet_tells_minimum_and_fee_before_anybody_asks(siti):
    assert siti.get("/v1/wallet").data["withdrawal"] == {"minimum": 50_000, "fee": 2_500}


def test_an_amount_below_the_minimum_is_refused_and_nothing_is_held(siti):
    refused = money.withdraw(siti, 49_999, expect=422)
    assert (refused.error, refused.json["minimum"]) == ("BelowMinimum", 50_000)
    assert "Rp50.000" in refused.json["detail"]
    assert money.purse(siti) == (100_000, 0, 0)


def test_more_than_is_available_is_refused_and_nothing_is_held(siti):
    assert money.withdraw(siti, 100_001, expect=402).error == "InsufficientBalance"
    assert money.purse(siti) == (100_000, 0, 0)
    assert siti.get("/v1/withdrawals").data == []


def test_somebody_without_a_wallet_has_nothing_to_withdraw(signed_in):
    budi = signed_in()
    assert money.purse(budi) == (0, 0, 0)
    assert money.withdraw(budi, 50_000, expect=402).error == "InsufficientBalance"


@pytest.mark.parametrize(
    "changes",
    [
        {"bank_code": "999"},
        {"bank_code": None},
        {"account_number": "12ab56"},
        {"account_number": "1234"},
        {"account_name": " "},
        {"amount": "60000"},
        {"amount": -60_000},
        {"amount": 0},
        {"amount": 2**63},
    ],
    ids=str,
)
def test_what_is_no_amount_bank_or_account_is_refused(siti, changes):
    body = {"amount": 60_000, **money.ACCOUNT, **changes}
    assert siti.post("/v1/withdrawals", body, expect=422).error == "InvalidRequest"
    assert money.purse(siti) == (100_000, 0, 0)


@pytest.mark.parametrize("extra", [{"status": "approved"}, {"fee": 0}, {"reference": "TRX"}, {"decided_by": 1}, {"user_id": 1}], ids=str)
def test_nobody_sets_what_is_not_theirs_to_set(siti, extra):
    money.withdraw(siti, 60_000, expect=422, **extra)
    assert siti.get("/v1/withdrawals").data == []


def test_the_request_of_todays_app_works_with_a_bank_by_name(siti):
    body = {"id_user": siti.user["id_users"], "amount": 50_000, "status": "pending", "bank_name": "bca"}
    body |= {"account_number": "0123456789", "account_name": "Siti"}
    assert siti.post("/api/v1/withdrawals", body, expect=201).data["bank_code"] == "014"


def test_the_same_key_gives_the_same_answer_and_holds_once(siti):
    first, again = (money.withdraw(siti, 50_000, headers={"Idempotency-Key": "tarik-1"}) for _ in range(2))
    assert first.body == again.body
    assert money.purse(siti) == (50_000, 0, 50_000)
    money.withdraw(siti, 50_001, expect=422, headers={"Idempotency-Key": "tarik-1"})


def test_a_pending_withdrawal_can_be_given_up_once(siti):
    made = money.withdraw(siti, 60_000).data["id"]
    assert siti.post(f"/v1/withdrawals/{made}/cancel", expect=200).data["status"] == "canceled"
    assert money.purse(siti) == (100_000, 0, 0)
    assert siti.post(f"/v1/withdrawals/{made}/cancel", expect=409).error == "AlreadyDecided"
    assert money.notices(siti) == ["Penarikan diajukan", "Penarikan dibatalkan"]


def test_an_approved_withdrawal_is_gone_for_good_and_the_person_is_told(siti, admin):
    made = money.withdraw(siti, 60_000).data["id"]
    approve = f"/v1/admin/withdrawals/{made}/approve"
    assert admin.post(approve, {"reference": "BCA-0001"}, expect=200).data["reference"] == "BCA-0001"
    assert money.purse(siti) == (40_000, 0, 0)
    assert siti.get("/v1/withdrawals").json["total_withdrawal"] == 60_000
    assert money.notices(siti) == ["Penarikan diajukan", "Penarikan dibayarkan"]
    admin.post(approve, {"reference": "BCA-0001"}, expect=200)
    assert admin.post(approve, {"reference": "BCA-0002"}, expect=409).error == "AlreadyDecided"
    admin.post(f"/v1/admin/withdrawals/{made}/reject", {"reason": "terlambat"}, expect=409)
    siti.post(f"/v1/withdrawals/{made}/cancel", expect=409)
    assert money.purse(siti) == (40_000, 0, 0)


def test_a_rejected_withdrawal_returns_with_its_reason(siti, admin):
    made = money.withdraw(siti, 60_000).data["id"]
    admin.post(f"/v1/admin/withdrawals/{made}/reject", {"reason": "Nama rekening tidak cocok"}, expect=200)
    assert money.purse(siti) == (100_000, 0, 0)
    assert siti.get("/v1/withdrawals").data[0]["reason"] == "Nama rekening tidak cocok"
    assert money.notices(siti) == ["Penarikan diajukan", "Penarikan ditolak"]
    told = money.rows("select message from notifications where user_id = :user order by id desc limit 1", user=siti.user["id_users"])
    assert told[0].message == "Rp60.000 kembali ke dompet Anda. Alasan: Nama rekening tidak cocok"


def test_every_decision_is_in_the_audit_log_with_before_and_after(siti, admin):
    made = money.withdraw(siti, 60_000).data["id"]
    admin.post(f"/v1/admin/withdrawals/{made}/reject", {"reason": "Data salah"}, expect=200)
    logged = money.rows("select * from audit_log where subject_type = 'withdrawal' and subject_id = :id", id=str(made))
    assert [(row.actor_id, row.action, row.before, row.after, row.reason) for row in logged] == [
        (admin.user["id_users"], "withdrawal.rejected", {"status": "pending"}, {"status": "rejected"}, "Data salah")
    ]


def test_nobody_sees_or_cancels_the_withdrawals_of_others(siti, signed_in):
    made = money.withdraw(siti, 60_000).data["id"]
    budi = signed_in()
    assert budi.get("/v1/withdrawals").data == []
    budi.get("/v1/withdrawals", id_user=siti.user["id_users"], expect=404)
    foreign, missing = (budi.post(f"/v1/withdrawals/{each}/cancel", expect=404) for each in (made, 987654321))
    assert foreign.json == missing.json
    money.withdraw(budi, 50_000, expect=404, id_user=siti.user["id_users"])
    assert money.purse(siti) == (40_000, 0, 60_000)


@pytest.mark.parametrize("role", ["creator", "moderator", "finance"])
def test_only_an_administrator_decides(siti, signed_in, role):
    made = money.withdraw(siti, 60_000).data["id"]
    other = money.powerful(signed_in, role)
    other.get("/v1/admin/withdrawals", expect=403)
    other.post(f"/v1/admin/withdrawals/{made}/approve", {"reference": "X-1"}, expect=403)
    other.post(f"/v1/admin/withdrawals/{made}/reject", {"reason": "Tidak"}, expect=403)
    assert money.purse(siti) == (40_000, 0, 60_000)


def test_the_queue_shows_what_waits_oldest_first(siti, admin):
    one, two = (money.withdraw(siti, 50_000).data["id"] for _ in range(2))
    waiting = scene.scrolled(admin, "/v1/admin/withdrawals", per_page=100)
    mine = [row for row in waiting if row["user_id"] == siti.user["id_users"]]
    assert [row["id"] for row in mine] == [one, two]
    assert mine[0]["full_name"] == "Siti Rahma" and mine[0]["account_number"] == "******7890"


def test_the_list_goes_on_where_the_cursor_says(siti):
    made = [money.withdraw(siti, 50_000).data["id"] for _ in range(2)]
    first = siti.get("/v1/withdrawals", per_page=1)
    assert first.json["meta"]["has_next"] and first.json["meta"]["total"] == 2
    second = siti.get("/v1/withdrawals", per_page=1, cursor=first.json["meta"]["next_cursor"])
    assert [first.data[0]["id"], second.data[0]["id"]] == made[::-1]
    assert second.json["meta"]["next_cursor"] is None


def test_no_account_number_is_readable_in_the_database(siti):
    money.withdraw(siti, 60_000, account_number="998877665544")
    kept = money.rows("select w::text as row, account_number from withdrawal_requests w where user_id = :user", user=siti.user["id_users"])
    assert "998877665544" not in kept[0].row
    assert b"998877665544" not in bytes(kept[0].account_number)
    assert vault.unseal(kept[0].account_number, owner=siti.user["id_users"]) == "998877665544"


def test_of_thirty_two_requests_on_a_balance_for_one_exactly_one_passes(gateway, services, api, signed_in):
    """WITHDRAWAL_ROUNDS is how often: 20 by default, 200 in the long run."""
    siti = money.creator(signed_in)
    user = siti.user["id_users"]
    passed = []
    with ThreadPoolExecutor(32) as pool:
        for _ in range(ROUNDS):
            with db.transaction() as writing:
                ledger.credit(writing, user, 50_000, f"round:{user}:{len(passed)}", "Royalti")
            answers = list(pool.map(lambda _: money.withdraw(siti, 50_000, expect=None).status, range(32)))
            passed.append(answers.count(201))
            assert set(answers) <= {201, 402}
            assert money.purse(siti) == (0, 0, 50_000 * len(passed))
    print(f"32 withdrawals at once on a balance for one: exactly one passed in {passed.count(1)} rounds of {ROUNDS}")
    assert passed == [1] * ROUNDS


def test_approving_rejecting_and_canceling_at_once_ends_a_withdrawal_once(siti, admin):
    made = money.withdraw(siti, 60_000).data["id"]
    decide = f"/v1/admin/withdrawals/{made}"
    acts = [
        lambda: admin.post(f"{decide}/approve", {"reference": "TRX-1"}).status,
        lambda: admin.post(f"{decide}/reject", {"reason": "Tidak cocok"}).status,
        lambda: siti.post(f"/v1/withdrawals/{made}/cancel").status,
    ] * 4
    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(lambda act: act(), acts))
    ended = money.rows("select status from withdrawal_requests where id = :id", id=made)[0].status
    assert money.purse(siti) == ((40_000, 0, 0) if ended == "approved" else (100_000, 0, 0))
    settled = money.rows("select reason from wallet_transactions where reference = :name and reason <> 'hold'", name=f"withdrawal:{made}")
    assert [row.reason for row in settled] == ["paid" if ended == "approved" else "return"]


def test_the_database_itself_refuses_a_second_end_of_one_hold(siti):
    made, _ = (money.withdraw(siti, 50_000).data["id"] for _ in range(2))
    with db.transaction() as writing:
        ledger.pay(writing, siti.user["id_users"], 50_000, made)
    with pytest.raises(Exception) as caught, db.transaction() as writing:
        ledger.give_back(writing, siti.user["id_users"], 50_000, made)
    assert db.constraint(caught.value) == "uq_wallet_transactions_settled"
    assert money.purse(siti) == (0, 0, 50_000)
