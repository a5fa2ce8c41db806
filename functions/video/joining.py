"""The film from its parts: pictures copied, sound encoded, what players need to start at the front."""

from pathlib import Path

from . import ffmpeg, sound
from .sound import Stretch


def join(parts: list[Path], stretches: list[Stretch], rate: int, music: Path | None, about: dict[str, str], to: Path) -> None:
    """Write the film to the file `to`; each of `parts` is as many frames long as its stretch says, `rate` of them a second.

    `about` is what the file says of itself: title, artist, comment. The list of parts is written beside `to`.
    """
    listed = to.with_suffix(".txt")
    # Each part's length is said here, since the one that ffmpeg reads from the part is rounded, and the errors add up.
    listed.write_text(
        "".join(f"file '{part.name}'\nduration {each.frames / rate:.9f}\n" for part, each in zip(parts, stretches, strict=True))
    )
    inputs, graph = sound.arguments(stretches, rate, music, first=1)
    # In a file: a comic of a hundred panels makes a graph longer than some systems take as one argument.
    drawn = to.with_suffix(".graph")
    drawn.write_text(graph)
    command = ["-f", "concat", "-safe", "0", "-i", str(listed), *inputs, "-/filter_complex", str(drawn), "-map", "0:v", "-map", "[sound]"]
    command += ["-c:v", "copy", *sound.ENCODER, *_said(about), "-movflags", "+faststart", "-f", "mp4", str(to)]
    seconds = sum(stretch.frames for stretch in stretches) / rate
    ffmpeg.run(command, seconds=60 + seconds / 2)


def _said(about: dict[str, str]) -> list[str]:
    # -map_metadata -1: what a narration or the music says of itself is nothing of the film's.
    return ["-map_metadata", "-1", *(word for name, text in about.items() for word in ("-metadata", f"{name}={text}"))]
