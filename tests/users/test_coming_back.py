"""Whoever comes back at the last moment keeps everything."""

from common import db
from functions.worker import erasures
from tests.support import people


def long_ago(person):
    with db.transaction() as aging:
        aging.run(
            "update users set deletion_requested_at = now() - interval '31 days' where id_users = :user", user=person.user["id_users"]
        )


def test_whoever_signs_in_when_the_erasure_is_already_waiting_is_not_erased(signed_in, api):
    siti = signed_in()
    siti.delete("/v1/me", body={"password": people.PASSWORD})
    long_ago(siti)
    assert erasures.enqueue_due() >= 1
    api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD}, expect=200)
    assert api.work("erase") >= 1
    back = api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD}, expect=200).data
    assert (back["user"]["full_name"], back["user"]["email"]) == (siti.user["full_name"], siti.user["email"])


def test_whoever_comes_back_while_the_erasure_waits_and_asks_for_deletion_again_keeps_everything_for_thirty_days(signed_in, api):
    siti = signed_in()
    siti.delete("/v1/me", body={"password": people.PASSWORD})
    long_ago(siti)
    assert erasures.enqueue_due() >= 1
    who = {"identifier": siti.user["email"], "password": people.PASSWORD}
    back = api.post("/login", who, expect=200).data
    api.signed(back["tokens"]["access_token"]).delete("/v1/me", body={"password": people.PASSWORD})
    assert api.work("erase") >= 1
    again = api.post("/login", who, expect=200).data["user"]
    assert (again["full_name"], again["email"]) == (siti.user["full_name"], siti.user["email"])


def test_an_erasure_that_waited_while_its_owner_asked_for_a_withdrawal_waits_for_the_withdrawal(signed_in, api):
    siti = signed_in()
    siti.delete("/v1/me", body={"password": people.PASSWORD})
    long_ago(siti)
    assert erasures.enqueue_due() >= 1
    with db.transaction() as asking:
        asking.run(
            "insert into withdrawal_requests (user_id, amount, status, bank_code, bank_name, account_number, account_number_masked, account_name)"
            " values (:user, 50000, 'pending', 'BCA', 'Bank Central Asia', '', '***123', 'Siti')",
            user=siti.user["id_users"],
        )
    assert api.work("erase") >= 1
    with db.reading() as reading:
        assert reading.value("select erased_at from users where id_users = :user", user=siti.user["id_users"]) is None
