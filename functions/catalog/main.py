"""Catalog: the styles, genres, characters, backgrounds and music that creators choose from."""

from typing import Any

from common import auth
from common.api import Api
from common.db import Db
from common.needs import Needs

from . import entries
from .schemas import Genre, Music, Style, Template

api = Api("catalog", needs=Needs(max=3, secrets=()))

# The catalogue changes with a deploy; an hour in caches is soon enough, and a minute in this process.
KEPT = {"max_age": 3600, "fresh": 60}


@api.get("/v1/styles", caller=auth.public, gives=list[Style], **KEPT)
def list_styles(db: Db) -> Any:
    """List the visual styles."""
    return entries.shown(db, entries.STYLES)


@api.get("/v1/genres", caller=auth.public, gives=list[Genre], **KEPT)
def list_genres(db: Db) -> Any:
    """List the genres."""
    return entries.shown(db, entries.GENRES)


@api.get("/v1/characters", caller=auth.public, gives=list[Template], aliases=["/v1/chars"], **KEPT)
def list_characters(db: Db) -> Any:
    """List the character templates."""
    return entries.shown(db, entries.CHARACTERS)


@api.get("/v1/backgrounds", caller=auth.public, gives=list[Template], aliases=["/v1/bg"], **KEPT)
def list_backgrounds(db: Db) -> Any:
    """List the background templates."""
    return entries.shown(db, entries.BACKGROUNDS)


@api.get("/v1/music", caller=auth.public, gives=list[Music], **KEPT)
def list_music(db: Db) -> Any:
    """List the background music."""
    return entries.shown(db, entries.MUSIC)


main = api.main()
