"""A creator's own figures: by day and month of Jakarta's calendar, and only one's own."""

import csv
import io
from datetime import timedelta
from typing import get_args

import pytest

from common import clock, ledger
from common.wallet import ledger as wallets
from functions.analytics import history
from tests.analytics import facts
from tests.social import scene
from tests.support import people

ZERO = {"views": 0, "readers": 0, "likes": 0, "comments": 0, "shares": 0}
TODAYS_KEYS = """total_comics total_views total_likes total_comments total_earnings active_subscription publish_quota current_balance
current_credits""".split()


def lines(answer):
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


def of_day(caller, day, **query):
    return next(row for row in caller.get("/v1/analytics/daily", days=90, **query).data if row["date"] == day)


def test_what_readers_do_now_is_seen_today(api, signed_in):
    siti, budi = signed_in(), signed_in()
    comic = scene.comic(siti)
    scene.change("insert into comic_panels (comic_id, page_number, panel_number) select :c, 1, n from generate_series(1, 4) n", c=comic)
    api.post(f"/v1/comics/{comic}/track-read", expect=200)
    budi.post(f"/v1/comics/{comic}/track-read", expect=200)
    budi.post(f"/v1/comics/{comic}/track-read", {"last_panel": 3}, expect=200)
    budi.post(f"/v1/comics/{comic}/track-read", {"last_panel": 2, "seconds": 40}, expect=200)
    budi.post(f"/v1/comics/{comic}/likes", expect=200)
    budi.post(f"/v1/comics/{comic}/comments", {"content": "Seru sekali!", "rating": 4}, expect=201)
    budi.post(f"/v1/comics/{comic}/share", expect=200)
    api.worker("/internal/rollups")
    today = {"date": str(clock.today()), "views": 2, "readers": 2, "likes": 1, "comments": 1, "shares": 1}
    assert siti.get("/v1/analytics/daily").data == [
        *({"date": str(clock.today() - timedelta(days=back)), **ZERO} for back in range(6, 0, -1)),
        today,
    ]
    board = siti.get("/v1/analytics/dashboard").data
    assert set(TODAYS_KEYS) <= set(board)
    counts = {name: today[name] for name in ("views", "likes", "comments", "shares")}
    assert board["today"] == board["last_30_days"] == counts
    assert {name: board[f"total_{name}"] for name in counts} == counts
    assert (board["rating_average"], board["rating_count"], board["total_published"]) == (4.0, 1, 1)
    assert [(each["id"], each["views"], each["reach"]) for each in board["comics"]] == [(comic, 2, [1, 1, 1])]


def test_how_far_one_has_read_never_goes_past_the_last_panel_or_backwards(api, signed_in):
    siti = signed_in()
    comic = scene.comic(siti)
    scene.change("insert into comic_panels (comic_id, page_number, panel_number) select :c, 1, n from generate_series(1, 3) n", c=comic)
    for panel in (2, 900, 1):
        api.post(f"/v1/comics/{comic}/track-read", {"last_panel": panel}, expect=200)
    assert scene.rows("select last_panel from comic_views where comic_id = :c", c=comic) == [(3,)]
    api.post(f"/v1/comics/{comic}/track-read", {"last_panel": 0}, expect=422)


def test_a_day_begins_at_midnight_in_jakarta(signed_in, it_is):
    it_is("2026-03-01T08:00")
    siti, budi, ayu = signed_in(), signed_in(), signed_in()
    comic = scene.comic(siti)
    facts.like(comic, budi.user["id_users"], "2026-02-28T23:59:59.999999")
    facts.like(comic, ayu.user["id_users"], "2026-03-01T00:00:00")
    facts.comment(comic, budi.user["id_users"], "2026-02-28T23:59:59.999999")
    facts.share(comic, "2026-03-01T00:00:00")
    facts.roll("2026-02-28", "2026-03-01")
    assert siti.get("/v1/analytics/daily", days=2).data == [
        {"date": "2026-02-28", **ZERO, "likes": 1, "comments": 1},
        {"date": "2026-03-01", **ZERO, "likes": 1, "shares": 1},
    ]


def test_months_and_years_end_where_the_calendar_says(signed_in, it_is):
    it_is("2026-01-31T23:30")
    siti, budi = signed_in(), signed_in()
    comic = scene.comic(siti)
    days = ["2025-11-30", "2025-12-01", "2025-12-31", "2026-01-01", "2026-01-31"]
    for number, day in enumerate(days, 1):
        facts.views(comic, day, [f"{day}-{n}" for n in range(number)])
    facts.like(comic, budi.user["id_users"], "2025-12-31T23:59:59")
    facts.roll(*days)
    months = siti.get("/v1/analytics/monthly", months=3).data
    assert [(row["month"], row["views"], row["likes"]) for row in months] == [("2025-11", 1, 0), ("2025-12", 5, 1), ("2026-01", 9, 0)]
    assert [row["month"] for row in siti.get("/v1/analytics/monthly").data] == [
        "2025-08",
        "2025-09",
        "2025-10",
        "2025-11",
        "2025-12",
        "2026-01",
    ]
    assert len(siti.get("/v1/analytics/monthly", months=24).data) == 24
    this, before = siti.get("/v1/analytics/yearly").data, siti.get("/v1/analytics/yearly", year=2025).data
    assert (this["year"], this["total_views"], before["total_views"], before["total_likes"]) == (2026, 9, 6, 1)
    assert [row["month"] for row in before["months"]] == [f"2025-{n:02}" for n in range(1, 13)]


def test_what_was_earned_is_in_its_month_and_a_reversal_too(signed_in, it_is):
    siti = signed_in()
    user = siti.user["id_users"]
    it_is("2026-04-30T23:59")
    scene.run(lambda db: wallets.credit(db, user, 70_000, f"april:{user}", "Pendapatan"))
    it_is("2026-05-01T00:00")
    scene.run(lambda db: wallets.move(db, user, "commission", f"may:{user}", pending=5_000))
    scene.run(lambda db: wallets.move(db, user, "reverse", f"may:{user}", pending=-5_000))
    scene.run(lambda db: wallets.move(db, user, "hold", f"may:{user}", available=-50_000, held=50_000))
    facts.roll("2026-04-30", "2026-05-01")
    assert {row["month"]: row["earnings"] for row in siti.get("/v1/analytics/monthly", months=2).data} == {"2026-04": 70_000, "2026-05": 0}
    board = siti.get("/v1/analytics/dashboard").data
    assert (board["total_earnings"], board["current_balance"]) == (70_000, 20_000)
    assert siti.get("/v1/analytics/yearly", year=2026).data["total_earnings"] == 70_000


def test_somebody_who_reads_two_comics_is_two_views_and_one_reader(signed_in, it_is):
    it_is("2026-06-10T12:00")
    siti = signed_in()
    one, two = scene.comics(siti, 2)
    facts.views(one, "2026-06-10", ["ayu", "budi"])
    facts.views(two, "2026-06-10", ["ayu"])
    facts.roll("2026-06-10")
    assert of_day(siti, "2026-06-10") == {"date": "2026-06-10", **ZERO, "views": 3, "readers": 2}
    assert of_day(siti, "2026-06-10", comic_id=one) == {"date": "2026-06-10", **ZERO, "views": 2, "readers": 2}


def test_two_people_do_not_see_each_others_figures(signed_in, it_is):
    it_is("2026-06-11T12:00")
    siti, budi = signed_in(), signed_in()
    comic = scene.comic(siti, "Milik Siti")
    facts.views(comic, "2026-06-11", ["ayu"])
    facts.roll("2026-06-11")
    scene.change(
        "insert into transactions (user_id, type, amount, reason, reference_id) values (:u, 'credit', 5, 'grant', 'siti-alone')",
        u=siti.user["id_users"],
    )
    assert of_day(budi, "2026-06-11")["views"] == 0
    assert all(row["views"] == 0 for row in budi.get("/v1/analytics/monthly").data)
    assert budi.get("/v1/analytics/yearly").data["total_views"] == 0
    board = budi.get("/v1/analytics/dashboard").data
    assert (board["total_views"], board["total_comics"], board["comics"]) == (0, 0, [])
    assert budi.get("/v1/analytics/history").data == []
    assert lines(budi.get("/v1/analytics/dashboard", format="csv")) == lines(budi.get("/v1/analytics/history", format="csv")) == []
    assert (
        budi.get("/v1/analytics/daily", comic_id=comic, expect=404).json
        == budi.get("/v1/analytics/daily", comic_id=987654321, expect=404).json
    )


@pytest.mark.parametrize(
    "query", ["daily?days=0", "daily?days=91", "monthly?months=0", "monthly?months=25", "yearly?year=1999", "daily?format=pdf"]
)
def test_spans_have_bounds(query, signed_in):
    assert signed_in().get(f"/v1/analytics/{query}", expect=422).error == "InvalidRequest"


def test_the_history_is_ones_ledger_newest_first_in_words(signed_in):
    siti = signed_in()
    for number, (kind, amount, reason, description) in enumerate(
        [("credit", 20, "purchase", "Basic"), ("debit", -1, "reserve", "panels"), ("debit", 0, "take", None), ("debit", -2, "spend", None)]
    ):
        scene.change(
            "insert into transactions (user_id, type, amount, held, reason, reference_id, description) values (:u, :k, :a, 1, :r, :ref, cast(:d as text))",
            u=siti.user["id_users"],
            k=kind,
            a=amount,
            r=reason,
            ref=f"history-{siti.user['id_users']}-{number}",
            d=description,
        )
    shown = siti.get("/v1/analytics/history", headers={"Accept-Language": "id"}).data
    assert [(row["type"], row["amount"], row["description"]) for row in shown] == [
        ("debit", -2, "Kredit dipakai"),
        ("debit", -1, "Komik digambar"),
        ("credit", 20, "Basic"),
    ]
    assert [row["id"] for row in scene.scrolled(siti, "/v1/analytics/history", per_page=1)] == [row["id"] for row in shown]
    assert [row["amount"] for row in lines(siti.get("/v1/analytics/history", format="csv"))] == ["20", "-1", "-2"]


def test_everything_that_kredit_and_quota_are_moved_for_has_a_title_in_both_languages():
    # What a job takes was reserved before: it moves nothing that its person still had, and is not shown.
    moved = set(get_args(ledger.Reason)) - {"take"}
    assert moved - set(history.TITLES) == set()
    assert all(title.id and title.en and title.id != title.en for title in history.TITLES.values())


@pytest.mark.parametrize(("language", "gift"), [("id", "Hadiah selamat datang"), ("en", "Welcome gift")])
def test_who_has_just_verified_reads_the_gift_in_words(api, language, gift):
    siti = people.signed_in(api)
    shown = siti.get("/v1/analytics/history", headers={"Accept-Language": language}).data
    assert sorted((row["unit"], row["amount"], row["description"]) for row in shown) == [("kredit", 1, gift), ("publish_quota", 3, gift)]


def test_files_open_in_spreadsheets_and_run_nothing(signed_in, it_is):
    it_is("2026-07-01T09:00")
    siti = signed_in()
    titles = ['=HYPERLINK("http://jahat.example","klik")', "+62", "-1", "@SUM(A1)", "\t=1+1", 'Kancil, "Buaya"\ndan Ibu é']
    for title in titles:
        facts.views(scene.comic(siti, title), "2026-07-01", ["ayu"])
    scene.change(
        "insert into transactions (user_id, type, amount, reason, reference_id, description) values (:u, 'credit', 5, 'grant', :r, '=1+1')",
        u=siti.user["id_users"],
        r=f"formula-{siti.user['id_users']}",
    )
    facts.roll("2026-07-01")
    answer = siti.get("/v1/analytics/dashboard", format="csv")
    assert answer.body.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 by its mark"
    assert {row["title"] for row in lines(answer)} == {*(f"'{title}" for title in titles[:4]), "'\t'=1+1", titles[5]}
    assert {row["views_30_days"] for row in lines(answer)} == {"1"}
    assert lines(siti.get("/v1/analytics/history", format="csv"))[0]["description"] == "'=1+1"


@pytest.mark.parametrize("name", ["daily", "monthly", "yearly", "history", "dashboard"])
def test_a_file_is_given_to_whoever_accepts_csv(name, signed_in):
    siti = signed_in()
    asked = siti.get(f"/v1/analytics/{name}", headers={"Accept": "text/csv"})
    lines(asked)
    assert asked.body == siti.get(f"/v1/analytics/{name}", format="csv").body
    assert siti.get(f"/v1/analytics/{name}", format="json", headers={"Accept": "text/csv"}).json["ok"]
    assert siti.get(f"/v1/analytics/{name}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}).json["ok"]


def test_the_days_file_says_what_the_list_says(signed_in, it_is):
    it_is("2026-07-02T09:00")
    siti = signed_in()
    facts.views(scene.comic(siti), "2026-07-02", ["ayu", "budi"])
    facts.roll("2026-07-02")
    shown = siti.get("/v1/analytics/daily", days=3).data
    assert [{k: str(v) for k, v in row.items()} for row in shown] == lines(siti.get("/v1/analytics/daily", days=3, format="csv"))


@pytest.mark.parametrize("path", ["dashboard", "daily?days=90", "monthly?months=24", "yearly", "history", "history?per_page=1"])
def test_whatever_the_span_a_list_takes_two_statements_beside_the_callers(path, signed_in, monkeypatch):
    siti = signed_in()
    with scene.counted(monkeypatch) as seen:
        siti.get(f"/v1/analytics/{path}")
    assert len(seen) <= 3
