"""A person sees all that is stored, and is forgotten everywhere; the books stay without a name."""

import itertools
import json
import os

import pytest

from common import db
from common.models import metadata
from common.wallet import vault
from functions.social import moderation
from functions.social.schemas import Hide
from tests.social import scene
from tests.support import people, stories

NAME = "Kanari Penghapusan"

_numbers = itertools.count()


def long_ago(user):
    with db.transaction() as aging:
        aging.run("update users set deletion_requested_at = now() - interval '31 days' where id_users = :user", user=user)


@pytest.fixture
def kanari(signed_in, api):
    """Somebody who left traces in as many places as people do; `needles` are strings that occur nowhere else."""
    mark = f"kanari{next(_numbers)}x{os.getpid()}"
    name, story, comment, bank, token = (f"{NAME} {mark}", f"cerita{mark}", f"komentar{mark}", f"rekening{mark}", f"fcm{mark}")
    kanari = signed_in(name=name)
    comic = stories.start(kanari, story_idea=f"Seekor {story} pergi ke pasar dan membeli jeruk manis untuk ibunya.")
    kanari.work("script", "mail", "mail_code")
    other = stories.start(signed_in())
    kanari.post("/user/update-fcm-token", {"fcm_token": token}, expect=200)
    user = kanari.user["id_users"]
    sealed = vault.seal(bank, owner=user)
    with db.transaction() as making:
        making.run(
            "insert into comments (comic_id, user_id, content, rating) values (:comic, :user, :text, 5)",
            comic=other,
            user=user,
            text=comment,
        )
        making.run("update comics set total_comments = 1, rating_count = 1, rating_sum = 5 where id = :comic", comic=other)
        making.run("insert into comic_user (comic_id, user_id) values (:comic, :user)", comic=other, user=user)
        making.run("update comics set total_likes = 1 where id = :comic", comic=other)
        making.run(
            "insert into withdrawal_requests (user_id, amount, status, bank_code, bank_name, account_number, account_number_masked, account_name)"
            " values (:user, 50000, 'approved', 'BCA', 'Bank Central Asia', :number, '***123', :name)",
            user=user,
            number=sealed,
            name=bank,
        )
        making.run("insert into notifications (user_id, type, title, message) values (:user, 'x', :name, :name)", user=user, name=name)
    kanari.comic, kanari.other = comic, other
    kanari.needles = {
        "name": name,
        "story": story,
        "comment": comment,
        "bank": bank,
        "sealed": sealed.hex(),
        "token": token,
        "email": kanari.user["email"],
    }
    return kanari


def found_anywhere(*needles):
    """Tables that still hold one of the strings, in any column."""
    hits = []
    with db.reading() as reading:
        for name in metadata.tables:
            for needle in needles:
                encoded = needle.encode().hex()
                if reading.value(
                    f"select exists (select from {name} t where t::text ilike :text or t::text ilike :bytes)",
                    text=f"%{needle}%",
                    bytes=f"%{encoded}%",
                ):
                    hits.append((name, needle))
    return hits


def test_the_export_holds_what_was_stored_and_no_secret(kanari):
    tables = kanari.get("/v1/me/export").data["tables"]
    assert tables["users"][0]["full_name"] == kanari.needles["name"]
    assert kanari.needles["story"] in tables["comics"][0]["story_idea"]
    assert tables["comments"][0]["content"] == kanari.needles["comment"]
    assert tables["transactions"] and tables["sessions"] and tables["devices"]
    assert "password" not in tables["users"][0] and "fcm_token" not in tables["devices"][0]


def test_nobody_else_is_in_the_export(kanari, signed_in):
    budi = signed_in(name="Budi Rahasia")
    assert "Budi Rahasia" not in str(kanari.get("/v1/me/export").data)
    assert kanari.needles["name"] not in str(budi.get("/v1/me/export").data)


def test_deleting_needs_the_password_and_signs_out_everywhere(kanari):
    assert kanari.delete("/v1/me", body={"password": "bukan-ini"}, expect=403).error == "WrongProof"
    kanari.get("/profile")
    kanari.delete("/v1/me", body={"password": people.PASSWORD})
    kanari.get("/profile", expect=401)
    kanari.post("/refresh", {"refresh_token": kanari.refresh_token}, expect=401)


def test_whoever_signed_up_by_phone_alone_deletes_the_account_by_proving_the_number_again(api, services):
    mine, another = (f"+62857{os.getpid() % 10_000:04}{next(_numbers):04}" for _ in range(2))
    api.post("/register", {"full_name": "Siti Rahma", "phone_number": mine, "password": people.PASSWORD}, expect=201)
    verified = api.post("/verify", {"firebase_id_token": services.google.phone_token(mine)}, expect=200)
    siti = api.signed(verified.data["tokens"]["access_token"])
    for wrong in (
        {"password": people.PASSWORD},
        {"firebase_id_token": services.google.phone_token(another)},
        {"firebase_id_token": siti.token},
    ):
        assert siti.delete("/v1/me", body=wrong, expect=403).error == "WrongProof"
    siti.delete("/v1/me", body={}, expect=422)
    siti.delete("/v1/me", body={"firebase_id_token": services.google.phone_token(mine)}, expect=200)
    siti.get("/profile", expect=401)


def test_a_number_that_an_account_only_claims_does_not_delete_it(api, mailbox, services):
    email, number = people.address(), f"+62857{os.getpid() % 10_000:04}{next(_numbers):04}"
    made = api.post(
        "/register", {"full_name": "Siti Rahma", "email": email, "phone_number": number, "password": people.PASSWORD}, expect=201
    )
    api.work("mail_code")
    code = {"email": email, "verification_code": mailbox.code(email), "user_id": made.data["user_id"]}
    siti = api.signed(api.post("/verify", code, expect=200).data["tokens"]["access_token"])
    proof = {"firebase_id_token": services.google.phone_token(number)}
    assert siti.delete("/v1/me", body=proof, expect=403).error == "WrongProof"


def test_wrong_passwords_cannot_be_tried_for_ever(kanari):
    for _ in range(5):
        kanari.delete("/v1/me", body={"password": "bukan-ini"}, expect=403)
    kanari.delete("/v1/me", body={"password": people.PASSWORD}, expect=429)


def test_signing_in_again_within_thirty_days_undoes_it(kanari, api):
    kanari.delete("/v1/me", body={"password": people.PASSWORD})
    api.post("/login", {"identifier": kanari.user["email"], "password": people.PASSWORD}, expect=200)
    long = kanari.user["id_users"]
    with db.reading() as reading:
        assert reading.value("select deletion_requested_at from users where id_users = :user", user=long) is None
    api.worker("/internal/erasures")
    api.work("erase")
    api.post("/login", {"identifier": kanari.user["email"], "password": people.PASSWORD}, expect=200)


def test_before_thirty_days_nothing_is_erased(kanari, api):
    kanari.delete("/v1/me", body={"password": people.PASSWORD})
    api.worker("/internal/erasures")
    api.work("erase")
    # The address for pushes goes with the sign-out, at once.
    kept = set(kanari.needles.values()) - {kanari.needles["token"]}
    assert {needle for _, needle in found_anywhere(*kept)} == kept


def test_after_thirty_days_nothing_of_the_person_is_left_anywhere(kanari, api, services, capfd):
    user, email = kanari.user["id_users"], kanari.user["email"]
    kanari.delete("/v1/me", body={"password": people.PASSWORD})
    kanari.work("mail")
    long_ago(user)
    assert api.worker("/internal/erasures").data["due"] >= 1
    api.worker("/internal/erasures")
    api.work("erase", "delete_files")
    assert found_anywhere(*kanari.needles.values()) == []
    with db.reading() as reading:
        kept = reading.all("select amount from transactions where user_id = :user", user=user)
        counters = reading.one(
            "select total_likes, total_comments, rating_count, rating_sum from comics where id = :comic", comic=kanari.other
        )
    assert kept, "the ledger is kept"
    assert tuple(counters) == (0, 0, 0, 0)
    written = capfd.readouterr().out
    assert not [needle for needle in (*kanari.needles.values(), people.PASSWORD) if needle in written]
    api.post("/login", {"identifier": email, "password": people.PASSWORD}, expect=401)


def meet(kanari, budi, ani):
    """Likes, comments and follows of kanari's, also such as were taken back; the comic of Budi's that Ani likes too."""
    liked, left, gone = (scene.comic(budi, title) for title in ("Timun Mas", "Malin Kundang", "Lutung Kasarung"))
    for reader, comic in ((ani, liked), (kanari, liked), (kanari, left)):
        reader.post(f"/v1/comics/{comic}/likes", expect=200)
    kanari.delete(f"/v1/comics/{left}/likes", expect=200)
    said = {"content": kanari.needles["comment"]}
    old, _, _ = (kanari.post(f"/v1/comics/{comic}/comments", said, expect=201).data["id"] for comic in (liked, left, gone))
    # An earlier version did not say in the notice whose comment it was.
    scene.change("update notifications set data = null where dedupe_key = 'comment:' || cast(:old as bigint)", old=old)
    scene.change("delete from comics where id = :gone", gone=gone)
    for follow in (kanari.post, kanari.delete):
        follow(f"/v1/users/{budi.user['id_users']}/follow", expect=200)
    hidden = ani.post(f"/v1/comics/{kanari.shown}/comments", {"content": "Bagus!"}, expect=201).data["id"]
    scene.run(moderation.hide_comment, scene.crowd(1)[0], hidden, Hide(reason="spam"))
    return liked


def test_after_the_erasure_of_somebody_who_liked_commented_and_followed_nobodys_inbox_names_or_quotes_them(kanari, api):
    budi, ani, dewi = (scene.person(api, name) for name in ("Budi", "Ani", "Dewi"))
    kanari.shown = scene.comic(kanari, kanari.needles["story"])
    liked = meet(kanari, budi, ani)
    told = {row.message.replace(kanari.needles["name"], "K") for row in scene.inbox(budi.user["id_users"])}
    assert {"K dan 1 pembaca lain menyukai 'Timun Mas'.", "K menyukai 'Malin Kundang'.", "K sekarang mengikutimu."} < told
    kanari.delete("/v1/me", body={"password": people.PASSWORD})
    long_ago(kanari.user["id_users"])
    api.worker("/internal/erasures")
    api.work("erase", "delete_files")
    assert found_anywhere(*kanari.needles.values()) == []
    left = [(row.message, json.loads(row.data)["likes"]) for row in scene.inbox(budi.user["id_users"])]
    assert left == [("Seseorang menyukai komikmu! ❤️", 2), ("Seseorang menyukai komikmu! ❤️", 1)]
    assert [row.message for row in scene.inbox(ani.user["id_users"])] == ["Komentarmu disembunyikan"]
    dewi.post(f"/v1/comics/{liked}/likes", expect=200)
    assert "Dewi dan 2 pembaca lain menyukai 'Timun Mas'." in {row.message for row in scene.inbox(budi.user["id_users"])}


def test_the_same_address_can_sign_up_again_after_the_erasure(kanari, api):
    email = kanari.user["email"]
    kanari.delete("/v1/me", body={"password": people.PASSWORD})
    long_ago(kanari.user["id_users"])
    api.worker("/internal/erasures")
    api.work("erase", "delete_files")
    again = people.signed_in(api, email=email)
    assert again.user["id_users"] != kanari.user["id_users"]


def test_erasing_while_a_comic_is_drawn_stops_the_drawing_and_leaves_the_books_even(kanari, api):
    user = kanari.user["id_users"]
    kanari.post(f"/v1/comics/{kanari.comic}/drafts", expect=202)
    kanari.delete("/v1/me", body={"password": people.PASSWORD})
    long_ago(user)
    api.worker("/internal/erasures")
    api.work("erase", "delete_files")
    with db.reading() as reading:
        row = reading.one(
            "select kredit, kredit_held, (select sum(amount) from transactions where user_id = :user and unit = 'kredit') as amount,"
            " (select sum(held) from transactions where user_id = :user and unit = 'kredit') as held from users where id_users = :user",
            user=user,
        )
    assert (row.kredit, row.kredit_held) == (row.amount, row.held) == (1, 0)


def test_an_account_that_waits_for_a_withdrawal_is_not_erased_before_it_is_decided(kanari, api):
    user = kanari.user["id_users"]
    kanari.delete("/v1/me", body={"password": people.PASSWORD})
    long_ago(user)
    with db.transaction() as asking:
        asking.run("update withdrawal_requests set status = 'pending' where user_id = :user", user=user)
    api.worker("/internal/erasures")
    api.work("erase")
    with db.reading() as reading:
        assert reading.value("select erased_at from users where id_users = :user", user=user) is None
