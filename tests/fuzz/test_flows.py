"""People's ways through the product, in whatever order: what belongs to one stays with one, and the books balance at the end.

A state machine of hypothesis: two creators, a reader and an administrator register, tell, publish, read, buy, withdraw and
leave, a step at a time, and a small model says what each of them must see. FUZZ_STEPS is the number of steps in all.
The artist alone is another: drawing a panel takes a second, so that each is one and the same small picture.
"""

import io
import os
import random
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from PIL import Image

from common import db
from common.clients import artist
from infra import audit
from tests.fuzz import counting
from tests.support import people, shop, stories
from tests.support.client import Client

STEPS = int(os.environ.get("FUZZ_STEPS", "200"))
# Longer ways are not more likely to meet, and a failure in them is harder to read.
WAY = 40

WHO = st.integers(0, 2)
ANY = st.integers(0, 1_000)


class Ways(RuleBasedStateMachine):
    """Three people and an administrator, what they made, and who may see it."""

    def __init__(self):
        super().__init__()
        self.api = Client(*SERVED)
        with db.reading() as reading:
            self.api.since = reading.value("select coalesce(max(id), 0) from jobs")
        self.people = [people.signed_in(self.api, name=name) for name in ("Siti", "Tono", "Budi")]
        self.admin = shop.administrator(self.api)
        # Of its own: what the catalogue holds is changed by whoever fuzzes the routes.
        package = {"name": f"Paket {uuid4()}", "price": 16_500, "duration_days": 30, "publish_quota": 3, "bonus_credits": 100}
        self.package = self.admin.post("/v1/admin/packages", package, expect=201).data["id"]
        # By comic: its owner's number, and told, script, ready, public, hidden, or hidden and taken back.
        self.comics: dict[int, tuple[int, str]] = {}
        self.comments: dict[int, tuple[int, int]] = {}
        self.invoices: dict[str, tuple[int, str]] = {}
        self.asked: dict[int, tuple[int, str]] = {}
        # Whether copies of something that readers saw wait to be removed.
        self.leaving = False

    def step(self, name):
        counting.STEPS[name] += 1

    def pick(self, things, number):
        return sorted(things)[number % len(things)]

    def public(self):
        return [comic for comic, (_, state) in self.comics.items() if state == "public"]

    # Telling and publishing.

    @rule(who=WHO, far=st.integers(0, 3))
    def tells(self, who, far):
        """A story, and perhaps at once what most people do next: else chance would seldom come as far as a reader."""
        self.step("tell")
        comic = stories.start(self.people[who])
        self.comics[comic] = (who, "told")
        number = sorted(self.comics).index(comic)
        for act in (self.is_written, lambda: self.draws(who, number), lambda: self.publishes(who, number))[:far]:
            act()

    @precondition(lambda self: any(state == "told" for _, state in self.comics.values()))
    @rule()
    def is_written(self):
        self.step("write")
        self.api.work("script")
        for comic, (owner, state) in self.comics.items():
            if state == "told":
                self.comics[comic] = (owner, "script")

    @precondition(lambda self: self.comics)
    @rule(who=WHO, number=ANY)
    def draws(self, who, number):
        self.step("draw")
        comic = self.pick(self.comics, number)
        owner, state = self.comics[comic]
        reply = self.people[who].post(f"/v1/comics/{comic}/drafts")
        assert reply.status in ((202, 402, 409) if who == owner else (404,)), reply
        if reply.status == 202:
            self.api.work("panels")
            assert state in ("script", "ready"), f"a comic that is {state} was drawn"
            self.comics[comic] = (owner, "ready")

    @precondition(lambda self: self.leaving)
    @rule()
    def the_queue_goes_on(self):
        self.step("work")
        self.leaving = False
        self.api.work("unpublish_files", "delete_files", "mail_code", "mail_letter")

    @precondition(lambda self: self.comics)
    @rule(who=WHO, number=ANY, text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
    def edits(self, who, number, text):
        self.step("edit")
        comic = self.pick(self.comics, number)
        owner, _state = self.comics[comic]
        reply = self.people[who].put(f"/v1/{comic}/summary", {"summary": text}, expect=None)
        if who != owner:
            assert reply.status == 404
        shown = self.people[owner].get(f"/v1/drafts/{comic}/panels", expect=None)
        if shown.status == 200 and shown.data["panels"]:
            panel = shown.data["panels"][0]["panel_id"]
            changed = self.people[who].put(f"/v1/comics/{comic}/panels/{panel}", {"narration": text}, expect=None)
            assert changed.status in ((200, 409, 422) if who == owner else (404,))

    @precondition(lambda self: self.comics)
    @rule(who=WHO, number=ANY)
    def publishes(self, who, number):
        self.step("publish")
        comic = self.pick(self.comics, number)
        owner, state = self.comics[comic]
        reply = self.people[who].post(f"/v1/comics/{comic}/publish", {})
        if who != owner:
            assert reply.status == 404
        elif reply.status == 200:
            assert state in ("ready", "public"), f"a comic that is {state} was published"
            self.comics[comic] = (owner, "public")
        else:
            assert reply.status in (402, 409), reply

    @precondition(lambda self: self.comics)
    @rule(who=WHO, number=ANY)
    def unpublishes(self, who, number):
        self.step("unpublish")
        comic = self.pick(self.comics, number)
        owner, state = self.comics[comic]
        reply = self.people[who].post(f"/v1/comics/{comic}/unpublish")
        assert (reply.status == 404) == (who != owner), reply
        if reply.status == 200 and state == "public":
            self.leaving = True
            self.comics[comic] = (owner, "ready")
        elif reply.status == 200 and state == "hidden":
            self.comics[comic] = (owner, "hidden and taken back")

    @precondition(lambda self: self.comics)
    @rule(who=WHO, number=ANY)
    def deletes(self, who, number):
        self.step("delete")
        comic = self.pick(self.comics, number)
        owner, state = self.comics[comic]
        reply = self.people[who].delete(f"/v1/drafts/{comic}", expect=None)
        assert reply.status == (404 if who != owner else 409 if state.startswith(("public", "hidden")) else 200), (state, reply)
        if reply.status == 200:
            del self.comics[comic]

    # Reading together.

    @precondition(lambda self: self.comics)
    @rule(
        who=WHO, number=ANY, act=st.sampled_from(["post", "delete"]), what=st.sampled_from(["likes", "bookmarks", "follow", "track-read"])
    )
    def reads(self, who, number, act, what):
        self.step(what)
        comic = self.pick(self.comics, number)
        owner, state = self.comics[comic]
        caller = self.people[who]
        if what == "bookmarks":
            reply = caller.call(act.upper(), "/v1/bookmarks", {"comic_ids": [comic]})
        elif what == "follow":
            reply = caller.call(act.upper(), f"/v1/users/{self.people[owner].user['id_users']}/follow")
        elif what == "likes":
            reply = caller.call(act.upper(), f"/v1/comics/{comic}/likes")
        else:
            reply = caller.post(f"/v1/comics/{comic}/track-read", {})
        assert reply.status < 500
        if what == "likes" and act == "post":
            assert (reply.status < 300) == (state == "public" or (reply.status < 300 and who == owner)), (state, reply)

    @precondition(lambda self: self.public())
    @rule(who=WHO, number=ANY, text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
    def comments_on(self, who, number, text):
        self.step("comment")
        comic = self.pick(self.public(), number)
        reply = self.people[who].post(f"/v1/comics/{comic}/comments", {"content": text})
        assert reply.status in (201, 422, 409, 429), reply
        if reply.status == 201:
            self.comments[reply.data["id"]] = (who, comic)

    @precondition(lambda self: self.comments)
    @rule(who=WHO, number=ANY)
    def takes_back(self, who, number):
        self.step("take a comment back")
        comment = self.pick(self.comments, number)
        reply = self.people[who].delete(f"/v1/comments/{comment}", expect=None)
        if reply.status == 200:
            writer, comic = self.comments.pop(comment)
            assert who in (writer, self.comics.get(comic, (writer,))[0])
        else:
            assert reply.status in (403, 404)

    @precondition(lambda self: self.public())
    @rule(who=WHO, number=ANY, decision=st.sampled_from(["hide", "reject", None]))
    def reports(self, who, number, decision):
        self.step("report")
        comic = self.pick(self.public(), number)
        said = self.people[who].post("/v1/reports", {"subject_type": "comic", "subject_id": comic, "reason": "spam"})
        assert said.status in (200, 201, 409, 422, 429), said
        cases = [each["id"] for each in self.admin.get("/v1/admin/reports", per_page=100).data if each["subject_id"] == comic]
        if decision and cases:
            decided = self.admin.post(f"/v1/admin/reports/{cases[0]}/decide", {"decision": decision, "reason": "spam"})
            assert decided.status in (200, 409), decided
            if decided.status == 200 and decision == "hide":
                self.comics[comic] = (self.comics[comic][0], "hidden")
                self.leaving = True

    @precondition(lambda self: self.comics)
    @rule(number=ANY, hidden=st.booleans())
    def moderates(self, number, hidden):
        self.step("moderate")
        comic = self.pick(self.comics, number)
        owner, state = self.comics[comic]
        reply = self.admin.post(f"/v1/admin/comics/{comic}/{'hide' if hidden else 'restore'}", {"reason": "spam"} if hidden else {})
        assert reply.status < 500
        self.leaving = True
        if reply.status == 200 and hidden and state == "public":
            self.comics[comic] = (owner, "hidden")
        elif reply.status == 200 and not hidden and state.startswith("hidden"):
            self.comics[comic] = (owner, "public" if state == "hidden" else "ready")

    # Money.

    @rule(who=WHO)
    def buys(self, who):
        self.step("buy")
        self.invoices[shop.buy(self.people[who], self.package)["invoice_number"]] = (who, "open")

    @precondition(lambda self: self.invoices)
    @rule(number=ANY, act=st.sampled_from(["pay", "fail"]))
    def pays(self, number, act):
        self.step(act)
        invoice = self.pick(self.invoices, number)
        who, state = self.invoices[invoice]
        shop.does(self.people[who], invoice, act)
        status = shop.row(invoice).status
        if state == "paid":
            assert status == "success"
        self.invoices[invoice] = (who, "paid" if status == "success" else state)

    @precondition(lambda self: self.invoices)
    @rule(number=ANY, who=WHO)
    def gets_it_back(self, number, who):
        self.step("refund")
        invoice = self.pick(self.invoices, number)
        owner, state = self.invoices[invoice]
        assert self.people[who].post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"}).status == 403
        looked = self.people[who].get(f"/v1/subscriptions/payment-status/{invoice}", expect=None)
        assert (looked.status == 200) == (who == owner), looked
        reply = self.admin.post(f"/v1/admin/payments/{invoice}/refund", {"reason": "Salah beli"})
        assert reply.status == (200 if state in ("paid", "back") else 409), (state, reply)
        self.invoices[invoice] = (owner, "back" if reply.status == 200 else state)

    @rule(who=WHO, amount=st.integers(1, 400_000))
    def earns_and_withdraws(self, who, amount):
        self.step("withdraw")
        person = self.people[who]
        credit = {"amount": amount, "reason": "Royalti bulan ini", "reference": f"ROYALTI-{uuid4()}"}
        given = self.admin.post(f"/v1/admin/wallets/{person.user['id_users']}/credit", credit)
        assert given.status == 200, given
        asked = {"amount": amount, "bank_code": "014", "account_number": "1234567890", "account_name": "Siti"}
        reply = person.post("/v1/withdrawals", asked)
        assert reply.status in (201, 402, 409, 422), reply
        if reply.status == 201:
            self.asked[reply.data["id"]] = (who, "pending")

    @precondition(lambda self: self.asked)
    @rule(number=ANY, who=WHO, act=st.sampled_from(["cancel", "approve", "reject"]))
    def is_decided(self, number, who, act):
        self.step(act)
        withdrawal = self.pick(self.asked, number)
        owner, state = self.asked[withdrawal]
        if act == "cancel":
            reply = self.people[who].post(f"/v1/withdrawals/{withdrawal}/cancel")
            assert reply.status == (404 if who != owner else 200 if state == "pending" else 409), (state, reply)
        else:
            note = {"reference": "TRF-123"} if act == "approve" else {"reason": "Rekening salah"}
            reply = self.admin.post(f"/v1/admin/withdrawals/{withdrawal}/{act}", note)
            assert reply.status in ((200,) if state == "pending" else (200, 409)), (state, reply)
        if state == "pending" and reply.status == 200:
            self.asked[withdrawal] = (owner, act)

    # Coming and going.

    @rule(who=WHO)
    def signs_in_again(self, who):
        self.step("sign in")
        person = self.people[who]
        person.post("/logout", expect=200)
        person.get("/profile", expect=401)
        signed = self.api.post("/login", {"identifier": person.user["email"], "password": people.PASSWORD}, expect=200).data
        self.people[who] = self.api.signed(signed["tokens"]["access_token"], person.user)

    @rule(who=WHO, sure=st.integers(0, 3))
    def leaves(self, who, sure):
        if sure < 3:
            return
        self.step("leave")
        person = self.people[who]
        reply = person.delete("/v1/me", {"password": people.PASSWORD}, expect=None)
        assert reply.status in (200, 202, 409), reply
        if reply.status == 409:
            return
        person.get("/profile", expect=401)
        self.comics = {comic: held for comic, held in self.comics.items() if held[0] != who}
        self.comments = {comment: held for comment, held in self.comments.items() if held[0] != who and held[1] in self.comics}
        self.invoices = {invoice: held for invoice, held in self.invoices.items() if held[0] != who}
        self.asked = {asked: held for asked, held in self.asked.items() if held[0] != who}
        self.people[who] = people.signed_in(self.api, name="Penerus")

    # What each of them sees.

    @rule(who=WHO)
    def looks(self, who):
        self.step("look")
        mine = {comic for comic, (owner, _) in self.comics.items() if owner == who}
        person = self.people[who]
        drafts = {each["id"] for each in person.get("/v1/comics/drafts", per_page=100).data["drafts"]}
        shown = {each["id"] for each in person.get("/v1/comics/my-published", per_page=100).data}
        assert drafts | shown == mine, (drafts, shown, self.comics)
        assert {comic for comic in mine if self.comics[comic][1] == "public"} <= shown
        for comic, (owner, state) in self.comics.items():
            seen = self.api.get(f"/v1/public/comics/{comic}", expect=None).status
            assert seen == (200 if state == "public" else 404), (state, seen)
            theirs = person.get(f"/v1/drafts/{comic}", expect=None).status
            assert theirs == (200 if owner == who else 404), (owner, who, state, theirs)
        assert {each["invoice_number"] for each in person.get("/v1/subscriptions/payment-history", per_page=100).data} == {
            invoice for invoice, (owner, _) in self.invoices.items() if owner == who
        }
        assert {each["id"] for each in person.get("/v1/withdrawals", per_page=100).data} == {
            asked for asked, (owner, _) in self.asked.items() if owner == who
        }

    def teardown(self):
        for who in range(len(self.people)):
            self.looks(who)
        with db.reading() as reading:
            assert audit.differences(reading, [person.user["id_users"] for person in [*self.people, self.admin]]) == []


# What the machine is served by; hypothesis makes machines without arguments.
SERVED: tuple = ()


@pytest.fixture
def served(apart, gateway, services, monkeypatch):
    """The gateway, and a DOKU whose notifications come in through it."""
    monkeypatch.setitem(globals(), "SERVED", (gateway, services))
    picture = io.BytesIO()
    Image.radial_gradient("L").resize((64, 64)).convert("RGB").save(picture, "PNG")
    monkeypatch.setattr(artist, "draw", lambda brief: picture.getvalue())
    monkeypatch.setattr(services.doku, "deliver", lambda headers, body: shop.deliver(Client(gateway, services), headers, body))


def test_whatever_way_people_take_each_sees_only_their_own_and_the_books_balance(served):
    long = "FUZZ_STEPS" in os.environ
    ways = settings(
        max_examples=1 + -(-STEPS // WAY), stateful_step_count=WAY, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate], derandomize=not long,
    )  # fmt: skip
    run_state_machine_as_test(seed(random.getrandbits(64))(Ways) if long else Ways, settings=ways)
    with db.reading() as reading:
        assert audit.differences(reading) == []
