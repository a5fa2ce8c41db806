"""One's invoices and subscription, and what administrators see and do about payments."""

import math
from typing import Any

from common import clock, pages
from common.auth import User
from common.clients.errors import Refused, Unavailable
from common.db import Db
from common.pages import PageQuery
from common.payments import grants, invoices
from common.problems import NotFound
from common.replies import Answer

from .schemas import Payments


def status(user: User, invoice: str) -> Any:
    """One's own invoice, after asking the provider about it where it is still open; raises `NotFound`."""
    row = invoices.find(invoice, user.id)
    if row is None:
        raise NotFound
    if row.status not in ("pending", "failed"):
        return row
    try:
        invoices.refreshed(row.id)
    except (Unavailable, Refused):
        return row  # What is known is an answer too; the sweep asks again.
    return invoices.find(invoice, user.id)


HISTORY = """
select id, invoice_number, amount, status, payment_method, created_at, type_transaction from payment_transactions
where user_id = :user and (cast(:before as bigint) is null or id < :before) order by id desc limit :limit offset :offset
"""


def history(db: Db, user: User, asked: PageQuery) -> Answer:
    """One's own invoices, newest first."""
    total = db.value("select count(*) from payment_transactions where user_id = :user", user=user.id)
    return _page(db, HISTORY, asked, total, user=user.id)


# Nobody knows what some of the invoices that came from another backend were for; operations find them here all the same.
ALL = """
select *, coalesce(sold ->> 'name', '') as package_name from payment_transactions
where (cast(:status as text) is null or status = :status) and (cast(:before as bigint) is null or id < :before)
order by id desc limit :limit offset :offset
"""


def every(db: Db, asked: Payments) -> Answer:
    """Payments of everybody, newest first."""
    count = "select count(*) from payment_transactions where cast(:status as text) is null or status = :status"
    return _page(db, ALL, asked, db.value(count, status=asked.status), status=asked.status)


def _page(db: Db, sql: str, asked: PageQuery, total: int, **values: Any) -> Answer:
    before = pages.keys(asked, "id", int)
    rows = db.all(sql, **values, before=before[0] if before else None, limit=asked.per_page + 1, offset=asked.offset)
    shown, more = rows[: asked.per_page], len(rows) > asked.per_page
    return Answer(shown, meta=pages.meta(asked, total, more, pages.cursor("id", shown[-1].id) if shown else None))


CURRENT = f"""
select u.publish_quota, s.start_date, s.end_date, {grants.CALLED} as package_name
from users u
left join subscriptions s on s.user_id = u.id_users and s.status = 'active' and s.end_date > :now
left join subscription_packages k on k.id = s.package_id
where u.id_users = :user
"""


def current(db: Db, user: User) -> dict[str, Any]:
    """One's subscription of now; its name is the one it was sold under."""
    row = db.one(CURRENT, user=user.id, now=clock.now())
    active = row.end_date is not None
    days = math.ceil((row.end_date - clock.now()).total_seconds() / 86400) if active else 0
    return {
        **row._asdict(),
        "has_active_subscription": active,
        "package_name": row.package_name if active else None,
        "days_remaining": days,
    }
