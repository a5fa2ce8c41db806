"""What the subscription endpoints take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, model_validator

from common.intake import Id, Model
from common.pages import PageQuery
from common.replies import Out

# DOKU takes amounts of up to twelve digits.
Rupiah = Annotated[int, Field(ge=1, le=999_999_999_999)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
Reason = Annotated[str, Field(min_length=3, max_length=500, pattern=r"\S")]

Status = Literal["pending", "success", "failed", "expired", "quarantined", "refunded"]


class Package(Out):
    """What is sold: `price` in whole rupiah, `bonus_credits` in whole kredit."""

    id: int
    name: str
    description: str | None
    price: int
    duration_days: int
    publish_quota: int
    bonus_credits: int


class KeptPackage(Package):
    """A package as administrators see it; one that is not active is not sold any more."""

    is_active: bool
    updated_at: datetime


class Terms(Model):
    """A package's terms; changing them touches nothing that was sold before."""

    name: Name
    description: Annotated[str, Field(max_length=1000)] | None = None
    price: Rupiah
    duration_days: Annotated[int, Field(ge=1, le=3660)]
    publish_quota: Annotated[int, Field(ge=0, le=1_000_000)]
    bonus_credits: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    is_active: bool = True


class Method(Out):
    """A way to pay."""

    group: str
    code: str
    name: str


def _either(camel: str, snake: str) -> AliasChoices:
    return AliasChoices(snake, camel)


class Purchase(Model):
    """Which package, by id or by slug, and how it is to be paid; today's app spells the fields either way."""

    package_id: Annotated[Id | None, Field(validation_alias=_either("packageId", "package_id"))] = None
    package_slug: Annotated[str | None, Field(validation_alias=_either("packageSlug", "package_slug"), max_length=100)] = None
    payment_method: Annotated[str | None, Field(validation_alias=_either("paymentMethod", "payment_method"), max_length=50)] = None

    @model_validator(mode="after")
    def named(self) -> "Purchase":
        """A purchase of nothing is a mistake of the caller's."""
        if self.package_id is None and not self.package_slug:
            raise ValueError("Give a package_id or a package_slug")
        return self


class Purchased(Out):
    """Where to pay, and until when."""

    invoice_number: str
    amount: int
    payment_url: str
    package_name: str
    expires_at: datetime


class Invoice(Out):
    """One's own invoice."""

    invoice_number: str
    status: Status
    amount: int
    payment_method: str | None
    created_at: datetime
    payment_url: str | None
    type_transaction: str
    expires_at: datetime | None


class Paid(Out):
    """A line of the payment history."""

    id: int
    invoice_number: str
    amount: int
    status: Status
    payment_method: str | None
    created_at: datetime
    type_transaction: str


class Subscription(Out):
    """What one has now; without an active subscription only the quota says something."""

    has_active_subscription: bool
    package_name: str | None
    start_date: datetime | None
    end_date: datetime | None
    days_remaining: int
    publish_quota: int


class Payments(PageQuery):
    """Which payments: those in one state, or all."""

    status: Status | None = None


class Payment(Out):
    """A payment as administrators see it; `reason` says why it is in quarantine, waits, or was refunded.

    `package_name` is empty where nobody knows what was sold.
    """

    id: int
    invoice_number: str
    user_id: int
    provider: str
    status: Status
    amount: int
    currency: str
    package_name: str
    channel: str | None
    reason: str | None
    created_at: datetime
    paid_at: datetime | None
    refunded_at: datetime | None


class Refund(Model):
    """Why it is given back; kept with the payment and in the audit log."""

    reason: Reason


class Refunded(Out):
    """How: `provider` when it pays back or has done so by itself, `recorded` when people have to."""

    invoice_number: str
    status: Status
    how: Literal["provider", "recorded"]
