"""An honest phone that loses answers and a thief with a copied token, in every order of what they can do.

Every interleaving up to a depth is walked as a tree (a savepoint at each fork), and long ones by
chance. The real rules run on the real database; what is checked is only what the two can see.
"""

import random
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest

from common import auth, clock, db, tokens
from common.problems import Problem
from functions.auth import sessions
from functions.auth.devices import Device
from tests.support import people

DEPTH = 5
LONG_WALKS, STEPS = 60, 40


@dataclass(frozen=True)
class World:
    """What everybody has seen so far; `pairs` are held newest last."""

    phone: dict
    thief: tuple = ()
    successor: dict = field(default_factory=dict)
    used: frozenset = frozenset()
    ended: bool = False
    stolen: bool = False


def name(pair):
    return tokens.read(pair["refresh_token"], "refresh").id


def refresh(world, asking, pair):
    """One party sends a refresh token: the world after, and the answer (None: refused)."""
    answer = sessions.refresh(asking, pair["refresh_token"])
    mine = name(pair)
    child = world.successor.get(mine)
    if isinstance(answer, Problem):
        assert world.ended or child in world.used, "refused though nobody used what came after"
        assert world.stolen, "the honest phone was logged out by loss alone"
        return replace(world, ended=True), None
    assert not world.ended, "somebody outlived the detection"
    assert child not in world.used, "a token came back after its successor was used, and was taken"
    assert child in (None, name(answer)), "two different pairs follow one"
    return replace(world, successor={**world.successor, mine: name(answer)}, used=world.used | {mine}), answer


def use(world, asking, pair):
    """One party uses its access token at any route."""
    claims = tokens.read(pair["access_token"], "access")
    row = asking.maybe(auth.CALLER, session=claims.session, user=claims.user, pair=claims.id, now=clock.now(), comic=None)
    assert (row is None) == world.ended, "an access token outlived the detection, or died without one"
    return world if row is None else replace(world, used=world.used | {name(pair)})


def phone_refreshes(world, asking):
    after, answer = refresh(world, asking, world.phone)
    return replace(after, phone=answer or world.phone)


def phone_loses_the_answer(world, asking):
    return refresh(world, asking, world.phone)[0]


def phone_works(world, asking):
    return use(world, asking, world.phone)


def thief_copies(world, asking):
    return None if world.phone in world.thief else replace(world, thief=(*world.thief, world.phone), stolen=True)


def thief_refreshes(world, asking):
    if not world.thief:
        return None
    after, answer = refresh(world, asking, world.thief[-1])
    return replace(after, thief=(*world.thief, answer)) if answer and answer not in world.thief else after


def thief_tries_the_oldest(world, asking):
    return refresh(world, asking, world.thief[0])[0] if len(world.thief) > 1 else None


def thief_works(world, asking):
    return use(world, asking, world.thief[-1]) if world.thief else None


HONEST = (phone_refreshes, phone_loses_the_answer, phone_works)
ACTIONS = (*HONEST, thief_copies, thief_refreshes, thief_tries_the_oldest, thief_works)


class Undo(Exception):
    """Nothing of a walk is kept."""


@contextmanager
def undone():
    with suppress(Undo), db.transaction() as asking:
        yield asking
        raise Undo


@pytest.fixture(scope="module")
def user(database):
    with db.transaction() as making:
        return making.value(
            "insert into users (full_name, email, referral_code_id, is_verified) values ('Siti', :email, :email, true) returning id_users",
            email=people.address(),
        )


def signed_in_phone(asking, user):
    return World(sessions.start(asking, user, Device(None, "Ponsel", "MamaStoria", "203.0.113.1")))


def walk(world, asking, actions, depth, trail=()):
    """Every interleaving of `actions` from here; how many there were."""
    if depth == 0:
        return 1
    found = 0
    for action in actions:
        asking.run(f"savepoint at_{depth}")
        try:
            after = action(world, asking)
        except AssertionError as error:
            raise AssertionError(f"{error}: {' > '.join((*trail, action.__name__))}") from error
        # After the end nobody gets anything; looking at one step of that is enough.
        if after is not None:
            found += walk(after, asking, actions, min(depth - 1, 1) if world.ended else depth - 1, (*trail, action.__name__))
        asking.run(f"rollback to savepoint at_{depth}")
    return found


def test_in_every_order_the_thief_never_outlives_detection_and_the_honest_phone_stays(user):
    with undone() as asking:
        assert walk(signed_in_phone(asking, user), asking, ACTIONS, DEPTH) > 2000


def test_in_every_order_loss_alone_never_signs_the_phone_out(user):
    with undone() as asking:
        assert walk(signed_in_phone(asking, user), asking, HONEST, 6) == 3**6


@pytest.mark.parametrize("seed", range(LONG_WALKS))
def test_in_long_stories_too(seed, user):
    chance = random.Random(seed)
    with undone() as asking:
        world = signed_in_phone(asking, user)
        for _ in range(STEPS):
            world = chance.choice(ACTIONS)(world, asking) or world
        told = asking.value("select count(*) from notifications where user_id = :user and type = 'session_ended'", user=user)
        mailed = asking.value("select count(*) from jobs where user_id = :user and payload ->> 'letter' = 'session_ended'", user=user)
        assert told == mailed == int(world.ended)


def test_a_phone_that_loses_a_thousand_answers_in_a_row_is_still_signed_in(user):
    with undone() as asking:
        world = signed_in_phone(asking, user)
        for _ in range(300):
            world = phone_loses_the_answer(world, asking)
        world = phone_works(phone_refreshes(world, asking), asking)
        assert not world.ended and len(world.successor) == 1


def test_the_thief_of_an_unused_phone_is_found_out_when_the_phone_comes_back(user):
    with undone() as asking:
        world = thief_copies(signed_in_phone(asking, user), asking)
        for _ in range(5):
            world = thief_works(thief_refreshes(world, asking), asking)
        world = phone_refreshes(world, asking)
        assert world.ended
        assert thief_refreshes(world, asking).ended and thief_works(world, asking).ended


def test_the_owner_is_told_in_the_app_and_by_mail_that_a_token_was_reused(signed_in, api, mailbox):
    siti = signed_in()
    child = api.post("/refresh", {"refresh_token": siti.refresh_token}, expect=200).data
    api.signed(child["access_token"]).get("/v1/auth/sessions")
    api.post("/refresh", {"refresh_token": siti.refresh_token}, expect=401)
    api.work("mail")
    subject = mailbox.newest(siti.user["email"])["subject"]
    assert "signed a device out" in subject or "keluarkan" in subject
    with db.reading() as reading:
        row = reading.one("select type, title from notifications where user_id = :user", user=siti.user["id_users"])
    assert row.type == "session_ended"
