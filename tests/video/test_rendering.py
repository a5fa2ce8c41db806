"""How a panel looks and moves on the screen, and how parts become a film."""

import array
import io
import math
import struct
import threading
import time
from itertools import pairwise

import pytest
from PIL import Image, ImageDraw, ImageStat

from common import mp3
from functions.video import ffmpeg, joining, making, moving, segments, sound, stills
from functions.video.segments import Shot
from functions.video.sound import Stretch
from functions.video.stills import Frame
from tests.video import films

SMALL = Frame(180, 320, 8)


def jpeg(picture):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95)
    return file.getvalue()


def plain(colour, size=(256, 384)):
    return jpeg(Image.new("RGB", size, colour))


def stills_of(**pictures):
    """Pictures by name as the parts of a film get them."""
    return lambda name: stills.still(pictures[name], SMALL)


def encoded(folder, shots, pictures, frame=SMALL):
    parts = [folder / f"{number}.mp4" for number in range(len(shots))]
    for shot, part in zip(shots, parts, strict=True):
        segments.encode(shot, frame, stills_of(**pictures), part, lambda: None)
    return parts


def tone(seconds, hertz=440.0):
    """An MP3 as narrations are."""
    samples = (round(12000 * math.sin(at * hertz * math.tau / 24000)) for at in range(int(24000 * seconds)))
    return mp3.encoded(b"".join(struct.pack("<h", sample) for sample in samples), 24000, 48)


@pytest.mark.parametrize("size", [(1024, 1536), (1024, 1024), (1536, 1024), (400, 1200), (1200, 300)])
def test_the_whole_panel_is_in_sight_at_every_moment(size):
    frame = Frame(360, 640, 24)
    picture = Image.new("RGB", size, "white")
    # Five marks, where captions and balloons begin: in the corners and in the middle.
    spot = min(size) // 12
    for x, y in [
        (spot, spot),
        (size[0] - spot, spot),
        (spot, size[1] - spot),
        (size[0] - spot, size[1] - spot),
        (size[0] // 2, size[1] // 2),
    ]:
        ImageDraw.Draw(picture).rectangle((x - spot // 2, y - spot // 2, x + spot // 2, y + spot // 2), fill="red")
    still = stills.still(jpeg(picture), frame)
    for name in ("a", "b", "c", "d"):
        for at in (0, 0.5, 1):
            # Red is where V is high: nowhere else in this picture.
            seen = moving.seen(still, moving.path(name), at, frame).v.point(lambda value: 255 * (value > 180))
            assert len(islands(seen)) == 5, (name, at)


def islands(mask):
    """The connected white areas of a picture, as one of their pixels each."""
    mask, found = mask.copy(), []
    while box := mask.getbbox():
        line = mask.crop((0, box[1], mask.width, box[1] + 1)).getbbox()
        found.append((line[0], box[1]))
        ImageDraw.floodfill(mask, found[-1], 0)
    return found


def test_beside_a_landscape_panel_there_is_a_dark_blur_of_it_and_no_black():
    frame = Frame(360, 640, 24)
    seen = moving.seen(stills.still(plain((200, 120, 40), (1536, 1024)), frame), moving.path("a"), 0.5, frame)
    middle, above = seen.y.getpixel((180, 320)), seen.y.getpixel((180, 60))
    assert 40 < above < middle * 0.75
    assert abs(seen.v.getpixel((90, 30)) - 128) > 10, "the blur has the panel's colour"


def test_the_movement_does_not_tremble():
    picture = Image.new("RGB", (1024, 1536), "black")
    ImageDraw.Draw(picture).ellipse((120, 160, 220, 260), fill="white")
    still = stills.still(jpeg(picture), making.FRAME)
    for name in ("a", "c"):
        places = [middle(moving.seen(still, moving.path(name), at / 95, making.FRAME).y) for at in range(40)]
        for axis in (0, 1):
            steps = [after[axis] - before[axis] for before, after in pairwise(places)]
            # Whoever rounds to pixels changes the speed by a whole one from frame to frame.
            assert max(abs(after - before) for before, after in pairwise(steps)) < 0.08, (name, axis)
        assert math.dist(places[0], places[-1]) > 2, "it does move"


def middle(plane):
    """The centre of what is bright, across and down."""
    bright = plane.point(lambda value: max(0, value - 60)).convert("F")
    sums = [array.array("f", bright.resize(size, Image.Resampling.BOX).tobytes()) for size in ((plane.width, 1), (1, plane.height))]
    return [sum(place * value for place, value in enumerate(line)) / sum(line) for line in sums]


def test_a_panel_fades_into_the_next_and_the_last_one_into_the_dark(tmp_path):
    pictures = {"red": plain((220, 30, 30)), "blue": plain((30, 30, 220))}
    shots = [Shot("red", None, 16, False, False), Shot("blue", "red", 16, True, False)]
    parts = encoded(tmp_path, shots, pictures)
    first, second = (films.of(part).pictures() for part in parts)
    red, _, blue = first[0].getpixel((90, 160))
    assert red > 180 and blue < 70, "a film begins with its first picture, which lists of files show"
    colours = [picture.getpixel((90, 160)) for picture in second]
    assert colours[0][0] > colours[1][0] > colours[2][0] > colours[4][0], "red goes"
    assert sum(colours[8]) > 200 and sum(colours[-1]) < 30


def test_parts_join_without_a_gap_and_without_drift(tmp_path):
    pictures = {"red": plain((220, 30, 30)), "blue": plain((30, 30, 220))}
    lengths = [13, 16, 11]
    shots = [Shot(name, None, frames, False, False) for name, frames in zip(("red", "blue", "red"), lengths, strict=True)]
    parts = encoded(tmp_path, shots, pictures) * 6
    voice = tmp_path / "voice.mp3"
    voice.write_bytes(tone(0.5))
    stretches = [Stretch(frames, voice if number % 3 == 2 else None) for number, frames in enumerate(lengths * 6)]
    film = tmp_path / "film.mp4"
    joining.join(parts, stretches, SMALL.rate, None, {"title": "Kancil; 'rm -rf' \n=#😀", "artist": "Siti"}, film)
    made = films.of(film)
    total = sum(lengths) * 6
    assert (made.video.samples, made.video.seconds) == (total, pytest.approx(total / 8, abs=0.002))
    assert made.audio.seconds == pytest.approx(total / 8, abs=0.03)
    assert "Kancil; 'rm -rf' \n=#😀".encode() in made.data
    # Where a part begins there is a keyframe: each part is closed in itself.
    begins = [1 + sum((lengths * 6)[:number]) for number in range(18)]
    assert set(begins) <= set(made.video.keys)
    # The panels change, and the voice is heard, where they should after all these joints.
    pictures = made.pictures()
    for number in range(18):
        at = begins[number] - 1
        red, _, blue = pictures[at].getpixel((90, 160))
        assert (red > blue) == (number % 3 != 1), number
    for number in range(2, 18, 3):
        start = (begins[number] - 1) / 8
        assert onset(made, start) == pytest.approx(start + sound.LEAD, abs=0.03), number


def onset(film, since):
    """The second at which something is heard first after `since`."""
    samples = film.sound()
    return next(at for at in range(round(since * 8000), len(samples)) if abs(samples[at]) > 2000) / 8000


def test_the_ends_of_a_voice_do_not_click(tmp_path):
    part = encoded(tmp_path, [Shot("red", None, 16, False, False)], {"red": plain((220, 30, 30))})
    voice = tmp_path / "voice.mp3"
    voice.write_bytes(tone(1.0, 200))
    film = tmp_path / "film.mp4"
    joining.join(part * 2, [Stretch(16, voice), Stretch(16, voice)], SMALL.rate, None, {}, film)
    # A click is a jump that a tone of 200 hertz cannot make: its steepest step at 8 kHz is a sixth of its height.
    steps = [abs(after - before) for before, after in pairwise(films.of(film).sound())]
    assert max(steps) < 12000 * 0.3


def test_music_gives_way_to_the_voice_and_goes_at_the_end(tmp_path):
    part = encoded(tmp_path, [Shot("red", None, 32, False, False)], {"red": plain((220, 30, 30))})
    voice, music, film = tmp_path / "voice.mp3", tmp_path / "music", tmp_path / "film.mp4"
    # The voice is so low that what is left above 1 kHz is the music; the loop of 1.5 seconds has to be repeated.
    voice.write_bytes(tone(3.0, 150))
    music.write_bytes(wav(1.5, 2000))
    joining.join(part * 3, [Stretch(32, None), Stretch(32, voice), Stretch(32, None)], SMALL.rate, music, {}, film)
    heard = films.of(film)
    before, under, after, end = (band(heard, *span) for span in ((1, 3.8), (5, 7), (9.2, 9.5), (11.7, 12)))
    assert before > 500, "the music is heard"
    assert under < before / 3, "it gives way"
    assert under > before / 30, "it goes on under the voice"
    assert after > under * 2 and end < after / 4


def wav(seconds, hertz):
    import wave

    file = io.BytesIO()
    with wave.open(file, "wb") as writing:
        writing.setnchannels(1)
        writing.setsampwidth(2)
        writing.setframerate(12000)
        writing.writeframes(
            b"".join(struct.pack("<h", round(9000 * math.sin(at * hertz * math.tau / 12000))) for at in range(int(12000 * seconds)))
        )
    return file.getvalue()


def band(film, begin, end):
    """How much of 2 kHz there is between two seconds."""
    samples = film.sound()[round(begin * 8000) : round(end * 8000)]
    sine = sum(sample * math.sin(at * 2000 * math.tau / 8000) for at, sample in enumerate(samples))
    cosine = sum(sample * math.cos(at * 2000 * math.tau / 8000) for at, sample in enumerate(samples))
    return 2 * math.hypot(sine, cosine) / len(samples)


def test_the_watermark_stands_still_in_the_corner():
    frame = Frame(360, 640, 24)
    shot = Shot("grey", None, 24, False, True)
    picture = stills.still(plain((90, 90, 90)), frame)
    size = frame.width * frame.height
    planes = [Image.frombytes("L", (frame.width, frame.height), each[:size]) for each in segments.frames(shot, frame, lambda _: picture)]
    corners = [plane.crop((250, 600, 360, 640)) for plane in planes]
    assert all(ImageStat.Stat(corner).extrema[0][1] > 150 for corner in corners), "white letters"
    bare = next(segments.frames(Shot("grey", None, 1, False, False), frame, lambda _: picture))
    assert ImageStat.Stat(Image.frombytes("L", (frame.width, frame.height), bare[:size]).crop((250, 600, 360, 640))).extrema[0][1] < 100


def test_an_ffmpeg_that_does_not_end_is_ended():
    with pytest.raises(ffmpeg.Failed, match="ended with -9"):
        ffmpeg.run(["-re", "-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"], seconds=0.4)


def test_two_films_at_once_take_turns():
    seen = []

    def feed():
        seen.append("begins")
        time.sleep(0.1)
        yield bytes(4800)
        seen.append("ends")

    command = ["-f", "s16le", "-i", "-", "-f", "null", "-"]
    threads = [threading.Thread(target=ffmpeg.run, args=[command], kwargs={"seconds": 10, "feed": feed()}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["begins", "ends"] * 3


def test_what_ffmpeg_says_last_is_in_the_error(tmp_path):
    with pytest.raises(ffmpeg.Failed, match="No such file"):
        ffmpeg.run(["-i", tmp_path / "nowhere.mp4", "-f", "null", "-"], seconds=10)


def test_an_ffmpeg_whose_feed_breaks_is_ended_and_leaves_no_process():
    def broken():
        yield b"\0" * (180 * 320 * 3 // 2)
        raise KeyError("storage")

    with pytest.raises(KeyError):
        ffmpeg.run(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "180x320", "-i", "-", "-f", "null", "-"], seconds=10, feed=broken())
    with pytest.raises(ffmpeg.Failed):
        ffmpeg.run(["-f", "nonsense", "-i", "-", "-f", "null", "-"], seconds=10, feed=(bytes(1 << 20) for _ in range(50)))
