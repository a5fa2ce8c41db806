"""What readers did at moments that a test chooses, written straight into the tables; and a rollup of given days."""

import itertools
from datetime import date, datetime
from typing import Any

from common import clock
from functions.worker import rollups
from tests.social import scene

_numbers = itertools.count(1)


def at(text: str) -> datetime:
    """A moment of Jakarta's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.WIB)


def views(comic: int, day: str, readers: list[str], *, user: int | None = None, last_panel: int | None = None) -> None:
    """A view by each of these readers on a day."""
    scene.change(
        "insert into comic_views (comic_id, user_id, reader, day, last_panel) select :comic, cast(:user as bigint), convert_to(name, 'UTF8'), :day,"
        " cast(:panel as bigint) from unnest(cast(:readers as text[])) name",
        comic=comic,
        user=user,
        day=date.fromisoformat(day),
        readers=readers,
        panel=last_panel,
    )
    scene.change("update comics set total_views = total_views + :n where id = :comic", n=len(readers), comic=comic)


def like(comic: int, user: int, when: str) -> None:
    """A like."""
    scene.change("insert into comic_user (comic_id, user_id, created_at) values (:c, :u, :at)", c=comic, u=user, at=at(when))
    scene.change("update comics set total_likes = total_likes + 1 where id = :c", c=comic)


def comment(comic: int, user: int, when: str) -> int:
    """A comment; its id."""
    scene.change("update comics set total_comments = total_comments + 1 where id = :c", c=comic)
    sql = "insert into comments (comic_id, user_id, content, created_at) values (:c, :u, 'Bagus', :at) returning id"
    return int(scene.run(lambda db: db.value(sql, c=comic, u=user, at=at(when))))


def share(comic: int, when: str) -> None:
    """A share by somebody who is not signed in."""
    scene.change("insert into comic_share (comic_id, created_at) values (:c, :at)", c=comic, at=at(when))
    scene.change("update comics set total_shares = total_shares + 1 where id = :c", c=comic)


def job(kind: str, status: str, asked: str, ended: str, comic: int | None = None) -> None:
    """A job that has ended."""
    scene.change(
        "insert into jobs (kind, subject, comic_id, status, created_at, finished_at) values (:kind, :subject, cast(:comic as bigint), :status, :a, :e)",
        kind=kind,
        subject=f"{kind}:fact-{next(_numbers)}",
        comic=comic,
        status=status,
        a=at(asked),
        e=at(ended),
    )


def paid(user: int, amount: int, when: str, refunded: str | None = None) -> None:
    """A payment, perhaps given back later."""
    scene.change(
        "insert into payment_transactions (user_id, invoice_number, amount, status, paid_at, refunded_at)"
        " values (:user, :invoice, :amount, :status, :paid, cast(:refunded as timestamptz))",
        user=user,
        invoice=f"INV-FACT-{next(_numbers)}",
        amount=amount,
        status="refunded" if refunded else "success",
        paid=at(when),
        refunded=at(refunded) if refunded else None,
    )


def came(user: int, when: str) -> None:
    """The moment an account was made."""
    scene.change("update users set created_at = :at where id_users = :user", user=user, at=at(when))


def roll(*days: str) -> None:
    """Work these days out."""
    for day in days:
        assert rollups.day_of(date.fromisoformat(day))


def stats(table: str, where: str, **values: Any) -> list[Any]:
    """Rows of a table of statistics without the moments at which they were written."""
    return [
        {k: v for k, v in row._asdict().items() if k != "updated_at"}
        for row in scene.rows(f"select * from {table} where {where}", **values)
    ]
