"""What happens to payments without anybody asking: lost callbacks found out, stored ones settled, ends announced."""

import time
from typing import Any

from common import clock, inbox, limits, log, notices, once, zones
from common.clients.errors import Refused, Unavailable
from common.db import Db, reading, transaction
from common.i18n import Text
from common.payments import circuit, deliveries, grants, invoices

# Questions of one sweep, and the seconds after which it asks no more: it ends before the next one starts, however slow the answers.
AT_ONCE, LONG_ENOUGH = 30, 45


def sweep(most: int = AT_ONCE) -> dict[str, int]:
    """Settle what was left over and ask about open invoices, oldest first and at most one a second; how many of each."""
    with reading() as db:
        left = inbox.waiting(db)
    found = {"settled": sum(deliveries.again(entry) != deliveries.LATER for entry in left), "asked": _ask(most), "ended": 0, "reminded": 0}
    with transaction() as db:
        found["ended"] = _end(db)
        found["reminded"] = _remind(db)
        once.purge(db)
    return found


def _ask(most: int) -> int:
    end = time.monotonic() + LONG_ENOUGH
    for asked in range(most):
        row = _next() if time.monotonic() < end else None
        if row is None:
            return asked
        try:
            invoices.ask(row)
        except circuit.Open:
            return asked  # The provider is down; the next sweep tries again.
        except (Unavailable, Refused) as error:
            log.warning("an invoice could not be asked about", invoice=row.invoice_number, why=str(error))
        except Exception:
            log.error("an invoice could not be settled", invoice=row.invoice_number)
    return most


def _next() -> Any | None:
    """The next invoice to ask about, when it is time for a question; two sweeps at once share the pace."""
    while True:
        with transaction() as db:
            wait = limits.hit(db, "payments:ask", 1, 1)
            if not wait:
                return invoices.due(db)
        time.sleep(wait)


def _end(db: Db) -> int:
    """Subscriptions whose time is over; nothing depends on this but how they are listed."""
    return db.run(
        "update subscriptions set status = 'expired', updated_at = :now where status = 'active' and end_date <= :now", now=clock.now()
    )


# A day begins at midnight and people do not: what is told of it is pushed from nine o'clock where they live, unless that leaves less
# than an hour to do something about it.
MORNING = f"""
greatest(cast(:now as timestamptz), least(e.end_date - interval '1 hour',
    ((cast(:now as timestamptz) at time zone {zones.of("u.timezone")})::date + time '09:00') at time zone {zones.of("u.timezone")}))
"""

# Days are those of Jakarta's calendar. A sweep that comes late says it late rather than never, and the
# key makes every end announced once for each of the two days.
ENDING = notices.write(f"""
select e.user_id, 'subscription',
       case when u.language = 'id' then :title_id else :title_en end,
       replace(replace(case when u.language = 'id' then case when days = 0 then :today_id else :soon_id end
                            else case when days = 0 then :today_en else :soon_en end end,
               '[package]', e.package), '[day]', to_char(e.end_date at time zone 'Asia/Jakarta', 'DD/MM/YYYY')),
       cast(jsonb_build_object('subscription_id', e.id, 'days_remaining', days) as text),
       'subscription:' || e.id || ':' || extract(epoch from e.end_date)::bigint || case when days = 0 then ':today' else ':soon' end,
       cast(:now as timestamptz), {MORNING}
from (select s.id, s.user_id, s.end_date, {grants.CALLED} as package,
             (s.end_date at time zone 'Asia/Jakarta')::date - (cast(:now as timestamptz) at time zone 'Asia/Jakarta')::date as days
      from subscriptions s join subscription_packages k on k.id = s.package_id
      where s.status = 'active' and s.end_date > :now and s.end_date < cast(:now as timestamptz) + interval '4 days'
        and s.updated_at < cast(:now as timestamptz) - interval '1 hour') e
join users u on u.id_users = e.user_id
where days <= 3
""")

TITLE = Text("Your package is about to end", "Paketmu segera berakhir")
SOON = Text(
    "[package] ends on [day]. Renew it and no day is lost.",
    "[package] berakhir pada [day]. Perpanjang sekarang, sisa harinya tidak hilang.",
)
TODAY = Text("[package] ends today.", "[package] berakhir hari ini.")


def _remind(db: Db) -> int:
    words = {"title": TITLE, "soon": SOON, "today": TODAY}
    values = {f"{name}_{language}": getattr(text, language) for name, text in words.items() for language in ("id", "en")}
    told = db.all(ENDING, now=clock.now(), **values)
    if any(row.reachable for row in told):
        notices.ring(db)
    return len(told)
