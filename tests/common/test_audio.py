"""What a recording is and how long it lasts, as phones, browsers and editors write it."""

import io
import struct
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from common import audio

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
SECONDS = 3.405


def told(data):
    return audio.told(io.BytesIO(data), len(data))


def recording(ending):
    return (RECORDINGS / f"timun.{ending}").read_bytes()


def rewritten(options, source="wav", seconds=None):
    """The recording as ffmpeg writes it to somebody who only listens, so that nothing is filled in afterwards."""
    loop = ["-stream_loop", "-1", "-t", str(seconds)] if seconds else []
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-loglevel",
        "error",
        *loop,
        "-i",
        str(RECORDINGS / f"timun.{source}"),
        *options.split(),
        "pipe:1",
    ]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.mark.parametrize("ending", ["m4a", "mp3", "ogg", "webm", "wav", "flac"])
def test_kind_and_length_are_told_from_the_bytes(ending):
    found = told(recording(ending))
    assert (found.kind, found.bytes) == (ending, len(recording(ending)))
    assert abs(found.seconds - SECONDS) < 0.1


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("webm", "-c:a libopus -b:a 16k -f webm -live 1"),
        ("webm", "-c:a copy -f matroska"),
        ("wav", "-c:a pcm_mulaw -ar 8000 -f wav"),
        ("wav", "-c:a pcm_s16le -ac 2 -ar 44100 -f wav"),
        ("mp3", "-c:a libmp3lame -q:a 6 -f mp3"),
        ("mp3", "-c:a libmp3lame -q:a 6 -write_xing 0 -id3v2_version 0 -f mp3"),
        ("mp3", "-c:a libmp3lame -ar 44100 -b:a 128k -id3v2_version 4 -metadata title=Kancil -f mp3"),
        ("ogg", "-c:a libopus -b:a 24k -ac 2 -f ogg"),
    ],
)
def test_what_browsers_and_editors_stream_is_measured_too(kind, options):
    found = told(rewritten(options, "webm" if "copy" in options else "wav"))
    assert found.kind == kind and abs(found.seconds - SECONDS) < 0.15


@pytest.mark.parametrize("options", ["-c:a flac -f flac", "-c:a aac -movflags frag_keyframe+empty_moov -f mp4"])
def test_a_length_that_no_header_tells_is_not_invented(options):
    found = told(rewritten(options))
    assert found.kind in ("flac", "m4a") and (found.seconds is None or abs(found.seconds - SECONDS) < 0.1)


def test_the_length_of_a_long_stream_is_reckoned_from_its_beginning():
    data = rewritten("-c:a libopus -b:a 6k -f webm -live 1", seconds=200)
    assert abs(told(data).seconds - 200) < 20


@pytest.mark.parametrize(
    "options",
    [
        "-c:a libvorbis -f ogg",
        "-c:a pcm_f32le -f wav",
        "-c:a pcm_s24le -f wav",
        "-c:a aac -f adts",
        "-c:a alac -movflags frag_keyframe+empty_moov -f mp4",
    ],
)
def test_sound_that_the_service_cannot_read_is_refused_for_its_codec(options):
    with pytest.raises(audio.NotARecording) as refused:
        told(rewritten(options))
    assert refused.value.reason == "codec"


def test_a_film_without_sound_is_no_recording():
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        "color=s=16x16:d=1",
        "-movflags",
        "frag_keyframe+empty_moov",
    ]
    film = subprocess.run([*command, "-f", "mp4", "pipe:1"], capture_output=True, check=True).stdout
    with pytest.raises(audio.NotARecording) as refused:
        told(film)
    assert refused.value.reason == "unknown"


def test_a_recording_that_was_cut_off_is_as_long_as_what_is_there():
    for ending in ("wav", "ogg", "webm", "mp3"):
        data = recording(ending)
        half = told(data[: len(data) // 2])
        # The headers of WebM and MP3 say what should have come.
        assert half.seconds is None or half.seconds < SECONDS + 0.1
    with pytest.raises(audio.NotARecording) as refused:
        told(recording("m4a")[:200])
    assert refused.value.reason == "damaged"


def test_nothing_at_all_and_nothing_but_a_header_are_empty():
    header = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + b"data\0\0\0\0"
    for data in (b"", header):
        with pytest.raises(audio.NotARecording) as refused:
            told(data)
        assert refused.value.reason == "empty"
