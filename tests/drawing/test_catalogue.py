"""The catalogue of a new installation: its rows, pictures and music."""

import io
import wave
from array import array
from itertools import pairwise

import pytest
from PIL import Image, ImageChops, ImageStat

from common.drawing.styles import STYLES
from infra.seed import catalogue, music, pictures


def test_the_rows_are_the_promised_ones_in_order() -> None:
    assert [row.name for row in catalogue.STYLES] == [style.name for style in STYLES]
    assert [row.name for row in catalogue.GENRES][:2] == ["Fiksi Keluarga", "Slice of Life"]
    assert (len(catalogue.STYLES), len(catalogue.GENRES)) == (16, 12)
    assert min(len(catalogue.CHARACTERS), len(catalogue.BACKGROUNDS)) >= 14
    for rows in (catalogue.STYLES, catalogue.GENRES, catalogue.CHARACTERS, catalogue.BACKGROUNDS, catalogue.PACKAGES, catalogue.MUSIC):
        assert [row.id for row in rows] == list(range(1, len(rows) + 1))
        assert len({row.name for row in rows}) == len(rows)


def test_a_dearer_package_offers_more_and_basic_costs_16500() -> None:
    packages = catalogue.PACKAGES
    assert (packages[1].id, packages[1].name, packages[1].price) == (2, "Basic", 16_500)
    for less, more in pairwise(packages):
        assert less.price < more.price
        assert less.publish_quota < more.publish_quota
        assert less.bonus_credits < more.bonus_credits
        assert more.price / more.publish_quota <= less.price / less.publish_quota


def test_every_picture_has_its_own_name_in_the_public_bucket() -> None:
    names = {pictures.object_name(kind, row) for kind in ("styles", "characters", "backgrounds", "music") for row in range(1, 30)}
    assert len(names) == 4 * 29
    assert pictures.object_name("styles", 1) == "catalog/styles/1.webp"


def test_the_first_pictures_are_small_square_webps_and_differ() -> None:
    seen = []
    for (name, data, content_type), row in zip(pictures.pictures(), catalogue.STYLES[:2], strict=False):
        assert (name, content_type) == (f"catalog/styles/{row.id}.webp", "image/webp")
        picture = Image.open(io.BytesIO(data))
        assert (picture.format, picture.size) == ("WEBP", (512, 512))
        assert len(data) < 200_000
        seen.append(data)
    assert len(set(seen)) == 2


@pytest.mark.parametrize("row", catalogue.CHARACTERS, ids=lambda row: row.name)
def test_a_character_fills_its_portrait_without_being_cut_off(row: catalogue.Template) -> None:
    picture = pictures.portrait(row)
    grey = picture.convert("L").reduce(4)
    middle = grey.crop((40, 40, 216, 216))
    assert ImageStat.Stat(middle).stddev[0] > 20, "nobody is there"
    for edge in ((0, 0, 6, 256), (250, 0, 256, 256)):
        strip = grey.crop(edge)
        # The ground is a soft wash from top to bottom; a limb that crosses the edge is a dark step in it.
        steps = ImageChops.difference(strip, ImageChops.offset(strip, 0, 1)).crop((0, 2, 6, 254))
        assert max(steps.tobytes()) < 60


def test_a_view_has_no_figure_in_it_and_each_differs() -> None:
    views = [
        pictures.view(row).reduce(64).tobytes() for row in (catalogue.BACKGROUNDS[0], catalogue.BACKGROUNDS[7], catalogue.BACKGROUNDS[9])
    ]
    assert len(set(views)) == 3


@pytest.mark.parametrize("track", [catalogue.MUSIC[2], catalogue.MUSIC[4]], ids=lambda track: track.name)
def test_a_track_lasts_as_long_as_its_row_says_and_can_be_heard(track: catalogue.Music) -> None:
    data = music.music(track)
    with wave.open(io.BytesIO(data)) as sound:
        assert sound.getnframes() / sound.getframerate() == track.duration
        samples = array("h", sound.readframes(sound.getnframes()))
    assert len(data) < 1_000_000
    assert 20_000 < max(samples) <= 32_767
    quarter = len(samples) // 4
    assert all(max(map(abs, samples[part * quarter : (part + 1) * quarter])) > 3000 for part in range(4)), "a part of it is silent"
    assert abs(samples[0] - samples[-1]) < 4000, "the loop clicks where it starts again"


def test_every_track_has_a_score() -> None:
    assert {track.genre for track in catalogue.MUSIC} <= set(music._SCORES)
