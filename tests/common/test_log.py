"""Log lines are one JSON object each, tell which request they belong to, and quote nobody's data."""

import json

import pytest

from common import db, log


def lines(capfd):
    return [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]


def test_a_request_is_one_line_with_its_route_status_and_trace(api, capfd):
    capfd.readouterr()
    api.get(
        "/v1/genres",
        page="no-such",
        headers={"X-Request-Id": "abc", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    )
    [line] = [line for line in lines(capfd) if line["message"] == "request"]
    assert (line["route"], line["status"], line["request_id"]) == ("catalog.list_genres", 200, "abc")
    assert line["logging.googleapis.com/trace"].endswith("/traces/0af7651916cd43dd8448eb211c80319c")


def test_who_asked_is_logged_by_number(signed_in, capfd):
    siti = signed_in()
    capfd.readouterr()
    siti.get("/v1/comics/drafts")
    [line] = [line for line in lines(capfd) if line["message"] == "request"]
    assert line["user_id"] == siti.user["id_users"]


@pytest.mark.parametrize(
    ("cloud", "traceparent", "found"),
    [
        ("105445aa7843bc8bf206b12000100000/1;o=1", None, "105445aa7843bc8bf206b12000100000"),
        (None, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"),
        ("nonsense", "also-nonsense", None),
        (None, None, None),
    ],
)
def test_the_trace_comes_from_either_header(cloud, traceparent, found):
    assert log.trace_of(cloud, traceparent, lambda: "p") == (f"projects/p/traces/{found}" if found else None)


def test_an_error_of_the_database_does_not_quote_the_row(database, capfd):
    """PostgreSQL says which value was there already; a log must not."""
    canary = "".join(("kan", "ari", "@contoh.id"))  # Put together, because a trace shows the lines of this file.
    try:
        with db.transaction() as failing:
            for _ in range(2):
                failing.run(
                    "insert into users (full_name, email, referral_code_id, is_verified) values ('K', :email, gen_random_uuid(), true)",
                    email=canary,
                )
    except Exception:
        log.error("unhandled")
    written = capfd.readouterr().out
    assert "23505" in written and canary not in written
