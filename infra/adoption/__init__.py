"""The move of an existing backend's database to ours, in place: `python -m infra.adoption`.

Its tables are set aside into the schema `legacy` as they are, ours are made by the migrations, and the
rows are copied over in one transaction. Nothing in `legacy` is changed or removed, so whatever has no place here
is still there, and the copying can be done again from the start when it was interrupted.
"""

from pathlib import Path
from typing import Any

from common import contacts, hashes
from common.db import Db, json, moving
from common.wallet import vault
from functions.wallet import banks
from functions.wallet.banks import Bank
from infra import audit, migrations

HERE = Path(__file__).parent

# What only the old database has; ours begins with other tables.
OLD = "select exists (select from information_schema.columns where table_schema = :schema and table_name = 'users' and column_name = 'verification_code')"

ADOPTED = "select exists (select from cache where key = 'adopted')"

# Its value is the last account that came along: an unverified one up to there is no registration of ours, and is never deleted as such.
MARK = "insert into cache (key, value, expires_at) select 'adopted', to_jsonb(coalesce(max(id_users), 0)), 'infinity' from users"

# The old withdrawals with a bank of ours where one is meant: `status` is what becomes of each. Those that wait are
# held in the order in which they were asked for, as long as the balance lasts.
ASKED = """
create temp table asked on commit drop as
select o.id, o.id_user as user_id, trunc(o.amount)::bigint as amount, f.bank_code, f.bank_name, f.sealed as account_number,
    f.masked as account_number_masked, coalesce(o.account_name, '?') as account_name,
    coalesce(o.created_at, o.updated_at, now()) as created_at, coalesce(greatest(o.created_at, o.updated_at), now()) as updated_at,
    case when lower(o.status) in ('approved', 'paid', 'success', 'completed') then 'approved'
         when lower(o.status) = 'pending' and o.waiting <= o.balance then 'pending' else 'rejected' end as status
from (select w.*, u.balance,
        sum(w.amount) filter (where lower(w.status) = 'pending') over (partition by w.id_user order by w.id) as waiting
      from legacy.withdrawals w join legacy.users u on u.id_users = w.id_user where w.amount >= 1) o
join (select * from jsonb_to_recordset(cast(:facts as jsonb)) as given(id bigint, bank_code text, bank_name text, sealed text, masked text)) g on g.id = o.id
cross join lateral (select g.bank_code, g.bank_name, decode(g.sealed, 'hex') as sealed, g.masked) f
"""

NAMES = """
create temp table names on commit drop as
select id as id_users, email, phone, code from jsonb_to_recordset(cast(:facts as jsonb)) as given(id bigint, email text, phone text, code text)
"""

READERS = """
create temp table readers on commit drop as
select id as user_id, decode(reader, 'hex') as reader from jsonb_to_recordset(cast(:facts as jsonb)) as given(id bigint, reader text)
"""

# Each old table, the one its rows went to, and what became of those that did not.
MOVED = {
    "users": ("users", ""),
    "comics": ("comics", ""),
    "comic_panels": ("comic_panels", ""),
    "comic_panel_ideas": ("comic_panel_ideas", ""),
    "comic_user": ("comic_user", "likes that were there twice are one"),
    "comic_views": ("comic_views", "views of one reader on one day are one"),
    "comic_share": ("comic_share", "those of nobody or of no comic stay in legacy"),
    "comments": ("comments", ""),
    "follows": ("follows", "nobody follows themselves, or the same person twice"),
    "styles": ("styles", ""),
    "genres": ("genres", ""),
    "characters": ("characters", ""),
    "backgrounds": ("backgrounds", ""),
    "asset_music": (None, "no comic used any; videos mix our own, which the catalogue brings"),
    "subscription_packages": ("subscription_packages", ""),
    "subscriptions": ("subscriptions", "one a person, the one that ends last"),
    "payment_transactions": ("payment_transactions", "payments of nothing stay in legacy"),
    "notifications": ("notifications", ""),
    "banners": ("banners", ""),
    "banner_comic": ("banner_comic", "pairs that were there twice are one"),
    "referrals": ("referrals", "a person is referred once, and by somebody else"),
    "withdrawals": ("withdrawal_requests", "those of nothing or of nobody stay in legacy"),
    "transactions": ("transactions", "in the kredit ledger under the reason legacy"),
    "commissions": ("transactions", "in the kredit ledger under the reason legacy"),
    "comic_requests": (None, "there is no such thing here; they stay in legacy"),
}

UNKNOWN = """
select tablename as name from pg_tables
where schemaname = 'legacy' and tablename <> 'alembic_version' and tablename <> all(cast(:known as text[])) order by 1
"""


class NotOld(Exception):
    """The database is not one that can be adopted."""


def adopt() -> None:
    """Bring an existing backend's database to our head with all it holds; raises `NotOld` for any other."""
    with moving() as db:
        if db.value(OLD, schema="public"):
            _set_aside(db)
        elif not db.value(OLD, schema="legacy"):
            raise NotOld("There is no table users with a column verification_code: this is not the existing backend's database.")
    migrations.upgrade()
    with moving() as db:
        if not db.value(ADOPTED):
            _copy(db)


def _set_aside(db: Db) -> None:
    db.run("create schema legacy")
    for row in db.all("select tablename from pg_tables where schemaname = 'public'"):
        db.run(f'alter table public."{row.tablename}" set schema legacy')


def _copy(db: Db) -> None:
    _complete(db)
    people = db.all("select id_users as id, email, phone_number, referral_code_id from legacy.users order by 1")
    db.run(NAMES, facts=json([_named(each) for each in people]))
    db.run(READERS, facts=json([{"id": each.id, "reader": hashes.keyed("reader", f"user:{each.id}").hex()} for each in people]))
    old = db.all("select id, id_user as user, bank_name, account_number from legacy.withdrawals")
    db.run(ASKED, facts=json([_sealed(each) for each in old]))
    for file in sorted(HERE.glob("*.sql")):
        for statement in _statements(file.read_text()):
            db.run(statement)
    _number_on(db)
    db.run(MARK)


# Tables and columns that were made by hand or came late, and that a database may lack. Before there was a flag for it,
# every comic with a title and a cover was published.
BY_HAND = """
create table if not exists legacy.referrals (id bigint, referrer_id bigint, referred_user_id bigint, created_at timestamptz, updated_at timestamptz);
create table if not exists legacy.commissions (id bigint, id_user bigint, kredit int, keterangan text, created_at timestamp, updated_at timestamp);
create table if not exists legacy.withdrawals (id bigint, id_user bigint, amount bigint, status text, bank_name text, account_number text,
    account_name text, created_at timestamptz, updated_at timestamptz);
create table if not exists legacy.follows (id bigint, follower_id bigint, following_id bigint, created_at timestamptz);
create table if not exists legacy.comic_share (id bigint, comic_id bigint, user_id bigint, created_at timestamptz);
alter table legacy.comics add column if not exists status boolean not null default true;
alter table legacy.comics add column if not exists total_shares bigint not null default 0;
alter table legacy.notifications add column if not exists img_url text;
alter table legacy.users add column if not exists watermark boolean not null default true;
alter table legacy.payment_transactions add column if not exists type_transaction text;
alter table legacy.payment_transactions add column if not exists expires_at timestamptz
"""


def _complete(db: Db) -> None:
    for statement in _statements(BY_HAND):
        db.run(statement)


def _named(person: Any) -> dict[str, Any]:
    email, given = contacts.email(person.email or "") or None, person.phone_number or ""
    # Google's people got a made-up number, because the column could not be empty; where there is no
    # address at all it stays, since an account has to have one.
    phone = None if given.startswith("google_") else contacts.phone(given)
    return {"id": person.id, "email": email, "phone": phone or (given if email is None else None), "code": person.referral_code_id}


def _sealed(withdrawal: Any) -> dict[str, Any]:
    number = withdrawal.account_number or "?"
    bank = banks.find(withdrawal.bank_name or "") or Bank("?", withdrawal.bank_name or "?")
    sealed = vault.seal(number, owner=withdrawal.user).hex()
    return {"id": withdrawal.id, "bank_code": bank.code, "bank_name": bank.name, "sealed": sealed, "masked": vault.masked(number)}


def _statements(text: str) -> list[str]:
    """The statements of a file; one ends with a semicolon at the end of its line."""
    return [statement for statement in (each.strip() for each in text.split(";\n")) if statement]


def _number_on(db: Db) -> None:
    """New rows get numbers beyond those that were copied."""
    for row in db.all(
        "select table_name as name, column_name as key from information_schema.columns where table_schema = 'public' and is_identity = 'YES'"
    ):
        db.value(f"select setval(pg_get_serial_sequence('{row.name}', '{row.key}'), greatest((select max({row.key}) from {row.name}), 1))")


def report() -> list[str]:
    """For each old table how many rows it had, how many are here, and why the numbers differ."""
    lines = []
    with moving() as db:
        for old, (new, why) in MOVED.items():
            if db.value("select to_regclass(:name)", name=f"legacy.{old}") is None:
                continue
            before = db.value(f"select count(*) from legacy.{old}")
            after = db.value(f"select count(*) from {new}{_of(old)}") if new else 0
            lines.append(f"{old:24} {before:9} {after:9}  {why if before != after else ''}".rstrip())
        for row in db.all(UNKNOWN, known=list(MOVED)):
            before = db.value(f'select count(*) from legacy."{row.name}"')
            lines.append(f"{row.name:24} {before:9} {0:9}  not known here; stays in legacy")
    return lines


def _of(old: str) -> str:
    return f" where reason = 'legacy' and reference_id like '{old.removesuffix('s')}:%'" if old in ("transactions", "commissions") else ""


def remarks() -> list[str]:
    """What operations should know: who had more rights there than anybody has here now, and what was not published."""
    with moving() as db:
        had = db.all(
            "select id_users, coalesce(u.email, u.phone_number) as address, o.role from users u join legacy.users o using (id_users)"
            " where o.role not in ('creator', 'user') order by 1"
        )
        private = db.value("select count(*) from legacy.comics where title <> '' and cover_url <> '' and status is not true")
    lines = [f"role not taken over: {each.id_users} {each.address} {each.role}" for each in had]
    return [*lines, f"{private} comics have a title and a cover and had not been published: they stay private"] if private else lines


def main() -> int:
    """Adopt the database that the settings name, say what went where, and prove the books; 1 when they do not balance."""
    adopt()
    print(f"{'table':24} {'before':>9} {'here':>9}")
    print("\n".join(report() + remarks()))
    return audit.main()
