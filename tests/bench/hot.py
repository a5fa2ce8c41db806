"""Requests as readers, creators, sign-ins and payments send them, against a database of `population`."""

import itertools
import json
import os
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from infra.local import postgres
from tests.bench import database
from tests.bench.population import CREATOR, FREQUENT, MIDDLING, OTHER, RARE, RARE_GENRE, READER, STAR, UNCOMMON, UPLOADER, Population
from tests.bench.servers import SETTINGS, Ask

# How many different comics, and how many accounts, are asked about in turns.
COMICS, ACCOUNTS = 300, 100

# Enough for all rounds, of what may not be sent twice.
REQUESTS = 20_000

PASSWORD = "rahasia-sekali-123"

# An instance keeps a list for a second; asked for in a thousand ways, none of them is answered from there.
NEW = [{"Accept-Language": f"id;q=0.{number:03}"} for number in range(1, 1000)]

PANELLED = """
select id from comics where id in (select comic_id from comic_panels where page_number = 1 and panel_number = 1) and is_public and age_rating in ('all', '13')
order by md5(id::text) limit :count
"""
OF_RARE_GENRE = "select id from comics where genre ? cast(:genre as text) and is_public order by id"
SAID = """
select comic_id from comments join comics c on c.id = comic_id where comic_id <> :star and c.age_rating in ('all', '13')
group by comic_id having count(*) >= 3 order by md5(comic_id::text) limit :count
"""

SESSIONS = """
with made as (insert into sessions (user_id, device_name, user_agent, ip_address, expires_at)
              select id, 'bench', 'bench', '10.0.0.1', now() + interval '2 days' from unnest(cast(:users as bigint[])) id returning id, user_id),
     pairs as (insert into personal_access_tokens (session_id, issued_at, expires_at, id)
               select id, now(), now() + interval '2 days', gen_random_uuid() from made returning id, session_id)
select made.user_id, made.id::text, pairs.id::text from made join pairs on pairs.session_id = made.id
"""

INVOICES = """
insert into payment_transactions (user_id, package_id, invoice_number, amount, sold)
select 20 + n % cast(:users - 20 as bigint), (select min(id) from subscription_packages), 'INV-' || gen_random_uuid(), 16500,
       '{"name": "Basic", "price": 16500, "duration_days": 30, "publish_quota": 10, "bonus_credits": 20}'
from generate_series(1, cast(:count as int)) n returning invoice_number
"""


@dataclass(frozen=True)
class World:
    """What there is to ask about: comics with panels, those of the rare genre, commented ones, and headers that sign accounts in."""

    server: postgres.Server
    population: Population
    comics: list[int]
    rare: list[int]
    said: list[int]
    signed: dict[int, dict[str, str]]
    people: list[int]

    def tokens(self) -> list[dict[str, str]]:
        """Headers of many accounts that have nothing special."""
        return [self.signed[user] for user in self.people]


@dataclass(frozen=True)
class Hot:
    """A kind of request: which function answers it, and the requests in their order; `once` where none may be sent twice."""

    name: str
    function: str
    asks: Callable[[World], list[Ask]]
    status: int = 200
    once: bool = False


def world(server: postgres.Server, population: Population) -> World:
    """Choose what is asked about, and sign the accounts in."""
    os.environ.update(SETTINGS)
    users = population.tables["users"]["rows"]
    people = [20 + number * max(1, (users * 2 // 5 - 20) // ACCOUNTS) for number in range(ACCOUNTS)]
    with database.connected(server) as connection:
        comics, rare, said = (
            [row[0] for row in connection.run(sql, **values)]
            for sql, values in (
                (PANELLED, {"count": COMICS}),
                (OF_RARE_GENRE, {"genre": RARE_GENRE}),
                (SAID, {"star": STAR, "count": COMICS}),
            )
        )
        connection.run("delete from sessions where user_agent = 'bench'")
        made = connection.run(SESSIONS, users=list({*people, CREATOR, READER, OTHER, UPLOADER}))
    return World(server, population, comics, rare, said, {user: signed(user, session, pair) for user, session, pair in made}, people)


def signed(user: int, session: str, pair: str) -> dict[str, str]:
    """Headers with an access token of that session, signed with what SETTINGS says; those have to be in the environment."""
    from common import tokens

    token = tokens.write("access", user=user, session=session, pair=pair, issued_at=datetime.now(UTC))
    return {"Authorization": f"Bearer {token}"}


def listed(**query: Any) -> Callable[[World], list[Ask]]:
    """An anonymous list, never one that an instance keeps."""
    path = f"/v1/comics?{urlencode(query)}" if query else "/v1/comics"
    return lambda _: [Ask("GET", path, headers) for headers in NEW]


def of_comics(
    path: str, which: Callable[[World], list[int]] = lambda world: world.comics, user: int | None = None
) -> Callable[[World], list[Ask]]:
    """A GET about each of some comics, `{}` in `path`; by `user` where one is given."""
    return lambda world: [Ask("GET", path.format(comic), world.signed[user] if user else {}) for comic in which(world)]


def by(path: str, *users: int) -> Callable[[World], list[Ask]]:
    """A GET by each of these accounts, or of many."""
    return lambda world: [Ask("GET", path, headers) for headers in ([world.signed[user] for user in users] or world.tokens())]


def reads(which: Callable[[World], list[int]]) -> Callable[[World], list[Ask]]:
    """Reads of some comics, each by a reader who was not there today."""
    # No earlier run had these addresses, as far as chance goes.
    address = (f"2001:db8:{random.getrandbits(16):x}:{random.getrandbits(16):x}::{number:x}" for number in itertools.count(1))

    def asks(world: World) -> list[Ask]:
        comics = itertools.cycle(which(world))
        return [
            Ask("POST", f"/v1/comics/{next(comics)}/track-read", {"X-Forwarded-For": next(address)}, '{"last_panel": 4}')
            for _ in range(REQUESTS)
        ]

    return asks


def comments(world: World) -> list[Ask]:
    """A comment on each of some comics, by one reader."""
    body = json.dumps({"content": "Ceritanya bagus sekali, anak saya minta dibacakan lagi."})
    return [Ask("POST", f"/v1/comics/{comic}/comments", world.signed[OTHER], body) for comic in world.comics]


def searches(world: World) -> list[Ask]:
    """Words that are frequent, rare, and between; never a page that an instance keeps."""
    words = itertools.cycle((FREQUENT, MIDDLING, RARE, f"{FREQUENT} {MIDDLING}", UNCOMMON))
    return [Ask("GET", f"/v1/comics?{urlencode({'q': next(words)})}", headers) for headers in NEW]


def logins(world: World) -> list[Ask]:
    """Sign-ins of many accounts, each from an address and a device of its own; all have one password, hashed as production hashes it."""
    from common import passwords

    # Not those who have a session already: where somebody signs in on another device, a letter is sent.
    last = world.population.tables["users"]["rows"]
    people = range(last - ACCOUNTS + 1, last + 1)
    with database.connected(world.server) as connection:
        connection.run(
            "update users set password = :hash where id_users = any(:people)", hash=passwords.hashed(PASSWORD), people=list(people)
        )
    return [
        Ask("POST", "/login", {"X-Forwarded-For": f"10.1.{user >> 8 & 255}.{user & 255}"},
            json.dumps({"identifier": f"orang{user}@contoh.id", "password": PASSWORD, "device_id": f"bench-install-{user}"}))
        for user in people
    ]  # fmt: skip


def deliveries(world: World) -> list[Ask]:
    """DOKU's word about each open invoice that it was paid, signed as DOKU signs: each another invoice of another buyer."""
    with database.connected(world.server) as connection:
        invoices = [row[0] for row in connection.run(INVOICES, count=REQUESTS, users=world.population.tables["users"]["rows"])]
    return [_delivery(invoice) for invoice in invoices]


def _delivery(invoice: str) -> Ask:
    from common.payments import doku

    path = "/v1/subscriptions/payment-callback"
    body = json.dumps(
        {"order": {"invoice_number": invoice, "amount": 16500}, "transaction": {"status": "SUCCESS"}, "channel": {"id": "QRIS"}}
    )
    client, now, request = SETTINGS["DOKU_CLIENT_ID"], datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), str(uuid.uuid4())
    signature = doku.signature(SETTINGS["DOKU_SECRET_KEY"], client, request, now, path, doku.digest(body.encode()))
    return Ask("POST", path, {"Client-Id": client, "Request-Id": request, "Request-Timestamp": now, "Signature": signature}, body)


HOT = (
    Hot("list", "comics", listed()),
    Hot("detail, 18 panels", "comics", of_comics("/v1/comics/{}", user=READER)),
    Hot("search", "comics", searches),
    Hot("similar", "comics", of_comics("/v1/comics/{}/similar")),
    Hot("comments", "social", of_comics("/v1/comics/{}/comments", lambda world: [STAR, *world.said], READER)),
    Hot("notifications", "notifications", by("/v1/notifications")),
    Hot("profile", "users", by("/profile")),
    Hot("dashboard", "analytics", by("/v1/analytics/dashboard")),
    Hot("payment callback", "payment_callback", deliveries, once=True),
    Hot("login", "auth", logins),
)

# What must not grow with the tables, by what it is about.
GROWING = {
    "Lists of comics": (
        Hot("most read", "comics", listed()),
        Hot("newest", "comics", listed(sort_by="newest")),
        Hot("trending", "comics", listed(sort_by="trending")),
        Hot("most read, signed in", "comics", by("/v1/comics", READER)),
        Hot("a genre", "comics", listed(genre="Fabel")),
        Hot("a genre of 25 comics", "comics", listed(genre=RARE_GENRE)),
        Hot("a style", "comics", listed(style="Gaya 3")),
        Hot("of a creator", "comics", listed(user_id=UPLOADER + 17, sort_by="newest")),
        Hot("of the star", "comics", listed(user_id=CREATOR)),
        Hot("of who has 0.5 %, all 17", "comics", listed(user_id=UPLOADER, sort_by="newest")),
    ),
    "Search": (
        Hot("word of 30 %", "comics", listed(q=FREQUENT)),
        Hot("word of 2 %", "comics", listed(q=MIDDLING)),
        Hot("word of 0.3 %", "comics", listed(q=UNCOMMON)),
        Hot("word of 25 comics", "comics", listed(q=RARE)),
        Hot("two words", "comics", listed(q=f"{MIDDLING} {FREQUENT}")),
        Hot("30 % by newest", "comics", listed(q=FREQUENT, sort_by="newest")),
        Hot("2 % and genre", "comics", listed(q=MIDDLING, genre="Fabel")),
        Hot("30 %, genre, style", "comics", listed(q=FREQUENT, genre="Fabel", style="Gaya 3")),
    ),
    "A comic": (
        Hot("detail, 18 panels", "comics", of_comics("/v1/comics/{}")),
        Hot("similar", "comics", of_comics("/v1/comics/{}/similar")),
        Hot("similar, genre of 25", "comics", of_comics("/v1/comics/{}/similar", lambda world: world.rare)),
        Hot("comments", "social", of_comics("/v1/comics/{}/comments", lambda world: world.said)),
        Hot("comments of the star", "social", of_comics(f"/v1/comics/{STAR}/comments?n={{}}", user=READER)),
        Hot("likes of the star", "social", of_comics(f"/v1/comics/{STAR}/likes?n={{}}")),
    ),
    "A person": (
        Hot("notifications", "notifications", by("/v1/notifications")),
        Hot("notifications of the star", "notifications", by("/v1/notifications", CREATOR)),
        Hot("unread of the star", "notifications", by("/v1/notifications/unread-count", CREATOR)),
        Hot("followers of the star", "social", by(f"/v1/users/{CREATOR}/followers", READER)),
        Hot("feed", "social", by("/v1/feed", READER)),
        Hot("profile", "users", by("/profile")),
        Hot("dashboard", "analytics", by("/v1/analytics/dashboard")),
        Hot("dashboard of the star", "analytics", by("/v1/analytics/dashboard", CREATOR)),
    ),
    "Signing in and paying": (
        Hot("login", "auth", logins),
        Hot("payment callback", "payment_callback", deliveries, once=True),
    ),
    "Writing": (
        Hot("a read", "comics", reads(lambda world: world.comics), once=True),
        Hot("a read of the star", "comics", reads(lambda _: [STAR]), once=True),
        Hot("a comment", "social", comments, 201),
    ),
}  # fmt: skip
