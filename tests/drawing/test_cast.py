"""Who appears in a panel, how they look, and what they feel and do."""

import pytest

from common.clients.artist import Brief, Look
from common.clients.writer import Dialogue
from common.drawing.acting import about, mood_of, pose_in
from common.drawing.cast import cast_of, speaks
from common.drawing.colours import NAMED, dice
from common.drawing.skies import hour_in
from common.drawing.vocabulary import GREY
from common.drawing.wardrobe import person
from infra.seed.catalogue import CHARACTERS


def panel(description: str, *dialogues: tuple[str, str], characters: tuple[Look, ...] = ()) -> Brief:
    lines = tuple(Dialogue(*line) for line in dialogues)
    return Brief(description, "", lines, Look("Cartoon", ""), characters, None, "portrait", 1, 1, 1)


def species(brief: Brief) -> list[str]:
    return [one.species or "person" for one in cast_of(brief)]


@pytest.mark.parametrize(
    ("text", "animal"),
    [
        ("Seekor kancil minum", "kancil"),
        ("Buaya itu lapar", "buaya"),
        ("Kura-kura berjalan pelan", "kura"),
        ("The tiger sleeps", "harimau"),
        ("Ikan kecil berenang", "ikan"),
        ("Burung hinggap di dahan", "burung"),
    ],
)
def test_an_animal_that_the_text_names_appears_though_nobody_chose_it(text: str, animal: str) -> None:
    assert species(panel(text)) == [animal]


@pytest.mark.parametrize("word", ["Ibu", "Ayah", "Nenek", "Kakek", "Raja", "Guru", "Petani", "Anak"])
def test_a_person_that_the_text_names_appears(word: str) -> None:
    (one,) = cast_of(panel(f"{word} tersenyum di depan rumah"))
    assert one.person


def test_food_and_tales_told_bring_no_animal_on_stage() -> None:
    assert cast_of(panel("Di meja ada ayam goreng, telur bebek dan daging sapi")) == ()


def test_a_doubled_word_means_many_but_a_turtle_is_one() -> None:
    assert cast_of(panel("Buaya-buaya berbaris"))[0].many
    assert cast_of(panel("Para buaya berbaris"))[0].many
    assert not cast_of(panel("Kura-kura berbaris"))[0].many


def test_whoever_speaks_comes_first_and_the_narrator_is_nobody() -> None:
    cast = cast_of(panel("Harimau dan gajah bertemu", ("Narator", "Lalu..."), ("Gajah", "Halo!")))
    assert [one.species for one in cast] == ["gajah", "harimau"]
    assert [one.lines for one in cast] == [1, 0]


def test_a_chosen_character_and_its_name_in_the_text_are_one_figure() -> None:
    chosen = (Look("Kancil Cerdik", "kancil kecil berbulu cokelat"), Look("Nenek Wati", "nenek berkebaya"))
    cast = cast_of(panel("Kancil menyapa nenek", ("Kancil", "Halo, Nek!"), ("Nenek", "Halo, Cu."), characters=chosen))
    assert [one.name for one in cast] == ["Kancil Cerdik", "Nenek Wati"]
    assert all(one.chosen for one in cast)


def test_chosen_characters_appear_when_the_text_names_nobody() -> None:
    chosen = (Look("Budi", "anak laki-laki"), Look("Siti", "gadis kecil"))
    assert [one.name for one in cast_of(panel("Hari yang cerah", characters=chosen))] == ["Budi", "Siti"]


def test_a_hero_named_after_an_eagle_is_a_person() -> None:
    chosen = (Look("Garuda Muda", "superhero remaja laki-laki, kostum biru"),)
    cast = cast_of(panel("Garuda Muda terbang", ("Garuda Muda", "Aku datang!"), characters=chosen))
    assert [(one.species, one.person.outfit if one.person else "") for one in cast] == [("", "hero")]


def test_no_panel_is_crowded_by_more_than_four_figures() -> None:
    assert len(cast_of(panel("Kancil, buaya, harimau, gajah, monyet, ular dan ikan berkumpul"))) == 4


def test_speakers_are_recognised_by_title_and_by_kind() -> None:
    (grandma,) = cast_of(panel("Nenek memasak"))
    assert speaks(grandma, "nenek")
    assert speaks(grandma, "Grandma")
    assert not speaks(grandma, "Kakek")
    assert not speaks(grandma, "")


def test_the_catalogues_characters_look_as_their_descriptions_say() -> None:
    looks = {row.name: person(row.name, row.description_prompt) for row in CHARACTERS[:14]}
    assert (looks["Siti"].age, looks["Siti"].hair, looks["Siti"].top) == ("child", "pigtails", NAMED["kuning"])
    assert (looks["Budi"].age, looks["Budi"].female, looks["Budi"].top, looks["Budi"].bottom) == (
        "child",
        False,
        NAMED["merah"],
        NAMED["biru"],
    )
    assert (looks["Ibu Rina"].female, looks["Ibu Rina"].hair) == (True, "hijab")
    assert (looks["Pak Joko"].hat, looks["Pak Joko"].beard, looks["Pak Joko"].female) == ("caping", "moustache", False)
    assert (looks["Nenek Wati"].age, looks["Nenek Wati"].outfit, looks["Nenek Wati"].hair_colour) == ("elder", "kebaya", GREY)
    assert (looks["Kakek Hasan"].hat, looks["Kakek Hasan"].beard) == ("peci", "beard")
    assert looks["Bu Guru Dewi"].glasses
    assert (looks["Made"].hat, looks["Made"].female) == ("udeng", False)
    assert looks["Yohana"].hair == "curly"
    assert (looks["Chef Tono"].hat, looks["Chef Tono"].top, looks["Chef Tono"].stout > 1) == ("toque", NAMED["merah"], True)
    assert looks["Dokter Maya"].outfit == "coat"
    assert (looks["Raja Aditya"].hat, looks["Raja Aditya"].top) == ("crown", NAMED["ungu"])
    assert (looks["Garuda Muda"].outfit, looks["Garuda Muda"].top) == ("hero", NAMED["biru"])


def test_a_name_alone_gives_the_same_person_in_every_panel() -> None:
    assert person("Tirta") == person("Tirta")
    assert len({person(name).top for name in ("Tirta", "Galih", "Bagas", "Wisnu", "Ratih", "Laksmi")}) > 2


def test_words_decide_what_a_figure_feels_and_does() -> None:
    assert mood_of("Aku sangat marah!", "", dice(1)) == "angry"
    assert mood_of("", "Ia menangis di sudut", dice(1)) == "cry"
    assert mood_of("Kenapa dia tidur terus?", "Ia tidur", dice(1)) != "asleep", "nobody speaks in their sleep"
    assert pose_in("Budi berlari ke sekolah") == "run"


def test_what_one_figure_does_is_not_done_by_the_other() -> None:
    told = "Kura-kura tidur nyenyak sementara kelinci berlari"
    assert pose_in(about(frozenset({"kura-kura"}), frozenset({"kelinci"}), told)) == "sleep"
    assert pose_in(about(frozenset({"kelinci"}), frozenset({"kura-kura"}), told)) == "run"


def test_the_text_sets_the_hour() -> None:
    assert [hour_in(text) for text in ("Malam itu sunyi", "Pagi yang cerah", "Hujan turun", "Saat senja tiba", "Mereka bermain")] == [
        "night",
        "morning",
        "rain",
        "evening",
        None,
    ]
