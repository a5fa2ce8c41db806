"""The rollup: the same however often it runs, right after late facts and deletions, and equal to the counters."""

from datetime import date

import pytest

from common import clock, erasure
from functions.worker import rollups
from tests.analytics import facts
from tests.social import scene

DAY = "2026-03-14"


@pytest.fixture
def read(signed_in):
    """A comic with all kinds of facts on a day of the past."""
    siti, budi, ayu = signed_in(), signed_in(), signed_in()
    comic = scene.comic(siti)
    facts.views(comic, DAY, ["ayu", "budi", "tamu"], last_panel=2)
    facts.views(comic, DAY, ["dewi"], last_panel=4)
    facts.like(comic, budi.user["id_users"], f"{DAY}T08:00")
    facts.like(comic, ayu.user["id_users"], f"{DAY}T09:00")
    comment = facts.comment(comic, budi.user["id_users"], f"{DAY}T10:00")
    facts.share(comic, f"{DAY}T11:00")
    facts.roll(DAY)
    return siti, budi, comic, comment


def everything():
    tables = ("comic_daily_stats", "user_daily_stats", "user_monthly_stats", "comic_panel_reach", "active_days", "platform_daily_stats")
    return {table: sorted(map(str, facts.stats(table, "true"))) for table in tables}


def counted(comic, day=DAY):
    (row,) = facts.stats("comic_daily_stats", "comic_id = :comic and day = :day", comic=comic, day=date.fromisoformat(day))
    return tuple(row[name] for name in ("views", "readers", "likes", "comments", "shares"))


def of_creator(caller, table="user_daily_stats", moment="day", when=DAY):
    rows = facts.stats(table, f"user_id = :user and {moment} = :when", user=caller.user["id_users"], when=date.fromisoformat(when))
    return tuple(rows[0][name] for name in ("views", "likes", "comments", "shares")) if rows else None


def test_working_a_day_out_again_changes_nothing(read):
    before = everything()
    facts.roll(DAY, DAY)
    assert everything() == before


def test_a_day_holds_what_happened_on_it(read):
    siti, _, comic, _ = read
    assert counted(comic) == (4, 4, 2, 1, 1)
    assert of_creator(siti) == (4, 2, 1, 1)
    assert of_creator(siti, "user_monthly_stats", "month", "2026-03-01") == (4, 2, 1, 1)
    reach = facts.stats("comic_panel_reach", "comic_id = :comic", comic=comic)
    assert {(row["panel_number"], row["readers"]) for row in reach} == {(2, 3), (4, 1)}


def test_a_fact_that_comes_late_is_counted_when_the_day_is_worked_out_again(read):
    _, _, comic, _ = read
    facts.views(comic, DAY, ["terlambat"])
    facts.roll(DAY)
    assert counted(comic) == (5, 5, 2, 1, 1)


def test_what_is_taken_back_long_after_its_day_is_taken_off_it(read, api):
    siti, budi, comic, comment = read
    budi.delete(f"/v1/comics/{comic}/likes")
    budi.delete(f"/v1/comments/{comment}")
    api.worker("/internal/rollups")
    assert counted(comic) == (4, 4, 1, 0, 1)
    assert of_creator(siti) == (4, 1, 0, 1)
    assert of_creator(siti, "user_monthly_stats", "month", "2026-03-01") == (4, 1, 0, 1)
    assert scene.rows("select * from stale_stats") == []


def test_a_comment_that_is_hidden_is_taken_off_and_one_that_is_restored_comes_back(read, api):
    _, _, comic, comment = read
    scene.change("update comments set hidden_at = now() where id = :id", id=comment)
    api.worker("/internal/rollups")
    assert counted(comic) == (4, 4, 2, 0, 1)
    scene.change("update comments set hidden_at = null where id = :id", id=comment)
    api.worker("/internal/rollups")
    assert counted(comic) == (4, 4, 2, 1, 1)


def test_a_comic_that_is_deleted_leaves_its_creators_days(read, api):
    siti, _, comic, _ = read
    other = scene.comic(siti)
    facts.views(other, DAY, ["ayu"])
    facts.roll(DAY)
    assert of_creator(siti) == (5, 2, 1, 1)
    scene.change("delete from comics where id = :id", id=comic)
    api.worker("/internal/rollups")
    assert of_creator(siti) == (1, 0, 0, 0)
    assert of_creator(siti, "user_monthly_stats", "month", "2026-03-01") == (1, 0, 0, 0)


def test_an_erased_reader_is_taken_off_and_an_erased_creator_leaves_nothing(read, api):
    siti, budi, comic, _ = read
    scene.run(erasure.erase, budi.user["id_users"])
    api.worker("/internal/rollups")
    assert counted(comic)[2:] == (1, 0, 1)
    scene.run(erasure.erase, siti.user["id_users"])
    api.worker("/internal/rollups")
    for table in ("user_daily_stats", "user_monthly_stats", "active_days", "stale_stats"):
        assert facts.stats(table, "user_id = :user", user=siti.user["id_users"]) == [], table


def test_taking_a_like_of_today_back_writes_no_mark(signed_in):
    siti, budi = signed_in(), signed_in()
    comic = scene.comic(siti)
    budi.post(f"/v1/comics/{comic}/likes", expect=200)
    budi.delete(f"/v1/comics/{comic}/likes")
    assert scene.rows("select * from stale_stats where comic_id = :c", c=comic) == []


def test_the_days_of_a_comic_add_up_to_its_counters(read, api, signed_in):
    _, budi, comic, _ = read
    api.post(f"/v1/comics/{comic}/track-read", expect=200)
    signed_in().post(f"/v1/comics/{comic}/likes", expect=200)
    budi.delete(f"/v1/comics/{comic}/likes")
    api.worker("/internal/rollups")
    sums = scene.rows("select sum(views), sum(likes), sum(comments), sum(shares) from comic_daily_stats where comic_id = :c", c=comic)
    assert sums == scene.rows("select total_views, total_likes, total_comments, total_shares from comics where id = :c", c=comic)


def test_after_a_silence_the_missed_days_are_worked_out_oldest_first(database, it_is):
    scene.change("delete from platform_daily_stats where day >= date '2026-05-15'")
    scene.change(
        "insert into platform_daily_stats (day, updated_at) select d, d + interval '3 days' from generate_series(date '2020-01-01', date '2026-05-14', '1 day') d"
        " on conflict (day) do update set updated_at = excluded.updated_at"
    )
    scene.change(
        "insert into users (full_name, email, referral_code_id, created_at) values ('Awal', 'awal@contoh.id', 'AWAL', timestamptz '2026-01-01')"
    )
    it_is("2026-05-20T12:00")
    may = lambda *days: [date(2026, 5, day) for day in days]  # noqa: E731 - a name for what the lines below are about.
    assert rollups._due(clock.today()) == may(15, 16, 17, 18, 19, 20)
    rollups.roll()
    assert rollups._due(clock.today()) == may(19, 20)
    it_is("2026-05-25T00:10")
    assert rollups._due(clock.today()) == may(20, 21, 22, 23, 24, 25), "the 20th had not ended when it was last worked out"


def test_two_rollups_at_once_do_not_meet(database):
    with rollups.transaction() as db:
        assert db.value(rollups.LOCK)
        assert rollups.day_of(date(2026, 3, 1)) is False
    assert rollups.day_of(date(2026, 3, 1)) is True
