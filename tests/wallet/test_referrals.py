"""Who brought whom, and what that earns."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from common import clock, db, people
from common.payments import invoices
from common.payments.providers import Event
from common.wallet import commissions
from tests.social import scene
from tests.wallet import money


@pytest.fixture
def pair(signed_in):
    """Siti, who brought Budi."""
    siti, budi = money.creator(signed_in, name="Siti Rahma"), signed_in(name="Budi Santoso")
    money.refer(siti, budi)
    return SimpleNamespace(siti=siti, budi=budi, user=budi.user["id_users"])


def earn(payment):
    with db.transaction() as writing:
        commissions.earn(writing, payment)


def reverse(payment):
    with db.transaction() as writing:
        commissions.reverse(writing, payment)


def mature():
    with db.transaction() as writing:
        return commissions.mature(writing)


@pytest.fixture
def later(monkeypatch):
    """`with later(days=7):` the rules' clock is that much ahead; tokens, which expire, are used outside of it."""

    @contextmanager
    def moved(**span):
        real = clock.now
        with monkeypatch.context() as patching:
            patching.setattr(clock, "now", lambda: real() + timedelta(**span))
            yield

    return moved


def test_a_code_given_at_registration_counts_once_the_account_is_verified(signed_in):
    siti = signed_in()
    budi = signed_in(name="Budi Santoso", referral_code=siti.user["referral_code_id"])
    assert budi.get("/v1/referrals/check-parent").data is True
    shown = siti.get("/v1/referrals").data
    assert [(row["referred_user_id"], row["referred_user"]["full_name"]) for row in shown] == [(budi.user["id_users"], "Budi Santoso")]


@pytest.mark.parametrize("spelled", [" {} ", "\t{}\n"])
def test_a_code_given_at_registration_counts_whatever_its_capitals_and_the_blanks_around_it(signed_in, spelled):
    siti = signed_in()
    budi = signed_in(referral_code=spelled.format(siti.user["referral_code_id"].lower()))
    assert budi.get("/v1/referrals/check-parent").data is True
    assert [row["referred_user_id"] for row in siti.get("/v1/referrals").data] == [budi.user["id_users"]]


def test_of_two_adopted_codes_that_differ_in_capitals_alone_the_one_that_was_typed_counts(signed_in, api):
    siti, tono = signed_in(), signed_in()
    code = f"LAMA{siti.user['id_users']}"
    with db.transaction() as writing:
        for person, adopted in ((siti, code), (tono, code.lower())):
            writing.run("update users set referral_code_id = :code where id_users = :user", code=adopted, user=person.user["id_users"])
    for referrer, typed in ((siti, code), (tono, code.lower()), (siti, code.title())):
        budi = signed_in(referral_code=typed)
        assert budi.get("/v1/referrals/check-parent").data is True
        assert budi.user["id_users"] in [row["referred_user_id"] for row in referrer.get("/v1/referrals").data]
        assert api.get("/v1/referrals/check-code", code=typed).data is True


def test_a_code_that_check_code_does_not_know_brings_nobody_at_registration_either(signed_in, api):
    siti = signed_in()
    code = siti.user["referral_code_id"]
    with db.transaction() as suspending:
        suspending.run("update users set suspended_at = now() where id_users = :user", user=siti.user["id_users"])
    assert api.get("/v1/referrals/check-code", code=code).data is False
    assert signed_in(referral_code=code).get("/v1/referrals/check-parent").data is False


def test_a_code_is_looked_up_without_reading_everybody(database):
    with db.transaction() as looking:
        looking.run("set local enable_seqscan = off")
        plan = looking.all(f"explain {people.BY_REFERRAL_CODE}", code="SITI7K2M")
    assert any("ix_users_upper_referral_code_id" in row[0] for row in plan), plan


def test_the_list_of_referred_people_holds_no_address(pair):
    body = pair.siti.get("/v1/referrals").body.decode()
    assert "phone" not in body and "email" not in body and pair.budi.user["email"] not in body


def test_a_code_can_be_entered_later_once(pair, signed_in):
    other = signed_in()
    answer = pair.budi.post("/v1/referrals", {"code": other.user["referral_code_id"]}, expect=409)
    assert answer.error == "AlreadyReferred"
    assert pair.siti.get("/v1/referrals").json["meta"]["total"] == 1


def test_a_code_is_read_whatever_its_capitals(signed_in, api):
    siti, budi = signed_in(), signed_in()
    code = siti.user["referral_code_id"].lower()
    assert api.get("/v1/referrals/check-code", code=code).data is True
    budi.post("/v1/referrals", {"code": f" {code} "}, expect=201)


def test_an_unknown_code_is_told_as_such(signed_in, api):
    assert api.get("/v1/referrals/check-code", code="TIDAKADA").data is False
    assert signed_in().post("/v1/referrals", {"code": "TIDAKADA"}, expect=422).error == "UnknownCode"


def test_nobody_refers_themselves_or_those_who_brought_them(pair, signed_in):
    siti, budi = pair.siti, pair.budi
    assert siti.post("/v1/referrals", {"code": siti.user["referral_code_id"]}, expect=409).error == "NotThisCode"
    assert siti.post("/v1/referrals", {"code": budi.user["referral_code_id"]}, expect=409).error == "NotThisCode"
    joko = signed_in()
    money.refer(budi, joko)
    assert siti.post("/v1/referrals", {"code": joko.user["referral_code_id"]}, expect=409).error == "NotThisCode"


def test_two_people_who_name_each_other_at_once_make_no_circle(signed_in):
    one, two = signed_in(), signed_in()
    acts = [(one, two), (two, one)] * 4
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda pair: pair[0].post("/v1/referrals", {"code": pair[1].user["referral_code_id"]}), acts))
    assert [one.get("/v1/referrals/check-parent").data, two.get("/v1/referrals/check-parent").data].count(True) == 1


def test_a_week_after_registering_it_is_too_late(signed_in):
    siti, budi = signed_in(), signed_in()
    with db.transaction() as writing:
        week = "update users set created_at = now() - interval '7 days 1 minute' where id_users = :user"
        writing.run(week, user=budi.user["id_users"])
    assert budi.post("/v1/referrals", {"code": siti.user["referral_code_id"]}, expect=409).error == "TooLate"


def test_nobody_sees_whom_others_brought(pair, signed_in):
    stranger = signed_in()
    stranger.get("/v1/referrals", user_id=pair.siti.user["id_users"], expect=404)
    stranger.get("/v1/commissions", id_user=pair.siti.user["id_users"], expect=404)
    assert stranger.get("/v1/referrals").data == [] == stranger.get("/v1/commissions").data


def test_the_first_paid_invoice_earns_ten_percent_which_waits_a_week(pair, later, api):
    earn(money.paid(pair.user, 79_999))
    assert money.purse(pair.siti) == (0, 7_999, 0)
    with later(days=6, hours=23):
        mature()
    assert money.purse(pair.siti) == (0, 7_999, 0)
    with later(days=7, minutes=1):
        api.worker("/internal/wallets/mature")
    assert money.purse(pair.siti) == (7_999, 0, 0)
    assert mature() == 0
    answer = pair.siti.get("/v1/commissions", id_user=pair.siti.user["id_users"])
    assert answer.json["total_commission"] == 7_999
    assert (answer.data[0]["kredit"], answer.data[0]["status"], answer.data[0]["percent"]) == (7_999, "available", 10)


def test_the_second_invoice_earns_nothing_and_neither_does_the_first_again(pair):
    first = money.paid(pair.user)
    earn(first)
    earn(first)
    earn(money.paid(pair.user))
    assert money.purse(pair.siti) == (0, 10_000, 0)


def bought(user, *news):
    """An invoice of the user over 100,000 rupiah, of which the payment provider says `news`: states, or a state and another amount."""
    sold = {"name": "Paket", "price": 100_000, "duration_days": 30, "publish_quota": 1, "bonus_credits": 1}
    with db.transaction() as writing:
        invoice = writing.value(
            "insert into payment_transactions (user_id, package_id, invoice_number, amount, sold)"
            " values (:user, (select min(id) from subscription_packages), 'TEST-' || gen_random_uuid(), 100000, cast(:sold as jsonb))"
            " returning invoice_number",
            user=user,
            sold=db.json(sold),
        )
    for each in news:
        status, amount = each if isinstance(each, tuple) else (each, 100_000)
        with db.transaction() as writing:
            state = invoices.settle(writing, "doku", Event(invoice, status, Decimal(amount), "IDR", None, "{}"))
    return state


@pytest.mark.parametrize(
    "before", [[("SUCCESS", 99_000)], ["FAILED"], ["EXPIRED"], []], ids=["quarantined", "failed", "expired", "pending"]
)
def test_after_an_invoice_that_was_never_granted_was_given_back_the_first_real_purchase_earns_its_commission(pair, before):
    assert bought(pair.user, *before, "REFUNDED") == "refunded"
    assert money.purse(pair.siti) == (0, 0, 0)
    assert bought(pair.user, "SUCCESS") == "success"
    assert money.purse(pair.siti) == (0, 10_000, 0)


def test_buying_and_refunding_in_turns_earns_once_and_what_came_back_is_taken_back(pair):
    for _ in range(3):
        assert bought(pair.user, "SUCCESS", "REFUNDED") == "refunded"
    bought(pair.user, "SUCCESS")
    assert money.purse(pair.siti) == (0, 0, 0)
    assert [each["status"] for each in pair.siti.get("/v1/commissions").data] == ["reversed"]


def test_a_purchase_before_anybody_was_named_was_the_first_although_it_was_refunded(signed_in):
    siti, budi = money.creator(signed_in), signed_in()
    bought(budi.user["id_users"], "SUCCESS", "REFUNDED")
    money.refer(siti, budi)
    bought(budi.user["id_users"], "SUCCESS")
    assert money.purse(siti) == (0, 0, 0)


def test_two_first_invoices_at_the_same_moment_earn_once(pair):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: _paid_and_earned(pair.user), range(8)))
    assert money.purse(pair.siti) == (0, 10_000, 0)


def _paid_and_earned(user):
    payment = money.paid(user, status="pending")
    with db.transaction() as writing:
        writing.run("update payment_transactions set status = 'success' where id = :id", id=payment.id)
        commissions.earn(writing, payment)


def test_somebody_whom_nobody_brought_earns_nobody_anything(signed_in):
    budi = signed_in()
    earn(money.paid(budi.user["id_users"]))
    assert (
        money.rows(
            "select 1 from commissions c join payment_transactions p on p.id = c.payment_transaction_id where p.user_id = :u",
            u=budi.user["id_users"],
        )
        == []
    )


def test_a_refund_takes_a_waiting_commission_back_once(pair):
    payment = money.paid(pair.user)
    earn(payment)
    reverse(payment)
    reverse(payment)
    assert money.purse(pair.siti) == (0, 0, 0)
    answer = pair.siti.get("/v1/commissions")
    assert (answer.data[0]["status"], answer.json["total_commission"]) == ("reversed", 0)
    assert pair.siti.get("/v1/wallet").data["lifetime"] == 0


def test_a_refund_after_the_money_was_paid_out_leaves_the_wallet_visibly_below_zero(pair, later, signed_in):
    admin = money.powerful(signed_in, "admin")
    payment = money.paid(pair.user, 600_000)
    earn(payment)
    with later(days=8):
        mature()
    made = money.withdraw(pair.siti, 60_000).data["id"]
    admin.post(f"/v1/admin/withdrawals/{made}/approve", {"reference": "TRX-9"}, expect=200)
    reverse(payment)
    wallet = pair.siti.get("/v1/wallet").data
    assert (wallet["available"], wallet["overdrawn"]) == (-60_000, True)
    assert money.withdraw(pair.siti, 50_000, expect=402).error == "InsufficientBalance"
    body = {"amount": 100_000, "reason": "Royalti Oktober", "reference": f"okt-{pair.user}"}
    after = admin.post(f"/v1/admin/wallets/{pair.siti.user['id_users']}/credit", body, expect=200).data
    assert (after["available"], after["overdrawn"]) == (40_000, False)


def test_what_a_refund_has_eaten_is_marked_in_the_queue(pair, later, signed_in):
    admin = money.powerful(signed_in, "admin")
    payment = money.paid(pair.user, 600_000)
    earn(payment)
    with later(days=8):
        mature()
    made = money.withdraw(pair.siti, 60_000).data["id"]
    reverse(payment)
    waiting = {row["id"]: row for row in scene.scrolled(admin, "/v1/admin/withdrawals", per_page=100)}
    assert waiting[made]["overdrawn"] is True
    admin.post(f"/v1/admin/withdrawals/{made}/reject", {"reason": "Komisi dikembalikan"}, expect=200)
    assert money.purse(pair.siti) == (0, 0, 0)
    assert pair.siti.get("/v1/wallet").data["overdrawn"] is False
