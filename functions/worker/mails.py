"""Mails to people, each in the language of its account."""

import secrets
from typing import Any

from common import clock, hashes, jobs, settings
from common.clients import mail
from common.clients.errors import Refused
from common.db import Db, transaction
from common.i18n import Text
from common.jobs import Job

VERIFY_SUBJECT = Text("Your MamaStoria code: {code}", "Kode MamaStoria kamu: {code}")
VERIFY = Text(
    """Hello {name},

your verification code is {code}. It works for {minutes} minutes and only once.

If you did not sign up for MamaStoria, ignore this mail: without the code nobody can use your address.
""",
    """Halo {name},

kode verifikasimu adalah {code}. Kode ini berlaku {minutes} menit dan hanya bisa dipakai sekali.

Kalau kamu tidak mendaftar di MamaStoria, abaikan email ini: tanpa kode ini tidak ada yang bisa memakai alamatmu.
""",
)

KNOWN_SUBJECT = Text("You already have a MamaStoria account", "Kamu sudah punya akun MamaStoria")
KNOWN = Text(
    """Hello {name},

somebody, probably you, just tried to sign up with this address. It already has an account: sign in, or
reset your password if you forgot it. Nothing was changed.
""",
    """Halo {name},

seseorang, mungkin kamu, baru saja mencoba mendaftar dengan alamat ini. Alamat ini sudah punya akun: silakan
masuk, atau atur ulang kata sandi kalau lupa. Tidak ada yang diubah.
""",
)

REQUEST = """
select o.id, o.purpose, o.destination, u.full_name, u.language, u.is_verified,
       exists (select from users v where v.is_verified and lower(v.email) = o.destination) as known
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
        message = _message(db, row) if row is not None and row.full_name is not None else None
    if message is not None:
        _send(*message)
    with transaction() as db:
        jobs.finish(db, job)


def _message(db: Db, row: Any) -> tuple[str, str, str]:
    if row.known:
        return row.destination, KNOWN_SUBJECT.say(row.language), KNOWN.say(row.language, name=row.full_name)
    code = f"{secrets.randbelow(1_000_000):06}"
    db.run(
        "update otp_requests set code_hash = :hash, expires_at = :expires where id = :id",
        id=row.id,
        hash=hashes.keyed(f"code:{row.id}", code),
        expires=clock.now() + clock.seconds(settings.CODE_SECONDS()),
    )
    minutes = settings.CODE_SECONDS() // 60
    values = {"name": row.full_name, "code": code, "minutes": minutes}
    return row.destination, VERIFY_SUBJECT.say(row.language, code=code), VERIFY.say(row.language, **values)


def _send(to: str, subject: str, text: str) -> None:
    try:
        mail.send(to, subject, text)
    except Refused:
        # The address does not exist. Failing the job would not change that; the code just expires.
        return
