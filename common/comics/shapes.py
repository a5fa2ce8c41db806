"""The shapes in which comics and panels are shown."""

from datetime import datetime
from typing import Any

from common.comics.ages import Rating
from common.comics.states import Status
from common.media import Image
from common.people import Person
from common.replies import Out


class Dialogue(Out):
    """One speech balloon."""

    speaker: str
    text: str


class ComicItem(Out):
    """A comic in a list."""

    id: int
    user_id: int
    title: str
    cover_url: str | None
    cover: Image | None
    synopsis: str | None
    tags: str | None
    genre: list[str]
    total_views: int
    total_likes: int
    total_comments: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    user: Person


class Panel(Out):
    """A panel as readers and its author see it; `page_narration` is today's app's name for `narration`."""

    id: int
    comic_id: int
    page_number: int
    panel_number: int
    image_url: str | None
    image: Image | None
    description: str | None
    page_narration: str | None
    narration: str | None
    dialogues: list[Dialogue]
    narration_audio_url: str | None


class Comic(ComicItem):
    """A whole comic but for its panels; `status` is the draft's, `hidden_at` since when moderators have hidden it."""

    story_idea: str | None
    summary: str | None
    theme: str | None
    keywords: list[str]
    style: str | None
    mood: str | None
    page_count: int | None
    publisher: str | None
    preview_video_url: str | None
    pdf_url: str | None
    narration_audio_url: str | None
    selected_character_key: str | None
    selected_characters: list[int]
    selected_backgrounds: list[Any]
    layout: str
    status: Status
    total_shares: int
    age_rating: Rating
    hidden_at: datetime | None


class ComicDetail(Comic):
    """A comic with its panels in reading order."""

    panels: list[Panel]
