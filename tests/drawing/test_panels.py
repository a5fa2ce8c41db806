"""What a reader sees of a panel that the local artist drew."""

import io
import subprocess
import sys
from itertools import combinations, pairwise
from random import Random

import pytest
from PIL import Image, ImageStat

from common.clients.artist import SIZES, Brief, Look
from common.clients.writer import Dialogue
from common.drawing import local, scenery
from common.drawing.balloons import SMALLEST
from common.drawing.cast import cast_of
from common.drawing.geometry import Box
from common.drawing.styles import STYLES, style_named

KANCIL = Look("Kancil", "kancil kecil yang cerdik, bulu cokelat")
RIVER = Look("Tepi Sungai", "tepi sungai yang tenang")
TALK = (Dialogue("Kancil", "Wah, buah itu terlihat lezat sekali!"), Dialogue("Buaya", "Kemarilah, kawan kecil."))


def brief(**changes: object) -> Brief:
    """A panel with two speakers by a river, changed as asked."""
    given: dict[str, object] = {
        "description": "Kancil berdiri di tepi sungai, buaya mengintai",
        "narration": "Suatu pagi di tepi sungai.",
        "dialogues": TALK,
        "style": Look("Cartoon", ""),
        "characters": (),
        "background": RIVER,
        "layout": "square",
        "number": 2,
        "total": 6,
        "seed": 7,
    }
    return Brief(**{**given, **changes})  # type: ignore[arg-type]


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def fingerprint(picture: Image.Image) -> tuple[list[float], list[float]]:
    """Colours on a coarse grid, and how rough the drawing is in fine detail."""
    colours = [float(value) for value in picture.convert("RGB").resize((8, 8), Image.Resampling.BOX).tobytes()]
    grey = picture.convert("L")
    rough = [
        ImageStat.Stat(grey.crop((x, y, x + 128, y + 128))).stddev[0] for x in range(0, grey.width, 256) for y in range(0, grey.height, 256)
    ]
    return colours, rough


def apart(one: tuple[list[float], list[float]], other: tuple[list[float], list[float]]) -> float:
    return sum(sum(abs(a - b) for a, b in zip(part, twin, strict=True)) / len(part) for part, twin in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def by_style() -> dict[str, Image.Image]:
    """The same panel in each of the sixteen styles."""
    return {style.name: local.panel(brief(style=Look(style.name, "")), (512, 512)) for style in STYLES}


def test_the_same_panel_looks_clearly_different_in_each_of_the_sixteen_styles(by_style: dict[str, Image.Image]) -> None:
    assert len(by_style) == 16
    prints = {name: fingerprint(picture) for name, picture in by_style.items()}
    distances = {(one, other): apart(prints[one], prints[other]) for one, other in combinations(prints, 2)}
    closest = min(distances, key=lambda pair: distances[pair])
    assert distances[closest] > 8, f"{closest} differ by {distances[closest]:.1f} only"


def test_manga_has_no_colour_and_pop_art_has_much(by_style: dict[str, Image.Image]) -> None:
    def saturation(name: str) -> float:
        return ImageStat.Stat(by_style[name].convert("HSV").getchannel("S")).mean[0]

    assert saturation("Manga B&W") < 4
    assert saturation("Pop Art") > 1.5 * saturation("Pastel Soft")


def test_pixel_art_is_made_of_squares_below_the_lettering(by_style: dict[str, Image.Image]) -> None:
    picture = local.panel(brief(style=Look("Pixel Art", "")), (1024, 1024))
    row = [picture.getpixel((x, 700)) for x in range(70, 950)]
    changes = sum(one != other for one, other in pairwise(row))
    assert changes <= len(row) / 7 + 1
    smooth = local.panel(brief(style=Look("Webtoon", "")), (1024, 1024))
    row = [smooth.getpixel((x, 700)) for x in range(70, 950)]
    assert sum(one != other for one, other in pairwise(row)) > 2 * changes


def test_the_same_brief_gives_the_same_bytes_in_another_process() -> None:
    script = "import hashlib; from tests.drawing.test_panels import brief; from common.drawing.local import draw; print(hashlib.sha256(draw(brief())).hexdigest())"
    seen = {
        subprocess.run([sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }
    import hashlib

    assert seen == {hashlib.sha256(local.draw(brief())).hexdigest() + "\n"}


@pytest.mark.parametrize(
    "change",
    [{"seed": 8}, {"number": 3}, {"characters": (Look("Nenek Wati", "nenek berkebaya ungu"),)}, {"background": Look("Dapur", "")}],
    ids=["another version", "another panel", "another character", "another background"],
)
def test_what_changes_in_the_brief_changes_the_picture(change: dict[str, object]) -> None:
    before, after = fingerprint(local.panel(brief(), (1024, 1024))), fingerprint(local.panel(brief(**change), (1024, 1024)))
    assert apart(before, after) > 4


@pytest.mark.parametrize("layout", list(SIZES))
def test_a_panel_is_a_plain_jpeg_of_its_layouts_size(layout: str) -> None:
    picture = opened(local.draw(brief(layout=layout)))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", SIZES[layout])
    assert "progressive" not in picture.info
    assert not picture.getexif()


def test_a_layout_nobody_knows_is_drawn_upright() -> None:
    assert opened(local.draw(brief(layout="spiral"))).size == SIZES["portrait"]


def test_captions_and_balloons_hold_ink_on_paper() -> None:
    panel = brief(layout="portrait")
    size = SIZES["portrait"]
    picture = local.panel(panel, size).convert("L")
    words = local.lettering(panel, cast_of(panel), style_named("Cartoon"), size)
    assert words.told
    assert len(words.spoken) == 2
    for box in [words.told[1], *(one.box for one in words.spoken)]:
        middle = picture.crop((int(box.left + 20), int(box.top + 14), int(box.right - 20), int(box.bottom - 14)))
        histogram = middle.histogram()
        area = middle.width * middle.height
        assert 0.02 < sum(histogram[:90]) / area < 0.4
        assert sum(histogram[215:]) / area > 0.45


def test_balloons_are_read_from_the_left_and_top_and_stay_apart() -> None:
    panel = brief(dialogues=(*TALK, Dialogue("Kancil", "Tunggu dulu!"), Dialogue("Buaya", "Ada apa lagi?")), layout="portrait")
    words = local.lettering(panel, cast_of(panel), style_named("Cartoon"), SIZES["portrait"])
    tops = [one.box.top for one in words.spoken]
    assert tops == sorted(tops)
    assert words.spoken[0].box.center[0] < words.spoken[1].box.center[0]
    assert not any(one.box.overlaps(other.box) for one, other in combinations(words.spoken, 2))
    assert [one.speaker for one in words.spoken] == [0, 1, 0, 1]


HOSTILE = {
    "ten thousand characters": "Pada zaman dahulu kala " * 450,
    "one word of 500 letters": "a" * 500,
    "emoji": "😂🎉❤️👨‍👩‍👧‍👦🇮🇩👍🏽" * 20,
    "arabic": "بِسْمِ ٱللَّهِ الرحمن الرحيم " * 20,
    "hebrew, never in our fonts": "שלום עולם " * 20,
    "japanese and chinese": "日本語のテキスト你好" * 30,
    "control characters and lone surrogates": "\x00\x07\ud800\u202e abc \u2028 \ufffe",
    "only spaces": " \n\t\u00a0 ",
    "many combining marks": "Z̸̢̛͎̻͇a̵̡͚̓l̷̫̎g̶̯̈́o̴͔͝ " * 30,
    "format fields": "{0} %s ${x} <b>&amp;</b> \\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_stays_inside_the_panel_and_never_stops_the_artist(text: str) -> None:
    panel = brief(
        description=text,
        narration=text,
        dialogues=(Dialogue(text[:40], text), Dialogue("Kancil", text), Dialogue("", text)),
        characters=(Look(text, text),),
        background=Look(text, text),
        style=Look(text, text),
    )
    size = SIZES["square"]
    style = style_named(text)
    words = local.lettering(panel, cast_of(panel), style, size)
    boxes = [one.box for one in words.spoken] + ([words.told[1]] if words.told else [])
    page = Box(0, 0, *size)
    assert all(page.left <= box.left and page.top <= box.top and box.right <= page.right and box.bottom <= page.bottom for box in boxes)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    for one in words.spoken:
        assert one.block.width <= one.box.width
        assert one.block.size >= SMALLEST
    assert words.clear < size[1] * 0.8, "no room is left for the figures"
    assert opened(local.draw(panel)).size == size


def test_a_panel_without_words_and_people_is_a_landscape() -> None:
    empty = brief(description="", narration="", dialogues=())
    assert cast_of(empty) == ()
    assert ImageStat.Stat(local.panel(empty, (1024, 1024))).stddev[0] > 20


def test_every_background_of_the_catalogue_is_a_scene_of_its_own() -> None:
    from infra.seed.catalogue import BACKGROUNDS

    scenes = [scenery.scene_of(row.name, row.description_prompt, "") for row in BACKGROUNDS]
    assert len(set(scenes)) == len(BACKGROUNDS)


def test_a_place_nobody_drew_yet_is_the_same_one_every_time() -> None:
    assert scenery.scene_of("Xyzzy", "", "") == scenery.scene_of("xyzzy", "", "")
    rng = Random(1)
    assert len({scenery.scene_of("".join(rng.choices("bcdfgh", k=8)), "", "") for _ in range(40)}) > 8


def test_an_unknown_style_is_one_of_the_sixteen_and_always_the_same() -> None:
    assert style_named("Gaya Rahasia") is style_named("gaya rahasia ")
    assert style_named("manga") is style_named("Manga B&W")
    assert len({style_named(name).name for name in "abcdefghijklmnopqrstuvwxyz"}) > 6
