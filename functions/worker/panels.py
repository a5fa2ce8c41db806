"""Drawing a draft's panels, one by one, so that a worker that dies loses one panel and not all."""

import secrets
from typing import Any

from common import images, jobs, media, settings
from common.clients import artist, storage
from common.clients.artist import Brief, Look
from common.clients.writer import Dialogue
from common.comics import states
from common.db import Db, json, transaction
from common.jobs import Job

# Panels this job has not drawn yet; the ones it has are in panel_versions under its id.
LEFT = """
select * from comic_panels p where comic_id = :comic
and not exists (select from panel_versions v where v.panel_id = p.id and v.job_id = :job) order by page_number, panel_number
"""

VERSION = """
with panel as (update comic_panels set image = cast(:image as jsonb), image_url = :url, version = version + 1, updated_at = now()
               where id = :panel returning id, version)
insert into panel_versions (panel_id, version, image, artist, job_id) select id, version, cast(:image as jsonb), :artist, :job from panel
"""


def draw(job: Job) -> None:
    """Draw every panel of the job's comic that this job has not drawn before, then finish the comic."""
    with transaction() as db:
        comic = states.lock(db, job.comic or 0)
        jobs.heartbeat(db, job, 1, "drawing")
        left = db.all(LEFT, comic=comic.id, job=job.id)
        total = db.value("select count(*) from comic_panels where comic_id = :comic", comic=comic.id)
        looks = _looks(db, comic)
    for done, panel in enumerate(left, start=total - len(left)):
        image = _drawn(_brief(comic, panel, looks, done + 1, total), f"comics/{comic.id}/{panel.id}-{secrets.token_urlsafe(9)}")
        try:
            _keep(job, panel, image, 95 * (done + 1) // total)
        except jobs.LeaseLost:
            storage.delete(media.names(image))
            raise
    with transaction() as db:
        _finish(db, job, states.lock(db, comic.id))


def _keep(job: Job, panel: Any, image: dict[str, Any], progress: int) -> None:
    with transaction() as db:
        # First the heartbeat: a canceled job must not change the panel any more.
        jobs.heartbeat(db, job, progress, "drawing")
        values = {"image": json(image), "url": image["web"]["url"], "artist": settings.ARTIST()}
        db.run(VERSION, panel=panel.id, job=job.id, **values)


def _drawn(brief: Brief, stem: str) -> dict[str, Any]:
    """Have a panel drawn and stored; its row value."""
    image, files = media.described(images.variants(artist.draw(brief)), stem)
    for name, variant in files.items():
        storage.put(name, variant.data, variant.content_type)
    return image


def _finish(db: Db, job: Job, comic: Any) -> None:
    jobs.finish(db, job)
    cover = db.value("select image from comic_panels where comic_id = :comic order by page_number, panel_number limit 1", comic=comic.id)
    db.run(
        "update comics set cover = cast(:cover as jsonb), cover_url = :url, artist = :artist where id = :comic",
        comic=comic.id,
        cover=json(cover),
        url=cover["web"]["url"],
        artist=settings.ARTIST(),
    )
    states.move(db, comic, "COMPLETED")


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


def _brief(comic: Any, panel: Any, looks: dict[str, tuple[Look, ...]], number: int, total: int) -> Brief:
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
        number=number,
        total=total,
        seed=panel.id * 1000 + panel.version,
    )
