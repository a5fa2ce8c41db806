"""Transcriptions: a short recording is answered at once, a long one becomes a row that a job brings to its end."""

import math
from typing import Any

from common import log, transcribing
from common.clients import hearing
from common.clients.errors import Refused, Unavailable
from common.clients.hearing import Heard, TooLong
from common.db import Db, reading, transaction
from common.i18n import Language, Text
from common.problems import NotFound

from . import recordings
from .recordings import RecordingTooLong, Sent, UnsupportedAudio
from .schemas import Recorded

# What today's app shows where a text should be.
NOTHING_HEARD = "(Tidak dapat mendeteksi suara. Silakan coba lagi dengan rekaman yang lebih jelas.)"


def create(user: int, file: bytes | None, asked: Recorded, language: Language) -> dict[str, Any]:
    """Have a recording transcribed: done when it is short, else pending."""
    sent = recordings.sent(user, file, asked)
    recordings.rationed(user, sent)
    if sent.short:
        try:
            heard = _heard(user, sent, asked.language)
        except TooLong:
            # Its header did not tell, or told less than there is.
            pass
        else:
            return _shown(_answered(user, sent, asked.language, heard), language)
    return _shown(_started(user, sent, asked.language, recordings.keep(user, sent)), language)


def story_idea(user: int, file: bytes | None, asked: Recorded) -> str:
    """What was said in a short recording, which nothing keeps; raises `RecordingTooLong` for a longer one."""
    sent = recordings.sent(user, file, asked)
    if not sent.short:
        raise RecordingTooLong(1, sent.field)
    recordings.rationed(user, sent)
    try:
        heard = _heard(user, sent, asked.language)
    except TooLong:
        raise RecordingTooLong(1, sent.field) from None
    if sent.name is not None:
        with transaction() as db:
            transcribing.remove(db, sent.name)
    return heard.text or NOTHING_HEARD


def _heard(user: int, sent: Sent, spoken: str) -> Heard:
    assert sent.data is not None, "what is short is here"
    try:
        heard = hearing.recognize(sent.data, spoken)
    except TooLong:
        raise
    except Refused as refused:
        raise UnsupportedAudio(refused.reason, sent.field) from refused
    # Whole seconds are billed, and were counted.
    if heard.billed > math.ceil(sent.seconds):
        with transaction() as db:
            transcribing.count_rest(db, user, sent.seconds, heard)
    return heard


def _answered(user: int, sent: Sent, spoken: str, heard: Heard) -> Any:
    with transaction() as db:
        row = db.one(
            "insert into transcriptions (user_id, status, language, seconds, text, confidence)"
            " values (:user, 'done', :language, :seconds, :text, :confidence) returning *",
            user=user,
            language=spoken,
            seconds=sent.seconds,
            text=heard.text,
            confidence=heard.confidence,
        )
        if sent.name is not None:
            transcribing.remove(db, sent.name)
    return row


def _started(user: int, sent: Sent, spoken: str, name: str) -> Any:
    with transaction() as db:
        row = db.one(
            "insert into transcriptions (user_id, object_name, language, seconds) values (:user, :name, :language, :seconds) returning *",
            user=user,
            name=name,
            language=spoken,
            seconds=sent.seconds,
        )
        transcribing.enqueue(db, row.id, user)
    return row


OWN = "select * from transcriptions where id = :id and user_id = :user"


def show(user: int, transcription: int, language: Language) -> dict[str, Any]:
    """The account's own transcription; a pending one is asked about first. Raises `NotFound`."""
    with reading() as db:
        row = _own(db, user, transcription)
    if row.status == "pending" and row.operation_name is not None and transcribing.may_ask(row.id):
        _look(row)
        with reading() as db:
            row = _own(db, user, transcription)
    return _shown(row, language)


def _look(row: Any) -> None:
    try:
        transcribing.look(row)
    except Unavailable as error:
        # It is still pending, and its job asks again.
        log.warning("a transcription could not be asked about", transcription=row.id, why=str(error))


def _own(db: Db, user: int, transcription: int) -> Any:
    row = db.maybe(OWN, id=transcription, user=user)
    if row is None:
        raise NotFound
    return row


def _shown(row: Any, language: Language) -> dict[str, Any]:
    return {
        "transcription_id": row.id,
        "status": row.status,
        "text": row.text,
        "confidence": row.confidence,
        "language": row.language,
        "error": Text(**row.error).say(language) if row.error else None,
    }
