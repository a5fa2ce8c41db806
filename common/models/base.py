"""What every table is made of: keys, references, time stamps, and the names of constraints.

Tables are SQLAlchemy Core, not mapped classes: fifty-five classes cost 125 ms of every cold start,
the same tables 17 ms, and a rule that says its SQL says its locks too.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *items: sa.schema.SchemaItem) -> sa.Table:
    """A table of the one schema."""
    return sa.Table(name, metadata, *items)


def key(name: str = "id") -> "sa.Column[int]":
    """The primary key, numbered by the database."""
    return sa.Column(name, sa.BigInteger, sa.Identity(), primary_key=True)


def uuid_key(name: str = "id") -> "sa.Column[Any]":
    """A primary key that cannot be guessed or counted."""
    return sa.Column(name, sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()"))


def ref(name: str, target: str, *, ondelete: str = "CASCADE", null: bool = False) -> "sa.Column[int]":
    """A reference to the primary key of `target`."""
    column = "id_users" if target == "users" else "id"
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(f"{target}.{column}", ondelete=ondelete), nullable=null)


def user(name: str = "user_id", *, ondelete: str = "CASCADE", null: bool = False) -> "sa.Column[int]":
    """A reference to an account; ledgers use RESTRICT, because an account is made anonymous, not removed, once it has money rows."""
    return ref(name, "users", ondelete=ondelete, null=null)


def text(name: str, default: str | None = None, *, null: bool = False) -> "sa.Column[str]":
    """Text, NOT NULL unless `null`."""
    return sa.Column(name, sa.Text, nullable=null, server_default=default)


def maybe(name: str) -> "sa.Column[str]":
    """Text that may be missing."""
    return text(name, null=True)


def number(name: str, default: int | None = None, *, null: bool = False) -> "sa.Column[int]":
    """A whole number; rupiah, kredit and counters are BIGINT everywhere."""
    return sa.Column(name, sa.BigInteger, nullable=null, server_default=None if default is None else str(default))


def flag(name: str, default: bool = False) -> "sa.Column[bool]":
    """A boolean with a default."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false())


def json(name: str, default: str | None = None) -> "sa.Column[Any]":
    """JSONB: NOT NULL when it has a default, nullable otherwise."""
    return sa.Column(name, JSONB, nullable=default is None, server_default=default)


def moment(name: str, *, now: bool = False, null: bool = True) -> "sa.Column[Any]":
    """A point in time with its zone; `now` makes it NOT NULL with the transaction's time as default."""
    kind = sa.DateTime(timezone=True)
    return sa.Column(name, kind, nullable=null and not now, server_default=sa.func.now() if now else None)


def stamps() -> "tuple[sa.Column[Any], sa.Column[Any]]":
    """`created_at` and `updated_at`; whoever changes the content sets `updated_at`, counters do not touch it."""
    return moment("created_at", now=True), moment("updated_at", now=True)


def check(name: str, condition: str) -> sa.CheckConstraint:
    """A rule that the database keeps whatever the code does."""
    return sa.CheckConstraint(condition, name=name)


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """`column` is one of these words."""
    return check(column, f"{column} in ({', '.join(repr(value) for value in values)})")


def unique(*columns: str) -> sa.UniqueConstraint:
    """These columns together occur once."""
    return sa.UniqueConstraint(*columns)


def index(name: str, *expressions: str, where: str | None = None, using: str | None = None, distinct: bool = False) -> sa.Index:
    """An index over SQL expressions; `where` makes it partial, `distinct` unique."""
    options: dict[str, Any] = {"unique": distinct}
    if where:
        options["postgresql_where"] = sa.text(where)
    if using:
        options["postgresql_using"] = using
    return sa.Index(name, *(sa.text(expression) for expression in expressions), **options)
