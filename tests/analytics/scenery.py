"""A hundred and twenty days of a growing platform, as the worker would have written them."""

import math
from datetime import timedelta
from typing import Any

from common import clock, db
from tests.social import scene

CREATORS = (
    "Siti Rahma",
    "Budi Santoso",
    "Dewi Lestari Puspitasari Wulandari Kusumaningrum",
    "Made Wirawan",
    "<img src=x onerror=alert(1)>",
)


def facts(number: int) -> dict[str, Any]:
    """The facts of the day of that number; weekends are busier, and everything grows."""
    wave = 1 + 0.18 * math.sin(number * 2 * math.pi / 7) + 0.07 * math.sin(number * 1.7)
    dau = round((140 + 4.2 * number) * wave)
    new, views = round(dau * 0.11), round(dau * 4.3 * wave)
    started, failed = round(dau * 0.16), round(dau * 0.004 * (1 + number % 3))
    finished = round(started * 0.7)
    payments = round(dau * 0.021)
    cohorts = {f"d{after}_cohort": new for after in (1, 7, 30)}
    returned = {f"d{after}_returned": round(new * share * (1 + number / 600)) for after, share in ((1, 0.42), (7, 0.24), (30, 0.13))}
    times = {
        "scripts_median": 11.2 + number % 4,
        "scripts_p95": 24.0 + number % 6,
        "panels_median": 58 - number / 12,
        "panels_p95": 118.0 + 9 * (number % 5),
    }
    return {
        "users": 900 + round(new * number * 0.8),
        "new_users": new,
        "dau": dau,
        "wau": dau * 2,
        "mau": round((140 + 4.2 * number) * 3.3),
        **cohorts,
        **returned,
        **times,
        "comics_started": started,
        "comics_finished": finished,
        "comics_published": round(finished * 0.6),
        "views": views,
        "readers": round(views * 0.38),
        "likes": round(views * 0.09),
        "comments": round(views * 0.03),
        "shares": round(views * 0.014),
        "scripts_done": started,
        "scripts_failed": failed // 2,
        "panels_done": finished,
        "panels_failed": failed,
        "revenue": payments * 16_500,
        "refunds": 16_500 * (number % 9 == 4),
        "payments": payments,
        "paying_users": payments,
        "window": {**times, "paying_users": payments * 22},
    }


def paint(days: int = 120) -> list[int]:
    """Write these days, today the last of them, in place of whatever there was; the creators' accounts."""
    ids = [
        scene.run(
            lambda changing, name=name, n=n: changing.value(
                "insert into users (full_name, username, email, referral_code_id, is_verified) values (:name, :u, :u || '@contoh.id', :u, true) returning id_users",
                name=name,
                u=f"kreator_{clock.now():%f}_{n}",
            )
        )
        for n, name in enumerate(CREATORS)
    ]
    top = [
        {"user_id": each, "views": 9400 // (n + 1), "likes": 880 // (n + 1), "comments": 240 // (n + 1), "shares": 90 // (n + 1)}
        for n, each in enumerate(ids)
    ]
    scene.change("delete from platform_daily_stats")
    for number in range(days):
        scene.change(
            "insert into platform_daily_stats (day, facts, updated_at) values (:day, cast(:facts as jsonb), :now)",
            day=clock.today() - timedelta(days=days - 1 - number),
            facts=db.json({**facts(number + 120 - days), "top_creators": top}),
            now=clock.now(),
        )
    return ids
