"""Packages: what is sold, kept by administrators."""

import re
from typing import Any

from common import audit, clock
from common.auth import User
from common.db import Db, code
from common.i18n import Text
from common.problems import Conflict, NotFound

from .schemas import Terms

COLUMNS = "id, name, description, price, duration_days, publish_quota, bonus_credits"


class NoSuchPackage(NotFound):
    """There is no package of that id or name, or it is not sold any more."""

    detail = Text("Subscription package not found", "Paket langganan tidak ditemukan")


class NameTaken(Conflict):
    """Another package has that name, perhaps one that is not sold any more."""

    detail = Text("Another package has this name", "Nama ini sudah dipakai paket lain")


def sold_now(db: Db) -> list[Any]:
    """The packages that can be bought, cheapest first."""
    return db.all(f"select {COLUMNS} from subscription_packages where is_active order by price, id")


def kept(db: Db) -> list[Any]:
    """All packages, those that are not sold any more too."""
    return db.all(f"select {COLUMNS}, is_active, updated_at from subscription_packages order by is_active desc, price, id")


def to_buy(db: Db, package: int | None, slug: str | None) -> Any:
    """The package that a purchase names: by id, by `package-7`, or by its name with `-` for a space; raises `NoSuchPackage`."""
    numbered = re.fullmatch(r"package-(\d{1,18})", slug or "")
    found = db.maybe(
        f"select {COLUMNS} from subscription_packages where is_active and case when cast(:id as bigint) is not null then id = :id"
        " else lower(name) = lower(:name) or lower(name) = lower(replace(:name, '-', ' ')) end order by id limit 1",
        id=package if package is not None else int(numbered[1]) if numbered else None,
        name=slug or "",
    )
    if found is None:
        raise NoSuchPackage
    return found


def create(db: Db, admin: User, terms: Terms) -> Any:
    """Sell another package."""
    row = _written(db, f"insert into subscription_packages ({INSERTED}) values ({VALUES}) returning *", terms)
    audit.record(db, admin.id, "package.create", "package", row.id, after=terms.model_dump())
    return row


def change(db: Db, admin: User, package: int, terms: Terms) -> Any:
    """Change what is sold from now on; what was sold keeps its own terms."""
    before = _locked(db, package)
    row = _written(db, f"update subscription_packages set ({INSERTED}) = row({VALUES}) where id = :id returning *", terms, id=package)
    audit.record(db, admin.id, "package.change", "package", package, before=_terms(before), after=terms.model_dump())
    return row


def retire(db: Db, admin: User, package: int) -> None:
    """Stop selling a package; it stays, because invoices refer to it."""
    before = _locked(db, package)
    db.run("update subscription_packages set is_active = false, updated_at = :now where id = :id", id=package, now=clock.now())
    audit.record(db, admin.id, "package.retire", "package", package, before=_terms(before))


NAMES = ("name", "description", "price", "duration_days", "publish_quota", "bonus_credits", "is_active")
INSERTED = ", ".join((*NAMES, "updated_at"))
VALUES = ":name, :description, :price, :duration_days, :publish_quota, :bonus_credits, :is_active, :now"


def _written(db: Db, sql: str, terms: Terms, **more: Any) -> Any:
    try:
        return db.one(sql, **terms.model_dump(), now=clock.now(), **more)
    except Exception as error:
        if code(error) == "23505":
            raise NameTaken from error
        raise


def _locked(db: Db, package: int) -> Any:
    row = db.maybe("select * from subscription_packages where id = :id for update", id=package)
    if row is None:
        raise NoSuchPackage
    return row


def _terms(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in NAMES}
