"""Signing in while the password is being changed."""

from common import db, passwords
from tests.support import people, waiting


def test_a_login_with_the_old_password_waits_for_its_change_and_leaves_no_session(signed_in, api):
    siti = signed_in()
    old = {"identifier": siti.user["email"], "password": people.PASSWORD}
    with db.transaction() as changing:
        new = passwords.hashed("kata-sandi-baru")
        changing.run("update users set password = :new where id_users = :user", new=new, user=siti.user["id_users"])
        login = waiting.beside(lambda: api.post("/login", old))
        assert login.waits
    assert login.end().status == 401
    api.post("/login", {**old, "password": "kata-sandi-baru"}, expect=200)
