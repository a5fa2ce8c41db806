"""What a paid invoice gives and what a refund takes back, in the transaction that moves the invoice.

All of it comes from `sold`, the terms at the time of the purchase; the package itself may have
changed since.
"""

from typing import Any

from common import clock, ledger, notices
from common.db import Db
from common.i18n import Text
from common.payments.providers import Event

# A reminder that waits for the morning (functions/worker/payments.py) is not pushed once it speaks of an end that is none any more.
UNSAID = "update notifications set push_at = null where user_id = :user and type = 'subscription' and push_at > cast(:now as timestamptz)"

# The invoice is paid, its days are given and its buyer is told, in one round trip; the push is left to the next sweep,
# so that a callback rings for nobody. One subscription a person: a new package counts from the later of now and the end of what runs.
PAY = """
with extended as (
    insert into subscriptions as s (user_id, package_id, status, start_date, end_date, created_at, updated_at)
    values (:user, :package, 'active', :now, cast(:now as timestamptz) + make_interval(days => cast(:days as int)), :now, :now)
    on conflict (user_id) do update set package_id = excluded.package_id, status = 'active', updated_at = :now,
        start_date = case when s.status = 'active' and s.end_date > :now then s.start_date else :now end,
        end_date = case when s.status = 'active' and s.end_date > :now then s.end_date else :now end + make_interval(days => cast(:days as int))
    returning id),
unsaid as ([unsaid]),
told as ([tell])
update payment_transactions set status = 'success', subscription_id = (select id from extended), reason = null, doku_response = :raw,
    channel = coalesce(:channel, channel), paid_at = :now, updated_at = :now
where id = :id
""".replace("[tell]", notices.TELL).replace("[unsaid]", UNSAID)

# What this invoice brought, as the ledger has it. What was sold does not say so: an invoice that came from another
# backend, or that somebody marked as paid by hand, brought nothing. No lock: only `give` writes these rows, under the invoice's.
GRANTED = """
select cast(coalesce(sum(amount) filter (where unit = 'kredit'), 0) as bigint) as kredit,
       cast(coalesce(sum(amount) filter (where unit = 'publish_quota'), 0) as bigint) as publish_quota
from transactions where reason = 'purchase' and reference_id = :reference and user_id = :user
"""

# The days that have passed are used, and stay so. Each purchase counts from the end of the one before, so the last days of a
# subscription are those of what was paid later: an old invoice has only what is left when those are taken off. That is worked out
# from one snapshot and taken off the end that stands there once the row is locked, so that a purchase or another refund of the
# same buyer at the same moment loses nothing: it has moved the end by its own days.
SHORTEN = f"""
with unsaid as ({UNSAID}),
later as (
    select make_interval(days => cast(coalesce(sum(cast(sold ->> 'duration_days' as int)), 0) as int)) as days from payment_transactions
    where user_id = :user and status = 'success' and subscription_id is not null
      and (coalesce(paid_at, created_at), id) > (cast(:paid as timestamptz), cast(:id as bigint))),
unused as materialized (
    select s.id, greatest(interval '0', least(make_interval(days => cast(:days as int)), s.end_date - cast(:now as timestamptz) - later.days)) as days
    from subscriptions s, later where s.user_id = :user and s.status = 'active' and s.end_date > :now)
update subscriptions s set end_date = greatest(cast(:now as timestamptz), s.end_date - u.days), updated_at = :now,
    status = case when s.end_date - u.days <= :now then 'expired' else s.status end
from unused u where s.id = u.id
"""

# What a subscription `s`, of the package `k`, is called: as what was paid last and not given back was sold. Payments are asked for by
# their person, by whom an index finds them.
CALLED = """coalesce((select p.sold ->> 'name' from payment_transactions p
          where p.user_id = s.user_id and p.subscription_id = s.id and p.status = 'success' order by p.paid_at desc limit 1), k.name)"""

PAID = Text("Payment received", "Pembayaran diterima")
PAID_MORE = Text(
    "{package} is yours: {days} days, {quota} publications and {kredit} kredit.",
    "{package} sudah aktif: {days} hari, {quota} kali terbit, dan {kredit} kredit.",
)
BACK = Text("Payment refunded", "Pembayaran dikembalikan")
BACK_MORE = Text("Your payment for {package} was given back.", "Pembayaran untuk {package} telah dikembalikan.")


def give(db: Db, payment: Any, event: Event) -> None:
    """Make `payment`, its locked row, a paid one, and grant what it has sold: days, publish quota, kredit, and the referrer's commission.

    Raises a unique violation if this payment was granted before, which rolls the whole move back.
    """
    from common.wallet import commissions

    sold, reference = payment.sold, reference_of(payment)
    about, facts = _about(payment, "paid")
    told = notices.telling(payment.user_id, "payment", PAID, PAID_MORE, **about, **facts)
    db.run(PAY, **told, id=payment.id, package=payment.package_id, days=sold["duration_days"], raw=event.raw, channel=event.channel)
    granted = {"kredit": sold["bonus_credits"], "publish_quota": sold["publish_quota"]}
    ledger.grant(db, payment.user_id, **granted, reason="purchase", reference=reference, description=sold["name"])
    commissions.earn(db, payment)


def take_back(db: Db, payment: Any) -> None:
    """Take back what of a refunded `payment`, its locked row, is unused, and the commission.

    That is: its coming days, and of the quota and kredit that it was granted what is still there. From an invoice
    that was never granted nothing is taken, for whatever its buyer has came from elsewhere.
    """
    from common.wallet import commissions

    if payment.subscription_id is not None:
        _shorten(db, payment)
    reference, name = reference_of(payment), _name(payment)
    granted = db.one(GRANTED, reference=reference, user=payment.user_id)
    # The lock keeps what was just seen to be unused from being used before it is taken.
    left = db.one("select kredit, publish_quota from users where id_users = :user for update", user=payment.user_id)
    quota, kredit = min(left.publish_quota, granted.publish_quota), min(left.kredit, granted.kredit)
    if quota:
        ledger.move(db, payment.user_id, "publish_quota", -quota, "refund", reference, description=name)
    if kredit:
        ledger.move(db, payment.user_id, "kredit", -kredit, "refund", reference, description=name)
    commissions.reverse(db, payment)
    about, facts = _about(payment, "refunded")
    notices.tell(db, payment.user_id, "payment", BACK, BACK_MORE, **about, **facts)


def _shorten(db: Db, payment: Any) -> None:
    paid, days = payment.paid_at or payment.created_at, payment.sold.get("duration_days", 0)
    db.run(SHORTEN, user=payment.user_id, id=payment.id, paid=paid, days=days, now=clock.now())


def _name(payment: Any) -> str:
    """What the purchase is called: as it was sold, or by its invoice where nobody wrote down what that was for."""
    return str(payment.sold.get("name") or payment.invoice_number)


def reference_of(payment: Any) -> str:
    """What the movements of a payment are booked under."""
    return f"invoice:{payment.invoice_number}"


def _about(payment: Any, what: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the notice is about and keyed by, and what its sentences say."""
    sold = payment.sold
    facts = {
        "package": _name(payment),
        "days": sold.get("duration_days", 0),
        "quota": sold.get("publish_quota", 0),
        "kredit": sold.get("bonus_credits", 0),
    }
    return {"key": f"invoice:{payment.invoice_number}:{what}", "data": {"invoice_number": payment.invoice_number}}, facts
