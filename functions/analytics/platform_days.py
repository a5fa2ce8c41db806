"""The platform's days as administrators see them: what the worker wrote of each, and the shares that follow."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from common import clock, tables
from common.db import Db
from common.replies import Reply

# Days that the dashboard adds up; the worker's own window, so that people and medians are of the same days.
WINDOW = 30

DAYS = """
select day, facts, updated_at from platform_daily_stats where day > cast(:today as date) - cast(:days as int) and day <= :today order by day
"""

# Names are looked up anew, so that none outlives its account.
NAMED = """
select id_users as user_id, full_name as name, username from users where id_users = any(cast(:users as bigint[])) and erased_at is null
"""

SUMS = (
    "new_users comics_started comics_finished comics_published views likes comments shares revenue refunds payments "
    "scripts_done scripts_failed panels_done panels_failed d1_cohort d1_returned d7_cohort d7_returned d30_cohort d30_returned"
).split()

TIMES = "scripts_median scripts_p95 panels_median panels_p95".split()

# Of a day on which nothing has been written yet.
NOTHING: dict[str, Any] = dict.fromkeys((*SUMS, *"users dau wau mau readers paying_users".split()), 0) | dict.fromkeys(TIMES)


def daily(db: Db, days: int) -> list[dict[str, Any]]:
    """The last `days` days, oldest first, as far back as there are any."""
    return [_day(row.day, row.facts) for row in db.all(DAYS, today=clock.today(), days=days)]


def master(db: Db) -> dict[str, Any]:
    """Today, the last thirty days, the thirty before, and who was read most."""
    today = clock.today()
    rows = db.all(DAYS, today=today, days=2 * WINDOW)
    facts = {row.day: row.facts for row in rows}
    latest = max(facts, default=today)
    spans = [[latest - timedelta(days=back + n) for n in reversed(range(WINDOW))] for back in (0, WINDOW)]
    return {
        "updated_at": rows[-1].updated_at if rows else None,
        "today": _day(latest, facts.get(latest, NOTHING)),
        "last_30_days": _period(spans[0], facts),
        "previous_30_days": _period(spans[1], facts),
        "top_creators": _named(db, facts.get(latest, {}).get("top_creators", [])),
    }


def _named(db: Db, creators: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = db.all(NAMED, users=[each["user_id"] for each in creators]) if creators else []
    people = {row.user_id: row._asdict() for row in rows}
    return [{**each, **people[each["user_id"]]} for each in creators if each["user_id"] in people]


def _day(day: date, facts: dict[str, Any]) -> dict[str, Any]:
    found = {**NOTHING, **facts}
    return {"date": day, **found, **_derived(found, found["dau"])}


def _period(days: Sequence[date], facts: dict[date, dict[str, Any]]) -> dict[str, Any]:
    """Days added up; who was there and how long things took are the last one's window."""
    there = [{**NOTHING, **facts[day]} for day in days if day in facts]
    last: dict[str, Any] = {**NOTHING, **facts.get(days[-1], {})}
    window = {**dict.fromkeys(TIMES), "paying_users": 0, **last.get("window", {})}
    found = {**{name: sum(each[name] for each in there) for name in SUMS}, **window, "mau": last["mau"]}
    average = sum(each["dau"] for each in there) / len(there) if there else 0.0
    return {
        "start": days[0],
        "end": days[-1],
        "dau_average": round(average, 1),
        "stickiness": share(average, last["mau"]),
        **found,
        **_derived(found, found["mau"]),
        "arppu": _each(found["revenue"] - found["refunds"], found["paying_users"]),
    }


def _derived(found: dict[str, Any], active: int) -> dict[str, Any]:
    return {
        **{f"retention_d{after}": _retention(found[f"d{after}_cohort"], found[f"d{after}_returned"]) for after in (1, 7, 30)},
        **{name: _work(found, name) for name in ("scripts", "panels")},
        "net_revenue": found["revenue"] - found["refunds"],
        "arpu": _each(found["revenue"] - found["refunds"], active),
    }


def _retention(cohort: int, returned: int) -> dict[str, Any]:
    return {"cohort": cohort, "returned": returned, "rate": share(returned, cohort)}


def _work(found: dict[str, Any], name: str) -> dict[str, Any]:
    done, failed = found[f"{name}_done"], found[f"{name}_failed"]
    times = {f"{kind}_seconds": found[f"{name}_{kind}"] for kind in ("median", "p95")}
    return {"done": done, "failed": failed, "success_rate": share(done, done + failed), **times}


def share(part: float, whole: float) -> float | None:
    """A share from 0 to 1; None of nothing."""
    return round(part / whole, 4) if whole else None


def _each(rupiah: int, people: int) -> int | None:
    return round(rupiah / people) if people else None


PLAIN = """date users new_users dau wau mau comics_started comics_finished comics_published views readers likes comments shares
revenue refunds net_revenue payments paying_users arpu""".split()


def file(days: list[dict[str, Any]]) -> Reply:
    """Days as CSV, what is nested spread over columns."""
    lines = [_flat(day) for day in days]
    return tables.reply("platform.csv", list(_flat(_day(date.min, NOTHING))), (list(line.values()) for line in lines))


def _flat(day: dict[str, Any]) -> dict[str, Any]:
    kept = {name: day[name] for name in PLAIN}
    kept |= {f"retention_d{after}": day[f"retention_d{after}"]["rate"] for after in (1, 7, 30)}
    return kept | {f"{name}_{fact}": value for name in ("scripts", "panels") for fact, value in day[name].items()}
