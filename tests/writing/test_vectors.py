"""A text as a vector: two tellings of one tale are nearer to each other than to any other tale."""

import math
import subprocess
import sys

import pytest

from common.writing import stems, vectors
from tests.writing.tellings import TELLINGS

TALES = [(tale, number, vectors.vector(text, 256)) for tale, pair in TELLINGS.items() for number, text in enumerate(pair)]


def nearness(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("tale", "number", "vector"), TALES, ids=[f"{tale}-{number}" for tale, number, _ in TALES])
def test_the_nearest_of_twenty_is_the_other_telling_of_the_same_tale(tale, number, vector):
    others = [(nearness(vector, each), name) for name, which, each in TALES if (name, which) != (tale, number)]
    assert max(others)[1] == tale


def test_a_vector_has_length_one_and_as_many_places_as_asked():
    for dimensions in (16, 256, 768):
        vector = vectors.vector("Kancil dan buaya", dimensions)
        assert len(vector) == dimensions and math.isclose(math.hypot(*vector), 1)


@pytest.mark.parametrize("text", ["", "...", "dan yang itu", "🦌🐊", "12345"])
def test_a_text_without_words_of_meaning_has_a_vector_too(text):
    assert math.isclose(math.hypot(*vectors.vector(text, 64)), 1)


def test_the_order_of_words_and_their_case_do_not_matter():
    assert nearness(vectors.vector("KANCIL menipu buaya", 256), vectors.vector("Buaya ditipu kancil", 256)) > 0.9


def test_another_process_makes_the_same_vector():
    code = "from common.writing import vectors; print(vectors.vector('Timun Mas dan raksasa', 32))"
    told = subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(vectors.vector("Timun Mas dan raksasa", 32))


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        ("seberang menyeberangi diseberangi seberangnya", "seberang"),
        ("pukul memukul dipukul pemukul pukulan pukullah", "pukul"),
        ("tulis menulis penulis tulisan ditulis", "tulis"),
        ("lari berlari pelari dilarikan", "lari"),
        ("batu membatu batu-batu batunya", "batu"),
        ("sekolah", "sekolah"),
        ("ikan", "ikan"),
    ],
)
def test_forms_of_a_word_have_one_stem(forms, stem):
    assert {stems.stem(form) for form in forms.split()} == {stem}
