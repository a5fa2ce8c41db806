"""The texts of a draft's panels, and the music of its video."""

from typing import Any

from common.comics import states
from common.db import Db, json
from common.problems import NotFound, invalid

from .schemas import PanelChange

CHANGE = """
update comic_panels set narration = coalesce(:narration, narration), description = coalesce(:description, description),
    dialogues = coalesce(cast(:dialogues as jsonb), dialogues), updated_at = now()
where id = :panel and comic_id = :comic
returning id as panel_id, comic_id, page_number, panel_number, narration, description, dialogues
"""


def change(db: Db, comic_id: int, panel: int, asked: PanelChange) -> Any:
    """Change a panel's texts; raises `WrongState` while a job works on the draft, which would draw either text."""
    comic = states.editable(db, comic_id)
    if comic.draft_job_status in states.BUSY:
        raise states.WrongState(state=comic.draft_job_status)
    dialogues = None if asked.dialogues is None else json([each.model_dump() for each in asked.dialogues])
    row = db.maybe(CHANGE, panel=panel, comic=comic_id, narration=asked.narration, description=asked.description, dialogues=dialogues)
    if row is None:
        raise NotFound
    db.run("update comics set updated_at = now() where id = :comic", comic=comic_id)
    return row


def choose_music(db: Db, comic: int, music: int | None) -> None:
    """Choose the background music of the video; None for none."""
    states.editable(db, comic)
    if music is not None and not db.value("select true from asset_music where id = :music and is_active", music=music):
        raise invalid("body", "music_id", "Unknown music")
    db.run("update comics set music_id = :music, updated_at = now() where id = :comic", comic=comic, music=music)
