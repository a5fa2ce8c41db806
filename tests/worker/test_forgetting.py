"""What has served its time is deleted, and nothing else is."""

import json

import pytest

from common import db, tokens
from functions.worker import forgetting
from tests.social import scene
from tests.support import people


def registered(days):
    """Somebody who registered so many days ago and verified nothing; the account's id."""
    sql = """insert into users (full_name, email, referral_code_id, created_at)
             values ('Belum', :address, :address, now() - cast(:days as int) * interval '1 day') returning id_users"""
    return scene.run(lambda writing: writing.value(sql, address=people.address(), days=days))


def there(*accounts):
    return {row.id for row in scene.rows("select id_users as id from users where id_users = any(:ids)", ids=list(accounts))}


@pytest.fixture
def adopted():
    """`adopted("63")` says what an adoption left behind: the number of the last account that it brought."""

    def mark(value):
        scene.change("insert into cache (key, value, expires_at) values ('adopted', cast(:value as jsonb), 'infinity')", value=value)

    yield mark
    scene.change("delete from cache where key = 'adopted'")


def test_only_what_is_stale_is_forgotten(api, signed_in):
    siti = signed_in()
    with db.transaction() as making:
        for days in (1, 30):
            making.run(
                "insert into otp_requests (purpose, destination, code_hash, created_at, expires_at)"
                " values ('verify', :address, '', now() - :days * interval '1 day', now())",
                address=f"lama-{days}@contoh.id",
                days=days,
            )
            making.run(
                "insert into users (full_name, email, referral_code_id, created_at) values ('Belum', :address, :code, now() - :days * interval '1 day')",
                address=f"lama-{days}@contoh.id",
                code=f"LAMA{days}",
                days=days,
            )
        making.run("insert into rate_limits (key, hits, window_ends_at) values ('lama', 1, now() - interval '3 days'), ('baru', 1, now())")
    forgotten = api.worker("/internal/forgetting").data
    assert forgotten["otp_requests"] >= 1 and forgotten["users"] >= 1 and forgotten["rate_limits"] >= 1
    with db.reading() as reading:
        left = {row.email for row in reading.all("select email from users where email like 'lama-%@contoh.id'")}
        assert left == {"lama-1@contoh.id"}
        assert reading.value("select count(*) from rate_limits where key in ('lama', 'baru')") == 1
    siti.get("/v1/auth/sessions")


def test_forgetting_goes_in_batches_until_nothing_is_left(api, monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 3)
    with db.transaction() as making:
        making.run(
            "insert into rate_limits (key, hits, window_ends_at) select 'alt' || n, 1, now() - interval '3 days' from generate_series(1, 10) n"
        )
    assert api.worker("/internal/forgetting").data["rate_limits"] >= 10


def test_forgetting_after_an_adoption_deletes_nobody_who_came_with_it(api, adopted):
    twin = registered(400)
    scene.change("insert into comics (user_id, title) values (:user, 'Milik Kembar')", user=twin)
    newcomer = registered(8)
    adopted(str(twin))
    assert api.worker("/internal/forgetting").data["users"] >= 1
    assert there(twin, newcomer) == {twin}


@pytest.mark.parametrize("value", ["true", "null", '"kemarin"'])
def test_where_an_adoption_did_not_say_whom_it_brought_no_registration_is_forgotten(value, api, adopted):
    twin = registered(400)
    adopted(value)
    assert api.worker("/internal/forgetting").data["users"] == 0
    assert there(twin) == {twin}


def test_a_table_that_refuses_keeps_no_other_from_being_forgotten_and_is_in_the_log(api, capfd):
    owed = registered(400)
    scene.change("insert into creator_wallets (user_id) values (:user)", user=owed)
    scene.change("insert into active_days (day, user_id) values (current_date - 100, :user)", user=owed)
    capfd.readouterr()
    forgotten = api.worker("/internal/forgetting").data
    scene.change("delete from creator_wallets where user_id = :user", user=owed)
    assert "users" not in forgotten and forgotten["active_days"] >= 1
    (said,) = [line for line in map(json.loads, capfd.readouterr().out.splitlines()) if line.get("table")]
    assert (said["severity"], said["table"]) == ("ERROR", "users")
    assert api.worker("/internal/forgetting").data["users"] >= 1 and there(owed) == set()


def pair_of(token):
    return tokens.read(token, "refresh").id


def expired(*refresh_tokens):
    """These tokens' pairs ended two days ago."""
    sql = "update personal_access_tokens set expires_at = now() - interval '2 days' where id = any(cast(:pairs as uuid[]))"
    scene.change(sql, pairs=[pair_of(token) for token in refresh_tokens])


def refreshed(api, times, token):
    """The refresh tokens of a phone that asked so often, oldest first, each in use before the next."""
    held = [token]
    for _ in range(times):
        pair = api.post("/refresh", {"refresh_token": held[-1]}, expect=200).data
        api.signed(pair["access_token"]).get("/v1/auth/sessions")
        held.append(pair["refresh_token"])
    return held


def test_pairs_that_have_expired_are_forgotten_and_the_session_goes_on(api, signed_in):
    held = refreshed(api, 3, signed_in().refresh_token)
    expired(*held[:2])
    assert api.worker("/internal/forgetting").data["personal_access_tokens"] >= 2
    left = scene.rows(
        "select id from personal_access_tokens where id = any(cast(:pairs as uuid[]))", pairs=[pair_of(each) for each in held]
    )
    assert {str(row.id) for row in left} == {pair_of(each) for each in held[2:]}
    api.post("/refresh", {"refresh_token": held[0]}, expect=401)
    refreshed(api, 1, held[-1])


def test_an_old_token_that_comes_back_ends_the_session_also_after_older_ones_were_forgotten(api, signed_in):
    held = refreshed(api, 3, signed_in().refresh_token)
    expired(held[0])
    api.worker("/internal/forgetting")
    api.post("/refresh", {"refresh_token": held[1]}, expect=401)
    api.post("/refresh", {"refresh_token": held[-1]}, expect=401)


def test_a_pair_that_lived_shorter_than_the_one_it_came_from_is_kept_to_find_that_one_out(api, signed_in):
    held = refreshed(api, 3, signed_in().refresh_token)
    expired(held[1])
    api.worker("/internal/forgetting")
    api.post("/refresh", {"refresh_token": held[0]}, expect=401)
    api.post("/refresh", {"refresh_token": held[-1]}, expect=401)


def test_what_a_provider_told_us_is_forgotten_ninety_days_after_it_was_dealt_with(api):
    add = """insert into inbox (source, external_id, body, received_at, handled_at)
             values ('doku', :name, '', now() - interval '200 days', now() - cast(:days as int) * interval '1 day')"""
    for name, days in (("done-91", 91), ("done-89", 89), ("waits", None)):
        scene.change(add, name=name, days=days)
    assert api.worker("/internal/forgetting").data["inbox"] >= 1
    left = scene.rows("select external_id from inbox where external_id in ('done-91', 'done-89', 'waits')")
    scene.change("delete from inbox where external_id in ('done-91', 'done-89', 'waits')")
    assert {row.external_id for row in left} == {"done-89", "waits"}


def test_whatever_is_forgotten_is_found_by_an_index(database):
    with db.transaction() as asking:
        asking.run("set local enable_seqscan = off")
        for table, condition in (("inbox", "handled_at < now()"), ("personal_access_tokens", "expires_at < now()")):
            plan = "".join(row[0] for row in asking.all(f"explain select ctid from {table} where {condition} limit 5000"))
            assert "Index Cond" in plan, plan


def test_the_address_of_a_phone_whose_session_has_expired_is_forgotten(api, signed_in):
    siti = signed_in()
    for phone, ended in (("dipakai", "1 day"), ("baru saja", "-1 day"), ("hilang", "-3 days"), ("lama", None)):
        token = f"{phone}:{siti.user['id_users']}"
        scene.device(siti).post("/user/update-fcm-token", {"fcm_token": token}, expect=200)
        session = scene.rows("select session_id as id from devices where fcm_token = :token", token=token)[0].id
        if ended is None:
            scene.change("update devices set session_id = null where fcm_token = :token", token=token)
        else:
            scene.change(
                "update sessions set expires_at = now() + cast(cast(:ended as text) as interval) where id = :session",
                ended=ended,
                session=session,
            )
    api.worker("/internal/forgetting")
    left = scene.rows("select fcm_token from devices where user_id = :user", user=siti.user["id_users"])
    assert {row.fcm_token.partition(":")[0] for row in left} == {"dipakai", "baru saja"}
