"""Whether a revision may go live under the code of the release before it, which serves until the last instance is replaced.

Expand and contract: one release adds (a table, a column that may be null or has a default, an index), the code of the
next uses it, and a later revision takes away what no running code uses any more. That last one says so itself, by
`CONTRACTS = {"reports.status"}`: what it takes away, which is compared with what it does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

# Nothing ran before the first release, so that no revision up to this one had to bear with older code.
RELEASED = "0018"

# Tables that operations fill and people do not: locking one for a moment stops nobody for long.
SMALL = {"styles", "genres", "characters", "backgrounds", "asset_music", "subscription_packages", "banners", "banner_comic", "counters"}


@dataclass(frozen=True)
class Column:
    """A column as writers of rows see it; `free` is whether a row may be written without naming it."""

    kind: str
    nullable: bool
    free: bool


@dataclass(frozen=True)
class Shape:
    """The tables of a database as running code sees them: columns by `table.column`, and rules by their name."""

    columns: dict[str, Column]
    rules: dict[str, str]


def look(connection: Connection) -> Shape:
    """The shape of the connected database's public schema."""
    columns = connection.execute(text(COLUMNS))
    rules = connection.execute(text(RULES))
    return Shape({row[0]: Column(*row[1:]) for row in columns}, {row[0]: row[1] for row in rules})


COLUMNS = """
select c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull,
       not a.attnotnull or a.atthasdef or a.attidentity <> ''
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped
  and c.relname <> 'alembic_version'
"""

# What can refuse a row: constraints, and unique indexes that are none.
RULES = """
select conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'p', 'u', 'x') and conrelid <> 0
union
select indrelid::regclass || '.' || indexrelid::regclass, pg_get_indexdef(indexrelid) from pg_index
join pg_class on pg_class.oid = indrelid
where indisunique and relnamespace = 'public'::regnamespace
  and not exists (select 1 from pg_constraint where conindid = indexrelid)
"""


def breaks(before: Shape, after: Shape) -> dict[str, str]:
    """What code that was written for `before` cannot do in `after` any more: `table.column` or `table.rule`, and why."""
    tables = {name.partition(".")[0] for name in before.columns}
    found = {name: why for name, old in before.columns.items() if (why := _changed(old, after.columns.get(name)))}
    for name in after.columns.keys() - before.columns.keys():
        if name.partition(".")[0] in tables and not after.columns[name].free:
            found[name] = "is new and has to be named in every row"
    # Under another name is a rule of the same words the same rule.
    known = {(name.partition(".")[0], rule) for name, rule in before.rules.items()}
    for name, rule in after.rules.items():
        table = name.partition(".")[0]
        if table in tables and (table, rule) not in known and not _of_new_columns(rule, table, before, after):
            found[name] = f"may refuse what is written now: {rule}"
    return found


def _changed(old: Column, new: Column | None) -> str:
    """What reading or writing a column as before would run into; nothing where it is as good as it was."""
    if new is None:
        return "is gone, and may still be read or written"
    if new.kind != old.kind:
        return f"was {old.kind} and is {new.kind}"
    if old.nullable != new.nullable:
        return "may not be null any more" if old.nullable else "may be null now, which its readers do not expect"
    return "has to be named in every new row now" if old.free and not new.free else ""


def _of_new_columns(rule: str, table: str, before: Shape, after: Shape) -> bool:
    """Whether a rule speaks only of columns that older code does not know, and that it therefore leaves empty."""
    spoken = {column for column in re.findall(r"\w+", rule) if f"{table}.{column}" in after.columns}
    return bool(spoken) and all(
        f"{table}.{column}" not in before.columns and after.columns[f"{table}.{column}"].nullable for column in spoken
    )


LOCKING = (
    re.compile(r"\bcreate (?:unique )?index (?!concurrently).*? on (?:only )?(\w+)", re.IGNORECASE),
    re.compile(r"\bdrop index (?!concurrently)(?:if exists )?(\w+)", re.IGNORECASE),
    re.compile(r"\balter table (?:only )?(\w+) (?:add constraint|alter column \w+ (?:set not null|(?:set data )?type))", re.IGNORECASE),
)


def locking(statements: Iterable[str], before: Shape) -> list[str]:
    """The statements that keep people from a table of theirs while all of its rows are read; infra/migrations/online.py has ways that do not."""
    tables = {name.partition(".")[0] for name in before.columns} - SMALL
    found = []
    for statement in map(" ".join, map(str.split, statements)):
        names = [match[1] for pattern in LOCKING for match in pattern.finditer(statement)]
        short = " not valid" in statement.lower()
        if not short and any(name in tables or statement.lower().startswith("drop index") for name in names):
            found.append(statement)
    return found
