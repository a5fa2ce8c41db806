"""Video: makes the narrated videos. Cloud Tasks calls it about one job; ffmpeg keeps it apart from the worker."""

from typing import Any

from common import auth, work
from common.api import Api
from common.intake import Id
from common.needs import Needs

from .kinds import KINDS

api = Api(
    "video", needs=Needs(memory="2Gi", cpu=2, threads=1, timeout=1800, max=4, secrets=(), uses=("enqueue", "read", "speech", "write"))
)


@api.post("/internal/jobs/{job_id}", caller=auth.internal, gives=work.Worked)
def work_on(job_id: Id) -> Any:
    """Work on one job, if it is due and nobody else has it."""
    return {"outcome": work.on(job_id, KINDS)}


main = api.main()
