"""Drawing a draft's panels, one by one, so that a worker that dies loses one panel and not all."""

import secrets
from typing import Any

from common import exports, images, jobs, media, notices, settings
from common.clients import artist, storage
from common.clients.artist import Brief, Look
from common.clients.writer import Dialogue
from common.comics import pictures, states
from common.db import Db, transaction
from common.i18n import Text
from common.jobs import Job

# The panels of the job (one of them, or all), each with its place among all of the comic, and whether
# this job has drawn it before: those that it has are in panel_versions under its id.
WANTED = """
select * from (
    select p.*, row_number() over (order by page_number, panel_number) as number, count(*) over () as total,
        (select coalesce(max(v.version), 0) from panel_versions v where v.panel_id = p.id) as versions,
        exists (select from panel_versions v where v.panel_id = p.id and v.job_id = :job) as drawn
    from comic_panels p where comic_id = :comic) each
where cast(:panel as bigint) is null or id = :panel order by number
"""

READY = Text("Your comic is finished! 🎉", "Komik Selesai! 🎉")
READY_MORE = Text("'{title}' is ready to read.", "Komik '{title}' sudah siap dibaca.")
FAILED = Text("Your comic could not be drawn", "Komikmu gagal digambar")


def draw(job: Job) -> None:
    """Draw every panel of the job (its payload may name one `panel`) that it has not drawn before, then finish the comic."""
    with transaction() as db:
        comic = states.lock(db, job.comic or 0)
        jobs.heartbeat(db, job, 1, "drawing")
        wanted = db.all(WANTED, comic=comic.id, job=job.id, panel=job.payload.get("panel"))
        looks = _looks(db, comic)
    left = [panel for panel in wanted if not panel.drawn]
    for done, panel in enumerate(left, start=1 + len(wanted) - len(left)):
        image = _drawn(_brief(comic, panel, looks), f"comics/{comic.id}/{panel.id}-{secrets.token_urlsafe(9)}")
        try:
            _keep(job, panel, image, 95 * done // len(wanted))
        except jobs.LeaseLost:
            storage.delete(media.names(image))
            raise
    with transaction() as db:
        _finish(db, job, states.lock(db, comic.id))


def _keep(job: Job, panel: Any, image: dict[str, Any], progress: int) -> None:
    with transaction() as db:
        # First the heartbeat: a canceled job must not change the panel any more.
        jobs.heartbeat(db, job, progress, "drawing")
        pictures.keep(db, panel.id, image, settings.ARTIST(), job.id)


def _drawn(brief: Brief, stem: str) -> dict[str, Any]:
    """Have a panel drawn and stored; its row value."""
    image, files = media.described(images.variants(artist.draw(brief)), stem)
    for name, variant in files.items():
        storage.put(name, variant.data, variant.content_type)
    return image


def _finish(db: Db, job: Job, comic: Any) -> None:
    jobs.finish(db, job)
    pictures.cover(db, comic.id)
    db.run("update comics set artist = :artist where id = :comic", comic=comic.id, artist=settings.ARTIST())
    states.move(db, comic, "COMPLETED")
    if job.kind == "panels":
        _tell(db, job, comic, "success", READY, READY_MORE)


def failed(db: Db, job: Job, reason: Text, why: str) -> None:
    """The job failed for good: what it drew goes as its price comes back, and a comic that was whole before is so still."""
    # The comic before the job, as everywhere: two transactions that lock both never wait for each other.
    comic = states.lock(db, job.comic or 0)
    jobs.fail(db, job, reason, why)
    pictures.undo(db, comic, job.id)
    states.move(db, comic, "COMPLETED" if pictures.whole(db, comic) else "RENDER_FAILED", error=reason._asdict())
    more = exports.PAID_BACK if job.kredit else exports.FAILED_MORE
    _tell(db, job, comic, "failed", FAILED, more, reason=reason.ended())


def _tell(db: Db, job: Job, comic: Any, kind: str, title: Text, message: Text, **values: object) -> None:
    data = {"comic_id": comic.id, "type": kind}
    notices.tell(db, comic.user_id, kind, title, message, key=f"job:{job.id}", data=data, title=comic.title, **values)


LOOKS = {
    "styles": "select id, name, prompt_modifier as prompt from styles where id = any(cast(:ids as bigint[]))",
    "characters": "select id, name, description_prompt as prompt from characters where id = any(cast(:ids as bigint[]))",
    "backgrounds": "select id, name, description_prompt as prompt from backgrounds where id = any(cast(:ids as bigint[]))",
}


def _looks(db: Db, comic: Any) -> dict[str, tuple[Look, ...]]:
    """What was chosen for the comic, per kind and in the order of choosing."""
    chosen = {"styles": [comic.style_id or 0], "characters": comic.selected_characters, "backgrounds": comic.selected_backgrounds}
    found = {kind: {row.id: Look(row.name, row.prompt or "") for row in db.all(LOOKS[kind], ids=ids)} for kind, ids in chosen.items()}
    return {kind: tuple(found[kind][each] for each in ids if each in found[kind]) for kind, ids in chosen.items()}


def _brief(comic: Any, panel: Any, looks: dict[str, tuple[Look, ...]]) -> Brief:
    backgrounds = looks["backgrounds"]
    return Brief(
        description=panel.description or "",
        narration=panel.narration or "",
        dialogues=tuple(Dialogue(line["speaker"], line["text"]) for line in panel.dialogues),
        style=looks["styles"][0] if looks["styles"] else Look(comic.style or "", ""),
        characters=looks["characters"],
        # A page stays in one place; the chosen places follow each other through the story.
        background=backgrounds[(panel.page_number - 1) % len(backgrounds)] if backgrounds else None,
        layout=comic.layout,
        number=panel.number,
        total=panel.total,
        # Never that of a version before, whichever of them is shown: what is drawn again must look different.
        seed=panel.id * 1000 + panel.versions,
    )
