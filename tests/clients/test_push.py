"""firebase-admin against an FCM that answers as Google's does: what is sent once, and what each refusal means."""

import itertools
import json
import socket
from collections import Counter

import pytest

from common.clients import push
from common.clients.errors import Unavailable
from common.clients.push import Message

_numbers = itertools.count()


def address(kind="phone"):
    return f"{kind}:APA91b-{next(_numbers)}"


def message(token, title="Komik Selesai! 🎉", body="'Kancil' sudah siap dibaca.", **data):
    return Message(token, title, body, {"type": "success", "notification_id": "7", **data})


@pytest.fixture
def fcm(services):
    """The local FCM, with a client that is made for it anew."""
    push._service.cache_clear()
    push.login()
    yield services.fcm
    push._service.cache_clear()


def taken(fcm, token):
    return [each for each in fcm.taken if each["token"] == token]


def test_a_message_arrives_with_its_text_and_what_the_app_needs_to_open_it(fcm, services):
    token = address()
    assert [each.what for each in push.send([message(token, comic_id="12")])] == ["sent"]
    (arrived,) = taken(fcm, token)
    assert arrived["notification"] == {"title": "Komik Selesai! 🎉", "body": "'Kancil' sudah siap dibaca."}
    assert arrived["data"] == {"type": "success", "notification_id": "7", "comic_id": "12"}
    assert arrived["android"]["priority"] == "high" and arrived["android"]["notification"]["tag"] == "7"
    newest = services.outbox.entries()[0]
    assert (newest["channel"], newest["to"], newest["text"]) == ("push", token, "'Kancil' sudah siap dibaca.")


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("unregistered", "gone"),
        ("invalid", "gone"),
        ("mismatch", "gone"),
        ("quota", "later"),
        ("unavailable", "later"),
        ("internal", "later"),
        ("lost", "sent"),
    ],
)
def test_each_answer_of_fcm_means_one_of_four_things(fcm, kind, what):
    token = address(kind)
    (outcome,) = push.send([message(token)])
    assert outcome.what == what
    assert len(taken(fcm, token)) == (kind == "lost")


def test_a_busy_fcm_says_how_long_it_wants_to_be_left_alone(fcm):
    assert push.send([message(address("quota"))])[0].wait == 90


def test_the_library_repeats_nothing_by_itself(fcm):
    tokens = [address("unavailable"), address("internal"), address("lost"), address("quota")]
    push.send([message(token) for token in tokens])
    assert [fcm._tried[token] for token in tokens] == [1, 1, 1, 1]


def test_a_message_that_fcm_finds_wrong_costs_the_device_nothing(fcm, monkeypatch):
    monkeypatch.setattr(push, "RESERVED", "nothing")
    (outcome,) = push.send([message(address(), **{"google.x": "1"})])
    assert outcome.what == "refused"


def test_names_that_fcm_keeps_for_itself_are_left_out(fcm):
    token = address()
    assert push.send([message(token, **{"from": "x", "google.a": "y", "comic_id": "3"})])[0].what == "sent"
    assert set(taken(fcm, token)[0]["data"]) == {"type", "notification_id", "comic_id"}


def test_a_message_that_the_library_refuses_costs_the_others_nothing(fcm):
    tokens = [address() for _ in range(3)]
    wrong = message(tokens[1])._replace(data={"type": 7})
    assert [each.what for each in push.send([message(tokens[0]), wrong, message(tokens[2])])] == ["sent", "refused", "sent"]
    assert [len(taken(fcm, token)) for token in tokens] == [1, 0, 1]
    assert [each.what for each in push.send([wrong])] == ["refused"]


def test_outcomes_are_in_the_order_of_the_messages(fcm):
    kinds = ["phone", "unregistered", "quota", "phone", "mismatch"] * 20
    outcomes = push.send([message(address(kind)) for kind in kinds])
    assert [each.what for each in outcomes] == ["sent", "gone", "later", "sent", "gone"] * 20


def test_no_messages_are_no_call(fcm):
    before = len(fcm.taken)
    assert push.send([]) == [] and len(fcm.taken) == before


def test_a_hundred_messages_need_one_login(services):
    push._service.cache_clear()
    before = services.fcm.logins
    push.login()
    push.send([message(address()) for _ in range(100)])
    push.login()
    assert services.fcm.logins == before + 1


def test_a_token_that_fcm_does_not_know_any_more_is_renewed_and_the_message_arrives_once(fcm):
    fcm._sessions.clear()
    token = address()
    assert push.send([message(token)])[0].what == "sent"
    assert len(taken(fcm, token)) == 1


def test_who_may_not_log_in_sends_nothing(services, monkeypatch, tmp_path):
    account = {**services.keys.account, "client_email": "stranger@example.com", "token_uri": f"{services.settings['FCM_URL']}/token"}
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account))
    monkeypatch.setenv("FCM_KEY_FILE", str(file))
    push._service.cache_clear()
    with pytest.raises(Unavailable):
        push.login()
    push._service.cache_clear()


def test_an_fcm_that_cannot_be_reached_took_nothing(fcm, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(push._service(), "_fcm_url", f"http://127.0.0.1:{free.getsockname()[1]}/v1/projects/p/messages:send")
        assert {each.what for each in push.send([message(address()) for _ in range(3)])} == {"later"}


def test_an_fcm_that_never_answers_may_have_taken_it(fcm, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        service = push._service()
        monkeypatch.setattr(service, "_fcm_url", f"http://127.0.0.1:{silent.getsockname()[1]}/v1/projects/p/messages:send")
        monkeypatch.setattr(service._client, "_timeout", 0.2)
        (outcome,) = push.send([message(address())])
    assert outcome.what == "sent" and outcome.why.startswith("unknown")


@pytest.mark.parametrize("body", ["a" * 9000, "❤️" * 3000, "ก" * 500])
def test_a_long_text_is_shortened_until_fcm_takes_it(fcm, body):
    token = address()
    long = message(token, title="J" * 200, body=body, comic_id="1", note="x" * 1900)
    assert push.send([long])[0].what == "sent"
    shown = taken(fcm, token)[0]
    assert shown["notification"]["body"].endswith("…") or len(body) <= 500
    assert shown["data"]["comic_id"] == "1"


def test_data_that_is_too_much_by_itself_is_left_to_the_inbox(fcm):
    token = address()
    assert push.send([message(token, title="J" * 300, body="b", comic_id="1", note="x" * 5000)])[0].what == "sent"
    assert set(taken(fcm, token)[0]["data"]) == {"type", "notification_id"}


def test_two_hundred_messages_from_two_threads_arrive_once_each(fcm):
    from concurrent.futures import ThreadPoolExecutor

    tokens = [[address() for _ in range(100)] for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda batch: push.send([message(token) for token in batch]), tokens))
    counts = Counter(each["token"] for each in fcm.taken)
    assert {counts[token] for batch in tokens for token in batch} == {1}
