"""The sender's journal against the database: what was acknowledged is there once, and what was not is not doubled either."""

from collections import Counter
from typing import Any

SHOWN = 10


def differences(connection: Any, journal: dict[str, Any]) -> list[str]:
    """What does not agree; empty when nothing was lost or doubled. `connection` is a `pg8000.native.Connection`."""
    # An author's own reads are no views, so a row of one is as strange as one that nobody sent.
    own = {tuple(row) for row in connection.run("select user_id, id from comics")}
    journal = {**journal, "views": {key: possible for key, possible in journal["views"].items() if key not in own}}
    return [
        *_pairs(connection, journal, "likes", "select user_id, comic_id from comic_user"),
        *_pairs(connection, journal, "bookmarks", "select user_id, comic_id from bookmarks"),
        *_pairs(connection, journal, "views", "select user_id, comic_id from comic_views"),
        *_pairs(connection, journal, "follows", "select follower_id, followed_id from follows", beyond=True),
        *_pairs(connection, journal, "comments", "select content from comments"),
        *_pairs(connection, journal, "checkouts", "select user_id, package_id from payment_transactions"),
        *_drafts(connection, journal),
        *_invoices(connection, journal),
        *_counters(connection),
    ]


def _pairs(connection: Any, journal: dict[str, Any], kind: str, sql: str, *, beyond: bool = False) -> list[str]:
    """Places that are on or off; `beyond`: rows that the journal does not know were there before."""
    rows = Counter(tuple(row) if len(row) > 1 else row[0] for row in connection.run(sql))
    known = journal[kind]
    wrong = [
        f"{kind} {key}: {rows[key]} rows, acknowledged was {possible}" for key, possible in known.items() if not _fits(rows[key], possible)
    ]
    strange = [] if beyond else [f"{kind} {key}: a row that nobody sent" for key in rows if key not in known]
    return [*wrong[:SHOWN], *strange[:SHOWN], *([f"{kind}: {len(wrong)} in all"] if len(wrong) > SHOWN else [])]


def _fits(rows: int, possible: list[bool]) -> bool:
    return rows <= 1 and bool(rows) in possible


def _drafts(connection: Any, journal: dict[str, Any]) -> list[str]:
    stored = dict(connection.run("select id, summary from comics where published_at is null"))
    return [
        f"draft {draft}: {stored[draft]!r} is stored, acknowledged was {possible}"
        for draft, possible in journal["drafts"].items()
        # Before the first write a draft holds what the world gave it.
        if stored[draft] not in possible and None not in possible
    ]


def _invoices(connection: Any, journal: dict[str, Any]) -> list[str]:
    """Everybody who asked with one key, however often, was told one invoice, and it is theirs."""
    stored = {
        (user, package): invoice
        for user, package, invoice in connection.run("select user_id, package_id, invoice_number from payment_transactions")
    }
    return [
        f"invoice of {key}: told {told}, stored {stored.get(key)}"
        for key, told in journal["invoices"].items()
        if set(told) - {stored.get(key)}
    ]


# Counters began somewhere before the test; `load_before` is what they were.
REMEMBER = (
    "create table load_before as select id, total_likes, total_comments, total_views from comics",
    "create table load_people_before as select id_users as id, total_followers - (select count(*) from follows where followed_id = id_users) as followers,"
    " total_following - (select count(*) from follows where follower_id = id_users) as following from users",
)

MOVED = """
select 'comic ' || c.id || ' ' || what, counted, rows from comics c join load_before b using (id), lateral (values
    ('likes', c.total_likes - b.total_likes, (select count(*) from comic_user where comic_id = c.id)),
    ('comments', c.total_comments - b.total_comments, (select count(*) from comments where comic_id = c.id)),
    ('views', c.total_views - b.total_views, (select count(*) from comic_views where comic_id = c.id))) v (what, counted, rows)
where counted <> rows
union all
select 'user ' || u.id_users || ' ' || what, counted, rows from users u join load_people_before b on b.id = u.id_users, lateral (values
    ('followers', u.total_followers - b.followers, (select count(*) from follows where followed_id = u.id_users)),
    ('following', u.total_following - b.following, (select count(*) from follows where follower_id = u.id_users))) v (what, counted, rows)
where counted <> rows
"""


def remember(connection: Any) -> None:
    """Note the counters as they are before the test."""
    for statement in REMEMBER:
        connection.run(statement)


def _counters(connection: Any) -> list[str]:
    return [f"{what}: moved by {counted}, and there are {rows} rows" for what, counted, rows in connection.run(MOVED)][:SHOWN]
