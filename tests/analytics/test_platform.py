"""The administrators' dashboard: every figure equals a count in Python over the raw rows."""

import csv
import io
import statistics
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest

from common import clock, db, erasure
from tests.analytics import facts
from tests.social import scene

MASTER = "/v1/admin/analytics/dashboard"
DAYS = "/v1/admin/analytics/daily"

# A month with an edge at each end; the dashboard of its last day looks back on exactly these thirty days.
LAST = date(2025, 9, 30)
SPAN = [LAST - timedelta(days=back) for back in reversed(range(30))]


def day_of(moment):
    return moment.astimezone(clock.WIB).date()


def table(sql):
    return scene.rows(sql)


@pytest.fixture(scope="module")
def september(gateway, services):
    """Thirty days of people, comics, reads, jobs and payments, some a second from midnight."""
    from tests.support.client import Client

    api = Client(gateway, services)
    people = [scene.person(api, f"Orang {n}") for n in range(12)]
    ids = [each.user["id_users"] for each in people]
    for number, user in enumerate(ids):
        facts.came(user, f"{SPAN[number // 2 * 5]}T{'00:00:00' if number % 2 else '23:59:59'}")
        scene.change("delete from sessions where user_id = :user", user=user)
    comics = [scene.comic(people[n % 4], f"Komik {n}") for n in range(6)]
    for number, comic in enumerate(comics):
        day = SPAN[number * 5]
        scene.change(
            "update comics set created_at = :made, published_at = :out where id = :id",
            made=facts.at(f"{day}T00:00:00"),
            out=facts.at(f"{day}T23:59:59"),
            id=comic,
        )
        facts.job("script", "done", f"{day}T10:00:00", f"{day}T10:00:{10 + number}", comic)
        facts.job("panels", "done", f"{day}T23:59:00", f"{day}T23:59:{30 + number}", comic)
        facts.job("panels", "done", f"{day}T12:00:00", f"{day}T12:01:{number:02}", comic)
        facts.job("panels", "failed", f"{day}T13:00:00", f"{day}T13:01:00", comic)
        facts.job("panels", "canceled", f"{day}T14:00:00", f"{day}T14:00:01", comic)
        facts.job("pdf", "failed", f"{day}T15:00:00", f"{day}T15:00:01", comic)
    for number, day in enumerate(SPAN):
        for reader in range(1 + number % 5):
            user = ids[(number + reader) % 12]
            facts.views(comics[(number * reader) % 6], str(day), [f"akun-{user}"], user=user)
        facts.views(comics[number % 6], str(day), ["tamu", f"tamu-{number}"])
        facts.share(comics[number % 3], f"{day}T23:59:59")
    for number in range(40):
        day = SPAN[number * 7 % 30]
        if not table(f"select 1 from comic_user where comic_id = {comics[number % 6]} and user_id = {ids[number % 12]}"):
            facts.like(comics[number % 6], ids[number % 12], f"{day}T{'00:00:00' if number % 2 else '23:59:59'}")
        facts.comment(comics[number % 5], ids[number % 11], f"{day}T20:00:00")
    for number in range(9):
        refunded = f"{SPAN[29]}T23:59:59" if number % 4 == 0 else None
        facts.paid(ids[number % 5], 16_500 + number, f"{SPAN[number * 3]}T{'00:00:00' if number % 2 else '23:59:59'}", refunded)
    facts.roll(*map(str, SPAN))
    return api


@pytest.fixture
def in_september(september, it_is, admin):
    it_is(f"{LAST}T23:59:30")
    return admin


class Brute:
    """The raw rows, read once, and what follows from them by plain counting."""

    def __init__(self):
        self.users = table("select * from users where is_verified or erased_at is not null")
        self.views, self.likes = table("select * from comic_views"), table("select * from comic_user")
        self.comments, self.shares = table("select * from comments where hidden_at is null"), table("select * from comic_share")
        self.comics, self.jobs = table("select * from comics"), table("select * from jobs where finished_at is not null")
        self.payments = table("select * from payment_transactions where paid_at is not null")
        self.active = defaultdict(set)
        for rows, moment in (
            (self.likes, "created_at"),
            (self.comments, "created_at"),
            (self.comics, "created_at"),
            (self.payments, "paid_at"),
        ):
            for row in rows:
                self.active[day_of(getattr(row, moment))].add(row.user_id)
        for row in self.views:
            self.active[row.day] |= {row.user_id} - {None}
        for row in self.shares:
            self.active[day_of(row.created_at)] |= {row.user_id} - {None}
        for row in table("select s.user_id, p.issued_at from personal_access_tokens p join sessions s on s.id = p.session_id"):
            self.active[day_of(row.issued_at)].add(row.user_id)

    def on(self, rows, moment, *days):
        return [row for row in rows if getattr(row, moment) and day_of(getattr(row, moment)) in days]

    def there(self, *days):
        return set().union(*(self.active[day] for day in days))

    def counts(self, *days):
        return {
            "views": sum(row.day in days for row in self.views),
            "likes": len(self.on(self.likes, "created_at", *days)),
            "comments": len(self.on(self.comments, "created_at", *days)),
            "shares": len(self.on(self.shares, "created_at", *days)),
        }

    def work(self, kind, *days):
        ended = [row for row in self.on(self.jobs, "finished_at", *days) if row.kind == kind]
        seconds = sorted((row.finished_at - row.created_at).total_seconds() for row in ended if row.status == "done")
        failed = sum(row.status == "failed" for row in ended)
        rate = round(len(seconds) / (len(seconds) + failed), 4) if seconds or failed else None
        return {
            "done": len(seconds),
            "failed": failed,
            "success_rate": rate,
            "median_seconds": pytest.approx(statistics.median(seconds)) if seconds else None,
            "p95_seconds": pytest.approx(quantile(seconds, 0.95)) if seconds else None,
        }

    def money(self, active, *days):
        revenue = sum(row.amount for row in self.on(self.payments, "paid_at", *days))
        refunds = sum(row.amount for row in self.on(self.payments, "refunded_at", *days))
        paid = self.on(self.payments, "paid_at", *days)
        return {
            "revenue": revenue,
            "refunds": refunds,
            "net_revenue": revenue - refunds,
            "payments": len(paid),
            "paying_users": len({row.user_id for row in paid}),
            "arpu": round((revenue - refunds) / active) if active else None,
        }

    def retention(self, after, *days):
        cohort = returned = 0
        for day in days:
            came = {row.id_users for row in self.on(self.users, "created_at", day - timedelta(days=after))}
            cohort, returned = cohort + len(came), returned + len(came & self.active[day])
        return {"cohort": cohort, "returned": returned, "rate": round(returned / cohort, 4) if cohort else None}

    def span(self, mau, active, *days):
        finished = [row for row in self.on(self.jobs, "finished_at", *days) if row.kind == "panels" and row.status == "done"]
        return {
            **self.counts(*days),
            **self.money(active, *days),
            **{f"retention_d{after}": self.retention(after, *days) for after in (1, 7, 30)},
            "mau": mau,
            "new_users": len(self.on(self.users, "created_at", *days)),
            "comics_started": len(self.on(self.comics, "created_at", *days)),
            "comics_finished": len({(day_of(row.finished_at), row.comic_id) for row in finished}),
            "comics_published": len([row for row in self.on(self.comics, "published_at", *days) if row.is_public]),
            "scripts": self.work("script", *days),
            "panels": self.work("panels", *days),
        }


def quantile(values, share):
    """The value at that share of the way through, between its neighbours, as PostgreSQL's percentile_cont has it."""
    place = share * (len(values) - 1)
    low = int(place)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (place - low)


def back(day, count):
    return [day - timedelta(days=n) for n in range(count)]


def test_every_day_equals_a_count_over_the_raw_rows(in_september):
    brute = Brute()
    shown = {row["date"]: row for row in in_september.get(DAYS, days=30).data}
    assert list(shown) == [str(day) for day in SPAN]
    for day in SPAN:
        dau, mau = len(brute.there(day)), len(brute.there(*back(day, 30)))
        assert shown[str(day)] == {
            "date": str(day),
            "users": sum(day_of(row.created_at) <= day for row in brute.users),
            "dau": dau,
            "wau": len(brute.there(*back(day, 7))),
            "readers": len({bytes(row.reader) for row in brute.views if row.day == day}),
            **brute.span(mau, dau, day),
        }, day


def test_the_dashboard_equals_a_count_over_the_raw_rows(in_september):
    brute = Brute()
    board = in_september.get(MASTER).data
    mau = len(brute.there(*SPAN))
    average = sum(len(brute.there(day)) for day in SPAN) / 30
    month = brute.span(mau, mau, *SPAN)
    payers = month["paying_users"]
    assert board["last_30_days"] == {
        **month,
        "start": str(SPAN[0]),
        "end": str(LAST),
        "dau_average": round(average, 1),
        "stickiness": round(average / mau, 4),
        "arppu": round(month["net_revenue"] / payers),
    }
    assert month["refunds"] > 0 and month["retention_d7"]["returned"] > 0 and month["panels"]["failed"] == 6, (
        "the month has something to say"
    )
    assert board["today"] == in_september.get(DAYS, days=1).data[0]
    assert datetime.fromisoformat(board["updated_at"])


def test_the_top_creators_are_those_who_were_read_most_by_name(in_september):
    brute = Brute()
    owners = {row.id: row.user_id for row in brute.comics}
    reads = Counter(owners[row.comic_id] for row in brute.views if row.day in SPAN)
    shown = in_september.get(MASTER).data["top_creators"]
    assert [(each["user_id"], each["views"]) for each in shown] == sorted(reads.items(), key=lambda each: -each[1])[:10]
    assert shown[0]["name"].startswith("Orang ")
    assert set(shown[0]) == {"user_id", "name", "username", "views", "likes", "comments", "shares"}, "no address of anybody"
    scene.change("update users set full_name = 'Nama Baru' where id_users = :id", id=shown[0]["user_id"])
    assert in_september.get(MASTER).data["top_creators"][0]["name"] == "Nama Baru"
    scene.change("update users set erased_at = now() where id_users = :id", id=shown[0]["user_id"])
    assert in_september.get(MASTER).data["top_creators"] == shown[1:]
    scene.change("update users set erased_at = null where id_users = :id", id=shown[0]["user_id"])


def test_the_days_as_a_file_say_the_same(in_september):
    answer = in_september.get(DAYS, days=30, format="csv")
    lines = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    for line, day in zip(lines, in_september.get(DAYS, days=30).data, strict=True):
        assert (line["date"], int(line["views"]), int(line["revenue"]), int(line["dau"])) == (
            day["date"],
            day["views"],
            day["revenue"],
            day["dau"],
        )
        assert line["panels_success_rate"] == str("" if day["panels"]["success_rate"] is None else day["panels"]["success_rate"])
    assert "retention_d7" in lines[0] and "scripts_p95_seconds" in lines[0]


def test_before_anything_was_worked_out_the_dashboard_is_empty_and_not_broken(admin, it_is):
    it_is("2019-01-01T12:00")
    board = admin.get(MASTER).data
    assert (board["updated_at"], board["top_creators"], board["today"]["users"]) == (None, [], 0)
    assert board["last_30_days"]["arpu"] is board["last_30_days"]["panels"]["success_rate"] is None
    assert admin.get(DAYS).data == []


def test_somebody_who_signs_in_today_is_active_today(api, admin):
    api.worker("/internal/rollups")
    before = admin.get(MASTER).data["today"]["dau"]
    from tests.support import people

    people.signed_in(api)
    api.worker("/internal/rollups")
    after = admin.get(MASTER).data["today"]
    assert (after["dau"], after["date"]) == (before + 1, str(clock.today()))


def test_who_left_for_good_counts_as_not_having_come_back(signed_in):
    stayed, left = (signed_in().user["id_users"] for _ in range(2))
    for user in (stayed, left):
        facts.came(user, "2025-10-10T12:00")
    scene.change("insert into active_days (day, user_id) values ('2025-10-17', :user)", user=stayed)
    with db.transaction() as erasing:
        erasure.erase(erasing, left)
    facts.roll("2025-10-17")
    (day,) = facts.stats("platform_daily_stats", "day = '2025-10-17'")
    scene.change("delete from users where id_users in (:stayed, :left)", stayed=stayed, left=left)
    assert (day["facts"]["d7_cohort"], day["facts"]["d7_returned"]) == (2, 1)


@pytest.mark.parametrize("role", ["creator", "moderator", "finance"])
def test_only_administrators_see_the_platform(role, signed_in):
    caller = signed_in()
    scene.change("update users set role = :role where id_users = :user", role=role, user=caller.user["id_users"])
    for path in (MASTER, DAYS):
        assert caller.get(path, expect=403).error == "Forbidden"


@pytest.mark.parametrize("path", [MASTER, f"{DAYS}?days=366"])
def test_the_dashboard_takes_two_statements_beside_the_callers(path, in_september, monkeypatch):
    with scene.counted(monkeypatch) as seen:
        in_september.get(path)
    assert len(seen) <= 3
