"""Sentences spoken aloud: made once by Text-to-Speech, kept as a private file, found again by voice and words.

A row is reserved before it is made, under a lease, so that of several who want the same sentence at
the same moment, in whatever instance, one pays and the others wait for the file.
"""

import hashlib
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from common import clock, log, mp3, settings
from common.clients import storage
from common.clients import voice as speaking
from common.clients.errors import Refused, Unavailable
from common.db import reading, transaction
from common.i18n import Text

# Seconds in which whoever holds the lease has made the sound, or another may.
LEASE_SECONDS = 180
# Seconds others wait for it, and between two looks.
PATIENCE, PAUSE = 50.0, 0.2
# A use is noted once a day: what was not used for long is forgotten (functions/worker/recordings.py).
NOTED = timedelta(days=1)

# What the files are made of beside voice and words; another number makes all anew.
EDITION = 1

WRONG_VOICE = Text("This voice is not offered", "Suara ini tidak tersedia")


@dataclass(frozen=True)
class Narration:
    """A text as sound: the private MP3's name, how long it speaks, who speaks, and whether it was there before."""

    name: str
    milliseconds: int
    voice: str
    cached: bool


def spoken(text: str, voice: str | None = None) -> Narration:
    """`text` spoken by `voice` (the setting VOICE unless given): paid for once, also when asked for twice at once.

    Raises `Refused` when there is nothing to say in it or the voice is not one of VOICES, and
    `Unavailable` when Text-to-Speech or storage do not answer. Calls the outside: never within a transaction.
    """
    chosen, words = _chosen(text, voice)
    return kept(text, voice) or _made_once(chosen, words)


def kept(text: str, voice: str | None = None) -> Narration | None:
    """The narration of `text` if it was made before; raises `Refused` as `spoken` does."""
    chosen, words = _chosen(text, voice)
    with transaction() as db:
        row = db.maybe(KEPT, voice=chosen, hash=_hash(words))
        if row is not None and row.used_at < clock.now() - NOTED:
            db.run("update narrations set used_at = :now where id = :id", id=row.id, now=clock.now())
    return Narration(row.object_name, row.duration_ms, chosen, cached=True) if row else None


def _chosen(text: str, voice: str | None) -> tuple[str, str]:
    chosen, words = voice or settings.VOICE(), speaking.normal(text)
    if chosen not in settings.VOICES().split(","):
        raise Refused(WRONG_VOICE, chosen)
    if not speaking.speakable(words):
        raise Refused(speaking.NOTHING_TO_SAY)
    return chosen, words


KEPT = "select id, object_name, duration_ms, used_at from narrations where voice = :voice and text_hash = :hash and object_name is not null"

# Of all who come at once the database lets one through: the row is new, or its maker's time is over.
CLAIM = """
insert into narrations as n (voice, text_hash, lease, lease_until) values (:voice, :hash, :lease, :until)
on conflict (voice, text_hash) do update set lease = excluded.lease, lease_until = excluded.lease_until
where n.object_name is null and n.lease_until < :now
returning id
"""

DONE = """
update narrations set object_name = :name, duration_ms = :milliseconds, lease = null, lease_until = null
where voice = :voice and text_hash = :hash and lease = :lease
"""


def _made_once(chosen: str, words: str) -> Narration:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lease = uuid4()
        if _claimed(chosen, words, lease):
            return _made(chosen, words, lease)
        with reading() as db:
            row = db.maybe(KEPT, voice=chosen, hash=_hash(words))
        if row is not None:
            return Narration(row.object_name, row.duration_ms, chosen, cached=True)
        time.sleep(PAUSE)
    raise Unavailable("narrations", "the same text is being spoken by somebody who does not end")


def _claimed(chosen: str, words: str, lease: UUID) -> bool:
    now = clock.now()
    with transaction() as db:
        until = now + timedelta(seconds=LEASE_SECONDS)
        return db.value(CLAIM, voice=chosen, hash=_hash(words), lease=lease, until=until, now=now) is not None


def _made(chosen: str, words: str, lease: UUID) -> Narration:
    # A name of its own: what is forgotten and made again meanwhile is not removed with the old file.
    name = f"narrations/{chosen}/{lease.hex}.mp3"
    try:
        speech = speaking.speak(words, chosen)
        storage.put(name, mp3.encoded(speech.samples, speaking.RATE, speaking.KILOBITS), "audio/mpeg")
    except BaseException:
        _give_up(chosen, words, lease)
        raise
    if not _finish(DONE, chosen, words, lease, name=name, milliseconds=speech.milliseconds):
        # It took so long that another made it too.
        storage.delete([name])
        raise Unavailable("narrations", "somebody else holds the lease")
    log.info("narrated", voice=chosen, characters=len(words), milliseconds=speech.milliseconds)
    return Narration(name, speech.milliseconds, chosen, cached=False)


def _give_up(chosen: str, words: str, lease: UUID) -> None:
    """Let the next one try at once; should this fail too, the lease ends by itself."""
    try:
        _finish("delete from narrations where voice = :voice and text_hash = :hash and lease = :lease", chosen, words, lease)
    except Exception:
        log.error("a narration's lease stays")


def _finish(sql: str, chosen: str, words: str, lease: UUID, **values: Any) -> int:
    with transaction() as db:
        return db.run(sql, voice=chosen, hash=_hash(words), lease=lease, **values)


def _hash(words: str) -> bytes:
    return hashlib.sha256(f"{EDITION}\0{words}".encode()).digest()
