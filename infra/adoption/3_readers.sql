-- A reader likes a comic once; the first like counts.
insert into comic_user (id, comic_id, user_id, created_at, updated_at) overriding system value
select distinct on (comic_id, user_id) id, comic_id, user_id, created_at, updated_at from legacy.comic_user order by comic_id, user_id, id;

-- A view counts once a reader, comic and day. total_views stays what readers saw: those of anonymous readers were never rows.
insert into comic_views (id, comic_id, user_id, reader, day, created_at) overriding system value
select distinct on (v.comic_id, pg_temp.day_of(v.created_at), v.user_id) v.id, v.comic_id, v.user_id, r.reader, pg_temp.day_of(v.created_at), v.created_at
from legacy.comic_views v join readers r using (user_id) order by v.comic_id, pg_temp.day_of(v.created_at), v.user_id, v.id;

insert into read_history (user_id, comic_id, read_at)
select user_id, comic_id, max(created_at) from legacy.comic_views group by user_id, comic_id;

-- Who shared a comic was one row; how often it was shared is total_shares, which stays what readers saw.
insert into comic_share (id, comic_id, user_id, created_at) overriding system value
select id, comic_id, user_id, coalesce(created_at, now()) from legacy.comic_share
where comic_id in (select id from comics) and user_id in (select id_users from users);

insert into follows (id, follower_id, followed_id, created_at) overriding system value
select distinct on (follower_id, following_id) id, follower_id, following_id, coalesce(created_at, now()) from legacy.follows
where follower_id <> following_id and follower_id in (select id_users from users) and following_id in (select id_users from users)
order by follower_id, following_id, id;

-- A reader rates a comic once: the latest rating is theirs. Every comment stays.
insert into comments (id, comic_id, user_id, content, rating, created_at, updated_at) overriding system value
select id, comic_id, user_id, content,
    case when rating between 1 and 5 and not exists (
        select from legacy.comments later where later.comic_id = c.comic_id and later.user_id = c.user_id and later.rating between 1 and 5
            and (later.created_at, later.id) > (c.created_at, c.id)) then rating end,
    created_at, updated_at
from legacy.comments c;

-- Nothing of it is pushed: people were told then.
insert into notifications (id, user_id, type, title, message, data, img_url, read_at, created_at, push_at) overriding system value
select id, user_id, type, title, message, data, img_url, read_at, created_at, null from legacy.notifications;

insert into banners (id, title, slug, image_url, link_url, description, is_active, display_order, created_at, updated_at)
overriding system value
select id, title, slug, image_url, link_url, description, is_active, coalesce(display_order, 0), created_at, updated_at from legacy.banners;

insert into banner_comic (id, banner_id, comic_id, display_order, created_at, updated_at) overriding system value
select distinct on (banner_id, comic_id) id, banner_id, comic_id, row_number() over (partition by banner_id order by id), created_at, updated_at
from legacy.banner_comic order by banner_id, comic_id, id;

update comics c set
    total_likes = (select count(*) from comic_user where comic_id = c.id),
    total_comments = (select count(*) from comments where comic_id = c.id),
    rating_count = (select count(rating) from comments where comic_id = c.id),
    rating_sum = (select coalesce(sum(rating), 0) from comments where comic_id = c.id);

update users u set
    total_followers = (select count(*) from follows where followed_id = u.id_users),
    total_following = (select count(*) from follows where follower_id = u.id_users)
where id_users in (select follower_id from follows union select followed_id from follows);
