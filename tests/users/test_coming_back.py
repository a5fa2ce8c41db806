"""Whoever comes back at the last moment keeps everything."""

from common import db
from functions.worker import erasures
from tests.support import people


def test_whoever_signs_in_when_the_erasure_is_already_waiting_is_not_erased(signed_in, api):
    siti = signed_in()
    siti.delete("/v1/me", body={"password": people.PASSWORD})
    with db.transaction() as aging:
        aging.run("update users set deletion_requested_at = now() - interval '31 days' where id_users = :user", user=siti.user["id_users"])
    assert erasures.enqueue_due() >= 1
    api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD}, expect=200)
    assert api.work("erase") >= 1
    back = api.post("/login", {"identifier": siti.user["email"], "password": people.PASSWORD}, expect=200).data
    assert (back["user"]["full_name"], back["user"]["email"]) == (siti.user["full_name"], siti.user["email"])
