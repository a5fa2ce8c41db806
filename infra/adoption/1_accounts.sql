-- Accounts, with the same ids and password hashes. An address that two accounts share in our spelling
-- (0812… and 62812…, Siti@ and siti@) stays with the older one; the other keeps its other address, or,
-- having none, both addresses but not the verification: it waits with all it has until people know whose it is.
insert into users (id_users, full_name, username, email, phone_number, password, referral_code_id, referrals_for, is_verified, region, city,
    timezone, role, login_method, external_id, kredit, publish_quota, watermark, previous_rating, previous_rating_name, profile_photo_path,
    created_at, updated_at)
overriding system value
with spelled as (
    select u.*, n.email as mail, n.phone, n.code,
        row_number() over (partition by n.email order by u.is_verified desc, u.id_users) as mail_place,
        row_number() over (partition by n.phone order by u.is_verified desc, u.id_users) as phone_place,
        row_number() over (partition by lower(u.username) order by u.id_users) as name_place,
        row_number() over (partition by u.external_id order by u.id_users) as google_place
    from legacy.users u join names n using (id_users)),
chosen as (
    select *, mail is not null and mail_place = 1 as has_mail, phone is not null and phone_place = 1 as has_phone from spelled)
select id_users, full_name, case when name_place = 1 then username else username || '_' || id_users end,
    case when has_mail or not has_phone then mail end,
    case when has_phone or not has_mail then phone end,
    nullif(password, ''), code, referrals_for, is_verified and (has_mail or has_phone), region, city, timezone,
    -- Anybody could make themselves an administrator there, so nobody is one here before operations say so.
    case when role = 'user' then 'user' else 'creator' end, login_method,
    case when google_place = 1 then external_id end, greatest(kredit, 0), greatest(publish_quota, 0), coalesce(watermark, true), previous_rating,
    previous_rating_name, profile_photo_path, created_at, updated_at
from chosen;

-- Nobody is signed in here yet, and nothing is pushed to a phone on which nobody is: each sends its address as it signs in.

insert into referrals (id, referrer_id, referred_user_id, created_at, updated_at) overriding system value
select distinct on (referred_user_id) id, referrer_id, referred_user_id, coalesce(created_at, updated_at, now()), coalesce(updated_at, created_at, now())
from legacy.referrals where referrer_id <> referred_user_id
    and referrer_id in (select id_users from users) and referred_user_id in (select id_users from users)
order by referred_user_id, id;
