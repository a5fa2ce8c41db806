"""The catalogue that creators choose from; image_url and file_url name objects of the public bucket."""

from common.models.base import check, flag, key, maybe, number, stamps, table, text, unique

styles = table("styles", key(), text("name"), maybe("description"), maybe("image_url"), maybe("prompt_modifier"), *stamps(), unique("name"))

genres = table("genres", key(), text("name"), maybe("description"), *stamps(), unique("name"))

characters = table(
    "characters", key(), text("name"), maybe("image_url"), maybe("description_prompt"), flag("is_active", True), *stamps(), unique("name")
)

backgrounds = table(
    "backgrounds", key(), text("name"), maybe("image_url"), maybe("description_prompt"), flag("is_active", True), *stamps(), unique("name")
)

asset_music = table(
    "asset_music",
    key(),
    text("name"),
    text("file_url"),
    number("duration", null=True),
    maybe("genre"),
    flag("is_active", True),
    *stamps(),
    check("duration", "duration > 0"),
    unique("name"),
)
