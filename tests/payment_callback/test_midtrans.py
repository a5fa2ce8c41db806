"""The second provider, Midtrans Snap, behind the same interface: a setting chooses it, and the same rules hold."""

import base64
import hashlib
import json
import uuid
from urllib.request import Request as Call
from urllib.request import urlopen

import pytest

from common import db
from common.payments import deliveries, grants, invoices, midtrans, web
from infra.local import httpd
from infra.local.httpd import Request, json_response
from tests.support import shop

CALLBACK = "/v1/subscriptions/payment-callback/midtrans"
KEY = "SB-Mid-server-local"


class Snap:
    """Midtrans' side, as its documentation describes it: Basic login, pages, status, refunds."""

    def __init__(self):
        self.orders, self.pages, self.refunds, self.url = {}, {}, [], ""

    def handle(self, request: Request):
        if request.header("Authorization") != "Basic " + base64.b64encode(f"{KEY}:".encode()).decode():
            return json_response(
                {"error_messages": ["Access denied due to unauthorized transaction, please check client or server key"]}, 401
            )
        body = json.loads(request.body) if request.body else {}
        if request.path == "/snap/v1/transactions":
            return self.create(request.header("Idempotency-Key"), body)
        order, _, what = request.path.removeprefix("/v2/").partition("/")
        if order not in self.orders:
            return json_response({"status_code": "404", "status_message": "Transaction doesn't exist."})
        return json_response(self.refund(order, body) if what == "refund" else self.told(order))

    def create(self, key, body):
        order = body["transaction_details"]["order_id"]
        if key in self.pages:
            return json_response(self.pages[key], 201)
        if order in {page["order"] for page in self.pages.values()}:
            return json_response({"error_messages": ["transaction_details.order_id has already been taken"]}, 400)
        token = str(uuid.uuid4())
        self.pages[key] = {"token": token, "redirect_url": f"{self.url}/snap/v4/redirection/{token}", "order": order, "asked": body}
        return json_response(self.pages[key], 201)

    def pays(self, order, status="settlement", amount="16500.00", **more):
        self.orders[order] = {"transaction_status": status, "gross_amount": amount, "payment_type": "gopay", **more}

    def refund(self, order, body):
        """Only what is settled and was not paid by bank transfer can be given back, and only once."""
        if self.orders[order]["transaction_status"] != "settlement" or self.orders[order]["payment_type"] == "bank_transfer":
            return {"status_code": "412", "status_message": "Transaction status cannot be updated."}
        self.refunds.append(body)
        self.orders[order]["transaction_status"] = "refund"
        return {"status_code": "200", "refund_key": body["refund_key"]}

    def told(self, order):
        facts = {"order_id": order, "status_code": "200", "currency": "IDR", "transaction_id": str(uuid.uuid4()), **self.orders[order]}
        facts["signature_key"] = hashlib.sha512((order + facts["status_code"] + facts["gross_amount"] + KEY).encode()).hexdigest()
        return facts


@pytest.fixture
def snap(monkeypatch):
    made = Snap()
    server = httpd.Server(made.handle)
    httpd.start(server)
    made.url = server.url
    monkeypatch.setenv("PAYMENT_PROVIDER", "midtrans")
    monkeypatch.setenv("MIDTRANS_SNAP_URL", server.url)
    monkeypatch.setenv("MIDTRANS_API_URL", server.url)
    yield made
    server.stop()


def tell(person, facts):
    return shop.deliver(person, {"Content-Type": "application/json"}, json.dumps(facts).encode(), CALLBACK)


def paid(person, snap, **facts):
    """A package bought and paid for at Midtrans; its invoice number."""
    invoice = shop.buy(person)["invoice_number"]
    snap.pays(invoice, **facts)
    assert tell(person, snap.told(invoice)) == 200 and shop.row(invoice).status == "success"
    return invoice


def refund(boss, invoice, expect=200):
    return boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=expect)


def loses(monkeypatch, what):
    """Every answer to a call of Midtrans whose address ends in `what` gets lost on its way back."""
    once = web._once

    def lost(method, url, headers, body):
        answer = once(method, url, headers, body)
        if url.endswith(what):
            raise web._Passing("lost")
        return answer

    monkeypatch.setattr(web, "_once", lost)
    monkeypatch.setattr(web.time, "sleep", lambda seconds: None)


def test_the_signature_is_the_hash_of_order_code_amount_and_key():
    """The expected value is what `openssl dgst -sha512` says of the four put together."""
    expected = (
        "edc10074195993632a403bfc4b4908fff127e42f8755ed3b01dcfae89abbf894e301240e6f66f5c4fb191f096cfa17db0e2481c94001fcdb382b0d6ff4e7bb8e"
    )
    assert midtrans.signature("ORDER-101", "200", "44000.00", "VT-server-key") == expected


def test_a_purchase_goes_to_midtrans_and_its_notification_grants_it(signed_in, snap):
    siti = signed_in()
    bought = shop.buy(siti, payment_method="bca_va")
    assert bought["payment_url"].startswith(snap.url)
    (page,) = snap.pages.values()
    assert page["asked"]["transaction_details"] == {"order_id": bought["invoice_number"], "gross_amount": 16500}
    assert page["asked"]["enabled_payments"] == ["bca_va"]
    assert shop.buy(siti) == bought
    snap.pays(bought["invoice_number"])
    for _ in range(3):
        assert tell(siti, snap.told(bought["invoice_number"])) == 200
    assert (shop.row(bought["invoice_number"]).status, shop.row(bought["invoice_number"]).channel, shop.has(siti)) == (
        "success",
        "gopay",
        (21, 13),
    )


def test_what_a_notification_says_happened_is_not_believed_before_midtrans_is_asked(signed_in, snap):
    """Its signature covers order, code and amount, so anybody who saw one could change the rest."""
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    snap.pays(invoice, "pending", status_code="201")
    forged = {**snap.told(invoice), "transaction_status": "settlement"}
    assert tell(siti, forged) == 200
    assert (shop.row(invoice).status, shop.has(siti)) == ("pending", (1, 3))


@pytest.mark.parametrize("field", ["order_id", "status_code", "gross_amount", "signature_key"])
def test_an_altered_notification_is_refused(signed_in, snap, field):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    snap.pays(invoice)
    facts = snap.told(invoice)
    for other in (facts[field] + "0", facts[field][:-1], "", None, 1, facts[field].swapcase() + " "):
        assert tell(siti, {**facts, field: other}) == 401
    assert tell(siti, {key: value for key, value in facts.items() if key != field}) == 401
    assert tell(siti, [facts]) == 401


@pytest.mark.parametrize(
    ("status", "more", "state"),
    [
        ("capture", {"fraud_status": "accept"}, "success"),
        ("capture", {"fraud_status": "challenge"}, "pending"),
        ("settlement", {}, "success"),
        ("pending", {}, "pending"),
        ("deny", {}, "failed"),
        ("failure", {}, "failed"),
        ("cancel", {}, "expired"),
        ("expire", {}, "expired"),
        ("refund", {}, "refunded"),
        ("partial_refund", {}, "pending"),
        ("authorize", {}, "pending"),
    ],
)
def test_each_status_of_midtrans_has_its_place_in_ours(status, more, state):
    event = midtrans.read(json.dumps({"order_id": "INV-1", "gross_amount": "16500.00", "transaction_status": status, **more}))
    assert invoices.MOVES["pending"].get(event.status, "pending") == state


def test_a_payment_of_another_amount_is_kept_apart(signed_in, snap):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    snap.pays(invoice, amount="16499.00")
    assert tell(siti, snap.told(invoice)) == 200
    assert (shop.row(invoice).status, shop.has(siti)) == ("quarantined", (1, 3))


def test_a_lost_notification_is_found_out_by_asking_and_a_refund_goes_through_midtrans(api, signed_in, snap):
    siti, boss = signed_in(), shop.administrator(api)
    invoice = shop.buy(siti)["invoice_number"]
    shop.older(invoice, 90)
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "pending"
    snap.pays(invoice)
    shop.older(invoice, 90)
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "success"
    refunded = boss.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=200).data
    assert (refunded["how"], [each["amount"] for each in snap.refunds], shop.has(siti)) == ("provider", [16500], (1, 3))


@pytest.mark.parametrize("status", ["refund", "chargeback"])
def test_a_payment_that_midtrans_gave_back_by_itself_never_asks_people_to_pay(api, signed_in, snap, status):
    siti, boss = signed_in(), shop.administrator(api)
    invoice = paid(siti, snap)
    snap.pays(invoice, status)
    assert tell(siti, snap.told(invoice)) == 200
    for _ in range(2):
        assert refund(boss, invoice).data == {"invoice_number": invoice, "status": "refunded", "how": "provider"}
    assert (snap.refunds, shop.row(invoice).reason, shop.has(siti)) == ([], "refunded (paid back by the provider)", (1, 3))


@pytest.mark.parametrize("told", [True, False], ids=["its notification came", "its notification got lost"])
def test_a_refund_that_died_before_it_was_written_down_never_asks_people_to_pay(api, signed_in, snap, monkeypatch, told):
    siti, boss = signed_in(), shop.administrator(api)
    invoice = paid(siti, snap)
    with monkeypatch.context() as losing:
        loses(losing, "/refund")
        refund(boss, invoice, expect=503)
    if told:
        assert tell(siti, snap.told(invoice)) == 200
    assert refund(boss, invoice).data["how"] == "provider"
    assert ([each["amount"] for each in snap.refunds], shop.row(invoice).reason) == ([16500], "Salah beli (paid back by the provider)")
    assert shop.has(siti) == (1, 3)


def test_a_notification_that_is_faster_than_the_answer_to_a_refund_changes_nothing(api, signed_in, snap, monkeypatch):
    siti, boss, asked = signed_in(), shop.administrator(api), midtrans.refund
    invoice = paid(siti, snap)

    def slow(payment):
        made = asked(payment)
        assert tell(siti, snap.told(invoice)) == 200
        return made

    monkeypatch.setattr(midtrans, "refund", slow)
    assert refund(boss, invoice).data["how"] == "provider"
    assert (shop.row(invoice).reason, shop.has(siti)) == ("Salah beli (paid back by the provider)", (1, 3))


@pytest.mark.parametrize(
    ("status", "kind", "how"),
    [("settlement", "bank_transfer", "recorded"), ("capture", "credit_card", "recorded"), ("cancel", "credit_card", "provider")],
)
def test_what_midtrans_does_not_refund_is_paid_by_people_unless_it_has_nothing_of_it_any_more(api, signed_in, snap, status, kind, how):
    siti, boss = signed_in(), shop.administrator(api)
    invoice = paid(siti, snap, payment_type=kind)
    snap.pays(invoice, status, payment_type=kind)
    assert (refund(boss, invoice).data["how"], refund(boss, invoice).data["how"]) == (how, how)
    assert (snap.refunds, shop.has(siti)) == ([], (1, 3))


def test_a_payment_of_which_midtrans_gave_back_a_part_is_left_for_people_to_decide(api, signed_in, snap):
    siti, boss = signed_in(), shop.administrator(api)
    invoice = paid(siti, snap)
    snap.pays(invoice, "partial_refund")
    assert refund(boss, invoice, expect=409).error == "RefundRefused"
    assert (shop.row(invoice).status, shop.has(siti)) == ("success", (21, 13))


def test_a_notification_that_comes_while_midtrans_is_down_is_kept_and_settled_later(signed_in, snap, monkeypatch):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    snap.pays(invoice)

    def down(*call):
        raise web._Passing("connection refused")

    with monkeypatch.context() as outage:
        outage.setattr(web, "_once", down)
        outage.setattr(web.time, "sleep", lambda seconds: None)
        assert tell(siti, snap.told(invoice)) == 200
    assert shop.row(invoice).status == "pending"
    with db.transaction() as reading:
        from common import inbox

        reading.run("update inbox set received_at = received_at - interval '1 day' where source = 'midtrans' and handled_at is null")
        left = [each for each in inbox.waiting(reading) if each.source == "midtrans"]
    assert [deliveries.again(each) for each in left] == ["success"]
    assert shop.has(siti) == (21, 13)


def no_key(trouble):
    trouble.delenv("MIDTRANS_SERVER_KEY")


def no_grant(trouble):
    give = grants.give

    def fails(writing, payment, event):
        if payment.provider == midtrans.NAME:
            raise RuntimeError("no room for a grant")
        give(writing, payment, event)

    trouble.setattr(grants, "give", fails)


def waiting(invoice):
    """The notification about an invoice that is kept: its attempts, and why the last one failed."""
    with db.reading() as reading:
        return tuple(
            reading.one(
                "select attempts, coalesce(last_error, '') from inbox where source = 'midtrans' and position(:invoice in convert_from(body, 'UTF8')) > 0",
                invoice=invoice,
            )
        )


@pytest.mark.parametrize(
    ("trouble", "why"), [(no_key, "Misconfigured: MIDTRANS_SERVER_KEY is not set"), (no_grant, "RuntimeError: no room for a grant")]
)
def test_a_notification_that_cannot_be_settled_is_kept_with_its_reason_and_the_same_sweep_settles_a_lost_payment_of_doku(
    signed_in, snap, doku, monkeypatch, trouble, why
):
    with db.transaction() as alone:
        alone.run("update payment_transactions set status = 'expired' where status in ('pending', 'failed')")
        alone.run("delete from rate_limits where key = 'payments:ask'")
    siti, budi = signed_in(), signed_in()
    theirs = shop.buy(siti)["invoice_number"]
    snap.pays(theirs)
    with monkeypatch.context() as troubled:
        no_grant(troubled)
        assert tell(siti, snap.told(theirs)) == 200, "Midtrans need not send it again"
    assert waiting(theirs) == (1, "RuntimeError: no room for a grant")
    monkeypatch.setenv("PAYMENT_PROVIDER", "doku")
    doku.deliver = lambda headers, body: 200
    ours = shop.buy(budi)["invoice_number"]
    shop.does(budi, ours, "pay")
    shop.older(ours, 90)
    with db.transaction() as aging:
        aging.run("update inbox set received_at = received_at - interval '1 day' where source = 'midtrans' and handled_at is null")
    with monkeypatch.context() as troubled:
        trouble(troubled)
        siti.worker("/internal/payments/sweep")
    assert waiting(theirs) == (2, why) and shop.row(theirs).reason == f"a notification waits to be settled: {why}"
    assert (shop.row(ours).status, shop.has(budi), shop.has(siti)) == ("success", (21, 13), (1, 3))
    siti.worker("/internal/payments/sweep")
    assert (shop.row(theirs).status, shop.has(siti)) == ("success", (21, 13))


def test_a_notification_that_is_sent_again_and_again_is_asked_about_once(signed_in, snap, monkeypatch):
    siti, asked, status = signed_in(), [], midtrans.status
    invoice = shop.buy(siti)["invoice_number"]
    snap.pays(invoice)
    facts = snap.told(invoice)
    monkeypatch.setattr(midtrans, "status", lambda number: asked.append(number) or status(number))
    assert {tell(siti, facts) for _ in range(5)} == {200}
    assert (asked, shop.has(siti)) == ([invoice], (21, 13))


def test_an_invoice_stays_with_the_provider_it_was_made_with(signed_in, snap, doku, monkeypatch):
    siti = signed_in()
    theirs = shop.buy(siti)["invoice_number"]
    monkeypatch.setenv("PAYMENT_PROVIDER", "doku")
    ours = shop.buy(siti)["invoice_number"]
    assert ours != theirs and ours in doku.orders
    body = json.dumps({"order": {"invoice_number": theirs, "amount": 16500}, "transaction": {"status": "SUCCESS"}}).encode()
    assert shop.deliver(siti, doku.headers(f"req-{theirs}", body), body) == 404
    snap.pays(theirs)
    assert tell(siti, snap.told(theirs)) == 200
    assert [shop.row(each).status for each in (theirs, ours)] == ["success", "pending"]


def test_the_stand_in_turns_away_who_has_not_the_key(snap):
    from urllib.error import HTTPError

    with pytest.raises(HTTPError):
        urlopen(Call(f"{snap.url}/v2/x/status", headers={"Authorization": "Basic eDo="}))
