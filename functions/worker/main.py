"""Worker: does what requests left to do. Cloud Tasks calls it about one job, Scheduler about all that was forgotten."""

from typing import Any

from common import auth, jobs, work
from common.api import Api
from common.intake import Id
from common.needs import Needs
from common.replies import Out

from . import erasures, forgetting, payments, pushes, recordings, rollups, wallets
from .kinds import KINDS

api = Api(
    "worker",
    needs=Needs(
        memory="1Gi",
        threads=4,
        timeout=1800,
        max=5,
        secrets=("CODE_SECRET", "DOKU_SECRET_KEY", "MIDTRANS_SERVER_KEY", "SMTP_PASSWORD"),
        uses=("enqueue", "publish", "push", "read", "speech", "vertex", "write"),
    ),
)


class Swept(Out):
    """How many forgotten jobs were rung for again."""

    rung: int


class Matured(Out):
    """How many commissions became available."""

    matured: int


class Pushing(Out):
    """Whether there was something to push."""

    pushing: bool


class Due(Out):
    """How many accounts are due."""

    due: int


@api.post("/internal/jobs/{job_id}", caller=auth.internal, gives=work.Worked)
def work_on(job_id: Id) -> Any:
    """Work on one job, if it is due and nobody else has it."""
    return {"outcome": work.on(job_id, KINDS)}


@api.post("/internal/sweep", caller=auth.internal, gives=Swept)
def sweep() -> Any:
    """Ring again for jobs whose bell was lost or whose worker died."""
    return {"rung": jobs.sweep()}


@api.post("/internal/pushes/sweep", caller=auth.internal, gives=Pushing)
def sweep_pushes() -> Any:
    """Start pushing what became due: the quiet hours ended, a refused message may be tried again, a bell was lost."""
    return {"pushing": pushes.sweep()}


@api.post("/internal/erasures", caller=auth.internal, gives=Due)
def start_erasures() -> Any:
    """Start erasing the accounts whose time to come back is over."""
    return {"due": erasures.enqueue_due()}


@api.post("/internal/forgetting", caller=auth.internal, gives=dict[str, int])
def forget() -> Any:
    """Delete what has served its time: codes, limits, ended sessions, registrations that nobody verified."""
    return forgetting.forget()


@api.post("/internal/recordings/forgetting", caller=auth.internal, gives=dict[str, int])
def forget_recordings() -> Any:
    """Remove recordings a day after they came, and narrations that nobody has played for long."""
    return recordings.forget()


@api.post("/internal/wallets/mature", caller=auth.internal, gives=Matured)
def mature_commissions() -> Any:
    """Make the commissions available whose week is over."""
    return {"matured": wallets.mature()}


@api.post("/internal/payments/sweep", caller=auth.internal, gives=dict[str, int])
def sweep_payments() -> Any:
    """Find out about payments whose callback was lost, settle what was left over, announce what ends."""
    return payments.sweep()


@api.post("/internal/rollups", caller=auth.internal, gives=dict[str, int])
def roll_up() -> Any:
    """Roll up what happened yesterday and today, and correct older days where something was taken back."""
    return rollups.roll()


main = api.main()
