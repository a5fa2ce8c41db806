"""From a story idea to a draft, and the choices about it before it is drawn."""

import re

from common.auth import User
from common.comics import ages, shown, states
from common.comics.ages import Rating
from common.db import Db, json
from common.i18n import Text
from common.problems import Conflict, invalid
from common.replies import Json

from .schemas import Backgrounds, Characters, StoryIdea


def create(db: Db, user: User, asked: StoryIdea) -> Json:
    """Write a draft and start its script at once, because today's app polls for it."""
    genres = _names(db, "genres", "genre_ids", asked.genre_ids)
    style = _names(db, "styles", "style_id", [asked.style_id])[0]
    comic = db.one(
        "insert into comics (user_id, story_idea, page_count, style_id, style, genre, layout, title)"
        " values (:user, :idea, :pages, :style_id, :style, cast(:genre as jsonb), :layout, :title) returning *",
        user=user.id,
        idea=asked.story_idea,
        pages=asked.page_count,
        style_id=asked.style_id,
        style=style,
        genre=json(genres),
        layout=asked.layout,
        title=working_title(asked.story_idea),
    )
    states.start_script(db, comic)
    detail = shown.detail(db, comic.id, user.id)
    detail.beside = {"generation_status": "PENDING", "script_error": None}
    return detail


def working_title(idea: str) -> str:
    """The idea's first words, until the script has a title of its own; today's app crashes on a missing title."""
    words = re.split(r"(?<=[.!?])\s|\n", idea.strip(), maxsplit=1)[0].split()
    title = ""
    for word in words:
        if len(title) + len(word) > 60:
            return f"{title}…" if title else f"{word[:59]}…"
        title = f"{title} {word}".strip()
    return title


def set_summary(db: Db, comic: int, summary: str) -> None:
    """Change what the story is: the script, if there is one or one is being written, is stale from now on.

    What the draft shows as its summary already, the synopsis where nobody has written one, changes nothing.
    """
    states.editable(db, comic)
    db.run(
        "update comics set summary = :summary, script_stale = true, updated_at = now()"
        " where id = :comic and coalesce(summary, synopsis) is distinct from :summary",
        comic=comic,
        summary=summary,
    )


def set_characters(db: Db, comic: int, asked: Characters) -> None:
    """Choose who plays; a script that is written already keeps its words, the pictures show the choice."""
    states.editable(db, comic)
    chosen = asked.character_ids or [_id(asked.character_key or "")]
    _names(db, "characters", "character_ids" if asked.character_ids else "character_key", chosen)
    db.run(
        "update comics set selected_characters = cast(:chosen as jsonb), selected_character_key = :key, updated_at = now() where id = :comic",
        comic=comic,
        chosen=json(chosen),
        key=str(chosen[0]),
    )


def _id(key: str) -> int:
    """The id that a catalogue key spells; 0, which nothing has, for a key that is none."""
    return int(key) if key.isascii() and key.isdigit() else 0


def set_backgrounds(db: Db, comic: int, asked: Backgrounds) -> None:
    """Choose where it plays."""
    states.editable(db, comic)
    _names(db, "backgrounds", "background_ids", asked.background_ids)
    db.run(
        "update comics set selected_backgrounds = cast(:chosen as jsonb), updated_at = now() where id = :comic",
        comic=comic,
        chosen=json(asked.background_ids),
    )


class RatedByModerators(Conflict):
    """Moderators have said that the comic is for older readers."""

    detail = Text(
        "Moderators rated this comic {least_age_rating}; it cannot be rated lower",
        "Moderator menetapkan batas usia komik ini {least_age_rating}; tidak bisa diturunkan",
    )


def set_age_rating(db: Db, comic: int, rating: Rating) -> None:
    """Say from what age on it is to be read; raises `RatedByModerators` below what they have said."""
    least = states.lock(db, comic).least_age_rating
    if ages.RATINGS.index(rating) < ages.RATINGS.index(least):
        raise RatedByModerators(least_age_rating=least)
    db.run("update comics set age_rating = :rating, updated_at = now() where id = :comic", comic=comic, rating=rating)


CATALOGUE = {
    "genres": "select id, name from genres where id = any(cast(:ids as bigint[]))",
    "styles": "select id, name from styles where id = any(cast(:ids as bigint[]))",
    "characters": "select id, name from characters where id = any(cast(:ids as bigint[])) and is_active",
    "backgrounds": "select id, name from backgrounds where id = any(cast(:ids as bigint[])) and is_active",
}


def _names(db: Db, table: str, field: str, ids: list[int]) -> list[str]:
    """The catalogue's names for `ids`, each once and in the order given; raises a 422 that names `field` for an unknown one."""
    found = {row.id: row.name for row in db.all(CATALOGUE[table], ids=[each for each in ids if each < 2**63])}
    unknown = [each for each in ids if each not in found]
    if unknown:
        raise invalid("body", field, f"Unknown: {', '.join(map(str, unknown))}")
    return [found[each] for each in dict.fromkeys(ids)]
