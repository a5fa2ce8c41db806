"""What has served its time is deleted, and nothing else is."""

import json

import pytest

from common import db
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
