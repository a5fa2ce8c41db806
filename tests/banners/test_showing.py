"""Banners as readers see them: which are shown when, in what order, with which comics."""

from datetime import timedelta

import pytest

from common import clock
from functions.banners.main import api as function
from tests.social import scene

PICTURE = "https://cdn.contoh.id/gambar.jpg"


@pytest.fixture(autouse=True)
def nothing_kept():
    """An instance answers from memory for some seconds; here the clock does not wait."""
    function._fresh.clear()


def banner(admin, title="Pekan Kancil", **more):
    return admin.post("/v1/banners", {"title": title, "image_url": PICTURE, **more}, expect=201).data


def at(minutes):
    return (clock.now() + timedelta(minutes=minutes)).isoformat()


def titles(api):
    function._fresh.clear()
    return [each["title"] for each in api.get("/v1/banners").data]


def test_banners_come_in_display_order_and_those_of_one_place_in_the_order_of_making(admin, api):
    for title, place in (("ketiga", 2), ("kedua", 1), ("keempat", 2), ("pertama", 0)):
        banner(admin, title, display_order=place)
    assert titles(api) == ["pertama", "kedua", "ketiga", "keempat"]


def test_a_banner_is_shown_from_its_beginning_until_its_end(admin, api):
    banner(admin, "kemarin", shown_until=at(-1))
    banner(admin, "sekarang", shown_from=at(-1), shown_until=at(1))
    banner(admin, "selalu")
    later = banner(admin, "nanti", shown_from=at(1))
    assert titles(api) == ["sekarang", "selalu"]
    api.get(f"/v1/banners/{later['id']}", expect=404)


def test_a_schedule_begins_and_ends_at_the_moment_it_names(admin, api, monkeypatch):
    moment = clock.now().replace(microsecond=0) + timedelta(hours=1)
    banner(admin, "sejam", shown_from=moment.isoformat(), shown_until=(moment + timedelta(hours=1)).isoformat())
    for seconds, shown in ((-1, []), (0, ["sejam"]), (3599, ["sejam"]), (3600, [])):
        monkeypatch.setattr(clock, "now", lambda seconds=seconds: moment + timedelta(seconds=seconds))
        assert titles(api) == shown


def test_a_banner_that_is_off_or_has_no_picture_yet_is_not_shown(admin, api):
    off = banner(admin, "mati", is_active=False)
    bare = admin.post("/v1/banners", {"title": "tanpa gambar"}, expect=201).data
    assert titles(api) == []
    for each in (off, bare):
        assert api.get(f"/v1/banners/{each['slug']}", expect=404).error == "NoSuchBanner"


def test_a_banner_is_found_by_id_and_by_slug_with_the_same_content(admin, api):
    made = banner(admin, "Kancil & Kawan-Kawan: Édisi 2!")
    assert made["slug"] == "kancil-kawan-kawan-edisi-2"
    assert api.get(f"/v1/banners/{made['id']}").json == api.get(f"/api/v1/banners/{made['slug']}").json
    for unknown in ("987654321", "tidak-ada", "9" * 30, "%C2%B2", "-1"):
        api.get(f"/v1/banners/{unknown}", expect=404)


def test_a_banner_shows_its_public_comics_in_their_order_and_hides_the_others(admin, signed_in, api):
    siti = signed_in(name="Siti")
    first, second, third = scene.comics(siti, 3)
    draft = scene.comic(siti, public=False)
    made = banner(admin, comic_ids=[third, draft, first, second])
    shown = api.get(f"/v1/banners/{made['id']}").data
    assert [comic["id"] for comic in shown["comics"]] == [third, first, second]
    assert shown["comics"][0]["user"]["full_name"] == "Siti"
    scene.change("update comics set hidden_at = now() where id = :comic", comic=first)
    function._fresh.clear()
    assert [comic["id"] for comic in api.get(f"/v1/banners/{made['id']}").data["comics"]] == [third, second]


def test_no_list_or_detail_takes_more_than_one_statement(admin, signed_in, api, monkeypatch):
    made = banner(admin, comic_ids=scene.comics(signed_in(), 20))
    for path in ("/v1/banners", f"/v1/banners/{made['slug']}"):
        function._fresh.clear()
        with scene.counted(monkeypatch) as seen:
            api.get(path)
        assert len(seen) == 1


def test_caches_may_keep_the_list_for_a_minute_and_ask_whether_it_changed(admin, api):
    banner(admin)
    answer = api.get("/v1/banners")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert api.get("/v1/banners", headers={"If-None-Match": answer.headers["ETag"]}, expect=304).body == b""


def test_the_answer_of_a_moment_ago_is_given_without_asking_the_database(admin, api, monkeypatch):
    banner(admin)
    first = api.get("/v1/banners")
    # It is kept for a second, which a busy machine may take from one line to the next.
    for question, (_, reply, name) in list(function._fresh.items()):
        function._fresh[question] = (float("inf"), reply, name)
    with scene.counted(monkeypatch) as seen:
        assert api.get("/v1/banners").json == first.json
    assert seen == []
    function._fresh.clear()


def test_moments_are_told_with_their_zone(admin, api):
    made = banner(admin, shown_from="2026-01-01T07:00:00+07:00")
    assert made["shown_from"] == "2026-01-01T00:00:00+00:00"
