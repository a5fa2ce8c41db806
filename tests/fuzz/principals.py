"""Who asks: a stranger, a person and an administrator, each with things of their own that can be named in a request.

The administrator may do everything to everybody, and the person may leave; so nobody is protected, but made anew when gone.
"""

import itertools
from typing import Any
from uuid import uuid4

from common import clock, db, ledger, passwords, tokens
from common.wallet import ledger as rupiah

_numbers = itertools.count()

PASSWORD = "rahasia-sekali-123"
ROLES = {"person": "creator", "administrator": "admin"}

JOIN = """
insert into users (full_name, email, is_verified, referral_code_id, role, password, phone_number)
values ('Siti Rahma', :mark, true, :mark, :role, :password, :phone) returning id_users
"""


class Principal:
    """Somebody who asks; `values` are what a field or parameter of a name may hold to mean something of theirs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.user = self.owner = 0
        self.token: str | None = None
        self.session = ""
        self.values: dict[str, Any] = {}

    def renew(self) -> None:
        """Be somebody else, with a session, money and things; a stranger stays nobody."""
        if self.name == "stranger":
            return
        self.user = _joined(ROLES[self.name])
        self.token, self.session = _signed_in(self.user)
        # A person owns what is named; an administrator decides about what is somebody else's.
        self.owner = self.user if self.name == "person" else _joined("creator")
        _endowed(self.owner)
        self.refresh()

    def refresh(self) -> None:
        """Have new things in place of those that were used up."""
        self.values = {**_things(self.owner), "session_id": self.session}

    def gone(self) -> bool:
        """Whether the account or its session does not open what it did."""
        if self.token is None:
            return False
        with db.reading() as reading:
            lives = reading.value(
                """select u.role = :role and u.suspended_at is null and u.erased_at is null and s.revoked_at is null
                   from users u join sessions s on s.user_id = u.id_users where u.id_users = :user and s.id = :session""",
                role=ROLES[self.name],
                user=self.user,
                session=self.session,
            )
        return not lives


def _joined(role: str) -> int:
    mark, phone = f"FUZZ-{uuid4()}", f"+62812{next(_numbers):08}"
    with db.transaction() as writing:
        user: int = writing.value(JOIN, mark=mark, role=role, password=passwords.hashed(PASSWORD), phone=phone)
        writing.run("update users set email = 'fuzz-' || id_users || '@contoh.id' where id_users = :user", user=user)
    return user


def _signed_in(user: int) -> tuple[str, str]:
    with db.transaction() as writing:
        session = writing.value(
            "insert into sessions (user_id, expires_at) values (:user, now() + interval '1 day') returning id", user=user
        )
    issued = clock.now().replace(microsecond=0)
    return tokens.write("access", user=user, session=str(session), pair=str(uuid4()), issued_at=issued), str(session)


# One statement, because it is run after each request that may have used something up.
THINGS = """
with comic as (insert into comics (user_id, title, draft_job_status, published_at, total_comments)
               values (:user, 'Kancil', 'COMPLETED', case when :public then now() end, 1) returning id),
     panel as (insert into comic_panels (comic_id, page_number, panel_number) select id, 1, 1 from comic returning id),
     comment as (insert into comments (user_id, comic_id, content) select :user, id, 'Bagus' from comic returning id),
     reported as (insert into moderation_cases (subject_type, subject_id) select 'comic', id from comic returning id),
     told as (insert into notifications (user_id, type, title, message) values (:user, 'info', 'Halo', 'Halo') returning id),
     heard as (insert into transcriptions (user_id, status, text) values (:user, 'done', 'Halo') returning id),
     package as (insert into subscription_packages (name, price, duration_days, publish_quota, bonus_credits)
                 values ('Fuzz ' || gen_random_uuid(), 16500, 30, 3, 100) returning id),
     banner as (insert into banners (title, slug) values ('Spanduk', 'fuzz-' || gen_random_uuid()) returning slug),
     invoice as (insert into payment_transactions (user_id, invoice_number, amount, status, sold)
                 values (:user, 'FUZZ-' || gen_random_uuid(), 16500, 'pending', '{"name": "Basic", "price": 16500}') returning invoice_number)
select comic.id as comic, panel.id as panel, comment.id as comment, reported.id as report, told.id as told, heard.id as heard,
       package.id as package, banner.slug as banner, invoice.invoice_number as invoice
from comic, panel, comment, reported, told, heard, package, banner, invoice
"""


def _things(user: int) -> dict[str, Any]:
    """A comic with a panel, and a row of every kind that a route can name."""
    with db.transaction() as writing:
        made = writing.one(THINGS, user=user, public=next(_numbers) % 2 == 0)
    return _named(user, made)


def _endowed(user: int) -> None:
    with db.transaction() as writing:
        ledger.move(writing, user, "kredit", 1_000, "bonus", f"fuzz:{user}")
        ledger.move(writing, user, "publish_quota", 10, "bonus", f"fuzz:{user}")
        rupiah.credit(writing, user, 900_000, f"fuzz:{user}", "Royalti")


def _named(user: int, made: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(("comic", "comic_id", "id", "subject_id"), made.comic),
        **dict.fromkeys(("user_id", "id_user"), user),
        **dict.fromkeys(("email", "identifier"), f"fuzz-{user}@contoh.id"),
        **dict.fromkeys(("password", "old_password"), PASSWORD),
        "comic_ids": [made.comic], "panel_id": made.panel, "panel_ids": [made.panel], "version": 1, "comment_id": made.comment,
        "report_id": made.report, "notification_id": made.told, "notification_ids": [made.told], "user_ids": [user],
        "transcription_id": made.heard, "invoice_number": made.invoice, "banner": made.banner, "package_id": made.package, "withdrawal_id": 1,
        "bank_code": "014", "account_number": "1234567890", "amount": 50_000, "genre_ids": [7], "style_id": 2, "music_id": 1,
        "character_ids": [1], "background_ids": [1], "page_count": 1, "subject_type": "comic", "kind": "pdf",
    }  # fmt: skip
