"""What happens to a payment at the very moment at which something else does."""

import json
import uuid

import pytest

from common import db, ledger
from common.auth import User
from common.payments import doku as provider
from common.payments import invoices
from functions.subscriptions import purchases
from functions.subscriptions.schemas import Purchase
from tests.support import shop, waiting


@pytest.fixture
def boss(api):
    return shop.administrator(api)


def settled(invoice):
    told = {"order": {"invoice_number": invoice, "amount": 16500}, "transaction": {"status": "SUCCESS"}}
    with db.transaction() as settling:
        return invoices.settle(settling, "doku", provider.read(json.dumps(told)))


def test_what_is_spent_while_a_refund_is_made_stays_spent_and_the_rest_is_taken_back(boss, signed_in):
    siti = signed_in()
    invoice = shop.paid(siti)
    assert shop.has(siti) == (21, 13)
    with db.transaction() as spending:
        assert ledger.move(spending, siti.user["id_users"], "kredit", -15, "test", str(uuid.uuid4()))
        assert ledger.move(spending, siti.user["id_users"], "publish_quota", -12, "test", str(uuid.uuid4()))
        refund = waiting.beside(lambda: boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=200))
        assert refund.waits
    refund.end()
    assert shop.has(siti) == (0, 0)


def test_a_package_that_is_paid_while_another_is_given_back_keeps_all_of_its_days(boss, signed_in):
    siti = signed_in()
    first = shop.paid(siti)
    with db.transaction() as passing:
        passing.run("update subscriptions set end_date = end_date - interval '20 days' where user_id = :u", u=siti.user["id_users"])
    second = shop.buy(siti)["invoice_number"]
    told = json.dumps({"order": {"invoice_number": second, "amount": 16500}, "transaction": {"status": "SUCCESS"}})
    with db.transaction() as paying:
        invoices.settle(paying, "doku", provider.read(told))
        refund = waiting.beside(lambda: boss.post(f"/v1/admin/payments/{first}/refund", {"reason": "Salah beli"}, expect=200))
        assert refund.waits
    refund.end()
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 30


def test_two_packages_given_back_at_once_leave_the_days_of_the_third(boss, signed_in):
    siti = signed_in()
    first, second, _third = shop.paid(siti), shop.paid(siti), shop.paid(siti, 1)
    with db.transaction() as holding:
        holding.value("select id from subscriptions where user_id = :user for update", user=siti.user["id_users"])
        both = [
            waiting.beside(lambda each=each: boss.post(f"/v1/admin/payments/{each}/refund", {"reason": "Dobel"}, expect=200))
            for each in (first, second)
        ]
        assert all(each.waits for each in both)
    for each in both:
        each.end()
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 7


def test_the_same_news_twice_at_once_come_one_after_the_other_and_neither_fails(signed_in):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    with db.transaction() as settling:
        settling.value("select id from payment_transactions where invoice_number = :invoice for update", invoice=invoice)
        both = [waiting.beside(lambda: settled(invoice)), waiting.beside(lambda: settled(invoice))]
        assert all(each.waits for each in both)
    assert [each.end() for each in both] == ["success", "success"]
    assert shop.has(siti) == (21, 13)


def test_a_second_tap_on_the_button_waits_for_the_first_and_gets_its_invoice(signed_in):
    siti = signed_in()
    buyer = User(siti.user["id_users"], "creator", "Siti", "id", "")
    with db.transaction() as buying:
        first, _ = purchases._invoice(buying, buyer, Purchase(package_id=2))
        second = waiting.beside(lambda: shop.buy(siti))
        assert second.waits
    assert second.end()["invoice_number"] == first.invoice_number


def test_giving_a_payment_in_quarantine_back_takes_nothing_that_it_never_gave(boss, signed_in, doku):
    siti = signed_in()
    shop.paid(siti)
    invoice = shop.buy(siti)["invoice_number"]
    body = json.dumps({"order": {"invoice_number": invoice, "amount": 1}, "transaction": {"status": "SUCCESS"}}).encode()
    assert shop.deliver(siti, doku.headers("req-" + invoice, body), body) == 200
    before = shop.has(siti), siti.get("/v1/me/subscription").data["days_remaining"]
    boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Jumlahnya salah"}, expect=200)
    assert (shop.has(siti), siti.get("/v1/me/subscription").data["days_remaining"]) == before


def test_after_a_price_has_changed_an_open_purchase_at_the_old_one_is_not_sold_again(boss, signed_in):
    siti = signed_in()
    terms = {"name": f"Paket {uuid.uuid4().hex[:8]}", "description": "Uji coba", "price": 25_000, "duration_days": 14}
    terms |= {"publish_quota": 4, "bonus_credits": 7, "is_active": True}
    package = boss.post("/v1/admin/packages", terms, expect=201).data["id"]
    old = shop.buy(siti, package)
    boss.put(f"/v1/admin/packages/{package}", {**terms, "price": 40_000})
    new = shop.buy(siti, package)
    assert (old["amount"], new["amount"], old["invoice_number"] != new["invoice_number"]) == (25_000, 40_000, True)
    boss.put(f"/v1/admin/packages/{package}", {**terms, "price": 40_000, "bonus_credits": 1})
    assert shop.buy(siti, package)["invoice_number"] != new["invoice_number"]
    boss.delete(f"/v1/admin/packages/{package}")
