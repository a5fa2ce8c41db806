"""A text or a panel's narration as sound."""

from typing import Any

from common import limits, narrations, settings
from common.auth import User
from common.clients import storage
from common.clients.errors import Refused
from common.clients.voice import NOTHING_TO_SAY
from common.comics import ages, shown
from common.db import reading, transaction
from common.i18n import Text
from common.problems import NotFound, Problem, TooManyRequests

from .schemas import Speaking

# Those that the account may see: its own, and what every reader sees.
PANEL = f"""
select {shown.NARRATION} as narration, c.user_id, c.age_rating from comic_panels p join comics c on c.id = p.comic_id
where p.id = :panel and (c.user_id = :user or c.is_public)
"""


class NotSpeakable(Problem):
    """There is nothing to speak, or the voice is not offered; `errors` names the field."""

    status = 422
    detail = NOTHING_TO_SAY

    def __init__(self, detail: Text | None = None, field: str = "text") -> None:
        super().__init__(detail)
        self.facts = {"errors": [{"loc": ["body", field], "msg": self.sentence.en, "type": "speech"}]}


def speak(user: User, asked: Speaking) -> dict[str, Any]:
    """The narration that is there, or a new one, which is counted; raises `NotSpeakable`, `NotFound`, `AgeRestricted` and `TooManyRequests`."""
    text = asked.text if asked.text is not None else _narration(user, asked.panel_id or 0)
    try:
        made = narrations.kept(text, asked.voice) or _made(user.id, text, asked.voice)
    except Refused as refused:
        wrong = "voice" if refused.reason == narrations.WRONG_VOICE else "text" if asked.text is not None else "panel_id"
        raise NotSpeakable(refused.reason, wrong) from refused
    return {
        "audio_url": storage.signed_url(made.name),
        "duration": made.milliseconds / 1000,
        "voice": made.voice,
        "cached": made.cached,
    }


def _made(user: int, text: str, voice: str | None) -> narrations.Narration:
    with transaction() as db:
        wait = limits.hit(db, f"spoken:{user}", settings.SPOKEN_CHARACTERS_PER_DAY(), 86_400, count=len(text))
        if wait:
            raise TooManyRequests(retry_after=wait)
    return narrations.spoken(text, voice)


def _narration(user: User, panel: int) -> str:
    with reading() as db:
        row = db.maybe(PANEL, panel=panel, user=user.id)
    if row is None:
        raise NotFound
    ages.check(row, user)
    return row.narration or ""
