-- {hash} is the bcrypt hash of "rahasia".
insert into users (full_name, username, email, phone_number, password, referral_code_id, is_verified, timezone, role, login_method, kredit, balance, publish_quota, fcm_token, created_at)
select 'Orang ' || n, 'orang' || n, 'orang' || n || '@contoh.id', '0812' || lpad((1000000 + n)::text, 8, '0'), '{hash}', 'KODE' || lpad(n::text, 4, '0'), true, 'Asia/Jakarta',
    case when n = 1 then 'admin' else 'creator' end, 'mobile', n % 7, case when n % 10 = 0 then n * 1000 else 0 end, n % 3, 'token-' || (n % 55),
    timestamptz '2025-10-01' + n * interval '1 day'
from generate_series(1, 60) n;
-- The same phone in another spelling, the same address in capitals, a name in capitals, and people of Google's.
insert into users (full_name, username, email, phone_number, password, referral_code_id, is_verified, timezone, role, login_method, external_id, kredit, balance, publish_quota) values
    ('Kembar Telepon', 'kembar', 'kembar@contoh.id', '6281201000001', '{hash}', 'KMB1', true, 'Asia/Jakarta', 'creator', 'mobile', null, 3, 0, 0),
    ('Kembar Surel', 'ORANG2', 'ORANG2@contoh.id', '081399990001', '{hash}', 'KMB2', true, 'Asia/Jakarta', 'creator', 'mobile', null, 4, 0, 0),
    ('Kembar Keduanya', null, 'Orang3@Contoh.ID', '6281201000003', '{hash}', 'KMB3', true, 'Asia/Jakarta', 'creator', 'mobile', null, 5, 0, 0),
    ('Gita Google', null, 'gita@gmail.com', 'google_1234567890', '', 'GGL1', true, 'Asia/Jakarta', 'user', 'google', 'sub-1', 0, 0, 5),
    ('Gita Lagi', null, null, 'google_1234567891', '', 'GGL2', true, 'Asia/Jakarta', 'user', 'google', 'sub-1', 0, 0, 5),
    ('Orang 4 Google', null, 'ORANG4@contoh.id', 'google_1234567892', '', 'GGL3', true, 'Asia/Jakarta', 'user', 'google', 'sub-4', 6, 0, 5);
insert into styles (name, prompt_modifier) select 'Gaya ' || n, 'modifier ' || n from generate_series(1, 5) n;
insert into genres (name) select 'Genre ' || n from generate_series(1, 12) n;
insert into characters (name, description_prompt) select 'Tokoh ' || (n % 6), 'prompt' from generate_series(1, 8) n;
insert into backgrounds (name) select 'Latar ' || n from generate_series(1, 8) n;
insert into asset_music (name, file_url, duration) select 'Musik ' || n, 'https://storage.example/' || n || '.mp3', 30 * (n % 2) from generate_series(1, 4) n;
insert into comics (user_id, story_idea, summary, keywords, style, page_count, selected_character_key, selected_backgrounds, title, publisher, genre, synopsis, tags, cover_url,
    draft_job_status, layout, total_views, total_likes, total_comments)
select 1 + n % 40, 'Kisah ke-' || n, 'Ringkasan ' || n, '["a", "b"]', 'gaya ' || (1 + n % 5), case when n % 9 = 0 then 40 else 3 end, case when n % 2 = 0 then '2' else 'kancil' end,
    case when n % 4 = 0 then 'null'::json else '[1, 2]'::json end, case when n % 5 = 0 then null else 'Kancil ' || n end, 'Penerbit', '["Genre 1", "Genre 2"]', 'Sinopsis', '#a #b',
    case when n % 3 = 0 then null else 'https://storage.example/cover' || n || '.png' end,
    (array['COMPLETED', 'rendering', 'PENDING', null, 'SCRIPT_READY', 'FAILED'])[1 + n % 6], 'portrait', n * 10, 999, 999
from generate_series(1, 90) n;
insert into comic_panels (comic_id, page_number, panel_number, image_url, narration, dialogues)
select c, (p - 1) / 3, case when p in (4, 5) then 1 else p end, case when c % 3 <> 0 then 'https://storage.example/' || c || '-' || p || '.png' end, 'Narasi ' || p,
    case p % 4 when 0 then '["Kancil: Halo: apa kabar?", "tanpa nama", 7]' when 1 then '[{{"Buaya": "Siapa itu?"}}]' when 2 then '[{{"speaker": "Kancil", "text": "Aku!"}}]' else 'null' end::json
from generate_series(1, 80) c, generate_series(1, 6) p;
insert into comic_panel_ideas (comic_id, page_number, panel_number, description) select c, 1, 1 + p % 2, 'ide' from generate_series(1, 10) c, generate_series(1, 4) p;
insert into comic_user (comic_id, user_id) select 1 + n % 20, 1 + n % 30 from generate_series(1, 200) n;
insert into comic_views (comic_id, user_id, created_at) select 1 + n % 20, 1 + n % 30, timestamptz '2025-12-01 16:30Z' + (n % 3) * interval '1 hour' from generate_series(1, 300) n;
insert into comments (comic_id, user_id, content, rating, created_at)
select 1 + n % 10, 1 + n % 15, 'Komentar ' || n, case when n % 4 = 0 then null when n % 11 = 0 then 9 else 1 + n % 5 end, timestamptz '2025-12-05' + n * interval '1 minute' from generate_series(1, 120) n;
insert into subscription_packages (name, price, duration_days, publish_quota, bonus_credits) values ('Mingguan', 5000, 7, 3, null), ('Bulanan', 16500, 30, 10, 20), ('Tahunan', 150000, 365, 150, 300);
insert into subscriptions (user_id, package_id, status, start_date, end_date)
select 1 + n % 25, 1 + n % 3, (array['active', 'active', 'expired', 'cancelled', 'pending'])[1 + n % 5], timestamptz '2026-10-01', timestamptz '2026-11-01' + n * interval '2 days' from generate_series(1, 30) n;
insert into payment_transactions (user_id, subscription_id, invoice_number, amount, status, doku_order_id, expires_at)
select s.user_id, case when s.id % 2 = 0 then s.id end, 'INV-ABCD' || s.id || '-1760000000', p.price, (array['success', 'success', 'failed', 'expired', 'pending'])[1 + s.id % 5], 'INV-ABCD' || s.id, timestamptz '2025-12-01'
from subscriptions s join subscription_packages p on p.id = s.package_id;
insert into payment_transactions (user_id, invoice_number, amount, status) values (50, 'INV-ANEH-1', 12345, 'success'), (51, 'INV-NOL-1', 0, 'pending');
insert into transactions (user_id, type, amount, description) values (2, 'credit', 10, 'Kredit ditambah'), (2, 'debit', 4, 'Kredit digunakan'), (3, 'withdrawal', 50000, 'x');
insert into notifications (user_id, type, title, message, data, read_at) select 1 + n % 30, 'success', 'Komik Selesai', 'Pesan ' || n, '{{"comic_id": 1}}', case when n % 2 = 0 then now() end from generate_series(1, 60) n;
insert into banners (title, slug, image_url, is_active) values ('Satu', 'satu', 'https://storage.example/b.png', true), ('Dua', 'dua', 'https://storage.example/c.png', false);
insert into banner_comic (banner_id, comic_id) values (1, 1), (1, 2), (1, 1);
insert into referrals (referrer_id, referred_user_id, created_at, updated_at) values (1, 2, now(), now()), (3, 2, now(), now()), (4, 4, now(), now()), (1, 5, now(), now());
insert into commissions (id_user, kredit, keterangan, created_at, updated_at) values (1, 5, 'Bonus', '2025-12-01', '2025-12-01'), (6, 2, null, '2025-12-02', '2025-12-02'), (7, null, 'kosong', '2025-12-02', '2025-12-02');
insert into withdrawals (id_user, amount, status, bank_name, account_number, account_name) values
    (10, 6000, 'pending', 'BCA', '1234567890', 'Orang 10'), (10, 6000, 'pending', 'BCA', '1234567890', 'Orang 10'), (20, 50000, 'approved', 'Bank Mandiri', '999', 'Orang 20'),
    (5, 100000, 'pending', null, null, null), (6, 70000, 'rejected', 'BRI', '5555', 'Orang 6'), (9999, 1000, 'pending', 'BCA', '1', 'Bukan siapa-siapa');
insert into comic_requests (user_id, recipient_name, phone_number, shipping_address, status) values (1, 'Orang 1', '08121000001', 'Jalan Mawar nomor satu', 'PENDING');
