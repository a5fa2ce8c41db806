"""Profile: details and their monthly quota, the new e-mail that needs proof, kredit, rating, referrals, watermark."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from common import clock, db
from tests.support import people


def sql(statement, **values):
    with db.transaction() as changing:
        return changing.all(statement, **values)


def test_a_person_sees_the_own_profile_and_a_stranger_none(signed_in, api):
    siti = signed_in(name="Siti Rahma")
    shown = siti.get("/profile").data
    assert (shown["full_name"], shown["email"], shown["kredit"], shown["photo"]) == ("Siti Rahma", siti.user["email"], 1, None)
    assert siti.get("/api/v1/profile").data == shown
    api.get("/profile", expect=401)


def test_name_and_username_change_at_once_and_are_logged(signed_in):
    siti = signed_in()
    username = f"siti_{siti.user['id_users']}"
    shown = siti.post("/profile/update-details", {"full_name": "  Siti Aminah ", "username": username}, expect=200).data
    assert (shown["full_name"], shown["username"], shown["pending_email"]) == ("Siti Aminah", username, None)
    (entry,) = sql("select changes from profile_updates_log where user_id = :user", user=siti.user["id_users"])
    assert entry.changes == {"full_name": {"from": "Siti Rahma", "to": "Siti Aminah"}, "username": {"from": None, "to": username}}


def test_saving_the_profile_as_it_is_costs_no_update(signed_in):
    siti = signed_in()
    siti.post("/profile/update-details", {"full_name": "Siti Rahma", "email": siti.user["email"].upper()}, expect=200)
    assert siti.get("/profile/update-quota").data["remaining_quota"] == 3


def test_a_username_is_taken_in_whatever_case(signed_in):
    siti, budi = signed_in(), signed_in()
    name = f"Penulis.{siti.user['id_users']}"
    siti.post("/profile/update-details", {"username": name}, expect=200)
    refused = budi.post("/profile/update-details", {"username": name.lower(), "full_name": "Budi Baru"}, expect=409)
    assert refused.error == "UsernameTaken"
    assert budi.get("/profile").data["full_name"] == "Siti Rahma", "a refused change changes nothing"


@pytest.mark.parametrize("username", ["ab", "a b c", "siti@contoh.id", "../etc", "x" * 51, "siti\n"])
def test_a_username_that_reads_as_something_else_is_refused(signed_in, username):
    answer = signed_in().post("/profile/update-details", {"username": username})
    assert answer.status == 422 or username == "siti\n"


# The last ones: Cyrillic а, fullwidth, a joiner, a combining dot, an accent.
@pytest.mark.parametrize("username", ["siti\u0430", "ｓｉｔｉ", "si\u200dti", "siti\u0323", "sití"])
def test_a_new_username_cannot_look_like_another_one(signed_in, username):
    siti = signed_in()
    refused = siti.post("/profile/update-details", {"username": username}, expect=422)
    assert [each["loc"] for each in refused.json["errors"]] == [["body", "username"]]
    assert siti.get("/profile").data["username"] is None


def test_whoever_brought_an_old_username_keeps_it_also_where_the_app_sends_it_along(signed_in):
    siti = signed_in()
    old = f"Siti Ñ {siti.user['id_users']}"
    sql("update users set username = :old where id_users = :user returning 1", old=old, user=siti.user["id_users"])
    shown = siti.post("/profile/update-details", {"full_name": "Siti Baru", "username": old}, expect=200).data
    assert (shown["full_name"], shown["username"]) == ("Siti Baru", old)


# Blanks, zero-width ones, joiners, a mark on nothing, and letters that are drawn as nothing (Hangul's filler, Braille's blank).
UNSEEN = [" \u00a0\u2003", "\u200b\u200c", "\u200d\ufeff\u2060", "\u034f\ufe0f", "\u3164\u3164", "\u2800 \u2800", "\u00ad\u202e"]


@pytest.mark.parametrize("name", UNSEEN)
def test_nobody_is_called_by_what_cannot_be_seen(signed_in, api, name):
    siti = signed_in()
    person = {"full_name": name, "email": people.address(), "password": people.PASSWORD}
    for refused in (siti.post("/profile/update-details", {"full_name": name}, expect=422), api.post("/register", person, expect=422)):
        assert [each["loc"] for each in refused.json["errors"]] == [["body", "full_name"]]
    assert siti.get("/profile").data["full_name"] == "Siti Rahma"


@pytest.mark.parametrize("name", ["Siti Ñáñez", "李雷", "نور", "O'Neil \u200d", "Kancil 🦌", "นิด"])
def test_names_of_every_script_are_taken(signed_in, api, name):
    assert signed_in().post("/profile/update-details", {"full_name": name}, expect=200).data["full_name"] == name
    api.post("/register", {"full_name": name, "email": people.address(), "password": people.PASSWORD}, expect=201)


def test_the_fourth_update_of_a_month_is_refused_until_the_next_month_in_jakarta(signed_in):
    siti = signed_in()
    now = datetime.now(UTC)
    for turn in range(3):
        assert siti.get("/profile/update-quota").data["remaining_quota"] == 3 - turn
        siti.post("/profile/update-details", {"full_name": f"Siti {turn}"}, expect=200)
    refused = siti.post("/profile/update-details", {"full_name": "Siti lagi"}, expect=429)
    assert refused.error == "UpdatesUsedUp"
    resets = datetime.fromisoformat(siti.get("/profile/update-quota").data["quota_resets_at"])
    local = resets.astimezone(clock.WIB)
    assert (local.day, local.hour, local.minute) == (1, 0, 0)
    assert abs(int(refused.headers["Retry-After"]) - (resets - now).total_seconds()) < 60
    sql(
        "update profile_updates_log set created_at = :before where user_id = :user",
        user=siti.user["id_users"],
        before=_month_start(now) - timedelta(seconds=1),
    )
    siti.post("/profile/update-details", {"full_name": "Siti lagi"}, expect=200)


def _month_start(now):
    return now.astimezone(clock.WIB).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def test_updates_at_the_same_moment_do_not_pass_the_quota_together(signed_in):
    siti = signed_in()
    answers = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(siti.post("/profile/update-details", {"full_name": f"Siti {n}"}).status))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 3 + [429] * 5


def test_a_new_email_counts_only_after_its_code_and_the_old_one_is_told(signed_in, api, mailbox):
    siti, new = signed_in(), people.address()
    old = siti.user["email"]
    answer = siti.post("/profile/update-details", {"email": new.upper()}, expect=200)
    assert (answer.data["email"], answer.data["pending_email"]) == (old, new)
    api.work("mail_code")
    assert siti.get("/profile").data["email"] == old
    proven = api.post("/users/check-verification-code", {"email": new, "verification_code": mailbox.code(new)}, expect=200).data
    assert proven == {"user_id": siti.user["id_users"], "email": new, "full_name": "Siti Rahma", "is_verified": True}
    api.work("mail")
    told = mailbox.newest(old)
    assert "diubah" in told["subject"] and new not in told["text"] and new[:2] in told["text"]
    api.post("/login", {"identifier": new, "password": people.PASSWORD}, expect=200)
    api.post("/login", {"identifier": old, "password": people.PASSWORD}, expect=401)
    assert siti.get("/profile/update-quota").data["remaining_quota"] == 2


def test_the_language_of_mails_is_chosen_in_the_profile_as_often_as_one_likes(signed_in, mailbox):
    siti = signed_in()
    for language in ("en", "id", "en", "id", "en"):
        assert siti.post("/profile/update-details", {"language": language}, expect=200).data["language"] == language
    siti.post("/profile/update-details", {"language": "fr"}, expect=422)
    siti.post("/password/change-password", {"old_password": people.PASSWORD, "new_password": "kata-sandi-baru-1"}, expect=200)
    siti.work("mail")
    assert mailbox.newest(siti.user["email"])["subject"] == "Your MamaStoria password was changed"
    assert siti.get("/profile/update-quota").data["remaining_quota"] == 3


def test_the_code_for_a_new_email_works_once_and_for_that_address_alone(signed_in, api, mailbox):
    siti, new, other = signed_in(), people.address(), people.address()
    siti.post("/profile/update-details", {"email": new}, expect=200)
    api.work("mail_code")
    code = mailbox.code(new)
    api.post("/users/check-verification-code", {"email": other, "verification_code": code}, expect=400)
    api.post("/users/check-verification-code", {"email": new, "verification_code": code, "purpose": "verify"}, expect=400)
    api.post("/users/check-verification-code", {"email": new, "verification_code": code}, expect=200)
    api.post("/users/check-verification-code", {"email": new, "verification_code": code}, expect=400)


def test_a_new_email_waits_until_a_suspended_account_is_open_again(signed_in, api, mailbox):
    siti, new = signed_in(), people.address()
    siti.post("/profile/update-details", {"email": new}, expect=200)
    api.work("mail_code")
    given = {"email": new, "verification_code": mailbox.code(new)}
    for suspended, answer in (("now()", 400), ("null", 200)):
        sql(f"update users set suspended_at = {suspended} where id_users = :user", user=siti.user["id_users"])
        api.post("/users/check-verification-code", given, expect=answer)


def test_an_address_that_has_an_account_gets_no_code_and_nobody_learns_of_it(signed_in, api, mailbox):
    siti, budi = signed_in(), signed_in()
    taken = siti.post("/profile/update-details", {"email": budi.user["email"]}, expect=200)
    free = signed_in().post("/profile/update-details", {"email": people.address()}, expect=200)
    assert taken.json["message"] == free.json["message"] and taken.json.keys() == free.json.keys()
    api.work("mail_code")
    assert not any(letter.isdigit() for letter in mailbox.newest(budi.user["email"])["subject"])


def test_an_address_proven_by_somebody_else_meanwhile_stays_theirs(signed_in, api, mailbox):
    siti, new = signed_in(), people.address()
    siti.post("/profile/update-details", {"email": new}, expect=200)
    api.work("mail_code")
    code = mailbox.code(new)
    sql("insert into users (full_name, email, referral_code_id, is_verified) values ('Orang Lain', :new, :new, true)", new=new)
    api.post("/users/check-verification-code", {"email": new, "verification_code": code}, expect=400)
    assert siti.get("/profile").data["email"] == siti.user["email"]


def test_a_reset_code_that_went_to_the_old_address_dies_with_it(signed_in, api, mailbox):
    siti, new = signed_in(), people.address()
    old = siti.user["email"]
    api.post("/password/send-reset-token", {"email": old}, expect=200)
    siti.post("/profile/update-details", {"email": new}, expect=200)
    api.work("mail_code")
    reset = {"email": old, "reset_token": mailbox.code(old), "new_password": "sandi-si-pencuri"}
    api.post("/users/check-verification-code", {"email": new, "verification_code": mailbox.code(new)}, expect=200)
    api.post("/password/reset-password", reset, expect=400)


def _reset(siti, api, mailbox):
    email = siti.user["email"]
    api.post("/password/send-reset-token", {"email": email}, expect=200)
    api.work("mail_code")
    new = {"email": email, "reset_token": mailbox.code(email), "new_password": "kata-sandi-yang-baru"}
    api.post("/password/reset-password", new, expect=200)


def _refresh_token_comes_back(siti, api, mailbox):
    child = api.post("/refresh", {"refresh_token": siti.refresh_token}, expect=200).data
    api.signed(child["access_token"]).get("/profile")
    api.post("/refresh", {"refresh_token": siti.refresh_token}, expect=401)


def _that_device_signed_out(siti, api, mailbox):
    strange = next(each["id"] for each in siti.get("/v1/auth/sessions").data if not each["current"])
    siti.delete(f"/v1/auth/sessions/{strange}", expect=200)


SIGNED_OUT = {
    "the password was reset": _reset,
    "the password was changed": lambda siti, api, mailbox: siti.post(
        "/password/change-password", {"old_password": people.PASSWORD, "new_password": "kata-sandi-yang-baru"}, expect=200
    ),
    "the other devices were signed out": lambda siti, api, mailbox: siti.delete("/v1/auth/sessions", expect=200),
    "that device was signed out": _that_device_signed_out,
    "a stolen refresh token came back": _refresh_token_comes_back,
    "deletion was asked for": lambda siti, api, mailbox: siti.delete("/v1/me", body={"password": people.PASSWORD}, expect=200),
}


@pytest.mark.parametrize("event", SIGNED_OUT)
def test_a_code_for_a_new_email_that_was_asked_for_before_changes_nothing_after(event, signed_in, api, mailbox):
    siti, theirs = signed_in(), people.address()
    signed = api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD}, expect=200).data
    api.signed(signed["tokens"]["access_token"]).post("/profile/update-details", {"email": theirs}, expect=200)
    api.work("mail_code")
    code = {"email": theirs, "verification_code": mailbox.code(theirs)}
    SIGNED_OUT[event](siti, api, mailbox)
    assert api.post("/users/check-verification-code", code, expect=400).error == "InvalidCode"
    (row,) = sql("select email from users where id_users = :user", user=siti.user["id_users"])
    assert row.email == siti.user["email"]


def test_nobody_gives_himself_kredit(signed_in):
    siti = signed_in()
    assert siti.post("/profile/update-kredit", {"amount": 1000, "operation": "add"}, expect=403).error == "Forbidden"
    assert siti.post("/profile/update-kredit", {"amount": 1000, "type": "add"}, expect=403).error == "Forbidden"
    for amount in (-5, 0, 10**12, 1.5, "1", True):
        siti.post("/profile/update-kredit", {"amount": amount, "operation": "subtract"}, expect=422)
    siti.post("/profile/update-kredit", {"amount": 1, "operation": "multiply"}, expect=422)
    assert siti.get("/profile").data["kredit"] == 1


def test_spending_takes_kredit_once_with_a_reason_and_never_below_zero(signed_in):
    siti = signed_in()
    spent = siti.post("/api/v1/profile/update-kredit", {"amount": 1, "type": "subtract", "description": "Panel baru"}, expect=200)
    assert spent.data == {"current_kredit": 0}
    refused = siti.post("/profile/update-kredit", {"amount": 1, "operation": "subtract"}, expect=402)
    assert (refused.error, refused.json["need"], refused.json["have"]) == ("InsufficientCredits", 1, 0)
    rows = sql(
        "select amount, reason, description from transactions where user_id = :user and unit = 'kredit' order by id",
        user=siti.user["id_users"],
    )
    assert [tuple(row) for row in rows] == [(1, "welcome", None), (-1, "spend", "Panel baru")]


def test_the_same_idempotency_key_spends_once_and_another_body_is_refused(signed_in):
    siti = signed_in()
    sql("update users set kredit = 10 where id_users = :user", user=siti.user["id_users"])
    body, key = {"amount": 3, "operation": "subtract"}, {"Idempotency-Key": "beli-1"}
    first = siti.post("/profile/update-kredit", body, headers=key, expect=200)
    again = siti.post("/profile/update-kredit", body, headers=key, expect=200)
    assert first.data == again.data == {"current_kredit": 7}
    siti.post("/profile/update-kredit", {**body, "amount": 4}, headers=key, expect=422)
    assert siti.get("/profile").data["kredit"] == 7


def test_sixteen_spenders_at_once_spend_what_is_there_and_no_more(signed_in):
    siti = signed_in()
    sql("update users set kredit = 5 where id_users = :user", user=siti.user["id_users"])
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(siti.post("/profile/update-kredit", {"amount": 1, "operation": "subtract"}).status))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count(200), answers.count(402)) == (5, 11)
    assert siti.get("/profile").data["kredit"] == 0


def test_an_administrator_may_add_and_the_audit_log_says_so(signed_in):
    admin = signed_in()
    user = admin.user["id_users"]
    sql("update users set role = 'admin' where id_users = :user", user=user)
    assert admin.post("/profile/update-kredit", {"amount": 50, "operation": "add", "description": "Uji"}, expect=200).data == {
        "current_kredit": 51
    }
    (row,) = sql(
        "select actor_id, action, before, after, reason from audit_log where subject_type = 'user' and subject_id = :user", user=str(user)
    )
    assert tuple(row) == (user, "kredit.add", {"kredit": 1}, {"kredit": 51}, "Uji")


def _rated(creator, ratings, **about):
    (comic,) = sql("insert into comics (user_id, title, total_views, total_likes) values (:user, 'Komik', 5, 2) returning id", user=creator)
    for rating in ratings:
        (reader,) = sql(
            "insert into users (full_name, email, referral_code_id) values ('Pembaca', 'x@contoh.id', gen_random_uuid()) returning id_users"
        )
        sql(
            "insert into comments (comic_id, user_id, content, rating) values (:comic, :user, 'Bagus', :rating)",
            comic=comic.id,
            user=reader.id_users,
            rating=rating,
        )
    return comic.id


def test_a_rating_is_the_average_of_readers_with_a_name_in_the_persons_language(signed_in):
    siti = signed_in()
    user = siti.user["id_users"]
    assert siti.get("/profile/rating").data == {
        "rating": None,
        "rating_name": "New",
        "total_ratings": 0,
        "total_comics": 0,
        "total_views": 0,
        "total_likes": 0,
    }
    comic = _rated(user, [5, 4, 4])
    _rated(user, [3])
    sql("insert into comments (comic_id, user_id, content, rating) values (:comic, :user, 'Punyaku', 5)", comic=comic, user=user)
    shown = siti.get("/profile/rating", headers={"Accept-Language": "id"}).data
    assert shown == {"rating": 4.0, "rating_name": "Ahli", "total_ratings": 4, "total_comics": 2, "total_views": 10, "total_likes": 4}
    assert all(isinstance(shown[key], int) for key in ("total_views", "total_likes"))


@pytest.mark.parametrize(
    ("average", "name"),
    [(None, "New"), (1.0, "Beginner"), (2.0, "Growing"), (3.99, "Skilled"), (4.0, "Expert"), (4.6, "Legend"), (5.0, "Legend")],
)
def test_each_average_has_its_name(average, name):
    from functions.users import standing

    assert standing.level(average).en == name


def test_a_hidden_comment_does_not_rate(signed_in):
    siti = signed_in()
    comic = _rated(siti.user["id_users"], [5, 1])
    sql("update comments set hidden_at = now() where comic_id = :comic and rating = 1", comic=comic)
    assert siti.get("/profile/rating").data["rating"] == 5.0


def test_a_referral_code_shows_who_came_with_it_and_what_that_earned(signed_in):
    siti = signed_in()
    code = siti.get("/profile/referral-code").data
    assert code == {"referral_code": siti.user["referral_code_id"], "total_referrals": 0, "total_bonus_earned": 0}
    signed_in(referral_code=code["referral_code"])
    for amount, status in ((5000, "pending"), (7000, "available"), (9000, "reversed")):
        sql(
            "insert into commissions (id_user, amount, percent, status) values (:user, :amount, 10, :status)",
            user=siti.user["id_users"],
            amount=amount,
            status=status,
        )
    shown = siti.get("/profile/referral-code").data
    assert (shown["total_referrals"], shown["total_bonus_earned"]) == (1, 12000)


def test_the_watermark_goes_only_with_an_active_package(signed_in):
    siti = signed_in()
    user = siti.user["id_users"]
    assert siti.post("/profile/update-watermark", {"watermark": True}, expect=200).data == {"watermark": True}
    assert siti.post("/profile/update-watermark", {"watermark": False}, expect=403).error == "SubscriptionNeeded"
    (package,) = sql(
        "insert into subscription_packages (name, price, duration_days, publish_quota) values (:name, 1000, 30, 3) returning id",
        name=f"Paket {user}",
    )
    sql(
        "insert into subscriptions (user_id, package_id, status, start_date, end_date) values (:user, :package, 'active', now(), now() - interval '1 second')",
        user=user,
        package=package.id,
    )
    siti.post("/profile/update-watermark", {"watermark": False}, expect=403)
    sql("update subscriptions set end_date = now() + interval '1 day' where user_id = :user", user=user)
    siti.post("/profile/update-watermark", {"watermark": False}, expect=200)
    assert siti.get("/profile").data["watermark"] is False


def test_a_new_phone_number_counts_once_it_is_proven_and_a_mail_tells(signed_in, services, mailbox):
    siti = signed_in()
    number = f"+62819{siti.user['id_users']:08}"
    siti.post("/profile/update-details", {"firebase_id_token": siti.token}, expect=400)
    assert siti.get("/profile").data["phone_number"] is None
    changed = siti.post("/profile/update-details", {"firebase_id_token": services.google.phone_token(number)}, expect=200).data
    assert changed["phone_number"] == number
    siti.work("mail")
    told = mailbox.newest(siti.user["email"])
    assert number not in told["text"] and number[-2:] in told["text"]
    assert siti.get("/profile/update-quota").data["remaining_quota"] == 2


def test_a_number_that_another_account_proved_stays_there(signed_in, services):
    siti, budi = signed_in(), signed_in()
    number = f"+62818{siti.user['id_users']:08}"
    proof = services.google.phone_token(number)
    siti.post("/profile/update-details", {"firebase_id_token": proof}, expect=200)
    assert budi.post("/profile/update-details", {"firebase_id_token": proof}, expect=409).error == "PhoneTaken"
    assert siti.get("/profile").data["phone_number"] == number
