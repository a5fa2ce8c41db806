"""What the sweep does when nobody else does: lost callbacks, ends, reminders."""

import time
from datetime import datetime, timedelta

import pytest
import time_machine

from common import clock, db
from common.payments import circuit, invoices, web
from functions.worker import payments
from tests.support import shop


@pytest.fixture(autouse=True)
def no_other_open_invoices(database, monkeypatch):
    """Each test has the sweep to itself: what other tests left open is asked about tomorrow."""
    with db.transaction() as waiting:
        waiting.run("update payment_transactions set status = 'expired' where status in ('pending', 'failed')")
        waiting.run("delete from rate_limits where key = 'payments:ask'")
    monkeypatch.setattr(payments, "AT_ONCE", 5)


def lost(doku):
    """Every notification gets lost on the way."""
    doku.deliver = lambda headers, body: 200


def test_with_every_callback_lost_the_sweep_alone_brings_all_invoices_to_their_right_end(signed_in, doku):
    lost(doku)
    siti = signed_in()
    wanted = {}
    for number, (action, state) in enumerate(
        [("pay", "success"), ("expire", "expired"), ("fail", "failed"), (None, "pending"), ("pay", "success")]
    ):
        invoice = shop.buy(siti, 1 + number % 3, payment_method=f"w{number}")["invoice_number"]
        if action:
            shop.does(siti, invoice, action)
        shop.older(invoice, 90 - number)
        wanted[invoice] = state
    asked = siti.worker("/internal/payments/sweep").data["asked"]
    assert asked == 5
    assert {invoice: shop.row(invoice).status for invoice in wanted} == wanted
    assert shop.has(siti) == (1 + 5 + 20, 3 + 3 + 10)


def test_an_invoice_is_left_alone_for_its_first_minute_and_the_oldest_is_asked_about_first(signed_in, doku, monkeypatch):
    lost(doku)
    siti, asked = signed_in(), []
    found = [shop.buy(siti, package)["invoice_number"] for package in (1, 2, 3)]
    for invoice, seconds in zip(found, (70, 90, 50), strict=True):
        shop.older(invoice, seconds)
    monkeypatch.setattr(invoices, "ask", lambda row: asked.append(row.invoice_number))
    payments.sweep(5)
    assert asked == found[:2], "in the order in which they were made"
    asked.clear()
    payments.sweep(5)
    assert asked == [], "not again at once"


def test_questions_are_at_most_one_a_second_even_of_two_sweeps_at_once(signed_in, doku, monkeypatch):
    import threading

    lost(doku)
    siti, times = signed_in(), []
    for number in range(4):
        shop.older(shop.buy(siti, 2, payment_method=f"p{number}")["invoice_number"], 90)
    monkeypatch.setattr(invoices, "ask", lambda row: times.append(time.monotonic()))
    sweeps = [threading.Thread(target=payments.sweep, args=(2,)) for _ in range(2)]
    for each in sweeps:
        each.start()
    for each in sweeps:
        each.join()
    assert len(times) == 4
    # A thread that is held up on its way shortens the pause after its question, never the whole.
    assert max(times) - min(times) > 2


def test_the_older_an_open_invoice_the_longer_until_it_is_asked_about_again(signed_in, doku):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    shop.older(invoice, 3600)
    with db.transaction() as first:
        assert invoices.due(first).invoice_number == invoice
    for minutes, due in ((10, False), (16, True)):
        shop.older(invoice, minutes * 60)
        with db.transaction() as again:
            found = invoices.due(again)
            assert (found is not None) is due
            if not due:
                again.run(
                    "update payment_transactions set checked_at = now(), created_at = now() - interval '1 hour' where invoice_number = :i",
                    i=invoice,
                )


def test_a_sweep_does_not_wait_for_a_doku_that_is_down(signed_in, doku, monkeypatch):
    siti, calls = signed_in(), []
    monkeypatch.setattr(web.time, "sleep", lambda seconds: None)
    for number in range(5):
        shop.older(shop.buy(siti, 2, payment_method=f"d{number}")["invoice_number"], 90)

    def down(*call):
        calls.append(call)
        raise web._Passing("no route to host")

    monkeypatch.setattr(web, "_once", down)
    payments.sweep(5)
    assert len(calls) == 2 * circuit.FAILURES


def test_an_invoice_that_doku_never_heard_of_expires_with_its_time(signed_in, doku):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    del doku.orders[invoice]
    shop.older(invoice, 120)
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "pending"
    shop.older(invoice, 3600)
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "expired"


def test_a_buyer_who_looks_gets_the_truth_from_doku_before_the_sweep(signed_in, doku):
    lost(doku)
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    shop.does(siti, invoice, "pay")
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "pending", "DOKU wants a minute"
    shop.older(invoice, 61)
    assert siti.get(f"/v1/subscriptions/payment-status/{invoice}").data["status"] == "success"
    assert shop.has(siti) == (21, 13)


def test_money_that_comes_after_the_end_is_granted(signed_in, doku):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    shop.does(siti, invoice, "expire")
    assert shop.row(invoice).status == "expired"
    order = doku.orders[invoice]
    order.status = "SUCCESS"
    doku.notify(order).join()
    assert (shop.row(invoice).status, shop.has(siti)) == ("success", (21, 13))


def notices(person):
    with db.reading() as reading:
        return reading.all("select type, title, message from notifications where user_id = :user order by id", user=person.user["id_users"])


def test_people_are_reminded_three_days_before_and_on_the_day_once_each(signed_in):
    siti = signed_in()
    shop.paid(siti)
    with db.transaction() as reading:
        reading.run("update users set language = 'id' where id_users = :user", user=siti.user["id_users"])
        ends = reading.value("select end_date from subscriptions where user_id = :user", user=siti.user["id_users"])
    count = []
    for days in (5, 4, 3, 3, 2, 1, 0, 0):
        day = (ends - timedelta(days=days)).astimezone(clock.WIB).replace(hour=0, minute=0, second=1)
        if day >= ends.astimezone(clock.WIB):
            continue
        with time_machine.travel(day, tick=False), db.transaction() as reminding:
            payments._remind(reminding)
        count.append(sum(each.type == "subscription" for each in notices(siti)))
    assert count == [0, 0, 1, 1, 1, 1, 2, 2]
    said = [each.message for each in notices(siti) if each.type == "subscription"]
    assert said[0].startswith("Basic berakhir pada ") and said[1] == "Basic berakhir hari ini."


def ending(person, end, zone="Asia/Jakarta"):
    """A subscription that ends at a moment of Jakarta's clock, and a person in the zone."""
    with db.transaction() as changing:
        changing.run(
            "update subscriptions set end_date = :end, updated_at = cast(:end as timestamptz) - interval '20 days' where user_id = :user",
            end=end,
            user=person.user["id_users"],
        )
        changing.run("update users set timezone = :zone where id_users = :user", zone=zone, user=person.user["id_users"])


def reminded(person, now):
    """When the reminder that is written `now` is in the inbox, and when it is pushed."""
    with time_machine.travel(now, tick=False), db.transaction() as reminding:
        payments._remind(reminding)
        told = reminding.one(
            "select created_at, push_at from notifications where type = 'subscription' and user_id = :user", user=person.user["id_users"]
        )
    return told.created_at.astimezone(clock.WIB), told.push_at.astimezone(clock.WIB)


@pytest.mark.parametrize(
    ("zone", "now", "end", "pushed"),
    [
        ("Asia/Jakarta", "00:01", "21:00", "09:00"),
        ("Asia/Jayapura", "00:01", "21:00", "07:00"),
        ("Asia/Jakarta", "14:30", "21:00", "14:30"),
        # An hour before the end, since nine o'clock is too late.
        ("Asia/Jakarta", "00:01", "08:30", "07:30"),
        ("Asia/Jakarta", "00:01", "00:31", "00:01"),
    ],
)
def test_a_reminder_is_in_the_inbox_at_once_and_pushed_in_the_morning_before_the_package_ends(signed_in, zone, now, end, pushed):
    siti = signed_in()
    shop.paid(siti)
    day = (clock.now() + timedelta(days=40)).astimezone(clock.WIB).replace(second=0, microsecond=0)

    def at(text):
        return day.replace(hour=int(text[:2]), minute=int(text[3:]))

    ending(siti, at(end), zone)
    assert reminded(siti, at(now)) == (at(now), at(pushed))


def test_a_reminder_names_the_package_that_is_left_after_a_refund(signed_in, api):
    siti = signed_in()
    shop.paid(siti, 1)
    refunded = shop.paid(siti, 2)
    shop.administrator(api).post(f"/v1/admin/payments/{refunded}/refund", {"reason": "Salah beli"}, expect=200)
    ends = datetime.fromisoformat(siti.get("/v1/me/subscription").data["end_date"])
    with time_machine.travel(ends - timedelta(hours=30), tick=False), db.transaction() as reminding:
        payments._remind(reminding)
    (said,) = [each.message for each in notices(siti) if each.type == "subscription"]
    assert said.startswith(f"{siti.get('/v1/me/subscription').data['package_name']} ") and said.startswith("Starter ")


def test_renewing_after_the_reminder_starts_the_reminders_anew(signed_in):
    siti = signed_in()
    shop.paid(siti, 1)
    with db.transaction() as passing:
        passing.run(
            "update subscriptions set end_date = now() + interval '2 days', updated_at = now() - interval '1 day' where user_id = :u",
            u=siti.user["id_users"],
        )
        payments._remind(passing)
    shop.paid(siti, 1)
    with db.transaction() as passing:
        passing.run(
            "update subscriptions set end_date = now() + interval '1 day', updated_at = now() - interval '1 day' where user_id = :u",
            u=siti.user["id_users"],
        )
        payments._remind(passing)
        payments._remind(passing)
    assert sum(each.type == "subscription" for each in notices(siti)) == 2


@pytest.mark.parametrize("renews", [True, False], ids=["renews", "is refunded"])
def test_whoever_renews_or_is_refunded_before_the_morning_is_not_pushed_that_the_package_ends(signed_in, api, renews):
    siti = signed_in()
    invoice = shop.paid(siti, 1)
    with db.transaction() as passing:
        user = siti.user["id_users"]
        passing.run(
            "update subscriptions set end_date = now() + interval '2 days', updated_at = now() - interval '1 day' where user_id = :u",
            u=user,
        )
        payments._remind(passing)
        written = "update notifications set push_at = now() + interval '8 hours' where type = 'subscription' and user_id = :u"
        assert passing.run(written, u=user) == 1
    if renews:
        shop.paid(siti, 1)
    else:
        shop.administrator(api).post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}, expect=200)
    with db.reading() as reading:
        told = reading.all("select type, push_at from notifications where user_id = :u order by id desc limit 2", u=user)
    assert [(each.type, each.push_at is None) for each in told] == [("payment", False), ("subscription", True)]


def test_a_subscription_whose_time_is_over_says_so(signed_in):
    siti = signed_in()
    shop.paid(siti)
    with db.transaction() as ending:
        ending.run("update subscriptions set end_date = now() - interval '1 second' where user_id = :u", u=siti.user["id_users"])
        payments._end(ending)
        assert ending.value("select status from subscriptions where user_id = :u", u=siti.user["id_users"]) == "expired"
