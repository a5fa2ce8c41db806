"""What becomes of notifications, in whatever order and however often they come."""

import itertools
import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from werkzeug.test import EnvironBuilder

from common import clock, db, inbox
from common.payments import deliveries, grants, invoices
from tests.support import shop
from tests.support.client import raw

EVENTS = ("PENDING", "SUCCESS", "FAILED", "EXPIRED", "TIMEOUT", "REFUNDED")
SOLD = {"name": "Basic", "price": 16500, "duration_days": 30, "publish_quota": 10, "bonus_credits": 20}


def expected(events):
    """Where a sequence must end, and how often it grants and takes back: the whole rule, said once more and differently."""
    state, granted, taken = "pending", 0, 0
    for event in events:
        if state == "refunded":
            continue
        if event == "REFUNDED":
            taken += state == "success"
            state = "refunded"
        elif state in ("success", "quarantined"):
            continue
        elif event == "SUCCESS":
            state, granted = "success", granted + 1
        elif event == "SUCCESS for less":
            state = "quarantined"
        elif event == "EXPIRED":
            state = "expired"
        elif event == "FAILED" and state == "pending":
            state = "failed"
    return state, granted, taken


def body(invoice, status, amount=16500, **order):
    told = {"order": {"invoice_number": invoice, "amount": amount, **order}, "transaction": {"status": status}, "channel": {"id": "QRIS"}}
    return json.dumps(told).encode()


def post(services, data, request_id=None):
    from functions.payment_callback.main import api

    headers = services.doku.headers(request_id or str(uuid.uuid4()), data)
    return raw(api).open(EnvironBuilder(path=shop.CALLBACK, method="POST", data=data, headers=headers)).status_code


def open_invoices(person, count):
    """Rows as purchases leave them, without asking DOKU for so many pages."""
    with db.transaction() as making:
        rows = making.all(
            "insert into payment_transactions (user_id, package_id, invoice_number, amount, sold, expires_at)"
            " select :user, 2, 'INV-T-' || :run || '-' || n, 16500, cast(:sold as jsonb), now() + interval '1 hour'"
            " from generate_series(1, :count) n returning invoice_number",
            user=person.user["id_users"],
            run=uuid.uuid4().hex[:8],
            sold=json.dumps(SOLD),
            count=count,
        )
    return [each.invoice_number for each in rows]


def movements(found):
    """State, grants and take-backs of each invoice, as rows say them: a grant is days, quota and kredit together or nothing."""
    with db.reading() as reading:
        rows = reading.all(
            "select p.invoice_number as invoice, p.status,"
            " coalesce(array_agg(t.reason || ' ' || t.amount || ' ' || t.unit order by t.id) filter (where t.id is not null), '{}') as moves"
            " from payment_transactions p left join transactions t on t.reference_id = 'invoice:' || p.invoice_number"
            " where p.invoice_number = any(cast(:found as text[])) group by 1, 2",
            found=found,
        )
    given, back = ["purchase 10 publish_quota", "purchase 20 kredit"], ["refund -10 publish_quota", "refund -20 kredit"]
    count = {(): (0, 0), tuple(given): (1, 0), tuple(given + back): (1, 1)}
    return {row.invoice: (row.status, *count[tuple(row.moves)]) for row in rows}


def test_every_sequence_of_four_events_with_repetitions_ends_where_the_rule_says(signed_in, services):
    siti = signed_in()
    sequences = list(itertools.product(EVENTS, repeat=4))
    found = open_invoices(siti, len(sequences))
    sent = 0

    def delivered(invoice, event, number):
        data, request_id = body(invoice, event), str(uuid.uuid4())
        return [post(services, data, request_id) for _ in range(1 if number % 5 else 2)]  # Every fifth comes twice under one Request-Id.

    for length in range(1, 5):
        # All prefixes of one length at once, so that shorter sequences are checked on the way.
        with ThreadPoolExecutor(4) as senders:
            answers = senders.map(
                lambda each: delivered(*each), [(i, s[length - 1], n) for n, (i, s) in enumerate(zip(found, sequences, strict=True))]
            )
            for statuses in answers:
                assert set(statuses) == {200}
                sent += len(statuses)
        assert movements(found) == {invoice: expected(events[:length]) for invoice, events in zip(found, sequences, strict=True)}
    print(f"\n{len(sequences)} sequences and all their beginnings, {sent} deliveries")
    shop.has(siti)


def test_every_sequence_of_three_with_a_payment_of_less_never_grants_after_it(signed_in, services):
    siti = signed_in()
    sequences = list(itertools.product(("SUCCESS", "SUCCESS for less", "FAILED", "EXPIRED", "REFUNDED"), repeat=3))
    found = open_invoices(siti, len(sequences))
    for invoice, events in zip(found, sequences, strict=True):
        for event in events:
            status, _, less = event.partition(" for ")
            assert post(services, body(invoice, status, 16499 if less else 16500)) == 200
    assert movements(found) == {invoice: expected(events) for invoice, events in zip(found, sequences, strict=True)}


@pytest.mark.parametrize(
    "order",
    [
        {"amount": 16501},
        {"amount": 1650},
        {"amount": "16500.50"},
        {"amount": None},
        {"amount": True},
        {"amount": "NaN"},
        {"currency": "USD"},
    ],
    ids=str,
)
def test_a_payment_of_another_amount_or_currency_is_kept_apart_and_grants_nothing(signed_in, services, order):
    siti = signed_in()
    (invoice,) = open_invoices(siti, 1)
    assert post(services, body(invoice, "SUCCESS", **{"amount": 16500, **order})) == 200
    assert movements([invoice]) == {invoice: ("quarantined", 0, 0)}
    assert "sold for 16500 IDR" in shop.row(invoice).reason
    assert post(services, body(invoice, "SUCCESS")) == 200
    assert movements([invoice]) == {invoice: ("quarantined", 0, 0)}
    assert shop.has(siti) == (1, 3)


@pytest.mark.parametrize("amount", [16500, "16500", "16500.00", 16500.0])
def test_the_amount_counts_and_not_how_it_is_written(signed_in, services, amount):
    (invoice,) = open_invoices(signed_in(), 1)
    assert post(services, body(invoice, "SUCCESS", amount)) == 200
    assert movements([invoice]) == {invoice: ("success", 1, 0)}


def test_fifty_deliveries_of_one_payment_at_the_same_moment_have_one_effect(signed_in, services):
    siti = signed_in()
    (invoice,) = open_invoices(siti, 1)
    data, barrier, answers, times = body(invoice, "SUCCESS"), threading.Barrier(50), [], []

    def send(request_id):
        barrier.wait()
        started = time.perf_counter()
        answers.append(post(services, data, request_id))
        times.append(time.perf_counter() - started)

    # Half of them under one Request-Id, as repetitions are, the others each under its own.
    threads = [threading.Thread(target=send, args=("req-storm-" + invoice if number % 2 else None,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"\n50 at once: slowest {1000 * max(times):.0f} ms")
    assert set(answers) == {200} and len(answers) == 50
    assert movements([invoice]) == {invoice: ("success", 1, 0)}
    assert shop.has(siti) == (21, 13)


def test_callback_poll_and_sweep_about_one_payment_at_the_same_moment_grant_once(signed_in, services, doku):
    siti = signed_in()
    invoice = shop.buy(siti)["invoice_number"]
    doku.orders[invoice].status, doku.orders[invoice].channel = "SUCCESS", "QRIS"
    shop.older(invoice, 120)
    row, barrier = shop.row(invoice), threading.Barrier(12)

    def hear(number):
        barrier.wait()
        if number % 3 == 0:
            post(services, body(invoice, "SUCCESS"))
        elif number % 3 == 1:
            siti.get(f"/v1/subscriptions/payment-status/{invoice}")
        else:
            invoices.ask(row)

    threads = [threading.Thread(target=hear, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert movements([invoice]) == {invoice: ("success", 1, 0)}


def test_an_invoice_that_is_not_ours_is_stored_and_not_confirmed(services, database):
    assert post(services, body("INV-OF-SOMEBODY-ELSE", "SUCCESS"), "req-unknown") == 404
    with db.reading() as reading:
        assert reading.value("select outcome from inbox where external_id like 'req-unknown:%'") == "unknown invoice"


@pytest.mark.parametrize(
    "data", [b"", b"not json", b"[]", b"{}", b'{"order": {"invoice_number": 7}}', b'{"order": {"invoice_number": "a\\u0000"}}']
)
def test_a_signed_notification_that_cannot_be_read_is_stored_and_answered_400(services, database, data):
    request_id = f"req-{uuid.uuid4()}"
    assert post(services, data, request_id) == 400
    with db.reading() as reading:
        stored = reading.one("select body, outcome from inbox where external_id like :id || ':%'", id=request_id)
    assert (bytes(stored.body), stored.outcome) == (data, "unreadable")


def test_a_grant_that_fails_is_confirmed_kept_with_its_reason_and_made_up_for_later(signed_in, services, monkeypatch):
    siti = signed_in()
    (invoice,) = open_invoices(siti, 1)

    def breaks(db, payment, event):
        raise RuntimeError("the wallet is on fire")

    request_id = f"req-{uuid.uuid4()}"
    with monkeypatch.context() as broken:
        broken.setattr(grants, "give", breaks)
        assert post(services, body(invoice, "SUCCESS"), request_id) == 200
        assert shop.row(invoice).status == "pending" and "on fire" in shop.row(invoice).reason
        with db.reading() as reading:
            stored = reading.one("select id, last_error, attempts, handled_at from inbox where external_id like :id || ':%'", id=request_id)
        assert (stored.attempts, stored.handled_at) == (1, None) and "on fire" in stored.last_error
    with db.transaction() as aging:
        aging.run("update inbox set received_at = received_at - interval '1 hour' where id = :id", id=stored.id)
    with db.reading() as reading:
        (entry,) = [each for each in inbox.waiting(reading) if each.id == stored.id]
    assert deliveries.again(entry) == "success"
    assert deliveries.again(entry) == "already handled"
    assert (shop.row(invoice).status, shop.row(invoice).reason, shop.has(siti)) == ("success", None, (21, 13))


def test_a_notification_that_failed_for_a_day_is_not_tried_twice_in_an_hour(database, monkeypatch):
    received, tries = clock.now(), []
    with db.transaction() as sweeping:
        entry = inbox.keep(sweeping, "doku", f"req-{uuid.uuid4()}", {}, b"{}")
        for minute in range(2 * 24 * 60):
            monkeypatch.setattr(clock, "now", lambda at=received + timedelta(minutes=minute): at)
            if entry.id in [each.id for each in inbox.waiting(sweeping, limit=1000)]:
                inbox.failed(sweeping, entry.id, "the wallet is on fire")
                tries.append(minute)
        sweeping.run("delete from inbox where id = :id", id=entry.id)
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert pauses == sorted(pauses), "less and less often"
    assert len(tries) > 30 and all(pause > 60 for at, pause in zip(tries, pauses, strict=False) if at >= 24 * 60)


def test_a_status_that_nobody_knows_changes_nothing(signed_in, services):
    (invoice,) = open_invoices(signed_in(), 1)
    for status in ("REDIRECT", "SOMETHING_NEW", "", None, 7):
        assert post(services, body(invoice, status)) == 200
    assert movements([invoice]) == {invoice: ("pending", 0, 0)}
