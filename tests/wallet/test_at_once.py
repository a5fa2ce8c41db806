"""Two people and one moment: who brought whom."""

from common import db
from common.auth import User
from functions.wallet import referrals
from tests.support import waiting


def test_whoever_names_somebody_who_is_naming_them_waits_and_is_refused(signed_in):
    siti, budi = signed_in(), signed_in()
    with db.transaction() as naming:
        referrals.set_parent(naming, User(siti.user["id_users"], "creator", "Siti", "id", ""), budi.user["referral_code_id"])
        back = waiting.beside(lambda: budi.post("/v1/referrals", {"code": siti.user["referral_code_id"]}))
        assert back.waits
    refused = back.end()
    assert (refused.status, refused.error) == (409, "NotThisCode")
