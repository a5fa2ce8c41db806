create table alembic_version (version_num varchar(32) primary key);
insert into alembic_version values ('9e2e96e7d089');
create table users (id_users serial primary key, full_name varchar not null, username varchar unique, email varchar unique,
    phone_number varchar not null unique, password varchar not null, referral_code_id varchar not null unique, referrals_for varchar,
    verification_code varchar, is_verified boolean not null, last_verification_sent_at timestamptz, region varchar, city varchar,
    timezone varchar not null, role varchar not null, login_method varchar not null, external_id varchar, kredit bigint not null,
    balance bigint not null, profile_photo_path varchar, publish_quota int not null, watermark boolean not null default true,
    previous_rating int, previous_rating_name varchar, fcm_token text, remember_token varchar,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table comics (id serial primary key, user_id int not null references users on delete cascade, story_idea text, summary text,
    theme varchar, keywords json, style varchar, mood varchar, page_count int, selected_character_key varchar, selected_backgrounds json,
    title varchar, publisher varchar, genre json, synopsis text, tags varchar, cover_url varchar, preview_video_url varchar, pdf_url varchar,
    narration_audio_url varchar, draft_job_id varchar, draft_job_status varchar, layout varchar, total_views bigint not null,
    total_likes bigint not null, total_comments bigint not null, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create index ix_comics_user_id on comics (user_id);
create table comic_panels (id serial primary key, comic_id int not null references comics on delete cascade, page_number int not null,
    panel_number int not null, image_url varchar, description text, page_description text, page_narration text, dialogues json,
    main_characters_on_page json, instruksi_visual json, instruksi_render_teks json, narration text, narration_audio_url varchar,
    audio_duration int, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table comic_panel_ideas (id serial primary key, comic_id int not null references comics on delete cascade, page_number int not null,
    panel_number int not null, description text, narration text, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table comic_user (id serial primary key, comic_id int not null references comics on delete cascade, user_id int not null references users on delete cascade,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table comic_views (like comic_user including all);
alter table comic_views add foreign key (comic_id) references comics on delete cascade, add foreign key (user_id) references users on delete cascade;
create sequence comic_views_id_seq owned by comic_views.id;
alter table comic_views alter id set default nextval('comic_views_id_seq');
create table comments (id serial primary key, comic_id int not null references comics on delete cascade, user_id int not null references users on delete cascade,
    content text not null, rating int, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table styles (id serial primary key, name varchar not null unique, description text, image_url varchar, prompt_modifier text,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table genres (id serial primary key, name varchar not null unique, description text, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table characters (id serial primary key, name varchar not null, image_url varchar, description_prompt text, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table backgrounds (id serial primary key, name varchar not null, image_url varchar, description_prompt text, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table asset_music (id serial primary key, name varchar not null, file_url varchar not null, duration int, genre varchar, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table subscription_packages (id serial primary key, name varchar not null unique, description text, price bigint not null, duration_days int not null,
    publish_quota int not null, bonus_credits int, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table subscriptions (id serial primary key, user_id int not null references users on delete cascade, package_id int not null references subscription_packages,
    status varchar not null, start_date timestamptz, end_date timestamptz, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table payment_transactions (id serial primary key, user_id int not null references users on delete cascade, subscription_id int references subscriptions,
    invoice_number varchar not null unique, amount bigint not null, payment_method varchar, status varchar not null, payment_url text, doku_order_id varchar,
    doku_response text, type_transaction varchar, expires_at timestamptz, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table transactions (id serial primary key, user_id int not null references users on delete cascade, type varchar not null, amount bigint not null,
    description text, reference_id varchar, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table notifications (id serial primary key, user_id int not null references users on delete cascade, type varchar not null, title varchar not null,
    message text not null, data text, read_at timestamptz, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table banners (id serial primary key, title varchar not null, slug varchar not null unique, image_url varchar not null, link_url varchar, description text,
    is_active boolean not null, display_order int, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table banner_comic (id serial primary key, banner_id int not null references banners on delete cascade, comic_id int not null references comics on delete cascade,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table referrals (id serial primary key, referrer_id int not null references users, referred_user_id int not null references users, created_at timestamptz, updated_at timestamptz);
create table commissions (id bigserial primary key, id_user bigint not null references users, kredit int, keterangan text, created_at timestamp, updated_at timestamp);
create table withdrawals (id serial primary key, id_user int not null, amount bigint not null, status varchar(255) not null, bank_name varchar(255),
    account_number varchar(255), account_name varchar(255), created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table comic_requests (id bigserial primary key, user_id bigint not null references users on delete cascade, recipient_name varchar not null,
    phone_number varchar not null, shipping_address text not null, notes text, status varchar not null, created_at timestamp, updated_at timestamp);
