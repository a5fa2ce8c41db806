"""10,000 pushes while FCM fails one in a hundred, and an announcement to 100,000 people: `python -m tests.bench.pushes`.

Every failure of FCM is among them. What is printed: how long it took, how many devices got theirs once,
twice and never, and how long others waited for the database while the announcement was written.
"""

import threading
import time
from collections import Counter
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from tests.bench.alone import api_on_its_own, line

DEVICES, PEOPLE = 10_000, 100_000

# One in a hundred fails: for a moment, for good, or so that nobody knows.
KINDS = ("unavailable-1", "quota-1", "internal-1", "unregistered", "lost")

CROWD = """
insert into users (full_name, email, referral_code_id, is_verified)
select 'Bench', :mark || n || '@contoh.id', :mark || n, true from generate_series(1, cast(:count as int)) n returning id_users
"""
DEVICE = """
with entered as (insert into sessions (user_id, expires_at) select u, now() + interval '1 day' from unnest(cast(:users as bigint[])) u returning id, user_id)
insert into devices (user_id, session_id, fcm_token)
select user_id, id, case when user_id % 100 = 0 then (cast(:kinds as text[]))[1 + user_id / 100 % 5] else 'ponsel' end || ':' || user_id from entered
"""


def main() -> None:
    """Print both."""
    with api_on_its_own(durable=True) as api:
        said = [*_pushes(api), *_announcement(api)]
    print("\n".join(said))


def _pushes(api: Any) -> list[str]:
    from common import db, notices
    from common.i18n import Text

    with db.transaction() as making:
        users = [row.id_users for row in making.all(CROWD, mark="P", count=DEVICES)]
        making.run(DEVICE, users=users, kinds=list(KINDS))
        for user in users:
            notices.tell(making, user, "success", Text("T", "J"), Text("M", "P"), key="bench", data={"comic_id": 1})
        making._after.clear()  # No bell: the worker is called by hand.
    seconds, rounds = 0.0, 0
    while _due():
        began = time.perf_counter()
        with redirect_stdout(StringIO()):
            notices.start()
            api.work("push")
        seconds, rounds = seconds + time.perf_counter() - began, rounds + 1
        with db.transaction() as waiting:
            waiting.run("update pushes set due_at = now() where due_at is not null")
    got = Counter(message["token"] for message in api.services.fcm.taken)
    dead = sum(1 for user in users if user % 100 == 0 and KINDS[user // 100 % 5] == "unregistered")
    once, twice = sum(count == 1 for count in got.values()), sum(count > 1 for count in got.values())
    assert (twice, DEVICES - once) == (0, dead)
    return [
        f"{DEVICES} pushes, 1 % failing: {seconds:.1f} s in {rounds} rounds, {DEVICES / seconds:.0f} pushes/s",
        f"  once {once}   twice {twice}   never {DEVICES - once - twice}, of which refused for good {dead}",
    ]


def _due() -> bool:
    from common import db

    with db.reading() as reading:
        return bool(
            reading.value(
                "select exists (select from notifications where push_at is not null) or exists (select from pushes where due_at is not null)"
            )
        )


def _announcement(api: Any) -> list[str]:
    from common import db

    with db.transaction() as making:
        making.run("delete from devices")
        making.run(CROWD, mark="A", count=PEOPLE)
        admin = making.one(
            "insert into users (full_name, email, referral_code_id, is_verified, role) values ('A', 'a@b.id', 'ADM', true, 'admin') returning *"
        )
        announcement = making.value(
            "insert into announcements (created_by, type, title_id, title_en, message_id, message_en) values (:by, 'x', 'J', 'T', 'P', 'M') returning id",
            by=admin.id_users,
        )
        from common import jobs

        jobs.enqueue(making, "announce", f"announcement:{announcement}", payload={"announcement": announcement})
        making._after.clear()
    others: list[float] = []
    stop = threading.Event()
    thread = threading.Thread(target=_meanwhile, args=(others, stop))
    _meanwhile(quiet := [], None)
    thread.start()
    began = time.perf_counter()
    with redirect_stdout(StringIO()):
        api.work("announce")
    seconds = time.perf_counter() - began
    stop.set()
    thread.join()
    with db.reading() as reading:
        told = reading.one(
            "select count(*) as n, count(distinct user_id) as people from notifications where dedupe_key = 'announcement:' || :id",
            id=str(announcement),
        )
    return [
        f"announcement: {told.n} rows for {told.people} people in {seconds:.1f} s ({told.n / seconds:.0f}/s)",
        line("  a balance beside it", others),
        line("  a balance without it", quiet),
    ]


def _meanwhile(times: list[float], stop: threading.Event | None) -> None:
    """Somebody's balance changes again and again, among the people who are being told."""
    from common import db

    for number in range(100_000 if stop else 200):
        if stop is not None and stop.is_set():
            return
        started = time.perf_counter()
        with db.transaction() as moving:
            user = moving.value("select id_users from users where id_users = :user for update", user=DEVICES + 1 + number * 97 % PEOPLE)
            moving.run("update users set total_followers = total_followers + 1 where id_users = :user", user=user)
        times.append((time.perf_counter() - started) * 1000)
        time.sleep(0.002)


if __name__ == "__main__":
    main()
