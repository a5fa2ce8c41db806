"""What people do: the next request, as an app would send it, and what its answer teaches the next ones."""

import json
import re
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from tests.bench.database import WORDS
from tests.load.journal import Journal, Outcome, Place
from tests.load.sockets import Reply, written
from tests.load.world import Actor, World, follows_of

READS = {
    "list": 14,
    "further": 8,
    "newest": 5,
    "comic": 22,
    "comments": 8,
    "similar": 6,
    "like status": 5,
    "feed": 6,
    "notices": 4,
    "unread": 6,
    "profile": 5,
    "search": 5,
    "bookmarked": 2,
    "history": 2,
    "page": 4,
    "web": 3,
    "genres": 2,
}

WRITES = {"like": 34, "view": 30, "comment": 12, "bookmark": 10, "follow": 6, "draft": 5, "checkout": 3}

# Of a hundred requests.
WRITTEN = 5

# ETags and places in lists that are remembered.
REMEMBERED = 2_000

Done = Callable[[Outcome, Reply | None], "Call | None"]


@dataclass
class Call:
    """A request: its bytes, which kind, whose answer it teaches, and when (in seconds from now) an app would try it again."""

    kind: str
    request: bytes
    writes: bool = False
    done: Done | None = None
    again: int = 0


class People:
    """All actors together, with the dice that choose among them and their journal."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice, self.journal = world, Random(seed), Journal()
        # A few comics are read by most, most by few.
        self._popular = list(accumulate(1 / (rank + 1) for rank in range(world.comics)))
        self._etags: OrderedDict[str, str] = OrderedDict()
        self._further: list[str] = []
        self._words = WORDS.split()
        self._reads, self._writes = (list(READS), list(READS.values())), (list(WRITES), list(WRITES.values()))
        self._unsold = [(actor.id, package) for actor in world.actors for package in world.packages]
        self.dice.shuffle(self._unsold)
        self._by_id = {actor.id: actor for actor in world.actors}

    def next(self) -> Call:
        """The next request."""
        writes = self.dice.random() * 100 < WRITTEN
        kinds, weights = self._writes if writes else self._reads
        kind = self.dice.choices(kinds, weights)[0]
        actor = self.dice.choice(self.world.actors)
        return self._write(kind, actor) if writes else self._read(kind, actor)

    def _comic(self) -> int:
        return self.dice.choices(range(1, self.world.comics + 1), cum_weights=self._popular)[0]

    def _read(self, kind: str, actor: Actor) -> Call:
        path, signed = self._path(kind)
        headers = _headers(actor, signed)
        etag = None if signed else self._etags.get(path)
        if etag is not None and self.dice.random() < 0.5:
            headers["If-None-Match"] = etag
        learn: Done = lambda outcome, reply: self._learn(path, signed, reply)  # noqa: E731
        return Call(kind, written("GET", path, headers, None), done=learn)

    def _path(self, kind: str) -> tuple[str, bool]:
        """The path of a read, and whether a signed-in app asks it."""
        half = self.dice.random() < 0.5
        if kind == "further":
            return (self.dice.choice(self._further) if self._further else "/v1/comics?page=2"), half
        if kind == "search":
            return f"/v1/comics?q={self.dice.choice(self._words)}&sort_by=newest", half
        if kind in OF_A_COMIC:
            path, signed = OF_A_COMIC[kind]
            return path.format(self._comic()), half if signed is None else signed
        if kind in EITHER:
            return EITHER[kind][half], kind == "newest"
        return OWN[kind], True if kind != "list" else half

    def _learn(self, path: str, signed: bool, reply: Reply | None) -> None:
        if reply is None or reply.status != 200:
            return
        etag = None if signed else reply.header("ETag")
        if etag:
            self._etags[path] = etag
            if len(self._etags) > REMEMBERED:
                self._etags.popitem(last=False)
        # Whoever scrolls asks for what comes after; the place stands before the data.
        cursor = (
            re.search(rb'"next_cursor": ?"([\w-]+)"', reply.body[:600]) if path.startswith("/v1/comics?") or path == "/v1/comics" else None
        )
        if cursor and "q=" not in path:
            sort = "&sort_by=newest" if "newest" in path else "&sort_by=trending" if "trending" in path else ""
            self._remember(f"/v1/comics?cursor={cursor[1].decode()}{sort}")

    def _remember(self, further: str) -> None:
        if len(self._further) < REMEMBERED:
            self._further.append(further)
        else:
            self._further[self.dice.randrange(REMEMBERED)] = further

    def _write(self, kind: str, actor: Actor) -> Call:
        match kind:
            case "view":
                return self._view(actor)
            case "comment":
                return self._comment(actor)
            case "bookmark":
                return self._toggle(kind, actor, self.journal.bookmarks, self._comic(), "/v1/bookmarks", named=True)
            case "follow":
                return self._follow(actor)
            case "draft":
                return self._draft(actor)
            case "checkout":
                return self._checkout()
        comic = self._comic()
        return self._toggle("like", actor, self.journal.likes, comic, f"/v1/comics/{comic}/likes")

    def _toggle(
        self, kind: str, actor: Actor, places: dict[tuple[int, int], Place], target: int, path: str, *, named: bool = False
    ) -> Call:
        place = places[actor.id, target]
        if not place.free:
            return self.next()
        wanted = not place.possible[-1]
        body = json.dumps({"comic_ids": [target]}).encode() if named else b""
        place.begin()
        return Call(
            kind,
            written("POST" if wanted else "DELETE", path, _headers(actor), body),
            writes=True,
            done=lambda outcome, reply: place.end(wanted, outcome),
        )

    def _follow(self, actor: Actor) -> Call:
        # Beyond those whom the actors follow from the beginning, so that the journal knows all.
        creator = self.world.creators - self.dice.randrange(self.world.creators // 4)
        if creator in follows_of(actor.id, self.world.creators):
            return self.next()
        return self._toggle("follow", actor, self.journal.follows, creator, f"/v1/users/{creator}/follow")

    def _view(self, actor: Actor) -> Call:
        comic = self._comic()
        place = self.journal.views[actor.id, comic]
        # Reading a comic twice a day is usual, also twice at once; it counts once.
        body = json.dumps({"last_panel": self.dice.randint(1, 12)}).encode()
        return Call(
            "view",
            written("POST", f"/v1/comics/{comic}/track-read", _headers(actor), body),
            writes=True,
            done=lambda outcome, reply: _seen(place, outcome),
        )

    def _comment(self, actor: Actor) -> Call:
        content = f"Bagus sekali! {uuid.UUID(int=self.dice.getrandbits(128))}"
        place = self.journal.comments[content]
        key = {"Idempotency-Key": str(uuid.UUID(int=self.dice.getrandbits(128)))}
        request = written(
            "POST", f"/v1/comics/{self._comic()}/comments", {**_headers(actor), **key}, json.dumps({"content": content}).encode()
        )
        return Call("comment", request, writes=True, done=lambda outcome, reply: place.end(True, outcome), again=2)

    def _draft(self, actor: Actor) -> Call:
        place = self.journal.drafts[actor.draft]
        if not place.free:
            return self.next()
        summary = f"Kancil menyeberang sungai dan pulang membawa buah. {uuid.UUID(int=self.dice.getrandbits(128))}"
        place.begin()
        request = written("PUT", f"/v1/comics/{actor.draft}/summary", _headers(actor), json.dumps({"summary": summary}).encode())
        return Call("draft", request, writes=True, done=lambda outcome, reply: place.end(summary, outcome))

    def _checkout(self) -> Call:
        if not self._unsold:
            return self.next()
        user, package = self._unsold.pop()
        place, key = self.journal.checkouts[user, package], str(uuid.UUID(int=self.dice.getrandbits(128)))
        headers = {**_headers(self._by_id[user]), "Idempotency-Key": key}
        request = written("POST", "/v1/subscriptions/purchase", headers, json.dumps({"package_id": package}).encode())
        told = self.journal.invoices[user, package]

        def done(outcome: Outcome, reply: Reply | None) -> Call | None:
            place.end(True, outcome)
            if outcome == "done" and reply is not None:
                told.append(json.loads(reply.body)["data"]["invoice_number"])
                # Every other answer is taken for lost: the app asks again with its key.
                return Call("checkout", request, writes=True, done=done) if len(told) == 1 and self.dice.random() < 0.5 else None
            return None

        return Call("checkout", request, writes=True, done=done, again=2)


# Paths, and whether it is a signed-in app that asks; None: it may be either.
OF_A_COMIC = {
    "comic": ("/v1/comics/show/{}", None),
    "comments": ("/v1/comics/{}/comments", None),
    "similar": ("/v1/comics/{}/similar", False),
    "like status": ("/v1/comics/{}/likes/status", True),
    "page": ("/c/{}", False),
}

EITHER = {
    "newest": ("/v1/comics?sort_by=newest", "/v1/comics?sort_by=trending"),
    "web": ("/v1/public/comics/new", "/v1/public/comics/trending"),
    "genres": ("/v1/genres", "/v1/styles"),
}

OWN = {
    "list": "/v1/comics",
    "feed": "/v1/feed",
    "notices": "/v1/notifications",
    "unread": "/v1/notifications/unread-count",
    "profile": "/profile",
    "bookmarked": "/v1/bookmarks",
    "history": "/v1/history",
}


def _seen(place: Place, outcome: Outcome) -> None:
    """A view stays once it is there, whatever comes after."""
    if place.possible != [True]:
        place.end(True, outcome)


def _headers(actor: Actor, signed: bool = True) -> dict[str, str]:
    plain = {"User-Agent": "MamaStoria/3.2 (Android 15)", "Accept-Language": "id", "X-Forwarded-For": actor.address}
    return {**plain, "Authorization": f"Bearer {actor.token}"} if signed else plain
