"""No table that refers to a person is forgotten by the two rights: to see and to be forgotten."""

import pytest

from common import erasure
from common.models import metadata
from tests.social import scene


def refers_to_people(table):
    return [column.name for column in table.columns for key in column.foreign_keys if key.target_fullname == "users.id_users"]


@pytest.mark.parametrize("name", sorted(name for name, table in metadata.tables.items() if refers_to_people(table)))
def test_a_table_that_refers_to_an_account_says_how_it_is_exported_and_erased(name):
    assert name == "users" or name in {held.table for held in erasure.HELD}


def test_every_statement_of_the_rights_fits_the_schema(database):
    from common import db

    with db.transaction() as trying:
        user = trying.value(
            "insert into users (full_name, email, referral_code_id) values ('A', 'hapus@contoh.id', 'HAPUS') returning id_users"
        )
        assert set(erasure.exported(trying, user)) == {held.table for held in erasure.HELD}
        erasure.erase(trying, user)
        assert trying.one("select * from users where id_users = :user", user=user).email is None


def test_whosever_inbox_names_somebody_is_found_by_an_index(database):
    from common import db

    with db.transaction() as asking:
        asking.run("set local enable_seqscan = off")
        plan = asking.all(f"explain select id from notifications where {erasure.NAMED}", user=1)
    assert "ix_notifications_named" in str(plan)


def test_no_secret_is_exported():
    secrets = {"password", "code_hash", "token_hash", "fcm_token", "account_number", "lease"}
    for held in erasure.HELD:
        columns = {column.name for column in metadata.tables[held.table].columns}
        assert columns & secrets <= set(held.hidden), held.table


def test_erasing_one_of_two_who_follow_each_other_leaves_the_other_with_no_follower_and_nobody_followed(api):
    siti, budi, ani = (scene.person(api, name) for name in ("Siti", "Budi", "Ani"))

    def counts(person):
        shown = api.get(f"/v1/users/{person.user['id_users']}/follow-counts").data
        return shown["followers_count"], shown["following_count"]

    for follower, followed in ((siti, budi), (budi, siti), (siti, ani), (ani, budi)):
        follower.post(f"/v1/users/{followed.user['id_users']}/follow", expect=200)
    assert (counts(budi), counts(ani)) == ((2, 1), (1, 1))
    scene.run(erasure.erase, siti.user["id_users"])
    assert (counts(budi), counts(ani)) == ((1, 0), (0, 1))
