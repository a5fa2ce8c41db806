"""The life of a comic's draft: the one table of its states, and the jobs and prices of each stage."""

from typing import Any, Literal, get_args

from common import jobs, limits, settings
from common.comics import pictures
from common.db import Db, json
from common.i18n import Text
from common.problems import Conflict, NotFound, TooManyRequests

Status = Literal["PENDING", "GENERATING_SCRIPT", "SCRIPT_READY", "SCRIPT_FAILED", "RENDERING", "RENDER_FAILED", "COMPLETED", "CANCELED"]
STATUSES: tuple[Status, ...] = get_args(Status)

# From each state, the states it may go to; any other move is a 409. A canceled or failed draft can
# be started again, and a finished one written or drawn again. What is canceled or fails then leaves the finished comic.
MOVES: dict[Status, frozenset[Status]] = {
    "PENDING": frozenset({"GENERATING_SCRIPT", "SCRIPT_FAILED", "COMPLETED", "CANCELED"}),
    "GENERATING_SCRIPT": frozenset({"SCRIPT_READY", "SCRIPT_FAILED", "COMPLETED", "CANCELED"}),
    "SCRIPT_READY": frozenset({"PENDING", "RENDERING", "CANCELED"}),
    "SCRIPT_FAILED": frozenset({"PENDING"}),
    "RENDERING": frozenset({"COMPLETED", "RENDER_FAILED", "CANCELED"}),
    "RENDER_FAILED": frozenset({"PENDING", "RENDERING"}),
    "COMPLETED": frozenset({"PENDING", "RENDERING"}),
    "CANCELED": frozenset({"PENDING", "RENDERING"}),
}

# While a draft is in one of these, a job works on it.
BUSY: frozenset[Status] = frozenset({"PENDING", "GENERATING_SCRIPT", "RENDERING"})


class WrongState(Conflict):
    """The draft is in a state from which this is not possible."""

    detail = Text("The comic is {state}; this is not possible now", "Komik berstatus {state}; ini belum bisa dilakukan sekarang")


class IsPublished(Conflict):
    """Readers see this comic; it must be taken back before it is changed."""

    detail = Text("Unpublish the comic before changing it", "Tarik dulu komik dari publikasi sebelum mengubahnya")


def lock(db: Db, comic: int) -> Any:
    """The comic's row, locked to the end of the transaction: whoever changes a draft's state holds this lock first."""
    row = db.maybe("select * from comics where id = :comic for update", comic=comic)
    if row is None:
        raise NotFound
    return row


def editable(db: Db, comic: int) -> Any:
    """The locked row of a comic that its owner may change; raises `IsPublished`."""
    row = lock(db, comic)
    if row.published_at is not None:
        raise IsPublished
    return row


def resting(db: Db, comic: int) -> Any:
    """The locked row of a comic that its owner may change and that no job works on; raises `IsPublished` or `WrongState`."""
    row = editable(db, comic)
    if row.draft_job_status in BUSY:
        raise WrongState(state=row.draft_job_status)
    return row


def move(db: Db, comic: Any, to: Status, *, error: dict[str, Any] | None = None) -> None:
    """Bring a locked comic to the state `to`; raises `WrongState` when the table of moves has no such move.

    `error` is `{"en": …, "id": …}`, the reason a creator reads; any move without one clears it.
    """
    if to not in MOVES[comic.draft_job_status]:
        raise WrongState(state=comic.draft_job_status)
    db.run(
        "update comics set draft_job_status = :to, draft_error = cast(:error as jsonb), updated_at = now() where id = :comic",
        to=to,
        error=json(error) if error else None,
        comic=comic.id,
    )


def subject(comic: int) -> str:
    """What a draft's jobs are about; the database allows one live job per subject."""
    return f"comic:{comic}:draft"


def start_script(db: Db, comic: Any) -> int:
    """Enqueue the script of a locked comic; the job's id. Raises `TooManyRequests`: a script may cost nothing, a model does."""
    wait = limits.hit(db, f"script:{comic.user_id}", settings.SCRIPTS_PER_HOUR(), 3600)
    if wait:
        raise TooManyRequests(retry_after=wait)
    price = settings.SCRIPT_KREDIT()
    return jobs.enqueue(db, "script", subject(comic.id), user=comic.user_id, comic=comic.id, kredit=price)


def start_panel(db: Db, comic: Any, panel: int) -> int:
    """Enqueue the drawing of one panel of a locked comic again; the job's id. Raises `TooManyRequests`."""
    return _start_drawing(db, comic, "panel", settings.PANEL_KREDIT(), {"panel": panel})


def start_panels(db: Db, comic: Any) -> int:
    """Enqueue the drawing of a locked comic's panels; the job's id. Raises `TooManyRequests`."""
    return _start_drawing(db, comic, "panels", settings.PANELS_KREDIT(), {})


def _start_drawing(db: Db, comic: Any, kind: str, price: int, payload: dict[str, Any]) -> int:
    move(db, comic, "RENDERING")
    wait = pictures.pause(db, comic.user_id)
    if wait:
        raise TooManyRequests(retry_after=wait)
    return jobs.enqueue(db, kind, subject(comic.id), user=comic.user_id, comic=comic.id, kredit=price, payload=payload)
