"""The wallet's statement: pages, days in Jakarta, and the file."""

import csv
import io
from datetime import UTC, datetime

import pytest

from common import clock, db
from common.wallet import ledger
from tests.wallet import money


@pytest.fixture
def at(monkeypatch):
    """`at(year, month, day, hour)` sets the rules' clock, in UTC."""
    return lambda *when: monkeypatch.setattr(clock, "now", lambda: datetime(*when, tzinfo=UTC))


def credited(caller, amount, name, description="Royalti"):
    with db.transaction() as writing:
        ledger.credit(writing, caller.user["id_users"], amount, f"{caller.user['id_users']}:{name}", description)


def test_the_statement_shows_each_movement_with_a_sentence_newest_first(signed_in):
    siti = money.creator(signed_in, 100_000)
    money.withdraw(siti, 60_000)
    rows = siti.get("/v1/wallet/transactions", headers={"Accept-Language": "id"}).data
    assert [(row["title"], row["available"], row["held"]) for row in rows] == [
        ("Penarikan diajukan", -60_000, 60_000),
        ("Pendapatan kreator", 100_000, 0),
    ]


def test_pages_and_cursors_walk_the_whole_statement_without_a_gap(signed_in):
    siti = money.creator(signed_in)
    for number in range(5):
        credited(siti, 1_000 + number, number)
    by_page = [row["available"] for page in (1, 2, 3) for row in siti.get("/v1/wallet/transactions", per_page=2, page=page).data]
    seen, cursor = [], {}
    while True:
        answer = siti.get("/v1/wallet/transactions", per_page=2, **cursor)
        seen += [row["available"] for row in answer.data]
        if not answer.json["meta"]["has_next"]:
            break
        cursor = {"cursor": answer.json["meta"]["next_cursor"]}
    assert by_page == seen == [1_004, 1_003, 1_002, 1_001, 1_000]
    assert answer.json["meta"]["total"] == 5


def test_a_day_begins_at_midnight_in_jakarta(signed_in, at, monkeypatch):
    siti = money.creator(signed_in)
    with monkeypatch.context():
        at(2026, 1, 31, 16, 59)
        credited(siti, 1, "last minute of January")
        at(2026, 1, 31, 17, 0)
        credited(siti, 2, "first minute of February")
        at(2026, 2, 28, 16, 59)
        credited(siti, 4, "last minute of February")
        at(2026, 2, 28, 17, 0)
        credited(siti, 8, "first minute of March")
    monkeypatch.undo()

    def total(**days):
        return sum(row["available"] for row in siti.get("/v1/wallet/transactions", **days).data)

    assert total(start_date="2026-02-01", end_date="2026-02-28") == 2 + 4
    assert total(end_date="2026-01-31") == 1
    assert total(start_date="2026-03-01") == 8


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-02-30"},
        {"start_date": "1767225600"},
        {"end_date": "0001-01-01"},
        {"start_date": "2026-02-02", "end_date": "2026-02-01"},
    ],
    ids=str,
)
def test_what_is_no_day_is_refused(signed_in, query):
    assert signed_in().get("/v1/wallet/transactions", expect=422, **query).error == "InvalidRequest"


def test_the_file_holds_the_same_movements_and_no_cell_runs_as_a_formula(signed_in):
    siti = money.creator(signed_in)
    credited(siti, 75_000, "one", "=HYPERLINK(1)")
    credited(siti, 25_000, "two", "Royalti, Oktober")
    answer = siti.get("/v1/wallet/transactions", format="csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [(line["available"], line["description"]) for line in lines] == [("75000", "'=HYPERLINK(1)"), ("25000", "Royalti, Oktober")]


def test_nobody_sees_the_statement_of_others(signed_in):
    money.creator(signed_in, 100_000)
    assert signed_in().get("/v1/wallet/transactions").data == []
