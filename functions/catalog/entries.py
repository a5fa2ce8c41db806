"""The catalogue's entries, in the order of their ids; the database writes the JSON."""

from common import media
from common.db import Db
from common.replies import Json

STYLES = """
select coalesce(json_agg(json_build_object('id', id, 'name', name, 'description', description,
    'image_url', replace(image_url, '@/', :media), 'key', id::text) order by id), '[]')::text from styles
"""

GENRES = """
select coalesce(json_agg(json_build_object('id', id, 'name', name, 'description', description, 'key', id::text) order by id), '[]')::text from genres
"""

CHARACTERS = """
select coalesce(json_agg(json_build_object('id', id, 'name', name, 'image_url', replace(image_url, '@/', :media),
    'description_prompt', description_prompt, 'key', id::text) order by id), '[]')::text from characters where is_active
"""

BACKGROUNDS = CHARACTERS.replace("from characters", "from backgrounds")

MUSIC = """
select coalesce(json_agg(json_build_object('id', id, 'name', name, 'file_url', replace(file_url, '@/', :media),
    'duration', duration, 'genre', genre, 'key', id::text) order by id), '[]')::text from asset_music where is_active
"""


def shown(db: Db, sql: str) -> Json:
    """The entries that `sql`, one of the statements above, builds."""
    return Json(db.value(sql, media=media.base()))
