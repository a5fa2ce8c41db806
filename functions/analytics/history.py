"""What one's kredit and publish quota did."""

from typing import Any

from common import lists, tables
from common.auth import User
from common.db import Db, json
from common.i18n import Language, Text
from common.lists import Listing
from common.pages import PageQuery
from common.replies import Json, Reply

from . import files

# What a movement is called where nobody wrote a description, by its `ledger.Reason`; `reserve` is described by the kind of its job.
TITLES = {
    "welcome": Text("Welcome gift", "Hadiah selamat datang"),
    "purchase": Text("Package bought", "Pembelian paket"),
    "refund": Text("Package refunded", "Pengembalian paket"),
    "publish": Text("Comic published", "Komik diterbitkan"),
    "spend": Text("Kredit spent", "Kredit dipakai"),
    "grant": Text("Kredit given", "Kredit diberikan"),
    "release": Text("Kredit given back", "Kredit dikembalikan"),
    "script": Text("A script was written", "Naskah ditulis"),
    "panels": Text("A comic was drawn", "Komik digambar"),
    "panel": Text("A panel was drawn again", "Panel digambar ulang"),
    "video": Text("A video was made", "Video dibuat"),
    "reserve": Text("Kredit for a job", "Kredit untuk pengerjaan"),
    "opening": Text("Opening balance", "Saldo awal"),
    "legacy": Text("Earlier transaction", "Transaksi terdahulu"),
}

# Kredit that was reserved has left already; that its job then took it moves nothing any more.
MOVED = "from transactions t where t.user_id = :user and t.amount <> 0"

CALLED = "coalesce(cast(:titles as jsonb) ->> t.description, t.description, cast(:titles as jsonb) ->> t.reason, t.reason)"

MOVEMENTS = Listing(
    "history",
    f"""select t.id, json_build_object('id', t.id, 'type', t.type, 'unit', t.unit, 'amount', t.amount, 'description', {CALLED},
            'created_at', t.created_at) as item
        {MOVED} :after order by t.id desc :limit""",
    id="t.id",
    total=lists.counted(MOVED),
)

# A reply is at most 32 megabytes; a row is about 100 bytes.
MOST = 100_000

ALL = f"select t.type, t.unit, t.amount, {CALLED} as description, t.created_at {MOVED} order by t.id limit {MOST}"


def page(db: Db, user: User, asked: PageQuery, language: Language) -> Json:
    """A page of one's movements, newest first."""
    return lists.page(db, asked, MOVEMENTS, user=user.id, titles=_titles(language))


def file(db: Db, user: User, language: Language) -> Reply:
    """All of one's movements as CSV, oldest first."""
    rows = db.all(ALL, user=user.id, titles=_titles(language))
    return tables.reply("history.csv", files.HISTORY, (_line(row) for row in rows))


def _line(row: Any) -> tuple[object, ...]:
    return (files.local(row.created_at), row.type, row.unit, row.amount, row.description)


def _titles(language: Language) -> str:
    return json({name: title.say(language) for name, title in TITLES.items()})
