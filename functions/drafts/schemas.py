"""What the drafts endpoints take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field

from common.comics.shapes import Comic, Dialogue
from common.comics.states import Status
from common.intake import Id, Model
from common.media import Image
from common.replies import Out

Line = Annotated[str, Field(max_length=500)]


class DialogueGiven(Model):
    """One balloon; `speaker` may be called `character` or `name`."""

    speaker: Annotated[str, Field(min_length=1, max_length=100, validation_alias=AliasChoices("speaker", "character", "name"))]
    text: Line


def _balloons(given: Any) -> Any:
    """Each balloon by itself: today's app also sends `{"Kancil": "Halo", "Buaya": "Hai"}`, in which each says one."""
    return [balloon for each in given for balloon in _said(each)] if isinstance(given, list) else given


def _said(given: Any) -> list[Any]:
    if not isinstance(given, dict) or not given or {"speaker", "text"} & set(given):
        return [given]
    return [{"speaker": speaker, "text": text} for speaker, text in given.items()]


class PanelChange(Model):
    """The texts of a panel; what is left out stays. A balloon is `{"speaker", "text"}` or `{"<speaker>": "<text>"}`, in which several may speak."""

    narration: Annotated[str, Field(max_length=2_000)] | None = None
    description: Annotated[str, Field(max_length=2_000)] | None = None
    dialogues: Annotated[list[DialogueGiven], Field(max_length=6), BeforeValidator(_balloons)] | None = None


class PanelOrder(Model):
    """All panels of a comic in the order in which they are to be read."""

    panel_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]


class MusicChoice(Model):
    """The background music of the video; null for none."""

    music_id: Id | None


class Started(Out):
    """The job that works on the draft now."""

    comic_id: int
    job_id: int
    stage: str
    status: Status
    panels_count: int


class Canceled(Out):
    """A draft that nobody works on any more."""

    comic_id: int
    status: Status


class Redrawing(Out):
    """A panel that is being drawn again."""

    comic_id: int
    panel_id: int
    job_id: int
    status: Literal["queued"]


class PanelVersion(Out):
    """One picture of a panel; the newest has the highest number, and one of them is shown."""

    version: int
    image: Image
    image_url: str
    is_shown: bool
    artist: str | None
    created_at: datetime


class PanelView(Out):
    """A panel in a draft, in the keys of today's app; `needs_redraw` when its texts are others than its picture's."""

    panel_id: int
    page_number: int
    panel_number: int
    image_url: str | None
    image: Image | None
    description: str | None
    narration: str | None
    dialogue: list[Dialogue]
    needs_redraw: bool


class Choice(Out):
    """A chosen entry of the catalogue."""

    id: int
    name: str


class DraftStatus(Out):
    """Where a draft stands: `progress` is 0 to 100, `stage` and `error` are sentences for a person."""

    id: int
    status: Status
    summary: str | None
    title: str
    page_count: int | None
    draft_job_id: str | None
    is_ready_to_generate: bool
    script_is_stale: bool
    panels: list[PanelView]
    style: Choice | None
    character: Choice | None
    characters: list[Choice]
    genres: list[Choice]
    backgrounds: list[Choice]
    progress: int
    stage: str
    error: str | None
    created_at: datetime
    updated_at: datetime


class Panels(Out):
    """The panels of a comic."""

    comic_id: int
    title: str
    preview_video_url: str | None
    publisher: str | None
    status: Status
    total_panels: int
    panels: list[PanelView]


class PanelTexts(Out):
    """A panel's texts after a change."""

    panel_id: int
    comic_id: int
    page_number: int
    panel_number: int
    narration: str | None
    description: str | None
    dialogues: list[Dialogue]
    needs_redraw: bool


class DraftItem(Comic):
    """A draft in the list; `coverUrl` is today's app's spelling."""

    coverUrl: str | None


class Pagination(Out):
    """Where a page of drafts stands."""

    current_page: int
    per_page: int
    total: int
    total_pages: int
    has_next: bool
    has_prev: bool
    next_cursor: str | None


class Drafts(Out):
    """A page of drafts, in the nesting that today's app reads."""

    drafts: list[DraftItem]
    pagination: Pagination
