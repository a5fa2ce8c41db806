"""Idempotency-Key: the same answer for the same question, whatever becomes of the first one."""

import threading
import uuid

import pytest

from common import auth, db, ledger
from common.api import Api
from common.auth import User
from common.db import Db
from common.intake import Model
from common.once import CLAIM_SECONDS
from common.problems import Conflict, InsufficientCredits, TooManyRequests
from common.replies import Out
from tests.support import shop
from tests.support.client import raw


class Spend(Model):
    amount: int


class Spent(Out):
    left: int


@pytest.fixture
def bank(signed_in):
    """A function with two routes that move kredit: one in its transaction, one that calls the outside first."""
    api = Api("bank")
    doors = {"outside": lambda: None}

    def spend(db: Db, user: User, amount: int) -> dict[str, int]:
        ledger.reserve(db, user.id, amount, str(uuid.uuid4()), "test")
        return {"left": db.value("select kredit from users where id_users = :user", user=user.id)}

    @api.post("/v1/inside", caller=auth.user, gives=Spent, status=201, raises=[InsufficientCredits], once=True)
    def inside(db: Db, user: User, body: Spend):
        """Spend kredit."""
        return doors["outside"]() or spend(db, user, body.amount)

    @api.post("/v1/outside", caller=auth.user, gives=Spent, status=201, raises=[InsufficientCredits], once=True)
    def outside(user: User, body: Spend):
        """Spend kredit after a call."""
        refused = doors["outside"]()
        with db.transaction() as tx:
            return refused or spend(tx, user, body.amount)

    siti = signed_in()
    with db.transaction() as giving:
        ledger.move(giving, siti.user["id_users"], "kredit", 99, "test", str(uuid.uuid4()))

    def ask(path, amount, key=None):
        headers = {"Authorization": f"Bearer {siti.token}", **({"Idempotency-Key": key} if key else {})}
        answer = raw(api).post(path, json={"amount": amount}, headers=headers)
        return answer.status_code, answer.get_data(), answer.headers

    def kredit():
        with db.reading() as reading:
            return reading.value("select kredit from users where id_users = :user", user=siti.user["id_users"])

    return ask, kredit, doors


both = pytest.mark.parametrize("path", ["/v1/inside", "/v1/outside"])


@both
def test_the_same_key_and_body_get_the_same_bytes_and_have_one_effect(bank, path):
    ask, kredit, _ = bank
    key = str(uuid.uuid4())
    first, second = ask(path, 10, key), ask(path, 10, key)
    assert first[:2] == second[:2] == (201, b'{"ok":true,"data":{"left":90}}')
    assert second[2]["Idempotent-Replayed"] == "true" and second[2]["Content-Type"] == "application/json"
    assert kredit() == 90
    assert ask(path, 10)[0] == 201 and kredit() == 80, "without a key every request is another"


@both
def test_the_key_of_another_request_is_refused(bank, path):
    ask, kredit, _ = bank
    key = str(uuid.uuid4())
    ask(path, 10, key)
    status, body, _ = ask(path, 11, key)
    assert (status, b"KeyReused" in body, kredit()) == (422, True, 90)
    other = "/v1/outside" if path == "/v1/inside" else "/v1/inside"
    assert ask(other, 10, key)[0] == 422 and kredit() == 90


@both
def test_while_the_first_runs_the_second_is_told_so_and_gets_its_answer_later(bank, path):
    ask, kredit, doors = bank
    entered, leave, answers, key = threading.Event(), threading.Event(), [], str(uuid.uuid4())

    def waits():
        entered.set()
        leave.wait(10)

    doors["outside"] = waits
    first = threading.Thread(target=lambda: answers.append(ask(path, 10, key)))
    first.start()
    assert entered.wait(10)
    status, body, headers = ask(path, 10, key)
    assert (status, b"StillRunning" in body, headers["Retry-After"]) == (409, True, "2")
    leave.set()
    first.join()
    assert ask(path, 10, key)[:2] == answers[0][:2] == (201, b'{"ok":true,"data":{"left":90}}')
    assert kredit() == 90


@both
def test_a_refusal_is_kept_like_an_answer(bank, path):
    ask, kredit, _ = bank
    key = str(uuid.uuid4())
    first, second = ask(path, 1000, key), ask(path, 1000, key)
    assert first[:2] == second[:2] and first[0] == 402
    assert second[2]["Content-Type"] == "application/problem+json"
    assert kredit() == 100


def raises(problem):
    raise problem


@both
@pytest.mark.parametrize("given", [raises, lambda problem: problem], ids=["raised", "returned"])
@pytest.mark.parametrize("kind", [Conflict, TooManyRequests])
def test_a_refusal_that_says_when_to_come_back_is_not_kept(bank, path, given, kind):
    ask, kredit, doors = bank
    key = str(uuid.uuid4())
    doors["outside"] = lambda: given(kind(retry_after=3))
    for _ in range(2):
        status, _, headers = ask(path, 10, key)
        assert (status, headers["Retry-After"], headers.get("Idempotent-Replayed")) == (kind.status, "3", None)
    doors["outside"] = lambda: None
    assert ask(path, 10, key)[0] == 201
    assert kredit() == 90


@both
def test_what_broke_may_be_tried_again_with_the_same_key(bank, path):
    ask, kredit, doors = bank
    key = str(uuid.uuid4())

    def breaks():
        raise RuntimeError("out of order")

    doors["outside"] = breaks
    assert ask(path, 10, key)[0] == 500
    doors["outside"] = lambda: None
    assert ask(path, 10, key)[0] == 201
    assert kredit() == 90


@both
def test_thirty_two_requests_with_one_key_at_the_same_moment_have_one_effect(bank, path):
    ask, kredit, _ = bank
    key, barrier, answers = str(uuid.uuid4()), threading.Barrier(32), []

    def send():
        barrier.wait()
        answers.append(ask(path, 10, key)[:2])

    threads = [threading.Thread(target=send) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kredit() == 90
    assert {status for status, _ in answers} <= {201, 409}
    assert {body for status, body in answers if status == 201} == {b'{"ok":true,"data":{"left":90}}'}


def test_the_claim_of_a_dead_process_is_taken_over_after_a_while(bank):
    ask, kredit, doors = bank
    key = str(uuid.uuid4())

    def dies():
        raise SystemExit

    doors["outside"] = dies
    with pytest.raises(SystemExit):
        ask("/v1/outside", 10, key)
    doors["outside"] = lambda: None
    assert ask("/v1/outside", 10, key)[0] == 409
    with db.transaction() as waiting:
        waiting.run(
            "update idempotency_keys set created_at = created_at - make_interval(secs => :s) where key = :key", s=CLAIM_SECONDS + 1, key=key
        )
    assert ask("/v1/outside", 11, key)[0] == 422
    assert ask("/v1/outside", 10, key)[0] == 201
    assert kredit() == 90


def test_keys_belong_to_their_account(signed_in):
    siti, budi, key = signed_in(), signed_in(), {"Idempotency-Key": str(uuid.uuid4())}
    one, other = shop.buy(siti, headers=key), shop.buy(budi, headers=key)
    assert one["invoice_number"] != other["invoice_number"]


def test_a_purchase_with_a_key_is_answered_the_same_even_after_it_was_paid(signed_in):
    siti, key = signed_in(), {"Idempotency-Key": str(uuid.uuid4())}
    first = shop.buy(siti, headers=key)
    shop.does(siti, first["invoice_number"], "pay")
    assert shop.buy(siti, headers=key) == first
    siti.post("/v1/subscriptions/purchase", {"package_id": 1}, headers=key, expect=422)
    siti.post("/v1/subscriptions/purchase", {"package_id": 1}, headers={"Idempotency-Key": "no spaces"}, expect=400)
