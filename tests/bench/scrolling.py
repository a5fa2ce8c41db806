"""Whether scrolling costs the same however far one has come: `python -m tests.bench.scrolling`.

A reader who follows a thousand creators of fifty thousand comics and was told twenty thousand things goes
through feed, search and notifications by cursor. Printed are the median milliseconds of the first
page and of one far behind, and their ratio.
"""

import statistics
import sys
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from werkzeug.test import Client as WerkzeugClient

from tests.bench.alone import api_on_its_own, timed
from tests.support import people
from tests.support.client import Client

COMICS, FOLLOWED, TOLD, DEPTH, PER_PAGE, TARGET = 50_000, 1_000, 20_000, 400, 20, 1.5

FILL = (
    "insert into users (full_name, email, referral_code_id, is_verified) select 'Orang ' || n, n || '@bench.id', 'B' || n, true from generate_series(1, 5000) n",
    "insert into comics (user_id, title, synopsis, published_at, total_views)"
    " select f.first + n % 5000, case when n % 3 = 0 then 'Kancil dan buaya ' else 'Timun mas ' end || n, 'Cerita rakyat', now() - n * interval '1 minute', n % 977"
    " from generate_series(1, cast(:comics as int)) n, (select min(id_users) as first from users where email like '%bench.id') f",
    "insert into follows (follower_id, followed_id) select :me, id_users from users where email like '%bench.id' order by 2 limit cast(:followed as int)",
    "insert into notifications (user_id, type, title, message, push_at, created_at)"
    " select :me, 'engagement', 'Judul', 'Pesan ' || n, null, now() - n * interval '1 minute' from generate_series(1, cast(:told as int)) n",
    "analyze",
)

LISTS = {"feed": "/v1/feed", "search": "/v1/comics?q=kancil&sort_by=newest", "notifications": "/v1/notifications"}


def main() -> int:
    """Print a line for each list; 1 when one of them grows."""
    with api_on_its_own() as api:
        siti = people.signed_in(api)
        _fill(siti.user["id_users"])
        found = {name: _compared(siti, path) for name, path in LISTS.items()}
    for name, (near, far) in found.items():
        print(f"{name:14} first page {near:6.2f} ms   page {DEPTH} {far:6.2f} ms   {far / near:4.2f} x (at most {TARGET} x)")
    return 0 if all(far <= TARGET * near for near, far in found.values()) else 1


def _fill(me: int) -> None:
    from common import db

    values = {"me": me, "comics": COMICS, "followed": FOLLOWED, "told": TOLD}
    with db.moving() as filling:
        for statement in FILL:
            filling.run(statement, **{name: value for name, value in values.items() if f":{name}" in statement})


def _asked(caller: Client, path: str) -> Any:
    # Without the test client's check of every reply, which costs more than the reply.
    answer = WerkzeugClient(caller.app).get(path, headers={"Authorization": f"Bearer {caller.token}"})
    assert answer.status_code == 200, answer
    return answer


def _compared(caller: Client, path: str) -> tuple[float, float]:
    """Median milliseconds of the first page and of one far behind."""
    far = _far(caller, path)
    near_ms, far_ms = (statistics.median(timed(lambda at=at: _asked(caller, at), 60)) for at in (_sized(path), far))
    return near_ms, far_ms


def _far(caller: Client, path: str) -> str:
    """The address of a page far behind, reached as an app reaches it."""
    at = path
    for _ in range(DEPTH * PER_PAGE // 100):
        with redirect_stdout(StringIO()):
            meta: dict[str, Any] = _asked(caller, f"{at}{'&' if '?' in at else '?'}per_page=100").json["meta"]
        at = f"{path}{'&' if '?' in path else '?'}cursor={meta['next_cursor']}"
    return _sized(at)


def _sized(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}per_page={PER_PAGE}"


if __name__ == "__main__":
    sys.exit(main())
