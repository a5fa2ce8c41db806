"""What a paid invoice gives and what a refund takes back, in the transaction that moves the invoice.

All of it comes from `sold`, the terms at the time of the purchase; the package itself may have
changed since.
"""

from typing import Any

from common import clock, ledger, notices
from common.db import Db
from common.i18n import Text
from common.payments.providers import Event

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
told as ([tell])
update payment_transactions set status = 'success', subscription_id = (select id from extended), reason = null, doku_response = :raw,
    channel = coalesce(:channel, channel), paid_at = :now, updated_at = :now
where id = :id
""".replace("[tell]", notices.TELL)

# The days that have passed are used, and stay so.
SHORTEN = """
update subscriptions set end_date = greatest(cast(:now as timestamptz), end_date - make_interval(days => cast(:days as int))), updated_at = :now,
    status = case when end_date - make_interval(days => cast(:days as int)) <= :now then 'expired' else status end
where user_id = :user and status = 'active' and end_date > :now
"""

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
    """Take back what of a refunded `payment` is unused: coming days, quota and kredit that are still there; and the commission."""
    from common.wallet import commissions

    sold, reference = payment.sold, reference_of(payment)
    db.run(SHORTEN, user=payment.user_id, days=sold["duration_days"], now=clock.now())
    # The lock keeps what was just seen to be unused from being used before it is taken.
    left = db.one("select kredit, publish_quota from users where id_users = :user for update", user=payment.user_id)
    quota, kredit = min(left.publish_quota, sold["publish_quota"]), min(left.kredit, sold["bonus_credits"])
    if quota:
        ledger.move(db, payment.user_id, "publish_quota", -quota, "refund", reference, description=sold["name"])
    if kredit:
        ledger.move(db, payment.user_id, "kredit", -kredit, "refund", reference, description=sold["name"])
    commissions.reverse(db, payment)
    about, facts = _about(payment, "refunded")
    notices.tell(db, payment.user_id, "payment", BACK, BACK_MORE, **about, **facts)


def reference_of(payment: Any) -> str:
    """What the movements of a payment are booked under."""
    return f"invoice:{payment.invoice_number}"


def _about(payment: Any, what: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the notice is about and keyed by, and what its sentences say."""
    sold = payment.sold
    facts = {"package": sold["name"], "days": sold["duration_days"], "quota": sold["publish_quota"], "kredit": sold["bonus_credits"]}
    return {"key": f"invoice:{payment.invoice_number}:{what}", "data": {"invoice_number": payment.invoice_number}}, facts
