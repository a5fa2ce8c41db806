"""The film's sound: each narration where its panel begins, and music under it that gives way to the voice.

It is made in one piece for the whole film and not with the parts: an AAC frame does not end where a
panel does, so joined pieces would click, and drift a few milliseconds with each.
"""

from dataclasses import dataclass
from pathlib import Path

# Samples a second; every frame rate of the film divides it, so that a panel's sound is exactly as long as its pictures.
RATE = 48_000

# Seconds from a panel's beginning to its narration (the fade is over then), and from there on to the next panel.
LEAD, TAIL = 0.35, 0.45

# Loudness of the music as a part of its own, alone and under a voice: it is louder where there is no voice to be heard.
ALONE, UNDER = 0.8, 0.5
# Seconds in which the music comes and goes.
COMES, GOES = 0.6, 2.5

# The music sinks quickly when the voice begins, and comes back slowly so that it does not pump between two words.
DUCKING = "sidechaincompress=threshold=0.015:ratio=9:attack=60:release=900"

# One channel: the voice has no more, and a phone's speaker neither. The fast search takes half of the
# other's time, and at this rate nobody hears which it was.
ENCODER = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "96k", "-ar", str(RATE), "-ac", "1")


@dataclass(frozen=True)
class Stretch:
    """The sound of one panel: its length in frames, and the file of its narration, if any."""

    frames: int
    narration: Path | None


def arguments(stretches: list[Stretch], rate: int, music: Path | None, first: int) -> tuple[list[str], str]:
    """ffmpeg's inputs, of which the first gets the number `first`, and the filter graph that makes `[sound]` of them.

    `rate` is frames in a second.
    """
    voices = [stretch.narration for stretch in stretches if stretch.narration is not None]
    inputs = [word for voice in voices for word in ("-f", "mp3", "-i", str(voice))]
    parts, number = [], first
    for place, stretch in enumerate(stretches):
        samples = stretch.frames * RATE // rate
        if stretch.narration is None:
            parts.append(f"anullsrc=r={RATE}:cl=mono,atrim=end_sample={samples}[p{place}]")
        else:
            parts.append(f"[{number}:a]{_narration(samples)}[p{place}]")
            number += 1
    parts.append("".join(f"[p{place}]" for place in range(len(stretches))) + f"concat=n={len(stretches)}:v=0:a=1[voice]")
    if music is None:
        return inputs, ";".join([*parts, "[voice]anull[sound]"])
    seconds = sum(stretch.frames for stretch in stretches) / rate
    parts += _music(number, seconds, ALONE if not voices else UNDER)
    return [*inputs, "-stream_loop", "-1", "-i", str(music)], ";".join(parts)


def _narration(samples: int) -> str:
    """The filters that put one narration into a stretch of so many samples."""
    return (
        f"aresample={RATE},aformat=channel_layouts=mono,adelay={round(LEAD * 1000)}:all=1,"
        f"apad=whole_len={samples},atrim=end_sample={samples},asetpts=N/SR/TB"
    )


def _music(number: int, seconds: float, loudness: float) -> list[str]:
    fades = f"afade=t=in:d={COMES},afade=t=out:st={max(0.0, seconds - GOES):.3f}:d={GOES}"
    return [
        f"[{number}:a]aresample={RATE},aformat=channel_layouts=mono,atrim=end={seconds:.6f},volume={loudness},{fades}[music]",
        "[voice]asplit[heard][over]",
        f"[music][over]{DUCKING}[under]",
        # The limiter without its gain: it only keeps a loud word over a loud chord from being cut.
        "[heard][under]amix=inputs=2:normalize=0:duration=first,alimiter=limit=0.95:level=0[sound]",
    ]
