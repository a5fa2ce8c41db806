"""Subscriptions: packages, buying one, what became of a payment, and what one has."""

from typing import Annotated, Any

from pydantic import Field

from common import auth
from common.api import Api
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.intake import Id
from common.needs import Needs
from common.pages import PageQuery
from common.payments import methods
from common.problems import NotFound

from . import packages, payments, purchases, refunds
from .schemas import (
    Invoice,
    KeptPackage,
    Method,
    Package,
    Paid,
    Payment,
    Payments,
    Purchase,
    Purchased,
    Refund,
    Refunded,
    Subscription,
    Terms,
)

api = Api("subscriptions", needs=Needs(secrets=("DOKU_SECRET_KEY", "JWT_SECRET", "MIDTRANS_SERVER_KEY"), uses=("enqueue",)))

Number = Annotated[str, Field(min_length=1, max_length=64)]


@api.get("/v1/subscriptions/packages", caller=auth.public, gives=list[Package], max_age=60)
def list_packages(db: Db) -> Any:
    """List the packages, cheapest first."""
    return packages.sold_now(db)


@api.get("/v1/payment-methods", caller=auth.public, gives=list[Method], max_age=300)
def list_payment_methods() -> Any:
    """List the ways to pay."""
    return methods.METHODS


@api.post(
    "/v1/subscriptions/purchase",
    caller=auth.user,
    gives=Purchased,
    status=201,
    message=Text(
        "Transaction created successfully. Please proceed to payment.", "Transaksi berhasil dibuat. Silakan lanjutkan ke pembayaran."
    ),
    raises=[packages.NoSuchPackage, purchases.PaymentsUnavailable],
    once=True,
)
def purchase(user: User, body: Purchase) -> Any:
    """Buy a package: get the page to pay on; an open purchase of the same gives the same page."""
    return purchases.purchase(user, body)


@api.get("/v1/me/subscription", caller=auth.user, gives=Subscription)
def my_subscription(db: Db, user: User) -> Any:
    """Show one's subscription, and the quota that is left."""
    return payments.current(db, user)


@api.get("/v1/subscriptions/payment-history", caller=auth.user, gives=list[Paid])
def payment_history(db: Db, user: User, query: PageQuery) -> Any:
    """List one's own payments, newest first."""
    return payments.history(db, user, query)


@api.get("/v1/subscriptions/payment-status/{invoice_number}", caller=auth.user, gives=Invoice, raises=[NotFound])
def payment_status(user: User, invoice_number: Number) -> Any:
    """Show one's own invoice; while it is open, the payment provider is asked about it."""
    return payments.status(user, invoice_number)


@api.get("/v1/admin/packages", caller=auth.admin, gives=list[KeptPackage])
def list_kept_packages(db: Db) -> Any:
    """List all packages, those that are not sold any more too."""
    return packages.kept(db)


@api.post("/v1/admin/packages", caller=auth.admin, gives=KeptPackage, status=201, raises=[packages.NameTaken])
def create_package(db: Db, user: User, body: Terms) -> Any:
    """Sell another package."""
    return packages.create(db, user, body)


@api.put("/v1/admin/packages/{package_id}", caller=auth.admin, gives=KeptPackage, raises=[packages.NoSuchPackage, packages.NameTaken])
def change_package(db: Db, user: User, package_id: Id, body: Terms) -> Any:
    """Change what is sold from now on; whoever bought before keeps what was sold."""
    return packages.change(db, user, package_id, body)


@api.delete(
    "/v1/admin/packages/{package_id}",
    caller=auth.admin,
    message=Text("Package retired", "Paket tidak dijual lagi"),
    raises=[packages.NoSuchPackage],
)
def retire_package(db: Db, user: User, package_id: Id) -> None:
    """Stop selling a package."""
    packages.retire(db, user, package_id)


@api.get("/v1/admin/payments", caller=auth.finance, gives=list[Payment])
def list_payments(db: Db, query: Payments) -> Any:
    """List everybody's payments, newest first; `status=quarantined` are those that need a decision."""
    return payments.every(db, query)


@api.post(
    "/v1/admin/payments/{invoice_number}/refund",
    caller=auth.finance,
    gives=Refunded,
    message=Text("Payment refunded", "Pembayaran dikembalikan"),
    raises=[NotFound, refunds.NotRefundable, refunds.RefundRefused, purchases.PaymentsUnavailable],
    once=True,
)
def refund_payment(user: User, invoice_number: Number, body: Refund) -> Any:
    """Give a payment back, and take back what of it is unused."""
    return refunds.refund(user, invoice_number, body.reason)


main = api.main()
