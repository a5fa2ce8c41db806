"""Log lines are one JSON object each, tell which request they belong to, and quote nobody's data."""

import json
import re

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


def test_an_error_is_an_event_that_error_reporting_groups_by_its_trace(capfd, monkeypatch):
    monkeypatch.setenv("K_SERVICE", "comics")
    monkeypatch.setenv("K_REVISION", "comics-00042-kan")
    capfd.readouterr()
    try:
        {}["halaman"]
    except KeyError:
        log.error("job failed", job=7)
    [line] = lines(capfd)
    assert (line["severity"], line["message"], line["job"]) == ("ERROR", "job failed\nKeyError: 'halaman'", 7)
    assert line["@type"] == "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
    assert line["serviceContext"] == {"service": "comics", "version": "comics-00042-kan"}
    # The parser wants what traceback.format_exc() gives, from its first word to the exception.
    assert re.fullmatch(r"Traceback \(most recent call last\):\n  File \".*KeyError: 'halaman'\n", line["stack_trace"], re.DOTALL)


def test_an_error_without_an_exception_names_its_place(capfd):
    capfd.readouterr()
    log.error("a lease stays")
    [line] = lines(capfd)
    assert line["message"] == "a lease stays" and "stack_trace" not in line
    place = line["context"]["reportLocation"]
    assert place["functionName"] == "test_an_error_without_an_exception_names_its_place"
    assert place["filePath"].endswith("tests/common/test_log.py") and place["lineNumber"] > 1


def test_what_breaks_in_a_handler_is_one_event_with_the_request_and_its_caller(signed_in, capfd, monkeypatch):
    from functions.wallet import main as wallet

    siti = signed_in()

    def broken(*given, **named):
        raise RuntimeError("a bug")

    monkeypatch.setattr(wallet.statements, "wallet", broken)
    capfd.readouterr()
    answer = siti.get("/v1/wallet", expect=500, headers={"X-Request-Id": "abc"})
    assert answer.error == "Problem"
    event, request = lines(capfd)
    assert event["stack_trace"].endswith("RuntimeError: a bug\n") and event["context"]["user"] == str(siti.user["id_users"])
    assert (event["request_id"], request["request_id"], request["status"]) == ("abc", "abc", 500)


def test_a_request_that_is_answered_from_memory_is_logged_like_any_other(api, capfd):
    api.get("/v1/genres", page="kept")
    capfd.readouterr()
    api.get("/v1/genres", page="kept", headers={"X-Request-Id": "again"})
    [line] = [line for line in lines(capfd) if line["message"] == "request"]
    assert (line["route"], line["status"], line["request_id"]) == ("catalog.list_genres", 200, "again") and line["ms"] >= 0


def test_nothing_secret_is_written_by_a_session_from_registering_to_leaving(api, mailbox, capfd):
    """Passwords, codes, tokens, addresses and names: neither what was right nor what was refused."""
    mail, password, name = "kenari.rahasia@contoh.id", "sandi-kenari-9431", "Kenari Tersembunyi"
    capfd.readouterr()
    api.post("/register", {"full_name": name, "email": mail, "password": password}, expect=201)
    api.work("mail_code")
    code = mailbox.code(mail)
    api.post("/verify", {"email": mail, "verification_code": "000000" if code != "000000" else "000001"}, expect=400)
    api.post("/verify", {"email": mail, "verification_code": code}, expect=200)
    api.post("/login", {"identifier": mail, "password": password + "-salah"}, expect=401)
    api.post("/login", {"identifier": mail, "password": {"bukan": password}}, expect=422)
    tokens = api.post("/login", {"identifier": mail, "password": password}, expect=200).data["tokens"]
    siti = api.signed(tokens["access_token"])
    siti.get("/profile")
    fresh = api.post("/refresh", {"refresh_token": tokens["refresh_token"]}, expect=200).data
    api.signed(fresh["access_token"]).post("/logout", expect=200)
    written = "".join(capfd.readouterr())
    assert '"route": "auth.login"' in written
    secrets = [mail, password, name, *tokens.values(), *fresh.values()]
    assert [each for each in secrets if isinstance(each, str) and len(each) > 8 and each in written] == []
    assert not re.search(rf"\b{code}\b", written)
