"""The devices that are signed in: being told of a new one, signing them out."""

from concurrent.futures import ThreadPoolExecutor

from common import db
from tests.support import people


def login(api, person, agent, device_id=None, expect=200):
    body = {"identifier": person.user["email"], "password": people.PASSWORD, **({"device_id": device_id} if device_id else {})}
    return api.post("/login", body, headers={"User-Agent": agent}, expect=expect).data["tokens"]


def letters(api, person):
    api.work("mail")
    subjects = [entry["subject"] for entry in api.services.outbox.entries() if entry["to"] == person.user["email"]]
    return sum("New sign-in" in subject or "perangkat baru" in subject for subject in subjects)


def test_a_sign_in_on_a_new_device_is_told_once_and_the_first_is_no_news(signed_in, api):
    siti = signed_in()
    assert letters(api, siti) == 0
    login(api, siti, "MamaStoria/4.2 (iPhone)", "pemasangan-iphone-1")
    assert letters(api, siti) == 1
    login(api, siti, "MamaStoria/4.3 (iPhone)", "pemasangan-iphone-1")
    assert letters(api, siti) == 1
    with db.reading() as reading:
        types = [row.type for row in reading.all("select type from notifications where user_id = :user", user=siti.user["id_users"])]
    assert types == ["new_device"]


def test_a_sign_in_with_an_id_that_was_never_seen_is_told_also_where_the_owner_was_before(signed_in, api):
    siti, agent = signed_in(), "MamaStoria/4.2 (Android 14)"
    login(api, siti, agent, "pemasangan-android-1")
    assert letters(api, siti) == 1
    login(api, siti, agent, "pemasangan-android-2")
    assert letters(api, siti) == 2
    # Without an id, the same app at the same address is taken for the same device.
    login(api, siti, agent)
    assert letters(api, siti) == 2


def test_signing_the_other_devices_out_ends_them_at_once_and_leaves_this_one(signed_in, api):
    siti, budi = signed_in(), signed_in()
    others = [login(api, siti, f"Ponsel {n}") for n in range(3)]
    assert siti.delete("/v1/auth/sessions").data == {"signed_out": 3}
    for tokens in others:
        api.signed(tokens["access_token"]).get("/v1/auth/sessions", expect=401)
        api.post("/refresh", {"refresh_token": tokens["refresh_token"]}, expect=401)
    assert [session["current"] for session in siti.get("/v1/auth/sessions").data] == [True]
    budi.get("/v1/auth/sessions")
    assert siti.delete("/v1/auth/sessions").data == {"signed_out": 0}


def test_a_device_that_was_signed_out_gets_no_pushes_any_more(signed_in, api):
    siti = signed_in()
    phones = [api.signed(login(api, siti, f"Ponsel {n}")["access_token"]) for n in range(2)]
    for number, phone in enumerate([siti, *phones]):
        phone.post("/user/update-fcm-token", {"fcm_token": f"alamat-{number}-{siti.user['id_users']}"}, expect=200)
    phones[0].post("/logout", expect=200)
    siti.delete("/v1/auth/sessions")
    with db.reading() as reading:
        left = [row.fcm_token for row in reading.all("select fcm_token from devices where user_id = :user", user=siti.user["id_users"])]
    assert left == [f"alamat-0-{siti.user['id_users']}"]


def test_the_check_of_a_signed_in_request_is_one_statement(signed_in, monkeypatch):
    siti = signed_in()
    sent = []
    real = db.Db._send
    monkeypatch.setattr(db.Db, "_send", lambda self, sql, values: sent.append(sql) or real(self, sql, values))
    siti.get("/v1/auth/sessions")
    assert len(sent) == 2 and "from sessions s join users u" in sent[0]


def test_the_same_first_google_sign_in_twice_at_once_makes_one_account(api, services):
    token = services.google.id_token(people.address())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.post("/v1/auth/google/verify-token", {"id_token": token}, expect=200).data, range(4)))
    assert len({each["user"]["id_users"] for each in answers}) == 1
    assert sorted(each["is_new_user"] for each in answers) == [False, False, False, True]


def test_the_same_proof_of_a_phone_twice_at_once_verifies_once(api, services):
    number = "+6281388880001"
    made = api.post("/register", {"full_name": "Budi", "phone_number": number, "password": people.PASSWORD}, expect=201).data
    proof = {"firebase_id_token": services.google.phone_token(number)}
    with ThreadPoolExecutor(4) as pool:
        users = list(pool.map(lambda _: api.post("/verify", proof, expect=200).data["user"], range(4)))
    assert {(user["id_users"], user["kredit"]) for user in users} == {(made["user_id"], 1)}
