"""The search for secrets and personal data finds what it is for, finds it wherever it is written, and costs next to nothing."""

import time

import pytest

from common import log, passwords
from tests.security import canaries

JWT = ".".join(("eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxNyJ9abc", "c2lnbmF0dXJlc2ln"))


@pytest.fixture
def watch(request):
    """A search of its own; what leaks on purpose here is taken from that of the whole run."""
    with canaries.watching() as found:
        found.settings()
        yield found
    request.getfixturevalue("leaks").taken()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("a token", JWT),
        ("an Authorization header", "Bearer " + "x" * 20),
        ("an e-mail address", "kenari" + "@contoh.id"),
        ("an e-mail address", "Key (email)=(siti.rahma+komik" + "@mail.contoh.co.id) already exists"),
        ("a phone number", "+62" + "81190427563"),
        ("a phone number", "0" + "81190427563"),
        ("a hash of a password", "$argon2id" + "$v=19$m=64"),
        ("a hash of a password", "$2y" + "$10$abc"),
        ("a private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("an address with a password", "postgresql+pg8000://mamastoria:" + "sandi@10.0.0.3/mamastoria"),
        ("a signature", "X-Goog-Signature=" + "0f" * 20),
    ],
)
def test_what_may_not_be_written_is_found_in_a_line_of_the_log(kind, text, watch, capfd):
    log.info("canary", said=text)
    assert [each.partition(" in the log")[0] for each in watch.taken()] == [kind]
    assert watch.taken() == []


def test_a_password_a_code_an_account_and_a_key_are_known_from_where_they_are_used(watch, services, api, capfd):
    from common import hashes
    from common.wallet import vault

    watch.settings()
    passwords.hashed("sandi-kenari-7781")
    hashes.keyed("code:1", "730164")
    vault.seal("99008877665", owner=1)
    for word in ("sandi-kenari-7781", "99008877665", services.settings["JWT_SECRET"], services.settings["DOKU_SECRET_KEY"]):
        log.warning(f"something about {word} went wrong")
        assert len(watch.taken()) == 1, word
    log.info("the code 730164 was refused")
    assert watch.taken()[0].startswith("a one-time code")


def test_what_breaks_with_a_secret_in_its_message_is_found_in_its_trace(watch, capfd):
    passwords.hashed("sandi-kenari-7781")
    try:
        raise ValueError("sandi-kenari-" + "7781")
    except ValueError:
        log.error("unhandled")
    assert watch.taken()


def test_an_error_reply_that_quotes_what_was_sent_is_found(watch):
    from common import replies
    from common.problems import Conflict

    replies.problem(Conflict(address="siti" + "@contoh.id"), "en")
    assert [each.partition(",")[0] for each in watch.taken()] == ["an e-mail address in an error reply"]


@pytest.mark.parametrize(
    "line",
    [
        {"route": "auth.login", "status": 200, "ms": 1234.56789},
        {"request_id": "6f1c7f0e-52f4-4c1b-9a53-081190427563", "user_id": 17},
        {"subject": "job:812345678", "at": "2026-11-21T14:46:43.730165+00:00"},
        {"account": "worker@mamastoria-local.iam.gserviceaccount.com", "url": "http://127.0.0.1:8081/internal/jobs/7"},
    ],
)
def test_lines_as_they_should_be_are_let_pass(line, watch, capfd):
    log.info("request", **line)
    assert watch.taken() == []


def test_an_account_of_zeros_is_not_seen_in_a_larger_number(watch, capfd):
    watch.secret("00000000")
    log.info("Input should be less than or equal to 100000000000")
    assert watch.taken() == []
    log.info("something about 00000000 went wrong")
    assert watch.taken()


def test_a_run_is_watched_from_its_first_line_where_the_suite_says_so(request):
    """tests/conftest.py brings the two fixtures in; without them all of this would watch nothing."""
    assert "nothing_leaks" in request.fixturenames


def test_a_suite_that_writes_ten_thousand_lines_is_longer_by_a_few_seconds_at_most(watch):
    for number in range(300):
        watch.secret(f"sandi-nomor-{number}")
    line = '{"severity": "INFO", "message": "request", "request_id": "6f1c7f0e-52f4-4c1b-9a53-0f7a5a3f6c2d", "user_id": 17, "route": "comics.list_comics", "status": 200, "ms": 3.4}\n'
    best = min(_seconds(watch, line) for _ in range(5))
    assert best < 0.0005 * 200


def _seconds(watch, line):
    started = time.process_time()
    for _ in range(200):
        watch.look("the log", line)
    return time.process_time() - started
