"""What a payment callback costs beside a bare insert and commit on the same database: `python -m tests.bench.callback`.

In turns, on a database that writes to disk: the signature and the transaction of a paid invoice (inbox,
grants, ledgers), the same through HTTP parsing and logging, and one insert with its commit.
"""

import itertools
import json
import statistics
import uuid
from typing import Any

from tests.bench.alone import api_on_its_own, line, timed

ROUNDS = 300
SOLD = {"name": "Basic", "price": 16500, "duration_days": 30, "publish_quota": 10, "bonus_credits": 20}


def main() -> None:
    """Print the three and their ratios."""
    with api_on_its_own(durable=True) as api:
        # Signed beforehand: that is DOKU's work.
        told = iter([_notification(api, invoice) for invoice in _invoices(3 * ROUNDS)])
        numbers = itertools.count()
        measured: dict[str, list[float]] = {"bare insert and commit": [], "signature and transaction": [], "whole callback": []}
        for _ in range(10):
            measured["bare insert and commit"] += timed(lambda: _bare(next(numbers)), ROUNDS // 10)
            measured["signature and transaction"] += timed(lambda: _settled(*next(told)), ROUNDS // 10)
            measured["whole callback"] += timed(lambda: _called(api, *next(told)), ROUNDS // 10)
    bare = statistics.median(measured["bare insert and commit"])
    for name, times in measured.items():
        print(f"{line(name, times)}   {statistics.median(times) / bare:4.1f} x")


def _invoices(count: int) -> list[str]:
    from common import db

    with db.transaction() as making:
        making.run(
            "insert into subscription_packages (id, name, price, duration_days, publish_quota) overriding system value values (2, 'B', 16500, 30, 10)"
        )
        rows = making.all(
            "with people as (insert into users (full_name, email, referral_code_id, is_verified)"
            " select 'Bench', n || '@contoh.id', 'B' || n, true from generate_series(1, :count) n returning id_users)"
            " insert into payment_transactions (user_id, package_id, invoice_number, amount, sold)"
            " select id_users, 2, 'INV-B-' || id_users, 16500, cast(:sold as jsonb) from people returning invoice_number",
            count=count,
            sold=db.json(SOLD),
        )
    return [row.invoice_number for row in rows]


def _notification(api: Any, invoice: str) -> tuple[dict[str, str], bytes]:
    body = json.dumps({"order": {"invoice_number": invoice, "amount": 16500}, "transaction": {"status": "SUCCESS"}}).encode()
    return api.services.doku.headers(str(uuid.uuid4()), body), body


def _bare(number: int) -> None:
    from common import db

    with db.transaction() as writing:
        writing.run("insert into inbox (source, external_id, body) values ('bench', :id, :body)", id=str(number), body=b"x" * 300)


def _settled(headers: dict[str, str], body: bytes) -> None:
    from common.payments import deliveries, providers

    provider = providers.named("doku")
    assert provider.verify(headers, body)
    deliveries.take(provider, headers, body)


def _called(api: Any, headers: dict[str, str], body: bytes) -> None:
    api.post("/v1/subscriptions/payment-callback", body, expect=200, headers={**headers, "Content-Type": "application/json"})


if __name__ == "__main__":
    main()
