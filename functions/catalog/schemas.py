"""What the catalogue shows; `key` is the id as text, as today's app compares it."""

from common.replies import Out


class Genre(Out):
    """What a story is about."""

    id: int
    name: str
    description: str | None
    key: str


class Style(Out):
    """How a comic looks."""

    id: int
    name: str
    description: str | None
    image_url: str | None
    key: str


class Template(Out):
    """A character or a background to choose."""

    id: int
    name: str
    image_url: str | None
    description_prompt: str | None
    key: str


class Music(Out):
    """Background music of a video; `duration` in seconds."""

    id: int
    name: str
    file_url: str
    duration: int | None
    genre: str | None
    key: str
