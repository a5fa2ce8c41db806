"""Kredit is given by administrators, and by nobody else who works here."""

import pytest

from common import db


@pytest.mark.parametrize(("role", "status"), [("user", 403), ("moderator", 403), ("finance", 403), ("admin", 200)])
def test_of_those_who_work_here_administrators_alone_add_kredit(signed_in, role, status):
    person = signed_in()
    with db.transaction() as changing:
        changing.run("update users set role = :role where id_users = :user", role=role, user=person.user["id_users"])
    person.post("/profile/update-kredit", {"amount": 50, "operation": "add"}, expect=status)
    assert person.get("/profile").data["kredit"] == (51 if status == 200 else 1)
