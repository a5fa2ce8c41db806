-- What the later versions of the existing backend added, and what its people did with it.
-- Invoices of the Bulanan package that were open at the move, and one that its buyer let expire.
insert into payment_transactions (user_id, invoice_number, amount, status, doku_order_id, expires_at, type_transaction) values
    (50, 'INV-BUKA', 16500, 'pending', 'INV-BUKA', now() + interval '1 hour', 'subscription'),
    (51, 'INV-LEWAT', 16500, 'expired', 'INV-LEWAT', now() - interval '1 hour', 'subscription');
-- Anybody could become an administrator there.
update users set role = 'admin' where id_users = 7;
update users set role = 'superuser' where id_users = 8;
-- A flag for what is published, which was set by its owner; and styles and genres by id.
alter table comics add column status boolean default false, add column total_shares bigint not null default 0;
update comics set status = case id % 4 when 0 then true when 1 then null else id % 4 = 2 and id < 60 end;
update comics set total_shares = 7, style = '3', genre = '["2", 1, "Genre 7", null]' where id = 2;
alter table notifications add column img_url varchar;
update notifications set img_url = 'https://storage.example/n.png' where id = 1;
create table follows (id serial primary key, follower_id int not null references users on delete cascade,
    following_id int not null references users on delete cascade, created_at timestamptz not null default now(), unique (follower_id, following_id));
insert into follows (follower_id, following_id, created_at) values (1, 2, '2026-01-05'), (3, 2, '2026-01-06'), (2, 1, '2026-01-07'), (4, 4, '2026-01-08');
create table comic_share (like comic_user including all);
insert into comic_share (id, comic_id, user_id, created_at) values (1, 2, 5, '2026-01-09'), (2, 2, 6, '2026-01-10');
create table config (id serial primary key, name_config varchar, value_config varchar);
insert into config (name_config, value_config) values ('min_version', '1.2.0');
-- What authors were told of readers 9 and 10: comments, one of them twice, one that is gone, and likes.
insert into notifications (user_id, type, title, message, data)
select c.user_id, 'new_comment', 'Komentar baru di komikmu!', 'Orang ' || m.user_id || ' mengomentari: ' || m.content,
    '{"comic_id": ' || c.id || ', "comment_id": ' || m.id || '}'
from comments m join comics c on c.id = m.comic_id cross join generate_series(1, case when m.id = 8 then 2 else 1 end) where m.user_id in (9, 10);
insert into notifications (user_id, type, title, message, data) values
    (2, 'new_comment', 'Komentar baru di komikmu!', 'Orang 9 mengomentari: sudah dihapus', '{"comic_id": 1, "comment_id": 99999}'),
    (2, 'engagement', 'Seseorang menyukai komikmu!', 'Orang 9 menyukai komik ''Kancil 1''', '{"comic_id": 1, "user_id": 9}'),
    (2, 'engagement', 'Seseorang menyukai komikmu!', 'Orang 10 menyukai komik ''Kancil 1''', '{"comic_id": 1, "user_id": 10}'),
    (2, 'engagement', 'Seseorang menyukai komikmu!', 'Bukan Siapa-Siapa menyukai komik ''Kancil 1''', '{"comic_id": 1, "user_id": 9999}');
update withdrawals set created_at = timestamptz '2025-12-05' + id * interval '1 day', updated_at = timestamptz '2025-12-20';
-- Looking at a comic changed it.
update comics set created_at = timestamptz '2025-10-01' + id * interval '1 hour', updated_at = now();
-- Reading again moved the row of the first reading.
insert into comic_views (comic_id, user_id, created_at, updated_at) values (1, 60, '2025-11-01', '2026-01-01'), (3, 60, '2025-12-01', '2025-12-01');
update comics set pdf_url = '/api/pdf/' || id, preview_video_url = '/viewer/' || id, narration_audio_url = '/viewer/' || id where id = 4;
update comics set pdf_url = 'https://storage.example/8.pdf', preview_video_url = 'https://storage.example/8.mp4' where id = 8;
update comic_panels set narration_audio_url = '/api/audio/' || id where comic_id = 4;
-- Rows and columns that somebody made by hand.
insert into styles (name) values ('GAYA 1');
insert into referrals (referrer_id, referred_user_id) values (1, 7);
insert into commissions (id_user, kredit, keterangan) values (1, 5, 'Tanpa tanggal');
alter table withdrawals alter created_at drop not null, alter updated_at drop not null;
insert into withdrawals (id_user, amount, status, bank_name, created_at, updated_at) values (6, 10000, 'rejected', 'BCA', null, null);
alter table users alter watermark drop not null;
update users set watermark = null where id_users = 60;
