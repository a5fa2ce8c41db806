"""Refreshing while something else happens: the same token twice, a suspension."""

from common import db
from functions.auth import sessions
from tests.support import waiting


def refreshed(token):
    with db.transaction() as refreshing:
        return sessions.refresh(refreshing, token)


def test_the_same_refresh_token_twice_at_once_gets_the_same_pair_and_stays_signed_in(signed_in, api):
    siti = signed_in()
    with db.transaction() as refreshing:
        first = sessions.refresh(refreshing, siti.refresh_token)
        second = waiting.beside(lambda: refreshed(siti.refresh_token))
        assert second.waits
    pair = second.end()
    assert (pair["access_token"], pair["refresh_token"]) == (first["access_token"], first["refresh_token"])
    api.signed(pair["access_token"]).get("/v1/auth/sessions")
    api.post("/refresh", {"refresh_token": pair["refresh_token"]}, expect=200)


def test_a_suspended_person_gets_no_new_tokens_and_gets_them_again_afterwards(signed_in, api):
    siti = signed_in()
    for moment, status in (("now()", 401), ("null", 200)):
        with db.transaction() as deciding:
            deciding.run(f"update users set suspended_at = {moment} where id_users = :user", user=siti.user["id_users"])
        api.post("/refresh", {"refresh_token": siti.refresh_token}, expect=status)
