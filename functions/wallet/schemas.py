"""What the wallet endpoints take and give."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from common import clock
from common.fields import ReferralCode
from common.intake import Id, Model, Query
from common.pages import PageQuery
from common.replies import Out

from . import banks

# A hundred billion rupiah: far above any wallet, far below BIGINT.
Rupiah = Annotated[int, Field(ge=1, le=100_000_000_000)]

State = Literal["pending", "approved", "rejected", "canceled"]


def _digits(text: str) -> str:
    number = re.sub(r"[ .-]", "", text)
    if not re.fullmatch(r"[0-9]{5,20}", number):
        raise ValueError("An account number has 5 to 20 digits")
    return number


def _said(text: str) -> str:
    words = " ".join(text.split())
    if len(words) < 2:
        raise ValueError("At least 2 characters")
    return words


def _iso(value: object) -> object:
    # A plain number would read as seconds since 1970, which nobody means by a date.
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("A date looks like 2026-01-31")
    return value


Said = Annotated[str, Field(min_length=2, max_length=200), AfterValidator(_said)]
Day = Annotated[date, BeforeValidator(_iso), Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]


class Terms(Out):
    """What a withdrawal takes, in rupiah: `fee` goes off the amount that is asked for."""

    minimum: int
    fee: int


class Wallet(Out):
    """A creator's rupiah; `available` is below zero, and `overdrawn` true, after a refund of what was paid out."""

    available: int
    pending: int
    held: int
    lifetime: int
    currency: Literal["IDR"] = "IDR"
    overdrawn: bool
    withdrawal: Terms


class MovementQuery(PageQuery):
    """Which movements: from `start_date` to `end_date`, both included, days of Jakarta's calendar; as JSON or CSV."""

    start_date: Day | None = None
    end_date: Day | None = None
    format: Literal["json", "csv"] = "json"

    @model_validator(mode="after")
    def forwards(self) -> "MovementQuery":
        """The first day is not after the last one."""
        if self.start_date and self.end_date and self.start_date > self.end_date:
            raise ValueError("start_date is after end_date")
        return self

    @property
    def since(self) -> datetime | None:
        """The first moment that counts."""
        return clock.midnight(self.start_date) if self.start_date else None

    @property
    def until(self) -> datetime | None:
        """The first moment that does not count any more."""
        return clock.midnight(self.end_date + timedelta(days=1)) if self.end_date else None


class Movement(Out):
    """One row of the ledger: what it added to each place (negative: took away), and what it was, in words."""

    id: int
    available: int
    pending: int
    held: int
    reason: str
    title: str
    reference: str
    description: str | None
    created_at: datetime


class Mine(PageQuery):
    """A page of one's own; `id_user`, which older apps send, must be oneself."""

    id_user: Id | None = None


class MyReferrals(PageQuery):
    """A page of one's own; `user_id`, which older apps send, must be oneself."""

    user_id: Id | None = None


class Queue(PageQuery):
    """Which withdrawals, oldest first."""

    status: State = "pending"


class Withdraw(Model):
    """How much, in rupiah, and to which account; the bank by code, or by name as older apps send it."""

    amount: Rupiah
    bank_code: Annotated[str, Field(min_length=1, max_length=10)] | None = None
    bank_name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    account_number: Annotated[str, Field(min_length=5, max_length=40), AfterValidator(_digits)]
    account_name: Annotated[str, Field(min_length=2, max_length=100), AfterValidator(_said)]
    id_user: Id | None = None
    status: Literal["pending"] = "pending"

    @model_validator(mode="after")
    def known_bank(self) -> "Withdraw":
        """There is such a bank; a code counts more than a name, which apps spell as they like."""
        if banks.find(self.bank_code or self.bank_name or "") is None:
            raise ValueError("Give the bank_code of a bank in /v1/banks")
        return self

    @property
    def bank(self) -> banks.Bank:
        """The bank that is meant."""
        found = banks.find(self.bank_code or self.bank_name or "")
        assert found is not None, "known_bank refused it"
        return found


class Withdrawal(Out):
    """A request to be paid; `receives` is the amount without the fee.

    While it is pending and `sent_at` is null it can be canceled; since then it is being paid.
    """

    id: int
    amount: int
    fee: int
    receives: int
    status: State
    bank_code: str
    bank_name: str
    account_number: str
    account_name: str
    reference: str | None
    reason: str | None
    sent_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Queued(Withdrawal):
    """A request as whoever decides it sees it; `overdrawn` says that a refund has eaten what is asked for."""

    user_id: int
    full_name: str
    overdrawn: bool
    decided_by: int | None


class Approve(Model):
    """The transfer that was made."""

    reference: Said


class Reject(Model):
    """Why it is not paid; the person reads it."""

    reason: Said


class Payouts(Model):
    """A payout file with its outcomes filled in, as CSV text."""

    csv: Annotated[str, Field(min_length=1, max_length=5_000_000)]


class Outcome(Out):
    """What became of one line: approved, rejected, left alone (`unchanged`), or `refused` and why."""

    line: int
    id: int | None
    outcome: Literal["approved", "rejected", "unchanged", "refused"]
    why: str | None


class Credit(Model):
    """Earnings for a creator, in rupiah; `reference` names them, so that they are booked once."""

    amount: Rupiah
    reason: Said
    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9._/-]{1,100}$")]


class Bank(Out):
    """A bank one can be paid at."""

    code: str
    name: str


class Referred(Out):
    """Somebody who came by one's code; never an address."""

    id_users: int
    full_name: str
    username: str | None
    profile_photo_path: str | None
    created_at: datetime


class Referral(Out):
    """One person brought another."""

    id: int
    referrer_id: int
    referred_user_id: int
    created_at: datetime
    updated_at: datetime
    referred_user: Referred


class CodeQuery(Query):
    """A referral code to look at."""

    code: Annotated[ReferralCode, Field(min_length=1)]


class Parent(Model):
    """The code of whoever told one about MamaStoria."""

    code: Annotated[ReferralCode, Field(min_length=1)]


class Commission(Out):
    """A share of a referred person's first purchase; `kredit` is the amount in rupiah under the name older apps read."""

    id: int
    id_user: int
    kredit: int
    amount: int
    percent: int
    status: Literal["pending", "available", "reversed"]
    keterangan: str | None
    available_at: datetime
    created_at: datetime
    updated_at: datetime
