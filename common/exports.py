"""What is made from a finished comic: a PDF, a comic-book archive (CBZ) and a video, each kept until the comic changes.

The running state is that of the job; `exports` holds one row per finished file, with a key of
everything that the file depends on. A file whose key is not the comic's of now does not exist for
anybody: it shows a comic that is no more.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from common import clock, jobs, limits, notices, people, settings, watermark
from common.clients.errors import Refused
from common.comics import states
from common.db import Db, json
from common.i18n import Language, Text
from common.jobs import Job
from common.problems import Conflict, NotFound, TooManyRequests

Kind = Literal["pdf", "cbz", "video"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Status = Literal["none", "queued", "running", "completed", "failed"]

# Raised when the same comic is to give another file; every file of before is then made again when asked for.
FORMATS: dict[Kind, int] = {"pdf": 1, "cbz": 1, "video": 1}

ENDINGS: dict[Kind, str] = {"pdf": "pdf", "cbz": "cbz", "video": "mp4"}

# What every export says about itself, to readers and in its metadata.
DISCLOSURE = Text("Made with the help of AI on MamaStoria", "Dibuat dengan bantuan AI di MamaStoria")

NOT_DRAWN = Text("Some panels are not drawn yet: {missing}", "Ada panel yang belum digambar: {missing}")


class NotDrawn(Conflict):
    """There are no panels, or some without a picture; `missing` names each."""

    detail = NOT_DRAWN


class Outdated(Exception):
    """The comic was changed while its export was made: the file shows a comic that is no more."""


# What tells whoever has just stored a file that nobody will name it.
VOID = (jobs.LeaseLost, Outdated)


class Panel(NamedTuple):
    """A panel as an export needs it: `image` is the row's picture, whose own `url` is the JPEG to export."""

    id: int
    image: dict[str, Any] | None
    narration: str
    dialogues: list[dict[str, str]]
    page: int
    number: int


@dataclass(frozen=True)
class Content:
    """Everything that an export may show of a comic; `music` is a row of asset_music (id, name, file_url), or None."""

    comic: int
    user: int
    title: str
    author: str
    synopsis: str
    layout: str
    language: Language
    created_at: datetime
    watermark: bool
    music: Any | None
    panels: tuple[Panel, ...]

    @property
    def missing(self) -> list[str]:
        """What is not drawn yet, by page and number; "panels" when there are none."""
        return [f"{panel.page}.{panel.number}" for panel in self.panels if panel.image is None] if self.panels else ["panels"]


COMIC = f"""
select c.id as comic, c.user_id as "user", c.title, coalesce(nullif(c.publisher, ''), {people.BYLINE}) as author,
       coalesce(c.synopsis, '') as synopsis, c.layout, u.language, c.created_at, {watermark.SHOWN} as watermark, c.music_id
from comics c join users u on u.id_users = c.user_id where c.id = :comic
"""

PANELS = """
select id, image, coalesce(narration, page_narration, '') as narration, dialogues, page_number as page, panel_number as number
from comic_panels where comic_id = :comic order by page_number, panel_number
"""


def content(db: Db, comic: int) -> Content:
    """What the comic's exports are made from, as it is now; raises `NotFound`."""
    row = db.maybe(COMIC, comic=comic, now=clock.now())
    if row is None:
        raise NotFound
    fields = row._asdict()
    music = db.maybe("select id, name, file_url, duration from asset_music where id = :music", music=fields.pop("music_id"))
    panels = tuple(Panel(**panel._asdict()) for panel in db.all(PANELS, comic=comic))
    return Content(**fields, music=music, panels=panels)


def key(content: Content, kind: Kind) -> str:
    """A hash of all that the file depends on: it changes when, and only when, the file would."""
    shown: list[Any] = [kind, FORMATS[kind], content.title, content.author, content.language, content.watermark]
    shown += [panel.image and panel.image["url"] for panel in content.panels]
    if kind == "cbz":
        shown += [content.synopsis]
    if kind == "video":
        shown += [content.layout, content.music and content.music.file_url, settings.VOICE()]
        shown += [panel.narration for panel in content.panels]
    return hashlib.sha256(json(shown).encode()).hexdigest()


def subject(comic: int, kind: Kind) -> str:
    """What an export's jobs are about; the database allows one live job per subject."""
    return f"comic:{comic}:{kind}"


class State(NamedTuple):
    """Where an export stands: `progress` is 0 to 100, `error` a sentence, `object_name` the current file's."""

    kind: Kind
    status: Status
    progress: int
    error: Text | None = None
    object_name: str | None = None


# The last job tells what is going on. A failure counts until the comic changes: then it is another export that failed.
STATES = """
select k.kind, e.content_key, e.object_name, j.status, j.progress, j.error, j.payload ->> 'key' as asked_key
from unnest(cast(:kinds as text[])) with ordinality k(kind, place)
left join exports e on e.comic_id = :comic and e.kind = k.kind
left join lateral (select status, progress, error, payload from jobs where comic_id = :comic and kind = k.kind order by id desc limit 1) j on true
order by k.place
"""


def states_of(db: Db, content: Content, kinds: Iterable[Kind] = KINDS) -> dict[Kind, State]:
    """Where each of the comic's exports stands, given what the comic is now."""
    return {row.kind: _state(row, key(content, row.kind)) for row in db.all(STATES, comic=content.comic, kinds=list(kinds))}


def _state(row: Any, now: str) -> State:
    if row.status in ("queued", "running"):
        return State(row.kind, row.status, row.progress)
    if row.content_key == now:
        return State(row.kind, "completed", 100, object_name=row.object_name)
    if row.status == "failed" and row.asked_key == now:
        return State(row.kind, "failed", row.progress, error=Text(**row.error) if row.error else jobs.GAVE_UP)
    return State(row.kind, "none", 0)


def current(db: Db, content: Content, kind: Kind) -> str | None:
    """The name of the private file that shows the comic as it is now, or None."""
    row = db.maybe("select content_key, object_name from exports where comic_id = :comic and kind = :kind", comic=content.comic, kind=kind)
    return row.object_name if row is not None and row.content_key == key(content, kind) else None


def start(db: Db, comic: int, kind: Kind) -> tuple[Content, State]:
    """Have an export made, unless it is there or being made; what the comic is, and where its export stands.

    Raises `NotDrawn`, `states.WrongState` while the comic is being drawn, `TooManyRequests` and
    `InsufficientCredits`.
    """
    row = states.lock(db, comic)
    if row.draft_job_status in states.BUSY:
        raise states.WrongState(state=row.draft_job_status)
    now = content(db, comic)
    if now.missing:
        raise NotDrawn(missing=now.missing)
    state = states_of(db, now, [kind])[kind]
    if state.status in ("none", "failed"):
        _within_limits(db, now.user, kind)
        price = settings.VIDEO_KREDIT() if kind == "video" else 0
        jobs.enqueue(db, kind, subject(comic, kind), user=now.user, comic=comic, kredit=price, payload={"key": key(now, kind)})
        state = State(kind, "queued", 0)
    return now, state


def _within_limits(db: Db, user: int, kind: Kind) -> None:
    limit = settings.VIDEOS_PER_DAY() if kind == "video" else settings.DOCUMENTS_PER_DAY()
    wait = limits.hit(db, f"exports:{'video' if kind == 'video' else 'documents'}:{user}", limit, 86400)
    if wait:
        raise TooManyRequests(retry_after=wait)


def cancel(db: Db, comic: int, kind: Kind) -> bool:
    """End the export's live job and give its price back; False when there is none."""
    states.lock(db, comic)
    return jobs.cancel(db, subject(comic, kind))


def cancel_all(db: Db, comic: int) -> None:
    """End every export of a comic that is about to go; the caller holds its row's lock."""
    for kind in KINDS:
        jobs.cancel(db, subject(comic, kind))


def taken(db: Db, job: Job) -> Content:
    """What the export that `job` makes has to show; raises `LeaseLost`, and `Refused` for a comic that is not drawn (any more)."""
    jobs.heartbeat(db, job, 1, "exporting")
    found = content(db, job.comic or 0)
    if found.missing:
        # The script was written anew since the job was asked for.
        missing = ", ".join(found.missing)
        raise Refused(Text(NOT_DRAWN.say("en", missing=missing), NOT_DRAWN.say("id", missing=missing)))
    return found


def object_name(job: Job, kind: Kind) -> str:
    """The private file that this attempt of `job` may write; no other attempt writes it, so none spoils another's."""
    return _names(job, kind)[-1]


def _names(job: Job, kind: Kind) -> list[str]:
    return [f"comics/{job.comic}/exports/{job.id}-{attempt}.{ENDINGS[kind]}" for attempt in range(1, job.attempts + 1)]


KEEP = """
insert into exports (comic_id, kind, content_key, object_name, bytes) values (:comic, :kind, :key, :name, :bytes)
on conflict (comic_id, kind) do update set content_key = :key, object_name = :name, bytes = :bytes, updated_at = :now
"""

# As the first word of an Indonesian sentence, and within an English one.
NOUNS: dict[Kind, Text] = {"pdf": Text("PDF", "PDF"), "cbz": Text("CBZ file", "Berkas CBZ"), "video": Text("video", "Video")}
READY = Text("Your {noun} is ready! 🎉", "{noun} komikmu sudah siap! 🎉")
READY_MORE = Text("'{title}' can be downloaded now.", "'{title}' sudah bisa diunduh.")
FAILED = Text("The {noun} could not be made", "{noun} komikmu gagal dibuat")
FAILED_MORE = Text("'{title}': {reason}", "'{title}': {reason}")
PAID_BACK = Text("'{title}': {reason} Your kredit is back.", "'{title}': {reason} Kreditmu sudah dikembalikan.")


def complete(db: Db, job: Job, made_of: str, object_name: str, bytes: int) -> None:
    """The export is made: `object_name` (of so many bytes) shows what the key `made_of` was made of.

    Takes the price, forgets the file of before, and tells the owner. Raises `LeaseLost`, and `Outdated`:
    nobody pays for, or is told of, a file that cannot be had.
    """
    comic = _locked(db, job)
    jobs.finish(db, job)
    if key(content(db, comic.id), _kind(job)) != made_of:
        raise Outdated
    before = db.value("select object_name from exports where comic_id = :comic and kind = :kind", comic=comic.id, kind=job.kind)
    db.run(KEEP, comic=comic.id, kind=job.kind, key=made_of, name=object_name, bytes=bytes, now=clock.now())
    _forget(db, job, {before, *_names(job, _kind(job))} - {None, object_name})
    _tell(db, job, comic, "success", READY, READY_MORE)


def failed(db: Db, job: Job, reason: Text, why: str) -> None:
    """The export failed for good: its price is given back, what its attempts stored is removed, and the owner is told. Raises `LeaseLost`."""
    comic = _locked(db, job)
    jobs.fail(db, job, reason, why)
    _forget(db, job, set(_names(job, _kind(job))))
    _tell(db, job, comic, "failed", FAILED, PAID_BACK if job.kredit else FAILED_MORE, reason=reason.ended())


def _locked(db: Db, job: Job) -> Any:
    """The job's comic, locked before the job, as everywhere: two transactions that lock both never wait for each other."""
    try:
        return states.lock(db, job.comic or 0)
    except NotFound:
        # The job went with its comic.
        raise jobs.LeaseLost from None


def _kind(job: Job) -> Kind:
    return next(kind for kind in KINDS if kind == job.kind)


def _forget(db: Db, job: Job, files: set[str]) -> None:
    if files:
        jobs.enqueue(db, "delete_files", f"export:{job.id}:files", payload={"files": sorted(files)}, attempts=100)


def _tell(db: Db, job: Job, comic: Any, type: str, title: Text, message: Text, reason: Text | None = None) -> None:
    data = {"comic_id": comic.id, "type": type, "export": job.kind}
    noun = NOUNS[_kind(job)]
    notices.tell(db, comic.user_id, type, title, message, key=f"job:{job.id}", data=data, title=comic.title, noun=noun, reason=reason)
