"""What people read in our mails."""

import re

import pytest

from common.db import transaction
from functions.worker import letters
from tests.support import people

VALUES = {
    "code": "012345",
    "minutes": 15,
    "reason": "spam",
    "kredit": 1,
    "publish_quota": 3,
    "device": "Ponsel <b>",
    "when": "1 Mei 2026",
    "address": "si***@contoh.id",
}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", letters.LETTERS)
def test_every_letter_is_complete_in_both_languages_as_text_and_as_html(name, language):
    mail = letters.write(name, language, "Siti <i>Rahma</i>", **VALUES, until="2 Mei 2026")
    assert "\n" not in mail.subject and len(mail.subject) < 80
    assert not re.search(r"[{}]", mail.subject + mail.text)
    assert max(len(line) for line in mail.text.splitlines()) <= 76
    assert f'lang="{language}"' in mail.html and "<i>" not in mail.html and "<b>" not in mail.html
    assert ("012345" in mail.html) == ("{code}" in letters.LETTERS[name].body.en)


@pytest.mark.parametrize("name", ["Menang https://jahat.example", "www.jahat", "jahat.example", "a@b", "x/y"])
def test_a_name_that_is_a_link_is_not_sent_to_strangers(name):
    assert name not in letters.write("verify", "id", name, **VALUES).text


def test_an_ordinary_name_is_greeted():
    assert letters.write("welcome", "id", "dr. Siti  Rahma", **VALUES).text.startswith("Halo dr. Siti Rahma,\n\nakunmu sudah siap.")


IN_INDONESIAN, IN_ENGLISH = "Selamat datang di MamaStoria", "Welcome to MamaStoria"


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ({"Accept-Language": "id"}, IN_INDONESIAN),
        ({"Accept-Language": "en-GB, id;q=0.5"}, IN_ENGLISH),
        ({"Accept-Language": "fr, *;q=0.1"}, IN_INDONESIAN),
        ({}, IN_INDONESIAN),
    ],
)
def test_a_new_account_is_welcomed_once_in_the_language_that_its_app_asks_for_or_else_in_indonesian(api, mailbox, asked, subject):
    email = people.address()
    about = {"full_name": "Ani", "email": email, "password": people.PASSWORD}
    api.post("/register", about, headers=asked, expect=201)
    api.work("mail_code")
    api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    api.work("mail")
    assert mailbox.newest(email)["subject"] == subject
    with transaction() as db:
        assert db.value("select count(*) from jobs where kind = 'mail' and cast(payload as text) like :email", email=f"%{email}%") == 0
