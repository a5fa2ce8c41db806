"""Changing a password, and getting a new one by mail."""

import threading

import pytest

from common import clock, db
from tests.support import people

NEW = "kata-sandi-yang-baru"


def sql(statement, **values):
    with db.transaction() as changing:
        return changing.all(statement, **values)


def code_for(api, mailbox, email):
    """Ask for a reset and read its code."""
    api.post("/password/send-reset-token", {"email": email}, expect=200)
    api.work("mail_code")
    return mailbox.code(email)


def login(api, email, password, expect):
    return api.post("/login", {"identifier": email, "password": password}, expect=expect)


def test_a_new_password_ends_every_other_session_and_a_mail_tells(signed_in, api, mailbox):
    siti = signed_in()
    email = siti.user["email"]
    other = api.signed(login(api, email, people.PASSWORD, 200).data["tokens"]["access_token"])
    other.post("/user/update-fcm-token", {"fcm_token": f"token-{email}"}, expect=200)
    siti.post("/password/change-password", {"old_password": people.PASSWORD, "new_password": NEW}, expect=200)
    other.get("/profile", expect=401)
    siti.get("/profile")
    login(api, email, people.PASSWORD, 401)
    login(api, email, NEW, 200)
    assert sql("select 1 from devices where fcm_token = :token", token=f"token-{email}") == [], (
        "a device that was signed out gets no pushes"
    )
    api.work("mail")
    assert any(entry["to"] == email and "Kata sandi MamaStoria kamu diubah" in entry["subject"] for entry in api.services.outbox.entries())


def test_the_old_password_has_to_be_right_and_the_new_one_long_enough(signed_in, api):
    siti = signed_in()
    assert siti.post("/password/change-password", {"old_password": "salah", "new_password": NEW}, expect=400).error == "WrongPassword"
    siti.post("/password/change-password", {"old_password": people.PASSWORD, "new_password": "pendek"}, expect=422)
    siti.post("/password/change-password", {"old_password": people.PASSWORD, "new_password": "x" * 129}, expect=422)
    login(api, siti.user["email"], people.PASSWORD, 200)


def test_a_stolen_phone_gets_ten_guesses_at_the_old_password(signed_in):
    siti = signed_in()
    for _ in range(10):
        siti.post("/password/change-password", {"old_password": "salah", "new_password": NEW}, expect=400)
    refused = siti.post("/password/change-password", {"old_password": people.PASSWORD, "new_password": NEW}, expect=429)
    assert 0 < int(refused.headers["Retry-After"]) <= 900


def test_two_changes_at_the_same_moment_leave_one_password(signed_in, api):
    siti = signed_in()
    answers = {}

    def change(new):
        answers[new] = siti.post("/password/change-password", {"old_password": people.PASSWORD, "new_password": new}).status

    threads = [threading.Thread(target=change, args=(f"kata-sandi-baru-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [new for new, status in answers.items() if status == 200]
    assert len(winners) == 1 and set(answers.values()) <= {200, 400, 409}
    login(api, siti.user["email"], winners[0], 200)


def test_a_forgotten_password_is_replaced_with_the_code_of_the_mail(signed_in, api, mailbox):
    siti = signed_in()
    email = siti.user["email"]
    token = {"email": email, "reset_token": code_for(api, mailbox, email)}
    for _ in range(6):
        api.post("/password/verify-reset-token", token, expect=200)
    answer = api.post("/password/reset-password", {**token, "new_password": NEW}, expect=200)
    assert "data" not in answer.json, "a reset signs nobody in"
    siti.get("/profile", expect=401)
    login(api, email, people.PASSWORD, 401)
    login(api, email, NEW, 200)
    api.work("mail")
    assert any(entry["to"] == email and "Kata sandi MamaStoria kamu diubah" in entry["subject"] for entry in api.services.outbox.entries())


def test_a_reset_code_works_once_and_voids_the_others(signed_in, api, mailbox, monkeypatch):
    monkeypatch.setenv("CODE_COOLDOWN_SECONDS", "0")
    email = signed_in().user["email"]
    first, second = code_for(api, mailbox, email), code_for(api, mailbox, email)
    api.post("/password/reset-password", {"email": email, "reset_token": first, "new_password": NEW}, expect=200)
    for code in (first, second):
        api.post("/password/verify-reset-token", {"email": email, "reset_token": code}, expect=400)
        assert (
            api.post("/password/reset-password", {"email": email, "reset_token": code, "new_password": NEW}, expect=400).error
            == "InvalidCode"
        )
    assert len(sql("select used_at from password_resets r join users u on u.id_users = r.user_id where u.email = :email", email=email)) == 1


def test_four_resets_with_one_code_at_once_set_one_password(signed_in, api, mailbox):
    email = signed_in().user["email"]
    token = {"email": email, "reset_token": code_for(api, mailbox, email)}
    answers = []
    threads = [
        threading.Thread(
            target=lambda n=n: answers.append(api.post("/password/reset-password", {**token, "new_password": f"kata-sandi-{n}"}).status)
        )
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 400, 400, 400]


def test_a_code_of_another_purpose_or_person_resets_nothing(signed_in, api, mailbox):
    siti, budi = signed_in(), signed_in()
    email = people.address()
    api.post("/register", {"full_name": "Ani", "email": email, "password": people.PASSWORD}, expect=201)
    api.work("mail_code")
    verifying = mailbox.code(email)
    resetting = code_for(api, mailbox, siti.user["email"])
    for address, code in ((email, verifying), (budi.user["email"], resetting)):
        api.post("/password/reset-password", {"email": address, "reset_token": code, "new_password": NEW}, expect=400)
    api.post("/verify", {"email": siti.user["email"], "verification_code": resetting}, expect=400)
    api.post("/users/check-verification-code", {"email": siti.user["email"], "verification_code": resetting}, expect=400)


def test_a_reset_code_survives_five_wrong_tries_and_no_sixth(signed_in, api, mailbox):
    email = signed_in().user["email"]
    right = code_for(api, mailbox, email)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(4):
        api.post("/password/verify-reset-token", {"email": email, "reset_token": wrong}, expect=400)
    api.post("/password/verify-reset-token", {"email": email, "reset_token": right}, expect=200)
    api.post("/password/reset-password", {"email": email, "reset_token": wrong, "new_password": NEW}, expect=400)
    api.post("/password/verify-reset-token", {"email": email, "reset_token": right}, expect=400)
    api.post("/password/reset-password", {"email": email, "reset_token": right, "new_password": NEW}, expect=400)


def test_a_reset_code_dies_after_a_quarter_of_an_hour(signed_in, api, mailbox, monkeypatch):
    email = signed_in().user["email"]
    code = code_for(api, mailbox, email)
    later = clock.now() + clock.seconds(901)
    monkeypatch.setattr(clock, "now", lambda: later)
    api.post("/password/reset-password", {"email": email, "reset_token": code, "new_password": NEW}, expect=400)


def test_a_reset_lets_the_owner_in_where_strangers_had_guessed(signed_in, api, mailbox):
    email = signed_in().user["email"]
    for _ in range(12):
        api.post("/login", {"identifier": email, "password": "salah"}, headers={"User-Agent": "penebak"})
    api.post("/login", {"identifier": email, "password": people.PASSWORD}, headers={"User-Agent": "penebak"}, expect=429)
    api.post("/password/reset-password", {"email": email, "reset_token": code_for(api, mailbox, email), "new_password": NEW}, expect=200)
    api.post("/login", {"identifier": email, "password": NEW}, headers={"User-Agent": "penebak"}, expect=200)


@pytest.mark.parametrize("address", ["unverified", "unknown", "unproven"])
def test_no_reset_mail_goes_to_an_address_that_nobody_proved(api, signed_in, mailbox, address):
    email = people.address()
    if address == "unverified":
        api.post("/register", {"full_name": "Ani", "email": email, "password": people.PASSWORD}, expect=201)
        api.work("mail_code")
    if address == "unproven":
        user = signed_in().user["id_users"]
        sql("update users set email = :email, unproven = 'email' where id_users = :user", email=email, user=user)
    before = mailbox.count(email)
    api.post("/password/send-reset-token", {"email": email}, expect=200)
    api.work("mail_code")
    assert mailbox.count(email) == before


def test_a_password_change_voids_the_reset_codes_on_their_way(signed_in, api, mailbox):
    siti = signed_in()
    email = siti.user["email"]
    code = code_for(api, mailbox, email)
    siti.post("/password/change-password", {"old_password": people.PASSWORD, "new_password": NEW}, expect=200)
    api.post("/password/reset-password", {"email": email, "reset_token": code, "new_password": "sandi-si-pencuri"}, expect=400)
