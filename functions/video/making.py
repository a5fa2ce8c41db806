"""Making a comic's video: speak what is not spoken, encode what changed, join everything.

Every narration and every part of the film is stored as soon as it is there. So a worker that dies
loses one panel, and a comic of which one panel was changed costs that panel and its neighbour.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from common import exports, jobs, log, media
from common.clients import storage
from common.db import reading, transaction
from common.exports import Content
from common.jobs import Job
from common.narrations import Narration

from . import joining, segments, shots
from .segments import Shot
from .sound import Stretch
from .stills import Frame, Planes, still

# What a phone held upright shows. Twenty-four frames a second are enough for a slow movement, and a fifth less work than thirty.
FRAME = Frame(720, 1280, 24)

# Percent of the job at which its stages end.
SPOKEN, FILMED, JOINED = 20, 88, 98

# Seconds of encoding after which the job says that it is alive: a long narration's panel takes minutes.
SILENCE = 10.0


@dataclass(frozen=True)
class Film:
    """A comic's parts with the names they are stored under, and what is heard."""

    shots: list[Shot]
    names: list[str]
    spoken: list[Narration | None]
    music: str | None


def make(job: Job) -> None:
    """Make the video of the job's comic."""
    with transaction() as db:
        content = exports.taken(db, job)
    try:
        film = _film(job, content)
        _made(job, content, film)
    except exports.VOID:
        _clean_up(job)
        raise
    _forget_others(content.comic, film)


def _made(job: Job, content: Content, film: Film) -> None:
    name = exports.object_name(job, "video")
    with tempfile.TemporaryDirectory(prefix="video-") as folder:
        parts = _filmed(job, film, Path(folder))
        size = _joined(job, content, film, parts, name)
    with transaction() as db:
        exports.complete(db, job, exports.key(content, "video"), name, size)


def _clean_up(job: Job) -> None:
    """Remove the film that nobody will name; and of a comic that was deleted meanwhile, what was stored after its files were removed."""
    storage.delete([exports.object_name(job, "video")])
    with reading() as db:
        there = db.value("select true from comics where id = :comic", comic=job.comic)
    if not there:
        storage.delete_folder(folder(job.comic or 0))


def folder(comic: int) -> str:
    """Where the parts of a comic's film are kept."""
    return f"comics/{comic}/video/segments/"


def _film(job: Job, content: Content) -> Film:
    count = len(content.panels)
    spoken = shots.narrated(content, lambda place: _beat(job, 1 + (SPOKEN - 1) * place // count, "narrating"))
    parts = shots.shots(content, spoken, FRAME.rate)
    names = [f"{folder(content.comic)}{segments.key(shot, FRAME)}.mp4" for shot in parts]
    music = content.music and next(media.names(content.music.file_url))
    return Film(parts, names, spoken, music)


def _beat(job: Job, progress: int, stage: str) -> None:
    with transaction() as db:
        jobs.heartbeat(db, job, progress, stage)


def _filmed(job: Job, film: Film, to: Path) -> list[Path]:
    """Every part as a file in the folder `to`; those that are not stored are encoded, and stored."""

    # The last frame of a panel is the first of the next one's fade, so two stills are wanted at a time.
    @lru_cache(maxsize=2)
    def still_of(picture: str) -> Planes:
        return still(storage.get(picture), FRAME)

    stored, parts = set(storage.names(folder(job.comic or 0))), []
    for place, (shot, name) in enumerate(zip(film.shots, film.names, strict=True)):
        beat = partial(_beat, job, SPOKEN + (FILMED - SPOKEN) * place // len(film.shots), "filming")
        beat()
        parts.append(to / f"{place:04}.mp4")
        if name in stored:
            parts[-1].write_bytes(storage.get(name))
        else:
            segments.encode(shot, FRAME, still_of, parts[-1], _regularly(beat))
            # Asked again before it is stored: a comic that was deleted meanwhile must not get files.
            beat()
            storage.put(name, parts[-1].read_bytes(), "video/mp4")
    log.info("filmed", comic=job.comic, panels=len(parts), encoded=len(set(film.names) - stored))
    return parts


def _regularly(act: Callable[[], None]) -> Callable[[], None]:
    """A function that does `act`, but not more often than every SILENCE seconds."""
    last = time.monotonic()

    def now_and_then() -> None:
        nonlocal last
        if time.monotonic() - last >= SILENCE:
            act()
            last = time.monotonic()

    return now_and_then


def _joined(job: Job, content: Content, film: Film, parts: list[Path], name: str) -> int:
    """Join the parts, store the film as `name`; its size in bytes."""
    _beat(job, FILMED, "joining")
    place = parts[0].parent
    stretches = [Stretch(shot.frames, _fetched(voice, place)) for shot, voice in zip(film.shots, film.spoken, strict=True)]
    music = None
    if film.music is not None:
        music = place / "music"
        music.write_bytes(storage.get(film.music, public=True))
    whole = place / "film.mp4"
    about = {"title": content.title, "artist": content.author, "comment": exports.DISCLOSURE.say(content.language)}
    joining.join(parts, stretches, FRAME.rate, music, about, whole)
    _beat(job, JOINED, "joining")
    return storage.put_pieces(name, _pieces(whole), "video/mp4")


def _fetched(voice: Narration | None, to: Path) -> Path | None:
    if voice is None:
        return None
    file = to / voice.name.rpartition("/")[2]
    if not file.exists():
        file.write_bytes(storage.get(voice.name))
    return file


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(storage.PIECE):
            yield piece


def _forget_others(comic: int, film: Film) -> None:
    """Remove the parts that this film does not have; what stays because this fails is removed with the next one's."""
    try:
        storage.delete(set(storage.names(folder(comic))) - set(film.names))
    except Exception:
        log.error("stale parts of a film stay", comic=comic)
