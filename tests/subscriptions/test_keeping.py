"""What administrators do: keep packages, look at payments, give money back."""

import json
import uuid

import pytest

from common import db
from common.clients.errors import Refused
from common.i18n import Text
from common.payments import doku as doku_client
from common.payments import invoices, web
from common.payments.providers import Event
from infra import audit
from tests.support import people, shop


@pytest.fixture
def boss(api):
    return shop.administrator(api)


def terms(**changes):
    made = {"name": f"Paket {uuid.uuid4().hex[:8]}", "description": "Uji coba", "price": 25_000, "duration_days": 14, "publish_quota": 4}
    return {**made, "bonus_credits": 7, "is_active": True, **changes}


def test_a_new_package_can_be_bought_and_a_retired_one_cannot(boss, signed_in):
    siti = signed_in()
    made = boss.post("/v1/admin/packages", terms(), expect=201).data
    assert made["id"] in [each["id"] for each in siti.get("/v1/subscriptions/packages").data]
    assert shop.buy(siti, made["id"])["amount"] == 25_000
    boss.delete(f"/v1/admin/packages/{made['id']}")
    assert made["id"] not in [each["id"] for each in siti.get("/v1/subscriptions/packages").data]
    siti.post("/v1/subscriptions/purchase", {"package_id": made["id"]}, expect=404)
    assert [each["is_active"] for each in boss.get("/v1/admin/packages").data if each["id"] == made["id"]] == [False]


def test_a_package_that_changes_between_order_and_payment_gives_what_was_sold(boss, signed_in):
    siti = signed_in()
    made = boss.post("/v1/admin/packages", terms(), expect=201).data
    bought = shop.buy(siti, made["id"])
    changed = terms(name=made["name"], price=99_000, duration_days=1, publish_quota=0, bonus_credits=0)
    boss.put(f"/v1/admin/packages/{made['id']}", changed)
    shop.does(siti, bought["invoice_number"], "pay")
    assert shop.row(bought["invoice_number"]).status == "success"
    assert shop.has(siti) == (1 + 7, 3 + 4)
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 14
    again = shop.buy(siti, made["id"])
    assert (again["amount"], again["invoice_number"] != bought["invoice_number"]) == (99_000, True)


def test_loading_the_catalogue_again_leaves_the_packages_as_administrators_made_them(boss):
    from infra.seed import loading

    before = boss.get("/v1/admin/packages").data
    pro = next(each for each in before if each["id"] == 3)
    boss.put("/v1/admin/packages/3", {name: pro[name] for name in terms()} | {"price": 61_000})
    loading.load(pictures=False)
    assert next(each["price"] for each in boss.get("/v1/admin/packages").data if each["id"] == 3) == 61_000
    boss.put("/v1/admin/packages/3", {name: pro[name] for name in terms()})


def test_two_packages_at_one_price_are_not_mixed_up(boss, signed_in):
    siti = signed_in()
    short, long = (boss.post("/v1/admin/packages", terms(duration_days=days), expect=201).data["id"] for days in (30, 365))
    bought = shop.buy(siti, long)
    shop.does(siti, bought["invoice_number"], "pay")
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 365 and short != long


def test_two_packages_may_not_have_one_name(boss):
    made = boss.post("/v1/admin/packages", terms(), expect=201).data
    assert boss.post("/v1/admin/packages", terms(name=made["name"]), expect=409).error == "NameTaken"
    boss.put("/v1/admin/packages/987654", terms(), expect=404)


@pytest.mark.parametrize(
    "wrong", [{"price": 0}, {"price": 10**12}, {"price": 1.5}, {"duration_days": 0}, {"publish_quota": -1}, {"name": " "}]
)
def test_terms_that_make_no_sense_are_refused(boss, wrong):
    boss.post("/v1/admin/packages", terms(**wrong), expect=422)


def test_who_changed_a_package_and_how_can_be_read_later(boss):
    made = boss.post("/v1/admin/packages", terms(), expect=201).data
    boss.put(f"/v1/admin/packages/{made['id']}", terms(price=30_000))
    with db.reading() as reading:
        rows = reading.all(
            "select actor_id, action, before, after from audit_log where subject_type = 'package' and subject_id = :id order by id",
            id=str(made["id"]),
        )
    assert [row.action for row in rows] == ["package.create", "package.change"]
    assert (rows[1].before["price"], rows[1].after["price"], rows[1].actor_id) == (25_000, 30_000, boss.user["id_users"])


def test_nobody_else_keeps_packages_or_gives_money_back(signed_in, api):
    siti = signed_in()
    invoice = shop.paid(siti)
    for caller, status in ((siti, 403), (api, 401)):
        caller.post("/v1/admin/packages", terms(), expect=status)
        caller.delete("/v1/admin/packages/2", expect=status)
        caller.get("/v1/admin/payments", expect=status)
        caller.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Ingin saja"}, expect=status)


def test_a_card_payment_is_given_back_by_doku_and_what_is_unused_is_taken_back(boss, signed_in, doku):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    shop.does(siti, invoice, "pay", "CREDIT_CARD")
    refunded = boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=200).data
    assert refunded == {"invoice_number": invoice, "status": "refunded", "how": "provider"}
    assert doku.orders[invoice].status == "REFUNDED"
    assert shop.has(siti) == (1, 3)
    assert siti.get("/v1/me/subscription").data["has_active_subscription"] is False
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "refunded"
    again = boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Sekali lagi"}, expect=200).data
    assert again == refunded and shop.has(siti) == (1, 3)


def test_a_payment_without_a_way_back_is_recorded_as_refunded(boss, signed_in, doku):
    siti = signed_in()
    invoice = shop.paid(siti)
    refunded = boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Transfer manual"}, expect=200).data
    assert (refunded["how"], doku.orders[invoice].status, shop.row(invoice).reason) == ("recorded", "SUCCESS", "Transfer manual")


def test_what_was_used_stays_used(boss, signed_in):
    siti = signed_in()
    invoice = shop.paid(siti)
    from common import ledger

    with db.transaction() as using:
        ledger.move(using, siti.user["id_users"], "kredit", -15, "test", str(uuid.uuid4()))
        ledger.move(using, siti.user["id_users"], "publish_quota", -13, "test", str(uuid.uuid4()))
        using.run("update subscriptions set end_date = end_date - interval '10 days' where user_id = :u", u=siti.user["id_users"])
    boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Tidak puas"}, expect=200)
    assert shop.has(siti) == (0, 0)
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 0


def test_a_refund_of_one_of_two_packages_leaves_the_days_of_the_other(boss, signed_in):
    siti = signed_in()
    shop.paid(siti)
    second = shop.paid(siti, 1)
    boss.post(f"/v1/admin/payments/{second}/refund", {"reason": "Dobel"}, expect=200)
    now = siti.get("/v1/me/subscription").data
    assert (now["days_remaining"], now["package_name"]) == (30, "Basic")


def test_only_what_was_paid_can_be_given_back(boss, signed_in):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    assert boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Belum bayar"}, expect=409).error == "NotRefundable"
    boss.post("/v1/admin/payments/INV-NONE/refund", {"reason": "Tidak ada"}, expect=404)


def test_a_refund_whose_answer_was_lost_is_asked_again_under_the_same_number_and_made_once(boss, signed_in, doku, monkeypatch):
    siti, sent, once = signed_in(), [], web._once
    invoice = shop.buy(siti)["invoice_number"]
    shop.does(siti, invoice, "pay", "CREDIT_CARD")

    def loses(method, url, headers, body):
        sent.append(headers["Request-Id"])
        answer = once(method, url, headers, body)
        if len(sent) <= 2:
            raise web._Passing("lost")
        return answer

    monkeypatch.setattr(web, "_once", loses)
    boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=503)
    assert shop.row(invoice).status == "success"
    boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=200)
    assert len(sent) == 3 and len(set(sent)) == 1
    assert shop.has(siti) == (1, 3)


def by_card(person):
    """A package bought and paid for by card; its invoice number."""
    invoice = shop.buy(person)["invoice_number"]
    shop.does(person, invoice, "pay", "CREDIT_CARD")
    return invoice


def give_back(boss, invoice, expect):
    return boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=expect)


def answers(monkeypatch, status, body):
    """Every call for a refund is answered with this and reaches nobody."""
    once = web._once
    sent = []

    def answered(method, url, headers, data):
        if not url.endswith(doku_client.REFUND):
            return once(method, url, headers, data)
        sent.append(headers["Request-Id"])
        return web.Answer(status, body if isinstance(body, str) else json.dumps(body))

    monkeypatch.setattr(web, "_once", answered)
    return sent


def test_a_card_refund_that_doku_refused_yesterday_and_is_asked_for_again_is_really_made_or_refused_again(boss, signed_in, doku):
    siti = signed_in()
    invoice = by_card(siti)
    doku.orders[invoice].status = "PENDING"  # The bank has not settled it yet.
    for _ in range(3):
        assert give_back(boss, invoice, 409).error == "RefundRefused"
        assert (shop.row(invoice).status, shop.has(siti)) == ("success", (21, 13))
    doku.orders[invoice].status = "SUCCESS"
    assert give_back(boss, invoice, 200).data["how"] == "provider"
    assert (doku.orders[invoice].status, shop.has(siti)) == ("REFUNDED", (1, 3))


def test_a_refusal_whose_answer_was_lost_is_heard_the_second_time_and_the_third_attempt_is_a_new_one(boss, signed_in, doku, monkeypatch):
    siti, sent, once = signed_in(), [], web._once
    invoice = by_card(siti)
    doku.orders[invoice].status = "PENDING"

    def loses(method, url, headers, body):
        sent.append(headers["Request-Id"])
        answer = once(method, url, headers, body)
        if len(sent) <= 2:
            raise web._Passing("lost")
        return answer

    with monkeypatch.context() as losing:
        losing.setattr(web, "_once", loses)
        losing.setattr(web.time, "sleep", lambda seconds: None)
        give_back(boss, invoice, 503)
        doku.orders[invoice].status = "SUCCESS"
        assert give_back(boss, invoice, 409).error == "RefundRefused", "what DOKU refused under this number it refuses for ever"
    assert (len(set(sent[:3])), shop.row(invoice).status, shop.has(siti)) == (1, "success", (21, 13))
    assert give_back(boss, invoice, 200).data["how"] == "provider"
    assert (doku.orders[invoice].status, shop.has(siti)) == ("REFUNDED", (1, 3))


REFUSAL = {"error": {"code": "invalid_status", "message": "Transaction is not settled", "type": "invalid_request_error"}}


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, REFUSAL), (409, REFUSAL), (403, ""), (200, {"refund": {"type": "FULL_REFUND", "status": "FAILED", "message": "Declined"}})],
    ids=["refused", "refused the first time", "forbidden", "failed"],
)
def test_a_refund_that_doku_says_was_not_made_is_not_booked_and_the_next_attempt_is_a_new_one(
    boss, signed_in, doku, monkeypatch, status, body
):
    siti = signed_in()
    invoice = by_card(siti)
    sent = answers(monkeypatch, status, body)
    for _ in range(2):
        assert give_back(boss, invoice, 409).error == "RefundRefused"
    assert (len(set(sent)), shop.row(invoice).status, shop.has(siti)) == (2, "success", (21, 13))


UNSURE = [
    (200, ""),
    (200, {}),
    (409, ""),
    (409, "<html>Conflict</html>"),
    (409, []),
    (200, {"refund": {"type": "MANUAL_FULL_REFUND", "status": "PROCESSING"}}),
    (409, {"refund": {"type": "MANUAL_FULL_REFUND", "status": "PROCESSING"}}),
]


@pytest.mark.parametrize(("status", "body"), UNSURE)
def test_a_refund_of_which_doku_does_not_say_whether_it_was_made_is_not_booked_and_asked_about_under_the_same_number(
    boss, signed_in, doku, monkeypatch, status, body
):
    siti = signed_in()
    invoice = by_card(siti)
    sent = answers(monkeypatch, status, body)
    for _ in range(2):
        give_back(boss, invoice, 503)
    assert (len(set(sent)), shop.row(invoice).status, shop.has(siti)) == (1, "success", (21, 13))
    doku.orders[invoice].status = "REFUNDED"  # By now it says so, when it is asked about the order.
    assert give_back(boss, invoice, 200).data["how"] == "provider"
    assert shop.has(siti) == (1, 3)


def test_a_refusal_that_comes_late_leaves_the_number_of_an_attempt_made_since(boss, signed_in, doku, monkeypatch):
    siti = signed_in()
    invoice = by_card(siti)

    def slow(payment):
        with db.transaction() as meanwhile:
            meanwhile.run("update payment_transactions set refund_request_id = 'a-later-one' where id = :id", id=payment.id)
        raise Refused(Text("No", "Tidak"))

    monkeypatch.setattr(doku_client, "refund", slow)
    give_back(boss, invoice, 409)
    assert shop.row(invoice).refund_request_id == "a-later-one"


def test_payments_in_quarantine_can_be_found_with_the_reason(boss, signed_in, doku):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    body = json.dumps({"order": {"invoice_number": invoice, "amount": 1}, "transaction": {"status": "SUCCESS"}}).encode()
    assert shop.deliver(siti, doku.headers("req-" + invoice, body), body) == 200
    found = [each for each in boss.get("/v1/admin/payments", status="quarantined", per_page=100).data if each["invoice_number"] == invoice]
    assert "paid 1" in found[0]["reason"] and found[0]["package_name"] == "Basic"
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "quarantined"
    assert shop.has(siti) == (1, 3)


def test_the_first_paid_invoice_of_somebody_invited_earns_a_commission_and_its_refund_takes_it_back(boss, signed_in, api):
    siti = signed_in()
    budi = signed_in(email=people.address())
    with db.transaction() as inviting:
        inviting.run(
            "insert into referrals (referrer_id, referred_user_id) values (:a, :b)", a=siti.user["id_users"], b=budi.user["id_users"]
        )
    first, _second = shop.paid(budi), shop.paid(budi)

    def earned():
        with db.reading() as reading:
            rows = reading.all("select amount, status from commissions where id_user = :u", u=siti.user["id_users"])
        return [tuple(row) for row in rows]

    assert earned() == [(1650, "pending")]
    boss.post(f"/v1/admin/payments/{first}/refund", {"reason": "Batal"}, expect=200)
    assert earned() == [(1650, "reversed")]


def never_granted(person, status="success", sold="{}"):
    """An invoice that is paid by what its row says, and for which nothing was given: it came from elsewhere, or was changed by hand."""
    invoice = f"INV-LUAR-{uuid.uuid4().hex[:12]}"
    sql = "insert into payment_transactions (user_id, invoice_number, amount, status, sold) values (:user, :invoice, 16500, :status, :sold)"
    with db.transaction() as writing:
        writing.run(sql, user=person.user["id_users"], invoice=invoice, status=status, sold=sold)
    return invoice


def books_of_refunds(*people_):
    """What the audit finds wrong with what was taken back."""
    with db.reading() as reading:
        users = [person.user["id_users"] for person in people_]
        return audit.check(reading, "a refund took back no more than was given", users).differences


SOLD = json.dumps({"name": "Basic", "price": 16_500, "duration_days": 30, "publish_quota": 10, "bonus_credits": 20})


@pytest.mark.parametrize("sold", ["{}", SOLD], ids=["nobody knows what for", "terms written down"])
def test_a_refund_of_an_invoice_for_which_nothing_was_given_takes_nothing_back(boss, signed_in, sold):
    siti = signed_in()
    invoice = never_granted(siti, sold=sold)
    refunded = boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Dari sistem lama"}, expect=200).data
    assert (refunded["status"], shop.row(invoice).status) == ("refunded", "refunded")
    assert shop.has(siti) == (1, 3) and books_of_refunds(siti) == []


def test_a_refund_of_an_invoice_for_which_nothing_was_given_leaves_what_another_purchase_gave(boss, signed_in):
    siti = signed_in()
    shop.paid(siti)
    invoice = never_granted(siti, sold=SOLD)
    boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Dari sistem lama"}, expect=200)
    assert shop.has(siti) == (1 + 20, 3 + 10) and books_of_refunds(siti) == []
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 30


def test_a_payment_for_which_nobody_knows_the_package_is_listed_with_the_others(boss, signed_in):
    invoice = never_granted(signed_in(), status="quarantined")
    (listed,) = [each for each in boss.get("/v1/admin/payments", per_page=100).data if each["invoice_number"] == invoice]
    assert (listed["package_name"], listed["status"], listed["amount"]) == ("", "quarantined", 16_500)


def test_a_refund_of_an_invoice_without_a_name_is_told_by_its_number(boss, signed_in):
    siti = signed_in()
    invoice = never_granted(siti)
    boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Dari sistem lama"}, expect=200)
    with db.reading() as reading:
        told = reading.value("select message from notifications where user_id = :user and type = 'payment'", user=siti.user["id_users"])
    assert invoice in told


def test_a_refund_takes_back_what_the_ledger_says_was_given_whatever_the_terms_say_by_now(boss, signed_in):
    siti = signed_in()
    invoice = shop.paid(siti)
    with db.transaction() as changing:
        more = (
            'update payment_transactions set sold = sold || \'{"publish_quota": 13, "bonus_credits": 21}\' where invoice_number = :invoice'
        )
        changing.run(more, invoice=invoice)
    boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=200)
    assert shop.has(siti) == (1, 3) and books_of_refunds(siti) == []


def test_a_refund_of_a_package_whose_days_have_passed_leaves_the_days_of_the_next(boss, signed_in):
    siti = signed_in()
    first, _second = shop.paid(siti), shop.paid(siti, 1)
    with db.transaction() as passing:
        passing.run("update subscriptions set end_date = end_date - interval '32 days' where user_id = :u", u=siti.user["id_users"])
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 5
    boss.post(f"/v1/admin/payments/{first}/refund", {"reason": "Terlambat"}, expect=200)
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 5


def test_a_refund_of_the_first_of_two_packages_leaves_the_days_of_the_second(boss, signed_in):
    siti = signed_in()
    first, _second = shop.paid(siti), shop.paid(siti, 1)
    boss.post(f"/v1/admin/payments/{first}/refund", {"reason": "Dobel"}, expect=200)
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 7


def test_a_refund_of_an_invoice_for_which_nothing_was_given_leaves_the_commission_of_another(boss, signed_in):
    siti, budi = signed_in(), signed_in()
    with db.transaction() as inviting:
        inviting.run(
            "insert into referrals (referrer_id, referred_user_id) values (:a, :b)", a=siti.user["id_users"], b=budi.user["id_users"]
        )
    shop.paid(budi)
    boss.post(f"/v1/admin/payments/{never_granted(budi, sold=SOLD)}/refund", {"reason": "Dari sistem lama"}, expect=200)
    with db.reading() as reading:
        earned = reading.all("select amount, status from commissions where id_user = :u", u=siti.user["id_users"])
        users = [siti.user["id_users"], budi.user["id_users"]]
        wrong = [each for each in audit.differences(reading, users) if "commission" in each.check or "wallet" in each.check]
    assert ([tuple(row) for row in earned], wrong) == ([(1650, "pending")], [])


def test_money_for_an_invoice_of_which_nobody_knows_the_package_is_quarantined_and_can_be_given_back(boss, signed_in):
    siti = signed_in()
    invoice = never_granted(siti, status="pending")
    with db.transaction() as settling:
        assert invoices.settle(settling, "doku", Event(invoice, "SUCCESS", 16_500, "IDR", None, "")) == "quarantined"
    assert shop.row(invoice).reason == "paid for a package that is not known" and shop.has(siti) == (1, 3)
    boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Paket tidak dikenal"}, expect=200)
    assert shop.row(invoice).status == "refunded" and shop.has(siti) == (1, 3)
