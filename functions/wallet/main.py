"""Wallet: creators' rupiah, their withdrawals, and who brought whom."""

from typing import Any

from common import auth
from common.api import Api
from common.auth import User
from common.db import Db
from common.i18n import Language, Text
from common.intake import Id
from common.needs import Needs
from common.problems import NotFound

from . import banks, commissions, earnings, payouts, referrals, schemas, statements, withdrawals

api = Api("wallet", needs=Needs(secrets=("BANK_KEYS", "JWT_SECRET"), uses=("enqueue",)))

DECIDING = [NotFound, withdrawals.AlreadyDecided]


@api.get("/v1/wallet", caller=auth.user, gives=schemas.Wallet)
def show_wallet(db: Db, user: User) -> Any:
    """Show one's wallet: available, pending, held, earned in all, and what a withdrawal takes."""
    return statements.wallet(db, user.id)


@api.get("/v1/wallet/transactions", caller=auth.user, gives=list[schemas.Movement], also=["text/csv"])
def list_wallet_transactions(db: Db, user: User, query: schemas.MovementQuery, language: Language) -> Any:
    """List the movements of one's wallet, newest first; with format=csv all of them as a file."""
    show = statements.file if query.format == "csv" else statements.page
    return show(db, user, query, language)


@api.get("/v1/withdrawals", caller=auth.user, gives=list[schemas.Withdrawal], raises=[NotFound])
def list_withdrawals(db: Db, user: User, query: schemas.Mine) -> Any:
    """List one's own withdrawals, newest first."""
    referrals.oneself(user, query.id_user)
    return withdrawals.page(db, user, query)


@api.post(
    "/v1/withdrawals",
    caller=auth.user,
    gives=schemas.Withdrawal,
    status=201,
    message=Text("Withdrawal requested", "Penarikan diajukan"),
    once=True,
    raises=[NotFound, withdrawals.BelowMinimum, withdrawals.InsufficientBalance],
)
def create_withdrawal(db: Db, user: User, body: schemas.Withdraw) -> Any:
    """Ask to be paid to a bank account; the amount is set aside at once."""
    referrals.oneself(user, body.id_user)
    return withdrawals.create(db, user, body)


@api.post(
    "/v1/withdrawals/{withdrawal_id}/cancel",
    caller=auth.user,
    gives=schemas.Withdrawal,
    once=True,
    message=Text("Withdrawal canceled", "Penarikan dibatalkan"),
    raises=[*DECIDING, withdrawals.BeingPaid],
)
def cancel_withdrawal(db: Db, user: User, withdrawal_id: Id) -> Any:
    """Give a withdrawal up before it is being paid; the amount is available again."""
    return withdrawals.cancel(db, user, withdrawal_id)


@api.get("/v1/admin/withdrawals", caller=auth.admin, gives=list[schemas.Queued])
def list_withdrawal_queue(db: Db, query: schemas.Queue) -> Any:
    """List everybody's withdrawals that wait to be paid, oldest first."""
    return payouts.page(db, query)


@api.post(
    "/v1/admin/withdrawals/{withdrawal_id}/approve",
    caller=auth.admin,
    gives=schemas.Withdrawal,
    once=True,
    message=Text("Withdrawal approved", "Penarikan disetujui"),
    raises=DECIDING,
)
def approve_withdrawal(db: Db, user: User, withdrawal_id: Id, body: schemas.Approve) -> Any:
    """Record that a withdrawal was paid, with the transfer's reference."""
    return payouts.approve(db, user, withdrawal_id, body.reference)


@api.post(
    "/v1/admin/withdrawals/{withdrawal_id}/reject",
    caller=auth.admin,
    gives=schemas.Withdrawal,
    once=True,
    message=Text("Withdrawal rejected", "Penarikan ditolak"),
    raises=DECIDING,
)
def reject_withdrawal(db: Db, user: User, withdrawal_id: Id, body: schemas.Reject) -> Any:
    """Refuse a withdrawal with a reason; the amount is the person's again."""
    return payouts.reject(db, user, withdrawal_id, body.reason)


@api.get("/v1/admin/withdrawals/payouts", caller=auth.finance, gives="text/csv")
def get_payout_file(user: User) -> Any:
    """Get what is to be paid as a CSV file with whole account numbers; none of it can be canceled then, and asking is audited."""
    return payouts.file(user)


@api.post("/v1/admin/withdrawals/payouts", caller=auth.finance, gives=list[schemas.Outcome], raises=[payouts.BadFile])
def read_payout_file(user: User, body: schemas.Payouts) -> Any:
    """Read the payout file back: paid lines are approved, failed ones rejected, each line answered."""
    return payouts.read_back(user, body.csv)


@api.post(
    "/v1/admin/wallets/{user_id}/credit",
    caller=auth.admin,
    gives=schemas.Wallet,
    message=Text("Earnings booked", "Pendapatan dibukukan"),
    once=True,
    raises=[NotFound, earnings.AlreadyBooked],
)
def credit_wallet(db: Db, user: User, user_id: Id, body: schemas.Credit) -> Any:
    """Book earnings of a creator with a reason; the reference makes sure that they are booked once."""
    earnings.credit(db, user, user_id, body)
    return statements.wallet(db, user_id)


@api.get("/v1/banks", caller=auth.public, gives=list[schemas.Bank], max_age=86400)
def list_banks() -> Any:
    """List the banks of Indonesia that withdrawals are paid to."""
    return banks.BANKS


@api.get("/v1/referrals", caller=auth.user, gives=list[schemas.Referral], raises=[NotFound])
def list_referrals(db: Db, user: User, query: schemas.MyReferrals) -> Any:
    """List the people one brought, newest first."""
    referrals.oneself(user, query.user_id)
    return referrals.page(db, user, query)


@api.post(
    "/v1/referrals",
    caller=auth.user,
    status=201,
    message=Text("Referral code accepted", "Kode referral diterima"),
    raises=[referrals.AlreadyReferred, referrals.TooLate, referrals.UnknownCode, referrals.NotThisCode],
)
def set_parent(db: Db, user: User, body: schemas.Parent) -> None:
    """Say by code who told one about MamaStoria, within a week of registering."""
    referrals.set_parent(db, user, body.code)


@api.get("/v1/referrals/check-parent", caller=auth.user, gives=bool)
def check_parent(db: Db, user: User) -> Any:
    """Say whether somebody referred the caller."""
    return referrals.has_parent(db, user)


@api.get("/v1/referrals/check-code", caller=auth.public, gives=bool)
def check_code(db: Db, query: schemas.CodeQuery) -> Any:
    """Say whether a referral code belongs to somebody."""
    return referrals.is_code(db, query.code)


@api.get("/v1/commissions", caller=auth.user, gives=list[schemas.Commission], raises=[NotFound])
def list_commissions(db: Db, user: User, query: schemas.Mine) -> Any:
    """List one's own commissions, newest first."""
    referrals.oneself(user, query.id_user)
    return commissions.page(db, user, query)


main = api.main()
