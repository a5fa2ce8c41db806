"""The texts of a draft's panels and their order, and the music of its video."""

from typing import Any

from common.comics import pictures, shown, states
from common.db import Db, json
from common.problems import NotFound, invalid

from .schemas import PanelChange

CHANGE = f"""
update comic_panels p set narration = coalesce(:narration, narration), description = coalesce(:description, description),
    dialogues = coalesce(cast(:dialogues as jsonb), dialogues), updated_at = now()
where id = :panel and comic_id = :comic
returning id as panel_id, comic_id, page_number, panel_number, {shown.NARRATION} as narration, description, dialogues, {pictures.STALE} as needs_redraw
"""

# The places (page and number on it) stay, the panels change among them; one statement, because the
# places are unique and are checked when it ends.
REORDER = """
with places as (select page_number, panel_number, row_number() over (order by page_number, panel_number) as place
                from comic_panels where comic_id = :comic),
given as (select id, place from unnest(cast(:panels as bigint[])) with ordinality as given(id, place))
update comic_panels p set page_number = places.page_number, panel_number = places.panel_number, updated_at = now()
from places join given using (place) where p.id = given.id and p.comic_id = :comic
"""


def change(db: Db, comic_id: int, panel: int, asked: PanelChange) -> Any:
    """Change a panel's texts; raises `WrongState` while a job works on the draft, which would draw either text."""
    states.resting(db, comic_id)
    dialogues = None if asked.dialogues is None else json([each.model_dump() for each in asked.dialogues])
    row = db.maybe(CHANGE, panel=panel, comic=comic_id, narration=asked.narration, description=asked.description, dialogues=dialogues)
    if row is None:
        raise NotFound
    db.run("update comics set updated_at = now() where id = :comic", comic=comic_id)
    return row


def reorder(db: Db, comic: int, panels: list[int]) -> None:
    """Put a comic's panels, which `panels` names all, into another order; raises `WrongState` while they are being drawn."""
    states.resting(db, comic)
    all_of_them = [row.id for row in db.all("select id from comic_panels where comic_id = :comic", comic=comic)]
    if sorted(panels) != sorted(all_of_them):
        raise invalid("body", "panel_ids", "Name every panel of the comic once")
    db.run(REORDER, comic=comic, panels=panels)
    pictures.cover(db, comic)


def choose_music(db: Db, comic: int, music: int | None) -> None:
    """Choose the background music of the video; None for none."""
    states.editable(db, comic)
    if music is not None and not db.value("select true from asset_music where id = :music and is_active", music=music):
        raise invalid("body", "music_id", "Unknown music")
    db.run("update comics set music_id = :music, updated_at = now() where id = :comic", comic=comic, music=music)
