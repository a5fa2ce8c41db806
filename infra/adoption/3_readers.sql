-- A reader likes a comic once; the first like counts.
insert into comic_user (id, comic_id, user_id, created_at, updated_at) overriding system value
select distinct on (comic_id, user_id) id, comic_id, user_id, created_at, updated_at from legacy.comic_user order by comic_id, user_id, id;

-- A view counts once a reader, comic and day. total_views stays what readers saw: those of anonymous readers were never rows.
insert into comic_views (id, comic_id, user_id, reader, day, created_at) overriding system value
select distinct on (v.comic_id, pg_temp.day_of(v.created_at), v.user_id) v.id, v.comic_id, v.user_id, r.reader, pg_temp.day_of(v.created_at), v.created_at
from legacy.comic_views v join readers r using (user_id) order by v.comic_id, pg_temp.day_of(v.created_at), v.user_id, v.id;

-- Whoever read a comic again moved updated_at of the first time's row.
insert into read_history (user_id, comic_id, read_at)
select user_id, comic_id, max(greatest(created_at, updated_at)) from legacy.comic_views group by user_id, comic_id;

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

-- What names or quotes somebody gets the key and the id by which it is found when a comment is deleted or a person forgotten.
-- Where the comment or the person is gone already, or the same was told twice, the title says enough. Nothing is pushed: people
-- were told then.
insert into notifications (id, user_id, type, title, message, data, img_url, dedupe_key, read_at, created_at, push_at)
overriding system value
with about as (
    select n.*, m.id as comment, coalesce(m.comic_id, pg_temp.named_in(n.data, 'comic_id')) as comic, coalesce(m.user_id, u.id_users) as named,
        n.type = 'new_comment' or (n.type = 'engagement' and pg_temp.named_in(n.data, 'user_id') is not null) as names,
        m.id is not null and row_number() over (partition by n.user_id, m.id order by n.id) > 1 as again
    from legacy.notifications n
    left join comments m on n.type = 'new_comment' and m.id = pg_temp.named_in(n.data, 'comment_id')
    left join users u on n.type = 'engagement' and u.id_users = pg_temp.named_in(n.data, 'user_id'))
select id, user_id, type, title, case when again or (names and named is null) then title else message end,
    case when again or named is null then data
         when comment is null then jsonb_strip_nulls(jsonb_build_object('comic_id', comic, 'user_id', named))::text
         else jsonb_build_object('comic_id', comic, 'comment_id', comment, 'user_id', named)::text end,
    img_url,
    case when again or named is null then null when comment is null then 'likes:' || coalesce(comic, 0) || ':' || id else 'comment:' || comment end,
    read_at, created_at, null
from about;

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
