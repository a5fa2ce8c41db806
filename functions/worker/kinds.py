"""What the worker does: every kind of job but those that another function does (see common/jobs.py)."""

from collections.abc import Callable

from common import jobs
from common.comics import states
from common.db import Db
from common.i18n import Text
from common.jobs import Job
from common.work import Kind

from . import erasures, files, mails, panels, scripts


def _draft(to: states.Status) -> Callable[[Db, Job, Text, str], None]:
    """The job's failure brings its draft to the state `to`."""

    def fail(db: Db, job: Job, reason: Text, why: str) -> None:
        # The comic before the job, as everywhere: two transactions that lock both never wait for each other.
        comic = states.lock(db, job.comic) if job.comic else None
        jobs.fail(db, job, reason, why)
        if comic is not None:
            states.move(db, comic, to, error=reason._asdict())

    return fail


KINDS = {
    "script": Kind(scripts.write, _draft("SCRIPT_FAILED")),
    "panels": Kind(panels.draw, _draft("RENDER_FAILED")),
    "mail_code": Kind(mails.send_code),
    "mail": Kind(mails.send),
    "unpublish_files": Kind(files.unpublish),
    "delete_files": Kind(files.delete),
    "erase": Kind(erasures.erase),
}
