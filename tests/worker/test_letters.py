"""What people read in our mails."""

import json
import re
from datetime import timedelta

import pytest

from common import clock, codes, mails, work
from common.db import transaction
from functions.worker import letters
from functions.worker.kinds import KINDS
from infra.local import mail as stand_in
from tests.social import scene
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


@pytest.fixture
def the_server_says(monkeypatch):
    """`the_server_says(reply)` is what the mail server answers to every address from then on, and with None it takes mail again."""
    takes = stand_in._Mailbox.handle_RCPT

    def answer(reply):
        async def refuses(*_):
            return reply

        monkeypatch.setattr(stand_in._Mailbox, "handle_RCPT", refuses if reply else takes)

    return answer


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


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        ("550 5.4.5 Daily limit exceeded, see budi@refused.test", "550 5.4.5"),
        ("554 budi@refused.test: sender not verified", "554"),
    ],
)
def test_a_mail_that_the_server_refuses_for_good_is_told_to_operations_without_the_address(api, the_server_says, capfd, refusal, why):
    the_server_says(refusal)
    budi = scene.person(api)
    with transaction() as db:
        mails.queue(db, "welcome", budi.user["id_users"])
    capfd.readouterr()
    api.work("mail")
    written = capfd.readouterr().out
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    assert [line["why"] for line in lines if line["message"] == "a mail was refused"] == [why]
    assert budi.user["email"] not in written and "refused.test" not in written


@pytest.fixture
def each_minute(monkeypatch):
    """`each_minute(job, minutes)` is what became of a job in each of the minutes from now on; later minutes go on from there."""
    moment = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def tried(job, minutes):
        outcomes = []
        for _ in range(minutes):
            moment[0] += timedelta(seconds=61)
            outcomes.append(work.on(job, KINDS))
        return outcomes

    return tried


def newest_job():
    return scene.rows("select max(id) as id from jobs")[0].id


# As real servers say it; that the log has no address in it is looked at in every test.
BUSY = "450 4.2.0 <budi@sibuk.example>: Recipient address rejected: Greylisted, try again later"


def test_a_letter_waits_out_a_mail_server_that_is_busy_for_an_hour(api, mailbox, the_server_says, each_minute):
    budi = scene.person(api)
    with transaction() as db:
        mails.queue(db, "suspended", budi.user["id_users"], reason="spam")
    the_server_says(BUSY)
    assert set(each_minute(newest_job(), 60)) == {"retry"}
    the_server_says(None)
    assert each_minute(newest_job(), 2) == ["done", "nothing to do"]
    assert mailbox.count(budi.user["email"]) == 1


def test_a_code_that_a_busy_mail_server_held_up_lives_from_its_mail_on_and_survives_no_more_guesses(
    api, mailbox, the_server_says, each_minute
):
    budi = scene.person(api)
    email = budi.user["email"]
    with transaction() as db:
        codes.request(db, "reset", email, budi.user["id_users"])
    job = newest_job()
    the_server_says(BUSY)
    assert set(each_minute(job, 12)) == {"retry"}
    scene.change("update otp_requests set attempts = 2 where destination = :email", email=email)
    the_server_says(None)
    assert each_minute(job, 1) == ["done"]
    each_minute(job, 14)
    code = mailbox.code(email)
    guesses = [scene.run(codes.use, "reset", email, each) for each in (str((int(code) + 1) % 10**6).zfill(6), "x", code)]
    assert guesses == [None, None, budi.user["id_users"]]


def test_a_code_is_not_sent_any_more_once_nobody_waits_for_it(api, the_server_says, each_minute):
    budi = scene.person(api)
    with transaction() as db:
        codes.request(db, "reset", budi.user["email"], budi.user["id_users"])
    the_server_says(BUSY)
    assert each_minute(newest_job(), 16)[14:] == ["failed", "nothing to do"]


def test_a_mail_server_that_never_says_that_it_took_a_letter_is_not_given_it_for_hours(api, monkeypatch, each_minute):
    taken = []

    async def lost(self, server, *_):
        taken.append(server)
        server.transport.abort()

    monkeypatch.setattr(stand_in._Mailbox, "handle_DATA", lost)
    with transaction() as db:
        mails.queue(db, "welcome", scene.person(api).user["id_users"])
    assert each_minute(newest_job(), 10)[2:4] == ["failed", "nothing to do"]
    assert len(taken) == 3
