"""A caller sets what a route is for and nothing else, whatever fields of our tables are sent along.

Every column of every table is put into every body, at every depth, and into every query and form of
every route. A body refuses it by name; a query and a form pass over it. What the caller is and has is
compared before and after.
"""

import copy

import pytest

from common import auth
from common.models import metadata
from infra.routes import ALL_ROUTES
from tests.security import asking
from tests.social import scene

# What somebody would try, by a word of the column's name; the first that fits.
VALUES = [
    (("is_", "allow", "overdrawn", "known"), True),
    (("role",), "admin"),
    (("status",), "success"),
    (("email",), "jahat@contoh.id"),
    (("_at", "expires", "until", "from"), "2099-01-01T00:00:00Z"),
    (
        ("kredit", "amount", "quota", "available", "held", "price", "total", "count", "user", "_id", "id", "order", "rating", "number"),
        999_999,
    ),
    (("password",), "sandi-jahat-123"),
]

COLUMNS = sorted(
    {column.name for table in metadata.sorted_tables for column in table.columns}
    | {"is_admin", "roles", "balance", "admin", "user", "owner_id", "__proto__"}
)

# What nobody gives oneself. For each route that is there to change one of these: which.
PRIVILEGES = """role is_verified kredit kredit_held publish_quota suspended_at erased_at deletion_requested_at email phone_number password external_id
referral_code_id referrals_for login_method unproven total_followers total_following birth_year created_at""".split()

MEANT = {
    "users.update_kredit": {"kredit"},
    "users.tell_age": {"birth_year"},
    "drafts.start_draft": {"kredit", "kredit_held"},
    "drafts.redraw_panel": {"kredit", "kredit_held"},
    "exports.export_video": {"kredit", "kredit_held"},
    "comics.publish": {"publish_quota"},
    "social.follow": {"total_following"},
    "social.unfollow": {"total_following"},
    "social.block": {"total_following"},
    "wallet.set_parent": {"referrals_for"},
    "users.delete_account": {"deletion_requested_at"},
    "subscriptions.refund_payment": {"kredit", "publish_quota"},
}

# How much of what gives power or money there is; a refund and a withdrawal move money, and only what they say.
HAS = """
select (select count(*) from comics where user_id = :me) as comics, (select count(*) from comics where user_id = :me and published_at is not null) as public,
       (select available + pending + held from creator_wallets where user_id = :me) as rupiah,
       (select count(*) from subscriptions where user_id = :me) as subscriptions,
       (select count(*) from payment_transactions where user_id = :me and status = 'success') as paid,
       (select count(*) from commissions where id_user = :me) as commissions,
       (select count(*) from audit_log where subject_id = cast(cast(:me as bigint) as text) and subject_type = 'user') as audited
"""

TAKES_BODY = [route for route in ALL_ROUTES if asking.content(route, "application/json") is not None]

# Today's app sends whatever it likes there, and it is passed over.
LENIENT = {"comics.track_read"}


def value(name):
    """Something that a column of that name would take."""
    return next((value for words, value in VALUES if any(word in name for word in words)), "1")


def is_now(user):
    """What an account is: its privileges."""
    return {
        name: each
        for name, each in scene.rows("select * from users where id_users = :me", me=user)[0]._asdict().items()
        if name in PRIVILEGES
    }


def has_now(user):
    """What an account has."""
    return scene.rows(HAS, me=user)[0]._asdict()


def test_the_privileges_are_columns_of_accounts():
    assert set(PRIVILEGES) <= {column.name for column in metadata.tables["users"].columns}
    assert {route.name for route in ALL_ROUTES} >= set(MEANT) | LENIENT


@pytest.mark.parametrize("route", TAKES_BODY, ids=lambda route: f"{route.method} {route.path}")
def test_a_body_refuses_every_field_that_is_not_its_own_by_name(route, world):
    asking.plain(route, world)  # Her draft for this route is made now.
    before = is_now(world.siti.user["id_users"]), has_now(world.siti.user["id_users"])
    for steps, own in _objects(route):
        foreign = [name for name in COLUMNS if name not in own]
        # A reply names at most fifty fields.
        for some in (foreign[start : start + 45] for start in range(0, len(foreign), 45)):
            asked = asking.plain(route, world)
            asked.body = _with(asked.body, steps, {name: value(name) for name in some})
            told = asking.send(asking.app(route, world), asked, asking.token(route, world))
            if route.name in LENIENT:
                # Another route may have taken the comic down before; what matters is that no field is minded.
                assert told.status in (200, 404), told.answer
                continue
            assert told.status == 422, f"{route.name} {steps} took some of {some}: {told.answer}"
            named = {each["loc"][-1] for each in told.answer.json["errors"] if each["type"] == "extra_forbidden"}
            assert set(some) <= named, f"{route.name} {steps} says nothing of {set(some) - named}"
    assert (is_now(world.siti.user["id_users"]), has_now(world.siti.user["id_users"])) == before


def _objects(route):
    """Every object of a body: the steps to it and its own fields, with the other names they go by."""
    found = {}
    for place in asking.places(route):
        if place.where == "body":
            for depth, step in enumerate(place.steps):
                if isinstance(step, str):
                    found.setdefault(place.steps[:depth], set()).add(step)
    fields = getattr(route.arguments["body"], "model_fields", {})
    aliases = {str(choice) for field in fields.values() for choice in getattr(field.validation_alias, "choices", [])}
    # A body whose only fields are lists of numbers or free objects has its names at the top all the same.
    found.setdefault((), set()).update(fields)
    found[()] |= aliases
    return found.items()


def _with(body, steps, more):
    if not steps:
        return {**(body if isinstance(body, dict) else {}), **more}
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        return [_with(body[0] if isinstance(body, list) and body else {}, rest, more)]
    body = copy.copy(body) if isinstance(body, dict) else {}
    return {**body, step: _with(body.get(step), rest, more)}


@pytest.mark.parametrize("route", [each for each in ALL_ROUTES if each.caller is not auth.internal and each.name not in ("auth.logout", "auth.delete_other_sessions")],
                         ids=lambda route: f"{route.method} {route.path}")  # fmt: skip
def test_a_query_and_a_form_pass_over_what_is_not_theirs(route, world):
    """The request that the route takes, with every column beside it: done as without, and nothing is given away."""
    scene.change("delete from rate_limits")
    me = world.siti.user["id_users"]
    asked, token = asking.plain(route, world), asking.token(route, world)
    before = is_now(me), has_now(me)
    known = {each["name"] for each in asking.operation(route)["parameters"]}
    asked.query = {**{name: value(name) for name in COLUMNS if name not in known}, **asked.query}
    if asked.form is not None:
        asked.form = {name: str(value(name)) for name in COLUMNS[:15]}
    told = asking.send(asking.app(route, world), asked, token)
    assert told.status < 500, told.answer
    changed = {name for name, each in is_now(me).items() if each != before[0][name]}
    assert changed <= MEANT.get(route.name, set()), f"{route.name} changed {changed}"
    gained = {name for name, each in has_now(me).items() if each != before[1][name]}
    assert gained <= GAINS.get(route.name, set()), f"{route.name} changed {gained}"
    person = scene.rows("select role, suspended_at from users where id_users = :me", me=me)[0]
    assert (person.role, person.suspended_at) == (
        scene.rows("select role from users where id_users = :him", him=world.tono.user["id_users"])[0].role,
        None,
    )


# Routes that give or take one of these, and which.
GAINS = {
    "comics.create_story": {"comics"},
    "comics.publish": {"public"},
    "comics.unpublish": {"public"},
    "drafts.delete_draft": {"comics"},
    "subscriptions.refund_payment": {"paid", "subscriptions", "audited"},
    "wallet.approve_withdrawal": {"rupiah"},
    "wallet.read_payout_file": {"rupiah"},
}
