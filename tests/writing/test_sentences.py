"""Sentences and direct speech, however a story was typed."""

import pytest

from common.writing.sentences import Quote, Sentence, take_apart


def told(text: str) -> list[str]:
    return [" ".join(f"“{part.text}”" if isinstance(part, Quote) else part for part in s.parts) for s in take_apart(text).sentences]


def quotes(sentence: Sentence) -> list[str]:
    return [part.text for part in sentence.parts if isinstance(part, Quote)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Kancil lapar. Ia pergi! Ke mana?", ["Kancil lapar.", "Ia pergi!", "Ke mana?"]),
        ("Dr. Budi dan Prof. Ani datang. Lalu pulang.", ["Dr. Budi dan Prof. Ani datang.", "Lalu pulang."]),
        ("R. A. Kartini menulis surat. Ia gembira.", ["R. A. Kartini menulis surat.", "Ia gembira."]),
        ("Harganya Rp. 3.000 di Jl. Mawar no. 5 itu.", ["Harganya Rp. 3.000 di Jl. Mawar no. 5 itu."]),
        ("Ia membawa jarum, garam, dll. Lalu ia lari.", ["Ia membawa jarum, garam, dll.", "Lalu ia lari."]),
        ("Ia menunggu... dan menunggu. Sunyi...", ["Ia menunggu... dan menunggu.", "Sunyi..."]),
        ("kancil lapar. dia pergi. buaya datang", ["kancil lapar.", "dia pergi.", "buaya datang"]),
        ("从前有一只猫。它很饿。", ["从前有一只猫。", "它很饿。"]),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str, sentences: list[str]) -> None:
    assert told(text) == sentences


def test_bullets_and_numbers_of_a_list_are_not_part_of_the_story() -> None:
    assert told("- kucing lapar\n• kucing makan\n3) kucing tidur") == ["kucing lapar", "kucing makan", "kucing tidur"]
    assert told("1. Kucing lapar. 2. Kucing makan.") == ["Kucing lapar.", "Kucing makan."]


def test_a_line_that_only_wraps_goes_on_in_the_next_one() -> None:
    assert told("Dodi anak yang sangat\nsuka bola. Ia punya\nsepatu tua.") == ["Dodi anak yang sangat suka bola.", "Ia punya sepatu tua."]


def test_a_long_line_goes_on_in_the_next_one_also_where_that_begins_with_a_name() -> None:
    told = 'Kancil berdiri di tepi sungai, lalu menghitung dengan suara lantang. "Satu, dua!" hitung\nKancil. "Terima kasih banyak atas bantuan kalian semua hari ini,\nBuaya!"'
    assert [sentence.narrated for sentence in take_apart(told).sentences] == [
        sentence.narrated for sentence in take_apart(told.replace("\n", " ")).sentences
    ]
    assert len(take_apart("Payung Merah\nRina bangun kesiangan.").sentences) == 1


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "‘{}’", "'{}'", "«{}»", "„{}”"])
def test_every_pair_of_quotes_holds_direct_speech_together_with_its_tag(marks: str) -> None:
    sentences = take_apart("Buaya diam. " + marks.format("Hai! Siapa itu?") + " kata Kancil. Buaya pergi.").sentences
    assert [quotes(sentence) for sentence in sentences] == [[], ["Hai! Siapa itu?"], []]
    assert sentences[1].narrated == "kata Kancil."


def test_apostrophes_are_no_quotes() -> None:
    sentences = take_apart("Ma'af, it's Ani's cat. Don't cry, Jum'at will come.").sentences
    assert [quotes(sentence) for sentence in sentences] == [[], []]


def test_a_quote_that_nobody_closed_is_ordinary_text() -> None:
    assert told('"Hai, kata Kancil. Lalu ia pergi.') == ['"Hai, kata Kancil.', "Lalu ia pergi."]


def test_lines_like_a_play_name_their_speakers() -> None:
    sentences = take_apart("Kancil: Halo, Buaya!\nPak Tani: Siapa itu?\nNarator: Mereka lari.").sentences
    spoken = [(part.speaker, part.text) for s in sentences for part in s.parts if isinstance(part, Quote)]
    assert spoken == [("Kancil", "Halo, Buaya!"), ("Pak Tani", "Siapa itu?")]
    assert sentences[2].narrated == "Mereka lari."


def test_times_of_day_before_a_colon_are_not_speakers() -> None:
    assert told("Pagi: Budi bangun.\nMalam: Budi tidur.") == ["Pagi: Budi bangun.", "Malam: Budi tidur."]


def test_a_heading_or_a_labelled_line_is_the_title_and_not_told() -> None:
    assert take_apart("Payung Merah\n\nRina bangun kesiangan.").title == "Payung Merah"
    labelled = take_apart("Judul: Si Kecil\nTema: keberanian\nIa pergi ke hutan.")
    assert (labelled.title, len(labelled.sentences)) == ("Si Kecil", 1)
    assert take_apart("Kucing lapar\nKucing makan").title == ""


def test_an_order_for_a_story_is_not_part_of_the_story() -> None:
    assert told("Buatkan komik tentang robot yang kesepian.") == ["Robot yang kesepian."]
    assert told("A story about a lonely robot.") == ["A lonely robot."]
    assert told("Ceritanya dimulai di hutan.") == ["Ceritanya dimulai di hutan."]


@pytest.mark.parametrize("text", ["", " \n\t ", "...", "😀😀", "“”", "-\n-\n"])
def test_a_text_without_words_has_no_sentences(text: str) -> None:
    assert take_apart(text).sentences == ()
