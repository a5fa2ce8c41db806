"""An instance that is killed in the middle, at every point there is: nothing is lost, nothing is doubled."""

import json
import uuid

from werkzeug.test import EnvironBuilder

from common import db
from common.once import CLAIM_SECONDS
from tests.support import killing, shop
from tests.support.client import raw


def send(headers, data):
    from functions.payment_callback.main import api

    return raw(api).open(EnvironBuilder(path=shop.CALLBACK, method="POST", data=data, headers=headers)).status_code


def granted(invoice):
    with db.reading() as reading:
        return reading.value("select count(*) from transactions where reference_id = :r and reason = 'purchase'", r=f"invoice:{invoice}")


def days(person):
    return person.get("/v1/me/subscription").data["days_remaining"]


def test_a_callback_killed_at_any_point_and_sent_again_grants_exactly_once(signed_in, doku):
    siti = signed_in()

    def bought():
        invoice = shop.buy(siti)["invoice_number"]
        order = doku.orders[invoice]
        order.status, order.channel = "SUCCESS", "QRIS"
        data = json.dumps({"order": {"invoice_number": invoice, "amount": 16500}, "transaction": {"status": "SUCCESS"}}).encode()
        return invoice, doku.headers(str(uuid.uuid4()), data), data

    _, headers, data = bought()
    passed = killing.points(lambda: send(headers, data))
    print(f"\na callback was killed at {len(passed)} points:", *passed, sep="\n  ")
    assert len(passed) >= 10 and {"before commit", "after commit"} <= set(passed)
    for point in range(len(passed)):
        invoice, headers, data = bought()
        killing.at(point, lambda headers=headers, data=data: send(headers, data))
        assert granted(invoice) in (0, 2), "a grant is whole or not there"
        assert send(headers, data) == 200
        assert (shop.row(invoice).status, granted(invoice)) == ("success", 2), passed[point]
    count = len(passed) + 1
    assert shop.has(siti) == (1 + 20 * count, 3 + 10 * count)
    assert days(siti) == 30 * count


def test_a_purchase_killed_at_any_point_and_asked_again_is_one_invoice_and_one_order(signed_in, doku):
    def request(person, key):
        return lambda: person.post("/v1/subscriptions/purchase", {"package_id": 2}, headers={"Idempotency-Key": key}, expect=201)

    siti = signed_in()

    def invoices():
        with db.reading() as reading:
            rows = reading.all(
                "select invoice_number, payment_url from payment_transactions where user_id = :u order by id", u=siti.user["id_users"]
            )
        return [tuple(row) for row in rows]

    passed = killing.points(request(siti, "first"))
    shop.does(siti, invoices()[0][0], "pay")
    print(f"\na purchase was killed at {len(passed)} points:", *passed, sep="\n  ")
    assert any(point.startswith("before POST") for point in passed) and any(point.startswith("after POST") for point in passed)
    for point in range(len(passed)):
        key, before, orders = str(uuid.uuid4()), invoices(), len(doku.orders)
        killing.at(point, request(siti, key))
        with db.transaction() as waiting:  # Until the claim of a dead process may be taken over.
            waiting.run(
                "update idempotency_keys set created_at = created_at - make_interval(secs => :s) where key = :key",
                s=CLAIM_SECONDS + 1,
                key=key,
            )
        data = request(siti, key)().data
        assert invoices() == [*before, (data["invoice_number"], data["payment_url"])], passed[point]
        assert len(doku.orders) - orders == 1, passed[point]
        shop.does(siti, data["invoice_number"], "pay")
    assert shop.has(siti) == (1 + 20 * (len(passed) + 1), 3 + 10 * (len(passed) + 1))


def test_a_refund_killed_at_any_point_and_asked_again_takes_back_exactly_once(api, signed_in, doku):
    boss = shop.administrator(api)

    def bought(person):
        invoice = shop.buy(person)["invoice_number"]
        shop.does(person, invoice, "pay", "CREDIT_CARD")
        return invoice

    def request(invoice):
        return lambda: boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=200)

    siti = signed_in()
    passed = killing.points(request(bought(siti)))
    print(f"\na refund was killed at {len(passed)} points:", *passed, sep="\n  ")
    assert any(point.startswith("before POST") for point in passed)
    for point in range(len(passed)):
        invoice = bought(siti)
        killing.at(point, request(invoice))
        again = request(invoice)().data
        assert (again["status"], again["how"], doku.orders[invoice].status) == ("refunded", "provider", "REFUNDED"), passed[point]
        with db.reading() as reading:
            back = reading.value("select count(*) from transactions where reference_id = :r and reason = 'refund'", r=f"invoice:{invoice}")
        assert (granted(invoice), back, shop.has(siti)) == (2, 2, (1, 3)), passed[point]
