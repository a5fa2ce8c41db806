"""Buying packages from the local DOKU, whose notifications come in through the gateway."""

from typing import Any

from werkzeug.test import Client, EnvironBuilder

from common import db
from tests.support import people

CALLBACK = "/v1/subscriptions/payment-callback"


def deliver(api: Any, headers: dict[str, str], body: bytes, path: str = CALLBACK) -> int:
    """One notification through the gateway, past the client that checks documents; its status."""
    return Client(api.app).open(EnvironBuilder(path=path, method="POST", data=body, headers=headers)).status_code


def buy(person: Any, package: int = 2, *, headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """An invoice for a package."""
    data: dict[str, Any] = person.post("/v1/subscriptions/purchase", {"package_id": package, **more}, expect=201, headers=headers).data
    return data


def does(person: Any, invoice: str, action: str, channel: str | None = None) -> None:
    """What a customer does on DOKU's page, with the notification about it arrived."""
    sent = person.services.doku.act(invoice, action, channel)
    if sent is not None:
        sent.join(20)


def paid(person: Any, package: int = 2) -> str:
    """A package bought and paid for; its invoice number."""
    invoice: str = buy(person, package)["invoice_number"]
    does(person, invoice, "pay")
    assert row(invoice).status == "success"
    return invoice


def row(invoice: str) -> Any:
    """An invoice's row."""
    with db.reading() as reading:
        return reading.one("select * from payment_transactions where invoice_number = :invoice", invoice=invoice)


def has(person: Any) -> tuple[int, int]:
    """Kredit and publish quota of somebody, each proven to be the sum of its movements."""
    with db.reading() as reading:
        user = person.user["id_users"]
        have = reading.one("select kredit, publish_quota from users where id_users = :user", user=user)
        sums = dict(reading.all("select unit, sum(amount)::bigint from transactions where user_id = :user group by unit", user=user))
    assert (have.kredit, have.publish_quota) == (sums.get("kredit", 0), sums.get("publish_quota", 0)), (
        "a balance is not the sum of its rows"
    )
    return have.kredit, have.publish_quota


def older(invoice: str, seconds: int) -> None:
    """Make an invoice `seconds` older than it is."""
    with db.transaction() as aging:
        aging.run(
            "update payment_transactions set created_at = created_at - make_interval(secs => :s), expires_at = expires_at - make_interval(secs => :s),"
            " checked_at = checked_at - make_interval(secs => :s) where invoice_number = :invoice",
            s=seconds,
            invoice=invoice,
        )


def administrator(api: Any) -> Any:
    """Somebody with the role admin."""
    person = people.signed_in(api, name="Administrator")
    with db.transaction() as promoting:
        promoting.run("update users set role = 'admin' where id_users = :user", user=person.user["id_users"])
    return person
