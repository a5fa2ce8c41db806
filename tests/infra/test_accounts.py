"""Operations make the first admin and suspend accounts; every act is in the audit log, and works on the next request."""

import os
import sys

import pytest

from common import db
from infra import accounts
from tests.support import people


def audited(user):
    with db.reading() as reading:
        return reading.all(
            "select action, before, after, reason, actor_id from audit_log where subject_type = 'user' and subject_id = :id order by id",
            id=str(user),
        )


def test_the_first_admin_is_made_from_the_command_line(signed_in, monkeypatch):
    siti = signed_in()
    monkeypatch.setattr(sys, "argv", ["accounts", "role", siti.user["email"].upper(), "admin"])
    assert accounts.main() == 0
    [row] = audited(siti.user["id_users"])
    assert (row.action, row.before, row.after, row.actor_id) == ("account.role", {"role": "creator"}, {"role": "admin"}, None)


def test_a_suspended_account_opens_nothing_from_its_next_request_on(signed_in):
    siti = signed_in()
    siti.get("/v1/comics/drafts")
    accounts.suspend(siti.user["email"], "spam")
    assert siti.get("/v1/comics/drafts", expect=403).error == "Suspended"
    siti.post("/refresh", {"refresh_token": siti.refresh_token}, expect=401)
    accounts.restore(siti.user["email"], "a mistake")
    siti.get("/v1/comics/drafts")
    assert [row.reason for row in audited(siti.user["id_users"])] == ["spam", "a mistake"]


def test_an_unknown_address_is_said_to_be_unknown_and_changes_nothing(database, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["accounts", "suspend", "tidak-ada@contoh.id", "spam"])
    assert accounts.main() == 1
    assert "tidak-ada@contoh.id" in capsys.readouterr().err


def test_an_address_that_an_account_only_claims_gets_no_role_and_no_suspension(api, services):
    boss, number = people.address(), f"+62858{os.getpid() % 10_000:04}0001"
    claims = {"full_name": "Orang Asing", "email": boss, "phone_number": number, "password": people.PASSWORD}
    made = api.post("/register", claims, expect=201).data["user_id"]
    proof = {"firebase_id_token": services.google.phone_token(number), "user_id": made}
    stranger = api.post("/verify", proof, expect=200).data["user"]
    assert (stranger["id_users"], stranger["email"]) == (made, boss)
    for act in (accounts.set_role, accounts.suspend, accounts.restore):
        with pytest.raises(accounts.NoSuchAccount, match=boss):
            act(boss, "admin")
    assert audited(made) == []


def test_nobody_becomes_something_that_is_no_role(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["accounts", "role", "a@b.id", "emperor"])
    with pytest.raises(SystemExit):
        accounts.main()
