insert into subscription_packages (id, name, description, price, duration_days, publish_quota, bonus_credits, created_at, updated_at)
overriding system value
select id, name, description, price, duration_days, greatest(publish_quota, 0), greatest(coalesce(bonus_credits, 0), 0), created_at, updated_at
from legacy.subscription_packages;

-- One subscription a person: of several the one that ends last.
insert into subscriptions (id, user_id, package_id, status, start_date, end_date, created_at, updated_at) overriding system value
select distinct on (user_id) id, user_id, package_id,
    case when status = 'active' and end_date <= now() then 'expired' when status in ('pending', 'active', 'expired', 'cancelled') then status
         when status = 'canceled' then 'cancelled' else 'pending' end,
    start_date, end_date, created_at, updated_at
from legacy.subscriptions order by user_id, (status = 'active') desc, end_date desc nulls last, id desc;

-- What a payment was for is known by its subscription, else by the price, as the old callback went about it. A paid one
-- for which nobody can say is quarantined: operations decide, and nothing was granted for it that could be taken back.
insert into payment_transactions (id, user_id, package_id, subscription_id, invoice_number, amount, sold, payment_method, status, payment_url,
    doku_order_id, doku_response, type_transaction, reason, expires_at, paid_at, checked_at, created_at, updated_at)
overriding system value
select p.id, p.user_id, k.id, s.id, p.invoice_number, p.amount,
    case when k.id is null then '{}' else jsonb_build_object('name', k.name, 'price', k.price, 'duration_days', k.duration_days,
        -- The old backend granted neither; what was not given is not written as given. Who pays an open one here gets all of it.
        'publish_quota', case when p.status = 'success' then 0 else k.publish_quota end,
        'bonus_credits', case when p.status = 'success' then 0 else k.bonus_credits end) end,
    p.payment_method,
    case when p.status = 'success' and (k.id is null or s.id is null) then 'quarantined'
         when p.status in ('success', 'failed', 'expired') then p.status
         when p.status = 'pending' and coalesce(p.expires_at, p.created_at + interval '1 day') > now() then 'pending' else 'expired' end,
    p.payment_url, p.doku_order_id, p.doku_response, coalesce(p.type_transaction, 'subscription'),
    case when p.status = 'success' and (k.id is null or s.id is null) then 'paid before the move; what for is not known' end,
    p.expires_at, case when p.status = 'success' and k.id is not null and s.id is not null then p.updated_at end, p.updated_at, p.created_at, p.updated_at
from legacy.payment_transactions p
left join legacy.subscriptions o on o.id = p.subscription_id
left join lateral (select * from subscription_packages each where each.id = o.package_id or (o.id is null and each.price = p.amount) order by each.id limit 1) k on true
left join subscriptions s on s.user_id = p.user_id
where p.amount > 0;

-- Kredit and quota are what their rows say from the first day on: first what the old rows tell, then what else was there.
insert into transactions (user_id, type, unit, amount, reason, reference_id, description, created_at)
select user_id, case when sum > 0 then 'credit' else 'debit' end, 'kredit', sum, 'legacy', 'transaction:' || id, description, created_at
from (select t.*, case when type = 'debit' then -1 else 1 end * abs(trunc(amount)::bigint) as sum
      from legacy.transactions t where type in ('credit', 'debit', 'referral_bonus')) moved where sum <> 0;

insert into transactions (user_id, type, unit, amount, reason, reference_id, description, created_at)
select c.id_user, 'credit', 'kredit', trunc(c.kredit)::bigint, 'legacy', 'commission:' || c.id, c.keterangan, coalesce(c.created_at, c.updated_at, now())
from legacy.commissions c join users u on u.id_users = c.id_user where trunc(c.kredit) > 0;

insert into transactions (user_id, type, unit, amount, reason, reference_id)
select id_users, case when rest > 0 then 'credit' else 'debit' end, 'kredit', rest, 'opening', 'user:' || id_users
from (select u.id_users, u.kredit - coalesce((select sum(amount) from transactions t where t.user_id = u.id_users and t.unit = 'kredit'), 0) as rest
      from users u) opening where rest <> 0;

insert into transactions (user_id, type, unit, amount, reason, reference_id)
select id_users, 'credit', 'publish_quota', publish_quota, 'opening', 'user:' || id_users from users where publish_quota > 0;

-- Withdrawals were paid by hand from no wallet, and anybody could write any. A paid one is booked as earned, held and
-- paid, so that it shows and changes nothing. One that waits is held as far as there is a balance, and else turned down.
insert into creator_wallets (user_id, available, held, lifetime)
select u.id_users, b.balance - coalesce(w.held, 0), coalesce(w.held, 0), b.balance + coalesce(w.paid, 0)
from users u
join lateral (select greatest(trunc(balance)::bigint, 0) as balance from legacy.users where id_users = u.id_users) b on true
left join (select user_id, sum(amount) filter (where status = 'approved') as paid, sum(amount) filter (where status = 'pending') as held
           from asked group by user_id) w on w.user_id = u.id_users
where b.balance > 0 or w.user_id is not null;

insert into withdrawal_requests (id, user_id, amount, fee, status, bank_code, bank_name, account_number, account_number_masked, account_name,
    reference, reason, decided_at, created_at, updated_at)
overriding system value
select id, user_id, amount, 0, status, bank_code, bank_name, account_number, account_number_masked, account_name,
    case when status = 'approved' then 'legacy' end, case when status = 'rejected' then 'Silakan ajukan lagi dari dompet Anda' end,
    case when status <> 'pending' then updated_at end, created_at, updated_at
from asked;

-- When it was earned nobody knows, but not in the month of the move: each row has the time of its withdrawal, the rest its account's.
insert into wallet_transactions (wallet_id, available, held, reason, reference, description, created_at)
select w.id, b.available, b.held, b.reason, b.reference, 'Saldo awal', b.moment
from creator_wallets w join users u on u.id_users = w.user_id
cross join lateral (
    select lifetime - coalesce((select sum(amount) from asked where user_id = w.user_id and status = 'approved'), 0), 0, 'credit', 'opening:' || w.user_id,
        u.created_at
    union all select amount, 0, 'credit', 'legacy withdrawal:' || id, created_at from asked where user_id = w.user_id and status = 'approved'
    union all select -amount, amount, 'hold', 'withdrawal:' || id, created_at from asked where user_id = w.user_id
    union all select 0, -amount, 'paid', 'withdrawal:' || id, updated_at from asked where user_id = w.user_id and status = 'approved'
    union all select amount, -amount, 'return', 'withdrawal:' || id, updated_at from asked where user_id = w.user_id and status = 'rejected'
) b (available, held, reason, reference, moment)
where b.available <> 0 or b.held <> 0 order by w.id, b.moment, b.reason;
