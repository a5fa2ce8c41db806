"""Whatever people, providers, workers and operations do, in whatever order: the books balance after every step."""

import io
import itertools
import os
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule, run_state_machine_as_test

from common import clock, db, jobs, ledger
from common.auth import User
from common.payments import invoices
from common.payments.providers import Event
from common.wallet import commissions
from common.wallet import ledger as wallets
from functions.wallet import payouts, withdrawals
from functions.wallet.schemas import Withdraw
from functions.worker import erasures
from infra import audit
from tests.wallet import money

# A long run sets these: BOOKS_RUNS=20000. Without them the same runs are made every time.
RUNS = int(os.environ.get("BOOKS_RUNS", "60"))
STEPS = int(os.environ.get("BOOKS_STEPS", "30"))

START = datetime(2026, 1, 1, tzinfo=UTC)

_names = itertools.count()

NEWS = st.sampled_from("PENDING SUCCESS SUCCESS FAILED EXPIRED TIMEOUT REFUNDED REFUNDED".split())

WALLETS = "select user_id, available from creator_wallets where user_id = any(cast(:users as bigint[]))"

people = st.integers(0, 2)
rupiah = st.integers(1, 12).map(lambda tens: tens * 10_000)


def person(role="creator"):
    """A verified account, straight into the table: registering is not what is tested here."""
    with db.transaction() as writing:
        name = f"buku-{os.getpid()}-{next(_names)}"
        user = writing.value(
            "insert into users (full_name, email, referral_code_id, is_verified, role) values (:name, :name || '@contoh.id', :name, true, :role)"
            " returning id_users",
            name=name,
            role=role,
        )
        ledger.move(writing, user, "kredit", 3, "welcome", f"user:{user}")
    return User(user, role, name, "id", "")


class Books(RuleBasedStateMachine):
    """Three people, each of whom brought the next, an administrator, and all that may happen to their money."""

    sold, asked, working = Bundle("sold"), Bundle("asked"), Bundle("working")

    @initialize(target=sold)
    def begin(self):
        """A first purchase, whose commission the next thing may touch in each of its states."""
        self.time = START
        self.patching = pytest.MonkeyPatch()
        self.patching.setattr(clock, "now", lambda: self.time)
        # The bell would ring at a worker that these jobs do not have.
        self.patching.setattr(jobs, "_ring", lambda *bell: None)
        self.people = [person() for _ in range(3)]
        self.admin = person("admin")
        with db.transaction() as writing:
            for parent, child in itertools.pairwise(self.people):
                writing.run("insert into referrals (referrer_id, referred_user_id) values (:p, :c)", p=parent.id, c=child.id)
        return self.sell(1, 60_000, 2, 1, True)

    def teardown(self):
        self.patching.undo()

    @rule(
        target=sold,
        who=people,
        price=rupiah,
        kredit=st.integers(0, 5),
        quota=st.integers(0, 3),
        paid=st.sampled_from([True, True, True, False]),
    )
    def purchase(self, who, price, kredit, quota, paid):
        return self.sell(who, price, kredit, quota, paid)

    def sell(self, who, price, kredit, quota, paid):
        terms = {"name": "Paket", "price": price, "duration_days": 30, "publish_quota": quota, "bonus_credits": kredit}
        with db.transaction() as writing:
            package = writing.value("select min(id) from subscription_packages")
            invoice = writing.one(
                "insert into payment_transactions (user_id, package_id, invoice_number, amount, sold, created_at)"
                " values (:user, :package, :invoice, :amount, cast(:sold as jsonb), :now) returning invoice_number, amount",
                user=self.people[who].id,
                package=package,
                invoice=f"BUKU-{self.people[who].id}-{next(_names)}",
                amount=price * 20,
                sold=db.json(terms),
                now=self.time,
            )
        if paid:
            self.told(invoice, "SUCCESS", 0)
        return invoice

    @rule(invoice=sold, news=st.lists(NEWS, min_size=1, max_size=3), wrong=st.sampled_from([0, 0, 0, 1]))
    def hear(self, invoice, news, wrong):
        """Anything, in any order, twice, or of a wrong amount: a provider duplicates, delays and drops."""
        for each in news:
            self.told(invoice, each, wrong)

    def told(self, invoice, status, wrong):
        with db.transaction() as writing:
            invoices.settle(writing, "doku", Event(invoice.invoice_number, status, invoice.amount + wrong, "IDR", None, "{}"))

    @rule(invoice=sold)
    def refund(self, invoice):
        """Given back at last, also after the commission was paid out."""
        self.told(invoice, "REFUNDED", 0)

    @rule(days=st.sampled_from([8, 8, 31]))
    def time_passes(self, days):
        self.time += timedelta(days=days)
        with db.transaction() as writing:
            commissions.mature(writing)

    @rule(who=people, amount=rupiah)
    def earn(self, who, amount):
        with db.transaction() as writing:
            wallets.credit(writing, self.people[who].id, amount, f"buku:{next(_names)}:{self.people[who].id}", "Royalti")

    @rule(target=asked, share=st.sampled_from(["all", "all", "the least", "too much"]))
    def withdraw(self, share):
        """Whoever has most asks: anybody else would mostly be refused."""
        with db.reading() as reading:
            has = {each.user_id: each.available for each in reading.all(WALLETS, users=[each.id for each in self.people])}
        user = max(self.people, key=lambda each: has.get(each.id, 0))
        available = has.get(user.id, 0)
        amount = {"all": max(available, 50_000), "the least": 50_000, "too much": max(available, 50_000) + 1}[share]
        try:
            with db.transaction() as writing:
                made = withdrawals.create(writing, user, Withdraw(amount=amount, **money.ACCOUNT))
        except withdrawals.InsufficientBalance:
            assert available < amount
            return multiple()
        assert available >= amount
        return made

    @rule(request=asked, ends=st.lists(st.sampled_from(["approve", "reject", "cancel"]), min_size=1, max_size=2))
    def end_withdrawal(self, request, ends):
        """Once or twice; what came first stays."""
        for how in ends:
            try:
                with db.transaction() as writing:
                    self.end(writing, request, how)
            except withdrawals.AlreadyDecided:
                pass

    def end(self, writing, request, how):
        if how == "approve":
            payouts.approve(writing, self.admin, request["id"], "TRX-1")
        elif how == "reject":
            payouts.reject(writing, self.admin, request["id"], "Tidak cocok")
        else:
            withdrawals.cancel(writing, next(each for each in self.people if each.id == request["user_id"]), request["id"])

    @rule(who=people, unit=st.sampled_from(["kredit", "publish_quota"]), amount=st.integers(1, 4))
    def spend(self, who, unit, amount):
        """What is there can be spent, and not one more."""
        with db.transaction() as writing:
            have = writing.value(f"select {unit} from users where id_users = :user", user=self.people[who].id)
            assert ledger.move(writing, self.people[who].id, unit, -amount, "spend", f"buku:{next(_names)}") is (have >= amount)

    @rule(target=working, who=people, kredit=st.integers(0, 3))
    def start_work(self, who, kredit):
        try:
            with db.transaction() as writing:
                return jobs.enqueue(
                    writing, "script", f"buku:{self.people[who].id}:{next(_names)}", user=self.people[who].id, kredit=kredit
                )
        except jobs.ledger.InsufficientCredits:
            return multiple()

    @rule(job=consumes(working), end=st.sampled_from(["finish", "fail", "cancel", "die and fail"]))
    def end_work(self, job, end):
        with db.transaction() as writing:
            held = jobs.claim(writing, job)
        if held is None:
            return  # Its account was deleted meanwhile.
        if end == "die and fail":
            self.time += timedelta(seconds=jobs.LEASE_SECONDS + 1)
            with db.transaction() as writing:
                again = jobs.claim(writing, job)
            with pytest.raises(jobs.LeaseLost), db.transaction() as writing:
                jobs.finish(writing, held)
            held = again
        with db.transaction() as writing:
            if end == "finish":
                jobs.finish(writing, held)
            elif end == "cancel":
                jobs.cancel(writing, writing.value("select subject from jobs where id = :job", job=job))
            else:
                jobs.fail(writing, held, jobs.GAVE_UP, "test")

    @rule(who=people)
    def delete_account(self, who):
        """Whatever is left stays in the books without a name; a withdrawal that waits is decided before, as the worker sees to."""
        user = self.people[who].id
        with db.transaction() as writing:
            waits = writing.value("select true from withdrawal_requests where user_id = :user and status = 'pending' limit 1", user=user)
            gone = writing.value("select erased_at is not null from users where id_users = :user", user=user)
            if not waits and not gone:
                erasures.forget(writing, user)

    @invariant()
    def the_books_balance(self):
        if hasattr(self, "people"):
            with db.reading() as reading:
                assert audit.differences(reading, [each.id for each in [*self.people, self.admin]]) == []


def test_the_books_balance_after_every_step_of_whatever_happens(database):
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            # Thirty steps can be read, and making them fewer would take minutes of a failing run.
            phases=[Phase.generate],
            derandomize="BOOKS_RUNS" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"the books balanced after every step of {RUNS} runs of up to {STEPS} steps")


def printed():
    """What the audit prints, and its exit code."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = audit.main()
    return code, out.getvalue()


def test_the_audit_prints_what_it_checked(database):
    code, text = printed()
    assert all(name in text for name in audit.CHECKS)
    assert code in (0, 1)


def test_the_audit_of_large_books_is_not_ended_by_the_time_limit_of_requests(database, monkeypatch):
    limit = "select 'a statement' as subject, '0' as expected, current_setting('statement_timeout') as found"
    monkeypatch.setattr(audit, "CHECKS", {"may take as long as it takes": limit})
    assert printed()[0] == 0


BREAKS = {
    "kredit and publish quota equal their rows": "update users set kredit = kredit + 1 where id_users = :user",
    "wallets equal their rows": "update creator_wallets set available = available - 1 where user_id = :user",
    "every withdrawal has its hold, which ended as it did": "update withdrawal_requests set status = 'approved' where user_id = :user",
    "what creators have is what they earned less what they were paid": "update withdrawal_requests set status = 'approved' where user_id = :user",
    "reserved kredit was taken, given back, or its job lives": "update jobs set status = 'failed' where user_id = :user",
    "jobs with a price have reserved it": "update jobs set kredit = kredit + 1 where user_id = :user",
    "every paid invoice was granted once, and no other": "update payment_transactions set paid_at = now(), status = 'success' where user_id = :user",
    "a paid invoice is part of a subscription": "update payment_transactions set paid_at = now(), status = 'success' where user_id = :user",
}


@pytest.mark.parametrize("check", BREAKS)
def test_the_audit_finds_what_somebody_broke_by_hand(database, check, monkeypatch):
    monkeypatch.setattr(jobs, "_ring", lambda *bell: None)
    siti = person()
    with db.transaction() as writing:
        wallets.credit(writing, siti.id, 90_000, f"rusak:{siti.id}", "Royalti")
        withdrawals.create(writing, siti, Withdraw(amount=60_000, **money.ACCOUNT))
        jobs.enqueue(writing, "script", f"rusak:{siti.id}", user=siti.id, kredit=1)
        sold = db.json({"name": "Paket", "bonus_credits": 5, "publish_quota": 1, "duration_days": 30})
        writing.run(
            "insert into payment_transactions (user_id, invoice_number, amount, sold) values (:user, 'RUSAK-' || cast(:user as bigint), 1000, cast(:sold as jsonb))",
            user=siti.id,
            sold=sold,
        )
    with db.reading() as reading:
        assert audit.differences(reading, [siti.id]) == []
    with pytest.raises(ZeroDivisionError), db.transaction() as writing:
        writing.run(BREAKS[check], user=siti.id)
        found = audit.differences(writing, [siti.id])
        assert check in {difference.check for difference in found}
        assert audit.check(writing, check).differences
        raise ZeroDivisionError  # Other tests look at the same database: nothing of this stays.
