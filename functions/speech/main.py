"""Speech: recordings become text, and texts are spoken."""

from typing import Annotated, Any

from common import auth
from common.api import Api
from common.auth import User
from common.comics import ages
from common.i18n import Language
from common.intake import File, Id
from common.needs import Needs
from common.problems import NotFound, TooManyRequests

from . import narration, recordings, transcriptions
from .schemas import Audio, Recorded, Speaking, StoryIdeaText, Transcription, Upload, UploadAsked

api = Api("speech", needs=Needs(memory="1Gi", max=3, uses=("enqueue", "read", "sign", "speech", "write")))

RECORDING = Annotated[bytes | None, File("audio", recordings.MAX_BYTES)]

UNHEARD = [recordings.UnsupportedAudio, recordings.RecordingTooLong, NotFound, TooManyRequests]


@api.post("/v1/speech-to-text/uploads", caller=auth.user, gives=Upload, status=201, raises=[TooManyRequests])
def create_upload(user: User, body: UploadAsked) -> Any:
    """Get an address to which a recording of more than a few megabytes is uploaded; transcribe it then by its `object`."""
    return recordings.upload(user.id, body.content_type)


@api.post("/v1/speech-to-text/transcribe", caller=auth.user, gives=Transcription, status=202, raises=UNHEARD)
def transcribe(user: User, file: RECORDING, body: Recorded, language: Language) -> Any:
    """Transcribe a recording, sent as `audio` or uploaded as `object`: up to a minute at once, a longer one to be asked about."""
    return transcriptions.create(user.id, file, body, language)


@api.get("/v1/speech-to-text/{transcription_id}", caller=auth.user, gives=Transcription, raises=[NotFound])
def show_transcription(user: User, transcription_id: Id, language: Language) -> Any:
    """Show one's own transcription: pending, done or failed."""
    return transcriptions.show(user.id, transcription_id, language)


@api.post("/v1/comics/story-idea/transcribe", caller=auth.user, gives=StoryIdeaText, raises=UNHEARD)
def transcribe_story_idea(user: User, file: RECORDING, body: Recorded) -> Any:
    """Turn a story idea that was spoken, in up to a minute, into text."""
    return {"storyIdeaText": transcriptions.story_idea(user.id, file, body)}


@api.post(
    "/v1/text-to-speech", caller=auth.user, gives=Audio, raises=[narration.NotSpeakable, NotFound, ages.AgeRestricted, TooManyRequests]
)
def speak(user: User, body: Speaking) -> Any:
    """Have a text, or the narration of a panel that one may see, spoken."""
    return narration.speak(user, body)


main = api.main()
