"""One-time codes: how many, how many guesses, and that nobody learns who has an account."""

import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest

from common import clock, db, jobs
from tests.support import people


def sql(statement, **values):
    with db.transaction() as changing:
        return changing.all(statement, **values)


def test_a_registration_is_verified_by_checking_its_code(api, mailbox):
    email = people.address()
    api.post("/register", {"full_name": "Ani", "email": email, "password": people.PASSWORD}, expect=201)
    api.work("mail_code")
    answer = api.post("/users/check-verification-code", {"email": email, "verification_code": mailbox.code(email)}, expect=200)
    assert (answer.data["email"], answer.data["is_verified"]) == (email, True)
    shown = api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=200).data["user"]
    assert shown["kredit"] == 1
    api.post("/verify", {"email": email, "verification_code": mailbox.code(email)}, expect=400)


def test_a_code_that_was_asked_for_verifies_too(api, mailbox, monkeypatch):
    monkeypatch.setenv("CODE_COOLDOWN_SECONDS", "0")
    email = people.address()
    api.post("/register", {"full_name": "Ani", "email": email, "password": people.PASSWORD}, expect=201)
    assert api.post("/users/send-otp", {"email": email}, expect=200).json == {"ok": True}
    api.work("mail_code")
    api.post("/users/check-verification-code", {"email": email, "verification_code": mailbox.code(email), "purpose": "verify"}, expect=200)


def test_a_verified_address_gets_no_code_by_asking(api, signed_in, mailbox):
    email = signed_in().user["email"]
    sql("delete from otp_requests where destination = :email", email=email)
    api.post("/users/send-otp", {"email": email}, expect=200)
    before = mailbox.count(email)
    api.work("mail_code")
    assert mailbox.count(email) == before


@pytest.mark.parametrize("path", ["/users/send-otp", "/password/send-reset-token"])
def test_codes_come_a_minute_apart_five_an_hour_and_ten_a_day(api, path, monkeypatch):
    email, start = people.address(), datetime.now(UTC)
    moment = [start]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def ask(seconds):
        moment[0] = start + timedelta(seconds=seconds)
        return api.post(path, {"email": email})

    assert ask(0).status == 200
    soon = ask(10)
    assert (soon.status, soon.headers["Retry-After"]) == (429, "51")
    assert [ask(61 * n).status for n in range(1, 5)] == [200] * 4
    hourly = ask(400)
    assert hourly.status == 429 and 3190 <= int(hourly.headers["Retry-After"]) <= 3202
    assert [ask(3700 + 61 * n).status for n in range(6)] == [200] * 5 + [429]
    daily = ask(8 * 3600)
    assert daily.status == 429 and int(daily.headers["Retry-After"]) > 15 * 3600
    assert ask(86401).status == 200


def test_the_daily_limit_holds_over_all_purposes(api, monkeypatch):
    email, start = people.address(), datetime.now(UTC)
    moment = [start]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    answers = []
    for n in range(12):
        moment[0] = start + timedelta(hours=n)
        answers += [api.post(path, {"email": email}).status for path in ("/users/send-otp", "/password/send-reset-token")]
    assert answers.count(200) == 10


def test_guessing_all_day_from_everywhere_stays_within_fifty_guesses(api, signed_in, monkeypatch):
    email = signed_in().user["email"]
    sql("delete from otp_requests where destination = :email", email=email)
    start = datetime.now(UTC) - timedelta(days=2)
    moment = [start]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    guesses = 0
    for minute in range(0, 24 * 60, 30):
        moment[0] = start + timedelta(minutes=minute)
        origin = {"X-Forwarded-For": f"10.{minute % 250}.{minute // 250}.1"}
        sent = api.post("/password/send-reset-token", {"email": email}, headers=origin).status == 200
        if sent:
            api.work("mail_code")
        for turn in range(7 if sent else 2):
            path, more = [("verify-reset-token", {}), ("reset-password", {"new_password": "sandi-si-pencuri"})][turn % 2]
            answer = api.post(f"/password/{path}", {"email": email, "reset_token": f"{guesses:06}", **more}, headers=origin)
            assert answer.status == 400
            guesses += 1
    (counted,) = sql(
        "select sum(attempts) as tries, count(*) as codes from otp_requests where destination = :email and purpose = 'reset'", email=email
    )
    assert guesses == 146 and counted.codes == 10 and counted.tries == 50


def _strangers_and_members(count):
    """As many verified accounts as addresses without one."""
    members = [people.address() for _ in range(count)]
    for email in members:
        sql(
            "insert into users (full_name, email, referral_code_id, is_verified, language) values ('Anggota', :email, :email, true, 'id')",
            email=email,
        )
    return [(email, people.address()) for email in members]


def _overlap(ones, others):
    """The chance that one of `ones` is larger than one of `others`; 0.5 when nothing tells them apart."""
    return sum((one > other) + (one == other) / 2 for one in ones for other in others) / (len(ones) * len(others))


@pytest.fixture
def no_mails(database, monkeypatch):
    """The mails that were asked for are never sent, nor their bells rung: hundreds would keep the stand-ins and later tests busy."""
    monkeypatch.setattr(jobs, "_ring", lambda *bell: None)
    yield
    sql("delete from jobs where kind = 'mail_code' and status = 'queued'")


RESET = {"reset_token": "123456", "new_password": "sandi-si-penebak"}


@pytest.fixture(scope="module")
def pairs(database):
    """Two hundred times an address with an account and one without."""
    return _strangers_and_members(200)


def _alike(api, path, pair, more, *, turned):
    """Ask for both of a pair in turns; the seconds of each. The answers are the same to the last byte."""
    answers, seconds = {}, {}
    for which in (0, 1) if turned else (1, 0):
        started = time.perf_counter()
        answers[which] = api.post(path, {"email": pair[which], **more})
        seconds[which] = time.perf_counter() - started
    member, stranger = answers[0], answers[1]
    ours = ("X-Request-Id", "Date")
    heads = [{name: value for name, value in answer.headers.items() if name not in ours} for answer in (member, stranger)]
    assert (member.status, member.body, heads[0]) == (stranger.status, stranger.body, heads[1])
    return seconds[0], seconds[1]


@pytest.mark.parametrize(("path", "more"), [("/password/send-reset-token", {}), ("/password/reset-password", RESET)])
def test_neither_the_answer_nor_its_time_tells_who_has_an_account(api, pairs, no_mails, path, more):
    times = [_alike(api, path, pair, more, turned=bool(number % 2)) for number, pair in enumerate(pairs)]
    members, strangers = zip(*times, strict=True)
    assert 0.35 < _overlap(members, strangers) < 0.65, [statistics.median(each) for each in (members, strangers)]


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/password/verify-reset-token", {"reset_token": "123456"}),
        ("/users/send-otp", {}),
        ("/users/check-verification-code", {"verification_code": "123456"}),
    ],
)
def test_no_answer_tells_who_has_an_account(api, pairs, no_mails, path, more):
    for pair in pairs[:10]:
        _alike(api, path, pair, more, turned=True)


def test_codes_are_stored_as_keyed_hashes_and_no_job_holds_one(api, signed_in, mailbox):
    email = signed_in().user["email"]
    api.post("/password/send-reset-token", {"email": email}, expect=200)
    api.work("mail_code")
    code = mailbox.code(email)
    rows = sql(
        "select cast(row_to_json(o) as text) as text from otp_requests o where destination = :email and purpose = 'reset'", email=email
    )
    rows += sql("select cast(payload as text) as text from jobs where kind in ('mail', 'mail_code') order by id desc limit 5")
    assert not any(f'"{code}"' in row.text for row in rows)
    assert not any(email in row.text for row in rows if "destination" not in row.text)


def test_a_code_in_other_digits_or_lengths_is_no_code(api):
    for code in ("12345", "1234567", "١٢٣٤٥٦", "12345a", " 123456", "123456\n", ""):
        api.post("/users/check-verification-code", {"email": "a@contoh.id", "verification_code": code}, expect=422)
