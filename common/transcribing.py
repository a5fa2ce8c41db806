"""A long transcription on its way: started by a job, asked about by its name from any instance, ended once.

The job and whoever polls may find the end at the same moment; the row's own state lets one of them
through, and in its transaction the recording's removal is written and the person told.
"""

import math
import secrets
from datetime import timedelta
from typing import Any

from common import clock, jobs, limits, log, notices, settings
from common.clients import hearing
from common.clients.errors import Refused, Unavailable
from common.clients.hearing import Heard, UnknownPair
from common.db import Db, json, transaction
from common.i18n import Text
from common.jobs import Job

# Seconds before the job looks again: soon at first, then seldom.
LOOKS = (5, 10, 20, 30, 60)
# An operation that is still working then will not end; Google's own bound is a day.
LONGEST = timedelta(hours=6)
DAY = 86_400
# Seconds between two questions about one transcription, however often the app polls.
PAUSE = 2

TITLE = Text("Your recording has been transcribed", "Rekamanmu sudah menjadi teks")
MESSAGE = Text("Open it and turn it into a story.", "Buka dan jadikan sebuah cerita.")
FAILED = Text("Your recording could not be transcribed", "Rekamanmu tidak dapat dijadikan teks")


def enqueue(db: Db, transcription: int, user: int, *, looks: int = 0) -> None:
    """Have it started, or looked at again after a pause that grows with `looks`."""
    delay = LOOKS[min(looks, len(LOOKS)) - 1] if looks else 0
    payload = {"transcription": transcription, "looks": looks}
    jobs.enqueue(db, "transcribe", f"transcription:{transcription}", user=user, payload=payload, delay=delay)


def transcribe(job: Job) -> None:
    """Start the job's transcription or see whether it has ended; while it works, another job looks again later."""
    with transaction() as db:
        row = _row(db, job)
        jobs.heartbeat(db, job, 10, "waiting")
    if row is not None and row.status == "pending":
        if row.operation_name is None:
            _start(job, row)
        elif row.created_at < clock.now() - LONGEST:
            raise Refused(jobs.GAVE_UP, "the operation does not end")
        else:
            _look_again(row)
    with transaction() as db:
        jobs.finish(db, job)
        row = _row(db, job)
        if row is not None and row.status == "pending":
            enqueue(db, row.id, row.user_id, looks=job.payload["looks"] + 1)


def _look_again(row: Any) -> None:
    try:
        look(row, announced=True)
    except Unavailable as error:
        # The recording is being listened to all the same: another look costs nothing, another start does.
        log.warning("a transcription could not be asked about", transcription=row.id, why=str(error))


def failed(db: Db, job: Job, reason: Text, why: str) -> None:
    """The job failed for good, and its transcription with it."""
    row = _row(db, job)
    jobs.fail(db, job, reason, why)
    if row is not None:
        _end(db, row, error=reason, announced=True)


def _row(db: Db, job: Job) -> Any:
    return db.maybe("select * from transcriptions where id = :id", id=job.payload["transcription"])


def _start(job: Job, row: Any) -> None:
    operation = hearing.start(row.object_name, row.language, model=row.model)
    with transaction() as db:
        # First the heartbeat: whoever has lost the job has started in vain.
        jobs.heartbeat(db, job, 20, "waiting")
        db.run(
            "update transcriptions set operation_name = :name, updated_at = :now where id = :id", id=row.id, name=operation, now=clock.now()
        )


def may_ask(transcription: int) -> bool:
    """Whether it is time to ask about it; apps poll more often than is of use."""
    with transaction() as db:
        return limits.hit(db, f"transcription:{transcription}", 1, PAUSE) == 0


def ration(db: Db, user: int, seconds: float) -> int:
    """Count recorded seconds of the account's day: 0 when it may have them transcribed, else the seconds to wait."""
    return limits.hit(db, f"transcribed:{user}", settings.TRANSCRIBED_MINUTES_PER_DAY() * 60, DAY, count=math.ceil(seconds))


def count_rest(db: Db, user: int, counted: float, heard: Heard) -> None:
    """Count what was heard beyond the seconds that were counted before: a header can say less than the recording holds."""
    rest = math.ceil(heard.billed) - math.ceil(counted)
    if rest > 0:
        ration(db, user, rest)


def look(row: Any, *, announced: bool = False) -> None:
    """Ask about the operation of `row` and end its transcription if it has ended; `announced` tells its owner.

    Where the model turns out not to know the language, the next job starts anew with the other one. Raises `Unavailable`.
    """
    try:
        heard = hearing.outcome(row.operation_name, row.language)
    except Refused as refused:
        with transaction() as db:
            if isinstance(refused, UnknownPair) and row.model is None:
                _start_anew(db, row)
            else:
                _end(db, row, error=refused.reason, announced=announced)
        return
    if heard is not None:
        with transaction() as db:
            _end(db, row, heard=heard, announced=announced)


def _start_anew(db: Db, row: Any) -> None:
    db.run(
        "update transcriptions set operation_name = null, model = :model, updated_at = :now where id = :id and operation_name = :name",
        id=row.id,
        model=settings.SPEECH_FALLBACK_MODEL(),
        name=row.operation_name,
        now=clock.now(),
    )


END = """
update transcriptions set status = :status, text = :text, confidence = :confidence, error = cast(:error as jsonb), object_name = null,
                          operation_name = null, updated_at = :now
where id = :id and status = 'pending'
"""


def _end(db: Db, row: Any, *, heard: Heard | None = None, error: Text | None = None, announced: bool) -> None:
    ended = db.run(
        END,
        id=row.id,
        status="done" if heard else "failed",
        text=heard and heard.text,
        confidence=heard and heard.confidence,
        error=error and json(error._asdict()),
        now=clock.now(),
    )
    if not ended:
        return
    if row.object_name is not None:
        remove(db, row.object_name)
    if heard is not None and row.seconds is not None:
        count_rest(db, row.user_id, row.seconds, heard)
    if announced:
        data = {"transcription_id": row.id}
        key = f"transcription:{row.id}"
        notices.tell(db, row.user_id, "transcription", TITLE if heard else FAILED, error or MESSAGE, key=key, data=data)


def remove(db: Db, name: str) -> None:
    """Have a recording's file removed once this transaction is durable."""
    jobs.enqueue(db, "delete_files", f"recording:{secrets.token_urlsafe(9)}", payload={"files": [name]}, attempts=100)
