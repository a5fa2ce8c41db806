"""Text in balloons and captions."""

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat, features

from common.drawing import balloons
from common.drawing.geometry import Box
from common.drawing.lettering import LONGEST, fit, measure, plain, wrap, write
from common.drawing.styles import style_named

PAGE = Box(40, 40, 984, 1496)


def lettered(text: str, size: int = 40) -> Image.Image:
    """The text on a sheet, white on black."""
    block = fit(text, 900, 200, size, size)
    sheet = Image.new("RGB", (1000, 240), "white")
    write(ImageDraw.Draw(sheet), block, 50, 20, (0, 0, 0), centred=False)
    return ImageChops.invert(sheet.convert("L"))


def inked(text: str, size: int = 40) -> tuple[float, tuple[int, int, int, int] | None]:
    """How dark the lettered text is, and where its ink lies."""
    grey = lettered(text, size)
    return ImageStat.Stat(grey).mean[0], grey.getbbox()


def unlike(one: str, other: str) -> float:
    """How much the right ends of two lettered texts, the last thirty pixels of their ink, differ."""
    return ImageStat.Stat(ImageChops.difference(right_end(one), right_end(other))).mean[0]


def right_end(text: str) -> Image.Image:
    sheet = lettered(text)
    _, _, right, _ = sheet.getbbox() or (0, 0, 30, 0)
    return sheet.crop((right - 30, 0, right, sheet.height))


def test_no_line_is_wider_than_asked() -> None:
    for text in ("satu dua tiga empat lima enam", "a" * 300, "😀" * 60, "سلام " * 40):
        assert all(measure(line, 32) <= 300 for line in wrap(text, 32, 300))


def test_breaking_lines_loses_no_letter() -> None:
    text = "Kancil yang cerdik itu melompati punggung buaya " + "panjang" * 30
    assert "".join("".join(wrap(text, 30, 260)).split()) == "".join(text.split())


def test_a_short_text_stays_large_and_a_long_one_shrinks() -> None:
    assert fit("Halo!", 400, 200, 40, 20).size == 40
    assert 20 <= fit("Halo kawan-kawan semua. " * 12, 400, 200, 40, 20).size < 40


def test_what_does_not_fit_at_the_smallest_size_ends_in_an_ellipsis() -> None:
    block = fit("kata " * 400, 300, 100, 40, 20)
    assert block.cut
    assert block.lines[-1].endswith("…")
    assert block.height <= 100
    assert block.width <= 300


def test_every_script_leaves_ink() -> None:
    for text in ("Halo", "Привет", "Γειά", "Việt Nam", "السلام عليكم", "😀❤️", "日本語", "שלום"):
        dark, where = inked(plain(text))
        assert dark > 0.2, text
        assert where, text
        assert where[2] <= 1000


@pytest.mark.skipif(not features.check("raqm"), reason="without Raqm letters are not joined")
def test_arabic_is_joined_and_different_from_its_mirror() -> None:
    peace, upon_you = "سلام", "عليكم"
    for word in (peace, upon_you):
        assert measure(word, 40) < 0.9 * sum(measure(letter, 40) for letter in word), "joined letters are narrower than single ones"
    assert unlike(f"{peace} {upon_you}", peace) < unlike(f"{peace} {upon_you}", upon_you) / 4, "it begins at the right"
    assert ImageChops.difference(lettered(f"{peace} {upon_you}"), lettered(f"{peace} {upon_you}"[::-1])).getbbox()


def test_invisible_characters_vanish_and_lines_become_one() -> None:
    assert plain("a\u200b\u202eb\x00\n\nc\ud800d \ufe0f") == "ab c d"
    assert plain("\u0000\n\t ") == ""
    assert len(plain("x" * 20_000)) == LONGEST + 1


def test_a_shout_a_thought_and_a_voice_from_nowhere_look_different() -> None:
    assert balloons.voice_of("Tolong!!", True) == "shout"
    assert balloons.voice_of("TOLONG AKU", True) == "shout"
    assert balloons.voice_of("(apa itu?)", True) == "think"
    assert balloons.voice_of("Halo.", True) == "say"
    assert balloons.voice_of("Halo.", False) == "box"


def test_six_long_speeches_end_above_the_middle_of_the_page() -> None:
    speeches = [
        balloons.Speech("Ini kalimat yang cukup panjang untuk sebuah balon. " * 4, index % 2, 300 + 400 * (index % 2)) for index in range(6)
    ]
    placed = balloons.arrange(speeches, PAGE, style_named("Comic Book"), 768)
    assert len(placed) == 6
    assert max(one.box.bottom for one in placed) <= 768
    assert all(one.box.left >= PAGE.left - 1 and one.box.right <= PAGE.right + 1 for one in placed)


def test_an_empty_speech_gets_no_balloon() -> None:
    assert balloons.arrange([balloons.Speech(" \n", 0, 200)], PAGE, style_named("Cartoon"), 700) == []
    assert balloons.caption("\t", PAGE, style_named("Cartoon"), 0.2) is None
