"""The catalogue's music, synthesised: short loops of a few soft instruments, each a WAV file."""

import io
import math
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from infra.seed.catalogue import MUSIC, Music
from infra.seed.pictures import object_name

RATE = 12_000
CONTENT_TYPE = "audio/wav"


@dataclass(frozen=True)
class Score:
    """How a track sounds: its scale in semitones above `root` hertz, its chords as steps of that scale, its instruments."""

    root: float
    scale: tuple[int, ...]
    chords: tuple[int, ...]
    beats: int
    melody: str
    accompaniment: str
    busy: float


_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)
_PELOG = (0, 1, 3, 7, 8, 12, 13)
_PENTA = (0, 2, 4, 7, 9, 12, 14)

_SCORES: dict[str, Score] = {
    "Ceria": Score(261.63, _MAJOR, (0, 4, 5, 3, 0, 4, 3, 4), 4, "pluck", "strum", 0.85),
    "Lembut": Score(220.0, _MAJOR, (0, 5, 3, 4), 6, "bell", "pad", 0.55),
    "Petualangan": Score(293.66, _PENTA, (0, 3, 1, 4, 0, 3), 4, "pluck", "march", 0.9),
    "Misteri": Score(196.0, _MINOR, (0, 5, 3, 6), 4, "flute", "pad", 0.45),
    "Tradisional": Score(233.08, _PELOG, (0, 2, 0, 4), 8, "gong", "gong", 0.9),
}


def files() -> Iterator[tuple[str, bytes, str]]:
    """Every track of the catalogue as (object name, bytes, content type)."""
    for track in MUSIC:
        yield object_name("music", track.id), music(track), CONTENT_TYPE


def music(track: Music) -> bytes:
    """A track as a mono 16-bit WAV of exactly `track.duration` seconds that can be repeated without a gap.

    What still sounds at the end is mixed into the beginning.
    """
    score = _SCORES[track.genre]
    length = track.duration * RATE
    mix = array("f", bytes(4 * length))
    beat = track.duration / (len(score.chords) * score.beats)
    rng = Random(track.id)
    step = 4
    for bar, chord in enumerate(score.chords):
        start = bar * score.beats * beat
        _accompany(mix, score, chord, start, beat)
        for index in range(score.beats * 2):
            if index and rng.random() > score.busy * (1.0 if index % 2 == 0 else 0.5):
                continue
            # Strong beats rest on the chord, the others move by a step.
            step = chord + rng.choice((0, 2, 4)) if index % 4 == 0 else step + rng.choice((-1, 1, 1, -1, 2))
            step = min(max(step, 2), 11)
            _note(mix, _pitch(score, step + 3), start + index * beat / 2, score.melody, 0.26)
    return _wav(mix)


def _accompany(mix: "array[float]", score: Score, chord: int, start: float, beat: float) -> None:
    if score.accompaniment == "pad":
        for degree in (0, 2, 4):
            _note(mix, _pitch(score, chord + degree) / 2, start, "pad", 0.12, score.beats * beat)
    elif score.accompaniment == "gong":
        _note(mix, score.root / 4, start, "gong", 0.34)
        for index in range(0, score.beats, 2):
            _note(mix, _pitch(score, chord) / 2, start + (index + 1) * beat, "gong", 0.14)
    else:
        for index in range(score.beats):
            low = index % 2 == 0
            for degree in (0,) if low else (0, 2, 4):
                _note(mix, _pitch(score, chord + degree) / (4 if low else 2), start + index * beat, "pluck", 0.2 if low else 0.08)


def _pitch(score: Score, step: int) -> float:
    octave, degree = divmod(step, len(score.scale))
    return float(score.root * 2 ** (octave + score.scale[degree] / 12))


# Each instrument: overtones as (multiple of the pitch, loudness), attack and decay in seconds.
_TIMBRES: dict[str, tuple[tuple[tuple[float, float], ...], float, float]] = {
    "pluck": (((1, 1.0), (2, 0.42), (3, 0.16)), 0.006, 0.34),
    "bell": (((1, 1.0), (2.76, 0.26), (4.1, 0.08)), 0.008, 0.9),
    "flute": (((1, 1.0), (2, 0.18)), 0.09, 0.7),
    "gong": (((1, 1.0), (2.02, 0.5), (2.71, 0.3)), 0.01, 0.85),
    "pad": (((1, 1.0), (2, 0.2)), 0.4, 3.0),
}


def _note(mix: "array[float]", pitch: float, start: float, instrument: str, loudness: float, seconds: float = 0.0) -> None:
    """Add a note to the loop; what reaches beyond its end goes on at its beginning."""
    tone = _tone(round(pitch, 3), instrument, seconds)
    first = int(start * RATE) % len(mix)
    while tone:
        part = tone[: len(mix) - first]
        mix[first : first + len(part)] = array(
            "f", (old + loudness * new for old, new in zip(mix[first : first + len(part)], part, strict=True))
        )
        tone, first = tone[len(part) :], 0


@cache
def _tone(pitch: float, instrument: str, seconds: float) -> "array[float]":
    overtones, attack, decay = _TIMBRES[instrument]
    length = int(RATE * (seconds or min(decay * 3.2, 2.0)))
    rise, fade = attack * RATE, RATE * (0.15 if seconds else 0.02)
    turns = [(2 * math.pi * pitch * multiple / RATE, level) for multiple, level in overtones if pitch * multiple < RATE / 2]
    sin, exp, damping = math.sin, math.exp, -1 / (decay * RATE)
    return array(
        "f",
        (
            sum([level * sin(turn * i) for turn, level in turns]) * exp(damping * i) * min(1.0, i / rise, (length - i) / fade)
            for i in range(length)
        ),
    )


def _wav(mix: "array[float]") -> bytes:
    loudest = max(max(mix), -min(mix), 1e-6)
    samples = array("h", (int(value / loudest * 26_000) for value in mix))
    encoded = io.BytesIO()
    with wave.open(encoded, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return encoded.getvalue()
