"""Mails to people, each in the language of its account; the texts are in letters.py."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from common import clock, contacts, hashes, jobs, log, settings
from common.clients import mail
from common.clients.errors import Refused
from common.db import Db, reading, transaction
from common.jobs import Job
from common.rules import REASONS

from . import letters

# Attempts after which no mail is sent once more that may be there already: a server that takes mail and is always too
# slow to say so would be given the same one for hours.
MAYBE_SENT = 3

# Whether an account has proven this address already; for the reset of a password it is the account itself.
# One that only claims the address loses it to whoever proves it, so that is no reason to send no code.
REQUEST = """
select o.id, o.purpose, o.destination, u.full_name, u.language,
       exists (select from users v where v.is_verified and lower(v.email) = o.destination and v.unproven is distinct from 'email') as known
from otp_requests o left join users u on u.id_users = o.user_id where o.id = :request and o.consumed_at is null for update of o
"""


def send_code(job: Job) -> None:
    """Make the code of a request and mail it; an address that has an account already gets told so instead.

    The code is made here and stored as a keyed hash, so that it exists in clear in the mail alone. A
    mail that is sent twice makes the second code the valid one. Nothing is sent for a request
    without an account: it was written only so that asking takes the same time.
    """
    with transaction() as db:
        row = db.maybe(REQUEST, request=job.payload["request"])
        written = _written(db, row) if row is not None and row.full_name is not None else None
    if row is not None and written is not None:
        _send(job, row.destination, written)
    with transaction() as db:
        jobs.finish(db, job)


def _written(db: Db, row: Any) -> letters.Mail:
    if row.known and row.purpose in ("verify", "change_email"):
        return letters.write("known", row.language, None)
    code = f"{secrets.randbelow(1_000_000):06}"
    db.run(
        "update otp_requests set code_hash = :hash, expires_at = :expires where id = :id",
        id=row.id,
        hash=hashes.keyed(f"code:{row.id}", code),
        expires=clock.now() + clock.seconds(settings.CODE_SECONDS()),
    )
    return letters.write(row.purpose, row.language, row.full_name, code=code, minutes=settings.CODE_SECONDS() // 60)


def send(job: Job) -> None:
    """Write the letter that a job asks for and mail it; an account without an address, or gone by now, gets none."""
    with reading() as db:
        user = db.maybe("select * from users where id_users = :user and erased_at is null", user=job.user)
        to, values = _about(db, job.payload, user) if user is not None else (None, {})
    if user is not None and to is not None:
        _send(job, to, letters.write(job.payload["letter"], user.language, user.full_name, **values))
    with transaction() as db:
        jobs.finish(db, job)


def _about(db: Db, payload: dict[str, Any], user: Any) -> tuple[str | None, dict[str, object]]:
    """Where a letter goes, and what it says."""
    match payload["letter"]:
        case "welcome":
            return _address(user), {"kredit": settings.WELCOME_KREDIT(), "publish_quota": settings.WELCOME_PUBLISH_QUOTA()}
        case "password_changed":
            return _address(user), {"when": letters.minute(datetime.fromisoformat(payload["at"]), user.language)}
        case "new_device" | "session_ended":
            return _session(db, payload["session"], user)
        case "email_changed":
            return _changed(db, payload["log"], "email", user)
        case "phone_changed":
            return _address(user), _changed(db, payload["log"], "phone_number", user)[1]
        case "deletion_requested":
            until = (user.deletion_requested_at or clock.now()) + timedelta(days=settings.DELETION_DAYS())
            return _address(user), {"until": letters.day(until, user.language)}
        case "suspended":
            return _address(user), {"reason": REASONS[payload["reason"]]}
    raise ValueError(f"no letter is called {payload['letter']}")


def _address(user: Any) -> str | None:
    """Where the account's mails go: not to an address that it never proved."""
    address: str | None = None if user.unproven == "email" else user.email
    return address


def _session(db: Db, session: str, user: Any) -> tuple[str | None, dict[str, object]]:
    row = db.maybe("select * from sessions where id = cast(:session as uuid)", session=session)
    if row is None:
        return None, {}
    device = " ".join((row.device_name or row.user_agent or "?").split())[:120]
    return _address(user), {"device": device, "when": letters.minute(row.revoked_at or row.created_at, user.language)}


def _changed(db: Db, entry: int, field: str, user: Any) -> tuple[str | None, dict[str, object]]:
    """The old address, which is told, and the new one, of which it is not told all: whoever reads the old one may not own the account."""
    row = db.maybe("select changes, created_at from profile_updates_log where id = :entry", entry=entry)
    if row is None:
        return None, {}
    change = row.changes[field]
    return change["from"], {"address": contacts.masked(change["to"]), "when": letters.minute(row.created_at, user.language)}


def _send(job: Job, to: str, letter: letters.Mail) -> None:
    try:
        mail.send(to, letter.subject, letter.text, letter.html)
    except Refused as refused:
        # Failing the job would not change it: the address does not exist, say, and the code just expires. It may also be
        # all of our mail that the server will not have, though, which only the number of these lines tells.
        log.warning("a mail was refused", why=_reply_code(refused))
    except mail.Lost as lost:
        if job.attempts < MAYBE_SENT:
            raise
        raise Refused(jobs.GAVE_UP, str(lost)) from lost


def _reply_code(refused: Refused) -> str | None:
    """The numbers of the mail server's reply, whose words may quote the address; None where it was not asked."""
    found = re.search(r"\((\d{3}(?: \d\.\d+\.\d+)?)\b", str(refused))
    return found[1] if found else None
