"""People who sign up the way people do."""

import itertools
import os
import time
from typing import Any

_numbers = itertools.count()

PASSWORD = "rahasia-sekali-123"


def address() -> str:
    """An e-mail address that nobody else in this test run has."""
    return f"orang-{os.getpid()}-{int(time.time())}-{next(_numbers)}@contoh.id"


def signed_in(api: Any, *, name: str = "Siti Rahma", email: str | None = None, **facts: Any) -> Any:
    """Register, read the code from the mail, verify: a caller with a token, its account in `user`."""
    email = email or address()
    api.post("/register", {"full_name": name, "email": email, "password": PASSWORD, **facts}, expect=201)
    api.work("mail_code")
    data = api.post("/verify", {"email": email, "verification_code": code(api, email)}, expect=200).data
    caller = api.signed(data["tokens"]["access_token"], data["user"])
    caller.refresh_token = data["tokens"]["refresh_token"]
    return caller


def code(api: Any, email: str) -> str:
    """The code in the newest mail to `email`."""
    subject = next(entry["subject"] for entry in api.services.outbox.entries() if entry["to"] == email)
    return subject.rpartition(" ")[2]
