"""Writing a script: the story goes to the writer, the script becomes the draft's panels."""

import uuid
from typing import Any

from common import jobs, media, settings
from common.clients import writer
from common.clients.writer import Script, Story
from common.comics import pictures, states
from common.db import Db, json, transaction
from common.i18n import Text
from common.jobs import Job


def write(job: Job) -> None:
    """Write the script of the job's comic; what it replaces goes only when it is there."""
    with transaction() as db:
        comic = states.lock(db, job.comic or 0)
        jobs.heartbeat(db, job, 10, "writing")
        if comic.draft_job_status == "PENDING":  # A later attempt finds it GENERATING_SCRIPT already.
            states.move(db, comic, "GENERATING_SCRIPT")
        story = _story(db, comic)
    script = writer.write(story)
    with transaction() as db:
        row = states.lock(db, comic.id)
        jobs.finish(db, job)
        _keep(db, row, script, current=row.summary == comic.summary)
        states.move(db, row, "SCRIPT_READY")


def failed(db: Db, job: Job, reason: Text, why: str) -> None:
    """The job failed for good: its draft says so, with the reason, and a comic that was whole before is so still."""
    # The comic before the job, as everywhere: two transactions that lock both never wait for each other.
    comic = states.lock(db, job.comic or 0)
    jobs.fail(db, job, reason, why)
    states.move(db, comic, "COMPLETED" if pictures.whole(db, comic) else "SCRIPT_FAILED", error=reason._asdict())


def _story(db: Db, comic: Any) -> Story:
    return Story(
        text=comic.summary or comic.story_idea or comic.title,
        page_count=comic.page_count or 1,
        panels_per_page=settings.PANELS_PER_PAGE(),
        style=comic.style or "",
        genres=tuple(comic.genre),
        characters=_names(db, "characters", comic.selected_characters),
        backgrounds=_names(db, "backgrounds", comic.selected_backgrounds),
    )


NAMES = {
    "characters": "select name from characters where id = any(cast(:ids as bigint[])) order by id",
    "backgrounds": "select name from backgrounds where id = any(cast(:ids as bigint[])) order by id",
}


def _names(db: Db, table: str, ids: list[int]) -> tuple[str, ...]:
    return tuple(row.name for row in db.all(NAMES[table], ids=ids)) if ids else ()


def _keep(db: Db, comic: Any, script: Script, *, current: bool) -> None:
    """Replace the draft's panels by the script's; `current` says whether the story is still the one it was written from."""
    _forget_pictures(db, comic)
    db.run("delete from comic_panels where comic_id = :comic", comic=comic.id)
    db.run("delete from comic_panel_ideas where comic_id = :comic", comic=comic.id)
    for table in (PANELS, IDEAS):
        for panel in script.panels:
            dialogues = json([{"speaker": line.speaker, "text": line.text} for line in panel.dialogues])
            numbers = {"comic": comic.id, "page": panel.page_number, "panel": panel.panel_number}
            db.run(table, **numbers, description=panel.description, narration=panel.narration, dialogues=dialogues)
    db.run(
        "update comics set title = :title, synopsis = :synopsis, theme = :theme, mood = :mood, keywords = cast(:keywords as jsonb), tags = :tags,"
        " writer = :writer, script_stale = not :current, cover = null, cover_url = null where id = :comic",
        comic=comic.id,
        title=script.title,
        synopsis=script.synopsis,
        theme=script.theme,
        mood=script.mood,
        keywords=json(list(script.keywords)),
        tags=_tags(script),
        writer=settings.WRITER(),
        current=current,
    )


def _forget_pictures(db: Db, comic: Any) -> None:
    """The old panels' pictures go with their rows; afterwards nothing would name them."""
    old = db.all("select v.image from panel_versions v join comic_panels p on p.id = v.panel_id where p.comic_id = :comic", comic=comic.id)
    files = sorted(media.names([row.image for row in old]))
    if files:
        jobs.enqueue(db, "delete_files", f"comic:{comic.id}:pictures:{uuid.uuid4()}", payload={"files": files}, attempts=100)


PANELS = """
insert into comic_panels (comic_id, page_number, panel_number, description, narration, dialogues)
values (:comic, :page, :panel, :description, :narration, cast(:dialogues as jsonb))
"""

# What the writer said stays here, whatever the creator makes of it.
IDEAS = PANELS.replace("comic_panels", "comic_panel_ideas")


def _tags(script: Script) -> str:
    """`#kancil #buaya`: the first five keywords, as today's app shows them."""
    return " ".join(f"#{''.join(word.split()).lower()}" for word in script.keywords[:5])
