"""A throw-away PostgreSQL with public comics as a grown catalogue has them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]
from pg8000.native import Connection

from infra.local import postgres
from tests.bench import ROOT

CREATORS = 2_000

WORDS = """
hutan sungai gunung kampung raja putri kancil harimau buaya petani nelayan layang bulan malam hujan payung merah pasar kereta
sahabat kakek nenek cucu sawah rahasia peta harta karun kapal ombak pulau naga burung garuda wayang dalang gamelan batik keris
"""

PEOPLE = """
insert into users (full_name, username, email, referral_code_id, is_verified, previous_rating, previous_rating_name, profile_photo_path)
select initcap(words[1 + n % 39]) || ' ' || initcap(words[1 + n / 39 % 39]), 'kreator_' || n, 'kreator' || n || '@contoh.id', 'REF' || n, true,
       case when n % 3 = 0 then n % 5 end, case when n % 3 = 0 then 'Pendongeng' end,
       case when n % 4 > 0 then '@/profiles/' || n || '/' || md5(n::text) || '.thumb.webp' end
from generate_series(1, cast(:creators as int)) n, (select cast(:words as text[]) as words) w
"""

# Everything is worked out from the row's number, so that every run measures the same rows. Few comics have
# many views and many have few, with ties; where a row lies on disk says nothing about its place in a list.
COMICS = """
with dice as (select n, md5(n::text) as name, hashint4(n)::bigint + 2147483648 as die from generate_series(1, cast(:comics as int)) n),
     told as (
        select *, (select string_agg(words[1 + (hashint8(die + 7919 * w)::bigint + 2147483648) % 39], ' ') from generate_series(1, 35 + die % 25) w) as story
        from dice, (select cast(:words as text[]) as words) w),
     dated as (select *, timestamptz '2024-01-01 00:00:00.123456Z' + die % 800000 * interval '97.000013 seconds' as published from told)
insert into comics (user_id, title, synopsis, tags, genre, cover_url, cover, story_idea, summary, theme, style, publisher, page_count,
                    draft_job_status, total_views, total_likes, total_comments, trending_score, published_at, created_at, updated_at)
select people[1 + die % cardinality(people)], initcap(split_part(story, ' ', 1) || ' ' || split_part(story, ' ', 2)) || ' ' || n,
       initcap(left(story, 1)) || substr(story, 2, 398) || '.',
       split_part(story, ' ', 3) || ', ' || split_part(story, ' ', 4) || ', ' || split_part(story, ' ', 5),
       jsonb_build_array((array['Petualangan', 'Fabel', 'Fantasi', 'Keluarga'])[1 + n % 4], (array['Komedi', 'Misteri', 'Sejarah'])[1 + n % 3]),
       '@/' || stem || '.jpg',
       jsonb_build_object('url', '@/' || stem || '.jpg', 'width', 1024, 'height', 1536, 'bytes', 200000 + die % 90000,
           'web', jsonb_build_object('url', '@/' || stem || '.web.webp', 'width', 683, 'height', 1024, 'bytes', 90000 + die % 20000),
           'thumb', jsonb_build_object('url', '@/' || stem || '.thumb.webp', 'width', 200, 'height', 300, 'bytes', 12000 + die % 4000)),
       story, story, 'Persahabatan', 'Cat air', 'MamaStoria', 1 + n % 25,
       'COMPLETED', 1000000 / (1 + die % 20000), die % 400, die % 50, (die % 100000) / 7.0,
       published, published - interval '3 days', published - interval '1 hour'
from dated, lateral (select 'comics/' || n || '/cover-' || name as stem) s, (select array_agg(id_users order by id_users) as people from users) u
"""


@contextmanager
def seeded(comics: int) -> Iterator[postgres.Server]:
    """A migrated server with so many public comics; it is gone afterwards."""
    # A server that is bought for such a catalogue holds it in memory, and so does this one.
    server, folder = postgres.temporary(options=("max_connections=300", "shared_buffers=512MB"))
    try:
        _fill(server, comics)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def migrate(server: postgres.Server) -> None:
    """Bring a server to the schema of this checkout."""
    # Migrations run in a process of their own: this one may have an engine for another database already.
    subprocess.run(
        [sys.executable, "-m", "infra.migrations"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": server.database()},
        check=True,
        capture_output=True,
    )


def _fill(server: postgres.Server, comics: int) -> None:
    migrate(server)
    with connected(server) as connection:
        connection.run(PEOPLE, creators=CREATORS, words=WORDS.split())
        # The trigger would count one by one, and the full-text index is built faster after the rows than with them.
        connection.run("alter table comics disable trigger count_public")
        connection.run("drop index ix_comics_search")
        connection.run(COMICS, comics=comics, words=WORDS.split())
        connection.run("create index ix_comics_search on comics using gin (search) where is_public")
        connection.run("alter table comics enable trigger count_public")
        connection.run("update counters set value = (select count(*) from comics where is_public) where name = 'public_comics'")
        connection.run("vacuum (analyze, freeze) users, comics, counters")


@contextmanager
def connected(server: postgres.Server) -> Iterator[Any]:
    """A connection of the harness' own, a `pg8000.native.Connection`."""
    connection: Any = Connection("mamastoria", host="127.0.0.1", port=port(server), database="postgres")
    try:
        yield connection
    finally:
        connection.close()


def cpu(server: postgres.Server) -> float:
    """Seconds of processor time that the server has used up to now, with all its processes that live and those that ended."""
    parent = psutil.Process(server.process.pid)
    ended = parent.cpu_times()
    family = [each.cpu_times() for each in (parent, *parent.children(recursive=True))]
    return float(sum(times.user + times.system for times in family) + ended.children_user + ended.children_system)


def port(server: postgres.Server) -> int:
    """The TCP port the server listens on."""
    found = urlsplit(server.url).port
    assert found is not None
    return found
