"""People and what is theirs: Siti asks, Tono and his things are asked about, Wati signs in, Budi has something everywhere and is never named."""

from types import SimpleNamespace
from typing import Any

from common import db, ledger, passwords
from common.models import metadata
from common.wallet import commissions
from common.wallet import ledger as rupiah
from tests.social import scene
from tests.support import shop
from tests.support.client import Client

# Of Wati, who signs in.
PASSWORD = "rahasia-sekali"

ROLES = ("moderator", "finance", "admin")


def made(gateway: Any, services: Any) -> Any:
    """Everybody, with comics, panels, money and messages."""
    with db.reading() as reading:
        since = reading.value("select coalesce(max(id), 0) from jobs")
    api = Client(gateway, services, since=since)
    services.doku.deliver = lambda headers, body: shop.deliver(api, headers, body)
    siti, tono, budi, wati = (scene.person(api, name) for name in ("Siti Penanya", "Tono Ditanya", "Budi Jauh", "Wati Masuk"))
    scene.change("update users set password = :hash where id_users = :user", hash=passwords.hashed(PASSWORD), user=wati.user["id_users"])
    powers = {role: scene.person(api, f"Petugas {role}") for role in ROLES}
    for role, person in powers.items():
        scene.change("update users set role = :role where id_users = :user", role=role, user=person.user["id_users"])
    things = {name: _things(person) for name, person in (("siti", siti), ("tono", tono), ("budi", budi))}
    package = scene.rows("select id from subscription_packages where price > 0 order by id limit 1")[0].id
    for name, person in (("siti", siti), ("tono", tono)):
        things[name].invoice = shop.paid(person)
        scene.run(lambda writing, user=person.user["id_users"]: _rich(writing, user))
    banner = (
        powers["admin"]
        .post("/v1/banners", {"title": "Spanduk", "slug": f"spanduk-{package}-{siti.user['id_users']}"}, expect=201)
        .data["slug"]
    )
    facts = {"package": package, "banner": banner, "drafts": {}, "things": things}
    return SimpleNamespace(api=api, siti=siti, tono=tono, budi=budi, wati=wati, **powers, **facts)


def _rich(writing: Any, user: int) -> None:
    ledger.move(writing, user, "kredit", 1_000_000, "bonus", f"uji:{user}")
    ledger.move(writing, user, "publish_quota", 1_000, "bonus", f"uji:{user}")
    rupiah.credit(writing, user, 900_000_000, f"banyak:{user}", "Royalti")


def withdrawal(world: Any) -> int:
    """One of Siti's that waits to be decided."""
    asked = {"amount": 50_000, "bank_code": "014", "account_number": "1234567890", "account_name": "Siti"}
    made: int = world.siti.post("/v1/withdrawals", asked, expect=201).data["id"]
    return made


def draft(world: Any, route: Any) -> Any:
    """Siti's draft for one route alone, so that what the route makes of it is in no other's way: a comic and its panel."""
    if route.name not in world.drafts:
        comic = scene.comic(world.siti, "Naskah", public=False)
        world.drafts[route.name] = SimpleNamespace(comic=comic, panel=scene.run(_panel, comic))
    return world.drafts[route.name]


def _panel(writing: Any, comic: int) -> int:
    panel = """insert into comic_panels (comic_id, page_number, panel_number, narration, description) values (:comic, 1, 1, 'Halo', 'Hutan')
               returning id"""
    made: int = writing.value(panel, comic=comic)
    return made


def _things(person: Any) -> Any:
    """A public comic, a draft with a panel, and rows of every kind that a person leaves behind."""
    me = person.user["id_users"]
    comic, draft = scene.comic(person, "Kancil"), scene.comic(person, "Naskah", public=False)
    with db.transaction() as writing:
        panel = [_panel(writing, each) for each in (comic, draft)][-1]
        case = writing.value("insert into moderation_cases (subject_type, subject_id) values ('comic', :comic) returning id", comic=comic)
        said = "insert into comments (user_id, comic_id, content) values (:user, :comic, 'Bagus') returning id"
        comment = writing.value(said, user=me, comic=comic)
        writing.run("update comics set total_comments = 1 where id = :comic", comic=comic)
        heard = writing.value("insert into transcriptions (user_id, status, text) values (:user, 'done', 'Halo') returning id", user=me)
        told = writing.value(
            "insert into notifications (user_id, type, title, message) values (:user, 'info', 'Halo', 'Halo') returning id", user=me
        )
        invoice = writing.one(
            "insert into payment_transactions (user_id, invoice_number, amount, status, paid_at, sold)"
            """ values (:user, 'UJI-' || gen_random_uuid(), 16500, 'success', now(), '{"name": "Basic", "price": 16500}') returning *""",
            user=me,
        )
        writing.run("insert into read_history (user_id, comic_id) values (:user, :comic)", user=me, comic=comic)
        writing.run("insert into bookmarks (user_id, comic_id) values (:user, :comic)", user=me, comic=comic)
        writing.run("insert into otp_requests (user_id, purpose, destination, code_hash, expires_at) values (:user, 'verify', :to, 'x', now())",
                    user=me, to=f"lama-{me}@contoh.id")  # fmt: skip
        rupiah.credit(writing, me, 500_000, f"uji:{me}", "Royalti")
        commissions.earn(writing, invoice)
    return SimpleNamespace(
        user=me, comic=comic, draft=draft, panel=panel, case=case, comment=comment, heard=heard, told=told,
        invoice=invoice.invoice_number,
    )  # fmt: skip


def _owned() -> dict[str, str]:
    """For each table the condition that a row belongs to `:user`, read from the foreign keys to accounts, comics and the like."""
    found: dict[str, str] = {"users": "id_users = :user"}
    for _ in range(3):
        for table in metadata.sorted_tables:
            parents = [key for column in table.columns for key in column.foreign_keys if key.column.table.name in found]
            if table.name not in found and parents:
                found[table.name] = " or ".join(_condition(key, found) for key in parents)
    return found


def _condition(key: Any, found: dict[str, str]) -> str:
    parent = key.column.table.name
    rows = "(:user)" if parent == "users" else f"(select {key.column.name} from {parent} where {found[parent]})"
    return f"{key.parent.name} in {rows}"


OWNED = _owned()

# What is everybody's, and no route changes.
SHARED = ("styles", "genres", "characters", "backgrounds", "asset_music")

LOOK = " union all ".join(
    f"select '{name}' as name, count(*) as rows, coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from {name} t where {condition}"
    for name, condition in {**OWNED, **dict.fromkeys(SHARED, "true")}.items()
)


def standing(user: int) -> dict[str, tuple[int, str]]:
    """How many rows of each table are somebody's or everybody's, and a checksum of them."""
    return {row.name: (row.rows, row.sum) for row in scene.rows(LOOK, user=user)}
