"""Drafts: having a comic written and drawn, reviewing what came out, changing it."""

from typing import Any

from common import auth, jobs
from common.api import Api
from common.auth import User
from common.comics import ages, states
from common.db import Db
from common.i18n import Language, Text
from common.intake import Id
from common.needs import Needs
from common.pages import PageQuery
from common.problems import InsufficientCredits, NotFound, TooManyRequests

from . import drafts, generation, panels, pictures
from .schemas import (
    Canceled,
    Drafts,
    DraftStatus,
    MusicChoice,
    PanelChange,
    PanelOrder,
    Panels,
    PanelTexts,
    PanelVersion,
    Redrawing,
    Started,
)

api = Api("drafts", needs=Needs(max=4, uses=("enqueue", "read", "sign")))


@api.post(
    "/v1/comics/{comic}/drafts",
    caller=auth.owner,
    gives=Started,
    status=202,
    message=Text("Generation started", "Pembuatan dimulai"),
    raises=[InsufficientCredits, TooManyRequests, jobs.AlreadyRunning, states.WrongState, states.IsPublished],
    once=True,
    aliases=["/api/v1/comics/{comic}/generate"],
)
def start_draft(db: Db, comic: Id) -> Any:
    """Do the next thing for a draft: write its script (again) or draw its panels."""
    return generation.start(db, comic)


@api.get("/v1/comics/{comic}/draft/status", caller=auth.owner, gives=DraftStatus)
def show_status(db: Db, comic: Id, language: Language) -> Any:
    """Show where a draft stands: status, stage, progress, error, and the panels so far."""
    return drafts.status(db, comic, language)


@api.post(
    "/v1/comics/{comic_id}/drafts/cancel",
    caller=auth.owner,
    gives=Canceled,
    message=Text("Generation canceled", "Pembuatan dibatalkan"),
    raises=[states.WrongState],
    once=True,
)
def cancel_draft(db: Db, comic_id: Id) -> Any:
    """Cancel what is being done for a draft; its price is given back once."""
    return generation.cancel(db, comic_id)


@api.get("/v1/comics/drafts", caller=auth.user, gives=Drafts)
def list_drafts(db: Db, user: User, query: PageQuery) -> Any:
    """List one's own drafts, latest changed first."""
    return drafts.page(db, user, query)


@api.get(
    "/v1/drafts/{comic}/panels",
    caller=auth.maybe_user,
    gives=Panels,
    raises=[NotFound, ages.AgeRestricted],
    aliases=["/v1/comics/{comic}/panels"],
)
def list_panels(db: Db, user: User | None, comic: Id) -> Any:
    """List the panels of a comic; of a draft only to its owner."""
    return drafts.panels(db, comic, user)


@api.get("/v1/drafts/{comic}", caller=auth.owner, gives=DraftStatus)
def show_draft(db: Db, comic: Id, language: Language) -> Any:
    """Show one draft."""
    return drafts.status(db, comic, language)


@api.delete(
    "/v1/drafts/{comic}",
    caller=auth.owner,
    message=Text("Draft deleted", "Draf dihapus"),
    raises=[states.IsPublished],
    aliases=["/api/v1/comics/drafts/{comic}"],
)
def delete_draft(db: Db, comic: Id) -> None:
    """Delete a draft and its files."""
    drafts.delete(db, comic)


@api.put(
    "/v1/comics/{comic}/panels/{panel_id}",
    caller=auth.owner,
    gives=PanelTexts,
    message=Text("Panel updated", "Panel diperbarui"),
    raises=[NotFound, states.WrongState, states.IsPublished],
)
def update_panel(db: Db, comic: Id, panel_id: Id, body: PanelChange) -> Any:
    """Edit a panel's narration, description or dialogues."""
    return panels.change(db, comic, panel_id, body)


@api.put(
    "/v1/comics/{comic}/panels/order",
    caller=auth.owner,
    message=Text("Panels reordered", "Urutan panel diubah"),
    raises=[states.WrongState, states.IsPublished],
)
def reorder_panels(db: Db, comic: Id, body: PanelOrder) -> None:
    """Put a comic's panels into another order."""
    panels.reorder(db, comic, body.panel_ids)


@api.post(
    "/v1/comics/{comic}/panels/{panel_id}/regenerate",
    caller=auth.owner,
    gives=Redrawing,
    status=202,
    message=Text("Panel regeneration queued", "Panel akan digambar ulang"),
    raises=[NotFound, InsufficientCredits, TooManyRequests, jobs.AlreadyRunning, states.WrongState, states.IsPublished, pictures.NotDrawn],
    once=True,
    aliases=["/v1/comics/{comic}/regenerate-panel/{panel_id}"],
)
def redraw_panel(db: Db, comic: Id, panel_id: Id) -> Any:
    """Draw one panel again; its earlier pictures are kept."""
    return pictures.redraw(db, comic, panel_id)


@api.get("/v1/comics/{comic}/panels/{panel_id}/versions", caller=auth.owner, gives=list[PanelVersion], raises=[NotFound])
def list_versions(db: Db, comic: Id, panel_id: Id) -> Any:
    """List every picture a panel ever had, newest first."""
    return pictures.versions(db, comic, panel_id)


@api.post(
    "/v1/comics/{comic}/panels/{panel_id}/versions/{version}/select",
    caller=auth.owner,
    gives=list[PanelVersion],
    message=Text("Picture chosen", "Gambar dipilih"),
    raises=[NotFound, states.WrongState, states.IsPublished],
)
def select_version(db: Db, comic: Id, panel_id: Id, version: Id) -> Any:
    """Show an earlier picture of a panel again."""
    return pictures.show(db, comic, panel_id, version)


@api.put("/v1/comics/{comic}/music", caller=auth.owner, message=Text("Music chosen", "Musik dipilih"), raises=[states.IsPublished])
def choose_music(db: Db, comic: Id, body: MusicChoice) -> None:
    """Choose the background music of the video."""
    panels.choose_music(db, comic, body.music_id)


main = api.main()
