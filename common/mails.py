"""Asking for a letter to somebody; the worker writes and sends it (functions/worker/letters.py has the texts)."""

from typing import Literal
from uuid import uuid4

from common import jobs
from common.db import Db

Letter = Literal[
    "welcome", "password_changed", "new_device", "session_ended", "email_changed", "phone_changed", "deletion_requested", "suspended"
]

# About five hours: a mail server may put off senders that it does not know for longer than jobs are tried otherwise.
ATTEMPTS = 300


def queue(db: Db, letter: Letter, user: int, **about: int | str) -> None:
    """Have `letter` mailed to `user` once this transaction commits; without an e-mail address nothing is sent.

    `about` is what the worker looks up or says, by id where it can be: a job's row is no place for
    secrets, nor for addresses.
    """
    jobs.enqueue(db, "mail", f"mail:{letter}:{uuid4()}", user=user, payload={"letter": letter, **about}, attempts=ATTEMPTS)
