"""Whether the books balance: `python -m infra.audit` checks the database that the settings name, and exits 1 on a difference.

Every check says for each subject what its rows imply and what is stored, in one statement and so at
one moment; it can run beside a live service, and takes as long as large books take. Nothing is
corrected here: a difference means that a rule was broken, and a person should see it.
"""

import re
import sys
from collections.abc import Sequence
from typing import NamedTuple

from common.db import Db, moving


class Difference(NamedTuple):
    """One subject whose books do not balance."""

    check: str
    subject: str
    expected: str | None
    found: str | None


class Checked(NamedTuple):
    """One check's result: how many subjects were looked at, and the first of those that differ."""

    check: str
    subjects: int
    differences: list[Difference]


# Each gives (subject, expected, found). `{of:column}` becomes the accounts asked for, or all.
CHECKS = {
    "kredit and publish quota equal their rows": """
        select 'user ' || u.id_users as subject, concat_ws(' ', u.kredit, u.kredit_held, u.publish_quota) as found,
               concat_ws(' ', coalesce(sum(t.amount) filter (where t.unit = 'kredit'), 0), coalesce(sum(t.held) filter (where t.unit = 'kredit'), 0),
                         coalesce(sum(t.amount) filter (where t.unit = 'publish_quota'), 0)) as expected
        from users u left join transactions t on t.user_id = u.id_users where {of:u.id_users} group by u.id_users
    """,
    "wallets equal their rows": """
        select 'wallet of user ' || w.user_id as subject, concat_ws(' ', w.available, w.pending, w.held, w.lifetime) as found,
               concat_ws(' ', coalesce(sum(t.available), 0), coalesce(sum(t.pending), 0), coalesce(sum(t.held), 0),
                         coalesce(sum(t.available + t.pending) filter (where t.reason in ('commission', 'credit', 'reverse')), 0)) as expected
        from creator_wallets w left join wallet_transactions t on t.wallet_id = w.id where {of:w.user_id} group by w.id
    """,
    "nothing is negative but wallets that say so": """
        select 'user ' || u.id_users as subject, 'false' as expected,
               (least(u.kredit, u.kredit_held, u.publish_quota, w.pending, w.held) < 0 or (w.available < 0) is distinct from w.overdrawn
                and w.id is not null)::text as found
        from users u left join creator_wallets w on w.user_id = u.id_users where {of:u.id_users}
    """,
    "reserved kredit was taken, given back, or its job lives": """
        with booked as (
            select user_id, reference_id, count(*) as rows, sum(held) as held,
                   case when reference_id ~ '^job:[0-9]{1,18}$' then substr(reference_id, 5)::bigint end as job
            from transactions where reason in ('reserve', 'take', 'release') and unit = 'kredit' and {of:user_id} group by user_id, reference_id)
        select b.reference_id as subject, concat_ws(' ', b.rows, 'rows,', b.held, 'held') as found,
               case when j.status in ('queued', 'running') and j.user_id = b.user_id then concat_ws(' ', 1, 'rows,', j.kredit, 'held')
                    else '2 rows, 0 held' end as expected
        from booked b left join jobs j on j.id = b.job
    """,
    "jobs with a price have reserved it": """
        select 'job:' || j.id as subject, j.kredit::text as expected, sum(t.held)::text as found
        from jobs j left join transactions t on t.reference_id = 'job:' || j.id and t.reason = 'reserve' and t.unit = 'kredit' and t.user_id = j.user_id
        where j.status in ('queued', 'running') and j.kredit > 0 and j.user_id is not null and {of:j.user_id} group by j.id
    """,
    "every withdrawal has its hold, which ended as it did": """
        with asked as (
            select 'withdrawal:' || id as subject,
                   concat_ws(', ', format('user %s hold %s %s', user_id, -amount, amount), case
                       when status = 'approved' then format('user %s paid %s %s', user_id, 0, -amount)
                       when status in ('rejected', 'canceled') then format('user %s return %s %s', user_id, amount, -amount) end) as expected
            from withdrawal_requests where {of:user_id}),
        booked as (
            select t.reference as subject, string_agg(format('user %s %s %s %s', w.user_id, t.reason, t.available, t.held), ', ' order by t.id) as found
            from wallet_transactions t join creator_wallets w on w.id = t.wallet_id
            where t.reason in ('hold', 'paid', 'return') and {of:w.user_id} group by t.reference)
        select subject, expected, found from asked full join booked using (subject)
    """,
    "what creators have is what they earned less what they were paid": """
        select 'wallet of user ' || w.user_id as subject, (w.available + w.pending + w.held)::text as found,
               (coalesce((select sum(t.available) from wallet_transactions t where t.wallet_id = w.id and t.reason = 'credit'), 0)
                + coalesce((select sum(c.amount) from commissions c where c.id_user = w.user_id and c.status <> 'reversed'), 0)
                - coalesce((select sum(p.amount) from withdrawal_requests p where p.user_id = w.user_id and p.status = 'approved'), 0))::text as expected
        from creator_wallets w where {of:w.user_id}
    """,
    "every commission stands where its rows put it": """
        with earned as (
            select 'commission:' || id as subject, concat_ws(' ', 'user', id_user, case status
                       when 'pending' then format('0 %s', amount) when 'available' then format('%s 0', amount) else '0 0' end) as expected
            from commissions where {of:id_user}),
        booked as (
            select t.reference as subject, concat_ws(' ', 'user', w.user_id, sum(t.available), sum(t.pending)) as found
            from wallet_transactions t join creator_wallets w on w.id = t.wallet_id
            where t.reason in ('commission', 'mature', 'reverse') and {of:w.user_id} group by t.reference, w.user_id)
        select subject, expected, found from earned full join booked using (subject)
    """,
    "a referred person earns their referrer one commission, and none where the money went back": """
        select 'purchases of user ' || p.user_id as subject, 'at most 1, none refunded' as expected,
               case when count(*) > 1 then count(*) || ' commissions'
                    when bool_or(p.status <> 'success' and c.status <> 'reversed') then 'commission for a ' || min(p.status) || ' invoice'
                    else 'at most 1, none refunded' end as found
        from commissions c join payment_transactions p on p.id = c.payment_transaction_id where {of:p.user_id} group by p.user_id
    """,
    "every paid invoice was granted once, and no other": """
        with sold as (
            select 'invoice:' || invoice_number as subject, user_id, case when paid_at is null then 'nothing' else concat_ws(' ',
                       'kredit', coalesce((sold ->> 'bonus_credits')::bigint, 0), 'quota', coalesce((sold ->> 'publish_quota')::bigint, 0)) end as expected,
                   paid_at is null as unpaid
            from payment_transactions where {of:user_id}),
        given as (
            select reference_id as subject, user_id, coalesce(sum(amount) filter (where unit = 'kredit'), 0) as kredit,
                   coalesce(sum(amount) filter (where unit = 'publish_quota'), 0) as quota
            from transactions where reason = 'purchase' and {of:user_id} group by reference_id, user_id)
        select subject, expected, case when s.unpaid and g.user_id is null then 'nothing'
                   else concat_ws(' ', 'kredit', coalesce(g.kredit, 0), 'quota', coalesce(g.quota, 0)) end as found
        from sold s full join given g using (subject, user_id)
    """,
    "a paid invoice is part of a subscription": """
        select 'invoice:' || p.invoice_number as subject, 'user ' || p.user_id as expected, 'user ' || s.user_id as found
        from payment_transactions p left join subscriptions s on s.id = p.subscription_id where p.status = 'success' and {of:p.user_id}
    """,
    "a refund took back no more than was given": """
        select t.reference_id || ' ' || t.unit as subject, 'between 0 and what was given' as expected,
               case when p.status = 'refunded' and -t.amount between 0 and coalesce(g.amount, 0) then 'between 0 and what was given'
                    else concat_ws(' ', -t.amount, 'of', coalesce(g.amount, 0), 'while', p.status) end as found
        from transactions t left join payment_transactions p on 'invoice:' || p.invoice_number = t.reference_id and p.user_id = t.user_id
        left join transactions g on g.reference_id = t.reference_id and g.unit = t.unit and g.reason = 'purchase' and g.user_id = t.user_id
        where t.reason = 'refund' and {of:t.user_id}
    """,
}

# A broken rule may have broken thousands of rows; the first of them tell enough.
SHOWN = 20


def check(db: Db, name: str, users: Sequence[int] | None = None) -> Checked:
    """Run one check over everybody, or over the books of `users` alone."""
    sql = f"""
        with facts as ({_over(CHECKS[name], users)}),
        different as (select subject, expected, found from facts where expected is distinct from found order by subject limit {SHOWN})
        select (select count(*) from facts) as subjects, (select coalesce(json_agg(d), '[]') from different d) as differences
    """
    row = db.one(sql, **({} if users is None else {"users": list(users)}))
    return Checked(name, row.subjects, [Difference(name, **each) for each in row.differences])


def _over(sql: str, users: Sequence[int] | None) -> str:
    # Without the condition the planner reads a whole table once; with it, a few rows by index.
    return re.sub(r"{of:([\w.]+)}", "true" if users is None else r"\1 = any(cast(:users as bigint[]))", sql)


def differences(db: Db, users: Sequence[int] | None = None) -> list[Difference]:
    """What does not balance, for everybody or for `users` alone, in one statement; empty when all does."""
    each = (
        f"select '{name}' as name, subject, expected, found from ({_over(sql, users)}) facts where expected is distinct from found"
        for name, sql in CHECKS.items()
    )
    rows = db.all(" union all ".join(each), **({} if users is None else {"users": list(users)}))
    return [Difference(*row) for row in rows]


def main() -> int:
    """Print what was checked and what differs; 1 when anything does, else 0."""
    found = 0
    for name in CHECKS:
        with moving() as db:
            checked = check(db, name)
        found += len(checked.differences)
        print(f"{'DIFFERS' if checked.differences else 'ok':8}{checked.subjects:>9}  {name}")
        for each in checked.differences:
            print(f"{'':19}{each.subject}: expected {each.expected}, found {each.found}")
    print("The books balance." if not found else f"{found} differences shown.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
