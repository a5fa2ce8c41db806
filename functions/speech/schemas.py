"""What the speech endpoints take and give."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from common.intake import Id, Model
from common.replies import Out

Spoken = Literal["id-ID", "en-US"]


class Recorded(Model):
    """What a recording is in, and the name of its upload where it is not in the request itself."""

    object: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    language: Spoken = "id-ID"


class UploadAsked(Model):
    """What will be uploaded: its type, which the upload has to repeat."""

    content_type: Literal[
        "audio/mp4",
        "audio/x-m4a",
        "audio/m4a",
        "audio/aac",
        "audio/mpeg",
        "audio/mp3",
        "audio/ogg",
        "audio/opus",
        "audio/webm",
        "video/webm",
        "video/mp4",
        "audio/wav",
        "audio/x-wav",
        "audio/wave",
        "audio/flac",
        "audio/x-flac",
        "application/octet-stream",
    ]


class Upload(Out):
    """Where to PUT the recording, once and with exactly these headers, until when, and the name to transcribe it by."""

    object: str
    url: str
    headers: dict[str, str]
    max_bytes: int
    expires_at: datetime


class Transcription(Out):
    """A transcription: pending, done (an empty text: nothing was said) or failed, with a sentence that says why."""

    transcription_id: int
    status: Literal["pending", "done", "failed"]
    text: str | None
    confidence: float | None
    language: str
    error: str | None


class StoryIdeaText(Out):
    """What was said, or a sentence that nothing was heard."""

    storyIdeaText: str


class Speaking(Model):
    """A text, or a panel whose narration is spoken; in the default voice unless another is chosen."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)] | None = None
    panel_id: Id | None = None
    voice: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def either(self) -> "Speaking":
        """One of the two is needed."""
        if (self.text is None) == (self.panel_id is None):
            raise ValueError("Give either text or panel_id")
        return self


class Audio(Out):
    """A narration: where it can be heard for a while, its seconds, its voice, and whether it was spoken before."""

    audio_url: str
    duration: float
    voice: str
    cached: bool
