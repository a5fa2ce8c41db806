"""A database as it is after years: comics, what readers did with them, and the accounts behind, as uneven as life.

Everything is worked out from row numbers, so that every run measures the same rows, and in sets: two million comics
with ten million views are there in minutes. One comic has a tenth of all views and a twentieth of all comments, a
creator a fortieth of all notifications and a tenth of all accounts as followers; what is most read is mostly rated 17,
and the newest comics are a back catalogue that is all rated 17. A few words and one genre are in a few comics
only, however many there are.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from infra.local import postgres
from tests.bench import database

# The comic that everybody reads, its creator, whoever brought a back catalogue along, and the reader who asks.
STAR, CREATOR, UPLOADER, READER, OTHER = 1, 1, 3, 5, 12

# Words that are in nearly a third of all titles, in one of fifty, in one of three hundred, and in 25 titles; and a genre of 25 comics.
FREQUENT, MIDDLING, UNCOMMON, RARE, RARE_GENRE = "kancil", "naga", "kujang", "lutung", "Mitologi"

# Days over which readers did what they did, of which this many are rolled up for the dashboards.
DAYS, ROLLED = 120, 30

TABLES: tuple[str, ...] = (
    "users",
    "comics",
    "comic_panels",
    "comic_views",
    "comic_user",
    "comments",
    "comic_ratings",
    "follows",
    "notifications",
)
TABLES += ("comic_daily_stats", "user_daily_stats")

# A server that is bought for millions of comics has some memory; the rest is the operating system's cache.
OPTIONS: tuple[str, ...] = (
    "max_connections=300",
    "shared_buffers=1GB",
    "maintenance_work_mem=1GB",
    "max_wal_size=16GB",
    "checkpoint_timeout=1h",
)
OPTIONS += ("wal_level=minimal", "max_wal_senders=0", "random_page_cost=1.1", "effective_cache_size=8GB")
# Knows how many pages a statement has read.
OPTIONS += ("shared_preload_libraries=pg_stat_statements",)

WORDS = """
create unlogged table bench_stories as
with spelled as materialized (select k, initcap(a) || b || case when k % 3 = 0 then c else '' end as word from generate_series(0, 7999) k,
        lateral (select (array['ba','ka','su','ti','me','ra','no','pu','la','ge'])[1 + k % 10] as a, (array['lin','tu','mas','ri','dan','ko','ba','sen','ya','wit'])[1 + k / 10 % 10] as b,
                        (array['an','ga','rus','ti','lo','mek','pa','nir','su','ju'])[1 + k / 100 % 10] || (array['','a','i','u','o','e','an','is'])[1 + k / 1000] as c) s)
select s as story, string_agg(lower(word), ' ' order by w) as told
from generate_series(0, {stories} - 1) s cross join generate_series(1, 40) w
join spelled on k = floor(8000 * power(mod(s * 7919::bigint + w * 2654435761, 4294967296) / 4294967296.0, 3))::int group by s
"""

# Every view is of another reader or another day, so that nothing has to be looked for twice.
VIEWS = """
insert into comic_views (comic_id, user_id, reader, day, last_panel, created_at)
select case when i % 10 = 0 then {star} else 1 + mod(7919 * floor({comics} * power(mod(i * 2654435761, 4294967296) / 4294967296.0, 3))::bigint, {comics}) end,
       1 + i % {users}, sha256(int8send(1 + i % {users})), day, case when i % 3 = 0 then 1 + i % 18 end, day + interval '9 hours' + i % 40000 * interval '1 second'
from generate_series(0, {views} - 1::bigint) i,
     lateral (select (now() at time zone 'Asia/Jakarta')::date - (i / {users} * 6 + mod(i * 7919, 6))::int % {days} as day) d
"""

LIKES = """
insert into comic_user (comic_id, user_id, created_at, updated_at)
select distinct on (comic, user_id) comic, user_id, at, at from (
    select case when i < {users} and i % 5 = 0 then {star}
                else 1 + mod(7919 * (1 + floor(({comics} - 1) * power(mod(i * 2654435761, 4294967296) / 4294967296.0, 3))::bigint), {comics}) end as comic,
           1 + i % {users} as user_id, now() - mod(i * 7919, {days} * 86400) * interval '1 second' as at
    from generate_series(0, {comics} - 1::bigint) i) likes
"""

COMMENTS = """
insert into comments (comic_id, user_id, content, rating, created_at, updated_at)
select case when i % 20 = 0 then {star} else 1 + mod(7919 * (1 + floor(({comics} - 1) * power(mod(i * 2654435761, 4294967296) / 4294967296.0, 2))::bigint), {comics}) end,
       1 + i % {users}, left('Ceritanya bagus sekali, anak saya minta dibacakan lagi setiap malam sebelum tidur. Terima kasih untuk gambarnya!', 20 + i::int % 90),
       case when i < {users} then 1 + mod(i, 5) end, at, at
from generate_series(0, {comics} - 1::bigint) i, lateral (select now() - mod(i * 7919, {days} * 86400) * interval '1 second' as at) a
"""

FOLLOWS = """
insert into follows (follower_id, followed_id, created_at)
select follower, followed, now() - interval '30 days' from (
    select n as follower, {creator} as followed from generate_series(2, 1 + {users} / 10) n
    union select n, 10 + mod(n * 31 + k * 104729, {creators}) from generate_series(1, {users}) n, generate_series(1, 3) k
    union select {reader}, 10 + n from generate_series(0, 59) n) f
where follower <> followed
"""

NOTIFICATIONS = """
insert into notifications (user_id, type, title, message, data, dedupe_key, read_at, created_at, push_at)
select case when i % 40 = 0 then {creator} when i % ({comics} / 25) = 3 then {reader} else 1 + i % {users} end, 'new_comment', 'Komentar baru di komikmu! 💬',
       'Seseorang mengomentari: Ceritanya bagus sekali, anak saya minta lagi', '{{"comic_id": ' || 1 + i % {comics} || ', "comment_id": ' || i || '}}', 'comment:' || i,
       case when i % 3 > 0 then at end, at, null
from generate_series(0, {comics} - 1::bigint) i, lateral (select now() - ({comics} - i) * interval '1 second' as at) a
"""

COUNTED = (
    "create unlogged table bench_read as select comic_id as id, count(*) as views, max(day) as latest from comic_views group by comic_id",
    "create unlogged table bench_liked as select comic_id as id, count(*) as likes from comic_user group by comic_id",
    "create unlogged table bench_said as select comic_id as id, count(*) as comments, count(rating) as ratings, coalesce(sum(rating), 0) as stars from comments group by comic_id",
    # What is most read is mostly what not everybody may read.
    "create unlogged table bench_adult as select id from bench_read where id <> {star} and id % ({comics} / 25) not in (3, 11) order by views desc, id limit {comics} / 500",
    "insert into comic_ratings select comic_id, rating, count(*) from comments where rating is not null group by comic_id, rating",
    "analyze bench_stories", "analyze bench_read", "analyze bench_liked", "analyze bench_said", "analyze bench_adult",
)  # fmt: skip

USERS = """
insert into users (id_users, full_name, username, email, referral_code_id, is_verified, previous_rating, previous_rating_name, profile_photo_path, kredit,
                   publish_quota, total_followers, total_following, created_at)
select n, initcap(split_part(told, ' ', 1)) || ' ' || initcap(split_part(told, ' ', 2)), 'orang_' || n, 'orang' || n || '@contoh.id', 'REF' || n, true,
       case when n % 3 = 0 then n % 5 end, case when n % 3 = 0 then 'Pendongeng' end,
       case when n % 4 > 0 then '@/profiles/' || n || '/' || md5(n::text) || '.thumb.webp' end, 20, 3, coalesce(followers, 0), coalesce(following, 0),
       now() - n % 700 * interval '1 day'
from generate_series(1, {users}) n join bench_stories s on s.story = mod(n, {stories})
left join (select followed_id as n, count(*) as followers from follows group by 1) f using (n) left join (select follower_id as n, count(*) as following from follows group by 1) g using (n)
"""

# Where a comic lies on disk says nothing about its place in a list.
COMICS = """
insert into comics (id, user_id, title, synopsis, tags, genre, cover_url, cover, story_idea, summary, theme, style, style_id, publisher, page_count, age_rating,
                    draft_job_status, total_views, total_likes, total_comments, rating_count, rating_sum, trending_score, published_at, created_at, updated_at)
select n, case when n <= greatest(20, {comics} / 2000) then {creator} when n % 200 = 7 then {uploader} else 10 + mod(die, {creators}) end,
       initcap(split_part(told, ' ', 1 + n % 30) || ' ' || split_part(told, ' ', 2 + n % 31)) || case when die % 10 < 3 then ' {frequent}' else '' end
           || case when die / 10 % 50 = 9 then ' {middling}' else '' end || case when die / 10 % 333 = 5 then ' {uncommon}' else '' end || case when n % ({comics} / 25) = 11 then ' {rare}' else '' end,
       initcap(left(told, 1)) || substr(told, 2, 398) || '.', split_part(told, ' ', 3) || ', ' || split_part(told, ' ', 4),
       case when n % ({comics} / 25) = 3 then '["{rare_genre}"]'::jsonb
            else jsonb_build_array((array['Petualangan', 'Fabel', 'Fantasi', 'Keluarga'])[1 + die % 4], (array['Komedi', 'Misteri', 'Sejarah'])[1 + die % 3]) end,
       '@/' || stem || '.jpg',
       jsonb_build_object('url', '@/' || stem || '.jpg', 'width', 1024, 'height', 1536, 'bytes', 200000 + die % 90000,
           'web', jsonb_build_object('url', '@/' || stem || '.web.webp', 'width', 683, 'height', 1024, 'bytes', 90000 + die % 20000),
           'thumb', jsonb_build_object('url', '@/' || stem || '.thumb.webp', 'width', 200, 'height', 300, 'bytes', 12000 + die % 4000)),
       told, told, 'Persahabatan', 'Cat air', (select min(id) from styles) + die / 100 % (select count(*) from styles), 'MamaStoria', 1 + n % 25,
       case when n <> {star} and (n % 200 = 7 or a.id is not null or die % 10 = 4) then '17' when die % 100 = 61 then '21' when die % 5 = 2 then '13' else 'all' end,
       'COMPLETED', coalesce(views, 0), coalesce(likes, 0), coalesce(comments, 0), coalesce(ratings, 0), coalesce(stars, 0),
       extract(epoch from coalesce(latest, current_date - {days})) / 259200 + ln(1 + coalesce(views, 0)), published, published - interval '3 days', published - interval '1 hour'
from generate_series(1 + {comics} * {part} / {parts}, {comics} * ({part} + 1) / {parts}) n
cross join lateral (select n as id, hashint8(n)::bigint + 2147483648 as die, 'comics/' || n || '/cover-' || md5(n::text) as stem) d
cross join lateral (select case when n % 200 = 7 then now() - n * interval '1 millisecond' else now() - interval '2 hours' - die % 60000000 * interval '1 second' end as published) p
join bench_stories s on s.story = mod(die, {stories}) left join bench_read using (id) left join bench_liked using (id) left join bench_said using (id) left join bench_adult a using (id)
"""

# One comic in twenty has its panels: whoever is read, and enough to tell what a panel takes.
PANELS = """
insert into comic_panels (comic_id, page_number, panel_number, image_url, image, description, narration, dialogues)
select n, 1 + p / 2, 1 + p % 2, '@/' || stem || '.png', jsonb_build_object('url', '@/' || stem || '.png', 'width', 1024, 'height', 1536, 'bytes', 900000,
           'web', jsonb_build_object('url', '@/' || stem || '.web.webp', 'width', 683, 'height', 1024, 'bytes', 90000),
           'thumb', jsonb_build_object('url', '@/' || stem || '.thumb.webp', 'width', 200, 'height', 300, 'bytes', 12000)),
       left(told, 120), left(told, 80), jsonb_build_array(jsonb_build_object('Kancil', substr(told, 81, 60)))
from generate_series(1, {comics}, 20) n cross join generate_series(0, 17) p cross join lateral (select 'comics/' || n || '/panel-' || p || '-' || md5(n::text) as stem) m
join bench_stories s on s.story = mod(n, {stories})
"""

ROLLED_UP = (
    "insert into comic_daily_stats (comic_id, day, views, readers) select comic_id, day, count(*), count(*) from comic_views"
    " where day > (now() at time zone 'Asia/Jakarta')::date - {rolled} group by comic_id, day",
    "insert into user_daily_stats (user_id, day, views, readers) select c.user_id, d.day, sum(d.views), sum(d.readers) from comic_daily_stats d"
    " join comics c on c.id = d.comic_id group by c.user_id, d.day",
)

# What the triggers would have kept, had they not been off.
SET_RIGHT = (
    "update counters set value = (select count(*) from comics where is_public) where name = 'public_comics'",
    "update counters c set value = (select count(*) from comics where is_public and age_rating = split_part(c.name, ':', 2)) where name like 'public_comics:%'",
    "do $$ declare t text; begin foreach t in array array['comics', 'users'] loop perform setval(pg_get_serial_sequence(t, case t when 'users' then 'id_users' else 'id' end),"
    " (select case t when 'users' then (select max(id_users) from users) else (select max(id) from comics) end)); end loop; end $$",
    "drop table bench_stories, bench_read, bench_liked, bench_said, bench_adult",
)

CATALOGUE = (
    "insert into styles (name) select 'Gaya ' || n from generate_series(1, 8) n",
    "insert into subscription_packages (name, price, duration_days, publish_quota, bonus_credits) values ('Basic', 16500, 30, 10, 20)",
)

SECONDARY = """
select 'drop index ' || indexrelid::regclass, pg_get_indexdef(indexrelid) from pg_index i
where indrelid::regclass::text = any(:tables) and not exists (select from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u'))
union all
select format('alter table %s drop constraint %I', conrelid::regclass, conname), format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
from pg_constraint where conrelid::regclass::text = any(:tables) and contype = 'u'
"""


@dataclass
class Population:
    """A loaded server: how many comics, the seconds that loading took and indexes of them, and bytes and rows by table."""

    comics: int
    seconds: float = 0
    indexing: float = 0
    bytes: int = 0
    tables: dict[str, dict[str, int]] = field(default_factory=dict)


@contextmanager
def populated(comics: int, keep: Path | None = None) -> Iterator[tuple[postgres.Server, Population]]:
    """A server with so many public comics and all that belongs to them; gone afterwards, or kept in the folder `keep` for the next time."""
    folder = keep / str(comics) if keep else Path(tempfile.mkdtemp(prefix="mamastoria-pg-"))
    told = folder / "population.json"
    server = postgres.start(_open(folder), durable=False, options=OPTIONS)
    try:
        if told.exists():
            _warm(folder)
            database.migrate(server)
            population = Population(**json.loads(told.read_text()))
        else:
            population = _load(server, comics)
            told.write_text(json.dumps(asdict(population)))
        yield server, population
    finally:
        server.stop()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _warm(folder: Path) -> None:
    """Read the files of a kept database once: after a load all of it is in the operating system's cache, which has forgotten it since."""
    for file in (folder / "data" / "base").rglob("*"):
        if file.is_file():
            with file.open("rb") as data:
                while data.read(1 << 24):
                    pass


def _open(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder


def _load(server: postgres.Server, comics: int) -> Population:
    database.migrate(server)
    users = max(250, comics // 4)
    numbers = {
        "comics": comics,
        "users": users,
        "creators": users * 2 // 5,
        "views": 5 * comics,
        "stories": min(20_000, comics),
        "days": DAYS,
    }
    names = {"star": STAR, "creator": CREATOR, "uploader": UPLOADER, "reader": READER, "rolled": ROLLED, "rare_genre": RARE_GENRE}
    words = {"frequent": FREQUENT, "middling": MIDDLING, "uncommon": UNCOMMON, "rare": RARE}
    values = {**numbers, **names, **words}
    began = time.perf_counter()
    aside = _set_aside(server)
    _run(server, *CATALOGUE)
    # One half each: most of the time goes into the words of a comic, which one processor at a time works out.
    steps = (
        (WORDS,), (VIEWS, LIKES + ";" + COMMENTS + ";" + FOLLOWS + ";" + NOTIFICATIONS), *((each,) for each in COUNTED),
        tuple(COMICS.replace("{part}", str(part)).replace("{parts}", "2") for part in range(2)), (USERS, PANELS), *((each,) for each in ROLLED_UP),
    )  # fmt: skip
    for step in steps:
        _together(server, [each.format(**values) for each in step])
    loaded = time.perf_counter()
    _together(server, [index for _, index in aside])
    indexed = time.perf_counter()
    _run(server, *SET_RIGHT, "vacuum (analyze, freeze)")
    return _told(server, Population(comics, time.perf_counter() - began, indexed - loaded))


def _set_aside(server: postgres.Server) -> list[tuple[str, str]]:
    """Take off what is faster built after the rows than with them; how to make each again."""
    with database.connected(server) as connection:
        aside = [(drop, make) for drop, make in connection.run(SECONDARY, tables=list(TABLES))]
    _run(server, *(drop for drop, _ in aside))
    return aside


def _together(server: postgres.Server, statements: list[str]) -> None:
    """Run them, two at a time; several in one text are one after the other."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda text: _run(server, *text.split(";")), statements))


def _run(server: postgres.Server, *statements: str) -> None:
    with database.connected(server) as connection:
        # Triggers and references would look at each row; what they keep is set right at the end.
        connection.run("set session_replication_role = replica")
        connection.run("set work_mem = '256MB'")
        for statement in statements:
            connection.run(statement)


def _told(server: postgres.Server, population: Population) -> Population:
    with database.connected(server) as connection:
        for table in TABLES:
            rows, heap, indexes = connection.run(
                f"select (select count(*) from {table}), pg_table_size('{table}'), pg_indexes_size('{table}')"
            )[0]
            population.tables[table] = {"rows": rows, "heap": heap, "indexes": indexes}
        ((population.bytes,),) = connection.run("select pg_database_size(current_database())")
    return population


def ids(server: postgres.Server, sql: str, **values: Any) -> list[int]:
    """The first column of a statement."""
    with database.connected(server) as connection:
        return [row[0] for row in connection.run(sql, **values)]
