"""Clients that write through the gateway and keep a journal of what was acknowledged, which is compared with the database."""

import itertools
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from common import db
from infra import audit
from tests.social import scene
from tests.wallet import money

_numbers = itertools.count()

# What a client may be told while the database is away.
LATER = "503 Retry-After"


@dataclass
class Journal:
    """What one client was told: `kept` was acknowledged, `unknown` was not, and may have happened or not."""

    kept: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0
    at: list[tuple[float, bool]] = field(default_factory=list)

    def asked(self, act: Callable[[], Any], name: str) -> bool:
        """Do it once, and write down what was answered; whether it was acknowledged."""
        began = time.monotonic()
        answer = act()
        ended = time.monotonic()
        word = LATER if answer.status == 503 and answer.headers.get("Retry-After") else str(answer.status)
        self.answers[word] = self.answers.get(word, 0) + 1
        self.longest = max(self.longest, ended - began)
        well = 200 <= answer.status < 300
        self.at.append((ended, well))
        (self.kept if well else self.unknown).append(name)
        return well


@dataclass
class Crowd:
    """Several clients, each in a thread, that write until they are told to stop; what they do is `Kind`s of writes that can be counted."""

    api: Any
    journals: dict[str, list[Journal]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    withdrawers: list[tuple[Any, Journal]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.author = scene.person(self.api, "Penulis")
        self.mark = f"{os.getpid()}-{next(_numbers)}"
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, each: int = 2) -> None:
        """Set the clients to work: `each` of every kind."""
        kinds = {"comment": self._commenting, "like": self._liking, "withdraw": self._withdrawing}
        for kind, make in kinds.items():
            for number in range(each):
                journal = Journal()
                self.journals.setdefault(kind, []).append(journal)
                act = make(journal, number)
                self._threads.append(threading.Thread(target=self._work, args=(act,), daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """Have them end what they are at; whoever has not after `seconds` hangs."""
        self._over.set()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
            if thread.is_alive():
                self.errors.append("a request hangs")

    def _work(self, act: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                act()
            except Exception as error:  # What was never documented is a finding, and no reason for the others to stop.
                self.errors.append(f"{type(error).__name__}: {error}"[:500])
            time.sleep(random.uniform(0.005, 0.03))

    def _commenting(self, journal: Journal, number: int) -> Callable[[], None]:
        person, comic = scene.person(self.api, "Pembaca"), scene.comic(self.author)

        def act() -> None:
            text = f"Komentar {self.mark} {number} {next(_numbers)}"
            journal.asked(lambda: person.post(f"/v1/comics/{comic}/comments", {"content": text}), text)

        return act

    def _liking(self, journal: Journal, number: int) -> Callable[[], None]:
        comic = scene.comic(self.author)

        readers = [scene.person(self.api, "Pembaca") for _ in range(40)]
        turns = itertools.cycle(readers)
        liked: dict[int, bool] = {}

        def act() -> None:
            person = next(turns)
            user = person.user["id_users"]
            take = person.delete if liked.get(user) else person.post
            name = f"{comic} {user} {'off' if liked.get(user) else 'on'}"
            if journal.asked(lambda: take(f"/v1/comics/{comic}/likes", expect=None), name):
                liked[user] = not liked.get(user)

        return act

    def _withdrawing(self, journal: Journal, number: int) -> Callable[[], None]:
        person = money.creator(lambda: scene.person(self.api, "Penulis"), 2_000_000_000)
        self.withdrawers.append((person, journal))
        waiting: list[str] = []

        def act() -> None:
            # What was not acknowledged is asked for again under the same key, until it is.
            key = waiting.pop() if waiting else f"tarik-{self.mark}-{number}-{next(_numbers)}"
            body = {**money.ACCOUNT, "amount": 50_000 + number}
            if not journal.asked(lambda: person.post("/v1/withdrawals", body, headers={"Idempotency-Key": key}), key):
                waiting.append(key)

        return act

    def compare(self) -> list[str]:
        """Every difference between the journals and the database: what was lost, and what was done twice."""
        return [*self._comments(), *self._likes(), *self._withdrawals(), *map(str, self._books())]

    def _comments(self) -> list[str]:
        rows = scene.rows(
            "select content, count(*) as times from comments where content like :mark group by content", mark=f"Komentar {self.mark} %"
        )
        found = {row.content: row.times for row in rows}
        kept = [name for journal in self.journals["comment"] for name in journal.kept]
        asked = {name for journal in self.journals["comment"] for name in (*journal.kept, *journal.unknown)}
        counted = scene.rows(
            "select c.id from comics c where user_id = :author and total_comments <> (select count(*) from comments m where m.comic_id = c.id)",
            author=self.author.user["id_users"],
        )
        return [
            *(f"lost: {name}" for name in kept if name not in found),
            *(f"{times} times: {name}" for name, times in found.items() if times > 1 or name not in asked),
            *(f"comments of {row.id} are counted wrong" for row in counted),
        ]

    def _likes(self) -> list[str]:
        differences = []
        for journal in self.journals["like"]:
            last: dict[str, str] = {}
            for name in journal.kept:
                pair, _, state = name.rpartition(" ")
                last[pair] = state
            # A try without an answer after the last acknowledged one may have changed it.
            unsure = {name.rpartition(" ")[0] for name in journal.unknown}
            for pair, state in last.items():
                comic, user = map(int, pair.split())
                there = bool(scene.rows("select from comic_user where comic_id = :comic and user_id = :user", comic=comic, user=user))
                if there != (state == "on") and pair not in unsure:
                    differences.append(f"a like was lost: {pair} {state}")
        counted = scene.rows(
            "select c.id from comics c where user_id = :author and total_likes <> (select count(*) from comic_user l where l.comic_id = c.id)",
            author=self.author.user["id_users"],
        )
        return [*differences, *(f"likes of {row.id} are counted wrong" for row in counted)]

    def _withdrawals(self) -> list[str]:
        differences = []
        for person, journal in self.withdrawers:
            made = scene.rows("select count(*) as n from withdrawal_requests where user_id = :user", user=person.user["id_users"])[0].n
            kept, open_ = len(set(journal.kept)), len(set(journal.unknown) - set(journal.kept))
            if not kept <= made <= kept + open_:
                differences.append(f"{made} withdrawals, {kept} acknowledged, {open_} unknown")
        return differences

    def _books(self) -> list[Any]:
        with db.reading() as reading:
            return list(audit.differences(reading))

    @property
    def answers(self) -> dict[str, int]:
        """How often each answer came, of all clients together."""
        total: dict[str, int] = {}
        for journal in self._all():
            for word, times in journal.answers.items():
                total[word] = total.get(word, 0) + times
        return total

    @property
    def longest(self) -> float:
        """Seconds of the slowest answer."""
        return max(journal.longest for journal in self._all())

    def recovery(self, since: float, most: float) -> float:
        """Wait until every client has been acknowledged something since the moment `since`, `most` seconds at most; how many it took."""
        while self._well_again(since) == float("inf") and time.monotonic() < since + most:
            time.sleep(0.05)
        return self._well_again(since)

    def _well_again(self, since: float) -> float:
        return max(min((at - since for at, well in journal.at if well and at > since), default=float("inf")) for journal in self._all())

    def _all(self) -> list[Journal]:
        return [journal for each in self.journals.values() for journal in each]
