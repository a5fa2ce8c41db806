"""Proving an e-mail address with the code that was sent to it."""

from typing import Any

from common import newcomers
from common.codes import InvalidCode
from common.db import Db

from . import profile
from .schemas import VerificationCode


def check(db: Db, asked: VerificationCode) -> Any:
    """Do what the code stands for: verify the account that registered, or give an account its new address.

    A wrong try is counted for each purpose it may have had. Gives whose address it is, or the
    problem to return so that the count stays.
    """
    user = None
    if asked.purpose != "verify":
        user = profile.confirm_email(db, asked.email, asked.verification_code)
    if user is None and asked.purpose != "change_email":
        user = newcomers.by_code(db, asked.email, asked.verification_code, asked.user_id)
    if user is None:
        return InvalidCode()
    return db.one("select id_users as user_id, email, full_name, is_verified from users where id_users = :user", user=user)
