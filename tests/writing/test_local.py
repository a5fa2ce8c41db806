"""The local writer: real tales become storyboards that keep who, where, what and who says it."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.clients.writer import Script, Story
from common.writing.local import write

TALES = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "tales").glob("*.txt"))}
SIZES = [(1, 1), (1, 2), (3, 2), (8, 2), (25, 2), (25, 3)]


def script(text: str, pages: int = 8, per_page: int = 2, **chosen: tuple[str, ...]) -> Script:
    return write(Story(text=text, page_count=pages, panels_per_page=per_page, style="Buku Cerita", **chosen))


def check(made: Script, pages: int, per_page: int) -> None:
    """What holds for every script of this writer, whatever the story."""
    assert [(p.page_number, p.panel_number) for p in made.panels] == [(a, b) for a in range(1, pages + 1) for b in range(1, per_page + 1)]
    assert 0 < len(made.title) <= 200 and len(made.synopsis) <= 1000 and len(made.keywords) <= 12
    assert made.theme and made.mood
    assert len({panel.description for panel in made.panels}) == len(made.panels)
    for panel in made.panels:
        assert 0 < len(panel.description) <= 1000 and len(panel.narration) <= 220 and len(panel.dialogues) <= 2
        assert all(0 < len(line.text) <= 90 and 0 < len(line.speaker) <= 60 for line in panel.dialogues)
    every = [made.title, made.synopsis, *made.keywords, *(p.description + p.narration for p in made.panels)]
    assert not any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for text in every for character in text)


@pytest.mark.parametrize("tale", TALES)
@pytest.mark.parametrize(("pages", "per_page"), SIZES)
def test_every_tale_gets_exactly_its_panels_each_with_content_of_its_own(tale: str, pages: int, per_page: int) -> None:
    check(script(TALES[tale], pages, per_page), pages, per_page)


@pytest.mark.parametrize(
    ("tale", "title"),
    [
        ("kancil", "Kancil dan Buaya"),
        ("malin_kundang", "Malin Kundang dan Ibunya"),
        ("timun_mas", "Timun Mas dan Raksasa"),
        ("payung_merah", "Payung Merah"),
        ("warung", "Pak Darmo dan Bu Tini"),
        ("mouse_deer", "The Mouse Deer and the Crocodile"),
    ],
)
def test_a_title_says_whom_the_story_is_about_unless_its_teller_gave_one(tale: str, title: str) -> None:
    assert script(TALES[tale]).title == title


def test_a_short_idea_is_its_own_title() -> None:
    assert script("kucing hilang").title == "Kucing Hilang"
    assert script("anak yang takut pada hujan").title == "Anak yang Takut pada Hujan"


def test_what_is_said_is_said_by_those_who_say_it() -> None:
    said = {line.text: line.speaker for panel in script(TALES["kancil"]).panels for line in panel.dialogues}
    assert said["Kabar apa itu, Kancil?"] == "Buaya"
    assert said["Hai, para buaya! Aku membawa kabar gembira dari Raja Sulaiman!"] == "Kancil"
    assert said["Satu, dua, tiga, empat!"] == "Kancil"


def test_an_untagged_answer_belongs_to_the_other_speaker() -> None:
    said = {line.text: line.speaker for panel in script(TALES["warung"], 25).panels for line in panel.dialogues}
    assert said["Dari tadi belum mendidih."] == "Pak Darmo"
    assert said["Asal kopinya gratis!"] == "Pak Darmo"
    assert said["Ternyata saya salah."] == "Pak Darmo"
    assert said["Jembatan desa akan diperbaiki!"] == "Dewi"
    umbrella = {line.text: line.speaker for panel in script(TALES["payung_merah"]).panels for line in panel.dialogues}
    assert umbrella["Rumah Nenek dekat. Bawa saja payung ini, besok kembalikan."] == "Nenek"


def test_english_stories_are_written_in_english() -> None:
    made = script(TALES["mouse_deer"])
    said = {line.text: line.speaker for panel in made.panels for line in panel.dialogues}
    assert said["A feast? How many of us may come?"] == "Crocodile"
    assert said["Thank you for the bridge!"] == "Mouse Deer"
    assert made.panels[0].description.startswith("Wide shot.") and made.theme == "Wit beats strength"


def test_all_direct_speech_appears_when_there_is_room() -> None:
    said = " ".join(line.text for panel in script(TALES["malin_kundang"], 25).panels for line in panel.dialogues)
    for words in ("izinkan aku pergi berlayar", "Jangan lupakan ibumu", "Ibuku tidak seperti kamu", "hukumlah dia menjadi batu"):
        assert words in said


@pytest.mark.parametrize("pages", [1, 3, 8, 25])
@pytest.mark.parametrize(
    ("tale", "opening", "ending"),
    [
        ("kancil", "Pada suatu hari", "perut kosong"),
        ("malin_kundang", "desa nelayan", "masih dapat dilihat di pantai"),
        ("timun_mas", "Mbok Srini", "hidup bahagia"),
        ("payung_merah", "bangun kesiangan", "setiap hari Senin"),
    ],
)
def test_beginning_and_end_of_a_story_are_in_the_first_and_the_last_page(tale: str, opening: str, ending: str, pages: int) -> None:
    panels = script(TALES[tale], pages).panels
    assert opening in " ".join(panel.narration for panel in panels[:2])
    assert ending in " ".join(panel.narration for panel in panels[-4:])


def test_the_middle_of_a_story_is_in_the_middle_of_the_script() -> None:
    panels = script(TALES["timun_mas"], 3).panels
    middle = " ".join(panel.narration for panel in panels[2:4])
    assert "Raksasa mengejar" in middle or "menyuruhnya lari" in middle


def test_captions_are_the_storys_own_words() -> None:
    tale = TALES["payung_merah"]
    for panel in script(tale, 8).panels:
        for sentence in panel.narration.rstrip(".").split(". "):
            assert sentence[1:] in tale


def test_descriptions_name_whom_a_pronoun_means() -> None:
    panels = script(TALES["kancil"]).panels
    told = next(panel for panel in panels if panel.narration == "Mereka segera berbaris rapi hingga menyerupai jembatan.")
    assert "Para Buaya segera berbaris rapi" in told.description
    assert "Kancil terus melompat" in next(panel.description for panel in panels if panel.narration.startswith("Ia terus melompat"))


def test_descriptions_say_where() -> None:
    panels = script(TALES["timun_mas"]).panels
    assert any("hutan bambu" in panel.description for panel in panels) and any("Latar: ladang" in panel.description for panel in panels)


def test_a_story_shorter_than_its_comic_is_shown_from_several_sides_without_another_plot() -> None:
    made = script("kucing hilang", 25)
    check(made, 25, 2)
    assert [panel.narration for panel in made.panels if panel.narration] == ["Kucing hilang."]
    assert all("Kucing" in panel.description or "tempat itu" in panel.description for panel in made.panels)


def test_what_the_creator_chose_fills_in_for_what_the_story_does_not_say() -> None:
    made = script("Hari yang sangat panjang.", 3, characters=("Budi si Penjelajah",), backgrounds=("Stasiun Tua",))
    assert "Stasiun Tua" in made.panels[0].description and "Budi si Penjelajah" in made.panels[0].description


def test_keywords_are_figures_and_motifs_and_no_empty_words() -> None:
    words = script(TALES["kancil"]).keywords
    assert words[:2] == ("Kancil", "Buaya") and "rambutan" in words
    assert not {"yang", "dan", "ia", "sangat", "ke", "di"} & set(words)


def test_theme_and_mood_follow_the_story() -> None:
    malin = script(TALES["malin_kundang"])
    assert malin.theme == "Berbakti kepada orang tua" and malin.mood.endswith("sedih")
    assert script("Ani pergi.", genres=("Horor",)).mood == "misterius"


def test_a_story_without_words_still_becomes_a_comic() -> None:
    for text in ("", "😀🐱🎉" * 20, "...", "\ud800\x00"):
        made = script(text, 2)
        check(made, 2, 2)
        assert made.title == "Cerita Tanpa Kata"


def test_the_same_story_gives_the_same_script_in_every_process() -> None:
    # Sets of strings are iterated in another order in every process; nothing may hang on that.
    program = "import sys; from common.clients.writer import Story; from common.writing.local import write; "
    program += "print(write(Story(sys.stdin.read(), 25, 2, '')))"
    tied = "di hutan hidup seekor harimau, singa, gajah, kerbau, rusa, dan monyet. lalu datanglah ular, katak, semut, dan lebah."
    outputs = set()
    for seed in ("1", "2", "3"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", program], input=tied.encode(), env=env, capture_output=True, check=True)
        outputs.add(hashlib.sha256(done.stdout).hexdigest())
    assert len(outputs) == 1


@pytest.mark.parametrize(
    "text",
    ["kancil pergi ke hutan lalu makan " * 1500, "'a " * 8_000, '"a" ' * 8_000, "Kancil berkata, " * 3000, "A" * 40_000 + "1" * 20_000],
    ids=["no full stop", "stray quotes", "many quotes", "tags alone", "one word"],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    check(script(text, 25), 25, 2)
    assert time.process_time() - began < 8


typed = st.text(st.characters(), max_size=200)
phrases = st.lists(
    st.sampled_from(
        [
            "Kancil",
            "buaya",
            "ia",
            "kata",
            "“Hai,”",
            '"Apa?"',
            "'Ya.'",
            "berkata,",
            "di hutan",
            ".",
            "!",
            "…",
            "\n",
            "mereka",
            "-",
            ":",
            "Ibu",
            "😀",
        ]
    ),
    max_size=60,
).map(" ".join)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(text=st.one_of(typed, phrases), pages=st.integers(1, 25), per_page=st.integers(1, 4))
def test_any_text_at_all_becomes_a_well_formed_script(text: str, pages: int, per_page: int) -> None:
    check(script(text, pages, per_page), pages, per_page)
