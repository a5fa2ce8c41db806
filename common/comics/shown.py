"""How a comic is shown: PostgreSQL writes the JSON of common/comics/shapes.py, in one statement.

Every `:media` stands for where files are served: the public address for what readers may see, and
`@/` for a draft, whose addresses are signed for its owner afterwards.
"""

import json
from typing import Any

from common import media
from common.auth import User
from common.comics import ages
from common.db import Db
from common.problems import NotFound
from common.replies import Json

PERSON = """json_build_object('id_users', u.id_users, 'full_name', u.full_name, 'username', u.username,
    'profile_photo_path', replace(u.profile_photo_path, '@/', :media),
    'previous_rating', u.previous_rating, 'previous_rating_name', u.previous_rating_name)"""

ITEM = f"""'id', c.id, 'user_id', c.user_id, 'title', c.title, 'cover_url', replace(c.cover_url, '@/', :place),
    'cover', replace(c.cover::text, '@/', :place)::json, 'synopsis', c.synopsis, 'tags', c.tags, 'genre', c.genre,
    'total_views', c.total_views, 'total_likes', c.total_likes, 'total_comments', c.total_comments,
    'created_at', c.created_at, 'updated_at', c.updated_at, 'published_at', c.published_at, 'user', {PERSON}"""

# A list shows public comics only.
PUBLIC_ITEM = ITEM.replace(":place", ":media")

PLACE = "case when c.is_public then :media else '@/' end"

COMIC = (
    ITEM.replace(":place", PLACE)
    + """, 'story_idea', case when c.user_id = cast(:viewer as bigint) then c.story_idea end,
    'summary', coalesce(c.summary, c.synopsis), 'theme', c.theme, 'keywords', coalesce(c.keywords, '[]'), 'style', c.style, 'mood', c.mood,
    'page_count', c.page_count, 'publisher', c.publisher, 'preview_video_url', c.preview_video_url, 'pdf_url', c.pdf_url,
    'narration_audio_url', c.narration_audio_url, 'selected_character_key', c.selected_character_key,
    'selected_characters', c.selected_characters, 'selected_backgrounds', c.selected_backgrounds, 'layout', c.layout,
    'status', c.draft_job_status, 'total_shares', c.total_shares, 'age_rating', c.age_rating, 'hidden_at', c.hidden_at"""
)

# What a panel `p` tells: a script and every edit say it panel by panel, the old backend said it page by page.
NARRATION = "coalesce(p.narration, p.page_narration)"

PANELS = f"""coalesce((select json_agg(json_build_object('id', p.id, 'comic_id', p.comic_id, 'page_number', p.page_number,
    'panel_number', p.panel_number, 'image_url', replace(p.image_url, '@/', {PLACE}), 'image', replace(p.image::text, '@/', {PLACE})::json,
    'description', p.description, 'page_narration', {NARRATION}, 'narration', {NARRATION}, 'dialogues', p.dialogues,
    'narration_audio_url', p.narration_audio_url) order by p.page_number, p.panel_number) from comic_panels p where p.comic_id = c.id), '[]')"""

VISIBLE = "c.id = :comic and (c.is_public or c.user_id = cast(:viewer as bigint))"

DETAIL = f"""select json_build_object({COMIC}, 'panels', {PANELS})::text as text, c.is_public, c.user_id, c.age_rating
from comics c join users u on u.id_users = c.user_id where {VISIBLE}"""


def detail(db: Db, comic: int, viewer: int | None) -> Json:
    """A `ComicDetail` as `viewer` may see it; raises `NotFound` for a draft of somebody else."""
    row = _found(db, comic, viewer)
    return Json(row.text, finish=None if row.is_public else signed)


def read(db: Db, comic: int, reader: User | None) -> Json:
    """A `ComicDetail` for somebody who reads; raises `NotFound`, and `AgeRestricted` for what is for older readers."""
    row = _found(db, comic, reader.id if reader else None)
    ages.check(row, reader)
    return Json(row.text, finish=None if row.is_public else signed)


def _found(db: Db, comic: int, viewer: int | None) -> Any:
    row = db.maybe(DETAIL, comic=comic, viewer=viewer, media=media.base())
    if row is None:
        raise NotFound
    return row


def public(text: str) -> str:
    """The JSON `text` with the addresses of public files."""
    return _dumped(media.published(json.loads(text)))


def signed(text: str) -> str:
    """The JSON `text` with the addresses of private files signed."""
    return _dumped(media.signed(json.loads(text)))


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
