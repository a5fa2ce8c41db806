"""Buying a package: the page, what a payment grants, and what one sees of it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from common import clock, db
from common.payments import circuit, web
from functions.subscriptions import payments
from tests.support import shop


def test_packages_are_listed_with_the_cheapest_first(api):
    packages = api.get("/v1/subscriptions/packages").data
    assert [each["price"] for each in packages] == sorted(each["price"] for each in packages)
    basic = next(each for each in packages if each["id"] == 2)
    assert (basic["name"], basic["price"], basic["duration_days"]) == ("Basic", 16_500, 30)


def test_the_ways_to_pay_are_the_ones_that_the_app_knows(api):
    assert [each["code"] for each in api.get("/v1/payment-methods").data] == "qris gopay dana ovo bni_va bri_va bca_va mandiri_va".split()


def test_a_paid_package_gives_its_days_its_quota_and_its_kredit(signed_in):
    siti = signed_in()
    before = siti.get("/v1/me/subscription").data
    assert before == {
        "has_active_subscription": False,
        "package_name": None,
        "start_date": None,
        "end_date": None,
        "days_remaining": 0,
        "publish_quota": 3,
    }
    bought = shop.buy(siti)
    assert (bought["amount"], bought["package_name"]) == (16_500, "Basic")
    assert len(bought["invoice_number"]) <= 30
    shop.does(siti, bought["invoice_number"], "pay")
    assert shop.has(siti) == (1 + 20, 3 + 10)
    now = siti.get("/v1/me/subscription").data
    assert (now["has_active_subscription"], now["package_name"], now["days_remaining"], now["publish_quota"]) == (True, "Basic", 30, 13)
    status = siti.get(f"/v1/subscriptions/payment-status/{bought['invoice_number']}").data
    assert set(status) == set("invoice_number status amount payment_method created_at payment_url type_transaction expires_at".split())
    assert (status["status"], status["type_transaction"]) == ("success", "subscription")


def test_ones_subscription_is_shown_without_reading_everybodys_payments(database):
    with db.transaction() as asking:
        asking.run("set local enable_seqscan = off")
        plan = str(asking.all(f"explain {payments.CURRENT}", user=1, now=clock.now()))
    assert "ix_payment_transactions_user_id" in plan and "Seq Scan on payment_transactions" not in plan


def test_a_second_package_counts_from_the_end_of_the_first(signed_in):
    siti = signed_in()
    shop.paid(siti)
    first = datetime.fromisoformat(siti.get("/v1/me/subscription").data["end_date"])
    shop.paid(siti, 1)
    now = siti.get("/v1/me/subscription").data
    assert datetime.fromisoformat(now["end_date"]) == first + timedelta(days=7)
    assert (now["package_name"], now["days_remaining"]) == ("Starter", 37)


def test_a_package_after_the_end_of_another_counts_from_now(signed_in):
    siti = signed_in()
    shop.paid(siti)
    with db.transaction() as ending:
        ending.run("update subscriptions set end_date = now() - interval '3 days' where user_id = :user", user=siti.user["id_users"])
    assert siti.get("/v1/me/subscription").data["has_active_subscription"] is False
    shop.paid(siti, 1)
    assert siti.get("/v1/me/subscription").data["days_remaining"] == 7


def test_an_open_purchase_of_the_same_package_gives_the_same_page(signed_in):
    siti = signed_in()
    first, second, other = shop.buy(siti), shop.buy(siti), shop.buy(siti, 1)
    assert second == first
    assert other["payment_url"] != first["payment_url"]
    shop.does(siti, first["invoice_number"], "pay")
    assert shop.buy(siti)["invoice_number"] != first["invoice_number"]


def test_another_way_to_pay_gets_a_page_of_its_own_and_no_way_named_gets_the_open_one(signed_in, doku):
    siti = signed_in()
    qris, bca = shop.buy(siti, payment_method="qris"), shop.buy(siti, paymentMethod="bca_va")
    assert qris["invoice_number"] != bca["invoice_number"]
    assert doku.orders[qris["invoice_number"]].asked["payment"]["payment_method_types"] == ["QRIS"]
    assert doku.orders[bca["invoice_number"]].asked["payment"]["payment_method_types"] == ["VIRTUAL_ACCOUNT_BCA"]
    assert shop.buy(siti)["invoice_number"] == bca["invoice_number"]


def test_a_way_to_pay_that_nobody_knows_leaves_the_choice_to_the_page(signed_in, doku):
    siti = signed_in()
    bought = shop.buy(siti, payment_method="DOKU")
    assert "payment_method_types" not in doku.orders[bought["invoice_number"]].asked["payment"]


def test_ten_purchases_at_the_same_moment_are_one_invoice_and_one_page(signed_in, doku):
    siti = signed_in()
    before, found, barrier = len(doku.orders), [], threading.Barrier(10)

    def buy():
        barrier.wait()
        found.append(tuple(sorted(shop.buy(siti).items())))

    threads = [threading.Thread(target=buy) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), len(doku.orders) - before) == (10, 1, 1)


@pytest.mark.parametrize("named", [{"package_id": 2}, {"packageId": 2}, {"packageSlug": "basic"}, {"package_slug": "package-2"}])
def test_a_package_is_named_by_id_or_slug_in_either_spelling(signed_in, named):
    assert signed_in().post("/v1/subscriptions/purchase", named, expect=201).data["package_name"] == "Basic"


def test_a_package_that_does_not_exist_cannot_be_bought(signed_in):
    siti = signed_in()
    assert siti.post("/v1/subscriptions/purchase", {"package_id": 987}, expect=404).error == "NoSuchPackage"
    siti.post("/v1/subscriptions/purchase", {}, expect=422)


def test_a_failed_payment_can_be_tried_again_on_the_same_page(signed_in):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    shop.does(siti, invoice, "fail")
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "failed"
    shop.does(siti, invoice, "pay")
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "success"
    assert shop.has(siti) == (21, 13)


def test_an_invoice_is_nobody_elses_business(signed_in):
    siti, budi = signed_in(), signed_in()
    invoice = shop.paid(siti)
    budi.get(f"/v1/subscriptions/payment-status/{invoice}", expect=404)
    assert budi.get("/v1/subscriptions/payment-history").data == []


def test_the_history_is_newest_first_and_comes_in_pages(signed_in):
    siti = signed_in()
    invoices = [shop.paid(siti, package) for package in (1, 2, 1)]
    listed = siti.get("/v1/subscriptions/payment-history", per_page=2)
    assert [each["invoice_number"] for each in listed.data] == invoices[:0:-1]
    rest = siti.get("/v1/subscriptions/payment-history", per_page=2, cursor=listed.json["meta"]["next_cursor"])
    assert [each["invoice_number"] for each in rest.data] == invoices[:1]
    assert (listed.json["meta"]["total"], rest.json["meta"]["has_next"]) == (3, False)


def test_a_lost_answer_of_doku_costs_one_more_call_and_no_second_order(signed_in, doku, monkeypatch):
    siti, sent, once = signed_in(), [], web._once

    def loses_the_first(method, url, headers, body):
        answer = once(method, url, headers, body)
        sent.append(headers["Request-Id"])
        if len(sent) == 1:
            raise web._Passing("the answer got lost")
        return answer

    monkeypatch.setattr(web, "_once", loses_the_first)
    before = len(doku.orders)
    bought = shop.buy(siti)
    assert len(doku.orders) - before == 1 and len(sent) == 2
    assert set(sent) == {shop.row(bought["invoice_number"]).request_id}


def test_when_doku_is_down_a_purchase_says_so_and_when_to_come_back_and_later_gets_its_page(signed_in, doku, monkeypatch):
    siti, calls = signed_in(), []
    monkeypatch.setattr(web.time, "sleep", lambda seconds: None)

    def down(*call):
        calls.append(call)
        raise web._Passing("connection refused")

    with monkeypatch.context() as outage:
        outage.setattr(web, "_once", down)
        for _ in range(5):
            refused = siti.post("/v1/subscriptions/purchase", {"package_id": 2}, expect=503)
            assert refused.error == "PaymentsUnavailable" and int(refused.headers["Retry-After"]) > 0
        assert len(calls) == 2 * circuit.FAILURES, "an open circuit asks nobody"
    circuit.reset()
    bought = shop.buy(siti)
    with db.reading() as reading:
        assert reading.value("select count(*) from payment_transactions where user_id = :user", user=siti.user["id_users"]) == 1
    shop.does(siti, bought["invoice_number"], "pay")
    assert shop.has(siti) == (21, 13)


def test_a_circuit_lets_one_call_through_after_its_pause(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(circuit.time, "monotonic", lambda: now[0])
    for _ in range(circuit.FAILURES):
        circuit.enter("x")
        circuit.leave("x", well=False)
    with pytest.raises(circuit.Open):
        circuit.enter("x")
    now[0] += circuit.PAUSE + 1
    circuit.enter("x")
    with pytest.raises(circuit.Open):
        circuit.enter("x")
    circuit.leave("x", well=True)
    circuit.enter("x")


def test_an_invoice_that_doku_refuses_is_closed_and_the_next_purchase_makes_another(signed_in, doku, monkeypatch):
    siti = signed_in()
    monkeypatch.setenv("DOKU_SECRET_KEY", "SK-of-another-environment")
    siti.post("/v1/subscriptions/purchase", {"package_id": 2}, expect=503)
    monkeypatch.undo()
    shop.buy(siti)
    with db.reading() as reading:
        rows = reading.all("select status, reason from payment_transactions where user_id = :user order by id", user=siti.user["id_users"])
    assert [row.status for row in rows] == ["failed", "pending"]
    assert "Invalid Header Signature" in rows[0].reason


def test_the_page_ends_when_doku_says(signed_in, doku):
    bought = shop.buy(signed_in())
    ends = doku.orders[bought["invoice_number"]].expires_at
    assert datetime.fromisoformat(bought["expires_at"]) == ends.replace(microsecond=0)
    assert timedelta(minutes=59) < ends - datetime.now(UTC) <= timedelta(minutes=60)
