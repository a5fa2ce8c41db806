"""A draft as its creator sees it: status, panels, the list of drafts, and its end."""

import json
from typing import Any

from common import exports, jobs, lists, media, stages
from common.auth import User
from common.comics import ages, pictures, shown, states
from common.db import Db
from common.i18n import Language, Text
from common.lists import Listing
from common.pages import PageQuery
from common.problems import NotFound
from common.replies import Json

PANELS = f"""
coalesce((select json_agg(json_build_object('panel_id', p.id, 'page_number', p.page_number, 'panel_number', p.panel_number,
    'image_url', p.image_url, 'image', p.image, 'description', p.description, 'narration', {shown.NARRATION},
    'dialogue', p.dialogues, 'needs_redraw', {pictures.STALE}) order by p.page_number, p.panel_number) from comic_panels p where p.comic_id = c.id), '[]')
"""

# The names of what was chosen, in the order of choosing.
CHOSEN = """
coalesce((select json_agg(json_build_object('id', t.id, 'name', t.name) order by chosen.place)
          from jsonb_array_elements_text(c.{column}) with ordinality chosen(id, place) join {table} t on t.id = chosen.id::bigint), '[]')
"""

STATUS = f"""
select c.id, c.draft_job_status as status, coalesce(c.summary, c.synopsis) as summary, c.title, c.page_count, c.script_stale, c.draft_error,
       c.created_at, c.updated_at, c.is_public, j.id::text as draft_job_id, coalesce(j.progress, 0) as job_progress, j.stage as job_stage,
       {PANELS} as panels, {CHOSEN.format(column="selected_characters", table="characters")} as characters,
       {CHOSEN.format(column="selected_backgrounds", table="backgrounds")} as backgrounds,
       (select json_build_object('id', s.id, 'name', s.name) from styles s where s.id = c.style_id) as style,
       coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name) order by g.id) from genres g where c.genre ? g.name), '[]') as genres
from comics c left join lateral (select id, progress, stage from jobs where comic_id = c.id and kind in ('script', 'panels', 'panel') order by id desc limit 1) j on true
where c.id = :comic
"""

PANELS_OF = f"""
select json_build_object('comic_id', c.id, 'title', c.title, 'preview_video_url', c.preview_video_url, 'publisher', c.publisher,
    'status', c.draft_job_status, 'total_panels', (select count(*) from comic_panels where comic_id = c.id), 'panels', {PANELS})::text as text, c.is_public,
    c.user_id, c.age_rating
from comics c where {shown.VISIBLE}
"""

# What moderators have hidden is found here too: its owner alone still sees it.
DRAFTS = Listing(
    "drafts",
    f"""select c.id, {lists.key("c.updated_at")} as key, json_build_object({shown.COMIC}, 'coverUrl', c.cover_url) as item
        from comics c join users u on u.id_users = c.user_id
        where c.user_id = {lists.of("viewer")} and not c.is_public :after order by c.updated_at desc, c.id desc :limit""",
    id="c.id",
    moment="c.updated_at",
    total=lists.counted("from comics where user_id = :viewer and not is_public"),
)


def status(db: Db, comic: int, language: Language) -> Json:
    """Where a draft stands, as a `DraftStatus` with sentences in `language`."""
    row = db.maybe(STATUS, comic=comic)
    if row is None:
        raise NotFound
    shown_fields = row._asdict()
    for hidden in ("script_stale", "draft_error", "is_public", "job_progress", "job_stage"):
        del shown_fields[hidden]
    shown_fields |= {
        "is_ready_to_generate": bool(row.panels) and not row.script_stale and row.status not in states.BUSY,
        "script_is_stale": row.script_stale,
        "character": row.characters[0] if row.characters else None,
        "progress": stages.progress(row.status, row.job_progress),
        "stage": stages.stage(row.status, row.job_stage).say(language),
        "error": Text(**row.draft_error).say(language) if row.draft_error else None,
    }
    return _finished(json.dumps(shown_fields, ensure_ascii=False, default=_iso), row.is_public)


def _iso(value: Any) -> str:
    text: str = value.isoformat()
    return text


def panels(db: Db, comic: int, viewer: User | None) -> Json:
    """The panels of a public comic, or of a draft for its owner; raises `NotFound` for others, and `AgeRestricted`."""
    row = db.maybe(PANELS_OF, comic=comic, viewer=viewer.id if viewer else None)
    if row is None:
        raise NotFound
    ages.check(row, viewer)
    return _finished(row.text, row.is_public)


def _finished(text: str, is_public: bool) -> Json:
    """Places become addresses: public ones for what readers see, signed ones for drafts."""
    return Json(text, finish=shown.public if is_public else shown.signed)


def page(db: Db, user: User, asked: PageQuery) -> Json:
    """A page of the user's drafts, latest changed first, in the nesting that today's app reads."""
    found = lists.page(db, asked, DRAFTS, viewer=user.id, media=media.base())
    return Json(f'{{"drafts":{found.text},"pagination":{json.dumps(found.meta)}}}', finish=shown.signed)


def delete(db: Db, comic: int) -> None:
    """Delete a draft with all it holds; a job that works on it is canceled first, and its files go by a job.

    Raises `IsPublished` while readers see it.
    """
    states.editable(db, comic)
    jobs.cancel(db, states.subject(comic))
    exports.cancel_all(db, comic)
    db.run("delete from comics where id = :comic", comic=comic)
    # The whole folder: also what a worker stored and did not live to write down.
    jobs.enqueue(db, "delete_files", f"comic:{comic}:delete", payload={"folders": [f"comics/{comic}/"]}, attempts=100)
